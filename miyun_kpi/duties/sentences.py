"""Acts on duties as sentences."""

from miyun_kpi.audit.sentences import Subject, Words, choice, of, plain
from miyun_kpi.duties.access import reports_visible_to
from miyun_kpi.duties.enums import Cadence, Course, OpeningHow
from miyun_kpi.duties.models import Duty, DutyPeriod
from miyun_kpi.duties.services.evidence import EVIDENCE
from miyun_kpi.gazette.models import Document
from miyun_kpi.lib.citations import code_of, document_label, ref_of
from miyun_kpi.lib.spans import label_of
from miyun_kpi.routes import to

ACTS = {
    "duties.days.changed": "修改{thing}的报送日期：月报每月 {due_day_month} 日前，其他周期期满次月 {due_day_other} 日前，"
    "补报 {late_days} 个工作日，提前 {remind_days} 个工作日提醒",
    "duties.document.handed-over": "把{thing}由{old_unit}移交给{new_unit}，自 {on} 起[，理由：{reason}]",
    "duties.duty.amended": "修改任务{thing}[，完成时限 {due_on}][，理由：{reason}]",
    "duties.duty.created": "增加任务{thing}[，理由：{reason}]",
    "duties.duty.disabled": "停用任务{thing}[，理由：{reason}]",
    "duties.list.extended": "把{units}列入任务{thing}的“{phrase}”[，理由：{reason}]",
    "duties.opening.revoked": "撤销{thing}的期初已办（{how}，{paper_on}，依据：{basis}），照常应报[，理由：{reason}]",
    "duties.opening.entered": "把{thing}登记为期初已办：{how}，{paper_on}，依据：{basis}",
    "duties.periods.opened": "补开{thing}自 {from} 至 {to} 的任务期，共 {rows} 项",
    "duties.report.made-up": "{-period}补报{thing}[，状态：{course}][，理由：{reason}]",
    "duties.report.paper-entry": "{-period}按纸质件 {paper_number} 代录{thing}[，{received_on} 收件][，{entered_late}]",
    "duties.report.returned": "退回{thing}，可改到 {until}[，意见：{observation}]",
    "duties.report.saved": "保存{thing}[，状态：{course}]",
    "duties.reports.accepted": "审核通过任务进展",
    "duties.reports.filed": "报送{thing}{period}的任务进展",
    "duties.rhythm.set": "定任务{thing}的报送周期为{cadence}，自 {since} 起[，理由：{reason}]",
    "duties.statement.accepted": "收下{thing}的书面说明[，意见：{opinion}]",
    "duties.statement.returned": "退回{thing}的书面说明[，意见：{opinion}]",
    "duties.statement.revoked": "撤销{thing}已收下的书面说明，照常报送到 {until}[，原因：{reason}]",
    "duties.statement.submitted": "提交{thing}的书面说明",
    "duties.unit.ended": "把{unit}移出任务{thing}[，理由：{reason}]",
    "duties.unit.handed-over": "把任务{thing}由{from}移交给{to}[，{leads}][，理由：{reason}]",
    "duties.units.moved": "因机构改革，把{from}的 {duties} 项任务转到{to}[，{leads}]",
}
LABELS = {
    "basis": "依据",
    "before": "原",
    "cadence": "周期",
    "clause": "条款",
    "course": "状态",
    "due_day_month": "月报每月几日前报",
    "due_day_other": "其他周期期满次月几日前报",
    "due_on": "完成时限",
    "entered_late": "补登",
    "paper_number": "纸质件",
    "paper_on": "纸面日期",
    "received_on": "收件日期",
    "duties": "任务",
    "from": "自",
    "how": "期初情形",
    "late": "迟报",
    "late_days": "补报工作日",
    "leads": "改由其牵头的任务",
    "lines": "任务进展第几号",
    "observation": "意见",
    "opinion": "意见",
    "period": "期间",
    "periods": "随转的期间",
    "duty.amended/periods": "随改时限的任务期",
    "duty.disabled/periods": "收回的期间",
    "unit.ended/periods": "收回的期间",
    "phrase": "原文用语",
    "reason": "理由",
    "remind_days": "提前几个工作日提醒",
    "rows": "期间数",
    "since": "自",
    "title": "任务名称",
    "to": "至",
    "unchanged": "无变化",
    "unit": "单位",
    "units": "单位",
    "until": "可改到",
    "version": "版本",
}
WORDS: dict[str, Words] = {
    "cadence": choice(Cadence),
    "course": choice(Course),
    "how": choice(OpeningHow),
    "units": of("organisation"),
    "unit.handed-over/from": of("organisation"),
    "unit.handed-over/to": of("organisation"),
    "units.moved/from": of("organisation"),
    "units.moved/to": of("organisation"),
    "late": plain("{} 项"),
    "unit.handed-over/leads": plain("由其牵头"),
    "units.moved/leads": plain("其中 {} 项由其牵头"),
}


def _report(row: DutyPeriod) -> str:
    return f"{row.unit.organisation.name}{label_of(row.period)}“{row.unit.duty.title}”"


REPORT = Subject(
    "任务进展",
    DutyPeriod,
    _report,
    related=("unit__organisation", "unit__duty"),
    page=lambda row: to("duties:period", row.pk) if not row.unit.duty.scope else "",
    visible=reports_visible_to,
)
SUBJECTS = {
    "duty-period": REPORT,
    EVIDENCE: REPORT,
    "duty-periods": Subject("任务进展"),
    "duty-units": Subject("任务单位"),
    "duty": Subject(
        "任务",
        Duty,
        lambda row: f"“{row.title}”",
        by="key",
        page=lambda row: to("duties:duty", row.pk) if not row.scope else "",
        visible=lambda actor: Duty.objects.filter(scope=""),
    ),
    "document": Subject(
        "文件",
        Document,
        lambda row: document_label(row.ref),
        by="ref",
        find=lambda ids: Document.objects.filter(ref__in=[ref_of(one) for one in ids]),
        own=lambda row: (row.ref, code_of(row.ref)),
        page=lambda row: to("gazette:document", row.ref),
        visible=lambda actor: Document.objects.all(),
    ),
}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("duties", ACTS, labels=LABELS, words=WORDS)
    register_sentences("", {}, subjects=SUBJECTS)
