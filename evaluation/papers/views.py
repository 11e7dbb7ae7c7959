"""核验: whether a printed paper says what is stored. Signed in; nothing is written."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from evaluation.papers.excel import workbook_rows
from evaluation.papers.forms import PaperForm
from evaluation.papers.queries import Found, find
from evaluation.papers.rules import Cell, compare_lines, compare_rows, compare_unit
from miyun_kpi.documents.reading import lines_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest


@require_http_methods(["GET", "HEAD", "POST"])
def check_paper(request: KpiRequest) -> HttpResponse:
    """With the code alone the stored figures and no verdict; with what the paper says, cell by cell."""
    posted = request.method == "POST"
    given = {"code": request.GET.get("code", "")}
    form = PaperForm(request.POST, request.FILES) if posted else PaperForm(initial=given)
    context: dict[str, Any] = {"form": form, "code": given["code"], "now": timezone.now()}
    if posted and not form.is_valid():
        context["code"] = request.POST.get("code", "")
        return render(request, "evaluation/papers/check.html", context | _found(request, context["code"]), status=422)
    code = form.cleaned_data["code"] if posted else given["code"]
    context |= {"code": code} | _found(request, code)
    found: Found | None = context["found"]
    status = 200
    if posted and found is not None:
        try:
            context["cells"] = _cells(found, form.cleaned_data)
            context["compared"] = context["cells"] is not None
            cells = context["cells"] or []
            context["all_agree"] = all(cell.agrees for cell in cells)
            context["disagree"] = sum(not cell.agrees and not cell.hidden for cell in cells)
        except Refused as refusal:
            context["refusal"], status = refusal, refusal.status
    return render(request, "evaluation/papers/check.html", context, status=status)


def _found(request: KpiRequest, code: str) -> dict[str, Any]:
    return {"found": find(request.actor, code) if code else None, "asked": bool(code)}


def _cells(found: Found, said: dict[str, Any]) -> list[Cell] | None:
    """None where the paper was not quoted at all."""
    cells: list[Cell] = []
    file = said["file"]
    if file is not None:
        cells += _file(found, file.name, file.read())
    if said["total"] is not None or said["rank"] is not None:
        rows = [one for one in found.rows if said["unit"].strip() in ("", one.name)]
        if len(rows) != 1:
            raise Refused(
                "unit-missing",
                "这份材料里有多家，没有比对。请从列表里选一家，再填它的合计或名次。"
                if rows
                else "这份材料里没有这个单位，没有比对。请从列表里选一家。",
            )
        cells += compare_unit(rows[0], total=said["total"], rank=said["rank"])
    elif file is None:
        return None
    return cells


def _file(found: Found, name: str, content: bytes) -> list[Cell]:
    if name.lower().endswith(".docx") and found.takes_document:
        return compare_lines(found.lines, lines_of(content))
    if name.lower().endswith(".xlsx") and found.takes_workbook:
        return compare_rows(found.rows, workbook_rows(content))
    kinds = "从系统导出的 .xlsx" if found.takes_workbook else "从系统导出的 .docx" if found.takes_document else ""
    way = f"请上传{kinds}，或填纸上的合计、名次" if kinds else "请填纸上的合计、名次"
    raise Refused("file-kind", f"这份材料不能用“{name[:40]}”比对，没有比对。{way}。")
