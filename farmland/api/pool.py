"""REST of the pool: totals for everybody, lots and ledger in the scope of the token, the replay."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from farmland import access
from farmland.api.answers import (
    FarmlandLotSerializer,
    LedgerEntrySerializer,
    PoolBalancesSerializer,
    PoolCheckFindingsSerializer,
)
from farmland.api.bodies import LotBody, area, money
from farmland.enums import EntryKind
from farmland.models import Check, Entry, Lot
from farmland.queries import pool as pools
from farmland.rules.ledger import Buckets
from farmland.services import ledger, lots
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import moment, paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, RenamedChoiceField, read_params
from miyun_kpi.organisations.api import OrganisationField
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration


def buckets_json(found: Buckets) -> dict[str, str]:
    return {
        "accepted": area(found.accepted),
        "reserved": area(found.reserved),
        "used": area(found.used),
        "transferred": area(found.transferred),
        "free": area(found.free),
    }


def check_json(row: Check | None) -> dict[str, Any] | None:
    return None if row is None else {"at": moment(row.at), "entries": row.entries, "equal": row.equal}


def lot_json(lot: Lot) -> dict[str, Any]:
    return {
        "id": lot.pk,
        "record_number": lot.record_number,
        "name": lot.name,
        "town": {"code": lot.town.code, "name": lot.town.name},
        "builder": lot.builder,
        "builder_name": lot.builder_name,
        "mining": lot.mining,
        "area": area(lot.area),
        "accepted_on": lot.accepted_on.isoformat(),
        "acceptance_number": lot.acceptance_number,
        "quality": lot.quality,
        "paddy": None if lot.paddy is None else area(lot.paddy),
        "capacity": lot.capacity,
        **buckets_json(lot.buckets),
        "reversed": lot.struck_at is not None,
        "version": lot.version,
        "demo": is_demonstration(),
    }


class LotFilters(serializers.Serializer[Any]):
    town = OrganisationField(required=False)


class EntryFilters(serializers.Serializer[Any]):
    kind = RenamedChoiceField(once={"reversal": "reversed"}, required=False, choices=EntryKind.choices)
    lot = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class Balances(APIView):
    @extend_schema(operation_id="farmland_balances", responses=PoolBalancesSerializer)
    def get(self, request: ApiRequest) -> Response:
        """全区指标库合计和最近一次重放核对，人人可读。"""
        read_params(request, NoFilters)
        return Response({**buckets_json(pools.totals()), "check": check_json(pools.last_check())})


class Lots(APIView):
    @paged("farmland_lots", FarmlandLotSerializer, LotFilters)
    def get(self, request: ApiRequest) -> Response:
        """此令牌可见的批次和余额，按验收时间；面积是四位小数的字符串。"""
        given = read_params(request, LotFilters)
        found = access.visible_lots(request.actor)
        if "town" in given:
            found = found.filter(town=given["town"])
        keeps = access.reads_all(request.actor)
        return paginate(
            request,
            found,
            lambda lot: lot_json(lot) | ({"cost": money(lot.cost), "profit": money(lot.profit)} if keeps else {}),
        )

    @api_act("accept_farmland_lot", LotBody, FarmlandLotSerializer, status=201, may=access.require_pool)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """批次验收入库（区规自分局）。"""
        return lot_json(lots.accept_lot(actor=request.actor, new=lots.NewLot(**given), at=at))


class Entries(APIView):
    @paged("farmland_entries", LedgerEntrySerializer, EntryFilters)
    def get(self, request: ApiRequest) -> Response:
        """账本，按笔号；只增不改。镇只看本镇批次的。"""
        given, actor = read_params(request, EntryFilters), request.actor
        found = access.visible_entries(actor).order_by("number")
        if "kind" in given:
            found = found.filter(kind=given["kind"])
        if "lot" in given:
            found = found.filter(lot_id=given["lot"])
        own, keeps = access.own_town(actor), access.reads_all(actor)

        def to_json(row: Entry) -> dict[str, Any]:
            near = row.application is not None and (keeps or row.application.town_id == own)
            return {
                "number": row.number,
                "act": row.act,
                "lot": row.lot_id,
                "application": row.application_id if near else None,
                "transfer": row.transfer_id if keeps else None,
                "kind": row.kind,
                "area": area(row.area),
                "change": area(row.change),
                "lot_free": area(row.lot_free),
                "pool_free": area(row.pool_free) if keeps else None,
                "reverses": row.reverses,
                "reason": row.reason,
                "clause": row.clause,
                "done_on": row.done_on.isoformat(),
                "late": row.late,
                "at": moment(row.at),
                "demo": is_demonstration(),
            }

        return paginate(request, found, to_json)


class Checks(APIView):
    @api_act("check_farmland_ledger", None, PoolCheckFindingsSerializer, status=201, keyed=False)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """从零重放全部账本，与存着的余额比对，结果留档。"""
        row = ledger.check_ledger(actor=request.actor, at=at)
        found = [one for one in row.findings.split("\n") if one]
        return {**(check_json(row) or {}), "findings": found}
