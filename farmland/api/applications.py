"""REST of 指标使用: applications, acts on them, allocations with the reason of each step, and the trial that saves nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from farmland import access
from farmland.api.answers import (
    FarmlandAllocationSerializer,
    FarmlandApplicationSerializer,
    FarmlandApplicationWithProofSerializer,
    FarmlandTrialSerializer,
)
from farmland.api.bodies import (
    BY_PAPER,
    DATED,
    NEEDS,
    ActBody,
    ApplicationBody,
    FarmlandTrialBody,
    ProposedBody,
    area,
    money,
)
from farmland.enums import State
from farmland.models import Application
from farmland.queries import money as sums
from farmland.queries import pool as pools
from farmland.queries.rewards import paid_for
from farmland.queries.trial import Trial, trial_of
from farmland.rules.allocation import Allocation
from farmland.rules.rewards import paid_note
from farmland.services import applications as services
from farmland.services.coordinating import coordinate
from miyun_kpi.acts.days import Late
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, RenamedChoiceField, read_params
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError, Malformed
from miyun_kpi.proposals.api import ProposalSerializer, proposal_json
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration


def application_json(row: Application) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "name": row.name,
        "applicant": row.applicant,
        "investor": row.investor,
        "commercial": row.commercial,
        "district_pays": row.district_pays,
        "public": row.public,
        "town": {"code": row.town.code, "name": row.town.name},
        "area": area(row.area),
        "approval_number": row.approval_number or None,
        "approval_on": row.approval_on.isoformat() if row.approval_on else None,
        "request_number": row.request_number or None,
        "coordination": row.coordination or None,
        "state": row.state,
        "force_majeure": row.force_majeure if row.state == State.RECLAIMED else None,
        "fees": [
            {
                "kind": fee.kind,
                "rate": money(fee.rate),
                "amount": money(fee.amount),
                "waived": money(fee.waived),
                "returned": money(fee.returned),
                "paid": money(sums.paid_of(fee)),
                "over": money(sums.over_of(fee)),
                "void": fee.void,
                "assessed_on": fee.assessed_on.isoformat(),
            }
            for fee in row.fees.all()
        ],
        "version": row.version,
        "demo": is_demonstration(),
    }


def steps_json(found: Allocation) -> list[dict[str, Any]]:
    return [
        {
            "lot": step.lot.lot_id,
            "lot_name": step.lot.name,
            "town": step.lot.town,
            "accepted_on": step.lot.accepted_on.isoformat(),
            "need": area(step.need),
            "available": area(step.available),
            "taken": area(step.taken),
            "left": area(step.left),
            "reason": step.reason,
            "clause": step.clause,
            "assumed": step.assumed,
        }
        for step in found.steps
    ]


class ApplicationFilters(serializers.Serializer[Any]):
    state = RenamedChoiceField(once={"struck": "revoked"}, required=False, choices=State.choices)


class Applications(APIView):
    @paged("farmland_applications", FarmlandApplicationSerializer, ApplicationFilters)
    def get(self, request: ApiRequest) -> Response:
        """指标使用申请和费用，只列此令牌可见的。"""
        given = read_params(request, ApplicationFilters)
        found = access.visible_applications(request.actor).prefetch_related("fees__payments")
        return paginate(request, found.filter(**given), application_json)

    @api_act(
        "register_farmland_application",
        ApplicationBody,
        FarmlandApplicationSerializer,
        status=201,
        may=access.require_pool,
    )
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """登记指标使用申请（区规自分局）；四件事实都要写明。"""
        project = services.Project(**given)
        return application_json(services.register_application(actor=request.actor, project=project, at=at))


class OneApplication(APIView):
    @extend_schema(operation_id="farmland_application", responses=FarmlandApplicationWithProofSerializer)
    def get(self, request: ApiRequest, application_id: int) -> Response:
        """一件申请；allocation 是预留的逐批步骤，agrees 说明按当日账本重放是否一致；reward_paid 说明收回前已付了多少奖励。"""
        read_params(request, NoFilters)
        actor = request.actor
        row = access.visible_application(actor, application_id)
        proof = pools.proof_of(row)
        paid = paid_note(paid_for(row)) if row.state == State.POSTED and access.reads_all(actor) else ""
        found = (
            None
            if proof is None
            else {"steps": steps_json(proof.allocation), "agrees": proof.agrees, "act": proof.number}
        )
        return Response(application_json(row) | {"allocation": found, "reward_paid": paid or None})


ACTS: dict[str, Callable[..., Any]] = {
    "reserve": services.reserve,
    "revoked": services.strike_application,
    "coordinate": coordinate,
}


def _require_handling(actor: Actor, application_id: int) -> None:
    access.visible_application(actor, application_id)
    access.require_office(actor)


def _asked(given: dict[str, Any], name: str) -> dict[str, Any]:
    """What this act takes and nothing else; an act by paper also its day and, for 补登, paper and reason."""
    dated = DATED if name in BY_PAPER else set()
    wanted = {"version", *NEEDS[name]}
    lacking, odd = wanted - set(given), set(given) - wanted - dated
    if lacking or odd:
        rows = [FieldError("缺少，或与这项办理无关。", "bad-field", field=one) for one in sorted(lacking | odd)]
        raise Malformed("bad-fields", f"这项办理要的内容是：{'、'.join(sorted(wanted))}。", errors=rows)
    if not dated:
        return given
    late = Late(given.pop("late_source", ""), given.pop("late_reason", ""))
    return {"on": None} | given | {"late": late}


class ApplicationActs(APIView):
    @api_act("act_on_farmland_application", ActBody, FarmlandApplicationSerializer, may=_require_handling)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, application_id: int) -> dict[str, Any]:
        """一人办理的：预留、撤销（区规自分局），登记协调意见（两局）。其余的用 proposals 提出。"""
        name = given.pop("act")
        ACTS[name](actor=request.actor, application_id=application_id, at=at, **_asked(given, name))
        return application_json(access.visible_application(request.actor, application_id))


class ApplicationProposals(APIView):
    @api_act("propose_on_farmland_application", ProposedBody, ProposalSerializer, status=202, may=_require_handling)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, application_id: int) -> dict[str, Any]:
        """两人办理的：核销、撤回预留、收回和它的不可抗力认定（区规自分局），核费、减免、收回以后的费用处理（区财政局）。提出以后由本局另一人登录确认才办。"""
        name = given.pop("act")
        asked = _asked(given, name)
        if "late" in asked:
            asked["asked_on"] = at.astimezone().date()
        made = propose(actor=request.actor, code=f"farmland-{name}", at=at, application_id=application_id, **asked)
        return proposal_json(made)


class Allocations(APIView):
    @paged("farmland_allocations", FarmlandAllocationSerializer)
    def get(self, request: ApiRequest) -> Response:
        """已预留、已核销的项目逐批怎样用的，每一步带理由和条款。"""
        read_params(request, NoFilters)
        states = [State.RESERVED, State.POSTED, State.RECLAIMED]
        found = access.visible_applications(request.actor).filter(state__in=states)
        answer = paginate(request, found, lambda row: row)
        rows: list[Application] = answer.data["results"]
        proofs = pools.proofs_of(rows)
        answer.data["results"] = [
            {
                "application": row.pk,
                "name": row.name,
                "state": row.state,
                "area": area(row.area),
                "act": proofs[row.pk].number,
                "agrees": proofs[row.pk].agrees,
                "steps": steps_json(proofs[row.pk].allocation),
            }
            for row in rows
        ]
        return answer


def trial_json(found: Trial) -> dict[str, Any]:
    return {
        "on": found.on.isoformat(),
        "allocation": {
            "steps": steps_json(found.allocation),
            "short": area(found.allocation.short),
            "beyond_town": found.allocation.beyond_town,
            "flag": found.allocation.flag or None,
            "request": found.request or None,
        },
        "fees": [
            {
                "kind": line.duty.kind,
                "amount": money(line.amount),
                "reason": line.reason,
                "clause": line.duty.clause,
                "refusal": {"code": line.problem.code, "message": line.problem.message} if line.problem else None,
            }
            for line in found.fees
        ],
        "rewards": [
            {
                "town": line.use.town,
                "lot": line.use.lot,
                "area": area(line.use.area),
                "first": money(line.first),
                "second": money(line.second),
                "applied": money(line.applied),
                "other_reading": money(line.other),
                "reason": line.reason or line.problem,
            }
            for line in found.rewards
        ],
    }


class FarmlandTrial(APIView):
    @api_act("farmland_trial", FarmlandTrialBody, FarmlandTrialSerializer, keyed=False, may=access.require_reads_all)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """试算：按给定的性质、坐落、面积和日期（on）算分配、费用和奖励，什么也不保存。"""
        return trial_json(trial_of(**given))
