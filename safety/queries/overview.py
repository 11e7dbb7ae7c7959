"""城市安全 at a glance: the nine projects with their newest sums, hazards, risks, and 动态评估 by unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet

from miyun_kpi.organisations import queries
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.enums import Act
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.rules.kinds import Kind, totals
from miyun_kpi.registers.services.moving import HANDED_OVER
from safety.rules.kinds import ASSESSMENT, HAZARD, INDICATOR, PROJECTS, RISK
from safety.rules.kinds.hazards import LEVELS
from safety.rules.kinds.progress import RESULTS
from safety.rules.tables import Filled, newest


def standing(kind: Kind) -> QuerySet[Record]:
    return Record.objects.filter(kind=kind.key, struck_at__isnull=True)


@dataclass(frozen=True)
class ProjectLine:
    """Of each unit and town the newest table counts (rules.tables); `sums` are (label, sum, unit)."""

    kind: Kind
    tables: int
    waiting: int
    newest: str
    sums: Sequence[tuple[str, Decimal, str]]


def project_lines() -> list[ProjectLine]:
    """All nine in three queries."""
    kinds = {kind.key: kind for kind in PROJECTS}
    filled: dict[str, list[Filled]] = {key: [] for key in kinds}
    numbers = {key: [0, 0] for key in kinds}
    before, gone = _before_mergers(kinds), queries.gone()
    rows = Record.objects.filter(kind__in=kinds, struck_at__isnull=True).order_by("values__as_of", "pk")
    for pk, key, stage, values in rows.values_list("pk", "kind", "stage", "values"):
        filled[key].append(Filled(values, before.get(pk, {})))
        numbers[key][0] += 1
        numbers[key][1] += stage == "filled"
    lines = []
    for key, kind in kinds.items():
        tables = newest(filled[key], gone)
        # The newest table of each unit and town: these may be added up.
        summed = totals(replace(kind, cumulative=False), tables)
        sums = [(one.label, summed[one.name], one.unit) for one in kind.fields if one.name in summed]
        last = max((row.get("as_of", "") for row in tables), default="")
        lines.append(ProjectLine(kind, numbers[key][0], numbers[key][1], last, sums))
    return lines


def _before_mergers(kinds: Iterable[str]) -> dict[int, dict[str, str]]:
    """Record → unit and town as they were filled in, where a merger has put others in their place, and no other day since."""
    handed = RecordEvent.objects.filter(record__kind__in=list(kinds), act=Act.HANDED_OVER)
    moved = handed.exclude(step=HANDED_OVER)
    found: dict[int, dict[str, str]] = {}
    # The first change is the one that says how it was.
    last: dict[int, int] = {}
    for event, pk, fields in moved.order_by("-pk").values_list("pk", "record", "before"):
        last.setdefault(pk, event)
        found[pk] = {**found.get(pk, {}), **fields}
    again = RecordEvent.objects.filter(record__in=list(found), act=Act.CHANGED, before__has_key="as_of")
    counted_anew = {pk for event, pk in again.values_list("pk", "record") if event > last[pk]}
    return {pk: fields for pk, fields in found.items() if pk not in counted_anew}


@dataclass(frozen=True)
class HazardCounts:
    stages: Sequence[tuple[str, str, int]]
    overdue: int


def hazard_counts(found: QuerySet[Record], on: date) -> HazardCounts:
    """`found`: the hazards the reader may see."""
    rows = list(found.filter(struck_at__isnull=True).values_list("stage", "values"))
    counted = [(one.code, one.label, sum(stage == one.code for stage, _ in rows)) for one in HAZARD.stages]
    return HazardCounts(counted, sum(HAZARD.is_overdue(stage, values, on) for stage, values in rows))


def risk_counts() -> list[tuple[str, str, int]]:
    """Standing risks by level."""
    rows = standing(RISK).filter(stage="standing").order_by().values("values__level").annotate(n=Count("pk"))
    counted = {row["values__level"]: row["n"] for row in rows}
    return [(code, words, counted.get(code, 0)) for code, words in LEVELS]


@dataclass(frozen=True)
class UnitAssessment:
    """A unit's newest result of each indicator, counted; `missing` have none."""

    code: str
    name: str
    results: Sequence[int]
    missing: int
    score: Decimal


def assessments(on: date) -> tuple[list[UnitAssessment], int]:
    """As they stand on a day: of each unit and indicator the newest up to it. Two queries and the names."""
    indicators = {values["number"] for values in standing(INDICATOR).values_list("values", flat=True)}
    newest: dict[str, dict[str, dict[str, str]]] = {}
    rows = standing(ASSESSMENT).filter(values__on__lte=on.isoformat()).order_by("values__on", "pk")
    for values in rows.values_list("values", flat=True):
        if values.get("indicator") in indicators:
            newest.setdefault(values["unit"], {})[values["indicator"]] = values
    names = Organisation.objects.filter(code__in=newest).in_printed_order().values_list("code", "name")
    return [
        UnitAssessment(
            code,
            name,
            [sum(one.get("result") == result for one in newest[code].values()) for result, _ in RESULTS],
            len(indicators) - len(newest[code]),
            sum((Decimal(one["score"]) for one in newest[code].values() if one.get("score")), Decimal(0)),
        )
        for code, name in names
    ], len(indicators)
