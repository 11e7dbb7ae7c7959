"""All invariants of the year; `broken` says the first that fails."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from tests.simulation import holding_desks, holding_doors, holding_house, holding_land, holding_money
from tests.simulation.holding import INVARIANTS, Seen

__all__ = ["INVARIANTS", "broken", "holding_desks", "holding_doors", "holding_house", "holding_land", "holding_money"]


@dataclass(frozen=True)
class Broken:
    name: str
    words: str


def broken(memory: dict[str, Any], at: datetime, *, whole: bool, besides: Collection[str] = ()) -> Broken | None:
    """The first invariant that does not hold; `whole`: with the dear ones. `besides`: names left out."""
    seen = Seen(at, memory)
    for one in INVARIANTS:
        if (one.whole and not whole) or one.name in besides:
            continue
        words = list(islice(one.check(seen), 6))
        if words:
            return Broken(one.name, f"{one.why} ({one.clause})\n" + "\n".join(words))
    return None
