"""Pages of the scheme: the list, the tree of one scheme, who carries what. Everybody signed in reads them."""

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
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.enums import Track
from miyun_kpi.requests import KpiRequest
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


@require_safe
def scheme(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """With `?figure=` the panel of that figure is open. A draft has pages of its own, for those who may see it."""
    actor: Actor = request.actor
    try:
        found = scheme_pages.scheme_by(year, track)
    except NotFound:
        visible_draft(actor, year, track)
        return redirect("evaluation:draft", year=year, track=track)
    page = scheme_pages.scheme_page(found)
    confirming, drafting = may_confirm(actor, found), may_draft(actor, track)
    chosen = request.GET.get("figure", "")
    opened = None
    if chosen.isdecimal() and any(str(f.pk) == chosen for f in page.view.figures):
        figure = figures.figure_by(int(chosen))
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
        "other": reverse("evaluation:scheme", args=[year, other]),
        "townships": track == Track.TOWNSHIP,
        "amending": drafting and found.state == SchemeState.IN_FORCE,
        "issue": confirmed_issue(found),
        "amendments": amendments_of(found, everything=drafting),
    }
    return render(request, "evaluation/scheme/scheme.html", context)


@require_safe
def carriers(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """All of it as a row a unit; with `?item=` or `?unit=` the cells of that one, each with its figure."""
    found = scheme_pages.scheme_by(year, track)
    matrix = carrier_matrix(found)
    opened = matrix.opened(request.GET.get("item", ""), request.GET.get("unit", ""))
    first = (opened.first or opened.beyond) if opened else matrix.next_unsettled
    context = {
        "matrix": matrix,
        "opened": opened,
        "scheme": found,
        "confirming": may_confirm(request.actor, found),
        "notice": trial_notice(scheme_pages.counts_of(matrix.view)),
        "next_address": _cell_address(first),
        "beyond": _cell_address(opened.beyond) if opened else "",
    }
    whole, cells = "evaluation/scheme/scheme_carriers.html", "evaluation/scheme/scheme_carriers_opened.html"
    return render(request, cells if opened else whole, context)


def _cell_address(figure: Figure | None) -> str:
    """Where the cell stands among those of its item."""
    return f"?item={figure.indicator.number}#f{figure.pk}" if figure and figure.indicator else ""
