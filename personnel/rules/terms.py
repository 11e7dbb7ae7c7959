"""Who holds what: terms of office derived from acts (16号、23号、32号). Pure.

The text prints a person, a post, 任 or 免 and the date of the document, nothing else. So a term starts on the day of the decision
where the office has entered it, else on the document's date, and on the day of a removal the post is no longer held (推定). A removal without a known appointment closes a 期初任职: a
term whose beginning the acts do not know. Any other day would be one that nobody has written down.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from personnel.enums import ActKind
from personnel.rules.probation import probation_end


@dataclass(frozen=True)
class ActFact:
    """`on` is null only for a 期初任职 of unknown beginning; `order` counts within the same day."""

    id: int
    person: int
    position: int
    kind: str
    on: date | None
    order: int = 0
    probation_months: int = 0
    # Of a 更正通知: the act whose effect ends on the day, or the appointment whose words alone were wrong.
    undoes: int | None = None
    amends: int | None = None


def correcting(wrong: ActFact, right: ActFact) -> list[ActFact]:
    """What an act of a 更正通知 brings about on its day: what the wrong one did ends, what should have stood there begins."""
    if (wrong.person, wrong.position, wrong.kind) == (right.person, right.position, right.kind):
        return [replace(right, amends=wrong.id)]
    other = ActKind.APPOINT if wrong.kind == ActKind.REMOVE else ActKind.REMOVE
    undone = ActFact(right.id, wrong.person, wrong.position, other, right.on, right.order, undoes=wrong.id)
    return [undone, right]


@dataclass(frozen=True)
class Term:
    """Held on days with since ≤ day < until. `since` null: began before the acts; `until` null: goes on."""

    person: int
    position: int
    since: date | None
    until: date | None = None
    began_by: int | None = None
    ended_by: int | None = None
    probation_until: date | None = None

    def on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Problem:
    """Why an act cannot stand: `code` already-holds or not-held-any-more."""

    act: int
    code: str
    earlier: int | None


def _key(act: ActFact) -> tuple[date, int, int]:
    return (act.on or date.min, act.order, act.id)


def derive(acts: Iterable[ActFact]) -> tuple[list[Term], list[Problem]]:
    """Every term, by person and position in time, and each act that contradicts the one before it.

    A 任 while the post is held, and a second 免 after the first, are the same act twice.
    """
    by_pair: dict[tuple[int, int], list[ActFact]] = {}
    for act in acts:
        by_pair.setdefault((act.person, act.position), []).append(act)
    terms: list[Term] = []
    problems: list[Problem] = []
    for pair in by_pair.values():
        found, wrong = _of_pair(sorted(pair, key=_key))
        terms += found
        problems += wrong
    return sorted(terms, key=lambda one: (one.since or date.min, one.began_by or one.ended_by or 0)), problems


def _of_pair(acts: Sequence[ActFact]) -> tuple[list[Term], list[Problem]]:
    terms: list[Term] = []
    problems: list[Problem] = []
    open_: ActFact | None = None
    last: ActFact | None = None
    closed: ActFact | None = None
    # How the act that counts now is called: by its own id, and by those of 更正 of its words alone.
    called: set[int] = set()
    for act in acts:
        if act.amends is not None:
            if act.amends in called:
                called.add(act.id)
                open_ = open_ and replace(open_, probation_months=act.probation_months)
            continue
        if act.undoes is not None:
            # Whatever has happened since to who was wrongly named stands; only what still counts is undone.
            if act.undoes not in called:
                continue
            if act.kind != ActKind.REMOVE and last is not None and last.on == act.on:
                terms.pop()
                open_ = closed or replace(act, on=None)
                called = {open_.id}
                continue
        if act.kind != ActKind.REMOVE:
            if open_ is not None:
                problems.append(Problem(act.id, "already-holds", open_.id))
                continue
            open_ = act
        elif open_ is None and last is not None:
            problems.append(Problem(act.id, "not-held-any-more", last.id))
            continue
        else:
            terms.append(_term(open_, act, act))
            closed, open_ = open_, None
        last, called = act, {act.id}
    if open_ is not None:
        terms.append(_term(open_, None, open_))
    return terms, problems


def _term(began: ActFact | None, ended: ActFact | None, either: ActFact) -> Term:
    trial = began is not None and began.on is not None and began.probation_months > 0
    return Term(
        person=either.person,
        position=either.position,
        since=began.on if began else None,
        until=ended.on if ended else None,
        began_by=began.id if began else None,
        ended_by=ended.id if ended else None,
        probation_until=probation_end(began.on, began.probation_months) if trial and began and began.on else None,
    )


def concurrent(terms: Iterable[Term], day: date) -> dict[int, list[Term]]:
    """兼任: persons who hold more than one post on the day."""
    held: dict[int, list[Term]] = {}
    for term in terms:
        if term.on(day):
            held.setdefault(term.person, []).append(term)
    return {person: found for person, found in held.items() if len(found) > 1}


@dataclass(frozen=True)
class Transfer:
    """转任: one notice takes a person from one post and puts the same person into another."""

    person: int
    left: int
    taken: int


def transfers(acts: Iterable[ActFact]) -> list[Transfer]:
    """Among the acts of one notice: who leaves one post by being appointed to another (任连峰、张向东、仇燕红 in 32号)."""
    taken: dict[int, list[ActFact]] = {}
    left: dict[int, list[ActFact]] = {}
    for act in acts:
        side = taken if act.kind == ActKind.APPOINT else left if act.kind == ActKind.REMOVE else None
        if side is not None:
            side.setdefault(act.person, []).append(act)
    return [Transfer(person, left[person][0].id, found[0].id) for person, found in taken.items() if person in left]


@dataclass(frozen=True)
class Seat:
    """One position on a day. `seats` is its 职数 where entered.

    `open_` counts the free seats; without a 职数 there are no vacancies, only 免后未见继任 (`unfollowed`).
    """

    position: int
    holders: tuple[Term, ...]
    last: Term | None
    seats: int | None

    @property
    def open_(self) -> int | None:
        return None if self.seats is None else self.seats - len(self.holders)

    @property
    def unfollowed(self) -> bool:
        return self.seats is None and not self.holders and self.last is not None


def seats_on(terms: Iterable[Term], day: date, seats: Mapping[int, int | None]) -> list[Seat]:
    """Every position of `seats` (position → 职数 or null) on the day; positions nobody had held by then are left out
    unless they have a 职数."""
    held: dict[int, list[Term]] = {}
    past: dict[int, Term] = {}
    for term in terms:
        if term.on(day):
            held.setdefault(term.position, []).append(term)
        elif term.until is not None and term.until <= day:
            before = past.get(term.position)
            if before is None or (before.until or day) <= term.until:
                past[term.position] = term
    return [
        Seat(position, tuple(held.get(position, ())), past.get(position), number)
        for position, number in seats.items()
        if position in held or position in past or number is not None
    ]
