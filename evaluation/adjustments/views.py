"""加减分: the list, one entry, and the acts on it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from evaluation.adjustments import access, services
from evaluation.adjustments.excel import adjustments_workbook
from evaluation.adjustments.forms import AdjustmentForm, CheckForm, CityResultForm, VersionForm, ground_help
from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.queries import filtered, lines_of
from evaluation.enums import AdjustmentState
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.enums import TRACK_CHOICES, TRACK_WORDS, Track
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.acts import form_of, on_top, page_act, sent, sent_file, shown, takes_files
from miyun_kpi.web.answers import download

PER_PAGE = 50


def _found(request: KpiRequest) -> tuple[QuerySet[Adjustment], dict[str, str]]:
    """What the actor sees, narrowed by the address; an unknown value narrows nothing."""
    visible = access.adjustments_visible_to(request.actor)
    track, state, year = (request.GET.get(name, "") for name in ("track", "state", "year"))
    chosen = {
        "track": track if track in Track.values else "",
        "state": state if state in AdjustmentState.values else "",
        "year": year if year.isascii() and year.isdigit() and len(year) == 4 else "",
    }
    number = int(chosen["year"]) if chosen["year"] else None
    return filtered(visible, year=number, track=chosen["track"], state=chosen["state"]), chosen


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    found, chosen = _found(request)
    page = page_asked(request.GET, found, PER_PAGE)
    years = access.adjustments_visible_to(actor).order_by("-scheme__year").values_list("scheme__year", flat=True)
    context = {
        **chosen,
        "page": page,
        "lines": lines_of(list(page.object_list)),
        "tracks": TRACK_CHOICES,
        "states": [("", "全部"), *AdjustmentState.choices],
        "years": [("", "全部"), *((str(year), f"{year}年") for year in dict.fromkeys(years))],
        "proposes": bool(access.units_to_propose(actor)),
    }
    return render(request, "evaluation/adjustments/adjustments.html", context)


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    found, _ = _found(request)
    content = adjustments_workbook(lines_of(list(found)), viewer=request.actor.label, at=timezone.now())
    return download(content, CONTENT_TYPE, "加减分.xlsx")


def _organisations(actor: Actor) -> list[Any]:
    """Choices by track: those the actor may propose for."""
    found = access.units_to_propose(actor)
    return [(TRACK_WORDS[track], [(str(one.pk), one.name) for one in units]) for track, units in found]


def _own(actor: Actor, organisations: list[Any]) -> str:
    """What is chosen already: a unit itself beside those that ended into it, else the only one there is."""
    offered = [pk for _, units in organisations for pk, _ in units]
    own = str(actor.organisation_id)
    if actor.role in access.OWN_UNIT_ROLES and own in offered:
        return own
    return offered[0] if len(offered) == 1 else ""


def _year() -> int | None:
    return Scheme.objects.filter(state="in_force").order_by("-year").values_list("year", flat=True).first()


def _new_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    require(request.actor, Verb.PROPOSE_ADJUSTMENTS)
    organisations = _organisations(request.actor)
    initial = {"year": _year(), "organisation": _own(request.actor, organisations)}
    form = form_of(request, AdjustmentForm, initial=initial, organisations=organisations)
    return _form_page(request, form, None, refusal)


@page_act(_new_page, opens=True, explains=True)
def propose(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    require(actor, Verb.PROPOSE_ADJUSTMENTS)
    given = sent(request, AdjustmentForm, organisations=_organisations(actor))
    row = services.propose_adjustment(
        actor=actor,
        organisation_id=int(given["organisation"]),
        year=given["year"],
        typed=_typed(given),
        at=timezone.now(),
    )
    return redirect("evaluation:adjustment", adjustment_id=row.pk)


def _typed(given: dict[str, Any]) -> services.Typed:
    return services.Typed(**{name: given[name] for name in services.Typed.__dataclass_fields__})


def _amended(request: KpiRequest, adjustment_id: int) -> tuple[Adjustment, dict[str, Any]]:
    """The entry, and what its form offers: unit and year stay."""
    row = access.visible_adjustment(request.actor, adjustment_id)
    access.require_proposer(request.actor, row)
    own = [(TRACK_WORDS[row.scheme.track], [(str(row.organisation_id), row.organisation.name)])]
    return row, {
        "organisations": own,
        "fixed": {"organisation": str(row.organisation_id), "year": str(row.scheme.year)},
    }


def _amend_page(request: KpiRequest, adjustment_id: int, refusal: Refused | None = None) -> HttpResponse:
    row, options = _amended(request, adjustment_id)
    form = form_of(request, AdjustmentForm, initial=AdjustmentForm.initial_of(row), **options)
    return _form_page(request, on_top(form, row.version), row, refusal)


@page_act(_amend_page, opens=True, explains=True)
def amend(request: KpiRequest, adjustment_id: int) -> HttpResponse:
    _, options = _amended(request, adjustment_id)
    given = sent(request, AdjustmentForm, **options)
    services.amend_adjustment(
        actor=request.actor,
        adjustment_id=adjustment_id,
        version=given["version"] or 0,
        typed=_typed(given),
        at=timezone.now(),
    )
    return redirect("evaluation:adjustment", adjustment_id=adjustment_id)


def _form_page(
    request: KpiRequest, form: AdjustmentForm, row: Adjustment | None, refusal: Refused | None
) -> HttpResponse:
    context = {"form": form, "row": row, "grounds": ground_help()}
    return shown(request, "evaluation/adjustments/adjustment_form.html", context, refusal)


@require_safe
def adjustment(request: KpiRequest, adjustment_id: int) -> HttpResponse:
    return _page(request, adjustment_id)


def _page(request: KpiRequest, adjustment_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    row = access.visible_adjustment(actor, adjustment_id)
    (line,) = lines_of([row])
    whole = actor.may(Verb.READ_UNPUBLISHED)
    amends, checks = access.may_amend(actor, row), access.may_check(actor, row)
    waits = row.state == AdjustmentState.CITY
    version = {"version": row.version}
    context = {
        "row": row,
        "line": line,
        "whole": whole,
        # Another unit's entry is the office's to see; the unit only learns that there is one.
        "same": line.same if whole else (),
        "same_count": 0 if whole else len(line.same),
        "amends": amends,
        "checks": checks and row.state in (AdjustmentState.PROPOSED, AdjustmentState.CITY),
        "own_entry": row.entered_by_id == actor.user_id,
        "takes_result": waits and (amends or checks),
        "city_form": form_of(
            request,
            CityResultForm,
            initial=version | {"points": plain(abs(row.points)), "document_number": row.document_number},
        ),
        "check_form": form_of(request, CheckForm, initial=version | {"keep_reason": row.keep_reason}),
    }
    return shown(request, "evaluation/adjustments/adjustment.html", context, refusal)


@page_act(_page)
def city_result(request: KpiRequest, adjustment_id: int) -> HttpResponse:
    data = sent(request, CityResultForm)
    services.receive_city_result(actor=request.actor, adjustment_id=adjustment_id, at=timezone.now(), **data)
    return redirect("evaluation:adjustment", adjustment_id=adjustment_id)


@page_act(_page)
def check(request: KpiRequest, adjustment_id: int) -> HttpResponse:
    data = sent(request, CheckForm)
    passed = data.pop("decision") == "pass"
    services.check_adjustment(
        actor=request.actor, adjustment_id=adjustment_id, passed=passed, at=timezone.now(), **data
    )
    return redirect("evaluation:adjustment", adjustment_id=adjustment_id)


@page_act(_page)
def withdraw(request: KpiRequest, adjustment_id: int) -> HttpResponse:
    data = sent(request, VersionForm)
    services.withdraw_adjustment(actor=request.actor, adjustment_id=adjustment_id, at=timezone.now(), **data)
    return redirect("evaluation:adjustment", adjustment_id=adjustment_id)


@takes_files
@page_act(_page)
def add_evidence(request: KpiRequest, adjustment_id: int) -> HttpResponse:
    """Upload one file; the page says what must never be uploaded (engine 20)."""
    access.require_proposer(request.actor, access.visible_adjustment(request.actor, adjustment_id))
    file, name = sent_file(request)
    services.add_adjustment_evidence(
        actor=request.actor, adjustment_id=adjustment_id, file=file, name=name, at=timezone.now()
    )
    return redirect(f"{reverse('evaluation:adjustment', args=[adjustment_id])}#evidence")


@require_POST
def remove_evidence(request: KpiRequest, attachment_id: int) -> HttpResponse:
    row = services.remove_adjustment_evidence(actor=request.actor, attachment_id=attachment_id, at=timezone.now())
    return redirect(f"{reverse('evaluation:adjustment', args=[row.pk])}#evidence")
