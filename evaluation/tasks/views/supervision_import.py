"""The 督办台账 as a workbook: template, preview of the differences, acceptance as a whole."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation.scheme.views._imports import content_of, pack, unpack, xlsx
from evaluation.tasks.access.supervision import items_visible_to, require_keep_register
from evaluation.tasks.excel.supervision import register_template
from evaluation.tasks.excel.supervision_import import read_register
from evaluation.tasks.forms.task_list import UploadForm
from evaluation.tasks.queries import supervision as queries
from evaluation.tasks.services.supervision import ItemChange, item_from, save_items
from evaluation.tasks.views.supervision import today
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest

SALT = "evaluation.supervision"


@require_safe
def template(request: KpiRequest) -> HttpResponse:
    indicator = require_keep_register(request.actor)
    at = timezone.now()
    found = items_visible_to(request.actor).filter(indicator=indicator)
    rows = queries.listed(list(queries.counted(queries.filtered(found, today=today(at)))), today(at))
    return xlsx(register_template(rows, at=at), "督办台账模板.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: KpiRequest) -> HttpResponse:
    """A POST reads and compares; it writes nothing."""
    indicator = require_keep_register(request.actor)
    if request.method != "POST":
        return _upload_page(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, status=422, form=form)
    file = form.cleaned_data["workbook"]
    try:
        preview = read_register(actor=request.actor, file_name=file.name, content=content_of(file))
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return _upload_page(request, status=refusal.status, refusal=refusal, file_name=file.name)
    rows = [[c.item_id, c.version, _fields(c)] for c in preview.changes]
    packed = pack(request, SALT, str(indicator.pk), {"rows": rows, "source": preview.source})
    return render(request, "evaluation/tasks/supervision_import.html", {"preview": preview, "read": packed})


def _fields(change: ItemChange) -> dict[str, Any]:
    fields = dict(change.item.__dict__)
    return fields | {"registered_on": str(change.item.registered_on), "due_on": str(change.item.due_on)}


def _upload_page(request: KpiRequest, status: int = 200, **extra: Any) -> HttpResponse:
    context = {"form": UploadForm(), **extra}
    return render(request, "evaluation/tasks/supervision_upload.html", context, status=status)


@require_POST
def accept(request: KpiRequest) -> HttpResponse:
    indicator = require_keep_register(request.actor)
    try:
        data = unpack(request, SALT, str(indicator.pk))
        changes = [ItemChange(pk, version, item_from(fields)) for pk, version, fields in data["rows"]]
        save_items(actor=request.actor, indicator=indicator, changes=changes, source=data["source"], at=timezone.now())
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return _upload_page(request, status=refusal.status, refusal=refusal, file_name="工作簿")
    return redirect("evaluation:supervision")
