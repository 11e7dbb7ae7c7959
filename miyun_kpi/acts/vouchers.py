"""A voucher counts once while it stands: its key is unique among the standing ones, its number is kept as it was typed."""

from collections.abc import Iterable

from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.numbering import folded, require_plain

# Of the column that keeps the key.
LONGEST = 100


def voucher_key(number: str) -> str:
    """Of two numbers that a reader takes for the same one it is the same."""
    require_plain(number, "凭证号")
    key = f"{folded(number):.{LONGEST}}"
    if not key:
        raise Refused("not-filled", "请填凭证号，没有保存。")
    return key


def keys_of(standing: Iterable[tuple[int, str]]) -> tuple[dict[int, str], list[int]]:
    """For a migration: the key of each standing voucher (row, number) in the order given, and whose key was taken before.

    Those keep the number as it was typed, with the row where even that is taken, so that nothing fails and each stays unique.
    """
    found: dict[int, str] = {}
    twice: list[int] = []
    taken: set[str] = set()
    for row, number in standing:
        key = f"{folded(number):.{LONGEST}}" or number
        if key in taken:
            twice.append(row)
            mark = f"#{row}"
            key = number if number not in taken else f"{number:.{LONGEST - len(mark)}}{mark}"
        taken.add(key)
        found[row] = key
    return found, twice
