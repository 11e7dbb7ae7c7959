"""What the audit calls the acts of 绿色金融."""

WORDS: dict[str, str] = {
    "finance.bank.saved": "维护银行名单",
    "finance.fund.entered": "记风险补偿基金账",
    "finance.grade.decided": "评定绿色信用等级",
    "finance.library.opened": "期初导入绿色产业（项目）库",
    "finance.rate.entered": "录入贴息率",
    "finance.rate.struck": "作废贴息率",
    "finance.return.decided": "审核银行季报",
    "finance.return.saved": "保存银行季报",
    "finance.return.filed": "报送银行季报",
    "finance.returns.imported": "导入银行季报",
    "finance.returns.released": "汇总银行季报",
    "finance.settings.changed": "修改绿色金融设置",
    "finance.veto.decided": "登记银行处理",
    "finance.veto.issued": "发出环保一票否决信息",
    "finance.veto.lifted": "解除环保一票否决信息",
    "finance.veto.received": "签收环保一票否决信息",
}

# Until 2026-11-28.
RENAMED: dict[str, str] = {
    "finance.return.submitted": "finance.return.filed",
}
