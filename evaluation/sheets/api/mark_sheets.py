from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from evaluation.enums import FigureKind
from evaluation.scheme.models.scheme import Figure
from evaluation.scheme.queries.amendments import figures_of
from evaluation.scheme.rules.figures import split_share
from evaluation.sheets.access import sheets_visible_to, visible_sheet
from evaluation.sheets.api.answers import (
    DifferencesGivenSerializer,
    MarkSheetSerializer,
    MarkSheetWithRowsSerializer,
    SavedMarksSerializer,
    SheetStandingSerializer,
)
from evaluation.sheets.api.inputs import ConfirmParameter, DifferenceBody, FileBody, MarkRow, SheetFilters, mark_rows
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.queries.differences import Difference, told_differences
from evaluation.sheets.queries.methods import ProposedMark, proposed_marks
from evaluation.sheets.queries.sheet_facts import held_marks, with_counts
from evaluation.sheets.services.differences import give_difference
from evaluation.sheets.services.marks import RowInput, save_marks
from evaluation.sheets.services.sheets import file_sheet
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import moment, paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration

if TYPE_CHECKING:
    from evaluation.sheets.queries.sheet_facts import CountedSheet


def sheet_json(sheet: "CountedSheet") -> dict[str, Any]:
    """`full_mark` is null where it differs by row; each row then carries its own."""
    period = sheet.period
    same = sheet.lowest_full == sheet.highest_full
    return {
        "id": sheet.pk,
        "version": sheet.version,
        "period": period.code,
        "track": sheet.scheme.track,
        "indicator": {"number": sheet.indicator.number, "name": sheet.indicator.short_name},
        "evaluator": {"code": sheet.evaluator.code, "name": sheet.evaluator.name},
        "share": str(split_share(sheet.share_figure.value)[1]),
        "full_mark": plain(sheet.lowest_full) if same and sheet.lowest_full is not None else None,
        "state": sheet.state,
        "late": sheet.late,
        "filed_at": moment(sheet.filed_at),
        "receipt_number": sheet.receipt_number or None,
        "starts_at": moment(period.starts_at),
        "due_at": moment(period.due_at),
        "late_until": moment(period.late_until),
        "locks_at": moment(period.locks_at),
        "reopened_until": moment(sheet.reopened_until),
        "demo": is_demonstration(),
        "carried": sheet.carried,
        "marked": sheet.marked,
        "blank": sheet.blank,
    }


def _own_rule_json(found: ProposedMark | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "value": None if found.value is None else plain(found.value),
        "sum": found.words,
        "asks": found.asks,
        "lines": [{"line": one.declared.order, "points": plain(one.points), "sum": one.words} for one in found.lines],
    }


def row_json(mark: Mark, weight: str, own_rule: ProposedMark | None, unlike: Sequence[Difference]) -> dict[str, Any]:
    return {
        "organisation": mark.organisation.code,
        "name": mark.organisation.name,
        "zone": mark.organisation.zone or None,
        "weight": weight,
        "full_mark": plain(mark.full_mark),
        "value": None if mark.value is None else plain(mark.value),
        "not_applicable": mark.not_applicable or None,
        "reason": mark.reason or None,
        "problems": mark.problems or None,
        "suggestions": mark.suggestions or None,
        "version": mark.version,
        "own_rule": _own_rule_json(own_rule),
        "data_moved": mark.data_moved,
        "differences": [{"condition": one.condition, "words": one.words, "text": one.text or None} for one in unlike],
    }


def sheet_rows(sheet: MarkSheet, at: datetime) -> list[dict[str, Any]]:
    found = Figure.objects.filter(scheme=sheet.scheme_id, kind=FigureKind.WEIGHT, indicator=sheet.indicator_id)
    weights = {f.zone: f.value for f in figures_of(found, sheet.scheme, sheet.period.period_code)}
    marks = held_marks(sheet)
    proposals = proposed_marks(sheet, marks)
    unlike = told_differences(sheet, marks, at, proposals)
    return [
        row_json(m, weights[m.organisation.zone], proposals.get(m.organisation_id), unlike.get(m.organisation.code, ()))
        for m in marks
    ]


