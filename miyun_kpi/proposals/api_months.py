"""REST of 对账: the months of a ledger with their lists, and the proposal of one; a token proposes and never confirms."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.acts.reconciling import MonthList
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import Answer, Exact, paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.api import ProposalSerializer, proposal_json
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration


class MonthVoucherSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    proof = serializers.CharField(help_text="票据或凭证号")
    words = serializers.CharField()
    amount = Exact(places=2, help_text="付出为正，收到为负")
    later = serializers.BooleanField(help_text="最近一次对账以后才登记的")


class ReconciledMonthSerializer(Answer):
    month = serializers.CharField()
    count = serializers.IntegerField(min_value=0)
    paid = Exact(places=2, help_text="付出合计")
    back = Exact(places=2, help_text="收到合计")
    digest = serializers.CharField(help_text="清单摘要，提出对账时照送")
    open = serializers.BooleanField(help_text="没有对账，或对账以后又有登记")
    number = serializers.IntegerField(allow_null=True, help_text="最近一次对账是第几次")
    vouchers = MonthVoucherSerializer(many=True)
    demo = serializers.BooleanField()


class MonthBody(serializers.Serializer[Any]):
    month = serializers.RegexField(r"^20\d\d-(0[1-9]|1[0-2])$", help_text="如 2020-09")
    digest = serializers.CharField(max_length=64, help_text="所看清单的摘要；清单有变动的不办")


def month_json(found: MonthList) -> dict[str, Any]:
    later = {one.pk for one in found.later} if found.last else set()
    return {
        "month": found.month,
        "count": found.count,
        "paid": f"{found.paid:.2f}",
        "back": f"{found.back:.2f}",
        "digest": found.digest,
        "open": found.open,
        "number": found.last.number if found.last else None,
        "vouchers": [
            {
                "on": one.on.isoformat(),
                "proof": one.proof,
                "words": one.words,
                "amount": f"{one.amount:.2f}",
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
