"""The arithmetic of a frozen 得分明细 written out, so that a reader can follow it with a pencil.

Everything is read from the strings of the document itself (decimals, shares as fractions) and stays exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from miyun_kpi.lib.decimals import half_up, plain

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Term:
    """One evaluator's part as printed: `name` then `text`, e.g. 区环境办 94.5, or 8 家平均 708.5 ÷ 8."""

    name: str
    text: str
    average: bool
    own_unit: bool


@dataclass(frozen=True)
class Arithmetic:
    """`opening` terms joined by ＋ `closing`; one evaluator alone needs neither bracket nor divisor."""

    opening: str
    terms: tuple[Term, ...]
    closing: str


def share_rate(share: Json) -> Fraction | None:
    """Score rate of one share; None while the mark is missing."""
    if share["basis"] == "marked":
        return Fraction(share["value"]) / Fraction(share["full_mark"])
    if share["basis"] == "average":
        return Fraction(share["sum"]) / (Fraction(share["divisor"]) * Fraction(share["full_mark"]))
    return None


def item_rate(item: Json) -> Fraction | None:
    """Score rate of an item, None when a part is missing or the item is not examined in the period."""
    if item["basis"] in ("missing", "out-of-scope"):
        return None
    total = Fraction(0)
    for share in item["shares"]:
        rate = share_rate(share)
        if rate is None:
            return None
        total += Fraction(share["share"]) * rate
    return total


def mark_text(rate: Fraction | None) -> str:
    """A rate as a mark out of 100, exactly where six decimals are enough, else four with ≈ before."""
    if rate is None:
        return "–"
    scaled = rate * 10**8
    if scaled.denominator == 1:
        return plain(Decimal(int(scaled)).scaleb(-6))
    return f"≈{half_up(rate * 100, 4):.4f}"


def arithmetic(item: Json) -> Arithmetic:
    """（区环境办 94.5 ＋ 区城管委 88.5）÷ 2; unequal shares with their fractions; other full marks as 4.5/5."""
    shares: Sequence[Json] = item["shares"]
    parts = [Fraction(share["share"]) for share in shares]
    equal = len(set(parts)) <= 1
    terms = tuple(
        Term(
            name=share["evaluator"]["name"],
            text=share_text(share) if equal else f"{_bracketed(share)} × {share['share']}",
            average=share["basis"] == "average",
            own_unit=bool(share["own_unit"]),
        )
        for share in shares
    )
    if len(shares) < 2 or not equal:
        return Arithmetic("", terms, "")
    return Arithmetic("（", terms, f"）÷ {len(shares)}")


def share_text(share: Json) -> str:
    if share["basis"] == "missing":
        return "缺"
    full = Decimal(share["full_mark"])
    if share["basis"] == "marked":
        return share["value"] if full == 100 else f"{share['value']}/{plain(full)}"
    divisor = share["divisor"] if full == 100 else f"{share['divisor']} ÷ {plain(full)}"
    return f"{share['carriers']} 家平均 {share['sum']} ÷ {divisor}"


def _bracketed(share: Json) -> str:
    return f"（{share_text(share)}）" if share["basis"] == "average" else share_text(share)


def hundredths(items: Iterable[Json]) -> bool:
    """Whether every mark is out of 100, so that a mark and its rate look alike."""
    return all(
        Decimal(share["full_mark"]) == 100
        for item in items
        for share in item["shares"]
        if share["full_mark"] is not None
    )


@dataclass(frozen=True)
class Member:
    """A carrier whose mark went into an average; `mark` as filed."""

    organisation: str
    mark: str
    rate: Fraction
    weight: Fraction


@dataclass(frozen=True)
class Averaged:
    """One average used: (sum ÷ count) as printed, and both readings where the carriers' weights differ.

    `by_rate` = mean rate × own weight × share is what counts; `plain` = mean of the carriers' own scores is shown beside.
    """

    evaluator: str
    share: str
    sum: str
    count: str
    mean: str
    members: tuple[Member, ...]
    weights_differ: bool
    by_rate: Decimal
    plain: Decimal | None


def averaged(item: Json, share_index: int, carriers: Mapping[str, Json]) -> Averaged:
    """`carriers`: the same item in everybody's receipt, by organisation; those whose share was marked are the members."""
    share = item["shares"][share_index]
    part, own_weight = Fraction(share["share"]), Fraction(item["weight"])
    members = []
    for code, other in carriers.items():
        theirs = other["shares"][share_index] if len(other["shares"]) > share_index else None
        if theirs is None or theirs["basis"] != "marked":
            continue
        rate = Fraction(theirs["value"]) / Fraction(theirs["full_mark"])
        mark = theirs["value"] if Decimal(theirs["full_mark"]) == 100 else f"{theirs['value']}/{theirs['full_mark']}"
        members.append(Member(code, mark, rate, Fraction(other["weight"])))
    rate = share_rate(share) or Fraction(0)
    differ = bool({member.weight for member in members} - {own_weight})
    scores = [member.rate * member.weight * part for member in members]
    return Averaged(
        evaluator=share["evaluator"]["name"],
        share=share["share"],
        sum=share["sum"],
        count=share["divisor"],
        mean=mark_text(rate),
        members=tuple(members),
        weights_differ=differ,
        by_rate=half_up(rate * own_weight * part, 4),
        plain=half_up(sum(scores, Fraction(0)) / len(scores), 4) if differ and scores else None,
    )


def place(own: Fraction, others: Iterable[Fraction]) -> int:
    """Competition place of a rate among the carriers' rates."""
    return 1 + sum(other > own for other in others)


def percent_of_examined(total: str | None, examined: str) -> Decimal | None:
    """折算百分: total over the full mark examined in the period, × 100, four decimals (engine 3)."""
    if total is None or Fraction(examined) == 0:
        return None
    return half_up(Fraction(total) / Fraction(examined) * 100, 4)
