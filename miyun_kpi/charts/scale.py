"""Where a number stands on an axis, how wide words are, and how labels keep clear of each other."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

Number = Decimal | Fraction | int | float


def scale(value: Number, low: Number, high: Number, width: float) -> float:
    """Position of `value` between low (0) and high (`width`), kept inside, to a tenth of a pixel."""
    if high == low:
        return round(width / 2, 1)
    share = (float(value) - float(low)) / (float(high) - float(low))
    return round(min(max(share, 0.0), 1.0) * width, 1)


def text_width(text: str) -> int:
    """Pixels of a 12 px label: a Chinese character is 12 wide, the rest about 7."""
    return sum(12 if ord(ch) > 0x2E80 else 7 for ch in text)


def keep_apart(wanted: Sequence[float], widths: Sequence[float], total: float, gap: float = 10) -> list[float]:
    """Left edges near the wanted ones, in order, without overlap, inside 0..total (the last ones yield to the left)."""
    edges: list[float] = []
    for left in wanted:
        floor = edges[-1] + widths[len(edges) - 1] + gap if edges else 0.0
        edges.append(max(left, floor))
    limit = total
    for index in range(len(edges) - 1, -1, -1):
        edges[index] = max(min(edges[index], limit - widths[index]), 0.0)
        limit = edges[index] - gap
    return edges
