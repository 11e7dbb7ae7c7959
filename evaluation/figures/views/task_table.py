"""Import of the official 任务表: template, upload, preview of the differences, acceptance as one batch."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation.figures.excel import Preview, read_task_table
from evaluation.figures.excel import template as filled_template
from evaluation.figures.forms.task_table import AcceptForm, UploadForm
from evaluation.figures.services.figures import Wanted, propose_figures
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries import scheme_pages
from evaluation.scheme.views._imports import content_of, xlsx
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web import previews

WHAT = "evaluation.task-table"


def _scheme(request: KpiRequest, year: int, track: str) -> Scheme:
    scheme = scheme_pages.scheme_by(year, track)
    require_office(request.actor, Verb.CONFIRM_FIGURES, track=scheme.track)
    return scheme


@require_http_methods(["GET", "HEAD", "POST"])
def task_table(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """A POST reads and compares; it writes nothing."""
    scheme = _scheme(request, year, track)
    context = {"scheme": scheme, "form": UploadForm()}
    if request.method != "POST":
        return render(request, "evaluation/figures/scheme_import.html", context)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "evaluation/figures/scheme_import.html", context | {"form": form}, status=422)
    file = form.cleaned_data["workbook"]
    try:
        preview = read_task_table(actor=request.actor, scheme=scheme, file_name=file.name, content=content_of(file))
    except Refused as refusal:
        if refusal.status != 422:
            raise
        context |= {"refusal": refusal, "file_name": file.name}
        return render(request, "evaluation/figures/scheme_import.html", context, status=422)
    return _preview_page(request, scheme, preview, AcceptForm(initial={"read": _pack(request, scheme, preview)}))


def _pack(request: KpiRequest, scheme: Scheme, preview: Preview) -> str:
    wanted = [[w.figure_id, w.version, w.value] for w in preview.wanted]
    return previews.packed(request, f"{WHAT} {scheme.pk}", {"source": preview.source, "wanted": wanted})


def _preview_page(
    request: KpiRequest, scheme: Scheme, preview: Preview, form: AcceptForm, status: int = 200
) -> HttpResponse:
    context = {"scheme": scheme, "preview": preview, "form": form}
    return render(request, "evaluation/figures/scheme_import_preview.html", context, status=status)


@require_POST
def accept(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = _scheme(request, year, track)
    data = previews.unpacked(request, f"{WHAT} {scheme.pk}")
    form = AcceptForm(request.POST)
    if not form.is_valid():
        context = {"scheme": scheme, "form": form, "count": len(data["wanted"]), "source": data["source"]}
        return render(request, "evaluation/figures/scheme_import_preview.html", context, status=422)
    batch = propose_figures(
        actor=request.actor,
        scheme_id=scheme.pk,
        wanted=[Wanted(*one) for one in data["wanted"]],
        original_page=form.cleaned_data["page"],
        reason=form.cleaned_data["reason"],
        source=data["source"],
        at=timezone.now(),
    )
    return redirect("evaluation:batch", batch_id=batch.pk)


@require_safe
def template(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = _scheme(request, year, track)
    name = f"{scheme.year}年任务表（{scheme.get_track_display()}）.xlsx"
    return xlsx(filled_template(scheme, timezone.now()), name)
