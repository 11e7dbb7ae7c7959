"""Invented marks of the demonstration: the same on every machine, plausible, and marked as invented everywhere."""

import hashlib
from decimal import Decimal


def draw(*words: str) -> int:
    """A large number from a digest of the words."""
    return int.from_bytes(hashlib.sha256("/".join(words).encode()).digest()[:4], "big")


def invented_mark(*, period: str, share_key: str, organisation: str, full_mark: Decimal) -> Decimal:
    """A mark between 72 % and 98 % of the full mark in steps of half a hundredth, from a digest of its coordinates."""
    # A level of the organisation, one of the evaluator, and chance, so that ranks differ but are not noise.
    level = draw("organisation", organisation) % 13 + draw("share", share_key) % 5
    chance = draw(period, share_key, organisation) % 19
    half_points = 2 * 72 + level + chance
    return (full_mark * Decimal(half_points) / 200).quantize(Decimal("0.1"))
