"""记录对照: what of other documents stands beside the marks of a share, kept by the office; a line is the permission too."""

from django.db import models
from django.db.models import Q

from evaluation.scheme.models.scheme import Figure
from miyun_kpi.acts.models import Versioned


class RecordLine(Versioned):
    """A source of facts (`organisations.on_record`) that the evaluator of a share sees beside a mark; withdrawn it is gone."""

    called = "这条对照"
    audited_as = "record-line"

    share_figure = models.ForeignKey(Figure, models.PROTECT, related_name="record_lines", db_index=False)
    provider = models.CharField("来源", max_length=20)
    source = models.CharField("登记簿或文件", max_length=60)
    basis = models.CharField("依据", max_length=300)
    # No document says that the one is evidence for the other: the office has judged so.
    assumed = models.BooleanField("推定", default=True)
    added_at = models.DateTimeField("增加时间")
    added_by = models.CharField("增加人", max_length=200)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.CharField("撤回人", max_length=200, blank=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "记录对照"
        ordering = ["share_figure__order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["share_figure", "provider", "source"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_record_line_per_share_and_source",
                violation_error_message="这一项下已有这条对照。",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="withdrawn_record_line_has_a_reason",
                violation_error_message="撤回对照须有理由。",
            ),
        ]
