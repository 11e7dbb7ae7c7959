from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from farmland.enums import FeeKind, MoneyKind
from farmland.models.pool import Lot
from farmland.models.work import Application, Transfer
from miyun_kpi.acts.reconciling import Reconciled, once_a_number
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.organisations.models import Organisation


class Fee(models.Model):
    """A fee as it was assessed for an application. `waived` with 区政府's approval (第八条（二）).

    `approved` is what the approval names; after a price is put right `waived` is that much, but never above the fee. `void`:
    the price or the rule it was assessed by was struck and none took its place, or a 协调意见 answers otherwise whether it
    is due; nothing is until it is assessed anew.

    `returned`: what was settled to be given back after the quota was taken back for 不可抗力 (第八条（三）、第十四条).
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="fees")
    kind = models.CharField("费用", max_length=12, choices=FeeKind.choices)
    area = ScaledDecimalField("面积", places=4)
    rate = ScaledDecimalField("单价", places=2, null=True)
    amount = ScaledDecimalField("应缴", places=2)
    waived = ScaledDecimalField("减免", places=2, default=0)
    approved = ScaledDecimalField("批准减免", places=2, default=0)
    void = models.BooleanField("待重新核费", default=False)
    waiver_number = models.CharField("减免批准文号", max_length=60, blank=True)
    waiver_on = models.DateField("减免批准日期", null=True)
    returned = ScaledDecimalField("协调退还", places=2, default=0)
    return_note = models.CharField("退还的协调意见", max_length=300, blank=True, default="")
    reason = models.CharField("算式和理由", max_length=300)
    clause = models.CharField("条款", max_length=40)
    assessed_on = models.DateField("核费日期")
    at = models.DateTimeField("时间")
    by = models.CharField("核费人", max_length=200)

    class Meta:
        verbose_name = "费用"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind"],
                name="one_fee_per_application_and_kind",
                violation_error_message="这项费用已经核定。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, waived__gte=0) & Q(waived__lte=F("amount")),
                name="waiver_within_the_fee",
                violation_error_message="减免不能超过应缴。",
            ),
            models.CheckConstraint(
                condition=Q(waived=0) | ~Q(waiver_number=""),
                name="no_waiver_without_approval",
                violation_error_message="没有区政府批准文号，不能减免。",
            ),
            models.CheckConstraint(
                condition=Q(waived=0) | Q(kind=FeeKind.COMPENSATION),
                name="only_compensation_is_waived",
                violation_error_message="只有耕地保护补偿费可以减免。",
            ),
            models.CheckConstraint(
                condition=Q(returned=0) | (Q(returned__gt=0) & ~Q(return_note="")),
                name="no_return_without_coordination",
                violation_error_message="没有协调意见，不能退还已缴费用。",
            ),
        ]

    @property
    def owed(self) -> Decimal:
        """After a price is put right less may be charged than was settled to be given back: never below 0."""
        return max(self.amount - self.waived - self.returned, Decimal("0.00"))


class Money(models.Model):
    """One movement of money, recorded by 区财政局 alone; never changed, never removed. A correction is a reversal."""

    number = models.PositiveIntegerField("笔")
    kind = models.CharField("类别", max_length=20, choices=MoneyKind.choices)
    amount = ScaledDecimalField("金额", places=2)
    day = models.DateField("日期")
    ticket = models.CharField("票据或凭证号", max_length=60)
    fee = models.ForeignKey(Fee, models.PROTECT, null=True, related_name="payments")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="payments", verbose_name="批次")
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="payments")
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, related_name="payments")
    town = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="镇")
    reverses = models.PositiveIntegerField("冲正第几笔", null=True)
    note = models.CharField("说明", max_length=300, blank=True)
    late = models.CharField("补登", max_length=320, blank=True, default="")
    at = models.DateTimeField("时间")
    by = models.CharField("经办人", max_length=200)

    class Meta:
        verbose_name = "收支"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], name="one_money_row_per_number", violation_error_message="收支笔号重复。"
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="one_reversal_per_money_row",
                violation_error_message="这一笔已经冲正。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="money_above_zero", violation_error_message="金额须大于 0。"
            ),
        ]
        # 对账 reads the days of a month or a year.
        indexes = [models.Index(fields=["day"], name="farmland_money_day")]


class MoneyCheck(Reconciled):
    """对账 of the money of 21号, month by month."""

    class Meta(Reconciled.Meta):
        abstract = False
        verbose_name = "耕地收支对账"
        constraints = [once_a_number("one_reconciliation_of_farmland_per_number")]
