"""REST of 五无 checks and of the stages of projects."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.acts.days import Late
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import paged
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.lib.actors import Actor
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration
from water.access import require_round, visible_body
from water.api.answers import WaterProjectSerializer, WaterRoundSerializer
from water.models import Round
from water.queries.projects import ProjectView, projects
from water.queries.rounds import rounds_of
from water.rules.rounds import FIVE, passed
from water.services import rounds as services


def round_json(row: Round) -> dict[str, Any]:
    found = {name: getattr(row, name) for name, _ in FIVE}
    return {
        "id": row.pk,
        "body": row.body_id,
        "day": row.day.isoformat(),
        **found,
        "passed": passed(found),
        "note": row.note,
        "next_on": row.next_on.isoformat() if row.next_on else None,
        "checked_by": row.checked_by,
        "late": row.late,
        "struck": row.struck_at is not None,
    }


class RoundBody(Body):
    day = serializers.DateField()
    checked_by = serializers.CharField(max_length=40)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
    next_on = serializers.DateField(required=False, allow_null=True, default=None)
    late_source = serializers.CharField(
        required=False, allow_blank=True, max_length=100, default="", help_text="补登的依据"
    )
    late_reason = serializers.CharField(
        required=False, allow_blank=True, max_length=200, default="", help_text="补登的理由"
    )
    no_sewage = serializers.BooleanField()
    no_floating = serializers.BooleanField()
    no_rubbish = serializers.BooleanField()
    no_smell = serializers.BooleanField()
    no_building = serializers.BooleanField()


def _require_round(actor: Actor, body_id: int) -> None:
    require_round(actor, visible_body(actor, body_id))


class Rounds(APIView):
    @paged("water_rounds", WaterRoundSerializer)
    def get(self, request: ApiRequest, body_id: int) -> Response:
        """一个小微水体的历次五无核查，最近的在前，含已作废的。"""
        read_params(request, NoFilters)
        body = visible_body(request.actor, body_id)
        return paginate(request, [one.round for one in rounds_of(body)], round_json)

    @api_act("enter_water_round", RoundBody, WaterRoundSerializer, status=201, may=_require_round)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, body_id: int) -> dict[str, Any]:
        """登记一次核查；五项都要答。"""
        found = {name: given.pop(name) for name, _ in FIVE}
        given["late"] = Late(given.pop("late_source"), given.pop("late_reason"))
        return round_json(services.enter_round(actor=request.actor, body_id=body_id, found=found, at=at, **given))


def project_json(one: ProjectView) -> dict[str, Any]:
    return {
        "id": one.project.pk,
        "name": one.project.values.get("name", ""),
        "task": one.project.values.get("task", ""),
        "unit": one.project.owner.code if one.project.owner else None,
        "days_behind": one.slip,
        "phases": [
            {
                "name": view.phase.name,
                "planned_from": view.dates.planned_from.isoformat(),
                "planned_to": view.dates.planned_to.isoformat(),
                "actual_from": view.dates.actual_from.isoformat() if view.dates.actual_from else None,
                "actual_to": view.dates.actual_to.isoformat() if view.dates.actual_to else None,
                "state": view.state,
                "days_behind": view.slip,
                "reason": view.phase.reason,
                "late": view.phase.late,
            }
            for view in one.phases
        ],
        "milestones": [
            {
                "clause": m.clause,
                "title": m.words,
                "when_printed": m.printed,
                "due_on": m.day.isoformat(),
                "due_status": m.day_status,
            }
            for m in one.milestones
        ],
        "demo": is_demonstration(),
    }


class Projects(APIView):
    @paged("water_projects", WaterProjectSerializer)
    def get(self, request: ApiRequest) -> Response:
        """分阶段项目：各阶段的计划和实际、滞后天数、原文印出的节点。"""
        read_params(request, NoFilters)
        return paginate(request, projects(request.actor, timezone.localdate()), project_json)
