"""What the audit calls the acts of 耕地占补."""

WORDS: dict[str, str] = {
    "farmland.application.amended": "修改指标使用申请",
    "farmland.application.coordinated": "登记第十四条协调意见",
    "farmland.application.handed-over": "移交指标使用申请",
    "farmland.application.posted": "核销指标",
    "farmland.application.reclaimed": "收回指标",
    "farmland.application.registered": "登记指标使用申请",
    "farmland.application.released": "撤回预留",
    "farmland.application.reserved": "预留指标",
    "farmland.application.revoked": "撤销指标使用申请",
    "farmland.application.found": "改收回的不可抗力认定",
    "farmland.application.settled": "登记收回指标的费用处理",
    "farmland.entry.reversed": "冲正账本",
    "farmland.fee.waived": "减免耕地保护补偿费",
    "farmland.fees.assessed": "核定占补费用",
    "farmland.ledger.checked": "重放核对账本",
    "farmland.ledger.opened": "导入期初和历史",
    "farmland.lot.accepted": "批次验收入库",
    "farmland.lot.amended": "修改批次资料",
    "farmland.money.reconciled": "占补收支对账",
    "farmland.money.recorded": "登记占补收支",
    "farmland.money.reversed": "冲正占补收支",
    "farmland.period.entered": "录入规则期限",
    "farmland.period.emended": "勘正规则期限",
    "farmland.rate.entered": "录入占补单价",
    "farmland.rate.emended": "勘正占补单价",
    "farmland.setting.chosen": "改占补设置",
    "farmland.setting.emended": "勘正占补设置",
    "farmland.transfer.made": "转让指标到外区",
    "farmland.transfer.rewarded": "登记转让奖励",
    "farmland.warrant.issued": "核定占补付款或追回",
    "farmland.warrant.revoked": "撤销付款核定",
}

# Until 2026-11-28.
RENAMED: dict[str, str] = {
    "farmland.application.struck": "farmland.application.revoked",
}
