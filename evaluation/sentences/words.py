"""Labels of the data of the evaluation's acts, and words of their codes where the model of the subject has none."""

import re
from collections.abc import Iterable
from typing import Any

from evaluation.bulletin.rules.bulletin_draft import FIELDS
from evaluation.engine.queries.ranking_documents import value_words
from evaluation.enums import (
    AdjustmentGround,
    AdjustmentOutcome,
    DecisionKind,
    DisclosureScope,
    FigureKind,
    ReviewOutcome,
    Scope,
    SupervisionSource,
)
from evaluation.sheets.services.marks import LOOKS_LIKE_POINTS
from evaluation.year.rules.year_plan import STEPS
from miyun_kpi.audit.sentences import Names, Words, choice, of, plain, yes_no
from miyun_kpi.organisations.enums import TRACK_WORDS, Zone

ZONES = dict(Zone.choices)
KINDS = {str(code): str(label) for code, label in FigureKind.choices}
# What a share is kept as: the code of its evaluator and its fraction.
_SHARE = re.compile(r"([a-z][a-z0-9-]*):(\d+(?:/\d+)?)")
_DIGEST = re.compile(r"\s*sha256:[0-9a-f]+")


def _figure_refs(value: Any) -> Iterable[tuple[str, str]]:
    kind, *places = str(value).split("/")
    if places and places[0].startswith("~"):
        yield ("indicator", places[0][1:])
    if kind in ("carried", "row-reading") and places:
        yield ("organisation", places[-1])


def _figure(value: Any, names: Names) -> str:
    """weight/9/core → 第9项新城核心区分值; drafts name an indicator by its row (~47), because its number still moves."""
    kind, *places = str(value).split("/")
    if kind not in KINDS:
        return str(value)
    said = []
    if places and kind != FigureKind.ROW_READING:
        said.append(names("indicator", places[0][1:]) if places[0].startswith("~") else f"第{places[0]}项")
    if kind == FigureKind.WEIGHT and len(places) > 1:
        said.append(ZONES.get(places[1], ""))
    if kind in (FigureKind.CARRIED, FigureKind.ROW_READING) and places:
        said.append(names("organisation", places[-1]))
    return f"{''.join(said)}{KINDS[kind]}"


def _value_refs(value: Any) -> Iterable[tuple[str, str]]:
    if found := _SHARE.fullmatch(str(value)):
        yield ("organisation", found[1])


def _value(value: Any, names: Names) -> str:
    """A value of a figure: 1/2 of whom, 承担, 季考."""
    if found := _SHARE.fullmatch(str(value)):
        return f"{names('organisation', found[1])} {found[2]}"
    return value_words("", str(value))


def _change(value: Any, names: Names) -> str:
    """A change kept as a list of three: the figure, what it was, what it is to be."""
    if isinstance(value, dict) and {"old", "new"} <= set(value):
        if "total" in value:
            return f"{ZONES.get(value.get('zone', ''), '')}合计由{value['old']}改为{value['new']}"
        key = _figure(value.get("key", ""), names)
        return _moved(key, _value(value["old"], names), _value(value["new"], names))
    if isinstance(value, list) and len(value) == 2:
        return f"{_figure(value[0], names)} {_value(value[1], names)}"
    if isinstance(value, list) and len(value) == 3:
        return _moved(_figure(value[0], names), _value(value[1], names), _value(value[2], names))
    return str(value)


def _moved(what: str, old: str, new: str) -> str:
    """What is proposed or confirmed as it stands has not changed."""
    return f"{what}照现值 {new}" if old == new else f"{what}由{old}改为{new}"


def _change_refs(value: Any) -> Iterable[tuple[str, str]]:
    row = [value.get(name, "") for name in ("key", "old", "new")] if isinstance(value, dict) else value
    if isinstance(row, list) and row:
        yield from _figure_refs(row[0])
        for one in row[1:]:
            yield from _value_refs(one)


def _settings(value: Any, names: Names) -> str:
    from evaluation.scheme.models.scheme import Scheme

    labels = {one.name: str(one.verbose_name) for one in Scheme._meta.concrete_fields}
    scopes = dict(DisclosureScope.choices)
    return "；".join(
        f"{labels.get(name, name)}由{scopes.get(row['old'], row['old'])}改为{scopes.get(row['new'], row['new'])}"
        for name, row in value.items()
    )


def _column(value: Any, names: Names) -> str:
    unit = f"（{value['unit']}）" if value.get("unit") else ""
    return f"{value.get('name', '')}{unit}"


