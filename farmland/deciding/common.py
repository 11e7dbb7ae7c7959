"""What the decisions of 21号 share: who decides, and how days, sums and what rests on an act are said."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from farmland import access
from farmland.models import Application
from farmland.queries import rewards
from farmland.rules.rewards import paid_note
from miyun_kpi.proposals.declaring import right, yuan

SAYS = Sequence[tuple[str, str]]

VERSIONED: Mapping[str, Callable[[Any], Any]] = {"application_id": int, "version": int}


of_money = right(access.require_money)
of_pool = right(access.require_pool)
of_either = right(access.require_office)


def paid_words(row: Application | None, act: str) -> list[str]:
    """What rests on a 核销: rewards that towns were paid, by project, lot and amount."""
    if row is None:
        return []
    found = rewards.paid_for(row)
    if not found:
        return []
    each = [
        f"{line.what}，{line.entry.lot.town.name}{line.entry.lot.name}：已付 {yuan(line.kept)}"
        for line in rewards.lines_of(row)
        if line.stands and line.kept > 0
    ]
    return [paid_note(found, act), *each]
