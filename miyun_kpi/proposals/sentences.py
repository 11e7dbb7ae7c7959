"""Acts on what waits for a second person, as sentences."""

from miyun_kpi.audit.sentences import Subject
from miyun_kpi.proposals.access import of_own_office
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.routes import to

ACTS = {
    "proposals.proposal.confirmed": "确认{act}：{thing}[，意见：{note}]",
    "proposals.proposal.merged": "{thing}由{old_unit}转由{new_unit}确认，自 {on} 起",
    "proposals.proposal.proposed": "提出{act}：{thing}[，提请人{by}]",
    "proposals.proposal.returned": "退回{act}：{thing}[，意见：{note}]",
    "proposals.proposal.withdrawn": "撤回{act}：{thing}",
}
LABELS = {"act": "事项", "by": "提请人", "note": "意见"}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    subject = Subject(
        "待确认事项",
        Proposal,
        lambda row: f"{row.name}（待确认第 {row.pk} 号）",
        page=lambda row: to("proposals:proposal", row.pk),
        visible=of_own_office,
    )
    register_sentences("proposals", ACTS, labels=LABELS, subjects={"proposal": subject})
