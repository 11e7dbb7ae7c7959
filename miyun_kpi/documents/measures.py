"""The measures of GB/T 9704-2012 that a document is written by and checked against.

Lengths in millimetres, type in points, Word's own units (twips, 1/4096 pt) only where Word asks for them.
"""

from decimal import Decimal

PAGE = (210, 297)
# 天头 37, 订口 28; what is left over is the type area of 156 × 225 (5.2.1).
MARGINS = {"top": 37, "bottom": 35, "left": 28, "right": 26}
TYPE_AREA = (156, 225)
TOLERANCE = Decimal("1")
LINES, CHARACTERS = 22, 28

# 2号, 3号, 4号, 小四 in points.
SIZE_2, SIZE_3, SIZE_4, SIZE_SMALL_4 = 22, 16, 14, 12
MARK_SIZE = 42  # 发文机关标志: not over the standard's 小标宋 of 22 × 15 mm

TITLE_FACE = "方正小标宋简体"
BODY_FACE = "仿宋_GB2312"
BLACK_FACE = "黑体"
REGULAR_FACE = "楷体_GB2312"
PAGE_FACE = "宋体"
RED = "FF0000"

TWIPS_PER_MM = Decimal(1440) / Decimal("25.4")
# Rounded down, so that the last line and the last character still fit.
LINE_TWIPS = int(TYPE_AREA[1] * TWIPS_PER_MM / LINES)
CHARACTER_SPACE = int((TYPE_AREA[0] * TWIPS_PER_MM / 20 / CHARACTERS - SIZE_3) * 4096) - 1

# 发文机关标志 stands 35 below the upper edge of the type area, the red line 4 below the number (7.2).
MARK_BELOW_EDGE = 35
RED_LINE_BELOW = 4
# 页码: its dash 7 below the lower edge of the type area (7.5); a 4号 line is about 5 high.
FOOTER_FROM_EDGE = Decimal("25.5")


def mark_size(words: str) -> int:
    """Points at which 发文机关标志 fits one line of the type area."""
    return min(MARK_SIZE, int(TYPE_AREA[0] * TWIPS_PER_MM / 20 / max(len(words), 1)))


def twips(millimetres: int | Decimal) -> int:
    return round(millimetres * TWIPS_PER_MM)


def millimetres(twips_: int) -> Decimal:
    return (Decimal(twips_) / TWIPS_PER_MM).quantize(Decimal("0.01"))


def width_in_characters(text: str) -> Decimal:
    """Width of a line in full characters: Latin letters, digits and signs take half of one."""
    return sum(
        (Decimal("0.5") if ord(sign) < 0x2E80 and sign not in "—…“”‘’" else Decimal(1) for sign in text), Decimal()
    )


def signature_indent(signatory: str, dated: str, *, date_indent: int = 4) -> Decimal:
    """Characters between the signatory and the right edge, so that it is centred over the date (7.3.5.1)."""
    wider = (width_in_characters(dated) - width_in_characters(signatory)) / 2
    return max(date_indent + wider, Decimal(0))
