"""REST of the banks' returns: a bank its own, 区金融办 all, everybody the sums of a quarter; 风险补偿基金; cover of insurance."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from finance_policy import access
from finance_policy.api.answers import (
    CONDITIONS,
    BankReturnSerializer,
    FundEntrySerializer,
    InsuranceCoverSerializer,
    LendingReleaseSerializer,
)
from finance_policy.enums import ReturnState
from finance_policy.forms import exact
from finance_policy.models import BankReturn, FundEntry
from finance_policy.queries import figures as figure_queries
from finance_policy.queries.returns import Given, figures_of, releases, to_text
from finance_policy.rules.conditions import FIGURES, Condition, conditions
from finance_policy.services import returns as services
from miyun_kpi.api.answers import ONCE, paged
from miyun_kpi.api.idempotency import once
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, RenamedChoiceField, read_params
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import Malformed
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration

SIGNED = frozenset({"increment", "increment_before"})


def _shown(figures: dict[str, str]) -> dict[str, str | None]:
    return {name: value or None for name, value in figures.items()}


def conditions_json(three: tuple[Condition, ...]) -> list[dict[str, Any]]:
    """Fractions as numerator/denominator, exactly as they were compared; rates also in per cent."""

    def fraction(value: Any) -> str | None:
        return None if value is None else f"{value.numerator}/{value.denominator}"

    def per_cent(one: Condition, value: Any) -> str | None:
        return str(half_up(value * 100, 4)) if one.rate and value is not None else None

    return [
        {
            "code": code,
            "name": one.name,
            "holds": one.holds,
            "why": one.why or None,
            "left": fraction(one.left),
            "right": fraction(one.right),
            "left_percent": per_cent(one, one.left),
            "right_percent": per_cent(one, one.right),
        }
        for (code, _), one in zip(CONDITIONS, three, strict=True)
    ]


def return_json(row: BankReturn) -> dict[str, Any]:
    figures = figures_of(row)
    return {
        "id": row.pk,
        "bank": {"code": row.bank.code, "name": row.bank.name},
        "period": row.period,
        "state": row.state,
        "figures": _shown(to_text(figures)),
        "conditions": conditions_json(conditions(figures)),
        "note": row.note,
        "opinion": row.opinion or None,
        "version": row.version,
        "saved_at": timezone.localtime(row.saved_at).isoformat(),
        "demo": is_demonstration(),
    }


def release_json(given: Given) -> dict[str, Any]:
    row = given.release
    return {
        "period": row.period,
        "number": row.number,
        "banks": len(row.bank_codes),
        "figures": _shown(row.figures),
        "conditions": conditions_json(tuple(given.conditions)),
        "reason": row.reason or None,
        "released_at": timezone.localtime(row.released_at).isoformat(),
        "demo": is_demonstration(),
    }


class ReturnFilters(serializers.Serializer[Any]):
    period = serializers.CharField(required=False, max_length=6)
    state = RenamedChoiceField(once={"submitted": "filed"}, required=False, choices=ReturnState.choices)


class OpenBody(serializers.Serializer[Any]):
    period = serializers.CharField(max_length=20, help_text="如 2020Q3")


class SaveBody(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    figures = serializers.DictField(child=serializers.CharField(allow_blank=True, allow_null=True, max_length=40))
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class VersionBody(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class DecideBody(VersionBody):
    accept = serializers.BooleanField()
    opinion = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


def read_figures(given: dict[str, Any]) -> dict[str, Any]:
    """Only the figures given are changed; null or "" empties one."""
    words = {name: (said, unit) for name, said, unit in FIGURES}
    made: dict[str, Any] = {}
    for name, text in given.items():
        if name not in words:
            raise Malformed("unknown-figure", f"没有“{name[:40]}”这一栏。可用：{'、'.join(words)}。")
        said, unit = words[name]
        if not text:
            made[name] = None
        elif unit == "户":
            made[name] = int(exact(text, places=0, what=said))
            if made[name] > 2**31 - 1:
                raise Malformed("too-large", f"{said}过大，没有保存。请核对。")
        else:
            made[name] = exact(text, places=2, what=said, signed=name in SIGNED)
    return made


class Returns(APIView):
    @paged("green_returns", BankReturnSerializer, ReturnFilters)
    def get(self, request: ApiRequest) -> Response:
        """银行季报：银行只有自己的，区金融办全部，其他人没有（见 aggregates）。"""
        given = read_params(request, ReturnFilters)
        return paginate(request, access.visible_returns(request.actor).filter(**given), return_json)

    @extend_schema(
        operation_id="open_green_return", parameters=ONCE, request=OpenBody, responses={201: BankReturnSerializer}
    )
    def post(self, request: ApiRequest) -> Response:
        """打开本行一个季度的季报（已有的即是那一份）。"""
        read_params(request, NoFilters)
        actor, at = request.actor, timezone.now()
        access.require_bank(actor, "季报")
        body = OpenBody(data=request.data)
        body.is_valid(raise_exception=True)

        def act() -> Response:
            row = services.open_return(actor=actor, period=body.validated_data["period"], at=at)
            return Response(return_json(row), status=201)

        return once(request, act, at=at)


class OneReturn(APIView):
    @extend_schema(operation_id="green_return", responses=BankReturnSerializer)
    def get(self, request: ApiRequest, return_id: int) -> Response:
        """一份季报和三个不低于。"""
        read_params(request, NoFilters)
        return Response(return_json(access.visible_return(request.actor, return_id)))

    @extend_schema(operation_id="save_green_return", request=SaveBody, responses=BankReturnSerializer)
    def patch(self, request: ApiRequest, return_id: int) -> Response:
        """改所给的数；版本不符的，409 并给出现存的数。"""
        read_params(request, NoFilters)
        actor = request.actor
        access.visible_return(actor, return_id)
        body = SaveBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        row = services.save_return(
            actor=actor,
            return_id=return_id,
            version=given["version"],
            figures=read_figures(given["figures"]),
            note=given["note"],
            at=timezone.now(),
        )
        return Response(return_json(row))


class SubmitReturn(APIView):
    @extend_schema(
        operation_id="submit_green_return", parameters=ONCE, request=VersionBody, responses=BankReturnSerializer
    )
    def post(self, request: ApiRequest, return_id: int) -> Response:
        """报送。"""
        read_params(request, NoFilters)
        actor, at = request.actor, timezone.now()
        access.visible_return(actor, return_id)
        body = VersionBody(data=request.data)
        body.is_valid(raise_exception=True)

        def act() -> Response:
            version = body.validated_data["version"]
            return Response(
                return_json(services.submit_return(actor=actor, return_id=return_id, version=version, at=at))
            )

        return once(request, act, at=at)


class DecideReturn(APIView):
    @extend_schema(
        operation_id="decide_green_return", parameters=ONCE, request=DecideBody, responses=BankReturnSerializer
    )
    def post(self, request: ApiRequest, return_id: int) -> Response:
        """区金融办接受或退回。"""
        read_params(request, NoFilters)
        actor, at = request.actor, timezone.now()
        access.visible_return(actor, return_id)
        access.require_office(actor, "季报的审核")
        body = DecideBody(data=request.data)
        body.is_valid(raise_exception=True)

        def act() -> Response:
            row = services.decide_return(actor=actor, return_id=return_id, at=at, **body.validated_data)
            return Response(return_json(row))

        return once(request, act, at=at)


class Aggregates(APIView):
    @paged("green_aggregates", LendingReleaseSerializer)
    def get(self, request: ApiRequest) -> Response:
        """各季度全部银行的合计和三个不低于；只有区金融办已汇总的，少于设定家数的没有。"""
        read_params(request, NoFilters)
        return paginate(request, releases(), release_json)


class Fund(APIView):
    @paged("green_fund", FundEntrySerializer)
    def get(self, request: ApiRequest) -> Response:
        """绿色信贷风险补偿基金的各笔；只给记账单位和能看全部月跟踪的岗位。"""
        read_params(request, NoFilters)
        access.require_reading_fund(request.actor)
        found = FundEntry.objects.select_related("reverses").order_by("number")
        return paginate(request, found, entry_json)


def entry_json(row: FundEntry) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "amount": str(row.amount),
        "balance": str(row.balance),
        "on": row.on.isoformat(),
        "party": row.party,
        "basis": row.basis,
        "reverses": row.reverses.number if row.reverses else None,
        "demo": is_demonstration(),
    }


class CoverageFilters(serializers.Serializer[Any]):
    on = serializers.DateField(required=False)


class InsuranceCover(APIView):
    @extend_schema(operation_id="green_insurance", parameters=[CoverageFilters], responses=InsuranceCoverSerializer)
    def get(self, request: ApiRequest) -> Response:
        """环境污染强制责任保险某一天的覆盖（不给为今天）。"""
        on = read_params(request, CoverageFilters).get("on") or timezone.localdate()
        found = figure_queries.insurance(on)

        def json(one: Any) -> dict[str, Any]:
            share = None if one.share is None else str(half_up(one.share * 100, 2))
            return {"insured": one.insured, "listed": one.listed, "percent": share}

        towns = [{"town": name} | json(one) for name, one in found.towns]
        return Response({"on": on.isoformat(), "target": "2022-12-31", **json(found.whole), "towns": towns})
