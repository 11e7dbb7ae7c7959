"""What the audit calls the acts of 绿色金融."""

WORDS: dict[str, str] = {
    "finance.bank.saved": "维护银行名单",
    "finance.fund.entered": "记风险补偿基金账",
    "finance.grade.decided": "评定绿色信用等级",
    "finance.library.halted": "停止支持",
    "finance.library.resumed": "恢复支持",
    "finance.loan.entered": "登记绿色贷款",
    "finance.loan.repaid": "登记贷款提前还清",
    "finance.loan.struck": "作废贷款登记",
    "finance.subsidies.reconciled": "贴息对账",
    "finance.subsidy.changed": "贴息差额",
    "finance.subsidy.paid": "登记贴息拨付",
    "finance.subsidy.recovered": "登记贴息追回到账",
    "finance.subsidy.released": "核定贴息",
    "finance.subsidy.reversed": "贴息凭证冲正",
    "finance.subsidy.revoked": "贴息撤销",
    "finance.library.opened": "期初导入绿色产业（项目）库",
    "finance.rate.entered": "录入贴息率",
    "finance.rate.struck": "作废贴息率",
    "finance.reading.closed": "收回单家银行季报的查看决定",
    "finance.reading.opened": "决定区领导查看单家银行季报",
    "finance.return.decided": "审核银行季报",
    "finance.return.saved": "保存银行季报",
    "finance.return.filed": "报送银行季报",
    "finance.returns.imported": "导入银行季报",
    "finance.returns.released": "汇总银行季报",
    "finance.settings.entered": "录入绿色金融设置",
    "finance.settings.struck": "作废绿色金融设置",
    "finance.veto.decided": "登记银行处理",
    "finance.veto.issued": "发出环保一票否决信息",
    "finance.veto.lifted": "解除环保一票否决信息",
    "finance.veto.received": "签收环保一票否决信息",
}

# Until 2026-11-28.
RENAMED: dict[str, str] = {
    "finance.return.submitted": "finance.return.filed",
    "finance.settings.changed": "finance.settings.entered",
}
