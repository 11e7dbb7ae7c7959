"""绿色信用等级: the decision that stands for each enterprise, and its history.

A grade is of the enterprise, which is its 统一社会信用代码: it stays where its record is struck and entered anew.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from finance_policy.enums import Grade
from finance_policy.models import GradeDecision
from finance_policy.rules.kinds.library import ENTERPRISES
from finance_policy.rules.kinds.watching import SHARING, WASHING
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import record_address


def decisions(code: str) -> QuerySet[GradeDecision]:
    """Of the enterprise with this 统一社会信用代码, on whichever of its records."""
    return GradeDecision.objects.filter(enterprise__kind=ENTERPRISES.key, enterprise__values__code=code)


def history_of(code: str) -> list[GradeDecision]:
    """Newest first, corrected ones included."""
    return list(decisions(code).select_related("corrects", "corrected_by").order_by("-decided_on", "-pk"))


def standing(on: date) -> dict[str, GradeDecision]:
    """By code: the newest decision up to the day that no other corrects."""
    rows = GradeDecision.objects.filter(decided_on__lte=on, corrected_by__isnull=True).order_by("decided_on", "pk")
    return {row.enterprise.values["code"]: row for row in rows.select_related("enterprise")}


@dataclass(frozen=True)
class Sign:
    """What a bank would look at beside the grade: a warning of 洗绿 or a piece of shared information."""

    name: str
    day: str
    words: str
    url: str


def signs_of(code: str) -> list[Sign]:
    """Newest first; warnings found untrue are left out. One query."""
    kinds = {kind.key: kind for kind in (WASHING, SHARING)}
    rows = Record.objects.filter(kind__in=kinds, values__code=code, struck_at__isnull=True).exclude(stage="false")
    return [
        Sign(
            kinds[row.kind].name,
            row.values.get("on", ""),
            row.values.get("finding") or row.values.get("content", ""),
            record_address(kinds[row.kind], row.pk),
        )
        for row in rows.order_by("-values__on", "-pk")
    ]


@dataclass(frozen=True)
class GradedLine:
    record: Record
    decision: GradeDecision | None


def graded_enterprises(on: date, grade: str = "") -> list[GradedLine]:
    """All standing enterprises of the library in the order of their numbers; `grade` "none": those without one."""
    stands = standing(on)
    rows = Record.objects.filter(kind=ENTERPRISES.key, struck_at__isnull=True).select_related("town").order_by("number")
    lines = [GradedLine(row, stands.get(row.values["code"])) for row in rows]
    if grade == "none":
        return [line for line in lines if line.decision is None]
    return [line for line in lines if not grade or (line.decision and line.decision.grade == grade)]


def counts(on: date) -> list[tuple[str, str, int]]:
    """(code, words, number) in the order of the colours, the ungraded last."""
    lines = graded_enterprises(on)
    counted = [
        (code, words, sum(bool(line.decision and line.decision.grade == code) for line in lines))
        for code, words in Grade.choices
    ]
    return [*counted, ("none", "未评", sum(line.decision is None for line in lines))]
