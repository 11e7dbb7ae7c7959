from django.db import models
from django.db.models import Q

from evaluation.enums import RectificationOrigin, RectificationState
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.models import Versioned
from miyun_kpi.duties.models import DutyUnit
from miyun_kpi.organisations.models import Organisation


class Rectification(Versioned):
    """督促整改 of one unit: opened with a due date, answered by the unit, 验收销号 by who opened it.

    On a line of 月跟踪 `period` is its month; on what 年终 found (13号 四（三）5) it is the year.
    """

    called = "这件整改"
    audited_as = "rectification"

    unit = models.ForeignKey(DutyUnit, models.PROTECT, related_name="rectifications")
    period = models.CharField("期间", max_length=7)
    origin = models.CharField(
        "来源", max_length=12, choices=RectificationOrigin.choices, default=RectificationOrigin.TRACKING
    )
    state = models.CharField("状态", max_length=10, choices=RectificationState.choices, default=RectificationState.OPEN)
    requirement = models.TextField("整改要求", blank=True)
    # Of an indicator whose material goes offline: the number of the paper instead of any text.
    offline_number = models.CharField("线下编号", max_length=60, blank=True)
    due_at = models.DateTimeField("整改期限")
    opened_at = models.DateTimeField("发起时间")
    opened_by = models.CharField("发起人", max_length=200)
    opened_for = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="发起单位")
    opened_role = models.CharField("发起岗位", max_length=20, choices=Role.choices)
    answer = models.TextField("整改情况", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.CharField("答复人", max_length=200, blank=True)
    note = models.TextField("验收意见", blank=True)
    closed_at = models.DateTimeField("销号时间", null=True)
    closed_by = models.CharField("验收人", max_length=200, blank=True)

    class Meta:
        verbose_name = "督促整改"
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=RectificationState.CLOSED) | Q(closed_at__isnull=False, answered_at__isnull=False),
                name="closed_rectification_was_answered",
                violation_error_message="销号的整改须有答复和销号时间。",
            ),
            models.UniqueConstraint(
                fields=["unit", "period", "opened_for"],
                condition=~Q(state=RectificationState.CLOSED),
                name="one_open_rectification_per_line_and_opener",
                violation_error_message="这一项已有本单位发起、尚未销号的整改。",
            ),
        ]
