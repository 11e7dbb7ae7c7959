"""What the audit calls the acts on what waits for a second person."""

WORDS: dict[str, str] = {
    "proposals.proposal.confirmed": "确认待办事项",
    "proposals.proposal.merged": "待确认事项随机构改革转出",
    "proposals.proposal.proposed": "提出待确认事项",
    "proposals.proposal.returned": "退回待确认事项",
    "proposals.proposal.withdrawn": "撤回待确认事项",
}
