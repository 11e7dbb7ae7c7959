"""印发 of a draft and 修订 of a scheme in force: two persons each."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from evaluation.drafting.forms import AmendmentForm, DecideForm, IssueForm, read_grid
from evaluation.drafting.services.amending import CarrierWanted, decide_amendment, propose_amendment
from evaluation.drafting.services.issuing import decide_issue, propose_issue
from evaluation.drafting.views.pages import weights_page
from evaluation.enums import FigureKind
from evaluation.figures.services.figures import Wanted
from evaluation.figures.services.following import going_back
from evaluation.scheme.access.drafts import may_draft, require_drafting, visible_amendment, visible_draft
from evaluation.scheme.models.scheme import Figure
from evaluation.scheme.queries.figures import (
    choices_of,
    evaluator_names,
    organisation_names,
    subject_words,
    value_words,
)
from evaluation.scheme.queries.scheme_pages import scheme_by
from evaluation.scheme.queries.schemes import SchemeView, scheme_view
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown, takes_files

CARRIER_ROWS = range(1, 7)


@takes_files
@page_act(weights_page, explains=True)
def issue(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    values = dict(sent(request, IssueForm))
    scan = values.pop("scan")
    propose_issue(
        actor=request.actor,
        scheme_id=scheme.pk,
        at=timezone.now(),
        scan=scan,
        scan_name=scan.name if scan else "",
        **values,
    )
    return redirect("evaluation:draft", year=year, track=track)


def _decision(request: KpiRequest) -> tuple[bool, str, int]:
    """Whether it is confirmed, the note, and of an 印发 the one that was read."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        raise Malformed("bad-request", "没有选确认还是退回，或意见超过 500 字，没有执行。请重新填写。")
    given = form.cleaned_data
    return given["decision"] == "confirm", given["note"], given["issue"] or 0


@require_POST
def decide(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    confirm, note, issue_id = _decision(request)
    decide_issue(
        actor=request.actor, scheme_id=scheme.pk, issue_id=issue_id, confirm=confirm, note=note, at=timezone.now()
    )
    return redirect("evaluation:scheme" if confirm else "evaluation:draft", year=year, track=track)


def _amend_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = scheme_by(year, track)
    require_drafting(request.actor, scheme.track)
    view, typed = scheme_view(scheme), request.POST
    for figure in view.figures:
        figure.typed = typed.get(f"w{figure.pk}", figure.value)
    for iv in view.indicators:
        for share in iv.shares:
            pk = share.figure.pk
            share.figure.typed = typed.get(f"w{pk}", str(share.share))
            share.figure.typed_name = typed.get(f"e{pk}", share.evaluator.name)
    keys = ("unit", "item", "value")
    context = {
        "scheme": scheme,
        "view": view,
        "form": form_of(request, AmendmentForm, quarters=_quarters(year)),
        "scopes": choices_of(FigureKind.SCOPE),
        "evaluators": evaluator_names(),
        "carriers": [(n, *(typed.get(f"carrier_{k}_{n}", "") for k in keys)) for n in CARRIER_ROWS],
    }
    return shown(request, "evaluation/drafting/amendment_new.html", context, refusal)


def _quarters(year: int) -> list[tuple[str, str]]:
    return [(f"{year}Q{n}", PeriodCode(year, quarter=n).label) for n in range(1, 5)]


@page_act(_amend_page, opens=True, explains=True)
def amend(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = scheme_by(year, track)
    require_drafting(request.actor, scheme.track)
    values = dict(sent(request, AmendmentForm, quarters=_quarters(year)))
    amendment = propose_amendment(
        actor=request.actor,
        scheme_id=scheme.pk,
        effective_from=PeriodCode.parse(values.pop("effective_from")),
        wanted=_wanted(request, scheme_view(scheme)),
        carriers=_carriers(request),
        at=timezone.now(),
        **values,
    )
    return redirect("evaluation:amendment", amendment_id=amendment.pk)


def _wanted(request: KpiRequest, view: SchemeView) -> list[Wanted]:
    """Cells of the table; a share is an evaluator's name and a fraction."""
    stored = {figure.pk: figure for figure in view.figures}
    wanted: dict[int, Wanted] = {}
    for one in read_grid(request.POST, "w"):
        figure = stored.get(one.id)
        text = one.text.strip()
        if figure is not None and figure.kind == FigureKind.SHARE:
            text = f"{request.POST.get(f'e{one.id}', '').strip()}:{text}"
            names = {share.figure.pk: share for iv in view.indicators for share in iv.shares}
            own = names[one.id]
            if text == f"{own.evaluator.name}:{own.share}":
                continue
        elif figure is not None and text == figure.value:
            continue
        wanted[one.id] = Wanted(one.id, one.version, text)
    return list(wanted.values())


def _carriers(request: KpiRequest) -> list[CarrierWanted]:
    """The rows in which a unit is chosen."""
    typed = [
        CarrierWanted(
            row, *(str(request.POST.get(f"carrier_{k}_{row}", "")).strip() for k in ("unit", "item", "value"))
        )
        for row in CARRIER_ROWS
    ]
    return [one for one in typed if one.unit]


@require_safe
def amendment(request: KpiRequest, amendment_id: int) -> HttpResponse:
    actor = request.actor
    found = visible_amendment(actor, amendment_id)
    changes = list(found.changes.select_related("figure", "figure__indicator", "figure__organisation"))
    shares = [v for c in changes if c.figure.kind == FigureKind.SHARE for v in (c.old_value, c.new_value)]
    names = organisation_names([c.figure for c in changes], shares)
    effective = PeriodCode.parse(found.effective_from)
    context: dict[str, Any] = {
        "amendment": found,
        "scheme": found.scheme,
        "label": effective.label,
        "lines": [_line(c.figure, c.old_value, c.new_value, names) for c in changes],
        "deciding": found.is_open and may_draft(actor, found.scheme.track),
        "own": found.proposed_by_id == actor.user_id,
        "going_back": going_back(found.scheme, changes, effective) if found.is_open else [],
    }
    return render(request, "evaluation/drafting/amendment.html", context)


def _line(figure: Figure, old: str, new: str, names: dict[str, str]) -> tuple[str, str, str]:
    return subject_words(figure), value_words(figure.kind, old, names), value_words(figure.kind, new, names)


@require_POST
def decide_one(request: KpiRequest, amendment_id: int) -> HttpResponse:
    found = visible_amendment(request.actor, amendment_id)
    require_drafting(request.actor, found.scheme.track)
    confirm, note, _ = _decision(request)
    decide_amendment(actor=request.actor, amendment_id=amendment_id, confirm=confirm, note=note, at=timezone.now())
    return redirect("evaluation:amendment", amendment_id=amendment_id)
