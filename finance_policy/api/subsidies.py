"""REST of 贴息: what was released and its money, the loans it rests on; releasing and loans are proposed, paying is registered."""

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from finance_policy import access
from finance_policy.api.answers import GreenLoanSerializer, InterestSubsidySerializer, PaperBody, with_late
from finance_policy.forms import exact
from finance_policy.models import Loan, Subsidy
from finance_policy.queries import subsidies as queries
from finance_policy.services import subsidies as services
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import paged
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import read_params
from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.api import ProposalSerializer, proposal_json
from miyun_kpi.proposals.api_months import months_view
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration

MOST = 2**31 - 1


def subsidy_json(row: Subsidy) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "record": row.record_id,
        "name": row.name,
        "payee": row.payee,
        "code": row.code,
        "level": row.level,
        "from_on": row.from_on.isoformat(),
        "to_on": row.to_on.isoformat(),
        "percent": str(row.percent),
        "amount": f"{row.amount:.2f}",
        "sum": row.sum,
        "due": f"{row.due:.2f}",
        "paid": f"{row.paid:.2f}",
        "outstanding": f"{row.outstanding:.2f}",
        "state": row.state,
        "version": row.version,
        "demo": is_demonstration(),
    }


def loan_json(row: Loan) -> dict[str, Any]:
    return {
        "id": row.pk,
        "record": row.record_id,
        "lender": row.lender,
        "contract": row.contract,
        "principal": f"{row.principal:.2f}",
        "drawn_on": row.drawn_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "repaid_on": row.repaid_on.isoformat() if row.repaid_on else None,
        "struck": row.struck_at is not None,
        "version": row.version,
        "demo": is_demonstration(),
    }


class SubsidyFilters(serializers.Serializer[Any]):
    standing = serializers.ChoiceField(
        required=False, choices=[one for one in queries.STATES if one[0]], help_text="还要办什么"
    )
    record = serializers.IntegerField(required=False, min_value=1, max_value=MOST)


class ReleaseBody(Body):
    record = serializers.IntegerField(min_value=1, max_value=MOST, help_text="库里的企业或项目")
    from_on = serializers.DateField()
    to_on = serializers.DateField()


class PayBody(PaperBody):
    version = serializers.IntegerField(min_value=1, max_value=MOST)
    proof = serializers.CharField(max_length=100, help_text="凭证号")


class LoanFilters(serializers.Serializer[Any]):
    record = serializers.IntegerField(required=False, min_value=1, max_value=MOST)


class LoanBody(Body):
    record = serializers.IntegerField(min_value=1, max_value=MOST, help_text="库里的企业或项目")
    lender = serializers.CharField(max_length=100)
    contract = serializers.CharField(max_length=60)
    principal = serializers.CharField(max_length=40, help_text="元，至多两位小数")
    drawn_on = serializers.DateField()
    due_on = serializers.DateField()


def _require(actor: Actor, **_: int) -> None:
    access.require_subsidies(actor, "贴息的核定和拨付登记")


# Everybody who is signed in reads 贴息, so its months too.
Months = months_view("green_subsidy_months", "finance-reconciliation", "贴息", queries.months, lambda actor: None)


class Subsidies(APIView):
    @paged("green_subsidies", InterestSubsidySerializer, SubsidyFilters)
    def get(self, request: ApiRequest) -> Response:
        """贴息各笔。"""
        given = read_params(request, SubsidyFilters)
        found = queries.found(given.get("standing", ""))
        if "record" in given:
            found = found.filter(record_id=given["record"])
        return paginate(request, found, subsidy_json)

    @api_act("propose_green_subsidy", ReleaseBody, ProposalSerializer, status=202, may=_require)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """提出核定一笔贴息：金额由登记的贷款、级次和贴息率表算出，不填写；另一人登录确认后才核定。"""
        record_id = given.pop("record")
        return proposal_json(propose(actor=request.actor, code="finance-subsidy", at=at, record_id=record_id, **given))


class SubsidyPayments(APIView):
    @api_act("pay_green_subsidy", PayBody, InterestSubsidySerializer, status=201, may=_require)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, subsidy_id: int) -> dict[str, Any]:
        """登记拨付凭证；金额是待拨付的全部，收款人是核定的企业。"""
        services.pay(actor=request.actor, subsidy_id=subsidy_id, at=at, **with_late(given))
        return subsidy_json(Subsidy.objects.get(pk=subsidy_id))


class Loans(APIView):
    @paged("green_loans", GreenLoanSerializer, LoanFilters)
    def get(self, request: ApiRequest) -> Response:
        """库里企业和项目的绿色贷款，作废的也在内。"""
        given = read_params(request, LoanFilters)
        found = Loan.objects.order_by("pk")
        return paginate(request, found.filter(record_id=given["record"]) if given else found, loan_json)

    @api_act("propose_green_loan", LoanBody, ProposalSerializer, status=202, may=_require)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """提出登记一笔贷款，另一人登录确认后才登记；已核定的贴息按差额结。"""
        record_id, typed = given.pop("record"), given.pop("principal")
        principal = exact(typed, places=2, what="贷款本金")
        made = propose(
            actor=request.actor, code="finance-loan", at=at, record_id=record_id, principal=principal, **given
        )
        return proposal_json(made)
