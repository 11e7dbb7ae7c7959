"""据实打分: what stands on record about a unit in a period, as facts without words, for whoever gives a mark of it.

Apps above say theirs with `register_provider` in AppConfig.ready(). Each answers whatever is asked of it with one query, and a
fact is how many, how they stand, the last day and the clause: no text, no person, nothing of a protected register.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from miyun_kpi.organisations.models import Organisation


@dataclass(frozen=True)
class Source:
    """What can be asked of a provider: `code` within it, its name, and the clause it stands under."""

    code: str
    label: str
    document: str
    clause: str = ""


@dataclass(frozen=True)
class Span:
    """One unit from day to day, both inclusive; `at` is now: how a thing stands is told as it stands now."""

    organisation: Organisation
    first_day: date
    last_day: date
    at: datetime


@dataclass(frozen=True)
class Fact:
    """`state`: a word of the status vocabulary; `word`: what its provider calls it, "" as the vocabulary does.

    `on`: the last day of those counted.
    """

    source: str
    state: str
    word: str
    count: int
    on: date
    document: str
    clause: str


@dataclass(frozen=True)
class Thing:
    """One of what is counted."""

    source: str
    state: str
    on: date
    document: str
    clause: str
    word: str = ""


def counted(things: Iterable[Thing]) -> Sequence[Fact]:
    """One fact for all that stand alike under a clause."""
    found: dict[tuple[str, ...], list[date]] = {}
    for one in things:
        found.setdefault((one.source, one.document, one.clause, one.state, one.word), []).append(one.on)
    return [
        Fact(source, state, word, len(days), max(days), document, clause)
        for (source, document, clause, state, word), days in sorted(found.items())
    ]


@dataclass(frozen=True)
class Provider:
    """`facts` of the sources that are named, in one query."""

    code: str
    label: str
    order: int
    sources: Callable[[], Sequence[Source]]
    facts: Callable[[Span, Sequence[str]], Sequence[Fact]]


_providers: dict[str, Provider] = {}


def register_provider(provider: Provider) -> None:
    _providers[provider.code] = provider


def providers() -> Sequence[Provider]:
    return sorted(_providers.values(), key=lambda one: one.order)


def source_of(provider: str, code: str) -> Source | None:
    """None for what nobody answers (any more), and for what is protected."""
    known = _providers.get(provider)
    return next((one for one in known.sources() if one.code == code), None) if known else None


def facts_of(span: Span, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Sequence[Fact]]:
    """(provider, source) → its facts; each provider is asked once, and only for what it has."""
    found: dict[tuple[str, str], Sequence[Fact]] = {}
    asked: dict[str, list[str]] = {}
    for provider, source in wanted:
        asked.setdefault(provider, []).append(source)
    for known in providers():
        codes = asked.get(known.code, [])
        told = known.facts(span, codes) if codes else ()
        found |= {(known.code, code): [one for one in told if one.source == code] for code in codes}
    return found
