from django.db import models
from django.db.models import F, Q

from evaluation.enums import SheetEventKind
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.attachments.models import Attachment


class SheetEvent(models.Model):
    """One step of a sheet as a whole: who, when, the observation, and what the checks had found (issue 4, 5)."""

    sheet = models.ForeignKey(MarkSheet, models.CASCADE, related_name="events")
    kind = models.CharField("事项", max_length=10, choices=SheetEventKind.choices)
    at = models.DateTimeField("时间")
    by_id = models.BigIntegerField("经办人编号", null=True)
    by = models.CharField("经办人", max_length=200)
    note = models.TextField("意见或理由", blank=True)
    # Sentences of the soft checks the filer gave `note` for.
    findings = models.JSONField("检查提示", default=list)
    # 差异说明 as they were filed (`queries.differences.Difference.stored`): for who reviews, never for the unit's paper.
    differences = models.JSONField("差异说明", default=list)
    # The record of the units as it stood at a filing (`queries.filed_record`); None where it was not kept.
    record = models.JSONField("报送时的记录", null=True)

    class Meta:
        verbose_name = "打分表经过"
        ordering = ["id"]


class SheetScan(models.Model):
    """A stamped scan of a printed sheet. `seen` is the sum of the versions of its marks when it was printed and stamped."""

    sheet = models.ForeignKey(MarkSheet, models.CASCADE, related_name="scans")
    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="+")
    seen = models.PositiveIntegerField("所依据的分数版本")

    class Meta:
        verbose_name = "盖章扫描件"
        ordering = ["id"]


class WorkbookUpload(models.Model):
    """A workbook written into a sheet: what stood in its cells before, so that it can be taken back in one act.

    `rows`: [{"organisation", "version" after, "before": {"value", "not_applicable", "reason", "problems", "suggestions",
    "deductions": [{"line", "points", "reason", "sets"}]}, "after" alike, "undone" once it was taken back, "way" of a column
    (`queries.uploads.WAYS`)}]. Of the file only its name and digest are kept; a column has none.
    """

    sheet = models.ForeignKey(MarkSheet, models.CASCADE, related_name="uploads")
    file_name = models.CharField("文件名", max_length=120)
    digest = models.CharField("文件摘要", max_length=64)
    rows = models.JSONField("改动前的值")
    written_at = models.DateTimeField("写入时间")
    written_by_id = models.BigIntegerField("写入人编号", null=True)
    written_by = models.CharField("写入人", max_length=200)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.CharField("撤销人", max_length=200, blank=True)

    class Meta:
        verbose_name = "工作簿写入"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("written_at")),
                name="workbook_is_undone_after_it_was_written",
                violation_error_message="撤销不能早于写入。",
            )
        ]
