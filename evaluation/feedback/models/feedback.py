"""单位核对 and 季度反馈单 of a computed ranking (engine 19; 13号 五（三））."""

from django.db import models
from django.db.models import Q

from evaluation.engine.models.ranking import Ranking
from evaluation.enums import FeedbackState
from evaluation.scheme.models.scheme import Figure
from miyun_kpi.acts.models import Versioned
from miyun_kpi.organisations.models import Organisation


class UnitCheck(models.Model):
    """The window in which every unit of a computed ranking checks its own items."""

    ranking = models.OneToOneField(Ranking, models.CASCADE, related_name="unit_check")
    days = models.PositiveSmallIntegerField("工作日")
    opened_at = models.DateTimeField("开始时间")
    opened_by = models.CharField("开启人", max_length=200)
    opened_by_id = models.BigIntegerField("开启人编号", null=True)
    due_at = models.DateTimeField("核对截止")

    class Meta:
        verbose_name = "单位核对"
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__gt=models.F("opened_at")),
                name="unit_check_ends_after_it_begins",
                violation_error_message="核对截止须晚于开始。",
            )
        ]


class Feedback(Versioned):
    """季度反馈单 of one unit. The scores stand in the frozen row of the ranking; `notes` freezes what the sheets say beside.

    `notes`: JSON list, one entry per cell of the unit: share figure, sheet, problems, suggestions, deductions.
    """

    called = "这份反馈单"
    audited_as = "feedback"

    check_round = models.ForeignKey(UnitCheck, models.CASCADE, related_name="feedbacks", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = models.CharField("核对", max_length=10, choices=FeedbackState.choices, default=FeedbackState.OPEN)
    notes = models.TextField("存在问题与扣分")
    # HMAC over the stored bytes and their identity, with the fingerprint of its key (engine 23).
    seal = models.CharField("封", max_length=64, blank=True, default="")
    seal_key = models.CharField("密钥指纹", max_length=16, blank=True, default="")
    carried = models.BooleanField("沿用上次核对", default=False)
    checked_at = models.DateTimeField("核对时间", null=True)
    checked_by = models.CharField("核对人", max_length=200, blank=True)
    signed_at = models.DateTimeField("签收时间", null=True)
    signed_by = models.CharField("签收人", max_length=200, blank=True)

    class Meta:
        verbose_name = "季度反馈单"
        ordering = ["check_round_id", "organisation_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_round", "organisation"],
                name="one_feedback_per_check_and_organisation",
                violation_error_message="这个单位已经有这张反馈单。",
            ),
            models.CheckConstraint(
                condition=~Q(state=FeedbackState.CONFIRMED) | Q(checked_at__isnull=False),
                name="confirmed_feedback_has_its_time",
                violation_error_message="核对无误须有核对时间。",
            ),
        ]


class FeedbackDeadline(models.Model):
    """整改时限 of one item, entered by its evaluator or the office."""

    feedback = models.ForeignKey(Feedback, models.CASCADE, related_name="deadlines", db_index=False)
    share_figure = models.ForeignKey(Figure, models.PROTECT, related_name="+")
    due_on = models.DateField("整改时限")
    entered_by = models.CharField("填写人", max_length=200)
    entered_at = models.DateTimeField("填写时间")

    class Meta:
        verbose_name = "整改时限"
        constraints = [
            models.UniqueConstraint(
                fields=["feedback", "share_figure"],
                name="one_deadline_per_feedback_and_share",
                violation_error_message="这一项已经有整改时限。",
            )
        ]
