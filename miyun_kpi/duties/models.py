from django.db import models

from miyun_kpi.duties.enums import Cadence, ReportState, UnitRole
from miyun_kpi.organisations.models import Organisation


class Duty(models.Model):
    """Any task of a document. `key` is stable, `document` and `clause` point to the sentence behind it."""

    key = models.CharField("键", max_length=80, unique=True)
    document = models.CharField("文件", max_length=20)
    clause = models.CharField("条款", max_length=60)
    title = models.CharField("任务", max_length=200)
    requirement = models.TextField("要求", blank=True)
    cadence = models.CharField("节奏", max_length=12, choices=Cadence.choices)

    class Meta:
        verbose_name = "任务"
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title


class DutyUnit(models.Model):
    duty = models.ForeignKey(Duty, models.CASCADE, related_name="units", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="duty_units")
    role = models.CharField("角色", max_length=12, choices=UnitRole.choices)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "任务单位"
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "organisation"],
                name="one_role_per_duty_and_organisation",
                violation_error_message="这个单位在这项任务里已经有角色。",
            )
        ]


class DutyPeriod(models.Model):
    """What one unit owes for one period, with the four dates of its window."""

    unit = models.ForeignKey(DutyUnit, models.CASCADE, related_name="periods", db_index=False)
    period = models.CharField("期间", max_length=7, db_index=True)
    starts_at = models.DateTimeField("填报开始")
    due_at = models.DateTimeField("报送截止")
    late_until = models.DateTimeField("补报截止")
    locks_at = models.DateTimeField("锁定")
    state = models.CharField("状态", max_length=10, choices=ReportState.choices, default=ReportState.EXPECTED)
    demo = models.BooleanField("演示", default=False)

    class Meta:
        verbose_name = "任务期"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "period"],
                name="one_duty_period_per_unit_and_period",
                violation_error_message="这个单位这一期已经开启。",
            )
        ]
