from django.db import models
from django.db.models import Q

from farmland.enums import Investor, State
from farmland.rules.fees import Coordination, Nature
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.organisations.models import Organisation

# Acts of events of a project that was taken back: the finding was turned, and what was settled on its fees.
FOUND_ANEW, FEES_SETTLED = "改认定", "费用处理"


class Application(Versioned):
    """A project that occupies farmland and asks for quota, with the four facts of its nature."""

    called = "这件申请"
    audited_as = "farmland-application"

    number = models.PositiveIntegerField("编号")
    name = models.CharField("建设项目", max_length=120)
    applicant = models.CharField("建设单位", max_length=120)
    investor = models.CharField("投资主体", max_length=10, choices=Investor.choices)
    commercial = models.BooleanField("经营性")
    district_pays = models.BooleanField("占补费用由区政府承担")
    public = models.BooleanField("公益")
    town = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="坐落")
    area = ScaledDecimalField("占用面积", places=4)
    approval_number = models.CharField("区政府批准文号", max_length=60, blank=True)
    approval_on = models.DateField("批准日期", null=True)
    request_number = models.CharField("请示文号", max_length=60, blank=True)
    request_on = models.DateField("请示日期", null=True)
    coordination = models.CharField("协调意见", max_length=300, blank=True)
    coordinated_compensation = models.BooleanField("协调：缴纳补偿费", null=True)
    reclaim_number = models.CharField("收回批准文号", max_length=60, blank=True)
    reclaim_on = models.DateField("收回批准日期", null=True)
    force_majeure = models.BooleanField("不可抗力", default=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.REGISTERED)
    created_at = models.DateTimeField("登记时间")
    created_by = models.CharField("登记人", max_length=200)
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.CharField("修改人", max_length=200)

    class Meta:
        verbose_name = "指标使用申请"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                name="one_application_per_number",
                violation_error_message="这个编号已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(area__gt=0),
                name="application_area_above_zero",
                violation_error_message="占用面积须大于 0。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.REGISTERED, State.REVOKED]) | ~Q(approval_number=""),
                name="no_use_without_approval",
                violation_error_message="没有区政府批准文号，不能使用指标。",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RECLAIMED) | ~Q(reclaim_number=""),
                name="no_reclaim_without_approval",
                violation_error_message="没有区政府批准文号，不能收回。",
            ),
        ]

    @property
    def nature(self) -> Nature:
        return Nature(self.investor, self.commercial, self.district_pays, self.public)

    @property
    def decided(self) -> Coordination:
        return Coordination(self.coordination, self.coordinated_compensation)


class Transfer(Versioned):
    """有偿转让其他区: price agreed by both sides (第八条（一）), reward agreed by itself (第九条（三）)."""

    called = "这件转让"

    number = models.PositiveIntegerField("编号")
    district = models.CharField("受让区", max_length=40)
    area = ScaledDecimalField("面积", places=4)
    price = ScaledDecimalField("协商补偿费单价", places=2)
    amount = ScaledDecimalField("协商补偿费", places=2)
    agreement = models.CharField("协议", max_length=100)
    approval_number = models.CharField("区政府批准文号", max_length=60)
    approval_on = models.DateField("批准日期")
    reward = ScaledDecimalField("议定奖励", places=2, null=True)
    reward_number = models.CharField("奖励议定文号", max_length=60, blank=True)
    reversed_at = models.DateTimeField("冲正时间", null=True)
    created_at = models.DateTimeField("登记时间")
    created_by = models.CharField("登记人", max_length=200)

    class Meta:
        verbose_name = "转让外区"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], name="one_transfer_per_number", violation_error_message="这个编号已经登记。"
            ),
            models.CheckConstraint(
                condition=~Q(approval_number="") & Q(area__gt=0) & Q(price__gte=0) & Q(amount__gte=0),
                name="transfer_with_approval",
                violation_error_message="转让须有区政府批准文号，面积须大于 0。",
            ),
            models.CheckConstraint(
                condition=Q(reward__isnull=True) | ~Q(reward_number=""),
                name="transfer_reward_with_decision",
                violation_error_message="转让奖励须有议定文号。",
            ),
        ]


class Event(models.Model):
    """What was done to an application or a transfer."""

    application = models.ForeignKey(Application, models.CASCADE, null=True, related_name="events")
    transfer = models.ForeignKey(Transfer, models.CASCADE, null=True, related_name="events")
    act = models.CharField("事项", max_length=40)
    note = models.CharField("说明", max_length=500, blank=True)
    at = models.DateTimeField("时间")
    by = models.CharField("经办人", max_length=200)

    class Meta:
        verbose_name = "办理经过"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, transfer__isnull=True)
                | Q(application__isnull=True, transfer__isnull=False),
                name="farmland_event_of_one_thing",
                violation_error_message="经过须属于一件申请或一件转让。",
            )
        ]
