"""Plays the steps of a seed through the services of the product, and looks after every one whether all still holds.

An act is done, refused by a sentence (then it has changed nothing), or has nothing to act on. Anything else, and every
invariant that fails, is a finding and ends the year. Two runs of one seed leave the same trace, and so the same digest.
"""

import hashlib
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from unittest import mock

from celery import current_app
from django.conf import settings
from django.db import connection, transaction

from miyun_kpi.acts.acting import Kept
from miyun_kpi.lib.errors import Refused
from tests.races.mixed.hands import Hand, NothingToDo
from tests.simulation import invariants
from tests.simulation.acts import MOVES, SUBJECTS
from tests.simulation.broker import Broker, after_commit
from tests.simulation.mutants import left_out
from tests.simulation.nothing import Untouched
from tests.simulation.steps import AFTER, BEFORE, BROKER, CLOCK, PLAIN, Step, drawn, replay_of
from tests.simulation.world import FIRST, Staff, at_moment, fresh

EVERY = 25
# Who is at work is read anew where an act has touched these.
WHO = {"accounts_post", "organisations_organisation"}


class Crash(RuntimeError):
    """The process dies when everything is written and nothing is committed."""


@dataclass(frozen=True)
class Finding:
    """`what`: the invariant that fails, or the kind of exception; it stays the same while a failure is shrunk."""

    step: Step
    what: str
    words: str

    def __str__(self) -> str:
        return f"seed {self.step.seed}, step {self.step.number}: {self.what}\n{self.words}"


@dataclass
class Outcome:
    seed: int
    steps: Sequence[Step]
    trace: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    idle: Counter[str] = field(default_factory=Counter)
    finding: Finding | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]

    def said(self) -> str:
        first, last = self.steps[0].at, self.steps[-1].at
        return (
            f"seed {self.seed}: {len(self.trace)} steps over {(last - first).days} days, {self.done.total()} done, "
            f"{self.refused.total()} refused, {self.idle.total()} with nothing to act on, digest {self.digest}"
        )


@dataclass
class Year:
    """What the steps of one run share."""

    people: Staff
    broker: Broker = field(default_factory=Broker)
    memory: dict[str, object] = field(default_factory=dict)
    besides: frozenset[str] = frozenset()


def simulate(seed: int, count: int, steps: Sequence[Step] | None = None, *, mutant: str = "") -> Outcome:
    """The year of a seed, or of it only `steps`; a fresh demonstration before, nothing left behind.

    `mutant`: the fault that is looked for (mutants.py); what stands open beside it is left out.
    """
    chosen = drawn(seed, count, SUBJECTS, FIRST) if steps is None else list(steps)
    outcome = Outcome(seed, chosen)
    with fresh() as people:
        year = Year(people, besides=left_out(mutant))
        with year.broker.instead():
            for place, step in enumerate(chosen, start=1):
                outcome.finding = _one(year, outcome, step, whole=place % EVERY == 0 or place == len(chosen))
                if outcome.finding:
                    break
    return outcome


def _one(year: Year, outcome: Outcome, step: Step, *, whole: bool) -> Finding | None:
    with at_moment(step.at):
        said, finding = {PLAIN: _act, BEFORE: _act, AFTER: _act, CLOCK: _clock, BROKER: _broker}[step.how](
            year, outcome, step
        )
        outcome.trace.append(f"{step} → {said}")
        return finding or _looked_at(year, step, whole)


def _looked_at(year: Year, step: Step, whole: bool) -> Finding | None:
    try:
        broken = invariants.broken(year.memory, step.at, whole=whole, besides=year.besides)
    except Exception as error:
        return Finding(step, f"an invariant cannot be read: {type(error).__name__}", _stack(error))
    return Finding(step, broken.name, broken.words) if broken else None


def _act(year: Year, outcome: Outcome, step: Step) -> tuple[str, Finding | None]:
    hand = Hand(year.people, step.chance, f"{step.seed}-{step.number}", step.at)
    year.broker.down = step.how == AFTER
    untouched = Untouched()
    try:
        with ExitStack() as stack:
            stack.enter_context(untouched.watching())
            if step.how == BEFORE:
                stack.enter_context(mock.patch.object(Kept, "write", _crashing(Kept.write)))
            MOVES[step.move].call(hand)
        went_wrong = after_commit()
    except NothingToDo:
        outcome.idle[step.move] += 1
        return "nothing to act on", untouched.broken(step, "had nothing to act on")
    except Refused as refusal:
        outcome.refused[f"{step.move}: {refusal.code}"] += 1
        return f"refused {refusal.code}", _ill_said(step, refusal) or untouched.broken(step, f"refused {refusal.code}")
    except Crash:
        outcome.done[step.move] += 0
        return "failed before commit", untouched.broken(step, "failed before its commit")
    except Exception as error:
        untouched.take_back()
        name = f"{step.move}: {type(error).__name__}"
        return f"failed {type(error).__name__}", Finding(step, name, _stack(error))
    finally:
        year.broker.down = False
    untouched.keep()
    if untouched.tables & WHO:
        year.people = Staff(step.at.date())
    outcome.done[step.move] += 1
    if went_wrong:
        return "failed after commit", Finding(step, f"{step.move}: fails after commit", "\n".join(went_wrong))
    return "done", None


def _ill_said(step: Step, refusal: Refused) -> Finding | None:
    """A refusal is a whole sentence."""
    if refusal.message.strip().endswith(("。", "？")):
        return None
    return Finding(step, f"{step.move}: a refusal that is no sentence", repr(refusal.message))


def _crashing(plain: Callable[[Kept], None]) -> Callable[[Kept], None]:
    def write(self: Kept) -> None:
        plain(self)
        raise Crash

    return write


def _clock(year: Year, outcome: Outcome, step: Step) -> tuple[str, Finding | None]:
    """The clock has gone on: every timed task is called, some twice, some not this time."""
    chance, called = step.chance, 0
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        times = chance.choices([0, 1, 2], [10, 75, 15])[0]
        for _ in range(times):
            called += 1
            problem = _run(step, str(entry["task"]), ())
            if problem:
                return "clock", problem
    year.people = Staff(step.at.date())
    outcome.done["clock"] += 1
    return f"{called} timed tasks", None


def _broker(year: Year, outcome: Outcome, step: Step) -> tuple[str, Finding | None]:
    """Messages arrive, some of them twice or never; what is lost the sweep sends again."""
    chance, messages, ran = step.chance, year.broker.take(), 0
    for name, args in messages:
        for _ in range(chance.choices([0, 1, 2], [25, 50, 25])[0]):
            ran += 1
            problem = _run(step, name, args)
            if problem:
                return "broker", problem
    outcome.done["broker"] += 1
    return f"{len(messages)} messages, {ran} delivered", None


def _run(step: Step, name: str, args: Sequence[object]) -> Finding | None:
    point = transaction.savepoint()
    try:
        current_app.tasks[name](*args)
        went_wrong = after_commit()
    except Exception as error:
        connection.needs_rollback = False
        transaction.savepoint_rollback(point)
        return Finding(step, f"{name}: {type(error).__name__}", _stack(error))
    transaction.savepoint_commit(point)
    return Finding(step, f"{name}: fails after commit", "\n".join(went_wrong)) if went_wrong else None


def _stack(error: Exception) -> str:
    return "".join(traceback.format_exception(error)[-14:])


def told(outcome: Outcome) -> str:
    """The short list of a failure, and how to do it again."""
    lines = [str(outcome.finding), *(str(step) for step in outcome.steps)]
    return "\n".join([*lines, f"make simulate REPLAY={replay_of(outcome.steps)}"])
