"""The year's last acts: 自查报告, 现场考评, 效果评价, the planned dates of the year (13号 四（三）1、3, 五（二）)."""

from django.db import models
from django.db.models import F, Q

from evaluation.enums import SelfReportState, SurveyState, VisitState
from evaluation.scheme.models.scheme import Indicator, Scheme
from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.organisations.models import Organisation


class SelfReport(Versioned):
    """年度自查报告 of one unit (13号 四（三）1). `facts`: what stood beside the texts when it was signed, frozen."""

    called = "自查报告"
    audited_as = "self-report"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="self_reports")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="考评对象")
    state = models.CharField("状态", max_length=10, choices=SelfReportState.choices, default=SelfReportState.DRAFT)
    summary = models.TextField("年度绩效任务落实情况", blank=True)
    problems = models.TextField("问题和不足", blank=True)
    measures = models.TextField("下一步措施", blank=True)
    facts = models.JSONField("签发时的数据", default=list)
    drafted_by = models.CharField("填写人", max_length=200)
    drafted_by_id = models.BigIntegerField("填写人编号", null=True)
    drafted_at = models.DateTimeField("填写时间")
    signed_by = models.CharField("签发人", max_length=200, blank=True)
    signed_by_id = models.BigIntegerField("签发人编号", null=True)
    signed_at = models.DateTimeField("报送时间", null=True)
    late = models.BooleanField("迟报", default=False)
    decided_by = models.CharField("接收或退回人", max_length=200, blank=True)
    decided_at = models.DateTimeField("接收或退回时间", null=True)
    note = models.CharField("意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "自查报告"
        ordering = ["organisation_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organisation"],
                name="one_self_report_per_scheme_and_organisation",
                violation_error_message="这个单位本年度已有自查报告。",
            ),
            apart(
                "drafted", "signed", name="self_report_is_signed_by_a_second_person", said="签发人不能是填写人本人。"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[SelfReportState.FILED, SelfReportState.ACCEPTED]) | Q(signed_at__isnull=False),
                name="submitted_self_report_has_its_time",
                violation_error_message="报送的自查报告须有报送时间。",
            ),
        ]


class SelfReportLine(models.Model):
    """逐项梳理: what the unit says of one indicator; of one whose material goes offline there is no line."""

    report = models.ForeignKey(SelfReport, models.CASCADE, related_name="lines", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", db_index=False)
    done = models.TextField("完成情况", blank=True)
    problem = models.TextField("问题和不足", blank=True)

    class Meta:
        verbose_name = "自查报告的一项"
        ordering = ["indicator__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "indicator"],
                name="one_line_per_self_report_and_indicator",
                violation_error_message="这一项已经有了。",
            )
        ]


class SiteVisit(Versioned):
    """现场考评 of one unit by one evaluator, days inclusive. `crowd_reason`: why it is so close to another (五（二）)."""

    called = "这次现场考评"
    audited_as = "visit"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="visits")
    evaluator = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="考评部门")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="考评对象")
    state = models.CharField("状态", max_length=10, choices=VisitState.choices, default=VisitState.PLANNED)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    indicators = models.ManyToManyField(Indicator, related_name="+", verbose_name="考评内容")
    leader = models.CharField("带队人", max_length=60)
    note = models.CharField("说明", max_length=500, blank=True)
    crowd_reason = models.CharField("与另一次相近的理由", max_length=500, blank=True)
    planned_by = models.CharField("安排人", max_length=200)
    planned_at = models.DateTimeField("安排时间")
    result = models.TextField("现场考评情况", blank=True)
    done_by = models.CharField("登记人", max_length=200, blank=True)
    done_at = models.DateTimeField("登记时间", null=True)

    class Meta:
        verbose_name = "现场考评"
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="visit_ends_after_it_starts",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["scheme", "evaluator", "organisation", "starts_on"],
                condition=~Q(state=VisitState.CANCELLED),
                name="one_visit_per_evaluator_unit_and_day",
                violation_error_message="这一天对这个单位的现场考评已经安排。",
            ),
        ]


