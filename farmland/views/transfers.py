"""转让外区, 试算, and the yearly plan beside what came of it."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from farmland import access
from farmland.forms import DealForm, RewardForm, TrialForm
from farmland.queries.plans import plan_lines_of
from farmland.queries.transfers import line_of, newest
from farmland.queries.trial import Trial, trial_of
from farmland.rules.kinds import PLAN
from farmland.services import transfers as services
from farmland.views.frame import shown
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.services import propose
from miyun_kpi.registers.access import visible_to
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent
from miyun_kpi.web.forms.days import LATE_BOXES, with_late


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    return transfers_page(request)


def transfers_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    rows = [line_of(row) for row in newest(access.visible_transfers(request.actor))]
    form = form_of(request, DealForm)
    boxes = [one for one in form.visible_fields() if one.name not in LATE_BOXES]
    context = {"rows": [(one.row, one.received, one.rewarded) for one in rows], "form": form, "boxes": boxes}
    return shown(request, "farmland/transfers.html", context, refusal)


@page_act(transfers_page)
def make(request: KpiRequest) -> HttpResponse:
    access.require_pool(request.actor)
    at = timezone.now()
    given = with_late(sent(request, DealForm))
    dated = {name: given.pop(name) for name in ("on", "late")} | {"asked_on": timezone.localdate(at)}
    deal = services.Deal(**given)
    made = propose(actor=request.actor, code="farmland-transfer", at=at, deal=deal, **dated)
    return redirect("proposals:proposal", proposal_id=made.pk)


@require_safe
def transfer(request: KpiRequest, transfer_id: int) -> HttpResponse:
    return transfer_page(request, transfer_id)


def transfer_page(request: KpiRequest, transfer_id: int, refusal: Refused | None = None) -> HttpResponse:
    row = access.visible_transfer(request.actor, transfer_id)
    line = line_of(row)
    context = {
        "row": row,
        "entries": row.entries.select_related("lot__town"),
        "received": line.received,
        "rewarded": line.rewarded,
        "events": row.events.all(),
        "form": form_of(request, RewardForm, initial={"version": row.version}),
    }
    return shown(request, "farmland/transfer.html", context, refusal)


@page_act(transfer_page)
def reward(request: KpiRequest, transfer_id: int) -> HttpResponse:
    row = access.visible_transfer(request.actor, transfer_id)
    access.require_money(request.actor)
    given = sent(request, RewardForm)
    given["transfer_id"] = row.pk
    made = propose(actor=request.actor, code="farmland-agree-reward", at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)


def trial_page(request: KpiRequest, refusal: Refused | None = None, found: Trial | None = None) -> HttpResponse:
    access.require_reads_all(request.actor)
    form = form_of(request, TrialForm, initial={"on": timezone.localdate()})
    context = {"form": form, "trial": found, "allocation": found.allocation if found else None}
    return shown(request, "farmland/trial.html", context, refusal)


@page_act(trial_page, opens=True)
def trial(request: KpiRequest) -> HttpResponse:
    """A POST computes and shows; it saves nothing."""
    access.require_reads_all(request.actor)
    return trial_page(request, found=trial_of(**sent(request, TrialForm)))


@require_safe
def plan(request: KpiRequest) -> HttpResponse:
    """Offices and leaders all towns, a town its own."""
    actor = request.actor
    plans = list(visible_to(actor, PLAN, access.PLAN_RIGHTS).filter(struck_at__isnull=True).select_related("owner"))
    lots = access.visible_lots(actor).filter(struck_at__isnull=True)
    accepted = {day.year for day in lots.order_by().dates("accepted_on", "year")}
    found = {int(one.values["year"]) for one in plans} | accepted
    known = sorted(found | {timezone.localdate().year}, reverse=True)
    asked = request.GET.get("year", "")
    year = int(asked) if asked in {str(one) for one in known} else known[0]
    lines = plan_lines_of(plans, lots, access.visible_entries(actor), year)
    context = {"lines": lines, "year": str(year), "years": [(str(y), f"{y}年") for y in known]}
    return shown(request, "farmland/plan.html", context)
