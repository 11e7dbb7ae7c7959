"""What waits for a second person of 区财政局: that office alone sees and decides it."""

from typing import Any

from django.utils import timezone

from miyun_kpi.organisations.queries import resolve
from miyun_kpi.proposals.models import Proposal

EXTRA = ("区财政局",)
BODIES: dict[str, Any] = {
    "proposals:decide": {"version": "1", "decision": "confirm", "note": ""},
    "proposals:withdraw": {"version": "1"},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    given = {"kind": "reward_first", "value": "1.00", "starts_on": "2031-01-01", "ends_on": None, "basis": "某文"}
    made = Proposal.objects.create(
        code="farmland-rate",
        thing="farmland-rate:reward_first:2031-01-01",
        name="单价",
        organisation=resolve("区财政局"),
        given=given,
        recorded_by="甲",
        recorded_by_id=0,
        recorded_at=timezone.now(),
    )
    return {"proposal_id": made.pk}


PAGES: dict[tuple[str, str], str] = {
    ("proposals:decide", "POST"): "SNNNNNNNNNA",
    ("proposals:index", "GET"): "SAAAAAAAAAA",
    ("proposals:proposal", "GET"): "SNNNNNNNNNA",
    ("proposals:withdraw", "POST"): "SNNNNNNNNNF",
}
API: dict[tuple[str, str], str] = {("api:proposal", "GET"): "SNNNNNNNNA"}
