"""A draft: its table of weights with the check beside it, who carries what, what it is called."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from evaluation.drafting.forms import BasicsForm, IssueForm, read_grid, read_number
from evaluation.drafting.queries.pages import ISSUE_FILES, DraftPage, carrier_lines, draft_page
from evaluation.drafting.services.basics import Basics, change_basics
from evaluation.drafting.services.carriers import matrix_version, save_carriers
from evaluation.drafting.services.copying import copy_scheme, discard_draft
from evaluation.drafting.services.indicators import add_dimension, change_dimension
from evaluation.drafting.services.weights import Typed, save_weights
from evaluation.enums import FigureKind, SchemeState
from evaluation.scheme.access.drafts import require_drafting, schemes_visible_to, visible_draft
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.scheme_pages import scheme_by
from evaluation.scheme.queries.schemes import scheme_view
from miyun_kpi.attachments.queries import attached
from miyun_kpi.lib.errors import Conflict, Malformed, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, keep_typed, on_top, page_act, sent, shown, typed_again, version_of


@require_POST
def copy(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """拟定下一年度方案; a second press goes to the draft that exists."""
    source = scheme_by(year, track)
    require_drafting(request.actor, track)
    try:
        copy_scheme(actor=request.actor, scheme_id=source.pk, at=timezone.now())
    except Conflict as conflict:
        if conflict.code != "exists":
            raise
        address = reverse("evaluation:draft", args=[year + 1, track])
        there = schemes_visible_to(request.actor).filter(year=year + 1, track=track, state=SchemeState.DRAFT).exists()
        return redirect(f"{address}?done=exists" if there else address.removesuffix("draft/"))
    return redirect("evaluation:draft", year=year + 1, track=track)


@require_safe
def draft(request: KpiRequest, year: int, track: str) -> HttpResponse:
    return weights_page(request, year, track)


def weights_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    page = draft_page(scheme)
    if refusal is not None:
        _keep_typed(page, request, refusal)
    issue_form = form_of(request, IssueForm, initial={"title": scheme.title, "version": scheme.version})
    context = {
        "page": page,
        "scheme": scheme,
        "issue_form": on_top(issue_form, scheme.version),
        "own": page.issue is not None and page.issue.proposed_by_id == request.actor.user_id,
        "done": request.GET.get("done", ""),
        "issue_files": attached(ISSUE_FILES, [page.issue.pk]).get(page.issue.pk, []) if page.issue else [],
        "current": "weights",
    }
    return shown(request, "evaluation/drafting/draft.html", context, refusal)


def _keep_typed(page: DraftPage, request: KpiRequest, refusal: Refused) -> None:
    """What was typed stays in its cell; after a conflict the second press is of the version now shown."""
    problems = {error.field: error.message for error in refusal.errors}
    seen = {f"w{one.id}": one for one in read_grid(request.POST, "w")}
    seen |= {f"t{one.id}": one for one in read_grid(request.POST, "t")}
    cells: list[tuple[str, Any]] = [(f"w{f.pk}", f) for g in page.groups for row in g.rows for f in row.cells]
    cells += [(f"t{total.pk}", total) for g in page.groups for total, _ in g.totals]
    for name, cell in cells:
        typed: Typed | None = seen.get(name)
        if typed is not None:
            cell.typed, cell.problem = typed.text, problems.get(name, "")


@page_act(weights_page)
def weights(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    changed = save_weights(
        actor=request.actor,
        scheme_id=scheme.pk,
        weights=read_grid(request.POST, "w"),
        totals=read_grid(request.POST, "t"),
        at=timezone.now(),
    )
    return redirect(f"{request.path.removesuffix('weights/')}?done={'saved' if changed else 'same'}")


def _basics_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    form = on_top(form_of(request, BasicsForm, initial=_basics_of(scheme)), scheme.version)
    context = {"scheme": scheme, "form": form, "current": "basics", "reason": request.POST.get("reason", "")}
    return shown(request, "evaluation/drafting/draft_basics.html", context, refusal)


@page_act(_basics_page)
def discard(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    discard_draft(
        actor=request.actor,
        scheme_id=scheme.pk,
        version=version_of(request),
        reason=request.POST.get("reason", ""),
        at=timezone.now(),
    )
    return redirect("evaluation:schemes")


def _basics_of(scheme: Scheme) -> dict[str, Any]:
    settings = scheme_view(scheme).settings
    names = ("version", "title", "clause", "process_from", "process_to")
    initial = {name: getattr(scheme, name) for name in names}
    return initial | {k.replace("-", "_"): settings[k].value for k in (FigureKind.FULL_MARK, FigureKind.OWN_MARK)}


@page_act(_basics_page, opens=True, explains=True)
def basics(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    values = dict(sent(request, BasicsForm))
    version = values.pop("version")
    change_basics(actor=request.actor, scheme_id=scheme.pk, version=version, wanted=Basics(**values), at=timezone.now())
    return redirect("evaluation:draft", year=year, track=track)


def _carriers_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    typed: set[int] | None = typed_again(request).get("carried")
    view = scheme_view(scheme)
    lines = carrier_lines(view)
    for line in lines:
        for cell in filter(None, line.cells):
            stored = cell.value == "yes"
            cell.checked = stored if typed is None else cell.pk in typed
            cell.differs = cell.checked != stored
    context = {
        "scheme": scheme,
        "view": view,
        "lines": lines,
        "lacking": "、".join(line.organisation.name for line in lines if line.lacking),
        "counts": [sum(o.pk in iv.carriers for o in view.organisations) for iv in view.indicators],
        "version": matrix_version(scheme),
        "done": request.GET.get("done", ""),
        "current": "carriers",
    }
    return shown(request, "evaluation/drafting/draft_carriers.html", context, refusal)


@page_act(_carriers_page, opens=True)
def carriers(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    row, column, value = _toggled(request)
    typed = {read_number(one) for one in request.POST.getlist("c")}
    keep_typed(request, carried=typed)
    save_carriers(
        actor=request.actor,
        scheme_id=scheme.pk,
        version=version_of(request),
        carried=typed,
        row=row,
        column=column,
        value=value,
        at=timezone.now(),
    )
    return redirect(f"{request.path}?done=saved")


def _toggled(request: KpiRequest) -> tuple[str, int | None, bool]:
    """The button that was pressed: a whole row, a whole column, or just the cells."""
    kind, _, rest = request.POST.get("whole", "").partition(":")
    name, _, value = rest.rpartition(":")
    if kind not in ("", "row", "column") or (kind and value not in ("yes", "no")):
        raise Malformed("bad-request", "这次提交的内容读不懂，没有保存。请刷新页面后再试。")
    return name if kind == "row" else "", read_number(name) if kind == "column" else None, value == "yes"


@page_act(weights_page)
def new_dimension(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    name = request.POST.get("name", "")
    add_dimension(actor=request.actor, scheme_id=scheme.pk, version=version_of(request), name=name, at=timezone.now())
    return redirect("evaluation:draft", year=year, track=track)


@page_act(weights_page)
def dimension(request: KpiRequest, year: int, track: str, dimension_id: int) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    change_dimension(
        actor=request.actor,
        scheme_id=scheme.pk,
        dimension_id=dimension_id,
        version=version_of(request),
        name=request.POST.get("name", ""),
        remove="remove" in request.POST,
        at=timezone.now(),
    )
    return redirect("evaluation:draft", year=year, track=track)
