"""归档包 of a year: ask for one, see those that are made, fetch one."""

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from evaluation.year.access.year_close import issued_scheme, require_closing
from evaluation.year.services.year_archive import archives, finished_archive, request_archive
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.requests import KpiRequest
from miyun_kpi.site import named


@require_safe
def page(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = issued_scheme(year, track)
    require_closing(actor, scheme)
    return render(request, "evaluation/year/year_archive.html", {"scheme": scheme, "jobs": archives(scheme)})


@require_POST
def ask(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = issued_scheme(year, track)
    require_closing(actor, scheme)
    job = request_archive(actor=actor, scheme_id=scheme.pk, at=timezone.now())
    return redirect("jobs:show", job.pk)


@require_safe
def fetch(request: KpiRequest, year: int, track: str, number: int) -> HttpResponseBase:
    scheme = issued_scheme(year, track)
    path = finished_archive(actor=request.actor, scheme=scheme, number=number)
    name = named(f"归档包-{TRACK_WORDS[track]}-{year}-{number}.zip")
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response
