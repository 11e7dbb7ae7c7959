"""What a 联络员 proposes for the own unit, singly or as a list, and what an administrator releases of it.

The system administrator opens accounts of any unit by the same list.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.accounts.services import open_account
from miyun_kpi.acts.acting import acting, tried
from miyun_kpi.acts.in_turn import Outcome, in_turn
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.names import read_display_name
from miyun_kpi.powers.access import own_unit, refuse_namesake_waiting, require_own, standing
from miyun_kpi.powers.queries import LISTED_POST, NEW_ACCOUNT
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide, propose


def ask(*, actor: Actor, code: str, at: datetime, **given: Any) -> Proposal:
    """The unit is that of whoever proposes: no form and no page names another."""
    return propose(actor=actor, code=code, organisation=own_unit(actor).code, at=at, **given)


def ask_account(*, actor: Actor, username: str, display_name: str, at: datetime, **post: Any) -> Proposal:
    """Name and user name as the account will have them."""
    names = {"username": username.strip().lower(), "display_name": read_display_name(display_name)}
    return ask(actor=actor, code=NEW_ACCOUNT, at=at, **names, **post)


def ask_listed(
    *, actor: Actor, organisation: str, username: str, display_name: str, at: datetime, **post: Any
) -> Proposal:
    """One row of a list: of a 联络员 what the form proposes; of the system administrator the account, whose post waits."""
    names = {"username": username.strip().lower(), "display_name": read_display_name(display_name)}
    if actor.may(Verb.PROPOSE_ACCOUNTS):
        require_own(actor, organisation)
        return ask_account(actor=actor, at=at, **names, **post)
    with acting(actor, at):
        refuse_namesake_waiting(standing(organisation, at.astimezone().date()), *names.values())
        user = open_account(actor=actor, at=at, **names)
        given = {"organisation": organisation, "username": user.username}
        return propose(actor=actor, code=LISTED_POST, at=at, **given, **post)


def _row(stored: Mapping[str, str]) -> dict[str, Any]:
    return {**stored, "starts_on": date.fromisoformat(stored["starts_on"])}


def tried_list(*, actor: Actor, rows: Sequence[Mapping[str, str]], at: datetime) -> list[Refused | None]:
    """Of each row what it would be refused for after those above it; nothing of it stays."""
    found: list[Refused | None] = []
    with tried(actor, at):
        for row in rows:
            try:
                ask_listed(actor=actor, at=at, **_row(row))
                found.append(None)
            except Refused as refusal:
                found.append(refusal)
    return found


def ask_list(*, actor: Actor, rows: Sequence[Mapping[str, str]], at: datetime) -> list[Outcome[int, Proposal]]:
    """Those that were previewed, each as if it were proposed alone; by the number of the row."""
    return in_turn(range(len(rows)), lambda number: ask_listed(actor=actor, at=at, **_row(rows[number])), "提请")


def release(
    *, actor: Actor, chosen: Sequence[tuple[int, int]], at: datetime
) -> list[Outcome[tuple[int, int], Proposal]]:
    """Those that were looked at, as (key, version), each as if it were released alone."""

    def one(seen: tuple[int, int]) -> Proposal:
        proposal_id, version = seen
        return decide(actor=actor, proposal_id=proposal_id, version=version, confirm=True, note="", at=at)

    return in_turn(chosen, one, "放行")
