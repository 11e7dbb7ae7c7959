"""The 督办台账 as a workbook: template, preview of the differences, acceptance as a whole."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.scheme.views._imports import content_of, xlsx
from evaluation.tasks.access.supervision import items_visible_to, require_keep_register
from evaluation.tasks.excel.supervision import register_template
from evaluation.tasks.excel.supervision_import import read_register
from evaluation.tasks.forms.task_list import UploadForm
from evaluation.tasks.queries import supervision as queries
from evaluation.tasks.services.supervision import ItemChange, item_from, save_items
from evaluation.tasks.views.supervision import today
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web import previews
from miyun_kpi.web.acts import form_of, keep_typed, page_act, sent, shown, takes_files, typed_again


@require_safe
def template(request: KpiRequest) -> HttpResponse:
    indicator = require_keep_register(request.actor)
    at = timezone.now()
    found = items_visible_to(request.actor).filter(indicator=indicator)
    rows = queries.listed(list(queries.counted(queries.filtered(found, today=today(at)))), today(at))
    return xlsx(register_template(rows, at=at), "督办台账模板.xlsx")


def _upload_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    require_keep_register(request.actor)
    context = {"form": form_of(request, UploadForm), "file_name": typed_again(request).get("file_name")}
    return shown(request, "evaluation/tasks/supervision_upload.html", context, refusal)


@takes_files
@page_act(_upload_page, opens=True)
def read(request: KpiRequest) -> HttpResponse:
    """A POST reads and compares; it writes nothing."""
    indicator = require_keep_register(request.actor)
    file = sent(request, UploadForm)["workbook"]
    keep_typed(request, file_name=file.name)
    preview = read_register(actor=request.actor, file_name=file.name, content=content_of(file))
    rows = [[c.item_id, c.version, _fields(c)] for c in preview.changes]
    carried = {"rows": rows, "source": preview.source}
    packed = previews.packed(request, f"evaluation.supervision {indicator.pk}", carried)
    return render(request, "evaluation/tasks/supervision_import.html", {"preview": preview, "read": packed})


def _fields(change: ItemChange) -> dict[str, Any]:
    fields = dict(change.item.__dict__)
    return fields | {"registered_on": str(change.item.registered_on), "due_on": str(change.item.due_on)}


@page_act(_upload_page)
def accept(request: KpiRequest) -> HttpResponse:
    indicator = require_keep_register(request.actor)
    keep_typed(request, file_name="工作簿")
    data = previews.unpacked(request, f"evaluation.supervision {indicator.pk}")
    changes = [ItemChange(pk, version, item_from(fields)) for pk, version, fields in data["rows"]]
    save_items(actor=request.actor, indicator=indicator, changes=changes, source=data["source"], at=timezone.now())
    return redirect("evaluation:supervision")
