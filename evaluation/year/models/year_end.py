"""结果审议, 一票否决, and the report to 区委."""

from django.db import models
from django.db.models import F, Q

from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.rules import LIMIT
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import AdjustmentOutcome, DeliberationState, VetoState
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.organisations.models import Organisation


class Veto(Versioned):
    """一票否决 of one unit: a dated decision of the body named. No rule of 13号, so it changes no score (engine 17)."""

    called = "这件决定"
    audited_as = "veto"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="vetoes")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="考评对象")
    state = models.CharField("状态", max_length=10, choices=VetoState.choices, default=VetoState.PROPOSED)
    body = models.CharField("决定机关", max_length=80)
    number = models.CharField("决定文号", max_length=80)
    decided_on = models.DateField("决定日期")
    ground = models.CharField("事由", max_length=500)
    recorded_by = models.CharField("登记人", max_length=200)
    recorded_by_id = models.BigIntegerField("登记人编号", null=True)
    recorded_at = models.DateTimeField("登记时间")
    confirmed_by = models.CharField("确认人", max_length=200, blank=True)
    confirmed_by_id = models.BigIntegerField("确认人编号", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    note = models.CharField("意见", max_length=500, blank=True)
    revoked_by = models.CharField("撤销登记人", max_length=200, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "一票否决"
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organisation", "number"],
                condition=Q(state__in=[VetoState.PROPOSED, VetoState.CONFIRMED]),
                name="one_veto_per_unit_and_number",
                violation_error_message="这个单位的这件决定已经登记。",
            ),
            apart(
                "recorded",
                "confirmed",
                name="veto_is_confirmed_by_a_second_person",
                said="确认人不能是登记人本人。",
            ),
        ]


class Deliberation(Versioned):
    """结果审议 by 区政府党组会 over one computed year: what the minutes say, in force once a second person confirms it."""

    called = "这次审议"
    audited_as = "deliberation"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="deliberations")
    number = models.PositiveSmallIntegerField("第几次审议")
    state = models.CharField("状态", max_length=10, choices=DeliberationState.choices)
    # The year as it lay before the meeting.
    ranking = models.ForeignKey(Ranking, models.PROTECT, related_name="deliberations")
    digest = models.CharField("所据结果摘要", max_length=64, blank=True)
    meeting = models.CharField("会议", max_length=120)
    held_on = models.DateField("开会日期")
    minutes_number = models.CharField("纪要文号", max_length=80)
    note = models.CharField("其他审议意见", max_length=1000, blank=True)
    recorded_by = models.CharField("登记人", max_length=200)
    recorded_by_id = models.BigIntegerField("登记人编号", null=True)
    recorded_at = models.DateTimeField("登记时间")
    confirmed_by = models.CharField("确认人", max_length=200, blank=True)
    confirmed_by_id = models.BigIntegerField("确认人编号", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = "结果审议"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "number"],
                name="one_deliberation_per_scheme_and_number",
                violation_error_message="这一次审议已经登记。",
            ),
            models.UniqueConstraint(
                fields=["scheme"],
                condition=Q(state=DeliberationState.PROPOSED),
                name="one_deliberation_to_confirm_per_scheme",
                violation_error_message="已有一次审议待第二人确认。",
            ),
            apart(
                "recorded",
                "confirmed",
                name="deliberation_is_confirmed_by_a_second_person",
                said="确认人不能是登记人本人。",
            ),
            models.CheckConstraint(
                condition=~Q(state=DeliberationState.CONFIRMED) | Q(confirmed_at__isnull=False),
                name="confirmed_deliberation_has_its_time",
                violation_error_message="确认的审议须有确认时间。",
            ),
        ]


class DeliberatedAdjustment(models.Model):
    """What the meeting said of one 加减分; `points` signed, 0 when it was declined."""

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="outcomes", db_index=False)
    adjustment = models.ForeignKey(Adjustment, models.PROTECT, related_name="outcomes")
    outcome = models.CharField("审议", max_length=8, choices=AdjustmentOutcome.choices)
    points = ScaledDecimalField("审议分数")
    tie_decision = models.CharField("并列的处理", max_length=500, blank=True)

    class Meta:
        verbose_name = "加减分审议"
        ordering = ["adjustment_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["deliberation", "adjustment"],
                name="one_outcome_per_deliberation_and_adjustment",
                violation_error_message="这一条在这次审议里已有结果。",
            ),
            models.CheckConstraint(
                condition=Q(points__gte=-LIMIT, points__lte=LIMIT),
                name="deliberated_adjustment_is_at_most_half_a_point",
                violation_error_message="审议的单项加减分不超过 0.5 分。",
            ),
        ]


class SettledTie(models.Model):
    """What the meeting said of units with equal totals. It is printed beside the ranking and changes no rank."""

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="ties")
    organisations = models.JSONField("并列单位")
    total = ScaledDecimalField("合计", places=4)
    decision = models.CharField("处理", max_length=300)

    class Meta:
        verbose_name = "并列的处理"
        ordering = ["-total", "id"]


class CommitteeReport(models.Model):
    """已报区委: the year's result as the 全面履职 part of 党建统领综合考核评价, with its number and date.

    A later one of a year is a 更正: of another computation, or of the same one with other 一票否决 beside it (0089).
    """

    ranking = models.ForeignKey(Ranking, models.PROTECT, related_name="committee_reports", db_index=False)
    digest = models.CharField("所据结果摘要", max_length=64, blank=True)
    deliberation = models.ForeignKey(Deliberation, models.PROTECT, related_name="reports")
    number = models.CharField("报送文号", max_length=80)
    sent_on = models.DateField("报送日期")
    reported_by = models.CharField("登记人", max_length=200)
    reported_by_id = models.BigIntegerField("登记人编号", null=True)
    reported_at = models.DateTimeField("登记时间")
    computed_by_id = models.BigIntegerField("核定人编号", null=True)
    # HMAC over the stored bytes and their identity, with the fingerprint of its key (engine 23).
    seal = models.CharField("封", max_length=64, blank=True, default="")
    seal_key = models.CharField("密钥指纹", max_length=16, blank=True, default="")

    class Meta:
        verbose_name = "报区委"
        ordering = ["-reported_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reported_by_id__isnull=True)
                | Q(computed_by_id__isnull=True)
                | ~Q(reported_by_id=F("computed_by_id")),
                name="year_is_reported_by_a_second_person",
                violation_error_message="报区委的登记人不能是核定人本人。",
            ),
            models.UniqueConstraint(
                fields=["ranking", "number"],
                name="one_report_per_ranking_and_number",
                violation_error_message="这次结果已经以这个文号报区委。",
            ),
        ]
