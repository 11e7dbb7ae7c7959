from django.db import models
from django.db.models import Q

from evaluation.adjustments.rules import LIMIT
from evaluation.enums import PENDING, AdjustmentGround, AdjustmentState
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.organisations.models import Organisation


class Adjustment(Versioned):
    """加减分 for one piece of work of one unit (13号 四（三）4): changes a total only once 区政府党组会 has decided.

    `points` as proposed and `decided_points` as decided, positive for a bonus, negative for a deduction.
    """

    called = "这一条"
    audited_as = "adjustment"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="adjustments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="考评对象")
    ground = models.CharField("情形", max_length=16, choices=AdjustmentGround.choices)
    state = models.CharField("状态", max_length=10, choices=AdjustmentState.choices)
    work = models.CharField("工作名称", max_length=120)
    points = ScaledDecimalField("分数")
    reason = models.TextField("理由")
    happened_on = models.DateField("事实日期")
    document_number = models.CharField("依据文号", max_length=80, blank=True)
    city_task = models.CharField("没有完成的市级年度绩效任务", max_length=120, blank=True)
    bottom_place = models.PositiveSmallIntegerField("全市排名倒数第几", null=True)
    ranking_scope = models.CharField("全市排名的范围", max_length=120, blank=True)
    tied = models.BooleanField("与别的区并列", default=False)
    city_result = models.CharField("市级结果", max_length=500, blank=True)
    city_result_on = models.DateField("市级结果日期", null=True)
    keep_reason = models.CharField("同一事实仍各计的理由", max_length=500, blank=True)
    proposed_for = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="提出单位")
    proposed_role = models.CharField("提出岗位", max_length=20, choices=Role.choices)
    proposed_at = models.DateTimeField("提出时间")
    # Who entered it last; the check is by somebody else.
    entered_by = models.CharField("填写人", max_length=200)
    entered_by_id = models.BigIntegerField("填写人编号", null=True)
    entered_at = models.DateTimeField("填写时间")
    note = models.CharField("核对意见", max_length=500, blank=True)
    checked_at = models.DateTimeField("核对时间", null=True)
    checked_by = models.CharField("核对人", max_length=200, blank=True)
    checked_by_id = models.BigIntegerField("核对人编号", null=True)
    decided_points = ScaledDecimalField("审议分数", null=True)
    tie_decision = models.CharField("并列的处理", max_length=500, blank=True)

    class Meta:
        verbose_name = "加减分"
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gte=-LIMIT, points__lte=LIMIT) & ~Q(points=0),
                name="adjustment_is_at_most_half_a_point",
                violation_error_message="单项加减分不超过 0.5 分，也不能是 0。",
            ),
            models.CheckConstraint(
                condition=Q(decided_points__isnull=True) | Q(decided_points__gte=-LIMIT, decided_points__lte=LIMIT),
                name="decided_adjustment_is_at_most_half_a_point",
                violation_error_message="审议的单项加减分不超过 0.5 分。",
            ),
            apart(
                "entered", "checked", name="adjustment_is_checked_by_a_second_person", said="核对人不能是填写人本人。"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[AdjustmentState.GRANTED, AdjustmentState.REFUSED], decided_points__isnull=False)
                | Q(
                    ~Q(state__in=[AdjustmentState.GRANTED, AdjustmentState.REFUSED]),
                    decided_points__isnull=True,
                ),
                name="decided_adjustment_has_its_points",
                violation_error_message="审议过的加减分须有审议分数。",
            ),
            models.UniqueConstraint(
                fields=["organisation", "scheme", "ground", "work", "happened_on"],
                condition=Q(state__in=PENDING),
                name="one_pending_adjustment_per_piece_of_work",
                violation_error_message="这件工作的这种加减分已经提出，还没有办结。",
            ),
        ]

    def __str__(self) -> str:
        return self.work
