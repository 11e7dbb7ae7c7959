"""REST of 27号: masked, in scope, money as strings; a trial saves nothing and says why of every month."""

import pytest
from django.test import Client
from django.utils import timezone

from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.registry import kinds_of
from miyun_kpi.registers.services.records import create_record
from postdoc.enums import Ground
from postdoc.models import Person, Stay
from postdoc.rules.figures import TABLE
from tests.factories.tokens import issue_token
from tests.postdoc.conftest import AT


def client_of(unit, role):
    _, text = issue_token(actor=SYSTEM, client="x", organisation=resolve(unit), role=role, at=timezone.now())
    return Client(headers={"authorization": f"Token {text}"})


def test_lists_are_masked_and_in_scope(stay):
    own, other = client_of("中关村密云园", "reporter"), client_of("北庄镇", "reporter")
    for path in ("stations", "stays", "entitlements", "applications"):
        assert other.get(f"/api/v1/postdoc/{path}/").json()["count"] == 0
    (row,) = own.get("/api/v1/postdoc/stays/").json()["results"]
    assert row["person"]["name"] == "赵**" and row["milestones"][0]["clause"] == "第十四条"
    (whole,) = own.get("/api/v1/postdoc/entitlements/?on=2020-12-31").json()["results"]
    assert (whole["due"], whole["months_due"], whole["months"][0]["amount"]) == ("12000.00", 3, "4000.00")
    assert own.get("/api/v1/postdoc/stays/?name=x").status_code == 400
    assert own.get("/api/v1/postdoc/entitlements/?on=9999-12-31").status_code == 400


def test_a_trial_tells_the_reason_of_every_month_and_saves_nothing(gazette):
    client = client_of("北庄镇", "reporter")
    body = {
        "on": "2026-03-01",
        "stays": [{"entered_on": "2020-09-15", "left_on": "2022-09-14"}],
        "contract": {"from_day": "2022-10-01", "until": "2025-09-30", "in_miyun": True},
        "converted_on": "2024-01-01",
    }

    def asked(**changed):
        return client.post("/api/v1/postdoc/trial/", body | changed, content_type="application/json")

    said = asked().json()
    assert said["due"] == "96000.00" and [one["amount"] for one in said["grants"]] == ["100000.00", "100000.00"]
    assert all(one["why"] and one["clause"].startswith("27号 第") for one in said["months"])
    assert asked(stays=[{"entered_on": "2020-09-15", "left_on": "2022-06-13"}]).status_code == 422
    withdrawn = asked(stays=[{"entered_on": "2020-09-15", "left_on": "2022-06-13", "withdrawn": True}]).json()
    assert [one["entitled"] for one in withdrawn["grants"]] == [False, False]
    for wrong in (
        [],
        [{"entered_on": "9999-01-01"}],
        [{"entered_on": "2020-09-15"}, {"entered_on": "2021-09-15"}],
        [{}],
    ):
        assert asked(stays=wrong).status_code in (400, 422)
    assert not Person.objects.exists() and not Stay.objects.exists()


def test_figures_grounds_and_registers_stand_on_their_clauses(gazette):
    texts = {one.ref: squeeze(one.text) for one in Clause.objects.filter(document__ref="2020-27")}
    for one in TABLE:
        assert one.clause in texts, one.clause
        amount = int(one.value)
        words = {100000: "10万元", 50000: "5万元", 24: "2年"}.get(amount, str(amount))
        assert one.status == "assumed" or squeeze(words) in texts[one.clause], one.code
    for ground in Ground:
        assert squeeze(ground.label.partition("）")[2]) in texts["第十六条"]
    assert len(Ground) == 12 and all(kind.clause in texts for kind in kinds_of("postdoc"))


def test_without_the_personnel_file_there_is_no_household_registration(park):
    typed = {"stay": "1", "who": "self", "relation": "否", "need": "本人落户", "asked_on": "2020-10-01"}
    with pytest.raises(Refused, match="不予办理户口迁落"):
        create_record(actor=park, app="postdoc", kind="household", typed=typed, at=AT)
    assert (
        create_record(actor=park, app="postdoc", kind="household", typed=typed | {"relation": "是"}, at=AT).stage
        == "asked"
    )
