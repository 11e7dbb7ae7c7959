"""Acts of 绿色金融 as sentences."""

from typing import Any

from django.db.models import Q, QuerySet

from finance_policy.access import visible_notices, visible_returns, visible_subsidies
from finance_policy.enums import EntryKind, Grade, Level
from finance_policy.models import (
    Bank,
    BankReading,
    BankReturn,
    FundEntry,
    Loan,
    Release,
    Subsidy,
    SubsidyCheck,
    SubsidyRate,
    VetoNotice,
)
from finance_policy.rules.kinds import KINDS
from miyun_kpi.audit.sentences import Subject, Words, choice, money, of, yes_no
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.routes import to

ACTS = {
    "finance.bank.saved": "维护银行名单：{thing}[，由{from}转给{to}][，机构：{organisation}][，在报：{active}]",
    "finance.fund.entered": "记风险补偿基金账第 {number} 笔：{kind}{amount}[，{on}][，{late}]",
    "finance.grade.decided": "评定{thing}的绿色信用等级：{grade}，{decided_on} 评定[，更正理由：{reason}]",
    "finance.library.opened": "{-kind}向{thing}期初导入 {rows} 条[，依据：{basis}]",
    "finance.library.halted": "停止支持{thing}[：{reason}]",
    "finance.library.resumed": "恢复支持{thing}[：{reason}]",
    "finance.loan.entered": "登记{thing}：本金{amount}，{from_on} 至 {to_on}",
    "finance.loan.repaid": "登记{thing}于 {on} 提前还清",
    "finance.loan.struck": "作废{thing}的登记[，理由：{reason}]",
    "finance.subsidies.reconciled": "{month} 的贴息流水对账：{count} 笔，付出{amount}",
    "finance.subsidy.changed": "{thing}改为{amount}，差额{difference}[，{reason}]",
    "finance.subsidy.paid": "登记{thing}拨付{amount}，{on}，凭证 {proof}[，{late}]",
    "finance.subsidy.recovered": "登记{thing}追回到账{amount}，{on}，凭证 {proof}[，{late}]",
    "finance.subsidy.released": "核定{thing}：{from_on} 至 {to_on}，{amount}",
    "finance.subsidy.reversed": "冲正{thing}的凭证 {proof}，{amount}[，理由：{reason}]",
    "finance.subsidy.revoked": "撤销{thing}[，理由：{reason}]",
    "finance.rate.entered": "{-level}录入{thing}：年率 {percent}%，自 {from_on} 起",
    "finance.rate.struck": "作废{thing}[，理由：{reason}]",
    "finance.reading.closed": "收回{thing}",
    "finance.reading.opened": "{-bank}{-period}作出{thing}[，理由：{reason}]",
    "finance.return.decided": "审核{thing}：{accepted}[，意见：{opinion}]",
    "finance.return.filed": "{-period}报送{thing}",
    "finance.return.saved": "{-period}保存{thing}",
    "finance.returns.imported": "导入历史银行季报 {rows} 份",
    "finance.returns.released": "汇总{period}的银行季报，第 {number} 次[，不含 {silent}][，更正理由：{reason}]",
    "finance.settings.entered": "录入绿色金融设置[，自 {starts_on} 起]：一年按 {day_basis} 天计息，计息含止日：{count_last_day}，"
    "汇总至少 {fewest_banks} 家银行[，季末后 {due_days} 日内报][，依据：{basis}]",
    "finance.settings.struck": "作废自 {starts_on} 起的绿色金融设置[，理由：{reason}]",
    "finance.veto.decided": "{bank}登记对{thing}的处理：{decision}",
    "finance.veto.issued": "发出{thing}",
    "finance.veto.lifted": "解除{thing}[，理由：{reason}]",
    "finance.veto.received": "{bank}签收{thing}",
}
LABELS = {
    "accepted": "通过",
    "active": "在报",
    "amount": "金额",
    "bank": "银行",
    "basis": "依据",
    "code": "代码",
    "corrects": "更正第几号",
    "count": "笔数",
    "count_last_day": "计息含止日",
    "day_basis": "一年按几天计息",
    "decided_on": "评定日期",
    "decision": "处理",
    "difference": "差额",
    "due_days": "季末后几日内报",
    "fewest_banks": "汇总至少几家银行",
    "from": "原机构",
    "from_on": "自",
    "grade": "等级",
    "kind": "事项",
    "late": "补登",
    "level": "级次",
    "month": "月份",
    "number": "序号",
    "on": "日期",
    "opinion": "意见",
    "organisation": "机构",
    "percent": "贴息年率",
    "period": "季度",
    "proof": "凭证号",
    "reason": "理由",
    "rows": "条数",
    "silent": "未报的银行",
    "starts_on": "起用日期",
    "to": "转给",
    "to_on": "至",
    "version": "版本",
}
_TITLES = {kind.code: kind.title for kind in KINDS}
WORDS: dict[str, Words] = {
    "accepted": yes_no("通过", "退回"),
    "amount": money(),
    "bank": of("bank"),
    "difference": money(),
    "bank.saved/from": of("organisation"),
    "bank.saved/to": of("organisation"),
    "grade": choice(Grade),
    "kind": choice(dict(EntryKind.choices) | _TITLES),
    "level": choice(Level),
}


def _banks(ids: Any) -> QuerySet[Bank]:
    """By row, by its own code, or (after a merger) by the code of its organisation."""
    wanted = list(ids)
    rows = [one for one in wanted if one.isdigit() and len(one) < 19]
    return Bank.objects.filter(Q(pk__in=rows) | Q(code__in=wanted))


SUBJECTS = {
    "bank": Subject("银行", Bank, lambda row: row.name, find=_banks, own=lambda row: (str(row.pk), row.code)),
    "finance-loan": Subject("绿色贷款", Loan, lambda row: f"贷款{row}"),
    "finance-reading": Subject("单家银行季报的查看决定", BankReading, str, related=("bank",)),
    "finance-subsidy": Subject(
        "贴息", Subsidy, str, page=lambda row: to("finance_policy:subsidy", row.pk), visible=visible_subsidies
    ),
    "subsidycheck": Subject("贴息对账", SubsidyCheck, lambda row: f"{row.month} 贴息对账"),
    "fund": Subject("风险补偿基金账", FundEntry, lambda row: f"风险补偿基金账第 {row.number} 笔"),
    "rate": Subject("贴息率", SubsidyRate, lambda row: f"{row.get_level_display()}贴息率"),
    "release": Subject("季度汇总", Release, lambda row: f"{PeriodCode.parse(row.period).label}银行季报汇总"),
    "return": Subject(
        "银行季报",
        BankReturn,
        lambda row: f"{row.bank.name}{PeriodCode.parse(row.period).label}季报",
        related=("bank",),
        page=lambda row: to("finance_policy:return", row.pk),
        visible=visible_returns,
    ),
    "returns": Subject("银行季报"),
    "settings": Subject("绿色金融设置"),
    "veto": Subject(
        "环保一票否决信息",
        VetoNotice,
        lambda row: f"对{row.name}的环保一票否决信息",
        page=lambda row: to("finance_policy:veto", row.pk),
        visible=visible_notices,
    ),
}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("finance", ACTS, labels=LABELS, words=WORDS, subjects=SUBJECTS)
