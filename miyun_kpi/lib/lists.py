"""Lists that are longer than a page can show. A cut is named where it is made: `tests/house/test_cuts.py` bans all others."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

Row = TypeVar("Row")
T = TypeVar("T", covariant=True)


class Found(Protocol[T]):
    """What Django's QuerySets answer, so that this module needs no Django."""

    def count(self) -> int: ...

    def __getitem__(self, key: slice, /) -> "Found[T]": ...

    def __iter__(self) -> Iterator[T]: ...


def ordered(rows: Iterable[Row], sort: str, keys: Mapping[str, Callable[[Row], Any]]) -> list[Row]:
    """`sort`: a name of `keys`, "-" before it for descending; another one leaves the order as it is. A key of None or ""
    is blank and stands last both ways; rows of one key stay in their order.
    """
    listed, key = list(rows), keys.get(sort.removeprefix("-"))
    if key is None:
        return listed
    known = [row for row in listed if key(row) not in (None, "")]
    blank = [row for row in listed if key(row) in (None, "")]
    return sorted(known, key=key, reverse=sort.startswith("-")) + blank


@dataclass(frozen=True)
class First(Generic[T]):
    """The first rows of `number`; a page that shows them includes components/rest.html, which says how many follow."""

    rows: Sequence[T]
    number: int

    @property
    def rest(self) -> int:
        return self.number - len(self.rows)

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def first(found: "Found[T] | Sequence[T]", most: int) -> First[T]:
    """At most `most` rows, and how many there are in all; the count is asked only where the rows do not tell it."""
    if isinstance(found, Sequence):
        return First(found[:most], len(found))
    rows = list(found[: most + 1])
    number = len(rows) if len(rows) <= most else found.count()
    return First(rows[:most], number)


@dataclass(frozen=True)
class Portion(Generic[Row]):
    """Rows of a list from a key on, newest first: the last one costs what the first does, which pages by number do not.

    `newer`, `older`: the key beyond which there is more, None where there is not. `number`: of the whole list; `over`: there are more.
    components/portion.html says all of it.
    """

    rows: Sequence[Row]
    newer: int | None
    older: int | None
    number: int
    over: bool

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


# So far a list of portions is counted: a larger one says that it is larger.
COUNTED = 10_000


def portion(found: Any, asked: Mapping[str, str], size: int) -> Portion[Any]:
    """Of a QuerySet, by its primary key. `asked`: `older` or `newer` with a key, or `oldest`; else the newest. Beyond an end
    stands that end: a list of which there is something is never answered with nothing."""
    older, newer = _key(asked.get("older", "")), _key(asked.get("newer", ""))
    counted = found.order_by()[: COUNTED + 1].count()
    if newer is not None or asked.get("oldest"):
        rows = list((found if newer is None else found.filter(pk__gt=newer)).order_by("pk")[: size + 1])
        more_newer, rows = len(rows) > size, rows[:size][::-1]
        more_older = bool(rows) and found.filter(pk__lt=rows[-1].pk).exists()
    else:
        rows = list((found if older is None else found.filter(pk__lt=older)).order_by("-pk")[: size + 1])
        more_older, rows = len(rows) > size, rows[:size]
        more_newer = bool(rows) and older is not None and found.filter(pk__gt=rows[0].pk).exists()
    if counted and not rows:
        return portion(found, {"oldest": "1"} if newer is None else {}, size)
    return Portion(
        rows,
        rows[0].pk if more_newer else None,
        rows[-1].pk if more_older else None,
        min(counted, COUNTED),
        counted > COUNTED,
    )


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
