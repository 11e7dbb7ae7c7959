"""REST of the banks' returns: a bank its own, 区金融办 all, everybody the sums of a quarter; 风险补偿基金; cover of insurance."""

from datetime import datetime
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
    PaperBody,
    with_late,
)
from finance_policy.enums import EntryKind, ReturnState
from finance_policy.forms import exact
from finance_policy.models import BankReturn, FundEntry
from finance_policy.queries import figures as figure_queries
from finance_policy.queries.returns import Given, figures_of, releases, to_text
from finance_policy.rules.conditions import FIGURES, Condition, conditions
from finance_policy.services import returns as services
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import moment, paged
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, PeriodField, RenamedChoiceField, read_params
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import Malformed
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.proposals.api import ProposalSerializer, proposal_json
from miyun_kpi.proposals.declaring import asked_by
from miyun_kpi.proposals.services import propose
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
        "saved_at": moment(row.saved_at),
        "demo": is_demonstration(),
    }


def release_json(given: Given) -> dict[str, Any]:
    row = given.release
    return {
        "period": row.period,
        "number": row.number,
        "banks": len(row.bank_codes),
        "silent": list(row.silent),
        "figures": _shown(to_text(given.figures)),
        "conditions": conditions_json(tuple(given.conditions)),
        "reason": row.reason or None,
        "released_at": moment(row.released_at),
        "demo": is_demonstration(),
    }


class QuarterField(PeriodField):
    """A period that is a quarter, as every 季报; else 400 bad-period."""

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        if PeriodCode.parse(found).quarter is None:
            raise Malformed("bad-period", f"“{found}”不是季度。请写成 2020Q3。")
        return found


class ReturnFilters(serializers.Serializer[Any]):
    period = QuarterField(required=False)
    state = RenamedChoiceField(once={"submitted": "filed"}, required=False, choices=ReturnState.choices)


class OpenBody(Body):
    period = serializers.CharField(max_length=20, help_text="如 2020Q3")


class SaveBody(Body):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    figures = serializers.DictField(child=serializers.CharField(allow_blank=True, allow_null=True, max_length=40))
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class VersionBody(Body):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


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


def _require_bank(actor: Actor) -> None:
    access.require_bank(actor, "季报")


class Returns(APIView):
    @paged("green_returns", BankReturnSerializer, ReturnFilters)
    def get(self, request: ApiRequest) -> Response:
        """银行季报：银行只有自己的，区金融办全部，其他人没有（见 aggregates）。"""
        given = read_params(request, ReturnFilters)
        return paginate(request, access.visible_returns(request.actor).filter(**given), return_json)

    @api_act("open_green_return", OpenBody, BankReturnSerializer, status=201, may=_require_bank)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """打开本行一个季度的季报（已有的即是那一份）。"""
        return return_json(services.open_return(actor=request.actor, period=given["period"], at=at))


class OneReturn(APIView):
    @extend_schema(operation_id="green_return", responses=BankReturnSerializer)
    def get(self, request: ApiRequest, return_id: int) -> Response:
        """一份季报和三个不低于。"""
        read_params(request, NoFilters)
        return Response(return_json(access.visible_return(request.actor, return_id)))

    @api_act("save_green_return", SaveBody, BankReturnSerializer, keyed=False, may=access.visible_return)
    def patch(self, request: ApiRequest, given: dict[str, Any], at: datetime, return_id: int) -> dict[str, Any]:
        """改所给的数；版本不符的，409 并给出现存的数。"""
        figures = read_figures(given.pop("figures"))
        return return_json(
            services.save_return(actor=request.actor, return_id=return_id, figures=figures, at=at, **given)
        )


class SubmitReturn(APIView):
    @api_act("submit_green_return", VersionBody, BankReturnSerializer, may=access.visible_return)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, return_id: int) -> dict[str, Any]:
        """报送。"""
        return return_json(services.submit_return(actor=request.actor, return_id=return_id, at=at, **given))


class Aggregates(APIView):
    @paged("green_aggregates", LendingReleaseSerializer)
    def get(self, request: ApiRequest) -> Response:
        """各季度已报银行的合计和三个不低于（未报的列名），最新一次；只有区金融办已汇总的，少于设定家数的没有。"""
        read_params(request, NoFilters)
        return paginate(request, releases(), release_json)


# What is entered; 冲正 is an act of its own.
ENTERED = [one for one in EntryKind.choices if one[0] != EntryKind.REVERSED]


class FundBody(PaperBody):
    kind = serializers.ChoiceField(choices=ENTERED)
    amount = serializers.CharField(max_length=40, help_text="元，至多两位小数，不带正负号")
    party = serializers.CharField(max_length=100, help_text="对方")
    basis = serializers.CharField(max_length=300, help_text="依据")


class Fund(APIView):
    @paged("green_fund", FundEntrySerializer)
    def get(self, request: ApiRequest) -> Response:
        """绿色信贷风险补偿基金的各笔；只给记账单位和能看全部月跟踪的岗位。"""
        read_params(request, NoFilters)
        access.require_reading_fund(request.actor)
        found = FundEntry.objects.select_related("reverses").order_by("number")
        return paginate(request, found, entry_json)

    @api_act("propose_green_fund_entry", FundBody, ProposalSerializer, status=202, may=access.require_fund)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """提出记一笔，本单位另一人登录确认后才记；编号和余额按登记的先后。"""
        given["amount"] = exact(given["amount"], places=2, what="金额")
        made = propose(actor=request.actor, code="finance-fund", at=at, **asked_by(with_late(given), at))
        return proposal_json(made)


def entry_json(row: FundEntry) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "amount": str(row.amount),
        "balance": str(row.balance),
        "on": row.on.isoformat(),
        "late": row.late,
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
