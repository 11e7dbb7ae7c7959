"""Which acts are decided by two persons of one office: each app says it of its own in AppConfig.ready()."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import document_of
from miyun_kpi.lib.errors import NotFound, Refused

# What an act is given, by the names of its service.
Given = Mapping[str, Any]
# Of what is stored as JSON: its value again.
Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class Words:
    """What both persons read: the act in pairs, and the sentences that warn of it."""

    said: Sequence[Sequence[str]]
    warned: Sequence[str]

    @property
    def mark(self) -> int:
        """By which a page says what it has shown."""
        text = json.dumps([[list(pair) for pair in self.said], list(self.warned)], ensure_ascii=False)
        return int(hashlib.sha256(text.encode()).hexdigest()[:7], 16)


@dataclass(frozen=True)
class Decision:
    """An act that one person proposes and another carries out.

    `takes` says how each argument is read again from what is stored; `run(actor=, at=, **given)` is the service, which is
    tried when the act is proposed and carried out by who confirms it. `may(actor, given)` raises what forbids either.
    `said` says in words what is proposed, as pairs (label, words); `about` names the thing, `key` says of what only one
    such proposal may wait (“farmland-application:7”), `address` is the page of the thing. `subject` and `clause` (of its
    document) say where it stands on the desk. `warns` gives the sentences that both should have read.
    """

    code: str
    word: str
    subject: str
    clause: str
    takes: Mapping[str, Reader]
    run: Callable[..., Any]
    may: Callable[[Actor, Given], object]
    about: Callable[[Given], str]
    key: Callable[[Given], str]
    address: Callable[[Given], str]
    said: Callable[[Given], Sequence[tuple[str, str]]]
    warns: Callable[[Given], Sequence[str]] = field(default=lambda given: [])
    # Takes the locks of the act that come before the proposal's own in the order of locks (acts/order.py).
    holds: Callable[[Given], object] = field(default=lambda given: None)
    # (subject, document, clause) of an act that is not always about the same.
    placed: Callable[[Given], tuple[str, str, str]] | None = None
    # Of an act that takes the `version` that was seen: that of the thing now. Without it nobody could confirm what another act
    # has moved meanwhile. What has changed is shown to who confirms, and what he was shown is what is confirmed (`words`).
    stands: Callable[[Given], int] | None = None
    # Of what is confirmed as it was proposed or not at all: what both read when it has changed since.
    exactly: str = ""
    # Over powers: decided among the administrators of all offices, and these raise for who is not the second person.
    releases: Callable[[Actor, Given], object] | None = None
    # The role that proposes it for its own unit, reads it there and is told how it ended; "" for everybody of the office.
    proposed_by: str = ""
    # What is tried when it is proposed, where whoever proposes could never carry it out.
    trial: Callable[..., Any] | None = None
    # Code and arguments of what waits next, for another second person, once this is carried out.
    follows: Callable[[Given], tuple[str, Given]] | None = None

    def second(self, actor: Actor, given: Given) -> None:
        """Raises for whoever may not carry out what another proposed."""
        (self.releases or self.may)(actor, given)

    def seen(self, given: Given, version: int | None) -> Given:
        """As the second person saw the thing; by the version of the proposal where nothing is said of it."""
        return given if version is None or self.stands is None else {**given, "version": version}

    def version(self, given: Given) -> int | None:
        """That of the thing now; None where the act takes none, or there is no such thing any more."""
        try:
            return None if self.stands is None else self.stands(given)
        except Refused:
            return None

    def reads(self, given: Given) -> Words:
        """The act as it reads by what stands now."""
        said = [[label, "" if words is None else str(words)] for label, words in self.said(given)]
        return Words(said, [str(one) for one in self.warns(given)])

    def words(self, given: Given) -> Words | None:
        """The same; None where what stands now refuses it, as the act itself then does."""
        try:
            return self.reads(given)
        except Refused:
            return None

    def place(self, given: Given) -> tuple[str, str, str]:
        """Subject, document and clause."""
        return self.placed(given) if self.placed else (self.subject, document_of(self.subject), self.clause)


_known: dict[str, Decision] = {}


def register_decision(*decisions: Decision) -> None:
    _known.update({one.code: one for one in decisions})


def decision(code: str) -> Decision:
    if code not in _known:
        raise NotFound
    return _known[code]


def decisions() -> Sequence[Decision]:
    return list(_known.values())


def proposed_by(role: str) -> list[str]:
    """Codes of the decisions that a role proposes for its own unit."""
    return [one.code for one in _known.values() if role and one.proposed_by == role]


def over_powers() -> list[str]:
    """Codes of the decisions that are taken among the administrators."""
    return [one.code for one in _known.values() if one.releases is not None]
