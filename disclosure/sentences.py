"""Acts of 政务公开 as sentences. An application is named by its number: who asked is sealed."""

from disclosure.access import visible_applications, visible_packages
from disclosure.enums import Answer, Check, Decision, Ground
from disclosure.models import Application, Package
from miyun_kpi.audit.sentences import Subject, Words, choice, of, plain, yes_no
from miyun_kpi.routes import to

ACTS = {
    "disclosure.applicant.shown": "查看{thing}的申请人[，理由：{reason}]",
    "disclosure.application.changed": "给{thing}办理“{act}”",
    "disclosure.application.emended": "勘正{thing}：{fields}[，{said}]",
    "disclosure.application.handed-over": "把{thing}由{old_unit}移交给{new_unit}，自 {on} 起[，理由：{reason}]",
    "disclosure.application.opened": "{-number}期初登记{thing}",
    "disclosure.application.received": "{-number}登记{thing}",
    "disclosure.extension.asked": "申请{thing}延期答复{days}",
    "disclosure.extension.decided": "{approved}{thing}延期答复",
    "disclosure.item.reviewed": "审核公开信息{thing}：{decision}[，把关：{checks}]",
    "disclosure.organ.asked": "就{thing}提请{organisation}协商确认",
    "disclosure.organ.confirmed": "登记{thing}的协商确认",
    "disclosure.organ.emended": "勘正{thing}的协商确认：{fields}[，{said}]",
    "disclosure.organ.handed-over": "{thing}的协商确认由{old_unit}转到{new_unit}，自 {on} 起",
    "disclosure.package.exported": "导出{thing}：{records}",
    "disclosure.package.handed-over": "把{thing}由{old_unit}移交给{new_unit}，自 {on} 起[，理由：{reason}]",
    "disclosure.package.linked": "回填{thing}的发布地址",
    "disclosure.package.relinked": "改正{thing}的发布地址[，理由：{reason}]",
    "disclosure.party.answered": "登记第三方对{thing}的答复：{answer}",
    "disclosure.party.asked": "就{thing}征求第三方意见，涉及{ground}",
}
LABELS = {
    "act": "事项",
    "answer": "答复",
    "before": "原编号",
    "approved": "同意",
    "checks": "把关",
    "consultation": "协商第几号",
    "fields": "改动的栏",
    "said": "勘正的依据",
    "days": "延长",
    "decision": "结论",
    "ground": "涉及",
    "items": "条目第几号",
    "number": "编号",
    "organisation": "单位",
    "party": "第三方第几号",
    "reason": "理由",
    "records": "公开信息",
}
WORDS: dict[str, Words] = {
    "answer": choice(Answer),
    "approved": yes_no("同意", "不同意"),
    "checks": choice(Check),
    "days": plain(" {} 个工作日"),
    "decision": choice(Decision),
    "ground": choice(Ground),
    "items": plain("第 {} 号"),
    "records": of("record"),
}
SUBJECTS = {
    "application": Subject(
        "公开申请",
        Application,
        lambda row: f"公开申请第 {row.number} 号",
        page=lambda row: to("disclosure:application", row.pk),
        visible=visible_applications,
    ),
    "package": Subject(
        "发布包",
        Package,
        lambda row: f"发布包第 {row.number} 号",
        page=lambda row: to("disclosure:package", row.pk),
        visible=visible_packages,
    ),
}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("disclosure", ACTS, labels=LABELS, words=WORDS, subjects=SUBJECTS)
