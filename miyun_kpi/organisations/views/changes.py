"""机构改革: the list, and one change with what moved, what is still open in an ended name, and whose posts end."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations import queries, services
from miyun_kpi.organisations.access import may_manage, require_changes, require_manage
from miyun_kpi.organisations.affairs import affairs_of
from miyun_kpi.organisations.enums import Change, Part
from miyun_kpi.organisations.forms import DealForm
from miyun_kpi.organisations.models import Organisation, Reorganisation
from miyun_kpi.organisations.revoking import revoke_change
from miyun_kpi.organisations.services import Seen
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, sent, shown


@require_safe
def changes(request: KpiRequest) -> HttpResponse:
    require_changes(request.actor)
    found = Reorganisation.objects.defer("taken").prefetch_related("units__organisation")
    rows = [(row, _units(row, Part.ENDED), _units(row, Part.SUCCESSOR) or _units(row, Part.SAME)) for row in found]
    return shown(request, "organisations/changes.html", {"rows": rows})


def _units(row: Reorganisation, part: str) -> list[Organisation]:
    return [one.organisation for one in row.units.all() if one.part == part]


@require_safe
def change(request: KpiRequest, reorganisation_id: int) -> HttpResponse:
    return _page(request, reorganisation_id)


def _page(request: KpiRequest, reorganisation_id: int, refusal: Refused | None = None) -> HttpResponse:
    require_changes(request.actor)
    row = one_of(Reorganisation.objects.prefetch_related("units__organisation").filter(pk=reorganisation_id))
    ended, successors = _units(row, Part.ENDED), _units(row, Part.SUCCESSOR)
    # Of a 分设 that was taken back what it made has ended, in the body that stands again.
    posts = (successors, ended) if row.revoked_at and row.kind == Change.SPLIT else (ended, successors)
    context: dict[str, Any] = {
        "row": row,
        "ended": ended,
        "successors": successors,
        "same": _units(row, Part.SAME),
        "affairs": affairs_of(ended) if ended and not row.revoked_at else None,
        "posts": posts,
        "revokes": ended and not row.revoked_at and may_manage(request.actor),
        "why": request.POST.get("reason", ""),
        "given_back": sorted(row.given_back.items()),
        "left": sorted(row.left.items()),
        "deals": may_manage(request.actor),
        "today": timezone.localdate(),
        "moved": sorted(row.moved.items()),
    }
    return shown(request, "organisations/change.html", context, refusal)


@page_act(_page)
def deal_out(request: KpiRequest, reorganisation_id: int) -> HttpResponse:
    """The open rows of one kind to one organisation."""
    actor = require_manage(request.actor)
    given = sent(request, DealForm)
    to = queries.resolve(given["to"].strip())
    if to is None:
        raise Refused("unknown-organisation", f"没有叫“{given['to'].strip()[:30]}”的单位，没有移交。请换名称或别名。")
    seen = Seen(to.code, to.version)
    services.deal_out(
        actor=actor, reorganisation_id=reorganisation_id, label=given["label"], to=seen, at=timezone.now()
    )
    return redirect("organisations:change", reorganisation_id=reorganisation_id)


@page_act(_page)
def revoke(request: KpiRequest, reorganisation_id: int) -> HttpResponse:
    """The change was entered by mistake: who had ended stands again."""
    actor = require_manage(request.actor)
    reason = request.POST.get("reason", "")
    revoke_change(actor=actor, reorganisation_id=reorganisation_id, reason=reason, at=timezone.now())
    return redirect("organisations:change", reorganisation_id=reorganisation_id)
