"""据实打分: what stands on record about a unit in a period, as facts without words, for whoever gives a mark of it.

Apps above say theirs with `register_provider` in AppConfig.ready(). Each answers whatever is asked of it, of one unit or of many,
with one query, and a fact is how many, how they stand, the last day and the clause: no text, no person, nothing of a protected
register.
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
    """Units from day to day, both inclusive; `at` is now: how a thing stands is told as it stands now.

    `unended`: what belongs to earlier days and is still open now is told too, as `earlier` (上期未办结).
    """

    organisations: Sequence[Organisation]
    first_day: date
    last_day: date
    at: datetime
    unended: bool = False


@dataclass(frozen=True)
class Fact:
    """`state`: a word of the status vocabulary; `word`: what its provider calls it, "" as the vocabulary does.

    `unit`: the key of the organisation. `on`: the last day of those counted. `running`: somebody has still to end them (未销号).
    `earlier`: of before the span, and still open.
    """

    unit: int
    source: str
    state: str
    word: str
    count: int
    on: date
    document: str
    clause: str
    running: bool = False
    earlier: bool = False


@dataclass(frozen=True)
class Thing:
    """One of what is counted."""

    unit: int
    source: str
    state: str
    on: date
    document: str
    clause: str
    word: str = ""
    running: bool = False
    earlier: bool = False


def counted(things: Iterable[Thing]) -> Sequence[Fact]:
    """One fact for all of a unit that stand alike under a clause."""
    found: dict[tuple[bool, int, str, str, str, str, str, bool], list[date]] = {}
    for one in things:
        alike = (one.earlier, one.unit, one.source, one.document, one.clause, one.state, one.word, one.running)
        found.setdefault(alike, []).append(one.on)
    return [
        Fact(unit, source, state, word, len(days), max(days), document, clause, running, earlier)
        for (earlier, unit, source, document, clause, state, word, running), days in sorted(found.items())
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


Told = dict[tuple[int, str, str], list[Fact]]


def facts_of(span: Span, wanted: Iterable[tuple[str, str]]) -> Told:
    """(unit, provider, source) → its facts; each provider is asked once, and only for what it has."""
    found: Told = {}
    asked: dict[str, list[str]] = {}
    for provider, source in wanted:
        asked.setdefault(provider, []).append(source)
    for known in providers():
        codes = asked.get(known.code, [])
        for one in known.facts(span, codes) if codes and span.organisations else ():
            found.setdefault((one.unit, known.code, one.source), []).append(one)
    return found
