from django.db import models
from django.db.models import F, Q

from farmland.enums import Choice, RateKind
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField

STANDS = Q(struck_at__isnull=True)


class Struck(models.Model):
    """A row of a dated table that was mistyped is struck by 勘正 and stays to be read beside what replaced it."""

    struck_at = models.DateTimeField("划去时间", null=True)
    struck_by = models.CharField("划去人", max_length=200, blank=True)
    struck_for = models.CharField("划去理由", max_length=300, blank=True)

    class Meta:
        abstract = True


class Rate(Versioned, Struck):
    """A dated figure of one table; a later one takes over, a mistyped one is struck. `printed`: it stands in the gazette."""

    called = "这个单价"

    kind = models.CharField("表", max_length=16, choices=RateKind.choices)
    value = ScaledDecimalField("数值", places=2)
    starts_on = models.DateField("起用日期")
    ends_on = models.DateField("止用日期", null=True)
    basis = models.CharField("依据", max_length=200)
    printed = models.BooleanField("原文", default=False)
    created_at = models.DateTimeField("录入时间")
    created_by = models.CharField("录入人", max_length=200)

    class Meta:
        verbose_name = "单价"
        ordering = ["kind", "-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "starts_on"],
                condition=STANDS,
                name="one_rate_per_table_and_first_day",
                violation_error_message="这张表同一天已经起用一个单价。",
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0), name="rate_above_zero", violation_error_message="数值须大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="rate_days_in_order",
                violation_error_message="止用日期不能早于起用日期。",
            ),
        ]


class RulePeriod(Struck):
    """Days in which fee rules are in force (第十六条); a successor rule is a further row."""

    starts_on = models.DateField("起")
    ends_on = models.DateField("止")
    basis = models.CharField("文号和依据", max_length=200)
    printed = models.BooleanField("原文", default=False)
    created_at = models.DateTimeField("录入时间")
    created_by = models.CharField("录入人", max_length=200)

    class Meta:
        verbose_name = "规则期限"
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["starts_on"],
                condition=STANDS,
                name="one_rule_period_per_first_day",
                violation_error_message="这一天已经起用一个规则期限。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="rule_period_days_in_order",
                violation_error_message="止日不能早于起日。",
            ),
        ]


class Setting(Struck):
    """A reading chosen by the office (推定), in force from its first day until a later row takes over."""

    key = models.CharField("设置", max_length=24, choices=Choice.choices)
    value = models.BooleanField("取值")
    starts_on = models.DateField("起用日期")
    basis = models.CharField("依据", max_length=200)
    at = models.DateTimeField("时间")
    by = models.CharField("谁", max_length=200)

    class Meta:
        verbose_name = "设置"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "starts_on"],
                condition=STANDS,
                name="one_setting_per_first_day",
                violation_error_message="这项设置同一天已经起用一个取值。",
            )
        ]
