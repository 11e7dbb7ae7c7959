"""Lists that are longer than a page can show. A cut is named where it is made: `tests/house/test_cuts.py` bans all others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

T = TypeVar("T", covariant=True)


class Found(Protocol[T]):
    """What Django's QuerySets answer, so that this module needs no Django."""

    def count(self) -> int: ...

    def __getitem__(self, key: slice, /) -> "Found[T]": ...

    def __iter__(self) -> Iterator[T]: ...


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