def _evaluator(value: Any, names: Names) -> str:
    return f"{value['part']}{_value(value['value'], names)}" if isinstance(value, dict) else _value(value, names)


def _either(value: Any, names: Names) -> str:
    """old and new of many acts: evaluators, columns of a table, or a plain value."""
    if isinstance(value, dict) and "part" in value:
        return _evaluator(value, names)
    return _column(value, names) if isinstance(value, dict) else _value(value, names)


def _either_refs(value: Any) -> Iterable[tuple[str, str]]:
    yield from _value_refs(value.get("value", "")) if isinstance(value, dict) else _value_refs(value)


def _line(value: Any, names: Names) -> str:
    points = value.get("points")
    method = value.get("method")
    limit = f"（{points} 分）" if points is not None else ""
    source = value.get("continues")
    return f"{value.get('text', '')}{limit}{f'〔{method}〕' if method else ''}{f'〔{source}〕' if source else ''}"


def _outcomes(value: Any, names: Names) -> str:
    words = dict(AdjustmentOutcome.choices)
    return "；".join(
        f"{names('adjustment', one)}{words.get(outcome, outcome)} {points} 分"
        for one, (outcome, points) in value.items()
    )


def _deadline(value: Any, names: Names) -> str:
    figure = f"{_figure(value['figure'], names)}" if value.get("figure") else ""
    return f"{names('organisation', value['organisation'])}{figure}由{value.get('old') or '空白'}改为{value.get('new') or '空白'}"


def _weights(value: Any, names: Names) -> str:
    return "、".join(f"{ZONES.get(zone, zone)} {points}" for zone, points in value.items())


OPTIONS = {
    "ranks": "印名次",
    "totals": "印总分",
    "problems": "印存在问题",
    "first": "正文列前几名",
    "last": "正文列后几名",
    "whole": "全表作附件",
}


def _options(value: Any, names: Names) -> str:
    said = {True: "是", False: "否"}
    return "、".join(
        f"{OPTIONS.get(name, name)} {said.get(one, one) if isinstance(one, bool) else one}"
        for name, one in value.items()
    )


WORDS: dict[str, Words] = {
    "bulletin.drafted/rankings": of("ranking"),
    "filing.unit-extended/sheets": of("mark-sheet"),
    "not-applicable.decided/approved": yes_no("批准", "不批准"),
    "supervision.extension-decided/approved": yes_no("同意", "不同意"),
    "record-line.added/assumed": yes_no("推定", "文件写明"),
    "mark-condition.added/assumed": yes_no("推定", "文件写明"),
    "ranking": of("ranking"),
    "corrects": of("ranking"),
    "draft.copied/from": of("scheme"),
    "rectification.opened/unit": of("duty-unit"),
    "ground": choice(AdjustmentGround),
    "scope": choice(dict(DisclosureScope.choices) | dict(Scope.choices)),
    "filing.recorded/kind": choice(DecisionKind),
    "filing.confirmed/kind": choice(DecisionKind),
    "filing.returned/kind": choice(DecisionKind),
    "answer": choice(ReviewOutcome),
    "decision": choice(ReviewOutcome),
    "changed": choice(dict(FIELDS)),
    "options": Words(_options),
    "step": choice({step.code: step.name for step in STEPS}),
    "track": choice(TRACK_WORDS),
    "key": Words(_figure, _figure_refs),
    "figure": Words(_figure, _figure_refs),
    "figures": Words(_change, _change_refs),
    "changes": Words(_change, _change_refs),
    "scheme.settings-changed/changes": Words(_settings),
    "old": Words(_either, _either_refs),
    "new": Words(_either, _either_refs),
    "workbook.written/rows": of("organisation"),
    "difference.given/rows": of("organisation"),
    "draft.units-left/rows": of("organisation"),
    "scheme.units-added/rows": of("organisation"),
    "workbook.revoked/rows": of("organisation"),
    "confirmed": choice({LOOKS_LIKE_POINTS: "整列像按分值打的分"}),
    "columns": Words(_column),
    "items": Words(lambda value, names: str(value.get("name", value)) if isinstance(value, dict) else str(value)),
    "rulebook.published/lines": Words(_line),
    "outcomes": Words(_outcomes, lambda value: [("adjustment", str(one)) for one in value]),
    "feedback.deadlines/rows": Words(
        _deadline,
        lambda value: [("organisation", str(value["organisation"])), *_figure_refs(value.get("figure", ""))],
    ),
    "weights": Words(_weights),
    "zone": choice(Zone),
    "source": Words(lambda value, names: dict(SupervisionSource.choices).get(value, _DIGEST.sub("", str(value)))),
    "dimension": choice({"eco": "生态保护", "green": "绿色发展", "key": "重点工作", "safe": "平安建设"}),
    "days": plain("{} 个工作日"),
}

