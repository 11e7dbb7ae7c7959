"""What the audit calls the acts of 人事任免."""

WORDS: dict[str, str] = {
    "personnel.act.added": "拟稿加一项任免",
    "personnel.act.emended": "勘正任免登记",
    "personnel.notice.emended": "勘正任职时间",
    "personnel.act.removed": "拟稿删一项任免",
    "personnel.act.revoked": "撤销任免登记",
    "personnel.history.recorded": "导入历史任免",
    "personnel.notice.changed": "更改任免通知拟稿",
    "personnel.notice.discarded": "删去任免通知拟稿",
    "personnel.notice.drafted": "拟任免通知",
    "personnel.notice.issued": "印发任免通知",
    "personnel.notice.returned": "退回任免通知",
    "personnel.notice.submitted": "任免通知送审",
    "personnel.office.changed": "更改人事设置或移交主管",
    "personnel.office.merged": "人事主管随机构改革变更",
    "personnel.office.received": "接收人事主管",
    "personnel.opening.added": "登记期初任职",
    "personnel.probation.decided": "登记试用期满决定",
    "personnel.probation.emended": "勘正试用期满决定",
    "personnel.probation.withdrawn": "撤回试用期满决定",
    "personnel.seats.set": "登记职数",
}

# Until 2026-11-28.
RENAMED: dict[str, str] = {
    "personnel.act.struck": "personnel.act.revoked",
}
