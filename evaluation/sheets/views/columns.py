"""Many cells at once: a pasted column or a filled workbook, previewed, written all or nothing, taken back."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from evaluation.sheets import access
from evaluation.sheets.forms.sheets import PastedRow, PasteForm, read_accepted, read_column
from evaluation.sheets.forms.workbook import read_sheet_workbook, sheet_workbook
from evaluation.sheets.queries import paste
from evaluation.sheets.queries.sheets import SheetPage, sheet_page
from evaluation.sheets.rules.column import read_clipboard
from evaluation.sheets.services.marks import LOOKS_LIKE_POINTS, RowInput, require_open
from evaluation.sheets.services.workbooks import undo_workbook, write_workbook
from evaluation.sheets.views.sheets import matrix
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.table import Limits
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.acts import page_act, takes_files
from miyun_kpi.web.answers import download

LARGEST = Limits().file


def _page(request: KpiRequest, sheet_id: int) -> SheetPage:
    actor = request.actor
    return sheet_page(access.visible_sheet(actor, sheet_id), access.sheets_visible_to(actor))


@require_POST
def paste_preview(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """What a pasted column would do. Writes nothing."""
    at = timezone.now()
    page = _page(request, sheet_id)
    access.require_sheet_write(request.actor, page.sheet)
    require_open(page.sheet, at)
    form = PasteForm(request.POST)
    if not form.is_valid():
        raise Refused("paste-unreadable", "剪贴板的内容太长或读不成表格，没有写入。请只复制本表的一列。")
    pasted = read_clipboard(form.cleaned_data["clipboard"])
    return _preview(request, page, paste.align(page, pasted, form.cleaned_data["start"]))


@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
def workbook(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """GET the prefilled workbook; POST it back filled, for the preview. Writes nothing."""
    actor, at = request.actor, timezone.now()
    page = _page(request, sheet_id)
    if request.method != "POST":
        content = sheet_workbook(page, viewer=actor.label, at=at)
        name = f"打分_{page.sheet.period.code}_{page.sheet.indicator.number:02d}_{page.sheet.indicator.short_name}.xlsx"
        return download(content, CONTENT_TYPE, name)
    access.require_sheet_write(actor, page.sheet)
    require_open(page.sheet, at)
    given = request.FILES.get("workbook")
    if given is None:
        raise Refused("no-file", "没有选择文件，没有读入。请选择从本页下载并填好的 .xlsx 工作簿。")
    content = given.read(LARGEST + 1)
    preview = read_sheet_workbook(content, given.name or "", page)
    return _preview(
        request, page, preview, file_name=(given.name or "")[:120], digest=hashlib.sha256(content).hexdigest()
    )


def _preview(
    request: KpiRequest,
    page: SheetPage,
    preview: paste.Preview,
    refusal: Refused | None = None,
    status: int = 200,
    **extra: object,
) -> HttpResponse:
    context = {"page": page, "sheet": page.sheet, "preview": preview, "refusal": refusal, **extra}
    status = refusal.status if refusal else status
    return render(request, "evaluation/sheets/_paste_preview.html", context, status=status)


def _tried(request: KpiRequest, sheet_id: int, refusal: Refused) -> HttpResponse:
    """The preview once more against what is stored now, with what stands in the way of writing it."""
    page = _page(request, sheet_id)
    asks = refusal.code == LOOKS_LIKE_POINTS
    return _preview(
        request, page, _returned(page, request), refusal=refusal, asks_points=asks, tried=True, **_names(request)
    )


def _names(request: KpiRequest) -> dict[str, Any]:
    return {"file_name": request.POST.get("file_name", "")[:120], "digest": request.POST.get("digest", "")[:64]}


@page_act(_tried)
def save_column(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """Write a previewed column or workbook, all or nothing. Whatever stands in the way comes back as the preview."""
    actor, at = request.actor, timezone.now()
    page = _page(request, sheet_id)
    preview, names = _returned(page, request), _names(request)
    if preview.lacking:
        return _preview(request, page, preview, status=422, tried=True, **names)
    rows = [_row_input(one) for one in preview.rows if one.writes]
    confirmed = frozenset(request.POST.getlist("confirmed")) & {LOOKS_LIKE_POINTS}
    if not preview.from_workbook:
        names = {}
    write_workbook(actor=actor, sheet_id=sheet_id, rows=rows, at=at, confirmed=confirmed, **names)
    response = HttpResponse(status=204)
    response["X-Written"] = str(len(rows))
    return response


def _row_input(one: paste.PreviewRow) -> RowInput:
    """The row as the service takes it; texts go along only where they change."""
    changed = {name: text for name, _, text in one.texts}
    overrides = one.outcome in ("changed", "why")
    value = None if one.clears or one.not_applicable or not one.sets_value else one.read
    return RowInput(
        one.row.organisation.code,
        one.row.mark.version if overrides else one.version,
        value=value,
        not_applicable=bool(one.not_applicable),
        reason=one.not_applicable or (one.reason if overrides else ""),
        problems=changed.get("存在问题"),
        suggestions=changed.get("改进建议"),
        sets_value=one.sets_value,
        # The preview has said which lines go; a cell that was saved since is asked about as changed by another.
        replaces=one.takes_lines,
    )


def _returned(page: SheetPage, request: KpiRequest) -> paste.Preview:
    """The preview that came back, settled anew against what is stored now."""
    given = {one.organisation: one for one in read_column(request.POST)}
    rows = [_returned_row(row, given.get(row.organisation.code)) for row in page.rows]
    preview = paste.Preview(rows, request.POST.get("shape", "")[:100], request.POST.getlist("stray"))
    preview.source = "workbook" if request.POST.get("source") == "workbook" else "paste"
    return paste.settle(page, preview)


def _returned_row(row: paste.RowView, one: PastedRow | None) -> paste.PreviewRow:
    if one is None:
        return paste.PreviewRow(row, "", "", row.mark.version)
    outcome = "blank" if one.pasted and not one.where else "absent"
    # A choice between two values counts only against the stored value it was made on.
    choice, _, seen = one.choice.partition(":")
    if seen and seen != str(row.mark.version):
        choice = ""
    return paste.PreviewRow(
        row,
        one.pasted,
        one.read,
        one.version,
        outcome,
        choice=choice,
        reason=one.reason,
        problems=one.problems if "p" in one.touch else None,
        suggestions=one.suggestions if "s" in one.touch else None,
        not_applicable=one.not_applicable,
        clears="c" in one.touch and not one.read.strip(),
        where=one.where[:8],
    )


@page_act(matrix)
def accept(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """What the own 细则 gives for the blank cells, as it stood on the page, written all or nothing."""
    access.visible_sheet(request.actor, sheet_id)
    write_workbook(actor=request.actor, sheet_id=sheet_id, rows=read_accepted(request.POST), at=timezone.now())
    return redirect("evaluation:sheet", sheet_id=sheet_id)


@page_act(matrix)
def undo(request: KpiRequest, sheet_id: int, upload_id: int) -> HttpResponse:
    """The whole column or workbook; with `untouched` what nobody has changed since, after the page has asked."""
    untouched = "untouched" in request.POST
    undo_workbook(actor=request.actor, sheet_id=sheet_id, upload_id=upload_id, at=timezone.now(), untouched=untouched)
    return redirect("evaluation:sheet", sheet_id=sheet_id)
