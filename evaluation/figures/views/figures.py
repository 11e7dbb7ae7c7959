"""One figure, and the batches by which figures are confirmed: chosen, proposed, checked by a second person."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.figures.forms.figures import CheckForm, ProposalForm, WithdrawForm, read_seen, typed_value
from evaluation.figures.services.figures import Wanted, check_figures, propose_figures, withdraw_figures
from evaluation.figures.services.following import going_back
from evaluation.figures.views.doubts import doubts_page
from evaluation.scheme.access.office import require_batch_reader, require_office, takes_back
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.queries import figures, scheme_pages
from evaluation.scheme.queries.carriers import carried_figures
from evaluation.scheme.queries.waiting import Held, batch_words, by_batch, mark_waiting, waiting_in
from evaluation.scheme.views.schemes import carriers_page, may_confirm, scheme_page
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


@require_safe
def figure(request: KpiRequest, figure_id: int) -> HttpResponse:
    """The panel of a figure as a fragment for the scheme's page, or as a page of its own."""
    found = figures.figure_by(figure_id)
    confirming = may_confirm(request.actor, found.scheme)
    mark_waiting([found], waiting_in(found.scheme, [found.pk]) if confirming else {})
    view = figures.figure_view(found, proposals=confirming)
    context = {"opened": view, "figure": found, "scheme": found.scheme, "confirming": confirming}
    template = "evaluation/figures/_figure.html" if request.htmx else "evaluation/figures/figure.html"
    return render(request, template, context)


def _office_scheme(request: KpiRequest, year: int, track: str) -> Scheme:
    scheme = scheme_pages.scheme_by(year, track)
    require_office(request.actor, Verb.CONFIRM_FIGURES, track=scheme.track)
    return scheme


def _chosen(request: KpiRequest, scheme: Scheme) -> tuple[list[Figure], dict[int, int]]:
    """The figures that were ticked, each with what is wanted of it, and the versions that were seen."""
    seen = read_seen(request.POST.getlist("seen"))
    loose = request.POST.get("unsettled") == "1"
    if not seen:
        # Whole rows and columns: what they are at this moment is what the next page shows, and what is proposed there.
        picked = carried_figures(
            scheme,
            items=request.POST.getlist("item"),
            units=request.POST.getlist("unit"),
            unsettled=loose,
        )
        seen = dict(picked.values_list("pk", "version"))
    if not seen and loose:
        raise Refused("nothing-chosen", "选中的范围里没有未确认的数字，都已确认，没有要办的。")
    if not seen:
        raise Refused("nothing-chosen", "没有选中任何数字。请先在表里勾选要确认的格，再按“确认或改定”。")
    found = list(
        Figure.objects.filter(scheme=scheme, pk__in=seen).select_related("indicator", "organisation").order_by("order")
    )
    if len(found) != len(seen):
        raise NotFound
    offered = request.POST.get("as", "")
    for one in found:
        stored = offered if offered in dict(figures.choices_of(one.kind)) else one.value
        one.wanted = typed_value(request.POST, one.pk, stored)
    return found, seen


def _proposal_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    """What waits already is named and left out: what is sent from here is free."""
    scheme = _office_scheme(request, year, track)
    chosen, seen = _chosen(request, scheme)
    mark_waiting(chosen, waiting_in(scheme))
    held, free = by_batch(chosen), [one for one in chosen if one.waits_in is None]
    if not free and refusal is None:
        raise _all_wait(held)
    if isinstance(refusal, Conflict):  # what was typed stays; sent again it stands on the versions now shown
        seen = {one.pk: one.version for one in chosen}
    lines = figures.proposal_lines(free, refusal)
    context = {
        "scheme": scheme,
        "lines": lines,
        "held": held,
        "seen": ",".join(f"{one.pk}:{seen[one.pk]}" for one in free),
        "form": form_of(request, ProposalForm),
        "evaluators": figures.evaluator_names() if any(line.is_share for line in lines) else [],
    }
    return shown(request, "evaluation/figures/figure_proposal.html", context, refusal)


def _all_wait(held: Sequence[Held]) -> Refused:
    said = "；".join(f"{len(one.figures)} 处在 {batch_words(one.batch)}" for one in held)
    return Refused("waiting", f"选中的数字都在等复核，不能再提：{said}。那一张复核、退回或撤回以后，才能再提。")


def _from_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    """The page on which was chosen, with what was chosen."""
    page = {"carriers": carriers_page, "doubts": doubts_page}.get(request.POST.get("from", ""), scheme_page)
    return page(request, year, track, refusal)


@page_act(_from_page)
def choose(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """Writes nothing: the chosen figures with their values, to be confirmed or replaced together."""
    return _proposal_page(request, year, track)


@page_act(_proposal_page)
def propose(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = _office_scheme(request, year, track)
    chosen, seen = _chosen(request, scheme)
    given = sent(request, ProposalForm)
    batch = propose_figures(
        actor=request.actor,
        scheme_id=scheme.pk,
        wanted=[Wanted(one.pk, seen[one.pk], one.wanted) for one in chosen],
        original_page=given["page"],
        reason=given["reason"],
        at=timezone.now(),
    )
    return redirect("evaluation:batch", batch_id=batch.pk)


@require_safe
def batches(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = scheme_pages.scheme_by(year, track)
    found = figures.batches_visible(scheme, everything=_sees_open_batches(request.actor, scheme))
    return render(request, "evaluation/figures/batches.html", {"scheme": scheme, "batches": found})


def _sees_open_batches(actor: Actor, scheme: Scheme) -> bool:
    return may_confirm(actor, scheme) or actor.may(Verb.READ_AUDIT)


def _batch_page(request: KpiRequest, batch_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor: Actor = request.actor
    found = figures.batch_by(batch_id)
    require_batch_reader(actor, found)
    lines, confirming = figures.change_lines(found), may_confirm(actor, found.scheme)
    context = {
        "batch": found,
        "scheme": found.scheme,
        "lines": lines,
        "replaced": sum(line.replaced for line in lines),
        "stale": sum(line.stale for line in lines),
        "form": form_of(request, CheckForm),
        "withdrawing": form_of(request, WithdrawForm),
        "checking": confirming and found.is_open,
        "own": found.proposed_by_id == actor.user_id,
        "taking_back": confirming and found.is_open and takes_back(actor, found, timezone.localdate()),
        "kept": "确认单仍待复核，方案没有改动。" if found.is_open else "",
        "going_back": going_back(found.scheme, found.changes.select_related("figure")) if found.is_open else [],
    }
    return shown(request, "evaluation/figures/batch.html", context, refusal)


@require_safe
def batch(request: KpiRequest, batch_id: int) -> HttpResponse:
    return _batch_page(request, batch_id)


@page_act(_batch_page)
def check(request: KpiRequest, batch_id: int) -> HttpResponse:
    """The second person's decision."""
    note = sent(request, CheckForm)["note"]
    approve = request.POST.get("decision") == "approve"
    if not approve and request.POST.get("decision") != "returned":
        raise Refused("no-decision", "没有选通过还是不通过，没有执行。请按两个按钮中的一个。")
    check_figures(actor=request.actor, batch_id=batch_id, approve=approve, note=note, at=timezone.now())
    return redirect("evaluation:batch", batch_id=batch_id)


@page_act(_batch_page)
def withdraw(request: KpiRequest, batch_id: int) -> HttpResponse:
    """By whoever proposed it, while it waits."""
    reason = sent(request, WithdrawForm)["reason"]
    withdraw_figures(actor=request.actor, batch_id=batch_id, reason=reason, at=timezone.now())
    return redirect("evaluation:batch", batch_id=batch_id)
