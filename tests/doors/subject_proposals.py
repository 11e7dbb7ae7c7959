"""What waits for a second person of 区财政局: confirmed, given back, withdrawn."""

from datetime import date, datetime
from decimal import Decimal

from django.db import models

from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide, propose, withdraw
from tests.doors.standings import Standing, by_column
from tests.doors.table import KEEPER, WHY, Act, Maker, plain

ACTS: dict[type[models.Model], list[Act]] = {
    Proposal: [
        plain(decide, KEEPER, "proposal_id", name="decide: confirmed", confirm=True, note=""),
        plain(decide, KEEPER, "proposal_id", name="decide: returned", confirm=False, note=WHY),
        plain(withdraw, KEEPER, "proposal_id"),
    ],
}
STANDINGS: dict[type[models.Model], Standing] = {Proposal: by_column(Proposal)}


def a_proposal(actor: Actor, at: datetime) -> Proposal:
    given = {"kind": "maintenance", "value": Decimal("3100.00"), "starts_on": date(2033, 1, 1), "ends_on": None}
    return propose(actor=actor, code="farmland-rate", basis=WHY, at=at, **given)


MAKERS: dict[type[models.Model], list[Maker]] = {Proposal: [(KEEPER, a_proposal)]}
