"""Acts on organisations as sentences; every other app names an organisation of its data by this subject."""

from miyun_kpi.audit.sentences import Subject, Words, choice, of
from miyun_kpi.organisations.enums import TRACK_WORDS, Category, Zone
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to

ACTS = {
    "organisations.organisation.alias-added": "给{thing}增加别名“{alias}”[，出处：{source}]",
    "organisations.organisation.alias-removed": "删去{thing}的别名“{alias}”",
    "organisations.organisation.change-revoked": "撤销{thing}自 {on} 起撤并的登记[，文号：{number}][，理由：{reason}]",
    "organisations.organisation.closed": "自 {on} 起撤并{thing}[，文号：{number}]",
    "organisations.organisation.created": "新建{thing}",
    "organisations.organisation.dealt-out": "把{thing}名下的{label}转给{new_unit}：{number} 件，自 {on} 起",
    "organisations.organisation.merged": "自 {on} 起把{merged}并入{thing}[，文号：{number}]",
    "organisations.organisation.renamed": "自 {on} 起把“{from}”更名为“{to}”[，文号：{number}]",
    "organisations.organisation.voided": "分设的登记撤销，把“{from}”并回{into}，改记为“{to}”，自 {on} 起",
    "organisations.organisation.split": "自 {on} 起把{thing}分设为{into}[，文号：{number}]",
}
LABELS = {
    "alias": "别名",
    "category": "类别",
    "from": "原名称",
    "to": "新名称",
    "into": "分为",
    "merged": "并入的机构",
    "moved": "随转",
    "label": "事项",
    "name": "名称",
    "number": "文号",
    "on": "自",
    "reason": "理由",
    "source": "出处",
    "undecided": "要人决定",
    "zone": "分区",
}
WORDS: dict[str, Words] = {
    "merged": of("organisation"),
    "into": of("organisation"),
    "category": choice(Category),
    "zone": choice(Zone),
}
# Of every app's data.
COMMON_WORDS: dict[str, Words] = {
    "organisation": of("organisation"),
    "evaluator": of("organisation"),
    "unit": of("organisation"),
    "old_unit": of("organisation"),
    "new_unit": of("organisation"),
    "track": choice(TRACK_WORDS),
    "zone": choice(Zone),
}
# Of what one organisation hands over to another, in every app.
COMMON_LABELS = {"old_unit": "原单位", "new_unit": "移交给", "on": "自"}
SUBJECTS = {
    "organisation": Subject(
        "机构",
        Organisation,
        by="code",
        page=lambda row: to("organisations:organisation", row.code),
        visible=lambda actor: Organisation.objects.all(),
    ),
}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("organisations", ACTS, labels=LABELS, words=WORDS)
    register_sentences("", {}, labels=COMMON_LABELS, words=COMMON_WORDS, subjects=SUBJECTS)
