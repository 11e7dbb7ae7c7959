"""What a 联络员 proposes for the own unit, and what an administrator releases of it, one by one or as a list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from miyun_kpi.acts.in_turn import Outcome, in_turn
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.names import read_display_name
from miyun_kpi.powers.access import own_unit
from miyun_kpi.powers.queries import NEW_ACCOUNT
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide, propose


def ask(*, actor: Actor, code: str, at: datetime, **given: Any) -> Proposal:
    """The unit is that of whoever proposes: no form and no page names another."""
    return propose(actor=actor, code=code, organisation=own_unit(actor).code, at=at, **given)


def ask_account(*, actor: Actor, username: str, display_name: str, at: datetime, **post: Any) -> Proposal:
    """Name and user name as the account will have them."""
    names = {"username": username.strip().lower(), "display_name": read_display_name(display_name)}
    return ask(actor=actor, code=NEW_ACCOUNT, at=at, **names, **post)


def release(
    *, actor: Actor, chosen: Sequence[tuple[int, int]], at: datetime
) -> list[Outcome[tuple[int, int], Proposal]]:
    """Those that were looked at, as (key, version), each as if it were released alone."""

    def one(seen: tuple[int, int]) -> Proposal:
        proposal_id, version = seen
        return decide(actor=actor, proposal_id=proposal_id, version=version, confirm=True, note="", at=at)

    return in_turn(chosen, one, "放行")
