"""得分明细 as a page: the frozen receipt of one organisation beside what the track's other receipts allow it to show."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.frozen import document_of, inputs_of, receipts_of
from evaluation.engine.rules.documents import limited_receipt
from evaluation.engine.rules.receipts import (
    Arithmetic,
    Averaged,
    arithmetic,
    averaged,
    hundredths,
    item_rate,
    mark_text,
    percent_of_examined,
    place,
)
from evaluation.enums import DisclosureScope
from evaluation.feedback.access import feedbacks_visible_to
from evaluation.feedback.queries.sealed import notes_of
from evaluation.feedback.rules import FeedbackLine, feedback_lines
from evaluation.ranking.queries.rankings import Viewer
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import split_citation
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One item. `others` are the rates in per cent of the other carriers, without names; `place` of `carriers`."""

    item: Json
    arithmetic: Arithmetic
    mark: str
    own: float | None
    others: tuple[float, ...]
    mean: float | None
    place: int | None
    carriers: int
    basis: str
    document: str
    clause: str
    share_status: str
    carried_status: str

    @property
    def weight_status(self) -> str:
        """Of the weight alone. A line frozen before it was kept apart says it as `status`."""
        return str(self.item.get("weight_status") or self.item["status"])

    @property
    def tinted(self) -> bool:
        return self.basis in ("average", "excused", "own-unit")


@dataclass(frozen=True)
class Section:
    """A dimension with its lines; `addends` are printed in the subtotal."""

    code: str
    name: str
    full: str
    score: str
    rate: Decimal | None
    mean: float | None
    lines: tuple[Line, ...]
    addends: tuple[str, ...]


@dataclass(frozen=True)
class Neighbour:
    name: str
    zone: str
    rank: int | None
    total: Decimal | None
    difference: Decimal | None
    own: bool


@dataclass(frozen=True)
class GroupBand:
    """A dimension's rates (per cent) in the own group: least, most, mean, own."""

    name: str
    least: float
    most: float
    mean: float
    own: float


@dataclass(frozen=True)
class AverageUsed:
    """An average used by this organisation; members by name only for those who see the whole ranking."""

    number: int
    indicator: str
    averaged: Averaged
    members: tuple[tuple[str, str], ...]


def deducted_lines(actor: Actor, ranking: Ranking, organisation: Organisation, receipt: Json) -> list[FeedbackLine]:
    """扣分明细 as the 反馈单 of this ranking has it, for who may read that paper; nothing before one was given out."""
    found = feedbacks_visible_to(actor).filter(check_round__ranking=ranking, organisation=organisation)
    feedback = found.defer("check_round__ranking__document", "check_round__ranking__inputs").first()
    if feedback is None:
        return []
    lines = feedback_lines(receipt, notes_of(feedback))
    return [line for line in lines if line.deductions and not line.offline]


@dataclass(frozen=True)
class ReceiptPage:
    receipt: Json
    viewer: Viewer
    sections: tuple[Section, ...]
    hundred: bool
    low: int
    size: int
    ranked: int
    group_size: int
    group_rank: int | None
    gap_above: Decimal | None
    gap_below: Decimal | None
    above: Neighbour | None
    below: Neighbour | None
    neighbours: tuple[Neighbour, ...]
    bands: tuple[GroupBand, ...]
    averages: tuple[AverageUsed, ...]
    partial_rate: Decimal | None
    partly_examined: bool
    average_clause: tuple[str, str] | None
    own_marks: int

    @property
    def lines(self) -> list[Line]:
        return [line for section in self.sections for line in section.lines]


def standings_of_figures(ranking: Ranking) -> dict[str, str]:
    """How firm each figure stood that was not settled; a ranking of 1.0.0 kept it among its inputs."""
    if ranking.beside:
        loose: dict[str, str] = json.loads(ranking.beside)["loose"]
        return loose
    return {key: value[1] for key, value in inputs_of(ranking)["figures"].items()}


