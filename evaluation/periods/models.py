"""A month, quarter or year of an evaluation with its four dates, who is ranked in it, and how often its inputs moved."""

from django.db import models
from django.db.models import F, Q

from evaluation.enums import PeriodKind, UnitChange, UnitChangeState
from evaluation.periods.rules.calendar import Window
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.db.rows import PlainRows
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation


class Period(Versioned):
    """A month, quarter or year with its four dates (engine 2)."""

    called = "这一期的日期"

    code = models.CharField("期间", max_length=7, unique=True)
    kind = models.CharField("种类", max_length=8, choices=PeriodKind.choices)
    starts_at = models.DateTimeField("填报开始")
    due_at = models.DateTimeField("报送截止")
    late_until = models.DateTimeField("补报截止")
    locks_at = models.DateTimeField("锁定")
    opened_at = models.DateTimeField("开启时间")
    calendar_note = models.CharField("日历说明", max_length=200, blank=True)

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


class PeriodUnit(PlainRows):
    """Who is ranked in a quarter or year, frozen when it opens: name, zone and category of that day (engine 21).

    `related`: codes of the bodies that belonged to the unit then, for 评本单位; later merges do not rewrite it.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="units", db_index=False)
    period = models.ForeignKey(Period, models.CASCADE, related_name="units", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=100)
    zone = models.CharField("分区", max_length=10, blank=True)
    category = models.CharField("类别", max_length=12)
    order = models.PositiveSmallIntegerField("次序")
    related = models.JSONField("相关机构", default=list)

    class Meta:
        verbose_name = "本期考评对象"
        ordering = ["order", "id"]
        constraints = [
            # Leads the look-up by scheme and period.
            models.UniqueConstraint(
                fields=["scheme", "period", "organisation"],
                name="one_unit_per_scheme_and_period",
                violation_error_message="这个单位已在这一期的考评对象里。",
            )
        ]


class UnitDecision(Versioned):
    """考评对象调整决定: a unit leaves a running period, or comes into it, by a paper and two persons (engine 21)."""

    called = "这项决定"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="unit_decisions", db_index=False)
    period = models.ForeignKey(Period, models.CASCADE, related_name="unit_decisions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="考评对象")
    kind = models.CharField("调整", max_length=10, choices=UnitChange.choices)
    state = models.CharField("状态", max_length=10, choices=UnitChangeState.choices, default=UnitChangeState.PROPOSED)
    number = models.CharField("决定文号", max_length=80)
    reason = models.CharField("理由", max_length=500)
    recorded_by = models.CharField("登记人", max_length=200)
    recorded_by_id = models.BigIntegerField("登记人编号", null=True)
    recorded_at = models.DateTimeField("登记时间")
    confirmed_by = models.CharField("确认人", max_length=200, blank=True)
    confirmed_by_id = models.BigIntegerField("确认人编号", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    note = models.CharField("意见", max_length=500, blank=True)
    revoked_by = models.CharField("撤销人", max_length=200, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoke_reason = models.CharField("撤销理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "考评对象调整决定"
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "period", "organisation"],
                condition=Q(state__in=[UnitChangeState.PROPOSED, UnitChangeState.CONFIRMED]),
                name="one_unit_decision_per_unit_and_period",
                violation_error_message="这个单位在这一期已有一项调整决定。",
            ),
            apart(
                "recorded",
                "confirmed",
                name="unit_decision_is_confirmed_by_a_second_person",
                said="确认人不能是登记人本人。",
            ),
            models.CheckConstraint(
                condition=~Q(state=UnitChangeState.CONFIRMED) | Q(confirmed_at__isnull=False),
                name="confirmed_unit_decision_has_its_time",
                violation_error_message="确认的调整须有确认时间。",
            ),
        ]


class InputsRevision(models.Model):
    """How often what a period's result follows from has moved (engine 22). What is in force keeps the number it stood on."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", db_index=False)
    period = models.ForeignKey(Period, models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField("第几次变动", default=1)

    class Meta:
        verbose_name = "输入变动"
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "period"],
                name="one_inputs_revision_per_scheme_and_period",
                violation_error_message="这一期的输入变动已有一行。",
            )
        ]
