"""应付和待退: what is due and not decided, what was decided by two persons, and the voucher that carries it out."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from farmland import access
from farmland.deciding.money import code_of
from farmland.forms import ReverseForm, VoucherForm, WarrantForm
from farmland.queries import payable as queries
from farmland.services import warrants
from farmland.views.frame import shown
from miyun_kpi.accounts.apart import joined_by
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent
from miyun_kpi.web.forms.days import with_late


def payable_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_money(request.actor)
    today = timezone.localdate()
    due = [(one, form_of(request, WarrantForm, one.key, initial=_initial(one))) for one in queries.everything(today)]
    waiting = [
        (
            row,
            form_of(request, VoucherForm, f"voucher-{row.pk}", initial={"day": today}),
            form_of(request, ReverseForm, f"cancel-{row.pk}"),
        )
        for row in queries.open_warrants()
    ]
    context = {"due": due, "waiting": waiting, "short": queries.short_fees()}
    context["joined"] = joined_by(request.actor.organisation_id, access.APART)
    return shown(request, "farmland/payable.html", context, refusal)


def _initial(one: queries.Payable) -> dict[str, Any]:
    ids = {"entry_id": one.entry, "lot_id": one.lot, "transfer_id": one.transfer, "fee_id": one.fee}
    return ids | {"kind": one.kind, "town": one.town, "amount": f"{one.amount:.2f}"}


@page_act(payable_page, opens=True)
def index(request: KpiRequest) -> HttpResponse:
    """What one person decides is proposed: another of 区财政局 confirms it."""
    access.require_money(request.actor)
    given = sent(request, WarrantForm, request.POST.get("row", "")[:120])
    made = propose(actor=request.actor, code=code_of(given["kind"]), at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)


@page_act(payable_page)
def voucher(request: KpiRequest, warrant_id: int) -> HttpResponse:
    access.require_money(request.actor)
    given = with_late(sent(request, VoucherForm, f"voucher-{warrant_id}"))
    warrants.record_voucher(actor=request.actor, warrant_id=warrant_id, at=timezone.now(), **given)
    return redirect("farmland:payable")


@page_act(payable_page)
def cancel(request: KpiRequest, warrant_id: int) -> HttpResponse:
    access.require_money(request.actor)
    given = sent(request, ReverseForm, f"cancel-{warrant_id}")
    warrants.cancel(actor=request.actor, warrant_id=warrant_id, at=timezone.now(), **given)
    return redirect("farmland:payable")
