"""核验: whether a printed paper says what is stored. Signed in; nothing is written."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from evaluation.engine.models.ranking import Ranking
from evaluation.papers.excel import compare_workbook
from evaluation.papers.forms import PaperForm
from evaluation.papers.queries import Found, find
from evaluation.papers.rules import Cell, compare_lines, compare_unit
from evaluation.ranking.excel.rankings import ranking_workbook
from evaluation.ranking.queries.rankings import ranking_page
from evaluation.ranking.views.rankings import viewer_of
from miyun_kpi.audit.keyless import losses
from miyun_kpi.documents.reading import LARGEST, lines_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import asked, shown, takes_files

SHOWN = 200


@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
def check_paper(request: KpiRequest) -> HttpResponse:
    """With the code alone the stored figures and no verdict; with what the paper says, cell by cell."""
    posted = request.method == "POST"
    code = (request.POST if posted else request.GET).get("code", "")
    form = PaperForm(request.POST, request.FILES) if posted else PaperForm(initial={"code": code})
    if posted and form.is_valid():
        code = form.cleaned_data["code"]
    found = find(request.actor, code) if code else None
    context: dict[str, Any] = {
        "form": form,
        "code": code,
        "now": timezone.now(),
        "found": found,
        "asked": bool(code),
        "losses": losses() if code and found is None else (),
    }
    if form.errors:
        return render(request, "evaluation/papers/check.html", context, status=422)
    refusal = None
    if posted and found is not None:
        cells, refusal = asked(lambda: _cells(request, found, form.cleaned_data))
        context |= _compared(cells, by_file=form.cleaned_data["file"] is not None) if refusal is None else {}
    return shown(request, "evaluation/papers/check.html", context, refusal)


def _compared(cells: list[Cell] | None, *, by_file: bool) -> dict[str, Any]:
    said = cells or []
    return {
        "compared": cells is not None,
        "cells": first(said, SHOWN),
        "agree": [cell for cell in said if cell.agrees],
        "hidden": any(cell.hidden for cell in said),
        "disagree": sum(not cell.agrees and not cell.hidden for cell in said),
        "by_file": by_file,
    }


def _cells(request: KpiRequest, found: Found, said: dict[str, Any]) -> list[Cell] | None:
    """None where the paper was not quoted at all."""
    cells: list[Cell] = []
    file = said["file"]
    if file is not None:
        cells += _against_file(request, found, file.name, file.read(LARGEST + 1))
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


def _taken_out_now(request: KpiRequest, ranking: Ranking) -> bytes:
    """What this asker would take out now, all units."""
    page = ranking_page(ranking, viewer_of(request, ranking))
    return ranking_workbook(ranking, page, viewer=request.actor.label, at=timezone.now(), held="")


def _against_file(request: KpiRequest, found: Found, name: str, content: bytes) -> list[Cell]:
    if name.lower().endswith(".docx") and found.takes_document:
        return compare_lines(found.lines, lines_of(content))
    if name.lower().endswith(".xlsx") and found.takes_workbook:
        return compare_workbook(_taken_out_now(request, found.rankings[0]), content)
    kinds = "从系统导出的 .xlsx" if found.takes_workbook else "从系统导出的 .docx" if found.takes_document else ""
    way = f"请上传{kinds}，或填纸上的合计、名次" if kinds else "请填纸上的合计、名次"
    raise Refused("file-kind", f"这份材料不能用“{name[:40]}”比对，没有比对。{way}。")
