from django.db import models
from django.db.models import Q

from finance_policy.enums import ReturnState
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.organisations.models import Organisation


class Bank(Versioned):
    """A 驻区银行机构. The list is not printed; the office names them. `organisation` is what its reporters have posts in."""

    called = "这家银行"

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100, unique=True)
    organisation = models.OneToOneField(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="机构")
    active = models.BooleanField("在报", default=True)
    # "": it has always reported; before this quarter nobody misses it.
    from_period = models.CharField("自哪个季度起报", max_length=6, blank=True, default="")
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.CharField("修改人", max_length=200)

    class Meta:
        verbose_name = "银行"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class BankReturn(Versioned):
    """绿色信贷 of a bank at the end of a quarter: balances in 万元; `…_before` are those of the same quarter a year earlier."""

    called = "这份季报"

    bank = models.ForeignKey(Bank, models.PROTECT, related_name="returns", db_index=False)
    period = models.CharField("季度", max_length=6)
    loans = ScaledDecimalField("各项贷款余额", places=2, null=True)
    loans_before = ScaledDecimalField("各项贷款余额上年同期", places=2, null=True)
    green = ScaledDecimalField("绿色信贷余额", places=2, null=True)
    green_before = ScaledDecimalField("绿色信贷余额上年同期", places=2, null=True)
    increment = ScaledDecimalField("绿色信贷增量", places=2, null=True)
    increment_before = ScaledDecimalField("绿色信贷增量上年同期", places=2, null=True)
    customers = models.PositiveIntegerField("绿色信贷客户数", null=True)
    customers_before = models.PositiveIntegerField("绿色信贷客户数上年同期", null=True)
    note = models.CharField("说明", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=ReturnState.choices, default=ReturnState.DRAFT)
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.CharField("保存人", max_length=200)
    submitted_by_id = models.BigIntegerField("报送人编号", null=True)
    opinion = models.CharField("审核意见", max_length=500, blank=True)
    imported = models.BooleanField("期初导入", default=False)

    class Meta:
        verbose_name = "银行季报"
        ordering = ["-period", "bank__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "period"],
                name="one_return_per_bank_and_quarter",
                violation_error_message="这家银行这个季度已经有报表。",
            ),
            models.CheckConstraint(
                condition=(Q(loans__isnull=True) | Q(loans__gte=0))
                & (Q(loans_before__isnull=True) | Q(loans_before__gte=0))
                & (Q(green__isnull=True) | Q(green__gte=0))
                & (Q(green_before__isnull=True) | Q(green_before__gte=0)),
                name="balances_not_below_zero",
                violation_error_message="余额不能小于 0。",
            ),
        ]


class ReturnEvent(models.Model):
    """One act on a return, with the figures as they stood after it."""

    bank_return = models.ForeignKey(BankReturn, models.CASCADE, related_name="events")
    act = models.CharField("事项", max_length=40)
    at = models.DateTimeField("时间")
    by = models.CharField("经办人", max_length=200)
    by_id = models.BigIntegerField("经办人编号", null=True)
    note = models.CharField("说明", max_length=500, blank=True)
    figures = models.JSONField("当时的数", default=dict)

    class Meta:
        verbose_name = "季报经过"
        ordering = ["id"]


class Release(models.Model):
    """Sums of a quarter as given out: immutable, a correction is a further number.

    `bank_codes` are those whose accepted returns are in it, `silent` the names of those that had not reported by then.
    """

    period = models.CharField("季度", max_length=6)
    number = models.PositiveSmallIntegerField("次")
    bank_codes = models.JSONField("银行", default=list)
    silent = models.JSONField("未报的银行", default=list)
    figures = models.JSONField("合计", default=dict)
    reason = models.CharField("更正理由", max_length=300, blank=True)
    released_at = models.DateTimeField("汇总时间")
    released_by = models.CharField("汇总人", max_length=200)

    class Meta:
        verbose_name = "季度汇总"
        ordering = ["-period", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "number"],
                name="one_release_per_quarter_and_number",
                violation_error_message="这个季度的这一次汇总已经有了。",
            )
        ]


class BankReading(Versioned):
    """Why 区领导 read one bank's figures of a quarter: decided by two persons, until it is taken back."""

    called = "这项查看决定"
    audited_as = "finance-reading"

    bank = models.ForeignKey(Bank, models.PROTECT, related_name="readings", verbose_name="银行")
    period = models.CharField("季度", max_length=6)
    reason = models.CharField("理由", max_length=300)
    opened_at = models.DateTimeField("决定时间")
    opened_by = models.CharField("决定人", max_length=200)
    closed_at = models.DateTimeField("收回时间", null=True)
    closed_by = models.CharField("收回人", max_length=200, blank=True)

    class Meta:
        verbose_name = "单家银行季报的查看决定"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "period"],
                condition=Q(closed_at__isnull=True),
                name="one_open_reading_per_bank_and_quarter",
                violation_error_message="这家银行这个季度的季报已经可以查看。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bank.name} {self.period} 季报的查看决定"
