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
