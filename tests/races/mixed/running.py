"""Eight connections and a seed: every thread draws its acts from its own chance, all of them on the same few rows."""

import os
import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connections
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from tests.races.mixed import instruments
from tests.races.mixed.hands import Hand, Move, NothingToDo, People

ACTS = int(os.environ.get("KPI_TEST_MIXED", "500"))
SEED = int(os.environ.get("KPI_TEST_SEED", "20201119"))
THREADS = 8
MOST_FAULTS = 12


@dataclass
class Outcome:
    """What came of the acts. A fault is whatever a person would be shown as a failure of the house."""

    seed: int
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    busy: Counter[str] = field(default_factory=Counter)
    idle: Counter[str] = field(default_factory=Counter)
    finished: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0

    def said(self) -> str:
        return (
            f"seed {self.seed}: {self.done.total()} done, {self.refused.total()} refused, {self.busy.total()} busy, "
            f"{self.codes['40P01']} deadlocks, {len(self.faults)} faults, {self.idle.total()} with nothing to act on, "
            f"{self.seconds:.0f} s"
        )

    def by_subject(self) -> str:
        """How many were done of those that were tried."""
        tried: dict[str, list[int]] = {}
        for place, counter in enumerate((self.done, self.refused, self.busy)):
            for name, count in counter.items():
                tried.setdefault(name.partition(": ")[0], [0, 0, 0])[place] += count
        return ", ".join(f"{name} {done}/{done + no + busy}" for name, (done, no, busy) in sorted(tried.items()))


class Mix:
    def __init__(self, subjects: Mapping[str, Sequence[Move]], people: People, seed: int = SEED) -> None:
        self.moves = [
            (move, move.weight / sum(m.weight for m in moves)) for moves in subjects.values() for move in moves
        ]
        self.people, self.seed = people, seed
        self.outcome, self.lock = Outcome(seed), threading.Lock()
        self.under_way: dict[int, str] = {}

    def run(self, acts: int, threads: int = THREADS) -> Outcome:
        began = time.monotonic()
        each = [acts // threads + (number < acts % threads) for number in range(threads)]
        running = [threading.Thread(target=self._work, args=(n, count)) for n, count in enumerate(each)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    def _work(self, worker: int, count: int) -> None:
        chance = random.Random(f"{self.seed}/{worker}")
        moves, weights = zip(*self.moves, strict=True)
        tried = 0
        try:
            while tried < count and len(self.outcome.faults) < MOST_FAULTS:
                move = chance.choices(moves, weights)[0]
                # What had no row to act on is no act; the next draw is another one.
                tried += self._one(worker, move, Hand(self.people, chance, f"{worker}-{tried}", timezone.now()))
        finally:
            connections.close_all()

    def _one(self, worker: int, move: Move, hand: Hand) -> bool:
        instruments.under(hand.key)
        self.under_way[worker] = f"{move.name} ({hand.key})"
        try:
            move.call(hand)
        except NothingToDo:
            return self._note(self.outcome.idle, move.name, act=False)
        except Refused as refusal:
            if refusal.code == "busy":
                return self._note(self.outcome.busy, move.name)
            return self._note(self.outcome.refused, f"{move.name}: {refusal.code}")
        except Exception as error:
            return self._fault(move, hand, error)
        with self.lock:
            self.outcome.finished.add(hand.key)
        return self._note(self.outcome.done, move.name)

    def _note(self, counter: Counter[str], name: str, *, act: bool = True) -> bool:
        with self.lock:
            counter[name] += 1
        return act

    def _fault(self, move: Move, hand: Hand, error: Exception) -> bool:
        beside = "; ".join(f"thread {number}: {what}" for number, what in sorted(self.under_way.items()))
        stack = "".join(traceback.format_exception(error)[-14:])
        with self.lock:
            self.outcome.codes[instruments.pgcode(error) or type(error).__name__] += 1
            self.outcome.faults.append(f"seed {self.seed}, {move.name} ({hand.key}):\n{stack}\nunder way: {beside}")
        return True
