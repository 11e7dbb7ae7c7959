"""Bars of several parts, each as long as its share of the longest."""

from collections.abc import Sequence


def stacked(numbers: Sequence[int], longest: int) -> list[tuple[int, float, float]]:
    """(index, start, length) in per cent of the longest row, of each part that is not nothing."""
    parts, start = [], 0.0
    for index, number in enumerate(numbers):
        length = 100 * number / max(longest, 1)
        if number:
            parts.append((index, round(start, 2), round(length, 2)))
        start += length
    return parts
