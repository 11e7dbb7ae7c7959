"""A ranking as the document that is frozen, hashed and given to clients: plain dicts, decimals as strings."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from evaluation.engine.rules.ranking import UnitResult, printed
from evaluation.engine.rules.scores import ItemScore, Rate, SharePart
from miyun_kpi.lib.decimals import plain

Json = dict[str, Any]


def canonical(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(data: Any) -> str:
    return text_digest(canonical(data))


def points(value: int | None, precision: int = 4) -> str | None:
    """Ten-thousandths of a point with all four decimals, or those of the 名次精度 to which they were rounded."""
    if value is None:
        return None
    if precision != 4:
        return f"{Decimal(value).scaleb(-4):.{precision}f}"
    whole, rest = divmod(abs(value), 10_000)
    return f"{'-' if value < 0 else ''}{whole}.{rest:04d}"


def shown(value: Fraction | None) -> str | None:
    """Exact points as they are printed: four decimals, half up."""
    return None if value is None else points(printed(value))


@lru_cache(maxsize=4096)
def milli(value: int | None) -> str | None:
    """Thousandths of a point as people write them. A district has thousands of them, and few that differ."""
    return None if value is None else plain(Decimal(value).scaleb(-3))


def row(
    result: UnitResult,
    *,
    name: str,
    category: str,
    precision: int,
    converted: bool,
    dimensions: list[Json],
    adjustments: list[Json],
    closing: Json | None,
) -> Json:
    """One row of a ranking. `dimensions` are {code, name, full, score} with the full of the unit's own zone.

    `converted`: the total is not simply what was got, because not everything was examined or a year's method weighs it.
    `closing` (parts, base, added) only where more than the sheets makes the total; `adjustments` are those decided.
    """
    complete = result.sum is not None
    unit = result.unit
    return {
        "organisation": unit.code,
        "name": name,
        "zone": unit.zone or None,
        "category": category,
        "total": points(result.total, precision),
        "sum": shown(result.sum),
        "rounding_difference": points(_rounding_difference(result, converted)),
        "rank": result.rank,
        "zone_rank": result.zone_rank,
        "category_rank": result.category_rank,
        "adjustments": adjustments,
        **({"closing": closing} if closing else {}),
        "examined_weight": milli(result.examined_weight),
        "partial_total": None if complete else shown(result.partial),
        "partial_weight": None if complete else milli(result.partial_weight),
        "dimensions": dimensions,
    }


def _rounding_difference(result: UnitResult, converted: bool) -> int | None:
    """尾差: what the printed parts lack or have too much, ten-thousandths; without it nobody could add up a 得分明细.

    Against the printed total without 加减分; where that is converted, against the printed sum that is converted.
    """
    if result.sum is None or result.total is None:
        return None
    whole = printed(result.sum) if converted else result.total - 10 * result.added
    return whole - result.printed_parts


def average_of(rate: Rate) -> tuple[str, str]:
    """Sum and divisor of an average as printed: the plain sum of the marks over the count of carriers."""
    return milli(rate.numerator) or "0", str(rate.marks)


def share_part(part: SharePart, *, evaluator: Json, own: bool) -> Json:
    """One evaluator's part of an item in a 得分明细."""
    found: Json = {
        "evaluator": evaluator,
        "share": f"{part.share.numerator}/{part.share.denominator}" if part.share.denominator > 1 else "1",
        "basis": part.basis,
        "value": milli(part.value),
        "full_mark": milli(part.full),
        "own_unit": own,
        "sum": None,
        "divisor": None,
        "carriers": None,
    }
    if part.basis == "average" and part.rate is not None:
        found["sum"], found["divisor"] = average_of(part.rate)
        found["carriers"] = part.rate.marks
        found["full_mark"] = milli(part.rate.full)
    return found


def item(
    score: ItemScore,
    *,
    indicator: Json,
    statuses: tuple[str, str],
    clause: str,
    average_clause: str,
    shares: list[Json],
) -> Json:
    """One line of a 得分明细. `sum`, `divisor`, `carriers` at the item when exactly one share was averaged.

    `statuses`: of the weight alone, and the weakest of all figures of the line.
    """
    averaged = [share for share in shares if share["basis"] == "average"]
    only = averaged[0] if len(averaged) == 1 else None
    return {
        "indicator": indicator,
        "weight": milli(score.weight),
        "weight_status": statuses[0],
        "status": statuses[1],
        "clause": clause,
        "average_clause": average_clause if averaged else None,
        "basis": score.basis,
        "shares": shares,
        "sum": only["sum"] if only else None,
        "divisor": only["divisor"] if only else None,
        "carriers": only["carriers"] if only else None,
        "score": points(score.score),
    }


def limited_row(full: Mapping[str, Any], scope: str) -> Json:
    """A row of another unit as the period's 公开范围 allows: rank; rank and total; or dimensions too (engine 18)."""
    kept = dict(full)
    if scope in ("rank", "total"):
        kept["dimensions"] = kept["rounding_difference"] = None
        kept["partial_total"] = kept["partial_weight"] = None
    if scope == "rank":
        kept["total"] = kept["sum"] = None
    kept["adjustments"] = []
    kept.pop("closing", None)
    return kept


def limited_document(full: Mapping[str, Any], *, scope: str, own: str) -> Json:
    """A ranking with the rows of others than `own` (codes joined with "+") cut to a 公开范围."""
    kept = own.split("+")
    rows = [dict(row) if row["organisation"] in kept else limited_row(row, scope) for row in full["rows"]]
    return {**full, "rows": rows, "disclosure_scope": scope}


def limited_receipt(full: Mapping[str, Any], scope: str) -> Json:
    """One's own 得分明细: all of it, but where only ranks are public no distance that gives a neighbour's total away."""
    return {**full, "gap_above": None, "gap_below": None} if scope == "rank" else dict(full)