def receipt_page(ranking: Ranking, rows: Sequence[RankingRow], code: str, viewer: Viewer) -> ReceiptPage | None:
    """None when the organisation is not in the ranking. `rows`: all rows of the ranking in position order."""
    receipts: dict[str, Json] = {}
    for one in receipts_of(ranking, rows):
        receipts[one["organisation"]] = one
    if code not in receipts:
        return None
    receipt = receipts[code] if viewer.whole else limited_receipt(receipts[code], viewer.scope)
    by_zone = ranking.scheme.track == Track.TOWNSHIP
    group = receipt["zone"] if by_zone else receipt["category"]
    members = [r for r in receipts.values() if (r["zone"] if by_zone else r["category"]) == group]
    excused = {(entry["indicator"], entry["organisation"]) for entry in document_of(ranking)["not_applicable"]}
    loose = standings_of_figures(ranking)
    lines = [_line(receipt, index, receipts, excused, loose) for index in range(len(receipt["items"]))]
    if not viewer.whole:
        lines = [_without_names(line) for line in lines]
    shown = [value for line in lines for value in (*line.others, line.own) if value is not None]
    bands = _bands(receipt, members) if _shows_bands(viewer, len(members)) else ()
    neighbours = _neighbours(receipts, code, viewer)
    own_at = next(i for i, one in enumerate(neighbours) if one.own)
    clauses = [item["average_clause"] for item in receipt["items"] if item["average_clause"]]
    return ReceiptPage(
        receipt=receipt,
        viewer=viewer,
        sections=_sections(receipt, lines, bands),
        hundred=hundredths(receipt["items"]),
        low=int(min(shown, default=50)) // 5 * 5,
        size=len(receipts),
        ranked=sum(r["rank"] is not None for r in receipts.values()),
        group_size=len(members),
        group_rank=receipt["zone_rank"] if by_zone else receipt["category_rank"],
        gap_above=_decimal(receipt["gap_above"]),
        gap_below=_decimal(receipt["gap_below"]),
        above=next((n for n in reversed(neighbours[:own_at]) if _better(n, receipt)), None),
        below=next(
            (n for n in neighbours[own_at + 1 :] if n.rank and receipt["rank"] and n.rank > receipt["rank"]), None
        ),
        neighbours=tuple(neighbours[max(own_at - 2, 0) : own_at + 3]),
        bands=bands,
        averages=_averages(receipt, receipts, viewer),
        partial_rate=percent_of_examined(receipt["partial_total"], receipt["partial_weight"] or "0"),
        partly_examined=receipt["examined_weight"] != "100",
        average_clause=split_citation(clauses[0]) if clauses else None,
        own_marks=sum(bool(share["own_unit"]) for item in receipt["items"] for share in item["shares"]),
    )


def _better(neighbour: Neighbour, receipt: Json) -> bool:
    return bool(neighbour.rank and receipt["rank"] and neighbour.rank < receipt["rank"])


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _unsettled(statuses: Sequence[str]) -> str:
    """The graver of the unsettled statuses, "" when all are settled."""
    return next((status for status in ("unreadable", "assumed") if status in statuses), "")


def _line(
    receipt: Json,
    index: int,
    receipts: Mapping[str, Json],
    excused: set[tuple[int, str]],
    loose: Mapping[str, str],
) -> Line:
    item = receipt["items"][index]
    own_code = receipt["organisation"]
    rates: dict[str, Fraction] = {}
    for code, other in receipts.items():
        theirs = other["items"][index]
        if theirs["basis"] == "marked" and (rate := item_rate(theirs)) is not None:
            rates[code] = rate
    own = rates.get(own_code)
    others = [rate for code, rate in rates.items() if code != own_code]
    document, clause = split_citation(item["average_clause"] or item["clause"])
    basis = item["basis"]
    if basis == "average":
        if (item["indicator"]["number"], own_code) in excused:
            basis = "excused"
        elif any(share["basis"] == "average" and share["own_unit"] for share in item["shares"]):
            basis = "own-unit"
    values = list(rates.values())
    number = item["indicator"]["number"]
    shares = [status for key, status in loose.items() if key.startswith(f"share/{number}/")]
    carried = loose.get(f"carried/{number}/{own_code}", "")
    return Line(
        item=item,
        arithmetic=arithmetic(item),
        mark=mark_text(item_rate(item)),
        own=None if own is None else float(own * 100),
        others=tuple(float(rate * 100) for rate in others),
        mean=float(sum(values, Fraction(0)) / len(values) * 100) if values else None,
        place=None if own is None else place(own, others),
        carriers=len(values),
        basis=basis,
        document=document,
        clause=clause,
        share_status=_unsettled(shares) if len(item["shares"]) > 1 else "",
        carried_status=_unsettled([carried]) if basis == "average" else "",
    )


