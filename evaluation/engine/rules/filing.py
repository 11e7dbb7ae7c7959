"""缺表处理决定 in the arithmetic (engine 10): a share that is not counted in a period leaves its indicator."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from fractions import Fraction

from evaluation.engine.rules.scores import Item, Share


def without_shares(items: Iterable[Item], left_out: Collection[str]) -> list[Item]:
    """本期不计并折算: the other shares of the indicator are renormalised to 1, exactly.

    An indicator whose every share is left out is not examined in the period: it leaves the examined weight (engine 3),
    and totals show 得分 / 实考满分 and 折算百分. `left_out` are keys of shares.
    """
    return [_without(item, left_out) for item in items]


def _without(item: Item, left_out: Collection[str]) -> Item:
    kept = [share for share in item.shares if share.key not in left_out]
    if len(kept) == len(item.shares):
        return item
    if not kept:
        return replace(item, in_scope=False)
    whole = sum((Fraction(share.numerator, share.denominator) for share in kept), Fraction(0))
    return replace(item, shares=tuple(_part(share, whole) for share in kept))


def _part(share: Share, whole: Fraction) -> Share:
    part = Fraction(share.numerator, share.denominator) / whole
    return replace(share, numerator=part.numerator, denominator=part.denominator)
