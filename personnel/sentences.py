"""Acts of 人事任免 as sentences. A draft is nobody else's: it and what stands in it are named by number until 印发."""

from miyun_kpi.audit.sentences import Subject, Words, choice
from miyun_kpi.routes import to
from personnel.access import visible_notices
from personnel.enums import NoticeState, Outcome
from personnel.models import Act, Notice, Position

ACTS = {
    "personnel.act.added": "在{thing}加一项任免",
    "personnel.act.emended": "把{old}勘正为{thing}",
    "personnel.notice.emended": "勘正{thing}：文号 {number}，成文日期 {dated}[，研究决定日期 {decided_on}]",
    "personnel.act.removed": "从{thing}删一项任免",
    "personnel.act.revoked": "撤销{thing}的登记[，理由：{reason}]",
    "personnel.history.recorded": "导入历史任免 {acts} 项：{notices}",
    "personnel.notice.changed": "修改{thing}",
    "personnel.notice.discarded": "删去{thing}",
    "personnel.notice.drafted": "起草{thing}",
    "personnel.notice.issued": "印发{thing}，共 {acts} 项任免，{dated} 成文[；{late}]",
    "personnel.notice.returned": "退回{thing}",
    "personnel.notice.submitted": "把{thing}送审",
    "personnel.office.changed": "修改人事设置：试用期满前 {remind_days} 天提醒[，移交给{proposed}]",
    "personnel.office.merged": "人事主管单位由{old_unit}变为{new_unit}，自 {on} 起",
    "personnel.office.received": "接收人事主管，原为{from}",
    "personnel.opening.added": "登记期初任职：{person}，{position}",
    "personnel.probation.decided": "登记{thing}的试用期满决定[：{outcome}]，{decided_on} 决定",
    "personnel.probation.emended": "勘正{thing}的试用期满决定：{fields}[，{said}]",
    "personnel.probation.withdrawn": "撤回{thing}的试用期满决定[：{outcome}]，{decided_on} 决定，理由：{reason}",
    "personnel.seats.set": "登记{thing}的职数 {seats} 个[，依据：{basis}]",
}
LABELS = {
    "act": "任免第几号",
    "acts": "任免",
    "basis": "依据",
    "dated": "成文日期",
    "decided_on": "决定日期",
    "fields": "改动的栏",
    "from": "原主管",
    "late": "补登",
    "notices": "通知",
    "number": "发文字号",
    "old": "原登记",
    "outcome": "结果",
    "person": "人员",
    "position": "职务",
    "said": "勘正的依据",
    "proposed": "移交给",
    "reason": "理由",
    "remind_days": "提前几天提醒",
    "seats": "职数",
}
WORDS: dict[str, Words] = {"outcome": choice(Outcome)}


def _notice(row: Notice) -> str:
    return f"任免通知{row.number}" if row.state == NoticeState.ISSUED else f"任免通知拟稿（第 {row.pk} 号）"


def _act(row: Act) -> str:
    if row.notice is not None and row.notice.state != NoticeState.ISSUED:
        return f"任免（第 {row.pk} 号）"
    return f"{row.person.name}{row.position}"


SUBJECTS = {
    "act": Subject("任免", Act, _act, related=("notice", "person", "position__organisation")),
    "notice": Subject(
        "任免通知",
        Notice,
        _notice,
        page=lambda row: to("personnel:notice", row.pk),
        visible=visible_notices,
    ),
    "office": Subject("人事主管"),
    "personnel": Subject("历史任免"),
    "position": Subject(
        "职务",
        Position,
        str,
        related=("organisation",),
        page=lambda row: to("personnel:position", row.pk),
        visible=lambda actor: Position.objects.all(),
    ),
}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("personnel", ACTS, labels=LABELS, words=WORDS, subjects=SUBJECTS)
