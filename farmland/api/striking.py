"""REST of what puts 21号 right: 勘正 of prices, rule periods and readings, 冲正 of the ledger and of money; proposed, never confirmed."""

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.views import APIView

from farmland import access
from farmland.api.bodies import Exact
from farmland.queries.reconciling import months
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.bodies import Body
from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.api import ProposalSerializer, proposal_json
from miyun_kpi.proposals.api_months import months_view
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import ApiRequest

Months = months_view("farmland_months", "farmland-reconciliation", "占补收支", months, access.require_money)


class ReverseBody(Body):
    reason = serializers.CharField(max_length=300, help_text="原因")


class StrikeBody(Body):
    reason = serializers.CharField(max_length=300, help_text="录错了什么")
    starts_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="不给为原来那一天")
    basis = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class StrikeRateBody(StrikeBody):
    value = Exact(places=2, required=False, allow_null=True, default=None, help_text="正确的数值；不给只划去")
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)


class StrikePeriodBody(StrikeBody):
    ends_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="正确的止日；不给只划去")


class StrikeSettingBody(StrikeBody):
    value = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="正确的取值；不给只划去")


def _money(actor: Actor, **_: int) -> None:
    access.require_money(actor)


def _pool(actor: Actor, **_: int) -> None:
    access.require_pool(actor)


def _either(actor: Actor, **_: int) -> None:
    access.require_office(actor)


def _proposed(request: ApiRequest, code: str, at: datetime, **given: Any) -> dict[str, Any]:
    return proposal_json(propose(actor=request.actor, code=f"farmland-{code}", at=at, **given))


class StrikeRate(APIView):
    @api_act("strike_farmland_rate", StrikeRateBody, ProposalSerializer, status=202, may=_money)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, row_id: int) -> dict[str, Any]:
        """提出勘正一行单价（区财政局），另一人登录确认后才划去；已核的费、已固定的奖励按差额结算。"""
        return _proposed(request, "strike-rate", at, row_id=row_id, **given)


class StrikePeriod(APIView):
    @api_act("strike_farmland_period", StrikePeriodBody, ProposalSerializer, status=202, may=_money)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, row_id: int) -> dict[str, Any]:
        """提出勘正一个规则期限（区财政局），另一人登录确认后才划去。"""
        return _proposed(request, "strike-period", at, row_id=row_id, **given)


class StrikeSetting(APIView):
    @api_act("strike_farmland_setting", StrikeSettingBody, ProposalSerializer, status=202, may=_either)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, row_id: int) -> dict[str, Any]:
        """提出勘正一次设置（区规自分局、区财政局），另一人登录确认后才划去。"""
        return _proposed(request, "strike-choose", at, row_id=row_id, **given)


class ReverseEntry(APIView):
    @api_act("reverse_farmland_entry", ReverseBody, ProposalSerializer, status=202, may=_pool)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, number: int) -> dict[str, Any]:
        """提出冲正账本的一次办理（区规自分局）；number 是那一次办理的第一笔。另一人登录确认后才办。"""
        return _proposed(request, "reverse-entry", at, number=number, **given)


class ReverseMoney(APIView):
    @api_act("reverse_farmland_money", ReverseBody, ProposalSerializer, status=202, may=_money)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, number: int) -> dict[str, Any]:
        """提出冲正一笔收支（区财政局），另一人登录确认后才办。"""
        return _proposed(request, "reverse-money", at, number=number, **given)
