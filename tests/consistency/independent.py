"""A second opinion on a ranking: from the rows of the tables to the printed digits, in fractions.

Written from docs/engine.md (decisions 3-11, 13, 15, 16, 21) and the tables alone, by somebody who had not read the
scoring engine. It imports models and nothing of the product's rules, queries or services, so that a mistake in reading
the tables or in the arithmetic is not made twice.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from evaluation.models import (
    Adjustment,
    AmendmentChange,
    Figure,
    Indicator,
    Mark,
    MarkSheet,
    MethodWeight,
    Period,
    PeriodUnit,
    Ranking,
    Scheme,
    SheetDecision,
    UnitDecision,
)

ITEM_PLACES = 4


@dataclass
class Unit:
    code: str
    zone: str
    category: str
    kin: frozenset[str]


@dataclass
class Verdict:
    """What one unit should read. None: missing, or nothing to rank."""

    exact: Fraction | None = None
    total: str | None = None
    sum: str | None = None
    examined: Fraction = Fraction(0)
    partial: tuple[str, Fraction] | None = None
    known: Fraction = Fraction(0)
    known_weight: Fraction = Fraction(0)
    items: dict[int, Fraction | None] = field(default_factory=dict)
    printed: dict[int, str | None] = field(default_factory=dict)
    difference: str | None = None
    added: Fraction = Fraction(0)
    rank: int | None = None
    zone_rank: int | None = None
    category_rank: int | None = None


@dataclass
class Opinion:
    units: dict[str, Verdict]
    # How often the draw met what it claims to cover.
    met: dict[str, int]


def half_up(value: Fraction, places: int) -> str:
    """`value` with `places` decimals; a half goes away from zero."""
    scale = 10**places
    whole, rest = divmod(abs(value) * scale, 1)
    units = int(whole) + (rest * 2 >= 1)
    sign = "-" if value < 0 and units else ""
    head, tail = divmod(units, scale)
    return f"{sign}{head}.{tail:0{places}d}"


def on_border(value: Fraction, places: int) -> bool:
    return abs(value) * 10**places % 1 == Fraction(1, 2)


def population(scheme: Scheme, period: Period) -> list[Unit]:
    """Who is ranked: the rows of the day the period opened, and what was decided on them since (engine 21)."""
    mine = {"scheme_id": scheme.pk, "period_id": period.pk}
    rows = PeriodUnit.objects.filter(**mine).order_by("order", "pk")
    out = set(
        UnitDecision.objects.filter(**mine, state="confirmed", kind="leave-out").values_list(
            "organisation__code", flat=True
        )
    )
    return [
        Unit(r["organisation__code"], r["zone"], r["category"], frozenset(r["related"]) | {r["organisation__code"]})
        for r in rows.values("organisation__code", "zone", "category", "related")
        if r["organisation__code"] not in out
    ]


def _moment(code: str) -> tuple[int, int]:
    """A quarter before the year it is in: the year's period is the last of all."""
    return int(code[:4]), int(code[-1]) if "Q" in code else 5


def figures_of(scheme: Scheme, period: str, met: dict[str, int]) -> dict[str, str]:
    """Key to value as it holds in `period`: a 修订 from its quarter on, before it what stood then."""
    changes = defaultdict(list)
    confirmed = AmendmentChange.objects.filter(amendment__scheme_id=scheme.pk, amendment__state="confirmed")
    for row in confirmed.order_by("amendment__number").values(
        "figure__key", "old_value", "new_value", "amendment__effective_from"
    ):
        changes[row["figure__key"]].append(row)
    held = dict(Figure.objects.filter(scheme_id=scheme.pk).values_list("key", "value"))
    for key, rows in changes.items():
        begun = [row for row in rows if _moment(row["amendment__effective_from"]) <= _moment(period)]
        met["amendment holds"] += bool(begun)
        if len(begun) < len(rows):
            met["amendment to come"] += 1
            held[key] = begun[-1]["new_value"] if begun else rows[0]["old_value"]
    return held


def _asked(scope: str, period: str) -> bool:
    """Whether an item of this 考评范围 is examined in the period (engine 3)."""
    quarter = _moment(period)[1]
    return quarter == 5 or scope == "quarter" or (scope == "half" and quarter in (2, 4))


