"""What a unit owes over all documents, the duties of one document, and one duty with the sentence behind it."""

from collections.abc import Callable
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.db.paging import page_asked
from miyun_kpi.duties import access
from miyun_kpi.duties.enums import Cadence, DutyKind, UnitRole
from miyun_kpi.duties.excel import duties_workbook
from miyun_kpi.duties.forms import AmendForm, ReasonForm, RhythmForm
from miyun_kpi.duties.models import Duty, DutyUnit
from miyun_kpi.duties.queries.lists import (
    DutyView,
    Owed,
    choices_of,
    document_by,
    document_counts,
    duties_of,
    owed_lines,
    roles_of,
    view_duty,
)
from miyun_kpi.duties.queries.reports import owed_by, tallies_by_document
from miyun_kpi.duties.registry import address_of, own_scopes
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import ordered
from miyun_kpi.lib.reading import read_flag
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.acts import form_of, shown
from miyun_kpi.web.answers import download

PAGE = 50


@require_safe
def mine(request: KpiRequest) -> HttpResponse:
    """One list of what my unit owes over all documents, then every duty that names it."""
    actor, at = request.actor, timezone.now()
    organisation = Organisation.objects.filter(pk=actor.organisation_id).first() if actor.organisation_id else None
    owed, duties = [], []
    if organisation:
        rows = owed_by(organisation.pk, at)
        own = access.units_visible_to(actor).order_by().values("pk")
        owed = [(line, address_of(line.row)) for line in owed_lines(rows.filter(unit__in=own), at)]
        duties = [_with_own_role(duty, organisation.pk) for duty in duties_of(organisation_id=organisation.pk)]
    counts = document_counts(tallies_by_document(access.units_visible_to(actor), at))
    context = {
        "organisation": organisation,
        "owed": ordered(owed, request.GET.get("sort", ""), OWED_SORTS),
        "duties": duties,
        "documents": counts,
        "now": at,
    }
    return render(request, "duties/mine.html", context)


def _with_own_role(duty: Any, organisation_id: int) -> tuple[DutyView, DutyUnit]:
    unit = next(one for one in duty.units.all() if one.organisation_id == organisation_id and one.active)
    return DutyView(duty, []), unit


def _filters(request: KpiRequest) -> dict[str, Any]:
    """Filters from the query string; what is not known is ignored on a page and refused in the API."""
    get = request.GET
    role, kind, cadence = get.get("role", ""), get.get("kind", ""), get.get("cadence", "")
    organisation = resolve(get.get("organisation", "")[:60]) if get.get("organisation") else None
    return {
        "organisation_id": organisation.pk if organisation else None,
        "role": role if role in UnitRole.values else "",
        "kind": kind if kind in DutyKind.values else "",
        "cadence": cadence if cadence in Cadence.values else "",
        "words": get.get("q", "").strip()[:60],
        "open_lists": read_flag(get.get("open", "")),
        "withdrawn": read_flag(get.get("withdrawn", "")),
    }


# By what the list of a document sorts, besides its printed order.
SORTS = {"number": ("number", "pk"), "title": ("title", "pk"), "timing": ("due_on", "cadence", "pk")}
OWED_SORTS: dict[str, Callable[[tuple[Owed, str]], Any]] = {
    "state": lambda row: row[0].standing,
    "title": lambda row: row[0].row.unit.duty.title,
    "clause": lambda row: (row[0].row.unit.duty.document, row[0].row.unit.duty.clause),
    "period": lambda row: row[0].row.period,
    "due": lambda row: row[0].row.due_at,
}


def _sorted(found: QuerySet[Duty], sort: str) -> QuerySet[Duty]:
    columns = [F(name) for name in SORTS.get(sort.removeprefix("-"), ())]
    down = sort.startswith("-")
    keys = [one.desc(nulls_last=True) if down else one.asc(nulls_last=True) for one in columns]
    return found.order_by(*keys) if keys else found


@require_safe
def document(request: KpiRequest, document: str) -> HttpResponse:
    actor = request.actor
    kept = document_by(document)
    chosen, query = _filters(request), request.GET.copy()
    query.pop("page", None)
    found = duties_of(document=kept.document, **chosen)
    page = page_asked(request.GET, _sorted(found, request.GET.get("sort", "")), PAGE)
    offered = choices_of(kept.document)
    of_document = access.units_visible_to(actor).filter(duty__document=kept.document)
    context = {
        "document": kept,
        "page": page,
        "rows": [DutyView(duty, roles_of(duty)) for duty in page],
        "parts": (parts := found.filter(parent__isnull=False).count()),
        "wholes": page.paginator.count - parts,
        "kinds": [("", "全部"), *offered.kinds],
        "cadences": [("", "全部周期"), *offered.cadences],
        "roles": [("", "不限角色"), *offered.roles],
        "typed": request.GET,
        "query": query.urlencode(),
        "chosen": chosen,
        "unknown": bool(request.GET.get("organisation")) and chosen["organisation_id"] is None,
        "keeps": access.is_office(actor, kept),
        "reviews": access.reviewed_by(actor).filter(unit__duty__document=kept.document).exists(),
        "tally": tallies_by_document(of_document, timezone.now()).get(kept.document),
    }
    return render(request, "duties/document.html", context)


@require_safe
def workbook(request: KpiRequest, document: str) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    kept = document_by(document)
    found = list(duties_of(document=kept.document, **_filters(request)))
    periods = access.reports_visible_to(actor).filter(unit__duty__in=found).order_by("unit__duty", "due_at", "pk")
    content = duties_workbook(kept, found, periods, viewer=actor.label, at=at)
    return download(content, CONTENT_TYPE, f"{kept.label}任务.xlsx")


@require_safe
def duty(request: KpiRequest, duty_id: int) -> HttpResponse:
    return duty_page(request, duty_id)


def duty_page(request: KpiRequest, duty_id: int, refusal: Refused | None = None) -> HttpResponse:
    """The duty with the acts its reader may do; a refused act comes back with what was typed."""
    actor, at = request.actor, timezone.now()
    view = view_duty(duty_id, access.reports_visible_to(actor), at)
    kept = document_by(view.duty.document)
    office = access.is_office(actor, kept)
    keeper = access.may_keep(actor, view.duty)
    version = {"version": view.duty.version}
    context = {
        "view": view,
        "duty": view.duty,
        "document": kept,
        "office": office,
        "keeper": keeper,
        "amend_form": form_of(
            request,
            AmendForm,
            initial={
                **version,
                "title": view.duty.title,
                "requirement": view.duty.requirement,
                "due_on": view.duty.due_on,
            },
        ),
        "rhythm_form": form_of(request, RhythmForm, initial={**version, "since": timezone.localdate()}),
        "withdraw_form": form_of(request, ReasonForm, initial=version, prefix="withdraw"),
        "sets_rhythm": keeper and view.duty.basis != "printed" and view.duty.due_on is None,
        "addressed": view.duty.scope not in own_scopes(),
    }
    return shown(request, "duties/duty.html", context, refusal)
