"""Several acts of one kind by one press: each through the same service as a single one, done or refused by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from miyun_kpi.acts.proof import CODE
from miyun_kpi.lib.errors import Refused

K = TypeVar("K")
T = TypeVar("T")
# What somebody can still have looked at, line by line.
MOST = 40


@dataclass(frozen=True)
class Outcome(Generic[K, T]):
    """`done` is what the act gave, None where it was refused."""

    key: K
    done: T | None = None
    refusal: Refused | None = None


def in_turn(chosen: Sequence[K], act: Callable[[K], T], word: str) -> list[Outcome[K, T]]:
    """`word` is what is done (“放行”). Each in a transaction of its own: what is refused takes nothing back of the others.

    The second factor is asked before the first: it is a matter of who acts, not of what.
    """
    chosen = list(dict.fromkeys(chosen))
    if not chosen:
        raise Refused("nothing-chosen", f"没有选，没有{word}。请先在列表里勾选。")
    if len(chosen) > MOST:
        raise Refused("too-many", f"一次最多{word} {MOST} 件，选了 {len(chosen)} 件，都没有{word}。请分次办。")
    found: list[Outcome[K, T]] = []
    for key in chosen:
        try:
            found.append(Outcome(key, done=act(key)))
        except Refused as refusal:
            if refusal.code == CODE:
                raise
            found.append(Outcome(key, refusal=refusal))
    return found
