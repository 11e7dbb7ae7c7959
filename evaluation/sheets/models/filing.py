"""Sheets that are not filed in time: what the office decides about one, what an evaluator asks for (engine 10)."""

from django.db import models
from django.db.models import F, Q

from evaluation.enums import DecisionKind, DecisionState, RequestState
from evaluation.sheets.models.marks import MarkSheet


class SheetDecision(models.Model):
    """缺表处理决定 on one sheet: recorded by one person, confirmed by another; the product proposes none.

    In force while `state` is confirmed. Not counting a sheet (`leave_out`) has effect only while it is not filed.
    """

    sheet = models.ForeignKey(MarkSheet, models.CASCADE, related_name="decisions")
    kind = models.CharField("处理", max_length=10, choices=DecisionKind.choices)
    state = models.CharField("状态", max_length=10, choices=DecisionState.choices, default=DecisionState.PROPOSED)
    reason = models.TextField("理由")
    signer = models.CharField("签批人", max_length=60)
    signed_on = models.DateField("签批日期")
    until = models.DateTimeField("可报至", null=True)
    paper_number = models.CharField("纸质报送表编号", max_length=60, blank=True)
    received_on = models.DateField("纸质报送表收件日期", null=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.CharField("登记人", max_length=200)
    recorded_by_id = models.BigIntegerField("登记人编号", null=True)
    decided_at = models.DateTimeField("确认时间", null=True)
    decided_by = models.CharField("确认人", max_length=200, blank=True)
    decided_by_id = models.BigIntegerField("确认人编号", null=True)
    note = models.TextField("第二人意见", blank=True)

    class Meta:
        verbose_name = "缺表处理决定"
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet"],
                condition=Q(state=DecisionState.PROPOSED),
                name="one_decision_to_confirm_per_sheet",
                violation_error_message="这张打分表已有一件处理决定待确认。",
            ),
            models.UniqueConstraint(
                fields=["sheet"],
                condition=Q(state=DecisionState.CONFIRMED),
                name="one_decision_in_force_per_sheet",
                violation_error_message="这张打分表已有一件处理决定在用。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("recorded_by_id")),
                name="decision_is_confirmed_by_a_second_person",
                violation_error_message="确认人不能是登记人本人。",
            ),
            models.CheckConstraint(
                condition=Q(kind=DecisionKind.LEAVE_OUT, until__isnull=True)
                | Q(~Q(kind=DecisionKind.LEAVE_OUT), until__isnull=False),
                name="decision_that_opens_a_sheet_has_its_end",
                violation_error_message="延期和代录须写可报至何时，本期不计不写。",
            ),
        ]


class UnlockRequest(models.Model):
    """申请开锁: an evaluator asks for a sheet that takes no marks any more to be opened again until a moment."""

    sheet = models.ForeignKey(MarkSheet, models.CASCADE, related_name="unlock_requests")
    state = models.CharField("状态", max_length=10, choices=RequestState.choices, default=RequestState.WAITING)
    reason = models.TextField("申请理由")
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.CharField("申请人", max_length=200)
    asked_by_id = models.BigIntegerField("申请人编号", null=True)
    until = models.DateTimeField("开锁至", null=True)
    answer = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.CharField("答复人", max_length=200, blank=True)

    class Meta:
        verbose_name = "开锁申请"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet"],
                condition=Q(state=RequestState.WAITING),
                name="one_waiting_unlock_request_per_sheet",
                violation_error_message="这张打分表已有一件开锁申请在等答复。",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.APPROVED) | Q(until__isnull=False),
                name="approved_unlock_request_has_its_end",
                violation_error_message="同意开锁须写开锁至何时。",
            ),
        ]