# Fewer dots than this would name themselves: everybody knows who carries what.
FEWEST_UNNAMED = 5


def _without_names(line: Line) -> Line:
    """Other units only as unnamed dots (engine 18): in the order of their value, and none where they are few."""
    others = tuple(sorted(line.others)) if len(line.others) >= FEWEST_UNNAMED else ()
    return replace(line, others=others, mean=line.mean if line.carriers > 2 else None)


def _shows_bands(viewer: Viewer, members: int) -> bool:
    return viewer.whole or (viewer.scope != DisclosureScope.RANK and members >= FEWEST_UNNAMED)


def _sections(receipt: Json, lines: Sequence[Line], bands: Sequence[GroupBand]) -> tuple[Section, ...]:
    means = {band.name: band.mean for band in bands}
    sections = []
    for dimension in receipt["dimensions"]:
        own = tuple(line for line in lines if line.item["indicator"]["dimension"] == dimension["code"])
        sections.append(
            Section(
                code=dimension["code"],
                name=dimension["name"],
                full=dimension["full"],
                score=dimension["score"],
                rate=percent_of_examined(dimension["score"], _examined(receipt, dimension["code"])),
                mean=means.get(dimension["name"]),
                lines=own,
                addends=tuple(line.item["score"] for line in own if line.item["score"] is not None),
            )
        )
    return tuple(sections)


def _bands(receipt: Json, members: Sequence[Json]) -> tuple[GroupBand, ...]:
    """Only organisations with a total; none while the own total is missing."""
    if receipt["total"] is None:
        return ()
    complete = [r for r in members if r["total"] is not None]
    bands = []
    for dimension in receipt["dimensions"]:
        found = [rate for r in complete if (rate := _dimension_rate(r, dimension["code"])) is not None]
        own = _dimension_rate(receipt, dimension["code"])
        if own is not None:
            bands.append(GroupBand(dimension["name"], min(found), max(found), sum(found) / len(found), own))
    return tuple(bands)


def _examined(receipt: Json, dimension: str) -> str:
    """The full mark of a dimension without what is not examined in the period."""
    items = [item for item in receipt["items"] if item["indicator"]["dimension"] == dimension]
    return str(sum(Decimal(item["weight"]) for item in items if item["basis"] != "out-of-scope"))


def _dimension_rate(receipt: Json, dimension: str) -> float | None:
    score = next(d["score"] for d in receipt["dimensions"] if d["code"] == dimension)
    rate = percent_of_examined(score, _examined(receipt, dimension))
    return None if rate is None else float(rate)


def _neighbours(receipts: Mapping[str, Json], own_code: str, viewer: Viewer) -> list[Neighbour]:
    """Everybody in ranking order, each cut to what the viewer may see; the page takes two on either side."""
    own = receipts[own_code]
    found = []
    for code, receipt in receipts.items():
        row = viewer.cut(receipt)
        total, mine = _decimal(row["total"]), _decimal(own["total"])
        difference = None if total is None or mine is None or code == own_code else total - mine
        found.append(Neighbour(row["name"], row["zone"] or "", row["rank"], total, difference, code == own_code))
    return found


def _averages(receipt: Json, receipts: Mapping[str, Json], viewer: Viewer) -> tuple[AverageUsed, ...]:
    names = {code: other["name"] for code, other in receipts.items()}
    used = []
    for index, item in enumerate(receipt["items"]):
        carriers = {code: other["items"][index] for code, other in receipts.items()}
        for position, share in enumerate(item["shares"]):
            if share["basis"] != "average":
                continue
            average = averaged(item, position, carriers)
            members = tuple((names[m.organisation], m.mark) for m in average.members) if viewer.whole else ()
            used.append(AverageUsed(item["indicator"]["number"], item["indicator"]["name"], average, members))
    return tuple(used)
