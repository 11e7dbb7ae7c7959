"""The steps of a year, drawn from a seed before anything is done: who is met and which row is taken is drawn at each step.

A step has a chance of its own (seed and number) and its own moment, so that it stays the same when others are left out.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.races.mixed.hands import Move

# What comes upon a step beside the act itself, and how often.
PLAIN, BEFORE, AFTER, CLOCK, BROKER = "act", "fails before commit", "broker down after commit", "clock", "broker"
HOWS = {PLAIN: 79, BEFORE: 4, AFTER: 4, CLOCK: 8, BROKER: 5}
# By how many days the clock goes on where it jumps; seldom it is set back by some hours, as a wrong one is.
JUMPS = (1, 1, 2, 2, 3, 5, 7, 7, 14, 21, 31, 40)
BACK = timedelta(hours=3)


@dataclass(frozen=True)
class Step:
    seed: int
    number: int
    how: str
    move: str
    at: datetime

    @property
    def chance(self) -> random.Random:
        return random.Random(f"{self.seed}/{self.number}")

    def __str__(self) -> str:
        what = self.move if self.how == PLAIN else f"{self.move} ({self.how})" if self.move else self.how
        return f"{self.number:4d}  {self.at:%Y-%m-%d %H:%M}  {what}"


def drawn(seed: int, count: int, subjects: Sequence[Sequence[Move]], begins: datetime) -> list[Step]:
    """`count` steps; every subject has the same share, within it a move its weight."""
    chance, at, found = random.Random(f"simulate {seed}"), begins, []
    moves = [move for group in subjects for move in group]
    weights = [move.weight / sum(one.weight for one in group) for group in subjects for move in group]
    for number in range(1, count + 1):
        how = chance.choices(list(HOWS), list(HOWS.values()))[0]
        move = chance.choices(moves, weights)[0].name if how in (PLAIN, BEFORE, AFTER) else ""
        if how == CLOCK:
            at += -BACK if chance.random() < 0.08 else timedelta(days=chance.choice(JUMPS))
        else:
            at += timedelta(minutes=chance.randint(1, 90))
        found.append(Step(seed, number, how, move, at))
    return found


def only(steps: Sequence[Step], numbers: Collection[int]) -> list[Step]:
    return [step for step in steps if step.number in numbers]


def replay_of(steps: Sequence[Step]) -> str:
    """What is given to `make simulate REPLAY=…` to do these steps again."""
    return f"{steps[0].seed}:{','.join(str(step.number) for step in steps)}" if steps else ""


def read_replay(text: str) -> tuple[int, list[int]]:
    seed, _, numbers = text.partition(":")
    return int(seed), sorted(int(number) for number in numbers.split(",") if number.strip())
