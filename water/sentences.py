"""Acts of 水环境 as sentences; those on registers are told there."""

from decimal import Decimal
from typing import Any

from miyun_kpi.audit.sentences import Subject, Words, choice, of
from miyun_kpi.audit.telling import Part
from miyun_kpi.registers.sentences import RECORD
from miyun_kpi.routes import to
from water.enums import Target, Verdict
from water.models import Judgement, Measure, Phase, Round


def _changed(template: str) -> Any:
    def told(telling: Any, said: set[str]) -> list[Part]:
        changes = telling.changes("before", "after", said)
        return [*telling.filled(template, said), *([Part(f"：{changes}")] if changes else [])]

    return told


ACTS = {
    "water.measure.changed": _changed("修改{thing}[，{entered_late}]"),
    "water.measure.entered": "录入“{target}”截至 {day} 的数据[，比率 {share}][，分子 {numerator}][，分母 {denominator}][，{entered_late}]",
    "water.measure.struck": "作废{thing}[，理由：{reason}]",
    "water.phase.changed": _changed("修改{thing}[，{entered_late}]"),
    "water.phase.entered": "给项目增加阶段“{name}”[，计划 {planned_from} 开始][，计划 {planned_to} 完成][，{entered_late}]",
    "water.phase.removed": "删去项目阶段“{name}”[，理由：{why}]",
    "water.round.entered": "登记{body}的五无核查，{day} 核查[，未达到：{lacking}][，{entered_late}]",
    "water.round.struck": "作废{thing}[，理由：{reason}]",
    "water.target.judged": "判断“{target}”：{verdict}[，理由：{reason}]",
}
LABELS = {
    "actual_from": "实际开始",
    "actual_to": "实际完成",
    "after": "现",
    "before": "原",
    "body": "水体",
    "day": "截至",
    "denominator": "分母",
    "entered_late": "补登",
    "lacking": "未达到",
    "name": "阶段",
    "numerator": "分子",
    "planned_from": "计划开始",
    "planned_to": "计划完成",
    "reason": "理由",
    "share": "比率",
    "source": "来源",
    "target": "目标",
    "verdict": "判断",
    "why": "理由",
}
WORDS: dict[str, Words] = {
    "body": of("record"),
    "share": Words(lambda value, names: f"{Decimal(str(value)).normalize():f}%"),
    "target": choice(Target),
    "verdict": choice(Verdict),
}


def _measure(row: Measure | Judgement) -> str:
    return f"“{row.get_target_display()}”截至 {row.day} 的{'数据' if isinstance(row, Measure) else '判断'}"


SUBJECTS = {
    "measure": Subject(
        "目标监测值",
        Measure,
        _measure,
        page=lambda row: to("water:target", row.target),
        visible=lambda actor: Measure.objects.all(),
    ),
    "judgement": Subject("目标判断", Judgement, _measure),
    "phase": Subject("项目阶段", Phase, lambda row: f"项目阶段“{row.name}”"),
    "record": RECORD,
    "round": Subject("五无核查", Round, lambda row: f"{row.day} 的五无核查"),
}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("water", ACTS, labels=LABELS, words=WORDS, subjects=SUBJECTS)
