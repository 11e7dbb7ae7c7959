from django.db import models
from django.db.models import F, Q

from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.registers.models import Record
from water.enums import Source, Target, Verdict


class Measure(Versioned):
    """What a numeric target of 二 stood at on a day: a share entered as such, or numerator and denominator; per cent."""

    called = "这一条"

    target = models.CharField("目标", max_length=20, choices=Target.choices)
    day = models.DateField("截至")
    share = ScaledDecimalField("比率", places=4, null=True)
    numerator = ScaledDecimalField("分子", places=4, null=True)
    denominator = ScaledDecimalField("分母", places=4, null=True)
    unit = models.CharField("分子分母的单位", max_length=20, blank=True)
    source_kind = models.CharField("来源", max_length=10, choices=Source.choices)
    source = models.CharField("来源说明", max_length=200)
    # The day of the paper that gives the number, null for what was entered before it was asked for.
    done_on = models.DateField("办理日期", null=True)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.CharField("录入人", max_length=200)
    # 补登 in words, "" where it was entered in time.
    late = models.CharField("补登", max_length=320, blank=True)
    struck_at = models.DateTimeField("作废时间", null=True)
    struck_reason = models.CharField("作废理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "目标监测值"
        ordering = ["target", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "day"],
                condition=Q(struck_at__isnull=True),
                name="one_measure_per_target_and_day",
                violation_error_message="这个目标这一天已经有数。",
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=False, numerator__isnull=True, denominator__isnull=True)
                | Q(share__isnull=True, numerator__isnull=False, denominator__gt=0),
                name="measure_is_a_share_or_a_fraction",
                violation_error_message="要么填比率，要么填分子和分母。",
            ),
        ]


class Judgement(models.Model):
    """What a person found of a target without a printed number, with the reason; the latest stands, earlier ones stay."""

    target = models.CharField("目标", max_length=20, choices=Target.choices)
    day = models.DateField("截至")
    verdict = models.CharField("判断", max_length=10, choices=Verdict.choices)
    reason = models.CharField("理由", max_length=500)
    made_at = models.DateTimeField("判断时间")
    made_by = models.CharField("判断人", max_length=200)

    class Meta:
        verbose_name = "目标判断"
        ordering = ["target", "-day", "-id"]


class Round(models.Model):
    """One 五无 check of a small water body (三（二）); struck rounds do not count."""

    body = models.ForeignKey(Record, models.CASCADE, related_name="water_rounds", db_index=False)
    day = models.DateField("核查日期")
    no_sewage = models.BooleanField("无污水排入")
    no_floating = models.BooleanField("无集中漂浮物")
    no_rubbish = models.BooleanField("无垃圾渣土")
    no_smell = models.BooleanField("无臭味")
    no_building = models.BooleanField("无违法建设")
    note = models.CharField("情况", max_length=500, blank=True)
    next_on = models.DateField("下次核查不晚于", null=True)
    checked_by = models.CharField("核查人", max_length=40)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.CharField("录入人", max_length=200)
    # 补登 in words, "" where it was entered in time.
    late = models.CharField("补登", max_length=320, blank=True)
    struck_at = models.DateTimeField("作废时间", null=True)
    struck_reason = models.CharField("作废理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "五无核查"
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "day"],
                condition=Q(struck_at__isnull=True),
                name="one_round_per_body_and_day",
                violation_error_message="这个小微水体这一天已经有核查。",
            )
        ]


class Phase(Versioned):
    """One stage of a project: planned and actual days."""

    called = "这个阶段"

    project = models.ForeignKey(Record, models.CASCADE, related_name="water_phases", db_index=False)
    order = models.PositiveSmallIntegerField("次序")
    name = models.CharField("阶段", max_length=60)
    planned_from = models.DateField("计划开始")
    planned_to = models.DateField("计划完成")
    actual_from = models.DateField("实际开始", null=True)
    actual_to = models.DateField("实际完成", null=True)
    reason = models.CharField("滞后原因", max_length=300, blank=True)
    # 补登 in words of the newest actual day that was entered late.
    late = models.CharField("补登", max_length=320, blank=True)

    class Meta:
        verbose_name = "项目阶段"
        ordering = ["project", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "order"],
                name="one_phase_per_project_and_place",
                violation_error_message="这个次序已经有阶段。",
            ),
            models.CheckConstraint(
                condition=Q(planned_to__gte=F("planned_from")),
                name="phase_plan_runs_forward",
                violation_error_message="计划完成不能早于计划开始。",
            ),
            models.CheckConstraint(
                condition=Q(actual_to__isnull=True) | Q(actual_from__isnull=False, actual_to__gte=F("actual_from")),
                name="phase_ends_after_it_began",
                violation_error_message="实际完成不能早于实际开始。",
            ),
        ]
