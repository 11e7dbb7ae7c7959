"""公众满意度 as a file: template, upload, preview, kept as a whole."""

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.views._imports import content_of, xlsx
from evaluation.tasks.forms.task_list import UploadForm
from evaluation.year.access import year_close as access
from evaluation.year.excel.satisfaction import read_satisfaction
from evaluation.year.excel.year_close import satisfaction_template
from evaluation.year.models.year_close import SatisfactionTable
from evaluation.year.queries.leader_survey import units_of
from evaluation.year.services.satisfaction import Said, keep_satisfaction
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web import previews
from miyun_kpi.web.acts import form_of, page_act, sent, shown, takes_files

WHAT = "evaluation.satisfaction"


def _scheme(request: KpiRequest, year: int, track: str) -> Scheme:
    scheme = access.issued_scheme(year, track)
    access.require_closing(request.actor, scheme)
    return scheme


@require_safe
def template(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = _scheme(request, year, track)
    return xlsx(satisfaction_template(units_of(scheme), at=timezone.now()), "公众满意度模板.xlsx")


def _upload_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    file = request.FILES.get("workbook")
    context = {
        "scheme": _scheme(request, year, track),
        "form": form_of(request, UploadForm),
        "file_name": (file.name if file else "") or "工作簿",
    }
    return shown(request, "evaluation/year/satisfaction_upload.html", context, refusal)


@takes_files
@page_act(_upload_page, opens=True)
def read(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """A POST reads and shows; it writes nothing."""
    scheme = _scheme(request, year, track)
    file = sent(request, UploadForm)["workbook"]
    preview = read_satisfaction(actor=request.actor, scheme=scheme, file_name=file.name, content=content_of(file))
    last = SatisfactionTable.objects.filter(scheme=scheme).order_by("-number").first()
    before = {one.organisation_id: one.value for one in last.values.all()} if last else {}
    rows = [[one.organisation.pk, str(one.value), one.sample] for one in preview.said]
    data = {"rows": rows, "file": file.name, "seen": last.number if last else 0}
    context = {
        "scheme": scheme,
        "preview": preview,
        "rows": [(one, before.get(one.organisation.pk)) for one in preview.said],
        "last": last,
        "read": previews.packed(request, f"{WHAT} {scheme.pk}", data),
    }
    return render(request, "evaluation/year/satisfaction_preview.html", context)


@page_act(_upload_page)
def accept(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = _scheme(request, year, track)
    data = previews.unpacked(request, f"{WHAT} {scheme.pk}")
    units = Organisation.objects.in_bulk([pk for pk, _, _ in data["rows"]])
    keep_satisfaction(
        actor=request.actor,
        scheme=scheme,
        said=[Said(units[pk], Decimal(value), sample) for pk, value, sample in data["rows"]],
        survey=request.POST.get("source", ""),
        file_name=data["file"],
        seen=data["seen"],
        at=timezone.now(),
    )
    return redirect("evaluation:effect", year=year, track=track)
