from django.db import models
from django.db.models import Q

from evaluation.scheme.models.scheme import Indicator, SubIndicator
from evaluation.scheme.rules.targets import shown_target
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.duties.models import Duty
from miyun_kpi.organisations.models import Organisation


class Task(Versioned):
    """One line of a unit's 绩效任务清单 under an indicator; its Duty is what is reported month by month.

    A target is a number with a unit (`target_value`, `target_unit`) or words (`target_text`), never both.
    """

    called = "这项任务"

    duty = models.OneToOneField(Duty, models.PROTECT, related_name="task")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="tasks")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="performance_tasks")
    number = models.PositiveIntegerField("任务编号")
    name = models.CharField("任务名称", max_length=200)
    target_value = ScaledDecimalField("目标值", places=4, null=True)
    target_unit = models.CharField("计量单位", max_length=20, blank=True)
    target_text = models.CharField("目标（文字）", max_length=300, blank=True)
    due_on = models.DateField("完成时限")
    sub_indicator = models.ForeignKey(SubIndicator, models.PROTECT, null=True, related_name="+", verbose_name="分指标")
    definition = models.CharField("口径", max_length=300, blank=True)
    data_source = models.CharField("数据来源", max_length=200, blank=True)
    department = models.CharField("责任部门", max_length=100, blank=True)
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.CharField("保存人", max_length=200)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.CharField("撤回人", max_length=200, blank=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "绩效任务"
        ordering = ["indicator_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "number"],
                name="one_task_per_indicator_and_number",
                violation_error_message="这个指标下已有这个编号的任务。",
            ),
            models.CheckConstraint(
                condition=Q(target_value__isnull=False, target_text="") & ~Q(target_unit="")
                | Q(target_value__isnull=True, target_unit="") & ~Q(target_text=""),
                name="task_target_is_a_number_or_words",
                violation_error_message="目标值是数字带单位，或是文字，二者取一。",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="withdrawn_task_has_a_reason",
                violation_error_message="撤回任务须有理由。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def target(self) -> str:
        return shown_target(self.target_value, self.target_unit, self.target_text)

    @property
    def active(self) -> bool:
        return self.withdrawn_at is None
