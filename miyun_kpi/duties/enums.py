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
    FILED = "filed", "已报送"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "已接受"
    EXEMPT = "exempt", "书面说明，不报"
    OPENING = "opening", "期初已办"


# What the unit may still write in.
WRITABLE = (ReportState.EXPECTED, ReportState.DRAFT, ReportState.RETURNED)


class DutyKind(TextChoices):
    """What a row of a document is. Parts and milestones belong to a task."""

    TASK = "task", "任务"
    PROJECT = "project", "重点工程"
    SAFEGUARD = "safeguard", "保障措施"
    PART = "part", "任务中的一项"
    MILESTONE = "milestone", "节点"


class CadenceBasis(TextChoices):
    """How firmly the cadence stands: only a printed or a set one opens periods by itself."""

    PRINTED = "printed", "原文"
    ASSUMED = "assumed", "原文未写周期"
    SET = "set", "牵头单位所定"


class PhraseKind(TextChoices):
    """What a printed name of a unit list means."""

    ORGANISATION = "organisation", "单位"
    GROUP = "group", "统称，已对应到单位"
    OPEN = "open", "统称，名单未印"


class OpeningHow(TextChoices):
    """How a period stood on paper when the site went live (0098)."""

    FILED = "filed", "已报送审核"
    EXEMPT = "exempt", "已免报"


class StatementState(TextChoices):
    """书面说明 of a unit that need not do what a duty asks (14号三（三）、三（六）)."""

    SUBMITTED = "submitted", "待审核"
    ACCEPTED = "accepted", "已收下"
    RETURNED = "returned", "已退回"
