from decimal import Decimal

from django.db import models
from django.db.models import Q

from evaluation.enums import (
    UNSETTLED,
    BatchState,
    DisclosureScope,
    FigureKind,
    FigureStatus,
    SchemeState,
)
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.db.rows import PlainRows
from miyun_kpi.gazette.models import Document
from miyun_kpi.lib.citations import cite
from miyun_kpi.organisations.enums import Track, Zone
from miyun_kpi.organisations.models import Organisation


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def issued(self) -> "SchemeQuerySet":
        """All but drafts: what anybody but the office may hear of, and what opens periods and is computed."""
        return self.exclude(state=SchemeState.DRAFT)


class Scheme(models.Model):
    """考评方案 of one track and year."""

    year = models.PositiveIntegerField("年度")
    track = models.CharField("类别", max_length=12, choices=Track.choices)
    title = models.CharField("名称", max_length=100)
    state = models.CharField("状态", max_length=10, choices=SchemeState.choices, default=SchemeState.IN_FORCE)
    # What the scheme rests on, by its ref: null for a draft, set at 印发. Clauses are plain text: a document known by its
    # 印发 alone has none stored.
    document = models.ForeignKey(
        Document, models.PROTECT, to_field="ref", null=True, related_name="+", verbose_name="文件"
    )
    clause = models.CharField("条款", max_length=60)
    rule_version = models.CharField("规则版本", max_length=20)
    process_from = models.CharField("过程管理起", max_length=7)
    process_to = models.CharField("过程管理止", max_length=7)
    certification = models.BooleanField("须经审核人审核", default=False)
    scan_required = models.BooleanField("报送前须上传盖章扫描件", default=False)
    # Checks before filing, all 推定: shares of the full mark in hundredths, and a modified z. No printed basis (3.5 is the cut
    # of the method's authors): they ask for a reason and decide nothing.
    problems_below_percent = models.PositiveSmallIntegerField("低于满分百分之几须写存在问题和改进建议", default=80)
    least_spread = ScaledDecimalField("最高最低相差少于几分时提示", default=Decimal(1))
    far_change = ScaledDecimalField("较上期变动达到几分时提示", default=Decimal(6))
    outlier_z = ScaledDecimalField("修正 z 值超过几时提示", default=Decimal("3.5"))
    # 扣分原因: every mark below full has a line of 扣分明细 or a sentence, for the unit's paper says why (0117).
    reasons_required = models.BooleanField("低于满分须有扣分原因", default=True)
    # 缺表影响 (推定): a blank is taken to lie between this and the full mark. No printed basis; from 0 on every rank could move.
    blank_floor_percent = models.PositiveSmallIntegerField("缺表影响：未报的得分不低于满分的百分之几", default=60)
    disclosure_scope = models.CharField(
        "公开范围", max_length=12, choices=DisclosureScope.choices, default=DisclosureScope.TOTAL
    )
    missing_report_percent = models.PositiveSmallIntegerField("缺月报而得分达到百分之几时提示", default=90)
    # Working days (推定): 单位核对 before publication, 复核 asked for after it, answered, decided (engine 19). No printed basis;
    # short, for 通报 is due every quarter, and they only remind (decisions 0008, 0009).
    unit_check_days = models.PositiveSmallIntegerField("单位核对工作日", default=2)
    review_after_days = models.PositiveSmallIntegerField("通报后申请复核工作日", default=5)
    review_answer_days = models.PositiveSmallIntegerField("复核答复工作日", default=3)
    review_decision_days = models.PositiveSmallIntegerField("复核决定工作日", default=3)
    # 推定: no distance is printed, see year/rules/visits.py.
    visit_spread_days = models.PositiveSmallIntegerField("现场考评相隔几天以内提示扎堆", default=7)
    # 推定, off: the text of a 批示 is not kept in the 督办台账. 13号 asks for its being done, and it may be classified.
    instruction_text = models.BooleanField("督办台账可录批示的内容", default=False)
    # 名次精度 (推定): decimals to which a total is rounded, and ranked as printed (engine 11). Fixed before the first sheet opens.
    rank_precision = models.PositiveSmallIntegerField("名次精度：合计取几位小数", default=4)
    # 试算 of a draft (推定): from how many places on one indicator alone is said to decide a rank. No printed basis; it names
    # indicators for the drafters to look at and enters no result.
    hang_places = models.PositiveSmallIntegerField("一项去掉后名次变动几位时点名", default=3)
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="沿用自")
    # 加减分 belongs to the year's end (13号 四（三）4); counted in the quarter of its date only where the office says so.
    quarter_adjustments = models.BooleanField("加减分按季计入", default=False)
    # When it came into use in this database: periods that had locked before are the office's to open, not the clock's
    # (engine 25). Null for a draft.
    in_force_at = models.DateTimeField("启用时间", null=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "考评方案"
        ordering = ["-year", "-track"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "track"],
                name="one_scheme_per_year_and_track",
                violation_error_message="这一年的这一类别已经有考评方案。",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def cite(self, clause: str) -> str:
        """A clause of the document this scheme rests on; of a draft the clause alone."""
        return cite(self.document_id, clause)

    @property
    def is_draft(self) -> bool:
        return self.state == SchemeState.DRAFT


class Dimension(models.Model):
    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="dimensions")
    code = models.CharField("代码", max_length=12)
    name = models.CharField("考评维度", max_length=20)
    order = models.PositiveSmallIntegerField()
    clause = models.CharField("条款", max_length=60)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "考评维度"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "code"],
                name="one_dimension_per_scheme_and_code",
                violation_error_message="方案里已经有这个考评维度。",
            )
        ]


