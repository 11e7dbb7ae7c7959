"""Sheets, marks, the rules they are given by, and the lines a mark was built from."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from evaluation.enums import NotApplicable, SheetState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Figure, Indicator, Scheme
from evaluation.tasks.models.data_tables import DataSet
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.db.rows import PlainRows
from miyun_kpi.organisations.models import Organisation


class MarkSheet(Versioned):
    """打分表: one share of an indicator × one evaluator × one period (engine 4)."""

    called = "这张表"
    audited_as = "mark-sheet"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="sheets", db_index=False)
    period = models.ForeignKey(Period, models.CASCADE, related_name="sheets", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="sheets", db_index=False)
    share_figure = models.ForeignKey(Figure, models.PROTECT, related_name="sheets", db_index=False)
    evaluator = models.ForeignKey(Organisation, models.PROTECT, related_name="mark_sheets")
    # Of the day the sheet was opened or handed over: a later new name does not change what has been filed (engine 21).
    evaluator_name = models.CharField("考评部门当时名称", max_length=100, blank=True)
    state = models.CharField("状态", max_length=10, choices=SheetState.choices, default=SheetState.OPEN)
    filed_at = models.DateTimeField("报送时间", null=True)
    filed_by = models.CharField("报送人", max_length=200, blank=True)
    filed_by_id = models.BigIntegerField("报送人编号", null=True)
    late = models.BooleanField("迟报", default=False)
    receipt_number = models.CharField("回执号", max_length=40, blank=True)
    reopened_until = models.DateTimeField("重开至", null=True)
    reopen_reason = models.TextField("重开理由", blank=True)
    paper_number = models.CharField("代录依据的纸质报送表编号", max_length=60, blank=True)
    paper_by_id = models.BigIntegerField("代录人编号", null=True)
    paper_by = models.CharField("代录人", max_length=200, blank=True)
    # The day on which the office received the paper: 迟报 follows it. 补登 in words where the entry began late.
    paper_received_on = models.DateField("纸质报送表收件日期", null=True)
    paper_late = models.CharField("代录的补登", max_length=320, blank=True)

    class Meta:
        verbose_name = "打分表"
        ordering = ["scheme_id", "indicator__number", "share_figure__order"]
        # Every computation asks for the sheets of one track and period, of all that a database holds.
        indexes = [models.Index(fields=["scheme", "period"], name="sheets_of_scheme_and_period")]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "share_figure"],
                name="one_sheet_per_period_and_share",
                violation_error_message="这一期的这张打分表已经有了。",
            ),
            models.CheckConstraint(
                condition=~Q(state=SheetState.FILED) | Q(filed_at__isnull=False),
                name="filed_sheet_has_its_time",
                violation_error_message="已报送的打分表须有报送时间。",
            ),
        ]


class Mark(PlainRows):
    """One cell. Blank (value null), 0 and 不适用 are three different things."""

    sheet = models.ForeignKey(MarkSheet, models.CASCADE, related_name="marks", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    order = models.PositiveSmallIntegerField()
    full_mark = ScaledDecimalField("满分")
    value = ScaledDecimalField("得分", null=True)
    not_applicable = models.CharField("不适用", max_length=10, choices=NotApplicable.choices, blank=True, default="")
    reason = models.TextField("理由", blank=True)
    problems = models.TextField("存在问题", blank=True)
    suggestions = models.TextField("改进建议", blank=True)
    version = models.PositiveIntegerField("版本", default=0)
    saved_at = models.DateTimeField("保存时间", null=True)
    saved_by = models.CharField("保存人", max_length=200, blank=True)
    saved_by_id = models.BigIntegerField("保存人编号", null=True)

    # Put on it where a row is shown (`sheet_facts.held_marks`).
    deduction_count: int
    own: bool
    data_moved = False
    cites_withdrawn = False
    by_method = True
    held_against = True
    before: tuple[Decimal, Decimal] | None = None

    class Meta:
        verbose_name = "得分"
        ordering = ["order"]
        constraints = [
            # Leads the look-up by sheet, so the foreign keys need no index of their own.
            models.UniqueConstraint(
                fields=["sheet", "organisation"],
                name="one_mark_per_sheet_and_organisation",
                violation_error_message="这张打分表里这个单位已经有一格。",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | (Q(value__gte=0) & Q(value__lte=F("full_mark"))),
                name="mark_lies_between_zero_and_full",
                violation_error_message="得分须在 0 与满分之间。",
            ),
            models.CheckConstraint(
                condition=Q(not_applicable="") | Q(value__isnull=True),
                name="mark_is_either_a_value_or_not_applicable",
                violation_error_message="一格不能既有得分又不适用。",
            ),
        ]


class Rulebook(models.Model):
    """An evaluator's 考评细则 for an indicator, one version; the product keeps it and never writes one (engine 5)."""

    share_figure = models.ForeignKey(Figure, models.PROTECT, related_name="rulebooks")
    number = models.PositiveIntegerField("第几版")
    title = models.CharField("名称", max_length=200)
    published_at = models.DateTimeField("发布时间")
    published_by = models.CharField("发布人", max_length=200)

    class Meta:
        verbose_name = "考评细则"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["share_figure", "number"],
                name="one_rulebook_per_share_and_number",
                violation_error_message="这一版考评细则已经有了。",
            )
        ]


class RulebookLine(models.Model):
    rulebook = models.ForeignKey(Rulebook, models.CASCADE, related_name="lines")
    order = models.PositiveSmallIntegerField()
    text = models.TextField("内容")
    points = ScaledDecimalField("每次扣分上限", null=True)
    # The evaluator's own method over its data table (`rules.methods.Method.stored`); null: a person deducts by hand.
    method = models.JSONField("计分办法", null=True)
    # Found wrong after publication: it proposes nothing and is cited no more; what was deducted under it stays.
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.CharField("撤回人", max_length=200, blank=True)
    withdrawn_why = models.TextField("撤回理由", blank=True)
    # The line of the year before that it was taken over from, with numbers its evaluator confirmed (0125).
    continues = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", verbose_name="沿用自")

    class Meta:
        verbose_name = "考评细则条目"
        ordering = ["order"]


class DeductionLine(models.Model):
    """One line of 扣分明细 behind a mark. `accepted`: proposed by the declared method of its line, from `sets`.

    An accepted line may take nothing off: its sum stands beside the full mark.
    """

    mark = models.ForeignKey(Mark, models.CASCADE, related_name="deductions")
    line = models.ForeignKey(RulebookLine, models.PROTECT, related_name="+")
    points = ScaledDecimalField("扣分")
    reason = models.TextField("理由")
    accepted = models.BooleanField("采纳细则算出的", default=False)
    sets = models.ManyToManyField(DataSet, related_name="+", verbose_name="所据数据")

    class Meta:
        verbose_name = "扣分明细"
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gt=0) | Q(points=0, accepted=True),
                name="deduction_takes_off_or_is_accepted",
                violation_error_message="每条扣分须大于 0；采纳细则算出的可以是 0。",
            )
        ]
