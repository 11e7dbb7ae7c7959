"""What the decisions of 21号 share: who decides, and how days, sums and what rests on an act are said."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from farmland import access
from farmland.models import Application
from farmland.queries import rewards
from farmland.rules.rewards import paid_note
from miyun_kpi.acts.days import IN_TIME, Late
from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.registry import Given

DAY, FIGURE = date.fromisoformat, Decimal
SAYS = Sequence[tuple[str, str]]


def read_late(stored: Mapping[str, str]) -> Late:
    return Late(**stored)


DATED: Mapping[str, Callable[[Any], Any]] = {"on": DAY, "late": read_late, "asked_on": DAY}
VERSIONED: Mapping[str, Callable[[Any], Any]] = {"application_id": int, "version": int}


def of_money(actor: Actor, given: Given) -> None:
    access.require_money(actor)


def of_pool(actor: Actor, given: Given) -> None:
    access.require_pool(actor)


def of_either(actor: Actor, given: Given) -> None:
    access.require_office(actor)


def yuan(value: Decimal) -> str:
    return f"{value:,.2f} 元"


def days_said(given: Given) -> SAYS:
    """办理日期 and 补登, where they were given."""
    late = given.get("late") or IN_TIME
    said = [("办理日期", str(given["on"]) if given.get("on") else "确认之日")]
    return [*said, ("补登", f"{late.source}；{late.reason}")] if late.source or late.reason else said


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