class MarkSheets(APIView):
    @paged("mark_sheets", MarkSheetSerializer, SheetFilters)
    def get(self, request: ApiRequest) -> Response:
        """打分表，只列此令牌可见的。"""
        filters = read_params(request, SheetFilters)
        found = sheets_visible_to(request.actor)
        if "period" in filters:
            found = found.filter(period__code=filters["period"])
        if "track" in filters:
            found = found.filter(scheme__track=filters["track"])
        if "indicator" in filters:
            found = found.filter(indicator__number=filters["indicator"])
        if "state" in filters:
            found = found.filter(state=filters["state"])
        if "evaluator" in filters:
            found = found.filter(evaluator=filters["evaluator"])
        ordered = with_counts(found).order_by(
            "-period__code", "-scheme__track", "indicator__number", "share_figure__order"
        )
        return paginate(request, ordered, sheet_json)


class OneMarkSheet(APIView):
    @extend_schema(operation_id="mark_sheet", responses=MarkSheetWithRowsSerializer)
    def get(self, request: ApiRequest, sheet_id: int) -> Response:
        """一张打分表和它的全部行；从未保存过的行版本为 0。"""
        read_params(request, NoFilters)
        visible_sheet(request.actor, sheet_id)
        sheet = with_counts(MarkSheet.objects.filter(pk=sheet_id)).get()
        return Response(sheet_json(sheet) | {"rows": sheet_rows(sheet, timezone.now())})


class SheetMarks(APIView):
    @extend_schema(
        operation_id="save_marks",
        parameters=[ConfirmParameter],
        request=MarkRow(many=True),
        responses=SavedMarksSerializer,
    )
    def patch(self, request: ApiRequest, sheet_id: int) -> Response:
        """保存若干格，全成或全不成；返回新的版本。"""
        confirm = read_params(request, ConfirmParameter).get("confirm")
        visible_sheet(request.actor, sheet_id)
        rows = [
            RowInput(
                organisation=row["organisation"],
                version=row["version"],
                value=row.get("value"),
                not_applicable=row.get("not_applicable", False),
                reason=row.get("reason", ""),
                problems=row.get("problems"),
                suggestions=row.get("suggestions"),
                sets_value="value" in row or row.get("not_applicable", False),
                replaces=row.get("replaces_deductions", False),
            )
            for row in mark_rows(request.data)
        ]
        saved = save_marks(
            actor=request.actor,
            sheet_id=sheet_id,
            rows=rows,
            at=timezone.now(),
            confirmed=frozenset({confirm} if confirm else ()),
        )
        results = [
            {
                "organisation": mark.organisation.code,
                "value": None if mark.value is None else plain(mark.value),
                "not_applicable": mark.not_applicable or None,
                "version": mark.version,
            }
            for mark in saved
        ]
        return Response({"rows": results})


class SheetDifferences(APIView):
    @api_act("give_difference", DifferenceBody, DifferencesGivenSerializer, may=visible_sheet)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, sheet_id: int) -> dict[str, Any]:
        """写差异说明：一句话写到几行，只供审核人和区政府办看，分数不变。"""
        seen = {row["organisation"]: row["version"] for row in given["rows"]}
        keys = dict(Mark.objects.filter(sheet=sheet_id).values_list("organisation__code", "pk"))
        if unknown := [code for code in seen if code not in keys]:
            raise Refused("not-on-sheet", f"“{unknown[0][:40]}”不在这张打分表里，没有写入。请写单位代码。")
        cells = [(keys[code], version) for code, version in seen.items()]
        marks = give_difference(actor=request.actor, sheet_id=sheet_id, cells=cells, sentence=given["text"], at=at)
        return {"organisations": [mark.organisation.code for mark in marks]}


class FileMarkSheet(APIView):
    @api_act("file_sheet", FileBody, SheetStandingSerializer, may=visible_sheet)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, sheet_id: int) -> dict[str, Any]:
        """报送打分表。"""
        sheet = file_sheet(
            actor=request.actor,
            sheet_id=sheet_id,
            version=given["version"],
            at=at,
            confirmed=frozenset(given.get("confirm", ())),
            reason=given.get("reason", ""),
        )
        return _standing(sheet)


def _standing(sheet: MarkSheet) -> dict[str, Any]:
    return {
        "state": sheet.state,
        "filed_at": moment(sheet.filed_at),
        "late": sheet.late,
        "receipt_number": sheet.receipt_number or None,
        "version": sheet.version,
    }
