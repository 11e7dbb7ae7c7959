"""REST of rewards, 收支, transfers and the dated tables."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from farmland import access
from farmland.api.answers import (
    FarmlandMoneySerializer,
    FarmlandRateSerializer,
    FarmlandSettingsSerializer,
    FarmlandTransferSerializer,
    TownRewardSerializer,
)
from farmland.api.bodies import Exact, LateBody, PaperBody, area, money
from farmland.enums import MoneyKind, RateKind
from farmland.models import Money, Rate, RulePeriod, Setting, Transfer
from farmland.queries import tables
from farmland.queries.reconciling import voucher_of
from farmland.queries.town_rewards import TownReward, by_town
from farmland.services import money as services
from farmland.services import transfers as moves
from miyun_kpi.acts.days import Late
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import moment, paged
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.proposals.api import ProposalSerializer, proposal_json
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration

LARGEST = 2**31 - 1


def reward_json(one: TownReward) -> dict[str, Any]:
    return {
        "town": {"code": one.code, "name": one.name},
        "waiting": area(one.waiting),
        "first": money(one.first),
        "second": money(one.second),
        "applied": money(one.applied),
        "other_reading": money(one.other),
        "paid": money(one.paid),
        "paid_transfer": money(one.paid_transfer),
        "taken_back": money(one.taken_back),
        "used": money(one.used),
        "over": money(one.over),
        "fund": money(one.fund),
        "left": money(one.left),
        "problems": one.problems,
    }


class Rewards(APIView):
    @paged("farmland_rewards", TownRewardSerializer)
    def get(self, request: ApiRequest) -> Response:
        """各镇奖励：第九条（一）（二）、按设置的应奖和另一读法、已付、已追回、未付（left）、多付待追回（over）、可用余额（fund）；镇只看本镇。"""
        read_params(request, NoFilters)
        lots = access.visible_lots(request.actor).filter(struck_at__isnull=True)
        return paginate(request, by_town(lots), reward_json)


def money_json(row: Money) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "amount": money(row.amount),
        "side": voucher_of(row).side.name.lower(),
        "day": row.day.isoformat(),
        "ticket": row.ticket,
        "application": row.application_id,
        "lot": row.lot_id,
        "transfer": row.transfer_id,
        "town": row.town.code if row.town else None,
        "reverses": row.reverses,
        "note": row.note,
        "late": row.late,
        "at": moment(row.at),
        "demo": is_demonstration(),
    }


class MoneyFilters(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(required=False, choices=MoneyKind.choices)


class MoneyBody(PaperBody):
    """What comes in, and what the fee and the rewards are spent for; payments go by a warrant and its voucher."""

    kind = serializers.ChoiceField(choices=MoneyKind.choices)
    amount = Exact(places=2)
    day = serializers.DateField()
    ticket = serializers.CharField(max_length=60)
    application = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    transfer = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    town = serializers.CharField(required=False, max_length=60, default="")
    note = serializers.CharField(required=False, max_length=300, allow_blank=True, default="")


class MoneyRows(APIView):
    @paged("farmland_money", FarmlandMoneySerializer, MoneyFilters)
    def get(self, request: ApiRequest) -> Response:
        """收支逐笔；金额是两位小数的字符串，冲正的笔指明冲正哪一笔。镇看付给本镇的。"""
        given = read_params(request, MoneyFilters)
        return paginate(request, access.visible_money(request.actor).filter(**given), money_json)

    @api_act("record_farmland_money", MoneyBody, FarmlandMoneySerializer, status=201, may=access.require_money)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """登记一笔收入或用途（区财政局）；不超过应收、余额。付款和追回先核定（warrants），再登记凭证（vouchers）。"""
        ids = {f"{name}_id": given.pop(name, None) for name in ("application", "transfer")}
        late = Late(given.pop("late_source", ""), given.pop("late_reason", ""))
        movement = services.Movement(**given, **ids, late=late)
        return money_json(services.record_money(actor=request.actor, movement=movement, at=at))


def transfer_json(row: Transfer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "district": row.district,
        "area": area(row.area),
        "price": money(row.price),
        "amount": money(row.amount),
        "agreement": row.agreement,
        "approval_number": row.approval_number,
        "approval_on": row.approval_on.isoformat(),
        "reward": money(row.reward),
        "reversed": row.reversed_at is not None,
        "version": row.version,
        "demo": is_demonstration(),
    }


class DealBody(LateBody):
    district = serializers.CharField(max_length=40)
    area = Exact(places=4)
    price = Exact(places=2)
    agreement = serializers.CharField(max_length=100)
    approval_number = serializers.CharField(max_length=60)
    approval_on = serializers.DateField()


class Transfers(APIView):
    @paged("farmland_transfers", FarmlandTransferSerializer)
    def get(self, request: ApiRequest) -> Response:
        """转让其他区的指标（区规自分局、区财政局、区领导）。"""
        read_params(request, NoFilters)
        return paginate(request, access.visible_transfers(request.actor), transfer_json)

    @api_act("make_farmland_transfer", DealBody, ProposalSerializer, status=202, may=access.require_pool)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """提出有偿转让（区规自分局），另一人登录确认后才办；须有区政府批准文号。"""
        late = Late(given.pop("late_source", ""), given.pop("late_reason", ""))
        dated = {"on": given.pop("on", None), "late": late, "asked_on": at.astimezone().date()}
        deal = moves.Deal(**given)
        return proposal_json(propose(actor=request.actor, code="farmland-transfer", at=at, deal=deal, **dated))


def rate_json(row: Rate) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "table": RateKind(row.kind).label,
        "value": money(row.value),
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "basis": row.basis,
        "printed": row.printed,
        "struck": row.struck_at is not None,
        "demo": is_demonstration(),
    }


class RateBody(Body):
    kind = serializers.ChoiceField(choices=RateKind.choices)
    value = Exact(places=2)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    basis = serializers.CharField(max_length=200)


class Rates(APIView):
    @paged("farmland_rates", FarmlandRateSerializer)
    def get(self, request: ApiRequest) -> Response:
        """按日期的单价表；公报没有印出的由区财政局录入。"""
        read_params(request, NoFilters)
        return paginate(request, Rate.objects.all(), rate_json)

    @api_act("enter_farmland_rate", RateBody, ProposalSerializer, status=202, may=access.require_money)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """提出录入一行单价（区财政局），另一人登录确认后才起用；已经核费的日子不能追溯改。"""
        return proposal_json(propose(actor=request.actor, code="farmland-rate", at=at, **given))


class Settings(APIView):
    @extend_schema(operation_id="farmland_settings", responses=FarmlandSettingsSerializer)
    def get(self, request: ApiRequest) -> Response:
        """原文没有写明的读法（推定，今天的取值和历次）和规则期限。"""
        read_params(request, NoFilters)
        periods = [
            {
                "id": one.pk,
                "starts_on": one.starts_on.isoformat(),
                "ends_on": one.ends_on.isoformat(),
                "basis": one.basis,
            }
            for one in RulePeriod.objects.filter(struck_at__isnull=True)
        ]
        rows = [
            {
                "id": one.pk,
                "key": one.key,
                "value": one.value,
                "starts_on": one.starts_on.isoformat(),
                "basis": one.basis,
                "struck": one.struck_at is not None,
            }
            for one in Setting.objects.order_by("key", "starts_on", "pk")
        ]
        return Response({"choices": tables.choices(timezone.localdate()), "rows": rows, "periods": periods})
