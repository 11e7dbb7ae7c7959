"""From the engine's inputs to the frozen document and each organisation's 得分明细."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evaluation.engine.queries.engine_inputs import EngineInputs
from evaluation.engine.queries.inputs import listed_inputs, rule_version, trial_inputs
from evaluation.engine.queries.second_engine import engines_agree
from evaluation.engine.rules import documents
from evaluation.engine.rules.agreement import Agreement
from evaluation.engine.rules.ranking import AVERAGE_CLAUSE, Missing, Result, UnitResult, missing_marks, rank
from evaluation.engine.rules.scores import AVERAGE, ItemScore, Unit
from evaluation.enums import FigureKind, RankingKind, SheetState
from evaluation.periods.models import UnitDecision
from evaluation.scheme.models.scheme import Dimension, Figure
from evaluation.scheme.rules.figures import weakest
from evaluation.sheets.queries.filing import decision_json
from miyun_kpi.lib.decimals import plain
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.site import is_demonstration

Json = dict[str, Any]
# Of the whole scheme, thousandths.
WHOLE_WEIGHT = 100_000


@dataclass(frozen=True)
class BuiltRow:
    organisation: Organisation
    total: Decimal | None
    rank: int | None
    receipt: Json


@dataclass(frozen=True)
class Built:
    document: Json
    rows: list[BuiltRow]
    missing: list[Json]
    inputs: Json
    inputs_hash: str
    digest: str
    engines: Agreement


def build(inputs: EngineInputs, *, kind: RankingKind) -> Built:
    closing = inputs.closing
    result = rank(
        inputs.units,
        inputs.items,
        inputs.cells,
        close=closing.closing.close if closing else None,
        trial=kind == RankingKind.TRIAL,
        precision=inputs.view.scheme.rank_precision,
    )
    missing = _missing(inputs, result.missing)
    scheme, period = inputs.view.scheme, inputs.period
    organisations = {o.code: o for o in inputs.view.organisations}
    dimensions = {one.code: one for one in (iv.indicator.dimension for iv in inputs.view.indicators)}
    rows = [_row(inputs, one, organisations[one.unit.code], dimensions) for one in result.units]
    document: Json = {
        "track": scheme.track,
        "period": period.code,
        "kind": str(kind),
        "demo": is_demonstration(),
        "rule_version": rule_version(inputs),
        "rank_precision": scheme.rank_precision,
        "converted": any(unit.examined_weight != WHOLE_WEIGHT for unit in result.units),
        "missing": missing,
        "unconfirmed": [figure_json(figure) for figure in inputs.unconfirmed],
        "not_applicable": [
            {"indicator": number, "evaluator": evaluator, "organisation": code, "reason": reason}
            for number, evaluator, code, reason in inputs.not_applicable
        ],
        "decisions": [decision_json(decision) for decision in inputs.decisions],
        "unit_decisions": [unit_decision_json(one) for one in inputs.changes],
        "averages": sum(score.basis == "average" for unit in result.units for score in unit.items),
        "own_marks": len(inputs.own),
        "rows": rows,
    }
    if closing is not None and closing.weights is not None:
        document["year"] = closing.method_json()
    digest = documents.digest_of(document)
    listed = _listed(inputs, kind, missing)
    receipts = _receipts(inputs, result, rows)
    built = [
        BuiltRow(
            organisation=organisations[unit_result.unit.code],
            total=None if unit_result.total is None else Decimal(unit_result.total).scaleb(-4),
            rank=unit_result.rank,
            receipt=receipt,
        )
        for unit_result, receipt in zip(result.units, receipts, strict=True)
    ]
    return Built(document, built, missing, listed, documents.digest_of(listed), digest, engines_agree(inputs, result))


def inputs_hash(inputs: EngineInputs, *, kind: RankingKind) -> str:
    """What `build` will give as the hash of its inputs, without ranking anything."""
    missing = _missing(inputs, missing_marks(inputs.units, inputs.items, inputs.cells))
    return documents.digest_of(_listed(inputs, kind, missing))


def _listed(inputs: EngineInputs, kind: RankingKind, missing: list[Json]) -> Json:
    listed = listed_inputs(inputs)
    if kind == RankingKind.TRIAL:
        listed |= trial_inputs(missing, list(inputs.closing.problems) if inputs.closing else [])
    return listed


def figure_json(figure: Figure) -> Json:
    return {"figure": figure.key, "label": figure_label(figure), "status": figure.status, "clause": _clause(figure)}


def unit_decision_json(decision: UnitDecision) -> Json:
    """考评对象调整决定 as rankings, 反馈单, 通报 and clients name it."""
    assert decision.confirmed_at is not None
    return {
        "kind": decision.kind,
        "words": decision.get_kind_display(),
        "organisation": decision.organisation.code,
        "name": decision.organisation.name,
        "number": decision.number,
        "reason": decision.reason,
        "confirmed_on": decision.confirmed_at.astimezone().date().isoformat(),
    }


def figure_label(figure: Figure) -> str:
    """The figure in words: 财源建设 · 新城核心区 · 分值 8."""
    words = [figure.indicator.short_name if figure.indicator else "", figure.get_zone_display() if figure.zone else ""]
    if figure.organisation is not None:
        words.append(figure.organisation.name)
    words.append(f"{figure.get_kind_display()} {value_label(figure)}")
    return " · ".join(word for word in words if word)


def value_label(figure: Figure) -> str:
    return value_words(figure.kind, figure.value)


def value_words(kind: str, value: str) -> str:
    if kind == FigureKind.SHARE:
        return value.rpartition(":")[2]
    words = {
        "yes": "承担",
        "no": "不承担",
        "zone": "按分区取",
        "hundred": "100 分，按权重折算",
        "points": "按分值打分",
        "mark": "照打并标注",
        "average": "回避取平均分",
        "quarter": "季考",
        "half": "半年考",
        "year": "年考",
    }
    return words.get(value, value)


def _clause(figure: Figure) -> str:
    return figure.scheme.cite(figure.clause)


def _missing(inputs: EngineInputs, gaps: Sequence[Missing]) -> list[Json]:
    """Every missing cell with the state of its sheet: a blank of a filed sheet differs from a sheet not filed, and from
    an average that nobody is left to give."""
    names = {iv.indicator.number: iv.indicator.short_name for iv in inputs.view.indicators}
    evaluators = {one.code: one.name for one in inputs.evaluators.values()}
    found = []
    for gap in gaps:
        sheet = inputs.sheets.get(gap.share.key)
        state = "not-opened" if sheet is None else sheet.state if sheet.state != SheetState.FILED else "blank"
        if gap.no_carrier:
            state = "no-carrier"
        found.append(
            {
                "indicator": {"number": gap.number, "name": names[gap.number]},
                "evaluator": {"code": gap.share.evaluator, "name": evaluators[gap.share.evaluator]},
                "organisation": gap.organisation,
                "sheet": state,
            }
        )
    return found


def _row(
    inputs: EngineInputs, result: UnitResult, organisation: Organisation, dimensions: Mapping[str, Dimension]
) -> Json:
    full = inputs.view.dimension_totals
    return documents.row(
        result,
        name=organisation.name,
        category=organisation.category,
        precision=inputs.view.scheme.rank_precision,
        converted=result.examined_weight != WHOLE_WEIGHT or _weighed(inputs),
        dimensions=[
            {
                "code": code,
                "name": dimension.name,
                "full": plain(full[result.unit.zone, code]),
                "score": documents.points(result.dimensions.get(code, 0)),
            }
            for code, dimension in dimensions.items()
        ],
        adjustments=inputs.closing.of_unit(result.unit.code) if inputs.closing else [],
        closing=_closing(inputs, result),
    )


def _closing(inputs: EngineInputs, result: UnitResult) -> Json | None:
    """How the total is made where something closes it: the parts with their weights, and the sum of 加减分."""
    closing = inputs.closing
    if closing is None:
        return None
    weights = closing.weights or {closing.period: Decimal(1)}
    frozen = {quarter.period: quarter.results for quarter in closing.quarters}
    parts = []
    for code, weight in sorted(weights.items()):
        if weight:
            own = (documents.shown(result.sum), documents.milli(result.examined_weight))
            total, examined = own if code == closing.period else (frozen[code].get(result.unit.code), "100")
            parts.append({"period": code, "weight": plain(weight), "total": total, "examined_weight": examined})
    return {
        "parts": parts,
        "base": documents.shown(result.base),
        "added": documents.points(10 * result.added),
        "own_percent": documents.shown(result.percent),
    }


def _weighed(inputs: EngineInputs) -> bool:
    """Whether a year's method puts more than this period into the total."""
    weights = inputs.closing.weights if inputs.closing else None
    return weights is not None and any(weight for code, weight in weights.items() if code != inputs.period.code)


