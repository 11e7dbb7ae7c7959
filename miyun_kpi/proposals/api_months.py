"""REST of 对账: the months of a ledger with their lists, and the proposal of one; a token proposes and never confirms."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.acts.reconciling import MonthList, Side, Summed
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import Answer, Exact, paged
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.api import ProposalSerializer, proposal_json
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration

SIDES = [(one.name.lower(), one.value) for one in Side]


class MonthVoucherSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    proof = serializers.CharField(help_text="票据或凭证号")
    words = serializers.CharField()
    amount = Exact(places=2, help_text="带符号：付出为正，收到为负，冲正的符号相反；看 side、reverses 和 size 更清楚")
    side = serializers.ChoiceField(choices=SIDES, help_text="收到、付出，或镇使用")
    reverses = serializers.BooleanField(help_text="冲回以前的一笔，从它那一边减去")
    size = Exact(places=2, help_text="不带符号的金额")
    later = serializers.BooleanField(help_text="最近一次对账以后才登记的")


class MonthSumSerializer(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=SIDES)
    count = serializers.IntegerField(min_value=0)
    entered = Exact(places=2, help_text="登记的")
    reversed = Exact(places=2, help_text="冲回的")
    net = Exact(places=2, help_text="净额")


class ReconciledMonthSerializer(Answer):
    month = serializers.CharField()
    count = serializers.IntegerField(min_value=0)
    paid = Exact(places=2, help_text="付出净额：登记的减去冲回的")
    back = Exact(places=2, help_text="收到净额：登记的减去冲回的")
    sums = MonthSumSerializer(many=True, help_text="收到、付出、镇使用的合计，都不带符号")
    net = Exact(places=2, help_text="本月差额：收到净额减付出净额")
    before = Exact(places=2, allow_null=True, help_text="至上月末累计差额；账本不累计的为空")
    after = Exact(places=2, allow_null=True, help_text="至本月末累计差额")
    digest = serializers.CharField(help_text="清单摘要，提出对账时照送")
    open = serializers.BooleanField(help_text="没有对账，或对账以后又有登记")
    number = serializers.IntegerField(allow_null=True, help_text="最近一次对账是第几次")
    vouchers = MonthVoucherSerializer(many=True)
    demo = serializers.BooleanField()


class MonthBody(Body):
    month = serializers.RegexField(r"^20\d\d-(0[1-9]|1[0-2])$", help_text="如 2020-09")
    digest = serializers.CharField(max_length=64, help_text="所看清单的摘要；清单有变动的不办")


def _sum_json(one: Summed) -> dict[str, Any]:
    return {
        "side": one.side.name.lower(),
        "count": one.count,
        "entered": f"{one.entered:.2f}",
        "reversed": f"{one.reversed:.2f}",
        "net": f"{one.net:.2f}",
    }


def month_json(found: MonthList) -> dict[str, Any]:
    later = {one.pk for one in found.later} if found.last else set()
    return {
        "month": found.month,
        "count": found.count,
        "paid": f"{found.sums.paid.net:.2f}",
        "back": f"{found.sums.received.net:.2f}",
        "sums": [_sum_json(whole) for whole, _ in found.sums.parts],
        "net": f"{found.sums.net:.2f}",
        "before": None if found.before is None else f"{found.before:.2f}",
        "after": None if found.after is None else f"{found.after:.2f}",
        "digest": found.digest,
        "open": found.open,
        "number": found.last.number if found.last else None,
        "vouchers": [
            {
                "on": one.on.isoformat(),
                "proof": one.proof,
                "words": one.words,
                "amount": f"{one.amount:.2f}",
                "side": one.side.name.lower(),
                "reverses": one.reverses,
                "size": f"{one.size:.2f}",
                "later": one.pk in later,
            }
            for one in found.vouchers
        ],
        "demo": is_demonstration(),
    }


def months_view(
    name: str, code: str, what: str, months: Callable[[], Sequence[MonthList]], reads: Callable[[Actor], object]
) -> type[APIView]:
    """`name` of the operations (“farmland_months”), `code` of the decision, `what` is reconciled; `reads` raises who may not see it."""

    class Months(APIView):
        @paged(name, ReconciledMonthSerializer)
        def get(self, request: ApiRequest) -> Response:
            read_params(request, NoFilters)
            reads(request.actor)
            return paginate(request, months(), month_json)

        @api_act(
            f"propose_{name}",
            MonthBody,
            ProposalSerializer,
            status=202,
            may=lambda actor: decision(code).may(actor, {}),
        )
        def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
            return proposal_json(propose(actor=request.actor, code=code, at=at, **given))

    Months.get.__doc__ = f"{what}按月的清单和对账，新的在前。"
    Months.post.__doc__ = f"提出{what}一个月的对账，月末以后办理；另一人登录确认后才算对过。"
    return Months