class DimensionTotal(models.Model):
    """The printed total of a dimension in a zone ("" for departments), which the weights must add up to."""

    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="totals")
    zone = models.CharField("分区", max_length=10, choices=Zone.choices, blank=True)
    total = ScaledDecimalField("合计")

    class Meta:
        verbose_name = "维度合计"
        constraints = [
            models.UniqueConstraint(
                fields=["dimension", "zone"],
                name="one_total_per_dimension_and_zone",
                violation_error_message="这个分区已经有合计。",
            )
        ]


class Indicator(models.Model):
    """考评内容（指标）."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="indicators")
    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="indicators", db_index=False)
    number = models.PositiveSmallIntegerField("序号")
    name = models.TextField("考评内容")
    short_name = models.CharField("简称", max_length=40)
    basis = models.TextField("考评依据")
    basis_documents = models.JSONField("依据文件", default=list)
    clause = models.CharField("条款", max_length=60)
    offline_only = models.BooleanField("材料线下报送", default=False)
    # The indicator of the earlier year that this one continues; its past marks are used when a draft is tried.
    from_indicator = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", verbose_name="沿用自")
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "指标"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "number"],
                name="one_indicator_per_scheme_and_number",
                violation_error_message="方案里已经有这个序号的指标。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.short_name}"


class SubIndicator(models.Model):
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="sub_indicators")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("名称", max_length=60)

    class Meta:
        verbose_name = "分指标"
        ordering = ["number"]


class PrintedEvaluator(models.Model):
    """One name of the body's list of 考评部门 (13号二), kept to show where it differs from the tables."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="printed_evaluators")
    order = models.PositiveSmallIntegerField()
    printed_name = models.CharField("印作", max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    clause = models.CharField("条款", max_length=60)

    class Meta:
        verbose_name = "名单所列考评部门"
        ordering = ["order"]


class FigureQuerySet(models.QuerySet["Figure"]):
    def unconfirmed(self) -> "FigureQuerySet":
        """Assumed or unreadable and not yet settled by the office: what keeps a ranking a trial (engine 12)."""
        return self.filter(status__in=UNSETTLED, confirmed=False)


class Figure(PlainRows):
    """One figure of a scheme with where it stands in the gazette and how firmly (docs/engine.md, four words).

    `value` by kind: weight "3"; share "organisation-code:1/2"; carried "yes"/"no"; scope, full-mark, own-mark an enum.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="figures", db_index=False)
    key = models.CharField("键", max_length=80)
    kind = models.CharField("种类", max_length=12, choices=FigureKind.choices)
    indicator = models.ForeignKey(Indicator, models.CASCADE, null=True, related_name="figures", db_index=False)
    zone = models.CharField("分区", max_length=10, choices=Zone.choices, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    part = models.CharField("分项", max_length=60, blank=True)
    value = models.CharField("取值", max_length=80)
    status = models.CharField("文本状态", max_length=10, choices=FigureStatus.choices)
    clause = models.CharField("条款", max_length=60)
    note = models.TextField("说明", blank=True)
    order = models.PositiveIntegerField()
    confirmed = models.BooleanField("已确认", default=False)
    version = models.PositiveIntegerField("版本", default=1)

    # Not stored: what a page puts beside the value while somebody replaces it.
    wanted: str
    typed: str | None
    typed_name: str
    checked: bool
    differs: bool
    # The 确认单 that holds it (queries/waiting.py); None where it is free, or nobody asked.
    waits_in: "FigureBatch | None" = None

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = "方案数字"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "key"],
                name="one_figure_per_scheme_and_key",
                violation_error_message="方案里已经有这个数字。",
            )
        ]

    @property
    def unsettled(self) -> bool:
        return self.status in UNSETTLED and not self.confirmed

    @property
    def standing(self) -> str:
        """Its status in the text, or "confirmed" once the office has settled it."""
        return "confirmed" if self.confirmed else self.status


class FigureBatch(models.Model):
    """Confirmations or replacements proposed together by one person and checked by a second (engine 12)."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="batches")
    state = models.CharField("状态", max_length=10, choices=BatchState.choices, default=BatchState.PROPOSED)
    source = models.CharField("来源", max_length=200, blank=True)
    original_page = models.CharField("原件页码", max_length=60)
    reason = models.TextField("理由")
    proposed_by_id = models.BigIntegerField("提出人编号")
    proposed_by = models.CharField("提出人", max_length=200)
    proposed_at = models.DateTimeField("提出时间")
    checked_by_id = models.BigIntegerField("复核人编号", null=True)
    checked_by = models.CharField("复核人", max_length=200, blank=True)
    checked_at = models.DateTimeField("复核时间", null=True)
    check_note = models.TextField("复核意见", blank=True)
    withdrawn_by_id = models.BigIntegerField("撤回人编号", null=True)
    withdrawn_by = models.CharField("撤回人", max_length=200, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdraw_reason = models.TextField("撤回的理由", blank=True)

    class Meta:
        verbose_name = "数字确认单"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by_id__isnull=True) | ~Q(checked_by_id=models.F("proposed_by_id")),
                name="figure_batch_is_checked_by_a_second_person",
                violation_error_message="复核人不能是提出人本人。",
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.state == BatchState.PROPOSED

    @property
    def ended_by(self) -> str:
        """Who checked it or took it back; "" while it waits."""
        return self.withdrawn_by or self.checked_by


class FigureChange(models.Model):
    """One figure in a batch: the value seen and the value wanted (equal: a plain confirmation)."""

    batch = models.ForeignKey(FigureBatch, models.CASCADE, related_name="changes")
    figure = models.ForeignKey(Figure, models.CASCADE, related_name="changes")
    old_value = models.CharField("原取值", max_length=80)
    new_value = models.CharField("新取值", max_length=80)
    seen_version = models.PositiveIntegerField("依据版本")

    class Meta:
        verbose_name = "数字改动"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "figure"],
                name="one_change_per_batch_and_figure",
                violation_error_message="同一张确认单里一个数字只能出现一次。",
            )
        ]
