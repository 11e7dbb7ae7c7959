"""Import of the official 任务表: template, upload, preview of the differences, acceptance as one batch."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

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
from miyun_kpi.web.acts import form_of, page_act, sent, shown, takes_files

WHAT = "evaluation.task-table"


def _scheme(request: KpiRequest, year: int, track: str) -> Scheme:
    scheme = scheme_pages.scheme_by(year, track)
    require_office(request.actor, Verb.CONFIRM_FIGURES, track=scheme.track)
    return scheme


def _upload_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme, file = _scheme(request, year, track), request.FILES.get("workbook")
    context = {"scheme": scheme, "form": form_of(request, UploadForm), "file_name": file.name if file else ""}
    return shown(request, "evaluation/figures/scheme_import.html", context, refusal)


@takes_files
@page_act(_upload_page, opens=True)
def task_table(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """Reads and compares; writes nothing."""
    scheme = _scheme(request, year, track)
    file = sent(request, UploadForm)["workbook"]
    preview = read_task_table(actor=request.actor, scheme=scheme, file_name=file.name, content=content_of(file))
    context = {
        "scheme": scheme,
        "preview": preview,
        "form": AcceptForm(initial={"read": _pack(request, scheme, preview)}),
    }
    return render(request, "evaluation/figures/scheme_import_preview.html", context)


def _pack(request: KpiRequest, scheme: Scheme, preview: Preview) -> str:
    wanted = [[w.figure_id, w.version, w.value] for w in preview.wanted]
    return previews.packed(request, f"{WHAT} {scheme.pk}", {"source": preview.source, "wanted": wanted})


def _read_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    """What was read once more, without its table: only its values come along."""
    scheme = _scheme(request, year, track)
    data = previews.unpacked(request, f"{WHAT} {scheme.pk}")
    context = {
        "scheme": scheme,
        "form": form_of(request, AcceptForm),
        "count": len(data["wanted"]),
        "source": data["source"],
    }
    return shown(request, "evaluation/figures/scheme_import_preview.html", context, refusal)


@page_act(_read_page, explains=True)
def accept(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = _scheme(request, year, track)
    data = previews.unpacked(request, f"{WHAT} {scheme.pk}")
    given = sent(request, AcceptForm)
    batch = propose_figures(
        actor=request.actor,
        scheme_id=scheme.pk,
        wanted=[Wanted(*one) for one in data["wanted"]],
        original_page=given["page"],
        reason=given["reason"],
        source=data["source"],
        at=timezone.now(),
    )
    return redirect("evaluation:batch", batch_id=batch.pk)


@require_safe
def template(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = _scheme(request, year, track)
    name = f"{scheme.year}年任务表（{scheme.get_track_display()}）.xlsx"
    return xlsx(filled_template(scheme, timezone.now()), name)
