"""What units have proposed, before the administrator who decides it: one by one on its own page, or ticked in a list."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from miyun_kpi.accounts.access import require_administrator
from miyun_kpi.acts.in_turn import MOST
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.powers import services
from miyun_kpi.powers.unit_acts import waiting_for
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.registry import decision
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, shown, tick_of, ticked


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    require_administrator(request.actor)
    page = page_asked(request.GET, waiting_for(request.actor), MOST)
    context = {
        "page": page,
        "rows": [(row, decision(row.code).word, *tick_of(request, row)) for row in page],
        "most": MOST,
    }
    return shown(request, "powers/waiting.html", context, refusal)


@page_act(_page, opens=True)
def waiting(request: KpiRequest) -> HttpResponse:
    """The answer says of each what became of it."""
    require_administrator(request.actor)
    found = services.release(actor=request.actor, chosen=ticked(request), at=timezone.now())
    rows = Proposal.objects.select_related("organisation").in_bulk([one.key[0] for one in found])
    told = [(rows.get(one.key[0]), one) for one in found]
    words = [(row, decision(row.code).word if row else "", one) for row, one in told]
    done = sum(one.refusal is None for one in found)
    return render(request, "powers/released.html", {"rows": words, "done": done, "refused": len(found) - done})
