"""What the audit calls the acts of 博士后."""

WORDS: dict[str, str] = {
    "postdoc.application.adjusted": "因离站调整申报",
    "postdoc.application.withdrawn": "撤回申报",
    "postdoc.application.created": "填报申报",
    "postdoc.application.imported": "导入历史拨付",
    "postdoc.application.reviewed": "审核申报",
    "postdoc.application.saved": "保存申报材料",
    "postdoc.application.filed": "报送申报",
    "postdoc.arrangement.entered": "登记经费安排通知",
    "postdoc.award.added": "登记表彰",
    "postdoc.award.changed": "更正表彰",
    "postdoc.award.revoked": "撤销表彰登记",
    "postdoc.budget.changed": "录入预算",
    "postdoc.figure.entered": "录入标准",
    "postdoc.figure.revoked": "撤销标准",
    "postdoc.money.reversed": "冲正资金流水",
    "postdoc.money.written": "登记资金流水",
    "postdoc.ledger.reconciled": "博士后资金对账",
    "postdoc.people.listed": "查看本单位人员姓名",
    "postdoc.person.corrected": "更正个人信息",
    "postdoc.person.shown": "查看个人信息",
    "postdoc.station.changed": "修改工作站",
    "postdoc.station.handed-over": "移交工作站填报",
    "postdoc.station.registered": "登记工作站",
    "postdoc.stay.acted": "办理在站事项",
    "postdoc.stay.changed": "修改进站内容",
    "postdoc.stay.registered": "登记进站",
}

# Until 2026-11-28.
RENAMED: dict[str, str] = {
    "postdoc.application.cancelled": "postdoc.application.withdrawn",
    "postdoc.application.sent": "postdoc.application.filed",
    "postdoc.figure.struck": "postdoc.figure.revoked",
}
