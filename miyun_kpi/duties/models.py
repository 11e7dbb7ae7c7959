from django.db import models

from miyun_kpi.duties.enums import Cadence, Course, ReportState, UnitRole
from miyun_kpi.organisations.models import Organisation


class Duty(models.Model):
    """Any task of a document. `key` is stable, `document` and `clause` point to the sentence behind it."""

    key = models.CharField("键", max_length=80, unique=True)
    document = models.CharField("文件", max_length=20)
    clause = models.CharField("条款", max_length=60)
    title = models.CharField("任务", max_length=200)
    requirement = models.TextField("要求", blank=True)
    cadence = models.CharField("节奏", max_length=12, choices=Cadence.choices)
    # Some work must not be described online: no free text and no files, whoever asks (engine 20).
    offline_only = models.BooleanField("材料线下报送", default=False)

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
    # Decided by the first submission: a report given back and reported again keeps it.
    late = models.BooleanField("迟报", default=False)
    reopened_until = models.DateTimeField("退回后可改到", null=True)
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


class ProgressReport(models.Model):
    """What the unit says about one duty of one period; its state stands on the DutyPeriod. Offline duties have no texts."""

    duty_period = models.OneToOneField(DutyPeriod, models.CASCADE, related_name="report")
    version = models.PositiveIntegerField("版本", default=1)
    course = models.CharField("状态", max_length=10, choices=Course.choices)
    progress = models.TextField("进展", blank=True)
    problem = models.TextField("问题", blank=True)
    next_step = models.TextField("下一步", blank=True)
    offline_on = models.DateField("线下报送日期", null=True)
    offline_handler = models.CharField("经办人", max_length=40, blank=True)
    offline_number = models.CharField("线下编号", max_length=60, blank=True)
    unchanged = models.BooleanField("无变化", default=False)
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.CharField("保存人", max_length=200)
    submitted_at = models.DateTimeField("报送时间", null=True)
    submitted_by = models.CharField("报送人", max_length=200, blank=True)
    observation = models.TextField("审核意见", blank=True)
    decided_at = models.DateTimeField("审核时间", null=True)
    decided_by = models.CharField("审核人", max_length=200, blank=True)

    class Meta:
        verbose_name = "进展报告"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(course__in=Course.values),
                name="report_says_how_the_task_stands",
                violation_error_message="状态须是在轨、滞后、受阻或完成。",
            )
        ]
