"""The list of organisations as a workbook: template, preview of the differences, acceptance as a whole."""

from typing import Any

from django import forms
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.access import require_manage
from miyun_kpi.organisations.list_import import Act, import_list, list_workbook, read_list
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.table import Limits
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.answers import download

SALT = "organisations.list"
VALID_SECONDS = 2 * 3600


class UploadForm(forms.Form):
    workbook = forms.FileField(
        label="填好的机构名单（.xlsx）",
        allow_empty_file=True,
        max_length=200,
        error_messages={"required": "请选择填好的工作簿。", "max_length": "文件名太长，请改短后再上传。"},
    )


def _page(request: KpiRequest, status: int = 200, **extra: Any) -> HttpResponse:
    return render(request, "organisations/import.html", {"form": UploadForm(), **extra}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: KpiRequest) -> HttpResponse:
    """A POST reads and compares; it writes nothing."""
    actor = require_manage(request.actor)
    if request.method != "POST":
        return _page(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, status=422, form=form)
    file = form.cleaned_data["workbook"]
    try:
        # One byte more than allowed is enough to be refused.
        content = file.read(Limits().file + 1)
        preview = read_list(actor=actor, file_name=file.name, content=content, at=timezone.now())
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return _page(request, status=422, refusal=refusal, file_name=file.name)
    data = {"user": actor.user_id, "acts": [act.__dict__ for act in preview.acts]}
    context = {"preview": preview, "read": signing.dumps(data, salt=SALT, compress=True)}
    return render(request, "organisations/import_preview.html", context)


@require_POST
def accept(request: KpiRequest) -> HttpResponse:
    actor = require_manage(request.actor)
    try:
        try:
            data = signing.loads(request.POST.get("read", ""), salt=SALT, max_age=VALID_SECONDS)
        except signing.BadSignature:
            raise Refused("preview-gone", "预览已超过两小时或不完整，没有保存。请重新上传。") from None
        if data["user"] != actor.user_id:
            raise Refused("preview-gone", "这份预览不是为您作的，没有保存。请重新上传。")
        import_list(actor=actor, acts=[Act(**act) for act in data["acts"]], at=timezone.now())
    except Refused as refusal:
        if refusal.status in (400, 403):
            raise
        return _page(request, status=refusal.status, refusal=refusal, file_name="机构名单")
    return redirect("organisations:organisations")


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    """Names are everybody's to read: whoever is signed in may take the list."""
    return download(list_workbook(at=timezone.now()), CONTENT_TYPE, "机构名单.xlsx")
