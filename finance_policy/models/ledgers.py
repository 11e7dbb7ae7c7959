from django.db import models
from django.db.models import Q

from finance_policy.enums import EntryKind
from finance_policy.models.banks import Bank
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField


class FundEntry(models.Model):
    """绿色信贷风险补偿基金 (三（二）4), append-only. `balance` is that after the entry; two entries never share a number.

    The entries of the demonstration are an account of their own: they can go without touching a balance.
    """

    number = models.PositiveIntegerField("序号")
    kind = models.CharField("事项", max_length=10, choices=EntryKind.choices)
    # With its sign: in is positive, out is negative.
    amount = ScaledDecimalField("金额", places=2)
    balance = ScaledDecimalField("余额", places=2)
    on = models.DateField("办理日期")
    late = models.CharField("补登", max_length=320, blank=True)
    party = models.CharField("对方", max_length=100)
    basis = models.CharField("依据", max_length=300)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.CharField("录入人", max_length=200)
    entered_by_id = models.BigIntegerField("录入人编号", null=True)

    class Meta:
        verbose_name = "风险补偿基金账"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                name="one_fund_entry_per_number",
                violation_error_message="同一时刻有别人在记账。",
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0),
                name="fund_never_below_zero",
                violation_error_message="基金余额不能小于 0。",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["paid-in", "recovered"], amount__gt=0)
                | Q(kind__in=["loan-loss", "bond-loss"], amount__lt=0)
                | (Q(kind="reversed", reverses__isnull=False) & ~Q(amount=0)),
                name="fund_entry_sign_fits_its_kind",
                violation_error_message="注资、追回为正，补偿为负。",
            ),
        ]


class VetoNotice(Versioned):
    """环保一票否决 (二（一）1): information of 区生态环境局 that banks receive and decide by."""

    called = "这件信息"

    name = models.CharField("企业", max_length=200)
    code = models.CharField("统一社会信用代码", max_length=18)
    fact = models.TextField("事实")
    basis = models.CharField("依据", max_length=300)
    issued_on = models.DateField("发出日期")
    issued_at = models.DateTimeField("发出时间")
    issued_by = models.CharField("发出人", max_length=200)
    lifted_on = models.DateField("解除日期", null=True)
    lifted_reason = models.CharField("解除理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "环保一票否决信息"
        ordering = ["-issued_on", "-id"]


class VetoReceipt(models.Model):
    """A bank has read the information, and what it has decided."""

    notice = models.ForeignKey(VetoNotice, models.CASCADE, related_name="receipts", db_index=False)
    bank = models.ForeignKey(Bank, models.CASCADE, related_name="receipts")
    confirmed_at = models.DateTimeField("签收时间")
    confirmed_by = models.CharField("签收人", max_length=200)
    decision = models.CharField("处理", max_length=500, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True)
    decided_by = models.CharField("处理人", max_length=200, blank=True)

    class Meta:
        verbose_name = "否决信息签收"
        ordering = ["confirmed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "bank"],
                name="one_receipt_per_notice_and_bank",
                violation_error_message="这家银行已经签收。",
            )
        ]