def _receipts(inputs: EngineInputs, result: Result, rows: list[Json]) -> list[Json]:
    decisions = [decision_json(decision) for decision in inputs.decisions]
    keys = {o.code: o.pk for o in inputs.view.organisations}
    changes = [unit_decision_json(one) for one in inputs.changes]
    lines = _Lines(inputs)
    receipts = []
    for one, row, gap in zip(result.units, rows, _gaps(rows), strict=True):
        items = [lines.line(score, one.unit, keys[one.unit.code]) for score in one.items]
        receipts.append({**row, "items": items, **gap, "decisions": decisions, "unit_decisions": changes})
    return receipts


class _Lines:
    """The lines of all 得分明细 of one computation. What is alike for many units is made once and stands in each of them."""

    def __init__(self, inputs: EngineInputs) -> None:
        scheme = inputs.view.scheme
        self.own, self.own_units = inputs.own, {code for _, code in inputs.own}
        self.views = {iv.indicator.number: iv for iv in inputs.view.indicators}
        self.indicators = {
            number: {"number": number, "name": iv.indicator.short_name, "dimension": iv.indicator.dimension.code}
            for number, iv in self.views.items()
        }
        self.clauses = {number: scheme.cite(iv.indicator.clause) for number, iv in self.views.items()}
        self.average_clause = scheme.cite(AVERAGE_CLAUSE[scheme.track])
        self.evaluators = {key: {"code": one.code, "name": one.name} for key, one in inputs.evaluators.items()}
        self.weakest: dict[tuple[int, str, str], tuple[str, str]] = {}
        # By score: whoever takes the average of an item has the same one as all others of the weight.
        self.averaged: dict[tuple[int, tuple[str, str]], tuple[ItemScore, Json]] = {}

    def line(self, score: ItemScore, unit: Unit, organisation: int) -> Json:
        statuses = self._statuses(score.number, unit.zone, organisation)
        alike = score.basis == AVERAGE and unit.code not in self.own_units
        if alike and (id(score), statuses) in self.averaged:
            return self.averaged[id(score), statuses][1]
        line = documents.item(
            score,
            indicator=self.indicators[score.number],
            statuses=statuses,
            clause=self.clauses[score.number],
            average_clause=self.average_clause,
            shares=[
                documents.share_part(
                    part, evaluator=self.evaluators[part.share.key], own=(part.share.key, unit.code) in self.own
                )
                for part in score.parts
            ],
        )
        if alike:
            self.averaged[id(score), statuses] = score, line
        return line

    def _statuses(self, number: int, zone: str, organisation: int) -> tuple[str, str]:
        """How firmly the weight stands, and the weakest of all that the line rests on: weight, shares, carried or not."""
        iv = self.views[number]
        carried = iv.carried.get(organisation)
        standing = carried.standing if carried else ""
        found = self.weakest.get((number, zone, standing))
        if found is None:
            weight = iv.weights[zone].standing
            rest = [share.figure.standing for share in iv.shares] + ([standing] if carried else [])
            found = self.weakest[number, zone, standing] = weight, weakest([weight, *rest])
        return found


def _gaps(rows: list[Json]) -> list[Json]:
    """Of every row the distance to the rank above and below, in points; None at the ends and while the total is missing."""
    totals = sorted({Decimal(row["total"]) for row in rows if row["total"]})
    ranked = sum(row["rank"] is not None for row in rows)
    found = []
    for row in rows:
        above = below = None
        if row["total"]:
            own = Decimal(row["total"])
            higher, lower = bisect_right(totals, own), bisect_left(totals, own)
            above = f"{totals[higher] - own:.4f}" if higher < len(totals) else None
            below = f"{own - totals[lower - 1]:.4f}" if lower else None
        found.append({"gap_above": above, "gap_below": below, "ranked": ranked})
    return found
