from django.db import models
from django.db.models import F, Q

from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.sealed import SealedField
from postdoc.enums import Leaving, MentorTitle, Notice, Result, Standing
from postdoc.models.people import Person
from postdoc.models.stations import Station


class Stay(Versioned):
    """One 进站 of a person. `entered_on` is the day of 批准同意 (第十条). `checks`: how 第七、八、九条 were met on that day.

    `ground` is blank for others than handlers where it tells of illness or crime: then it is in `ground_sealed` alone.
    """

    called = "这一项"

    number = models.PositiveIntegerField("在站编号", unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="stays", verbose_name="博士后人员")
    station = models.ForeignKey(Station, models.PROTECT, related_name="stays", verbose_name="工作站")
    entered_on = models.DateField("进站日")
    ends_on = models.DateField("协议在站期限至")
    approval = models.CharField("进站批准文号", max_length=100)
    project = models.CharField("研究课题", max_length=200)
    flow_station = models.CharField("合作流动站", max_length=100)
    station_mentor = SealedField("工作站导师")
    station_mentor_title = models.CharField("工作站导师职称", max_length=10, choices=MentorTitle.choices)
    flow_mentor = SealedField("流动站导师", blank=True)
    agreement_on = models.DateField("三方协议签订日期")
    contract_on = models.DateField("聘用（劳动）合同生效日期", null=True)
    relation_moved = models.BooleanField("人事关系已转入", default=False)
    standing = models.CharField("人员身份", max_length=20, choices=Standing.choices)
    own_employee = models.BooleanField("本单位或关联单位在职员工", default=False)
    again = models.BooleanField("出站后再次进站", default=False)
    degree_on = models.DateField("取得博士学位日期", null=True)
    graduated_on = models.DateField("博士毕业日期", null=True)
    degree_abroad = models.BooleanField("国（境）外学位", default=False)
    major_project = models.BooleanField("承担国家重大科技项目", default=False)
    project_until = models.DateField("项目资助期限至", null=True)
    entered_late = models.CharField("进站补登", max_length=320, blank=True, default="")
    left_late = models.CharField("离站补登", max_length=320, blank=True, default="")
    checks = models.JSONField("进站条件", default=list)
    exception = models.CharField("超出“一般”条件的理由", max_length=300, blank=True)
    left_on = models.DateField("离站日", null=True)
    leaving = models.CharField("离站方式", max_length=10, choices=Leaving.choices, blank=True)
    ground = models.CharField("退站情形", max_length=2, blank=True)
    ground_sealed = SealedField("退站情形和说明", blank=True)
    notice = models.CharField("告知方式", max_length=10, choices=Notice.choices, blank=True)
    noticed_on = models.DateField("告知（公告）日期", null=True)
    as_completed = models.BooleanField("按期满对待", default=False)
    as_completed_reason = models.CharField("按期满对待的理由", max_length=300, blank=True)
    as_completed_by = models.CharField("决定人", max_length=200, blank=True)
    converted_on = models.DateField("成果落地转化日期", null=True)
    conversion = models.CharField("转化成果和效益", max_length=300, blank=True)
    created_at = models.DateTimeField("登记时间")
    created_by = models.CharField("登记人", max_length=200)
    created_by_id = models.BigIntegerField("登记人编号", null=True)
    changed_by = models.CharField("修改人", max_length=200)

    class Meta:
        verbose_name = "在站"
        ordering = ["-entered_on", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "entered_on"],
                name="one_stay_per_person_and_day",
                violation_error_message="这个人这一天的进站已经登记。",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(left_on__isnull=True),
                name="one_open_stay_per_person",
                violation_error_message="这个人还没有离站，不能再进站。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("entered_on")) & (Q(left_on__isnull=True) | Q(left_on__gte=F("entered_on"))),
                name="stay_ends_after_it_began",
                violation_error_message="离站日早于进站日。",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True, leaving="") | (Q(left_on__isnull=False) & ~Q(leaving="")),
                name="stay_left_in_a_way",
                violation_error_message="离站日和离站方式要一起登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"在站 {self.number} 号"


class MilestoneDone(models.Model):
    """A report or assessment that was made; `code` is one of rules.milestones."""

    stay = models.ForeignKey(Stay, models.CASCADE, related_name="milestones")
    code = models.CharField("事项", max_length=20)
    done_on = models.DateField("完成日期")
    result = models.CharField("结果", max_length=10, choices=Result.choices)
    late = models.CharField("补登", max_length=320, blank=True, default="")
    by = models.CharField("登记人", max_length=200)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "在站事项"
        ordering = ["done_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stay", "code"],
                name="one_result_per_milestone",
                violation_error_message="这个事项已经登记。",
            )
        ]


class Trip(models.Model):
    """出国 (第十三条) with the approved day of return; overdue by more than 30 days is a ground (第十六条（五）)."""

    stay = models.ForeignKey(Stay, models.CASCADE, related_name="trips")
    purpose = models.CharField("事由", max_length=200)
    out_on = models.DateField("出国日期")
    return_by = models.DateField("批准返回日期")
    returned_on = models.DateField("实际返回日期", null=True)
    by = models.CharField("登记人", max_length=200)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "出国"
        ordering = ["out_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(return_by__gte=F("out_on"))
                & (Q(returned_on__isnull=True) | Q(returned_on__gte=F("out_on"))),
                name="trip_returns_after_it_began",
                violation_error_message="返回日期早于出国日期。",
            )
        ]


class Employment(models.Model):
    """A contract after 出站 (第二十一条)."""

    stay = models.ForeignKey(Stay, models.CASCADE, related_name="employments")
    employer = models.CharField("聘用单位", max_length=100)
    in_miyun = models.BooleanField("在密云区范围内")
    from_day = models.DateField("合同起")
    until = models.DateField("合同止")
    ended_on = models.DateField("提前终止日期", null=True)
    by = models.CharField("登记人", max_length=200)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "出站后合同"
        ordering = ["from_day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("from_day")) & (Q(ended_on__isnull=True) | Q(ended_on__gte=F("from_day"))),
                name="contract_ends_after_it_began",
                violation_error_message="合同止日早于起日。",
            )
        ]


class StayEvent(models.Model):
    """What was done, without a personal datum."""

    stay = models.ForeignKey(Stay, models.CASCADE, related_name="events")
    act = models.CharField("事项", max_length=40)
    note = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    by = models.CharField("经办人", max_length=200)

    class Meta:
        verbose_name = "在站经过"
        ordering = ["id"]
