"""效果评价 (13号 四（三）3): what a form may hold, and when its sums may be read. Pure.

The text prints neither items nor points nor how many forms make an aggregate: all three are 推定. From two forms who filled in
one knows the other, so three make a sum; one general item on 100 adds no criterion that the text does not have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from miyun_kpi.lib.decimals import half_up, plain, read_decimal, to_scaled
from miyun_kpi.lib.errors import FieldError, Refused

CLAUSE = "四（三）3"
LEAST_FORMS = 3
MOST_ITEMS = 8
DEFAULT_ITEM = ("全面履职总体评价", 100)
PLACES = 3
AVERAGE_PLACES = 4


@dataclass(frozen=True)
class Item:
    name: str
    full: int


def read_items(lines: str) -> list[Item]:
    """One item a line: “name full”. Raises Refused with everything that is wrong."""
    found: list[Item] = []
    problems: list[FieldError] = []
    for number, line in enumerate((one for one in lines.splitlines() if one.strip()), start=1):
        name, _, full = line.strip().rpartition(" ")
        name = name.strip()
        if not full.isascii() or not full.isdigit() or not 1 <= int(full[:6]) <= 1000 or not 2 <= len(name) <= 60:
            problems.append(
                FieldError(
                    f"第 {number} 行读不懂，请写成“评价内容 满分”，例如“全面履职总体评价 100”。",
                    "bad-item",
                    field="items",
                )
            )
        elif any(one.name == name for one in found):
            problems.append(FieldError(f"第 {number} 行与前面重复。", "doubled-item", field="items"))
        else:
            found.append(Item(name, int(full)))
    if not problems and not 1 <= len(found) <= MOST_ITEMS:
        problems.append(FieldError(f"请写 1 至 {MOST_ITEMS} 项评价内容。", "bad-item", field="items"))
    if problems:
        raise Refused("bad-survey", "评价内容有地方要改，没有开启。请按提示改正。", clause=CLAUSE, errors=problems)
    return found


def read_form(items: Sequence[Item], typed: Mapping[tuple[int, int], str]) -> dict[tuple[int, int], int]:
    """Marks by (unit, item) in thousandths; a blank is no opinion and counts nowhere. Everything wrong at once."""
    marks: dict[tuple[int, int], int] = {}
    problems: list[FieldError] = []
    for (unit, item), text in typed.items():
        if not text.strip():
            continue
        field = f"m-{unit}-{item}"
        try:
            value = read_decimal(text, places=PLACES)
        except Refused as refusal:
            problems.append(FieldError(refusal.message.replace("，没有保存", ""), refusal.code, field=field))
            continue
        if value > items[item].full:
            problems.append(FieldError(f"“{plain(value)}”超过满分 {items[item].full}。", "over-full", field=field))
        else:
            marks[unit, item] = to_scaled(value, PLACES)
    if problems:
        raise Refused(
            "bad-form",
            f"有 {len(problems)} 格要改，没有提交，写的都还在。请改正后再提交。",
            clause=CLAUSE,
            errors=problems,
        )
    if not marks:
        raise Refused("empty-form", "一格也没有写，没有提交。请至少给一个单位打分。", clause=CLAUSE)
    return marks


def released(*, closed: bool, forms: int) -> bool:
    """Sums are read only once no form can be added (else the difference of two readings is a form) and there are enough."""
    return closed and forms >= LEAST_FORMS


def average(total_thousandths: int, forms: int) -> Decimal | None:
    """Exact sum by count, rounded once; None where fewer than LEAST_FORMS spoke of the unit."""
    if forms < LEAST_FORMS:
        return None
    return half_up(Fraction(total_thousandths, 1000 * forms), AVERAGE_PLACES)
