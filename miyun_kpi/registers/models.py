from django.db import models

from miyun_kpi.acts.models import Versioned
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.enums import Act


class Record(Versioned):
    """One row of a register; `values` holds its fields in canonical text (rules.kinds), `kind` is "app.code"."""

    called = "这一条"
    audited_as = "record"

    kind = models.CharField("登记簿", max_length=60)
    number = models.PositiveIntegerField("编号")
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    town = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="镇街")
    stage = models.CharField("阶段", max_length=20, blank=True)
    values = models.JSONField("内容", default=dict)
    # The unique fields joined, so that the database itself refuses a second record; null once struck.
    unique_key = models.CharField("唯一键", max_length=300, null=True)  # noqa: DJ001
    words = models.TextField("检索", blank=True)
    struck_at = models.DateTimeField("撤销时间", null=True)
    struck_reason = models.CharField("撤销理由", max_length=300, blank=True)
    created_at = models.DateTimeField("登记时间")
    created_by = models.CharField("登记人", max_length=200)
    changed_at = models.DateTimeField("修改时间")
    # Who did the last step (or registered the record): a second person is somebody else.
    hand_id = models.BigIntegerField("经手人编号", null=True)
    hand = models.CharField("经手人", max_length=200)

    class Meta:
        verbose_name = "登记"
        ordering = ["kind", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number"],
                name="one_record_per_kind_and_number",
                violation_error_message="这个编号已经登记。",
            ),
            models.UniqueConstraint(
                fields=["kind", "unique_key"],
                name="one_standing_record_per_unique_key",
                violation_error_message="已有相同的登记。",
            ),
        ]
        indexes = [models.Index(fields=["kind", "stage"]), models.Index(fields=["kind", "town"])]


class Doubt(models.Model):
    """A field of a record whose old text its type cannot read: kept as it was typed until somebody edits the record."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="doubts")
    field = models.CharField("栏", max_length=60)
    why = models.TextField("原因")

    class Meta:
        verbose_name = "待核的写法"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "field"],
                name="one_doubt_per_record_and_field",
                violation_error_message="这一栏已经列为待核。",
            )
        ]


class RecordEvent(models.Model):
    """One act on a record: what it was before, with the reason."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="events")
    act = models.CharField("事项", max_length=10, choices=Act.choices)
    step = models.CharField("步骤", max_length=60, blank=True)
    step_code = models.CharField("步骤代码", max_length=40, blank=True)
    at = models.DateTimeField("时间")
    by = models.CharField("经办人", max_length=200)
    by_id = models.BigIntegerField("经办人编号", null=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    # 办理日期 of a step by its paper, null where it is the day of its registration; the words of 补登, "" in time.
    done_on = models.DateField("办理日期", null=True)
    late = models.CharField("补登", max_length=320, blank=True)
    before = models.JSONField("改动前", default=dict)

    class Meta:
        verbose_name = "登记经过"
        ordering = ["id"]


class SavedView(models.Model):
    """A list as somebody likes to see it: the query of its address under a name."""

    user_id = models.BigIntegerField("用户编号")
    kind = models.CharField("登记簿", max_length=60)
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=500)

    class Meta:
        verbose_name = "常用视图"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "kind", "name"],
                name="one_view_per_person_kind_and_name",
                violation_error_message="已有同名的视图。",
            )
        ]