class Reading:
    """One period of one scheme, read row by row into tables of rates."""

    def __init__(self, scheme: Scheme, period: Period) -> None:
        self.met: dict[str, int] = defaultdict(int)
        self.units = population(scheme, period)
        self.held = figures_of(scheme, period.code, self.met)
        self.average_own = self.held.get("own-mark") == "average"
        self.period = period.code
        self.numbers = sorted(Indicator.objects.filter(scheme_id=scheme.pk).values_list("number", flat=True))
        sheets = MarkSheet.objects.filter(scheme_id=scheme.pk, period_id=period.pk)
        self.sheets = {
            r["share_figure__key"]: r for r in sheets.values("pk", "share_figure__key", "state", "evaluator__code")
        }
        left = SheetDecision.objects.filter(
            sheet__in=sheets.exclude(state="filed"), state="confirmed", kind="leave_out"
        )
        self.left = set(left.values_list("sheet_id", flat=True))
        self.cells: dict[int, dict[str, dict[str, object]]] = defaultdict(dict)
        marks = Mark.objects.filter(sheet__in=sheets.filter(state="filed"))
        for row in marks.values("sheet_id", "organisation__code", "value", "full_mark", "not_applicable"):
            self.cells[row["sheet_id"]][row["organisation__code"]] = row

    def weight(self, number: int, unit: Unit) -> Fraction:
        return Fraction(self.held[f"weight/{number}/{unit.zone or 'all'}"])

    def carriers(self, number: int) -> list[Unit]:
        return [unit for unit in self.units if self.held.get(f"carried/{number}/{unit.code}") == "yes"]

    def shares(self, number: int) -> dict[str, Fraction]:
        """The shares of an item that count, as parts of what is left of it; none: the item is not examined."""
        if not _asked(self.held.get(f"scope/{number}", "quarter"), self.period):
            self.met["out-of-scope"] += 1
            return {}
        all_of_them = {
            key: Fraction(value.rpartition(":")[2])
            for key, value in self.held.items()
            if key.startswith(f"share/{number}/")
        }
        counting = {
            key: part
            for key, part in all_of_them.items()
            if key not in self.sheets or self.sheets[key]["pk"] not in self.left
        }
        if len(counting) < len(all_of_them):
            self.met["left-out share" if counting else "left-out item"] += 1
        rest = sum(counting.values(), Fraction(0))
        return {key: part / rest for key, part in counting.items()}

    def rates(self, number: int, share: str) -> dict[str, Fraction | None]:
        """Each unit's rate in one share: its own mark, or the mean of those that have to have one (engine 7, 8, 13)."""
        sheet = self.sheets.get(share)
        cells = self.cells[sheet["pk"]] if sheet else {}
        evaluator = sheet["evaluator__code"] if sheet else self.held[share].rpartition(":")[0]
        own: dict[str, Fraction | None] = {}
        for unit in self.carriers(number):
            cell = cells.get(unit.code)
            self.met["own unit"] += evaluator in unit.kin
            if self.average_own and evaluator in unit.kin:
                # What its own evaluator typed, or left blank, counts nowhere.
                self.met["own avoided"] += 1
            elif cell and cell["not_applicable"] == "approved":
                self.met["not applicable"] += 1
            else:
                typed = cell is not None and cell["value"] is not None
                own[unit.code] = Fraction(cell["value"]) / Fraction(cell["full_mark"]) if typed else None
        mean = None if not own or None in own.values() else sum(own.values(), Fraction(0)) / len(own)
        self.met["averages"] += len(self.units) - len(own)
        return {unit.code: own.get(unit.code, mean) for unit in self.units}

    def verdicts(self) -> dict[str, Verdict]:
        found = {unit.code: Verdict(items=dict.fromkeys(self.numbers)) for unit in self.units}
        for number in self.numbers:
            shares = self.shares(number)
            tables = {share: self.rates(number, share) for share in shares}
            for unit in self.units if shares else ():
                weight = self.weight(number, unit)
                found[unit.code].examined += weight
                parts = [(part, tables[share][unit.code]) for share, part in shares.items()]
                if all(rate is not None for _, rate in parts):
                    score = weight * sum((part * rate for part, rate in parts if rate is not None), Fraction(0))
                    found[unit.code].items[number] = score
                    found[unit.code].known += score
                    found[unit.code].known_weight += weight
        for verdict in found.values():
            verdict.printed = {n: None if s is None else half_up(s, ITEM_PLACES) for n, s in verdict.items.items()}
        return found


