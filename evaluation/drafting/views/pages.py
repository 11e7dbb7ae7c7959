"""A draft: its table of weights with the check beside it, who carries what, what it is called."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation.drafting.forms import BasicsForm, IssueForm, read_grid, read_number, show_refusal
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

FORMS = (409, 422)


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
    return weights_page(request, visible_draft(request.actor, year, track))


def weights_page(
    request: KpiRequest,
    scheme: Scheme,
    refusal: Refused | None = None,
    issue_form: IssueForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = draft_page(scheme)
    if refusal is not None:
        status = refusal.status
        _keep_typed(page, request, refusal)
    context = {
        "page": page,
        "scheme": scheme,
        "refusal": refusal,
        "issue_form": issue_form or IssueForm(initial={"title": scheme.title, "version": scheme.version}),
        "own": page.issue is not None and page.issue.proposed_by_id == request.actor.user_id,
        "done": request.GET.get("done", ""),
        "issue_files": attached(ISSUE_FILES, [page.issue.pk]).get(page.issue.pk, []) if page.issue else [],
        "current": "weights",
    }
    return render(request, "evaluation/drafting/draft.html", context, status=status)


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


@require_POST
def weights(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    try:
        changed = save_weights(
            actor=request.actor,
            scheme_id=scheme.pk,
            weights=read_grid(request.POST, "w"),
            totals=read_grid(request.POST, "t"),
            at=timezone.now(),
        )
    except Refused as refusal:
        if refusal.status not in FORMS:
            raise
        return weights_page(request, scheme, refusal)
    return redirect(f"{request.path.removesuffix('weights/')}?done={'saved' if changed else 'same'}")


@require_POST
def discard(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    try:
        discard_draft(
            actor=request.actor,
            scheme_id=scheme.pk,
            version=read_number(request.POST.get("version", "")),
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except Refused as refusal:
        if refusal.status not in FORMS:
            raise
        form = BasicsForm(initial=_basics_of(scheme))
        return _basics_page(request, scheme, form, refusal.status, refusal)
    return redirect("evaluation:schemes")


def _basics_of(scheme: Scheme) -> dict[str, Any]:
    settings = scheme_view(scheme).settings
    names = ("version", "title", "clause", "process_from", "process_to")
    initial = {name: getattr(scheme, name) for name in names}
    return initial | {k.replace("-", "_"): settings[k].value for k in (FigureKind.FULL_MARK, FigureKind.OWN_MARK)}


@require_http_methods(["GET", "HEAD", "POST"])
def basics(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    if request.method != "POST":
        return _basics_page(request, scheme, BasicsForm(initial=_basics_of(scheme)))
    form, status = BasicsForm(request.POST), 422
    if form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            change_basics(
                actor=request.actor, scheme_id=scheme.pk, version=version, wanted=Basics(**values), at=timezone.now()
            )
        except Refused as refusal:
            if refusal.status not in FORMS:
                raise
            show_refusal(form, refusal)
            status = refusal.status
        else:
            return redirect("evaluation:draft", year=year, track=track)
    return _basics_page(request, scheme, form, status)


def _basics_page(
    request: KpiRequest, scheme: Scheme, form: BasicsForm, status: int = 200, refusal: Refused | None = None
) -> HttpResponse:
    """`refusal`: of the discarding below the form, with the reason that was typed."""
    reason = request.POST.get("reason", "")
    context = {"scheme": scheme, "form": form, "current": "basics", "refusal": refusal, "reason": reason}
    return render(request, "evaluation/drafting/draft_basics.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def carriers(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    refusal = None
    typed: set[int] | None = None
    if request.method == "POST":
        row, column, value = _toggled(request)
        typed = {read_number(one) for one in request.POST.getlist("c")}
        try:
            save_carriers(
                actor=request.actor,
                scheme_id=scheme.pk,
                version=read_number(request.POST.get("version", "")),
                carried=typed,
                row=row,
                column=column,
                value=value,
                at=timezone.now(),
            )
        except Refused as refused:
            if refused.status not in FORMS:
                raise
            refusal = refused
        else:
            return redirect(f"{request.path}?done=saved")
    view = scheme_view(scheme)
    lines = carrier_lines(view)
    for line in lines:
        for cell in line.cells:
            stored = cell.value == "yes"
            cell.checked = stored if typed is None else cell.pk in typed
            cell.differs = cell.checked != stored
    context = {
        "scheme": scheme,
        "view": view,
        "lines": lines,
        "counts": [len(iv.carriers) for iv in view.indicators],
        "version": matrix_version(scheme),
        "refusal": refusal,
        "done": request.GET.get("done", ""),
        "current": "carriers",
    }
    return render(
        request, "evaluation/drafting/draft_carriers.html", context, status=refusal.status if refusal else 200
    )


def _toggled(request: KpiRequest) -> tuple[str, int | None, bool]:
    """The button that was pressed: a whole row, a whole column, or just the cells."""
    kind, _, rest = request.POST.get("whole", "").partition(":")
    name, _, value = rest.rpartition(":")
    if kind not in ("", "row", "column") or (kind and value not in ("yes", "no")):
        raise Malformed("bad-request", "这次提交的内容读不懂，没有保存。请刷新页面后再试。")
    return name if kind == "row" else "", read_number(name) if kind == "column" else None, value == "yes"


@require_POST
def new_dimension(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    version, name = read_number(request.POST.get("version", "")), request.POST.get("name", "")
    add_dimension(actor=request.actor, scheme_id=scheme.pk, version=version, name=name, at=timezone.now())
    return redirect("evaluation:draft", year=year, track=track)


@require_POST
def dimension(request: KpiRequest, year: int, track: str, dimension_id: int) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    change_dimension(
        actor=request.actor,
        scheme_id=scheme.pk,
        dimension_id=dimension_id,
        version=read_number(request.POST.get("version", "")),
        name=request.POST.get("name", ""),
        remove="remove" in request.POST,
        at=timezone.now(),
    )
    return redirect("evaluation:draft", year=year, track=track)
