"""对账 of 19号 and 27号 by REST: the list, and a proposal by the digest that was read; who may not see it may not ask."""

import json

from django.test import Client

from finance_policy.models import SubsidyCheck
from miyun_kpi.proposals.models import Proposal
from postdoc.models import LedgerCheck
from tests.finance_policy.conftest import environment, office, second
from tests.finance_policy.test_granting import firm, given, pay
from tests.postdoc.conftest import handler, park, station, stay, treasury
from tests.postdoc.test_money import approved, budget, living
from tests.postdoc.test_two_persons import line
from tests.registers.test_records import api

__all__ = ["approved", "budget", "environment", "firm", "given", "handler", "living", "office", "park"]
__all__ += ["second", "stay", "station", "treasury"]


def send(headers, path, body=None):
    content = "" if body is None else json.dumps(body)
    answer = Client().generic(
        "POST" if body else "GET", f"/api/v1/{path}", content, "application/json", headers=headers
    )
    return answer.status_code, answer.json()


def test_the_months_of_19(office, given):
    pay(office, given)
    headers = api("区金融办", "register_office")
    _, found = send(headers, "green/subsidies/months/")
    (month,) = found["results"]
    assert (month["month"], month["paid"], month["open"]) == ("2021-03", "3833.33", True)
    (voucher,) = month["vouchers"]
    assert (voucher["proof"], voucher["amount"], voucher["later"]) == ("密财1号", "3833.33", False)
    asked = {"month": "2021-03", "digest": month["digest"]}
    assert send(headers, "green/subsidies/months/", asked | {"digest": "x"})[0] == 409
    assert send(api("区水务局", "register_office"), "green/subsidies/months/", asked)[0] == 403
    assert send(headers, "green/subsidies/months/", asked)[0] == 202
    assert Proposal.objects.get().code == "finance-reconciliation" and not SubsidyCheck.objects.exists()


def test_the_months_of_27(approved, treasury):
    line(treasury, approved, "paid")
    assert send(api("区公安分局", "register_office"), "postdoc/months/")[0] == 403
    headers = api("区财政局", "register_office")
    (month,) = send(headers, "postdoc/months/")[1]["results"]
    assert month["paid"] == "48000.00"
    asked = {"month": month["month"], "digest": month["digest"]}
    assert send(api("区人社局", "register_office"), "postdoc/months/", asked)[0] == 403
    assert send(headers, "postdoc/months/", asked)[0] == 202
    assert Proposal.objects.get().code == "postdoc-reconciliation" and not LedgerCheck.objects.exists()
