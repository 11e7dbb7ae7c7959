"""复核申请: one item of one unit, from the request to the decision."""

from django.db import models
from django.db.models import F, Q

from evaluation.enums import UNDECIDED, ReviewOutcome, ReviewState
from evaluation.feedback.models.feedback import Feedback
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.db.fields import ScaledDecimalField


class Review(Versioned):
    """A unit asks for one mark to be looked at again. The mark changes by a decision of two persons, never by silence."""

    called = "这件复核申请"
    audited_as = "review"

    feedback = models.ForeignKey(Feedback, models.PROTECT, related_name="reviews")
    sheet = models.ForeignKey(MarkSheet, models.PROTECT, related_name="reviews")
    state = models.CharField("状态", max_length=10, choices=ReviewState.choices, default=ReviewState.CONSENT)
    value_before = ScaledDecimalField("原得分")
    full_mark = ScaledDecimalField("满分")
    reason = models.TextField("申请理由")
    evidence = models.TextField("佐证", blank=True)
    filed_at = models.DateTimeField("申请时间")
    filed_by = models.CharField("申请人", max_length=200)
    filed_by_id = models.BigIntegerField("申请人编号", null=True)
    consented_at = models.DateTimeField("负责人意见时间", null=True)
    consented_by = models.CharField("单位负责人", max_length=200, blank=True)
    consent_note = models.TextField("负责人意见", blank=True)
    answer_due_at = models.DateTimeField("答复时限", null=True)
    answer = models.CharField("答复", max_length=8, choices=ReviewOutcome.choices, blank=True)
    answer_value = ScaledDecimalField("建议得分", null=True)
    answer_text = models.TextField("答复说明", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.CharField("答复人", max_length=200, blank=True)
    decision_due_at = models.DateTimeField("决定时限", null=True)
    decision = models.CharField("决定", max_length=8, choices=ReviewOutcome.choices, blank=True)
    decided_value = ScaledDecimalField("决定得分", null=True)
    decision_text = models.TextField("决定说明", blank=True)
    proposed_at = models.DateTimeField("提出时间", null=True)
    proposed_by = models.CharField("提出人", max_length=200, blank=True)
    proposed_by_id = models.BigIntegerField("提出人编号", null=True)
    decided_at = models.DateTimeField("确认时间", null=True)
    decided_by = models.CharField("确认人", max_length=200, blank=True)
    decided_by_id = models.BigIntegerField("确认人编号", null=True)
    check_note = models.TextField("第二人意见", blank=True)

    class Meta:
        verbose_name = "复核申请"
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["feedback", "sheet"],
                condition=Q(state__in=[ReviewState.CONSENT, *UNDECIDED]),
                name="one_undecided_review_per_feedback_and_sheet",
                violation_error_message="这一项的复核申请还没有办结。",
            ),
            apart("proposed", "decided", name="review_is_decided_by_two_persons", said="确认人不能是提出人本人。"),
            models.CheckConstraint(
                condition=Q(decided_value__isnull=True)
                | (Q(decided_value__gte=0) & Q(decided_value__lte=F("full_mark"))),
                name="decided_mark_lies_between_zero_and_full",
                violation_error_message="决定得分须在 0 与满分之间。",
            ),
        ]
