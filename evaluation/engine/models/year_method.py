"""How a year is computed out of its quarters and the 专项考评 (engine 16)."""

from django.db import models
from django.db.models import Q

from evaluation.enums import MethodState
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.db.fields import ScaledDecimalField


class YearMethod(Versioned):
    """年度计算办法: the weights of 专项考评 and of the quarters, with the document they rest on. Locked it never changes."""

    called = "这个办法"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="methods")
    number = models.PositiveSmallIntegerField("第几次拟定")
    state = models.CharField("状态", max_length=10, choices=MethodState.choices, default=MethodState.PROPOSED)
    basis_document = models.CharField("依据文件", max_length=120)
    basis_clause = models.CharField("依据条款", max_length=60)
    entered_by = models.CharField("拟定人", max_length=200)
    entered_by_id = models.BigIntegerField("拟定人编号", null=True)
    entered_at = models.DateTimeField("拟定时间")
    checked_by = models.CharField("复核人", max_length=200, blank=True)
    checked_by_id = models.BigIntegerField("复核人编号", null=True)
    note = models.CharField("复核意见", max_length=500, blank=True)
    locked_at = models.DateTimeField("锁定时间", null=True)

    class Meta:
        verbose_name = "年度计算办法"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "number"],
                name="one_year_method_per_scheme_and_number",
                violation_error_message="这一次拟定已经有了。",
            ),
            models.UniqueConstraint(
                fields=["scheme"],
                condition=Q(state=MethodState.PROPOSED),
                name="one_year_method_to_check_per_scheme",
                violation_error_message="已有一个年度计算办法待复核。",
            ),
            models.UniqueConstraint(
                fields=["scheme"],
                condition=Q(state=MethodState.LOCKED),
                name="one_locked_year_method_per_scheme",
                violation_error_message="已有一个锁定的年度计算办法。",
            ),
            apart(
                "entered", "checked", name="year_method_is_checked_by_a_second_person", said="复核人不能是拟定人本人。"
            ),
            models.CheckConstraint(
                condition=~Q(state=MethodState.LOCKED) | Q(locked_at__isnull=False),
                name="locked_year_method_has_its_time",
                violation_error_message="锁定的办法须有锁定时间。",
            ),
        ]


class MethodWeight(models.Model):
    """The weight of one period in the year: its code is the year itself (专项考评) or a quarter."""

    method = models.ForeignKey(YearMethod, models.CASCADE, related_name="weights", db_index=False)
    period = models.CharField("期间", max_length=7)
    weight = ScaledDecimalField("权重")

    class Meta:
        verbose_name = "期间权重"
        ordering = ["period"]
        constraints = [
            models.UniqueConstraint(
                fields=["method", "period"],
                name="one_weight_per_year_method_and_period",
                violation_error_message="这个期间已经有权重。",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=1),
                name="weight_of_a_period_lies_between_zero_and_one",
                violation_error_message="权重须在 0 与 1 之间。",
            ),
        ]
