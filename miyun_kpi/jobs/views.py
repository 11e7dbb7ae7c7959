from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.db.finding import one_of
from miyun_kpi.jobs import access, services
from miyun_kpi.jobs.models import Job
from miyun_kpi.requests import KpiRequest


def _visible(request: KpiRequest, job_id: int) -> Job:
    job = one_of(access.visible_to(request.actor).filter(pk=job_id))
    return job


def _context(job: Job) -> dict[str, Any]:
    seconds = int(((job.finished_at or timezone.now()) - job.started_at).total_seconds()) if job.started_at else 0
    word = "正在停止" if job.cancel_requested else job.get_state_display()
    facts = {
        "title": f"{word}：{job.title}",
        "count": f"第 {job.done} {job.unit} / {job.total} {job.unit}" if job.total else "",
        "elapsed": f"{'用时' if job.finished else '已用'} {max(seconds, 0)} 秒" if job.started_at else "",
        "percent": 100 * job.done // job.total if job.total else 0,
    }
    return {"job": job, "facts": facts}


@never_cache
@require_safe
def show(request: KpiRequest, job_id: int) -> HttpResponse:
    return render(request, "jobs/job.html", _context(_visible(request, job_id)))


@never_cache
@require_safe
def progress(request: KpiRequest, job_id: int) -> HttpResponse:
    """The fragment that htmx fetches every second until the job has ended."""
    job = _visible(request, job_id)
    response = render(request, "jobs/_progress.html", _context(job))
    if job.finished:
        response["HX-Trigger"] = "job-done"
    return response


@require_POST
def stop(request: KpiRequest, job_id: int) -> HttpResponse:
    job = _visible(request, job_id)
    services.request_cancel(actor=request.actor, job=job, at=timezone.now())
    if request.htmx:
        job.refresh_from_db()
        return render(request, "jobs/_progress.html", _context(job))
    return redirect("jobs:show", job_id)
