"""A month, quarter or year of an evaluation with its four dates."""

from django.db import models
from django.db.models import F, Q

from evaluation.enums import PeriodKind
from evaluation.periods.rules.calendar import Window
from miyun_kpi.lib.periods import PeriodCode


class Period(models.Model):
    """A month, quarter or year with its four dates (engine 2)."""

    code = models.CharField("期间", max_length=7, unique=True)
    kind = models.CharField("种类", max_length=8, choices=PeriodKind.choices)
    starts_at = models.DateTimeField("填报开始")
    due_at = models.DateTimeField("报送截止")
    late_until = models.DateTimeField("补报截止")
    locks_at = models.DateTimeField("锁定")
    opened_at = models.DateTimeField("开启时间")
    calendar_note = models.CharField("日历说明", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "期间"
        ordering = ["-code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("due_at"))
                & Q(due_at__lt=F("late_until"))
                & Q(late_until__lt=F("locks_at")),
                name="period_dates_follow_one_another",
                violation_error_message="填报开始、报送截止、补报截止、锁定须一个比一个晚。",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def period_code(self) -> PeriodCode:
        return PeriodCode.parse(self.code)

    @property
    def label(self) -> str:
        return self.period_code.label

    @property
    def window(self) -> Window:
        return Window(self.starts_at, self.due_at, self.late_until, self.locks_at)


class LeftPeriod(models.Model):
    """A 往期 that the office has decided not to open: it had locked before the scheme was put in force in this database."""

    code = models.CharField("期间", max_length=7, unique=True)
    reason = models.CharField("不开启的理由", max_length=300)
    left_by = models.CharField("决定人", max_length=200)
    left_by_id = models.BigIntegerField("决定人编号", null=True)
    left_at = models.DateTimeField("决定时间")

    class Meta:
        verbose_name = "不开启的往期"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return PeriodCode.parse(self.code).label
