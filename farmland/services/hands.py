"""第十一条: who had a hand in the quota does not pay for it, whatever post he stands in by then."""

from datetime import date

from farmland import access
from farmland.enums import EntryKind
from farmland.models import Entry, Lot, Transfer
from miyun_kpi.accounts.apart import First, require_apart
from miyun_kpi.acts.acting import refuse_same_hand
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.models import Proposal

CLAUSE = "21·第十一条"
MOVED_BY_TWO = ("farmland-post", "farmland-transfer")
OWN = "您提出或确认过这一件的指标办理（核销、转让、验收），不能再办它的付款，换岗位也不能，没有执行。请由没有办过的同事办理。"


def require_other(actor: Actor, entry: Entry | None, lot: Lot | None, transfer: Transfer | None, today: date) -> str:
    """One office keeps the quota, another the money; where one body does both by now, two persons of it: its paper is answered.

    Of the same person no post changes anything, so it is asked by the owner.
    """
    said = ""
    if entry is not None:
        first = First(None, entry.by_id, entry.at.astimezone().date())
        said = require_apart(actor, first, access.APART, "核销和付款", CLAUSE, today)
    for one in _moved(entry, lot, transfer):
        # What two persons do bears the moment of the second; the first stands on their proposal.
        both = Proposal.objects.filter(code__in=MOVED_BY_TWO, state=TwoPersonState.CONFIRMED, confirmed_at=one.at)
        for hand in (one.by_id, *both.values_list("recorded_by_id", flat=True)):
            if hand is not None and hand == actor.user_id:
                refuse_same_hand(actor, hand, OWN)
    return said


def _moved(entry: Entry | None, lot: Lot | None, transfer: Transfer | None) -> list[Entry]:
    """The lines of the ledger that the money is for."""
    if entry is not None:
        return [entry]
    if transfer is not None:
        return list(transfer.entries.filter(kind=EntryKind.TRANSFER))
    return list(Entry.objects.filter(lot=lot, kind__in=[EntryKind.ACCEPT, EntryKind.OPENING])) if lot else []