def _granted(scheme: Scheme, period: Period) -> dict[str, Fraction]:
    """Decided 加减分 of the period: of the whole year at its end, of a quarter only where the scheme says so (engine 15)."""
    points: dict[str, Fraction] = defaultdict(Fraction)
    year, quarter = _moment(period.code)
    if quarter < 5 and not scheme.quarter_adjustments:
        return points
    for row in Adjustment.objects.filter(scheme_id=scheme.pk, state="granted").values(
        "organisation__code", "decided_points", "happened_on"
    ):
        day = row["happened_on"]
        if quarter == 5 or (day.year == year and (day.month + 2) // 3 == quarter):
            points[row["organisation__code"]] += Fraction(row["decided_points"])
    return points


def _printed_quarter(scheme: Scheme, code: str) -> dict[str, Fraction | None]:
    """Totals of a quarter as printed, without 加减分: of the published document, else of the latest there is."""
    stored = list(Ranking.objects.filter(scheme_id=scheme.pk, period__code=code).order_by("pk").values())
    stored.sort(
        key=lambda r: (r["state"] == "published" and not r["corrected_by_id"], r["kind"] == "official", r["id"])
    )
    if not stored:
        return {}
    rows = json.loads(stored[-1]["document"])["rows"]
    printed = {row["organisation"]: (row.get("closing") or {"base": row["total"]})["base"] for row in rows}
    return {code: None if text is None else Fraction(text) for code, text in printed.items()}


def _weights(scheme: Scheme, period: Period) -> dict[str, Fraction]:
    if "Q" in period.code:
        return {period.code: Fraction(1)}
    rows = MethodWeight.objects.filter(method__scheme_id=scheme.pk, method__state="locked")
    return {code: Fraction(w) for code, w in rows.values_list("period", "weight")} or {period.code: Fraction(1)}


def _places(verdicts: Iterable[Verdict]) -> list[tuple[Verdict, int]]:
    """1, 2, 2, 4 on the printed totals. A group of one has no place."""
    group = list(verdicts)
    if len(group) < 2:
        return []
    values = [Fraction(v.total) for v in group if v.total is not None]
    return [(v, 1 + sum(x > Fraction(v.total) for x in values)) for v in group if v.total is not None]


def opinion(scheme: Scheme, period: Period) -> Opinion:
    """What everybody ranked in the period should read."""
    reading = Reading(scheme, period)
    found = reading.verdicts()
    added, weights = _granted(scheme, period), _weights(scheme, period)
    quarters = {code: _printed_quarter(scheme, code) for code, w in weights.items() if code != period.code and w}
    precision = scheme.rank_precision
    for code, verdict in found.items():
        known, part = verdict.known, verdict.known_weight
        earlier = [None if code not in q or q[code] is None else weights[p] * q[code] for p, q in quarters.items()]
        if part < verdict.examined:
            verdict.partial = (half_up(known, ITEM_PLACES), part)
            reading.met["gaps"] += 1
            continue
        verdict.sum = half_up(known, ITEM_PLACES)
        if None in earlier or not verdict.examined:
            # Nothing is missing here, yet there is no total: a quarter that weighs has none, or nothing is examined.
            reading.met["no total"] += 1
            continue
        base = sum(earlier, weights.get(period.code, Fraction(0)) * 100 * known / verdict.examined)
        verdict.added = added.get(code, Fraction(0))
        reading.met["adjusted quarter" if "Q" in period.code else "adjusted year"] += verdict.added != 0
        verdict.exact = base + verdict.added
        verdict.total = half_up(verdict.exact, precision)
        reading.met["borders"] += on_border(verdict.exact, precision)
    whole = weights.get(period.code) == 1
    _settle_differences(found, whole)
    _rank(reading, found)
    return Opinion(found, reading.met)


def _settle_differences(found: Mapping[str, Verdict], whole: bool) -> None:
    """尾差: what the printed parts lack of the printed sum (of the total, where that is the sum)."""
    for verdict in found.values():
        if verdict.total is not None and verdict.sum is not None:
            parts = sum((Fraction(text) for text in verdict.printed.values() if text is not None), Fraction(0))
            plain = whole and verdict.examined == 100
            head = Fraction(verdict.total) - verdict.added if plain else Fraction(verdict.sum)
            verdict.difference = half_up(head - parts, ITEM_PLACES)


def _rank(reading: Reading, found: Mapping[str, Verdict]) -> None:
    for verdict, place in _places(found.values()):
        verdict.rank = place
    totals = [v.total for v in found.values() if v.total is not None]
    reading.met["ties"] += len(totals) - len(set(totals))
    for name in ("zone", "category"):
        groups: dict[str, list[Verdict]] = defaultdict(list)
        for unit in reading.units:
            groups[getattr(unit, name)].append(found[unit.code])
        for label, group in groups.items():
            if not label or label == "township":
                continue
            reading.met["groups of one"] += len(group) == 1
            for verdict, place in _places(group):
                setattr(verdict, f"{name}_rank", place)
