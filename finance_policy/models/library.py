from django.db import models
from django.db.models import F, Q

from finance_policy.enums import Grade, Level
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.registers.models import Record


class GradeDecision(models.Model):
    """绿色信用等级 of an enterprise (附件·32), decided by 区生态环境局. Append-only: a mistake is corrected by a further one."""

    enterprise = models.ForeignKey(Record, models.CASCADE, related_name="grades")
    grade = models.CharField("等级", max_length=10, choices=Grade.choices)
    decided_on = models.DateField("评定日期")
    basis = models.CharField("依据", max_length=300)
    # The earlier decision that this one puts right; it no longer counts.
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    reason = models.CharField("更正理由", max_length=300, blank=True)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.CharField("录入人", max_length=200)
    entered_by_id = models.BigIntegerField("录入人编号", null=True)

    class Meta:
        verbose_name = "绿色信用等级"
        ordering = ["decided_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(reason=""),
                name="grade_correction_says_why",
                violation_error_message="更正等级要写理由。",
            ),
        ]


class SubsidyRate(Versioned):
    """贴息率 of a level from a day on (三（一）1): not printed, entered by the office with its document."""

    called = "这个贴息率"

    level = models.CharField("级次", max_length=4, choices=Level.choices)
    from_on = models.DateField("起")
    until = models.DateField("止", null=True)
    percent = ScaledDecimalField("贴息年率（%）", places=4)
    basis = models.CharField("依据", max_length=200)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.CharField("录入人", max_length=200)
    struck_at = models.DateTimeField("作废时间", null=True)
    struck_by = models.CharField("作废人", max_length=200, blank=True)
    struck_reason = models.CharField("作废理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "贴息率"
        ordering = ["level", "-from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "from_on"],
                condition=Q(struck_at__isnull=True),
                name="one_rate_per_level_and_day",
                violation_error_message="这一级次这一天已经有贴息率。",
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100),
                name="rate_above_zero_and_at_most_100",
                violation_error_message="贴息年率须大于 0、不超过 100%。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("from_on")),
                name="rate_ends_after_it_begins",
                violation_error_message="止日早于起日。",
            ),
        ]


class DatedSettings(Versioned):
    """What the text leaves open (推定), from a day on, kept by 区金融办; before the first row the defaults of rules.settings hold.

    A row never changes: a later one takes over, a mistyped one is struck.
    """

    called = "这一次设定"
    audited_as = "settings"

    starts_on = models.DateField("起用日期")
    day_basis = models.PositiveSmallIntegerField("一年按几天计息")
    count_last_day = models.BooleanField("计息含止日")
    fewest_banks = models.PositiveSmallIntegerField("汇总至少几家银行")
    due_days = models.PositiveSmallIntegerField("季末后几日内报")
    basis = models.CharField("依据", max_length=200)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.CharField("录入人", max_length=200)
    struck_at = models.DateTimeField("作废时间", null=True)
    struck_by = models.CharField("作废人", max_length=200, blank=True)
    struck_reason = models.CharField("作废理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "绿色金融设置"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["starts_on"],
                condition=Q(struck_at__isnull=True),
                name="one_row_of_finance_settings_per_day",
                violation_error_message="这一天已经起用一次设定。",
            ),
            models.CheckConstraint(
                condition=Q(day_basis__in=[360, 365], fewest_banks__gte=3, due_days__gte=1, due_days__lte=60),
                name="dated_finance_settings_in_range",
                violation_error_message="一年按 360 或 365 天；汇总至少 3 家；报送 1 至 60 日。",
            ),
        ]
