from django.db import models
from django.db.models import Q

from evaluation.enums import DataRows
from evaluation.scheme.models.scheme import Indicator
from miyun_kpi.acts.models import Versioned
from miyun_kpi.organisations.models import Organisation


class DataTable(Versioned):
    """A kind of monthly figures that stands beside the mark of an indicator; only its evaluator's own 细则 proposes
    a mark from it (0116), and a person gives it.

    `columns`: [{"name", "kind": "number" | "text", "unit", "places"}].
    """

    called = "这张表"

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="data_tables")
    name = models.CharField("数据表", max_length=60)
    rows_by = models.CharField("一行一个", max_length=6, choices=DataRows.choices)
    columns = models.JSONField("列")
    kept_for = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="维护单位")
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.CharField("保存人", max_length=200)

    class Meta:
        verbose_name = "月度数据表"
        ordering = ["indicator_id", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "name"],
                name="one_data_table_per_indicator_and_name",
                violation_error_message="这项指标下已有同名的数据表。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DataSet(models.Model):
    """One import of one month; a later one replaces it and it stays. Its columns are those of its day.

    `rows`: [{"key", "name", "values"}]: key is an organisation's code or the sub-indicator's number; a value is a
    decimal as text, words, or null for a blank.
    """

    table = models.ForeignKey(DataTable, models.PROTECT, related_name="sets", db_index=False)
    period = models.CharField("月份", max_length=7)
    number = models.PositiveIntegerField("第几版")
    current = models.BooleanField("现行", default=True)
    columns = models.JSONField("列")
    rows = models.JSONField("行")
    source = models.CharField("来源", max_length=200)
    imported_at = models.DateTimeField("导入时间")
    imported_by = models.CharField("导入人", max_length=200)

    class Meta:
        verbose_name = "月度数据"
        ordering = ["-period", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["table", "period", "number"],
                name="one_data_set_per_month_and_number",
                violation_error_message="这个月已有这一版数据。",
            ),
            models.UniqueConstraint(
                fields=["table", "period"],
                condition=Q(current=True),
                name="one_current_data_set_per_month",
                violation_error_message="这个月已有一版现行数据。",
            ),
        ]
