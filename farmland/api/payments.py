"""REST of rewards by project and lot, of what was decided to be paid or claimed, and of the vouchers that carry it out."""

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from farmland import access
from farmland.api.answers import FarmlandMoneySerializer, RewardLineSerializer, WarrantSerializer
from farmland.api.bodies import LARGEST, Exact, PaperBody, area, money
from farmland.api.money import money_json
from farmland.deciding.money import code_of
from farmland.enums import BY_WARRANT, RewardPart
from farmland.models import Entry, Warrant
from farmland.queries.rewards import UseLine
from farmland.queries.town_rewards import Lines, listed
from farmland.services import warrants
from miyun_kpi.acts.days import Late
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import moment, paged
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.api import ProposalSerializer, proposal_json
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import ApiRequest


def part_json(line: UseLine, part: str) -> dict[str, Any]:
    held = line.part(part)
    return {
        "part": part,
        "rate": money(held.rate),
        "whole": money(held.whole),
        "due": money(held.due),
        "paid": money(held.paid),
        "taken_back": money(held.back),
        "left": money(held.left),
        "over": money(held.over),
        "reason": held.reason,
        "ground": held.ground or None,
    }


class RewardLines(APIView):
    @paged("farmland_reward_lines", RewardLineSerializer)
    def get(self, request: ApiRequest) -> Response:
        """逐个项目和批次的奖励：核销时固定的应奖、差额、已付、未付、待追回和事由。镇只看本镇批次的。"""
        read_params(request, NoFilters)
        actor = request.actor
        found = Lines(listed().filter(lot__in=access.visible_lots(actor), application__isnull=False))
        near = set(access.visible_applications(actor).values_list("pk", flat=True))

        def to_json(line: UseLine) -> dict[str, Any]:
            entry, own = line.entry, line.entry.application_id in near
            town = entry.lot.town
            return {
                "entry": entry.number,
                "town": {"code": town.code, "name": town.name},
                "lot": entry.lot_id,
                "lot_name": entry.lot.name,
                "application": entry.application_id if own else None,
                "name": line.what if own else None,
                "area": area(entry.area),
                "on": entry.done_on.isoformat(),
                "stands": line.stands,
                "parts": [part_json(line, part) for part in RewardPart.values],
                "problem": line.problem or None,
            }

        return paginate(request, found, to_json)


def warrant_json(row: Warrant) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "amount": money(row.amount),
        "payee": row.payee,
        "entry": row.entry.number if row.entry else None,
        "lot": row.lot_id,
        "transfer": row.transfer_id,
        "application": row.fee.application_id if row.fee else row.entry.application_id if row.entry else None,
        "money": row.money.number if row.money else None,
        "cancelled": row.cancelled_at is not None,
        "note": row.note,
        "at": moment(row.at),
    }


class WarrantBody(Body):
    """What it is for: `entry` (the line of the 核销) for rewards, `lot`, `transfer` with `town`, or `application` for refunds."""

    kind = serializers.ChoiceField(choices=[(one, one) for one in BY_WARRANT])
    amount = Exact(places=2)
    entry = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    lot = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    transfer = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    application = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    town = serializers.CharField(required=False, max_length=60, default="")
    note = serializers.CharField(required=False, max_length=300, allow_blank=True, default="")


class VoucherBody(PaperBody):
    ticket = serializers.CharField(max_length=60)
    day = serializers.DateField()


class Warrants(APIView):
    @paged("farmland_warrants", WarrantSerializer)
    def get(self, request: ApiRequest) -> Response:
        """付款和追回的核定（区规自分局、区财政局、区领导）；money 为空的等凭证。"""
        read_params(request, NoFilters)
        found = Warrant.objects.select_related("entry", "fee", "money")
        return paginate(request, found if access.reads_all(request.actor) else found.none(), warrant_json)

    @api_act("propose_farmland_warrant", WarrantBody, ProposalSerializer, status=202, may=access.require_money)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """提出核定付款、追回或退费（区财政局），另一人登录确认后才可登记凭证；收款单位由事项带出。"""
        kind, number = given.pop("kind"), given.pop("entry", None)
        entry = Entry.objects.filter(number=number).first() if number else None
        if number and entry is None:
            raise Refused("unknown-entry", f"账本没有第 {number} 笔，没有执行。请核对笔号。")
        ids = {
            "entry_id": entry.pk if entry else None,
            "lot_id": given.pop("lot", None),
            "transfer_id": given.pop("transfer", None),
            "fee_id": warrants.fee_for(kind, given.pop("application", None)),
        }
        made = propose(actor=request.actor, code=code_of(kind), at=at, kind=kind, **ids, **given)
        return proposal_json(made)


class Vouchers(APIView):
    @api_act(
        "record_farmland_voucher",
        VoucherBody,
        FarmlandMoneySerializer,
        status=201,
        may=lambda actor, warrant_id: access.require_money(actor),
    )
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, warrant_id: int) -> dict[str, Any]:
        """登记一项核定的凭证（区财政局，一人）；金额和收款单位从核定带出。"""
        late = Late(given.pop("late_source", ""), given.pop("late_reason", ""))
        return money_json(
            warrants.record_voucher(actor=request.actor, warrant_id=warrant_id, at=at, late=late, **given)
        )
