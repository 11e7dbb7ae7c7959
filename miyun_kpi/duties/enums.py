from django.db.models import TextChoices


class Cadence(TextChoices):
    ONCE = "once", "一次性"
    MONTHLY = "monthly", "按月"
    QUARTERLY = "quarterly", "按季"
    HALF_YEARLY = "half-yearly", "半年"
    YEARLY = "yearly", "按年"
    SCHOOL_YEAR = "school-year", "按学年"
    CONTINUOUS = "continuous", "持续"


class UnitRole(TextChoices):
    LEAD = "lead", "牵头"
    RESPONSIBLE = "responsible", "责任"
    JOINTLY = "jointly", "会同"
    SEPARATELY = "separately", "分别"


class Course(TextChoices):
    """How a task stands in its unit's own words of the month."""

    ON_COURSE = "on-course", "在轨"
    LAGGING = "lagging", "滞后"
    STUCK = "stuck", "受阻"
    DONE = "done", "完成"


class ReportState(TextChoices):
    EXPECTED = "expected", "应报"
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已报"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "已接受"
    EXEMPT = "exempt", "书面说明，不报"


# What the unit may still write in.
WRITABLE = (ReportState.EXPECTED, ReportState.DRAFT, ReportState.RETURNED)
