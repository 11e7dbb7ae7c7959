"""The targets of 二: reached by numbers alone, 以上 includes the number, a line ahead that shows its arithmetic."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client
from django.utils import timezone

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.queries import resolve
from tests.duties.conftest import acting
from tests.factories.rankings import BACKEND, person
from tests.factories.tokens import issue_token
from tests.water.test_registers import AT
from water.enums import Target
from water.models import Judgement, Measure
from water.queries.targets import standing_of
from water.rules.targets import BOUNDS, projection, reached, share_of
from water.services import targets as services


def given(day=date(2020, 6, 30), share=None, numerator=None, denominator=None, source="月报"):
    exact = [None if value is None else Decimal(value) for value in (share, numerator, denominator)]
    return services.Given(day, *exact, "万立方米", "statistics", source)


def enter(actor, target="treated", **what):
    return services.enter_measure(actor=actor, target=target, given=given(**what), at=AT)


@pytest.fixture
def office(gazette):
    return acting("区水务局", "register_office")


def test_the_targets_are_those_of_the_text(gazette):
    text = squeeze(Clause.objects.get(document__ref="2020-22", ref="二").text)
    for target in Target:
        assert squeeze(target.label) in text, target
    assert "全区污水处理率达到90%以上" in text and "覆盖率达到60%以上" in text and "到2022年底" in text
    assert BOUNDS == {"treated": 90, "covered": 60}


@pytest.mark.parametrize(
    ("target", "share", "expected"),
    [("treated", "90", True), ("treated", "89.9999", False), ("covered", "60", True), ("covered", "59.9999", False)],
)
def test_above_includes_the_number(target, share, expected):
    assert reached(target, Fraction(Decimal(share))) is expected


def test_a_share_that_only_rounds_to_the_bound_has_not_reached_it(office):
    enter(office, numerator="899999", denominator="1000000")
    one = standing_of("treated")
    assert one.last.shown == Decimal("90.00") and one.reached is False


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({}, "share-or-fraction"),
        ({"share": "80", "numerator": "8", "denominator": "10"}, "share-or-fraction"),
        ({"numerator": "8"}, "half-a-fraction"),
        ({"numerator": "8", "denominator": "0"}, "zero-denominator"),
        ({"numerator": "11", "denominator": "10"}, "above-all"),
        ({"share": "100.0001"}, "above-all"),
        ({"share": "80", "day": date(2020, 10, 11)}, "future"),
        ({"share": "80", "source": " "}, "no-source"),
    ],
)
def test_what_is_no_share_is_refused(office, what, code):
    with pytest.raises(Refused) as refusal:
        enter(office, **what)
    assert refusal.value.code == code and not Measure.objects.exists()


def test_the_line_goes_through_the_first_and_last_value_exactly():
    points = [(date(2020, 1, 1), Fraction(70)), (date(2020, 6, 1), Fraction(10)), (date(2021, 12, 31), Fraction(80))]
    ahead = projection(points)
    assert (ahead.per_day, ahead.days_left) == (Fraction(10, 730), 365)
    assert ahead.value == 85
    assert projection(points[:1]) is None and projection([points[0], (date(2022, 12, 31), Fraction(80))]) is None
    steep = projection([(date(2020, 1, 1), Fraction(0)), (date(2020, 2, 1), Fraction(50))])
    assert steep.raw > 100 and steep.value == 100
    assert share_of(None, Decimal(1), Decimal(3)) == Fraction(100, 3)


def test_the_lead_unit_and_the_coordinating_office_enter_and_nobody_else(office):
    enter(acting("区农业农村局", "register_office"), "covered", share="55")
    enter(acting("区城管委", "register_office"), "mixed", share="55")
    for name, role, target in [
        ("区农业农村局", "register_office", "treated"),
        ("区水务局", "reporter", "treated"),
        ("区政府办公室", "leader", "covered"),
    ]:
        with pytest.raises(NotAllowed):
            enter(acting(name, role), target, share="55")
    with pytest.raises(NotFound):
        enter(office, "nothing", share="55")


def test_one_value_a_day_changed_by_version_and_voided_with_a_reason(office):
    row = enter(office, share="80")
    with pytest.raises(Conflict, match="已经有数"):
        enter(office, share="81")
    change = {"actor": office, "target": "treated", "measure_id": row.pk, "at": AT}
    services.change_measure(version=1, given=given(share="82"), **change)
    with pytest.raises(Conflict) as refusal:
        services.change_measure(version=1, given=given(share="83"), **change)
    assert refusal.value.errors[0].current["value"]["share"] == "82.0000"
    with pytest.raises(NotFound):
        services.change_measure(version=2, given=given(share="83"), **(change | {"target": "covered"}))
    with pytest.raises(Refused, match="理由"):
        services.strike_measure(version=2, reason="错", **change)
    services.strike_measure(version=2, reason="录入有误", **change)
    assert standing_of("treated").reached is None
    assert enter(office, share="81").pk != row.pk
    assert AuditEntry.objects.filter(action="water.measure.changed").count() == 1


def test_a_printed_number_is_not_judged_by_a_person(office):
    act = {"actor": office, "day": date(2020, 9, 30), "verdict": "reached", "at": AT}
    with pytest.raises(Refused, match="90%"):
        services.judge(target="treated", reason="已经达到", **act)
    with pytest.raises(Refused, match="理由"):
        services.judge(target="sections", reason="好", **act)
    one = services.judge(target="sections", reason="九个月均达标", **act)
    assert services.judge(target="sections", reason="九个月均达标", **act).pk == one.pk
    assert Judgement.objects.count() == 1 and standing_of("sections").judgement == one


def test_the_page_shows_series_line_and_arithmetic_and_keeps_what_was_typed(office):
    enter(office, day=date(2019, 12, 31), share="80")
    enter(office, day=date(2020, 9, 30), numerator="85", denominator="100")
    client = Client()
    client.force_login(person("keeper", "区水务局", "register_office"), backend=BACKEND)
    page = client.get("/water/targets/treated/").content.decode()
    assert "未达到" in page and "推算" in page and "85 ÷ 100" in page and "822 天" in page and "100.00%" in page
    bad = client.post(
        "/water/targets/treated/save/",
        {"day": "2020-09-30", "share": "８６．１２３４５", "source_kind": "statistics", "source": "九月月报"},
    )
    assert bad.status_code == 422 and "最多写 4 位小数" in bad.content.decode() and "九月月报" in bad.content.decode()
    assert client.get("/water/targets/nothing/").status_code == 404


def test_the_api_lists_enters_and_changes_by_the_same_rules(office):
    _, text = issue_token(
        actor=SYSTEM, client="x", organisation=resolve("区水务局"), role="register_office", at=timezone.now()
    )

    def send(method, path, body=None):
        content = "" if body is None else json.dumps(body)
        headers = {"authorization": f"Token {text}"}
        return Client().generic(method, f"/api/v1/water/{path}", content, "application/json", headers=headers)

    body = {"day": "2020-06-30", "numerator": "1", "denominator": "3", "source_kind": "statistics", "source": "月报"}
    made = send("POST", "targets/treated/measures/", body)
    assert made.status_code == 201
    assert send("POST", "targets/treated/measures/", body).status_code == 409
    changed = send("PATCH", f"targets/treated/measures/{made.json()['id']}/", body | {"numerator": "2", "version": 1})
    assert changed.status_code == 200
    assert send("PATCH", f"targets/treated/measures/{made.json()['id']}/", body | {"version": 1}).status_code == 409
    first = send("GET", "targets/").json()["results"][0]
    assert (first["reached"], first["at_least"], first["measures"][0]["percent"]) == (False, "90", "66.67")
    assert send("POST", "targets/treated/measures/", body | {"numerator": "x"}).status_code == 422
    assert send("POST", "targets/nothing/measures/", body).status_code == 404
