"""What other apps hang on the gazette: loaders of reference data, and what points to a clause."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Loaded:
    """What a loader did. `counts` are (label, number) pairs for the report, over all rows now stored."""

    created: int = 0
    changed: int = 0
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Citing:
    """Something that points to a clause: what it is, its name, its page ("" when it has none)."""

    kind: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class Term:
    """A word that a document explains: `spellings` as it occurs in texts, `address` of its explanation."""

    name: str
    ref: str
    spellings: tuple[str, ...]
    address: str


Loader = Callable[[datetime], Loaded]
CitingFunction = Callable[[str, str], Sequence[Citing]]
Counter = Callable[[], Sequence[tuple[str, int]]]
Finder = Callable[[str], Sequence[Citing]]
Glossary = Callable[[], Sequence[Term]]

_loaders: dict[str, tuple[int, Loader]] = {}
_citing: list[CitingFunction] = []
_counters: list[Counter] = []
_finders: list[Finder] = []
_glossaries: dict[str, Glossary] = {}


def register_loader(name: str, function: Loader, order: int) -> None:
    """`function(at)` runs inside the one transaction of load_gazette, in ascending `order`; it must be idempotent."""
    _loaders[name] = (order, function)


def loaders() -> list[tuple[str, Loader]]:
    return [(name, function) for name, (_, function) in sorted(_loaders.items(), key=lambda item: item[1][0])]


def register_citing(function: CitingFunction) -> CitingFunction:
    """`function(document, ref)` lists what points to the clause, in a fixed number of queries."""
    if function not in _citing:
        _citing.append(function)
    return function


def citing(document: str, ref: str) -> list[Citing]:
    return [found for function in _citing for found in function(document, ref)]


def register_counter(function: Counter) -> None:
    """`function()` gives (label, number) pairs for check_gazette."""
    if function not in _counters:
        _counters.append(function)


def counters() -> list[Counter]:
    return list(_counters)


def register_finder(function: Finder) -> None:
    """`function(words)` adds what it finds to the search page, beside the clauses, in a fixed number of queries."""
    if function not in _finders:
        _finders.append(function)


def finders() -> list[Finder]:
    return list(_finders)


def register_glossary(document: str, function: Glossary) -> None:
    """`function()` gives the words a document explains, in one query; they are linked wherever its texts stand."""
    _glossaries[document] = function


def glossary_of(document: str) -> Sequence[Term]:
    function = _glossaries.get(document)
    return function() if function else ()
