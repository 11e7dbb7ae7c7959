"""The pool by town and lot, the ledger, and the replay pressed by hand."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from farmland import access
from farmland.forms import LotAmendForm, LotForm, ReverseForm
from farmland.models import Lot
from farmland.queries import pool as pools
from farmland.queries.flow import parts_of
from farmland.services import ledger, lots
from farmland.views.flow import flow
from farmland.views.frame import shown
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.registers.queries.overview import overview
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent

PAGE, LOTS = 100, 30


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    return index_page(request)


def index_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    found = access.visible_lots(request.actor).filter(struck_at__isnull=True)
    towns = pools.by_town(found)
    town = request.GET.get("town", "")
    known = {line.code for line in towns}
    asked = found.filter(town__code=town) if town in known else found
    page = page_asked(request.GET, pools.in_use_first(asked), LOTS)
    rows = list(page)
    whole = access.reads_all(request.actor)
    near = None if whole else _near(request, rows)
    widest = max((lot.accepted for lot in rows), default=0) or 1
    context = {
        "page": page,
        "towns": towns,
        "segments": [("", "全部"), *((line.code, line.name) for line in towns)],
        "town": town if town in known else "",
        "lots": [(lot, _bar(lot, widest)) for lot in rows],
        "sum": pools.totals(asked),
        "flow": flow(rows, parts_of(rows, near)),
        "overview": overview(request.actor, "farmland", timezone.now()),
        "tail": access.visible_entries(request.actor).order_by("-number")[:5],
    }
    return shown(request, "farmland/index.html", context, refusal)


def _near(request: KpiRequest, lots: Sequence[Lot]) -> frozenset[int]:
    """Of the projects that use the lots, those the viewer may name."""
    named = access.visible_applications(request.actor).filter(uses__lot__in=[lot.pk for lot in lots])
    return frozenset(named.order_by().values_list("pk", flat=True).distinct())


def _bar(lot: Lot, widest: object) -> list[tuple[str, float, float]]:
    """Used, transferred and reserved parts and the whole of a lot, in hundredths of the widest."""
    scale = 100 / float(str(widest))
    edge, parts = 0.0, []
    for name, value in (("used", lot.used), ("out", lot.transferred), ("held", lot.reserved), ("free", lot.free)):
        width = round(float(value) * scale, 2)
        parts.append((name, round(edge, 2), width))
        edge += width
    return parts


@require_POST
def check(request: KpiRequest) -> HttpResponse:
    ledger.check_ledger(actor=request.actor, at=timezone.now())
    return redirect("farmland:index")


@require_safe
def entries(request: KpiRequest) -> HttpResponse:
    return entries_page(request)


def entries_page(request: KpiRequest) -> HttpResponse:
    found = access.visible_entries(request.actor).order_by("-number")
    page = page_asked(request.GET, found, PAGE)
    gone = found.filter(reverses__in=[row.number for row in page]).order_by().values_list("reverses", flat=True)
    context = {
        "page": page,
        "gone": set(gone),
        "reversible": ledger.REVERSIBLE if access.keeps_pool(request.actor) else (),
    }
    return shown(request, "farmland/entries.html", context)


def reverse_page(request: KpiRequest, number: int, refusal: Refused | None = None) -> HttpResponse:
    access.require_pool(request.actor)
    rows = list(
        access.visible_entries(request.actor).filter(act=number).select_related("application").order_by("number")
    )
    if not rows:
        raise NotFound
    kind, given = decision("farmland-reverse-entry"), {"number": number, "reason": ""}
    barred = ledger.bar_of(rows)
    context = {
        "rows": rows,
        "number": number,
        "barred": barred,
        "warned": [] if barred else kind.warns(given),
        "form": form_of(request, ReverseForm),
    }
    return shown(request, "farmland/reverse_entry.html", context, refusal)


@page_act(reverse_page, opens=True)
def reverse(request: KpiRequest, number: int) -> HttpResponse:
    """`number`: the first line of the act that is taken back."""
    access.require_pool(request.actor)
    given = sent(request, ReverseForm) | {"number": number}
    made = propose(actor=request.actor, code="farmland-reverse-entry", at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)


def new_lot_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_pool(request.actor)
    return shown(request, "farmland/lot_new.html", {"form": form_of(request, LotForm)}, refusal)


@page_act(new_lot_page, opens=True)
def new_lot(request: KpiRequest) -> HttpResponse:
    access.require_pool(request.actor)
    made = lots.accept_lot(actor=request.actor, new=lots.NewLot(**sent(request, LotForm)), at=timezone.now())
    return redirect("farmland:lot", lot_id=made.pk)


def lot_page(request: KpiRequest, lot_id: int, refusal: Refused | None = None) -> HttpResponse:
    row = access.visible_lot(request.actor, lot_id)
    stored = {name: getattr(row, name) for name in LotAmendForm.base_fields}
    form = form_of(request, LotAmendForm, initial=stored)
    entries = access.visible_entries(request.actor).filter(lot=row).order_by("-number")
    return shown(request, "farmland/lot.html", {"lot": row, "entries": first(entries, 200), "form": form}, refusal)


@page_act(lot_page, opens=True)
def lot(request: KpiRequest, lot_id: int) -> HttpResponse:
    access.visible_lot(request.actor, lot_id)
    access.require_pool(request.actor)
    lots.amend_lot(actor=request.actor, lot_id=lot_id, at=timezone.now(), **sent(request, LotAmendForm))
    return redirect("farmland:lot", lot_id=lot_id)