LABELS: dict[str, str] = {
    "accounts": "账号",
    "answer": "答复",
    "approved": "同意",
    "approved_on": "审定日期",
    "asked": "会问几格",
    "limit": "得分率界限",
    "looked": "看了几格",
    "basis": "依据",
    "before": "原得分",
    "body": "决定机关",
    "changed": "改动",
    "changes": "改动",
    "city_result": "市级结果",
    "clause": "条款",
    "code": "代码",
    "columns": "列",
    "confirmed": "已确认的提示",
    "corrects": "所更正的排名",
    "corrected_number": "所更正的报送文号",
    "received_on": "收件日期",
    "entered_late": "补登",
    "count": "处数",
    "data_source": "数据来源",
    "days": "核对时限",
    "decided_on": "决定日期",
    "decision": "决定",
    "deductions": "扣分明细",
    "definition": "口径",
    "department": "责任部门",
    "differences": "差异说明",
    "digest": "结果摘要",
    "digests": "结果摘要",
    "dimension": "维度",
    "document_number": "文号",
    "due": "期限",
    "due_at": "报送截止",
    "due_on": "完成时限",
    "duty_periods": "月报任务",
    "evaluator": "考评部门",
    "fields": "改动的栏",
    "figure": "数字",
    "figures": "数字",
    "file": "文件",
    "findings": "检查提示",
    "forms": "份数",
    "from": "自",
    "full": "满分",
    "ground": "情形",
    "held_on": "开会日期",
    "indicator": "指标",
    "inputs": "输入摘要",
    "issue": "印发第几号",
    "items": "评价内容",
    "keep_reason": "同一事实仍各计的理由",
    "key": "数字",
    "kind": "处理",
    "late": "迟报",
    "late_until": "补报截止",
    "lead": "主办",
    "co": "协办",
    "line": "细则条目",
    "lines": "条目",
    "locks_at": "锁定",
    "marks": "得分",
    "movement": "较上期变化的摘要",
    "meeting": "会议",
    "minutes": "纪要文号",
    "missing": "缺分",
    "month": "月份",
    "name": "名称",
    "new": "新",
    "note": "意见",
    "draft.indicator-changed/number": "序号",
    "number": "第几次",
    "offline_only": "材料线下报送",
    "old": "原",
    "on": "日期",
    "opinion": "意见",
    "options": "选项",
    "organ": "审定机关",
    "organisation": "单位",
    "outcomes": "审议结果",
    "page": "原件页码",
    "paper_number": "纸质报送表编号",
    "part": "分项",
    "period": "期间",
    "periods": "期间",
    "places": "小数位",
    "points": "分数",
    "problems": "存在问题",
    "old_deductions": "原扣分明细",
    "old_problems": "原存在问题",
    "said": "勘正的依据",
    "suggestions": "改进建议",
    "old_suggestions": "原改进建议",
    "old_reason": "原理由",
    "process_from": "过程管理起",
    "process_to": "过程管理止",
    "ranking": "排名",
    "rankings": "排名",
    "reason": "理由",
    "receipt": "回执号",
    "registered_on": "立项日期",
    "request": "申请第几号",
    "requirement": "整改要求",
    "reports": "报区委",
    "review": "复核申请第几号",
    "rows": "单位",
    "scheme": "方案第几号",
    "scope": "范围",
    "seal": "封",
    "sent_on": "报送日期",
    "sheet": "打分表第几号",
    "sheets": "打分表",
    "short_name": "简称",
    "signed_on": "签批日期",
    "own_act": "本人在系统里审签",
    "signer": "签批人",
    "source": "来源",
    "starts_at": "填报开始",
    "state": "状态",
    "step": "步骤",
    "sub_indicator": "分指标",
    "target": "目标",
    "text": "内容",
    "ties": "并列的处理",
    "title": "名称",
    "told": "看的记录",
    "to": "至",
    "total": "维度合计",
    "track": "类别",
    "unconfirmed": "未确认的数字",
    "unit": "单位",
    "units": "单位数",
    "until": "至",
    "value": "得分",
    "version": "版本",
    "weights": "分值",
    "words": "改动",
    "work": "工作名称",
    "year": "年度",
    "zone": "分区",
}
