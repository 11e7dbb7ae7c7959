from django.db import models
from django.db.models import F, Q

from evaluation.enums import ExtensionState, SupervisionAct, SupervisionRole, SupervisionSource, SupervisionState
from evaluation.scheme.models.scheme import Indicator
from miyun_kpi.acts.models import Versioned
from miyun_kpi.organisations.models import Organisation


class SupervisionItem(Versioned):
    """One item of the 督办台账 that stands beside the mark of 附件2第10项. `due_on` is the limit in force."""

    called = "这件督办"

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="supervision_items")
    number = models.CharField("编号", max_length=40)
    source = models.CharField("来源", max_length=12, choices=SupervisionSource.choices)
    title = models.CharField("事项", max_length=200)
    # Of a 批示 nothing unless the scheme's setting allows it.
    content = models.TextField("内容和要求", blank=True)
    registered_on = models.DateField("立项日期")
    due_on = models.DateField("时限")
    first_due_on = models.DateField("立项时的时限")
    units = models.ManyToManyField(Organisation, through="SupervisionUnit", related_name="supervision_items")
    state = models.CharField(
        "状态", max_length=10, choices=SupervisionState.choices, default=SupervisionState.RUNNING, db_index=True
    )
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.CharField("保存人", max_length=200)
    finished_on = models.DateField("办结日期", null=True)
    finished_by = models.CharField("办结登记人", max_length=200, blank=True)
    finished_by_id = models.BigIntegerField("办结登记人编号", null=True)
    closed_at = models.DateTimeField("销号时间", null=True)
    closed_by = models.CharField("销号人", max_length=200, blank=True)
    closed_by_id = models.BigIntegerField("销号人编号", null=True)

    class Meta:
        verbose_name = "督办事项"
        ordering = ["due_on", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "number"],
                name="one_supervision_item_per_number",
                violation_error_message="台账里已有这个编号。",
            ),
            models.CheckConstraint(
                condition=Q(state=SupervisionState.RUNNING) | Q(finished_on__isnull=False),
                name="finished_supervision_item_has_its_day",
                violation_error_message="办结的事项须有办结日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state=SupervisionState.CLOSED)
                | Q(closed_by_id__isnull=False) & ~Q(closed_by_id=F("finished_by_id")),
                name="supervision_item_is_closed_by_a_second_person",
                violation_error_message="销号人不能是登记办结的本人。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class SupervisionUnit(models.Model):
    item = models.ForeignKey(SupervisionItem, models.CASCADE, related_name="parts", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField("角色", max_length=4, choices=SupervisionRole.choices)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "督办事项的单位"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "organisation"],
                name="one_role_per_supervision_item_and_organisation",
                violation_error_message="一个单位在一件督办事项里只有一个角色。",
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(role=SupervisionRole.LEAD),
                name="one_lead_per_supervision_item",
                violation_error_message="主办单位只有一家。",
            ),
        ]


class SupervisionEntry(models.Model):
    """One line of an item's course: 反馈, 催办, 延期 (with the old limit), 办结, 销号, 退回."""

    item = models.ForeignKey(SupervisionItem, models.CASCADE, related_name="entries")
    act = models.CharField("事由", max_length=10, choices=SupervisionAct.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    text = models.TextField("内容", blank=True)
    at = models.DateTimeField("时间")
    by = models.CharField("经办人", max_length=200)
    old_due_on = models.DateField("原时限", null=True)
    new_due_on = models.DateField("申请延至", null=True)
    extension = models.CharField("延期", max_length=10, choices=ExtensionState.choices, blank=True)
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.CharField("答复人", max_length=200, blank=True)

    class Meta:
        verbose_name = "督办过程"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(extension=ExtensionState.WAITING),
                name="one_waiting_extension_per_supervision_item",
                violation_error_message="这件事项已有一个延期申请等待答复。",
            )
        ]
