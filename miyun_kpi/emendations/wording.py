"""What the audit calls the acts of 勘正."""

WORDS: dict[str, str] = {
    "emendations.emendation.confirmed": "确认勘正",
    "emendations.emendation.merged": "勘正随机构改革转出",
    "emendations.emendation.proposed": "提出勘正",
    "emendations.emendation.returned": "退回勘正",
    "emendations.emendation.withdrawn": "撤回勘正",
}
