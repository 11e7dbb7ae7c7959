"""与本期记录不符: conditions of a scheme under which a mark asks for a 差异说明, kept by the office as data (0118)."""

from django.db import models
from django.db.models import Q

from evaluation.enums import ConditionKind, ConditionState
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.models.marks import Mark
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField


class MarkCondition(Versioned):
    """None is active before it was tried on the last period. `trial`: {"period", "label", "looked", "cells": [{…}]}, as it was shown."""

    called = "这个条件"
    audited_as = "mark-condition"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="mark_conditions", db_index=False)
    kind = models.CharField("条件", max_length=10, choices=ConditionKind.choices)
    # In hundredths of the full mark; the comparison with the own 细则 has none.
    threshold = ScaledDecimalField("得分率界限", null=True)
    basis = models.CharField("依据", max_length=300)
    assumed = models.BooleanField("推定", default=True)
    state = models.CharField("状态", max_length=10, choices=ConditionState.choices, default=ConditionState.DRAFT)
    added_at = models.DateTimeField("增加时间")
    added_by = models.CharField("增加人", max_length=200)
    tried_at = models.DateTimeField("试算时间", null=True)
    tried_by = models.CharField("试算人", max_length=200, blank=True)
    trial = models.JSONField("试算", default=dict)
    activated_at = models.DateTimeField("启用时间", null=True)
    activated_by = models.CharField("启用人", max_length=200, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.CharField("撤回人", max_length=200, blank=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "与本期记录不符的条件"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "kind"],
                condition=~Q(state=ConditionState.WITHDRAWN),
                name="one_standing_condition_per_scheme_and_kind",
                violation_error_message="这份方案已有这个条件。",
            ),
            models.CheckConstraint(
                condition=Q(kind=ConditionKind.OWN_RULE, threshold__isnull=True)
                | Q(~Q(kind=ConditionKind.OWN_RULE), threshold__gte=0, threshold__lte=100),
                name="condition_over_the_record_has_a_limit",
                violation_error_message="看记录的条件须有 0 至 100 的得分率界限，与细则相比的没有。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ConditionState.TRIED, ConditionState.ACTIVE]) | Q(tried_at__isnull=False),
                name="condition_is_tried_before_it_is_active",
                violation_error_message="条件须先试算再启用。",
            ),
        ]


class DifferenceNote(models.Model):
    """差异说明 to one mark under one condition. It stands for the `value` it was given for: another mark is explained anew.

    Filing keeps a copy in the trail (`SheetEvent.differences`). The paper of the unit never bears it.
    """

    mark = models.ForeignKey(Mark, models.CASCADE, related_name="differences", db_index=False)
    condition = models.ForeignKey(MarkCondition, models.PROTECT, related_name="+")
    value = ScaledDecimalField("所说明的得分")
    words = models.CharField("不符", max_length=200)
    text = models.TextField("差异说明")
    given_at = models.DateTimeField("说明时间")
    given_by = models.CharField("说明人", max_length=200)
    given_by_id = models.BigIntegerField("说明人编号", null=True)

    class Meta:
        verbose_name = "差异说明"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mark", "condition"],
                name="one_difference_note_per_mark_and_condition",
                violation_error_message="这一格已有对这个条件的差异说明。",
            )
        ]
