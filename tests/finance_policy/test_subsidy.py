"""三（一）1 贴息 by the dated table; 附件·32 grades; both append-only."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from finance_policy.models import GradeDecision, SubsidyRate
from finance_policy.queries.grades import graded_enterprises, standing
from finance_policy.queries.granting import halted
from finance_policy.queries.subsidy import rates
from finance_policy.rules.kinds.watching import SUBSIDIES
from finance_policy.rules.subsidy import Rate, compute, rate_on
from finance_policy.services import library as services
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.services.records import strike_record
from tests.duties.conftest import acting
from tests.factories.tokens import issue_token
from tests.finance_policy.conftest import AT, ENTERPRISE, code_of, in_library, make
from tests.registers.test_records import client_of

D = date.fromisoformat
TABLE = [
    Rate("1", D("2020-05-01"), D("2020-12-31"), Decimal("1.5"), "甲文"),
    Rate("1", D("2021-03-01"), None, Decimal("1.2500"), "乙文"),
    Rate("2", D("2020-05-01"), None, Decimal("1"), "甲文"),
    Rate("2", D("2020-09-01"), D("2020-09-30"), Decimal("0.8"), "丙文"),
]


@pytest.mark.parametrize(
    ("level", "on", "percent"),
    [
        ("1", "2020-04-30", None),
        ("1", "2020-05-01", "1.5"),
        ("1", "2020-12-31", "1.5"),
        ("1", "2021-01-01", None),
        ("1", "2021-02-28", None),
        ("1", "2021-03-01", "1.2500"),
        ("2", "2020-08-31", "1"),
        ("2", "2020-09-01", "0.8"),
        # The newer entry has ended: the older one does not come back.
        ("2", "2020-10-01", None),
        ("3", "2020-06-01", None),
    ],
)
def test_the_rate_of_a_day_is_the_newest_begun_and_not_ended(level, on, percent):
    found = rate_on(TABLE, level, D(on))
    assert (str(found.percent) if found else None) == percent


def ask(**changed):
    given = {
        "level": "1",
        "level_words": "一级",
        "principal": Decimal("1000000"),
        "from_on": D("2020-06-01"),
        "to_on": D("2020-09-01"),
        "on": None,
        "day_basis": 360,
        "count_last": False,
    } | changed
    return compute(TABLE, **given)


@pytest.mark.parametrize(
    ("span", "changes"),
    [
        (("2020-06-01", "2020-12-31"), None),
        (("2020-06-01", "2021-01-01"), "2021-01-01"),
        (("2020-06-01", "2021-04-01"), "2021-01-01"),
    ],
)
def test_a_rate_that_changes_within_the_span_is_said(span, changes):
    found = ask(from_on=D(span[0]), to_on=D(span[1])).changes_on
    assert (found.isoformat() if found else None) == changes


@pytest.mark.parametrize(
    ("changed", "days", "amount"),
    [
        ({}, 92, "3833.33"),
        ({"day_basis": 365}, 92, "3780.82"),
        ({"count_last": True}, 93, "3875.00"),
        ({"count_last": True, "to_on": D("2020-06-01")}, 1, "41.67"),
        ({"on": D("2021-03-01")}, 92, "3194.44"),
        # Exactly half a 分 goes up, a hair below it down.
        ({"principal": Decimal("120.00"), "to_on": D("2020-06-02")}, 1, "0.01"),
        ({"principal": Decimal("119.99"), "to_on": D("2020-06-02")}, 1, "0.00"),
        ({"principal": Decimal("999999999999.99"), "to_on": D("2030-06-01")}, 3652, "152166666666.67"),
    ],
)
def test_interest_is_exact_and_rounded_once(changed, days, amount):
    found = ask(**changed)
    assert (found.days, str(found.amount)) == (days, amount)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"level": "3", "level_words": "三级"}, "三级在 2020-06-01 没有贴息率，没有计算。请区金融办在“贴息率表”录入"),
        ({"on": D("2021-01-01")}, "一级在 2021-01-01 没有贴息率"),
        ({"to_on": D("2020-06-01")}, "须在计息起"),
        ({"principal": Decimal(0)}, "须大于 0"),
        ({"principal": Decimal(10) ** 12}, "小于 1 万亿元"),
    ],
)
def test_without_a_rate_nothing_is_computed_and_the_table_is_named(changed, said):
    with pytest.raises(Refused, match=said):
        ask(**changed)


def rate(actor, **changed):
    given = {"level": "1", "from_on": D("2020-05-01"), "until": None, "percent": Decimal("1.5"), "basis": "某文"}
    return services.enter_rate(actor=actor, at=AT, **(given | changed))


def test_the_table_is_the_offices_and_an_entry_is_struck_not_changed(office, second):
    with pytest.raises(NotAllowed, match="区金融办"):
        rate(second)
    row = rate(office)
    with pytest.raises(Conflict, match="先作废"):
        rate(office)
    for wrong in (
        {"percent": Decimal(0)},
        {"percent": Decimal("100.0001")},
        {"until": D("2020-04-30")},
        {"basis": " "},
    ):
        with pytest.raises(Refused):
            rate(office, level="2", **wrong)
    services.strike_rate(actor=office, rate_id=row.pk, version=1, reason="录入有误", at=AT)
    with pytest.raises(Conflict):
        services.strike_rate(actor=office, rate_id=row.pk, version=1, reason="录入有误", at=AT)
    assert rates() == []
    assert rate(office, percent=Decimal("0.0001")).percent == Decimal("0.0001")


def test_the_database_itself_refuses_a_rate_of_nothing(office):
    with pytest.raises(IntegrityError), transaction.atomic():
        SubsidyRate.objects.create(level="1", from_on=D("2020-05-01"), percent=0, basis="x", entered_at=AT)


def decide(actor, row, grade, on, **more):
    return services.decide_grade(
        actor=actor, enterprise_id=row.pk, grade=grade, decided_on=D(on), basis="年度评价", at=AT, **more
    )


def test_only_the_environment_bureau_grades_and_history_stays(office, second, environment):
    row = in_library(office, second)
    with pytest.raises(NotAllowed, match="区生态环境局"):
        decide(office, row, "green", "2020-06-01")
    with pytest.raises(NotAllowed):
        decide(acting("区生态环境局", "reporter"), row, "green", "2020-06-01")
    first = decide(environment, row, "green", "2020-06-01")
    decide(environment, row, "yellow", "2020-09-01")
    with pytest.raises(Conflict, match="已经登记"):
        decide(environment, row, "yellow", "2020-09-01")
    assert [
        standing(D(day)).get(code_of(1)) and standing(D(day))[code_of(1)].grade
        for day in ("2020-05-31", "2020-06-01", "2020-08-31", "2020-09-01")
    ] == [None, "green", "green", "yellow"]
    with pytest.raises(Refused, match="更正要写理由"):
        decide(environment, row, "blue", "2020-06-01", corrects=first.pk)
    decide(environment, row, "blue", "2020-06-01", corrects=first.pk, reason="等级录错")
    with pytest.raises(Conflict, match="已经更正"):
        decide(environment, row, "red", "2020-06-01", corrects=first.pk, reason="再录一次")
    with pytest.raises(Refused, match="还没有到"):
        decide(environment, row, "red", "2020-10-21")
    assert standing(D("2020-07-01"))[code_of(1)].grade == "blue" and GradeDecision.objects.count() == 3


def test_a_firm_that_is_entered_anew_keeps_its_grade(office, second, environment):
    """The record was struck and written again: 附件·32 grades the enterprise, whose code is the same."""
    old = make(office, "enterprises", **ENTERPRISE)
    black = decide(environment, old, "black", "2020-06-01")
    strike_record(
        actor=office, app="finance", kind="enterprises", record_id=old.pk, version=1, reason="镇街写错，重新登记", at=AT
    )
    row = in_library(office, second)
    assert "绿色信用等级为黑" in halted(code_of(1))
    assert [line.decision.grade for line in graded_enterprises(D("2020-07-01"))] == ["black"]
    client = client_of("区生态环境局", "register_office")
    page = client.get(f"/finance/grades/{row.pk}/").content.decode()
    assert "历次评定" in page and "黑" in page
    with pytest.raises(Conflict, match="已经登记"):
        decide(environment, row, "black", "2020-06-01")
    decide(environment, row, "green", "2020-06-01", corrects=black.pk, reason="评的是另一家")
    assert halted(code_of(1)) == "" and standing(D("2020-07-01"))[code_of(1)].enterprise_id == row.pk
    other = in_library(office, second, code=code_of(2), name="绿山公司")
    with pytest.raises(NotFound):
        decide(environment, other, "green", "2020-06-01", corrects=black.pk, reason="不是这一家的")


def test_pages_keep_what_was_typed_and_say_why(office, second):
    row = in_library(office, second)
    client = client_of("区生态环境局", "register_office")
    wrong = client.post(f"/finance/grades/{row.pk}/", {"grade": "red", "decided_on": "2020-13-01", "basis": "执法记录"})
    assert (
        wrong.status_code == 422
        and "执法记录" in wrong.content.decode()
        and "没有 2020-13-01 这一天" in wrong.content.decode()
    )
    client.post(f"/finance/grades/{row.pk}/", {"grade": "red", "decided_on": "2020-06-01", "basis": "执法记录"})
    warned = {"name": "绿水公司", "code": code_of(1), "sign": "1", "on": "2020-10-01", "due_on": "2020-11-01"}
    make(office, "washing", finding="贷款没有用于治污", **warned)
    shown = client.get(f"/finance/grades/{row.pk}/").content.decode()
    assert "贷款没有用于治污" in shown and "不改变等级" in shown
    assert "红（差）" in client.get("/finance/grades/?grade=red").content.decode()
    assert "没有这样的企业" in client.get("/finance/grades/?grade=none").content.decode()
    assert client.get("/finance/grades.xlsx").status_code == 200
    asked = "level=1&principal=1,000,000&from_on=2020-06-01&to_on=2020-09-01&on="
    page = client.get(f"/finance/trial/?{asked}")
    assert page.status_code == 422 and "贴息率表" in page.content.decode() and "1,000,000" in page.content.decode()
    rate(office)
    assert "3,833.33" in client.get(f"/finance/trial/?{asked}").content.decode()
    own = client_of("区金融办", "register_office", "finance")
    wrong = own.post(
        "/finance/rates/", {"level": "1", "percent": "1.23456", "from_on": "2021-01-01", "basis": "某文号"}
    )
    assert wrong.status_code == 422 and "4 位小数" in wrong.content.decode() and "1.23456" in wrong.content.decode()
    assert "某文" in own.get("/finance/rates/").content.decode() and own.get("/finance/settings/").status_code == 200


def test_the_api_tries_without_saving_and_grades_by_the_same_service(office, second):
    row = in_library(office, second)
    _, text = issue_token(
        actor=SYSTEM, client="x", organisation=resolve("区生态环境局"), role="register_office", at=timezone.now()
    )

    def send(method, path, body=None):
        content = "" if body is None else json.dumps(body)
        return Client().generic(
            method, f"/api/v1/green/{path}", content, "application/json", headers={"authorization": f"Token {text}"}
        )

    body = {"level": "1", "principal": "1000000", "from_on": "2020-06-01", "to_on": "2020-09-01"}
    refused = send("POST", "trial/", body)
    assert refused.status_code == 422 and refused.json()["code"] == "no-rate"
    rate(office)
    answer = send("POST", "trial/", body | {"on": "2020-07-01"}).json()
    assert (answer["amount"], answer["days"], answer["exact"]) == ("3833.33", 92, "11500/3")
    assert send("POST", "trial/", body | {"principal": "1.001"}).status_code == 422
    assert send("POST", "trial/", body | {"on": "2020-07-32"}).status_code == 400
    assert send("GET", "rates/").json()["results"][0]["percent"] == "1.5000"
    graded = {"enterprise": row.pk, "grade": "blue", "decided_on": "2020-06-01", "basis": "年度评价"}
    assert send("POST", "grades/", graded).status_code == 201
    assert send("POST", "grades/", graded | {"enterprise": row.pk + 99}).status_code == 404
    assert send("GET", "grades/?grade=blue").json()["results"][0]["code"] == code_of(1)
    assert send("GET", "projects/").status_code == send("GET", "enterprises/").status_code == 200


@pytest.mark.parametrize(
    ("amount", "holds"), [("9917.81", True), ("10055.56", True), ("9917.80", False), ("999999", False)]
)
def test_an_old_row_is_put_right_only_to_what_was_computed(amount, holds):
    """勘正 of what was entered before 贴息 was released from the calculation: the four sums are named exactly."""
    typed = {"from_on": "2020-01-01", "to_on": "2020-06-30", "loan": "1000000", "rate": "2", "amount": amount}
    problems = SUBSIDIES.check(typed)
    assert bool(problems) != holds
    if not holds:
        assert "只能是 9,917.81、9,972.60、10,055.56、10,111.11 元之一" in problems[0].message
