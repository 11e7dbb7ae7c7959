from django.db import models
from django.db.models import Q

from miyun_kpi.acts.models import Versioned
from miyun_kpi.organisations.models import Organisation
from postdoc.enums import Level, StationKind


class Station(Versioned):
    """A 工作站 or 园区分站 (第二、五、六条). Its unit is seldom an organisation here; `keeper` is the one whose people enter."""

    called = "这个站"

    name = models.CharField("工作站", max_length=100)
    kind = models.CharField("类别", max_length=20, choices=StationKind.choices)
    host = models.CharField("设站单位", max_length=100)
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="填报单位")
    approved_on = models.DateField("批准设立日期")
    approval = models.CharField("批准文号", max_length=100)
    department = models.CharField("负责部门", max_length=100, blank=True)
    rules_on = models.DateField("实施细则制定日期", null=True)
    created_at = models.DateTimeField("登记时间")
    created_by = models.CharField("登记人", max_length=200)
    changed_by = models.CharField("修改人", max_length=200)

    class Meta:
        verbose_name = "博士后科研工作站"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="one_station_per_name", violation_error_message="这个工作站已经登记。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Award(Versioned):
    """国家、北京市 named a station (第十九条) or somebody in one (第二十条). A struck one stays to be read and gives nothing."""

    called = "这项表彰"

    station = models.ForeignKey(Station, models.CASCADE, null=True, related_name="awards", verbose_name="工作站")
    stay = models.ForeignKey("postdoc.Stay", models.CASCADE, null=True, related_name="awards", verbose_name="在站")
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    awarded_on = models.DateField("表彰日期")
    document = models.CharField("表彰文件", max_length=200)
    by = models.CharField("登记人", max_length=200)
    at = models.DateTimeField("登记时间")
    changed_by = models.CharField("更正人", max_length=200, blank=True)
    struck_at = models.DateTimeField("撤销时间", null=True)
    struck_by = models.CharField("撤销人", max_length=200, blank=True)
    struck_reason = models.CharField("撤销理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "表彰"
        ordering = ["awarded_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(station__isnull=False, stay__isnull=True) | Q(station__isnull=True, stay__isnull=False),
                name="award_of_a_station_or_of_a_stay",
                violation_error_message="表彰属于工作站或在站人员之一。",
            ),
            models.UniqueConstraint(
                fields=["station", "level", "awarded_on"],
                condition=Q(struck_at__isnull=True),
                name="one_station_award_per_level_and_day",
                violation_error_message="这项表彰已经登记。",
            ),
            models.UniqueConstraint(
                fields=["stay", "level", "awarded_on"],
                condition=Q(struck_at__isnull=True),
                name="one_personal_award_per_level_and_day",
                violation_error_message="这项评选已经登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.awarded_on} {self.get_level_display()}表彰"
