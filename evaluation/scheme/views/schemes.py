"""Pages of the scheme: the list, the tree of one scheme, who carries what. Everybody signed in reads them."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from evaluation.enums import SchemeState
from evaluation.scheme.access.drafts import may_draft, schemes_visible_to, visible_draft
from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.queries import figures, scheme_pages
from evaluation.scheme.queries.amendments import amendments_of, confirmed_issue
from evaluation.scheme.queries.carriers import carrier_matrix
from evaluation.scheme.queries.scheme_pages import Counts
from evaluation.scheme.queries.waiting import mark_waiting, waiting_in
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.organisations.enums import Track
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import shown
from miyun_kpi.web.registry import Notice


def may_confirm(actor: Actor, scheme: Scheme) -> bool:
    """Whether the page offers the forms of the office; the services decide again."""
    if not actor.may(Verb.CONFIRM_FIGURES):
        return False
    return scheme.track != Track.DEPARTMENT or not is_ranked_co_office(actor)


def trial_notice(counts: Counts) -> Notice | None:
    if not counts.unsettled:
        return None
    return Notice(
        "trial",
        f"本方案还有 {counts.unsettled} 处没有确认（推定 {counts.assumed}、不可读 {counts.unreadable}）。"
        "逐处确认或改定之前，只能试算，不能正式核定。",
    )


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    actor: Actor = request.actor
    listed = scheme_pages.schemes_with_counts(schemes_visible_to(actor))
    known = {(one.year, one.track) for one, _ in listed}
    rows = [
        (
            one,
            counts,
            one.state == SchemeState.IN_FORCE
            and may_draft(actor, one.track)
            and (one.year + 1, one.track) not in known,
        )
        for one, counts in listed
    ]
    return render(request, "evaluation/scheme/schemes.html", {"schemes": rows})


def place_of(request: KpiRequest, name: str) -> str:
    """What the address names; of a page whose choice was refused what its form brought along (`at-…`)."""
    return request.POST.get(f"at-{name}", "") if request.method == "POST" else request.GET.get(name, "")


def _held(figures: Iterable[Figure], scheme: Scheme, confirming: bool) -> None:
    """What waits for its second person is the office's business."""
    mark_waiting(figures, waiting_in(scheme) if confirming else {})


@require_safe
def scheme(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """With `?figure=` the panel of that figure is open. A draft has pages of its own, for those who may see it."""
    try:
        return scheme_page(request, year, track)
    except NotFound:
        visible_draft(request.actor, year, track)
        return redirect("evaluation:draft", year=year, track=track)


def scheme_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    actor: Actor = request.actor
    found = scheme_pages.scheme_by(year, track)
    page = scheme_pages.scheme_page(found)
    confirming, drafting = may_confirm(actor, found), may_draft(actor, track)
    _held(page.view.figures, found, confirming)
    chosen = request.GET.get("figure", "")
    opened = None
    if chosen.isdecimal() and (own := next((f for f in page.view.figures if str(f.pk) == chosen), None)):
        figure = figures.figure_by(int(chosen))
        figure.waits_in = own.waits_in
        opened = figures.figure_view(figure, proposals=confirming, view=page.view)
    other = Track.TOWNSHIP if track == Track.DEPARTMENT else Track.DEPARTMENT
    context = {
        "page": page,
        "scheme": found,
        "confirming": confirming,
        "keeping": confirming and actor.may(Verb.KEEP_SETTINGS),
        "opened": opened,
        "figure": opened.figure if opened else None,
        "pending": figures.pending_batches(found) if confirming else [],
        "notice": trial_notice(page.counts),
        "here": reverse("evaluation:scheme", args=[year, track]),
        "other": reverse("evaluation:scheme", args=[year, other]),
        "townships": track == Track.TOWNSHIP,
        "amending": drafting and found.state == SchemeState.IN_FORCE,
        "issue": confirmed_issue(found),
        "amendments": amendments_of(found, everything=drafting),
    }
    return shown(request, "evaluation/scheme/scheme.html", context, refusal)


@require_safe
def carriers(request: KpiRequest, year: int, track: str) -> HttpResponse:
    return carriers_page(request, year, track)


def carriers_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    """All of it as a row a unit; with `?item=` or `?unit=` the cells of that one, with both the one where they cross."""
    found = scheme_pages.scheme_by(year, track)
    matrix, confirming = carrier_matrix(found), may_confirm(request.actor, found)
    _held((f for row in matrix.rows for f in row.cells), found, confirming)
    item, unit = place_of(request, "item"), place_of(request, "unit")
    opened = matrix.opened(item, unit)
    first = (opened.first or opened.beyond) if opened else matrix.next_unsettled
    here = reverse("evaluation:carriers", args=[year, track])
    context = {
        "matrix": matrix,
        "opened": opened,
        "scheme": found,
        "here": here,
        "confirming": confirming,
        "notice": trial_notice(scheme_pages.counts_of(matrix.view)),
        "next_address": _cell_address(here, first),
        "beyond": _cell_address(here, opened.beyond) if opened else "",
        "ticked": {
            "item": [iv.number for iv, _ in matrix.columns if str(iv.number) in request.POST.getlist("item")],
            "unit": request.POST.getlist("unit"),
            "unsettled": "unsettled" in request.POST,
        },
    }
    whole, cells = "evaluation/scheme/scheme_carriers.html", "evaluation/scheme/scheme_carriers_opened.html"
    return shown(request, cells if opened else whole, context, refusal)


def _cell_address(here: str, figure: Figure | None) -> str:
    """Where the cell stands among those of its item."""
    return f"{here}?item={figure.indicator.number}#f{figure.pk}" if figure and figure.indicator else ""
