"""The list of organisations as a workbook: template, preview of the differences, acceptance as a whole."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.access import require_manage
from miyun_kpi.organisations.list_import import Act, import_list, list_workbook, read_list
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.table import Limits
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web import previews
from miyun_kpi.web.acts import form_of, keep_typed, page_act, sent, shown, takes_files, typed_again
from miyun_kpi.web.answers import download

WHAT = "organisations.list"


class UploadForm(forms.Form):
    workbook = forms.FileField(
        label="填好的机构名单（.xlsx）",
        allow_empty_file=True,
        max_length=200,
        error_messages={"required": "请选择填好的工作簿。", "max_length": "文件名太长，请改短后再上传。"},
    )


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    require_manage(request.actor)
    context = {"form": form_of(request, UploadForm), "file_name": typed_again(request).get("file_name")}
    return shown(request, "organisations/import.html", context, refusal)


@takes_files
@page_act(_page, opens=True)
def read(request: KpiRequest) -> HttpResponse:
    """A POST reads and compares; it writes nothing."""
    actor = require_manage(request.actor)
    file = sent(request, UploadForm)["workbook"]
    keep_typed(request, file_name=file.name)
    # One byte more than allowed is enough to be refused.
    content = file.read(Limits().file + 1)
    preview = read_list(actor=actor, file_name=file.name, content=content, at=timezone.now())
    packed = previews.packed(request, WHAT, [act.__dict__ for act in preview.acts])
    return render(request, "organisations/import_preview.html", {"preview": preview, "read": packed})


@page_act(_page)
def accept(request: KpiRequest) -> HttpResponse:
    actor = require_manage(request.actor)
    keep_typed(request, file_name="机构名单")
    acts = [Act(**act) for act in previews.unpacked(request, WHAT)]
    import_list(actor=actor, acts=acts, at=timezone.now())
    return redirect("organisations:organisations")


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    """Names are everybody's to read: whoever is signed in may take the list."""
    return download(list_workbook(at=timezone.now()), CONTENT_TYPE, "机构名单.xlsx")
