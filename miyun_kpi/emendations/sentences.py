"""Acts of 勘正 as sentences."""

from miyun_kpi.audit.sentences import Subject
from miyun_kpi.emendations.access import of_own_office
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.routes import to

ACTS = {
    "emendations.emendation.confirmed": "确认{thing}[，意见：{note}]",
    "emendations.emendation.merged": "{thing}由{old_unit}转由{new_unit}办理，自 {on} 起",
    "emendations.emendation.proposed": "提出{thing}[，理由：{reason}]",
    "emendations.emendation.returned": "退回{thing}[，意见：{note}]",
    "emendations.emendation.withdrawn": "撤回{thing}",
}
LABELS = {"note": "意见", "reason": "理由"}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    subject = Subject(
        "勘正",
        Emendation,
        lambda row: f"“{row.name}”的勘正（第 {row.pk} 号）",
        page=lambda row: to("emendations:emendation", row.pk),
        visible=of_own_office,
    )
    register_sentences("emendations", ACTS, labels=LABELS, subjects={"emendation": subject})
