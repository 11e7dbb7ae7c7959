from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from evaluation.access import tracked_visible_to
from evaluation.api.inputs import DutyFilters
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import read_params
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.queries import standing_of
from miyun_kpi.lib.actors import actor_of
from miyun_kpi.lib.errors import FieldError, Malformed
from miyun_kpi.organisations.queries import resolve


def _time(value: Any) -> str | None:
    return timezone.localtime(value).isoformat() if value else None


def report_json(report: ProgressReport) -> dict[str, Any]:
    return {
        "version": report.version,
        "course": report.course,
        "unchanged": report.unchanged,
        "progress": report.progress,
        "problem": report.problem,
        "next_step": report.next_step,
        "offline_on": report.offline_on.isoformat() if report.offline_on else None,
        "offline_handler": report.offline_handler,
        "offline_number": report.offline_number,
        "submitted_at": _time(report.submitted_at),
        "observation": report.observation,
    }


class Duties(APIView):
    @extend_schema(operation_id="duties", parameters=[DutyFilters], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """任务期（月跟踪的一行）和所报进展，只列此令牌可见的。"""
        filters = read_params(request, DutyFilters)
        at = timezone.now()
        found = tracked_visible_to(actor_of(request))
        if "document" in filters:
            found = found.filter(unit__duty__document=filters["document"].removesuffix("号"))
        if "period" in filters:
            found = found.filter(period=filters["period"])
        if "organisation" in filters:
            organisation = resolve(filters["organisation"])
            if organisation is None:
                raise Malformed(
                    "unknown-organisation",
                    f"没有叫“{filters['organisation'][:30]}”的单位。",
                    errors=[FieldError("没有这个单位。", "unknown-organisation", field="organisation")],
                )
            found = found.filter(unit__organisation=organisation)

        def to_json(row: DutyPeriod) -> dict[str, Any]:
            duty, organisation = row.unit.duty, row.unit.organisation
            report = getattr(row, "report", None)
            return {
                "id": row.pk,
                "duty": {"key": duty.key, "title": duty.title, "document": duty.document, "clause": duty.clause},
                "organisation": {"code": organisation.code, "name": organisation.name},
                "role": row.unit.role,
                "period": row.period,
                "state": row.state,
                "standing": standing_of(row, at),
                "late": row.late,
                "starts_at": _time(row.starts_at),
                "due_at": _time(row.due_at),
                "late_until": _time(row.late_until),
                "locks_at": _time(row.locks_at),
                "reopened_until": _time(row.reopened_until),
                "demo": row.demo,
                "report": report_json(report) if report else None,
            }

        ordered = found.order_by("-period", "unit__organisation__code", "unit__duty__key")
        return paginate(request, ordered, to_json)