class LeaderSurvey(Versioned):
    """效果评价 by 区政府领导 of one scheme (四（三）3). `items`: [{"name", "full"}]; 推定, 13号 prints none."""

    called = "效果评价"
    audited_as = "leader-survey"

    scheme = models.OneToOneField(Scheme, models.PROTECT, related_name="leader_survey")
    state = models.CharField("状态", max_length=10, choices=SurveyState.choices, default=SurveyState.OPEN)
    items = models.JSONField("评价内容")
    basis = models.CharField("依据", max_length=200)
    due_on = models.DateField("填写截止")
    opened_by = models.CharField("开启人", max_length=200)
    opened_at = models.DateTimeField("开启时间")
    closed_by = models.CharField("截止办理人", max_length=200, blank=True)
    closed_at = models.DateTimeField("截止时间", null=True)

    class Meta:
        verbose_name = "效果评价"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=SurveyState.CLOSED) | Q(closed_at__isnull=False),
                name="closed_survey_has_its_time",
                violation_error_message="截止的效果评价须有截止时间。",
            )
        ]


class LeaderTally(models.Model):
    """Sum and count over all forms for one unit and item. There is no row of a single form anywhere: it cannot be read back."""

    survey = models.ForeignKey(LeaderSurvey, models.CASCADE, related_name="tallies", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    item = models.PositiveSmallIntegerField("第几项")
    total_thousandths = models.BigIntegerField("合计（千分之一分）", default=0)
    forms = models.PositiveIntegerField("份数", default=0)

    class Meta:
        verbose_name = "效果评价汇总"
        ordering = ["organisation_id", "item"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "organisation", "item"],
                name="one_tally_per_survey_unit_and_item",
                violation_error_message="这一格已经有了。",
            )
        ]


class LeaderParticipation(models.Model):
    """That a person has filled the form, and the day; not what was written."""

    survey = models.ForeignKey(LeaderSurvey, models.CASCADE, related_name="participations", db_index=False)
    user_id = models.BigIntegerField("填写人编号")
    person = models.CharField("填写人", max_length=200)
    filled_on = models.DateField("填写日期")

    class Meta:
        verbose_name = "效果评价填写"
        ordering = ["person"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "user_id"],
                name="one_form_per_survey_and_leader",
                violation_error_message="您本年度已经填过。",
            )
        ]


class SatisfactionTable(models.Model):
    """公众满意度 as it came in one file; the latest number counts. Not part of the 100."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="satisfaction_tables")
    number = models.PositiveSmallIntegerField("第几次")
    source = models.CharField("调查来源", max_length=200)
    file_name = models.CharField("文件", max_length=200)
    imported_by = models.CharField("导入人", max_length=200)
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "公众满意度"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "number"],
                name="one_satisfaction_table_per_scheme_and_number",
                violation_error_message="这一次已经导入。",
            )
        ]


class SatisfactionValue(models.Model):
    table = models.ForeignKey(SatisfactionTable, models.CASCADE, related_name="values", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    value = ScaledDecimalField("满意度")
    sample = models.PositiveIntegerField("样本量")

    class Meta:
        verbose_name = "一个单位的满意度"
        ordering = ["organisation_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["table", "organisation"],
                name="one_satisfaction_value_per_table_and_unit",
                violation_error_message="这个单位已经有一行。",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0, value__lte=100, sample__gte=1),
                name="satisfaction_lies_between_zero_and_hundred",
                violation_error_message="满意度在 0 与 100 之间，样本量至少 1。",
            ),
        ]


class PlanDate(Versioned):
    """The planned day of one step of the year, where the office has moved it from the default."""

    called = "这一步的计划日期"

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="plan_dates", db_index=False)
    step = models.CharField("步骤", max_length=20)
    planned_on = models.DateField("计划日期")
    reason = models.CharField("理由", max_length=500)
    set_by = models.CharField("填写人", max_length=200)
    set_at = models.DateTimeField("填写时间")

    class Meta:
        verbose_name = "年度计划日期"
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "step"],
                name="one_planned_day_per_scheme_and_step",
                violation_error_message="这一步已经有计划日期。",
            )
        ]
