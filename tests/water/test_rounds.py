"""五无: all five or not reached; the latest round decides; the township reports its own water bodies."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client
from django.utils import timezone

from miyun_kpi.acts.days import Late
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import change_record, strike_record
from tests.duties.conftest import acting
from tests.factories.rankings import BACKEND, person
from tests.factories.tokens import issue_token
from tests.water.test_registers import AT, create
from water.desk import desk_items
from water.models import Round
from water.queries.targets import standing_of
from water.rules.rounds import FIVE, passed, stage_of
from water.services import rounds as services
from water.services.targets import Given, enter_measure

LATE = Late("五无核查记录表", "记录表按季汇总")
YES = {name: True for name, _ in FIVE}


@pytest.fixture
def office(gazette):
    return acting("区河长制办公室", "register_office")


@pytest.fixture
def body(office):
    return create(office, "body", name="村东坑塘", town="北庄镇", kind="坑塘", source="散排污水")


def enter(actor, body, day=date(2020, 9, 1), note="", next_on=None, **found):
    return services.enter_round(
        actor=actor,
        body_id=body.pk,
        day=day,
        found=YES | found,
        note=note,
        next_on=next_on,
        checked_by="某人",
        late=LATE,
        at=AT,
    )


def stage(body):
    return Record.objects.get(pk=body.pk).stage


def test_the_five_are_those_of_the_text(gazette):
    text = squeeze(Clause.objects.get(document__ref="2020-22", ref="三（二）").text)
    assert "、".join(words for _, words in FIVE) in text


@pytest.mark.parametrize("name", [name for name, _ in FIVE])
def test_four_of_five_are_not_enough(name):
    assert passed(YES) and not passed(YES | {name: False})
    assert (stage_of(None), stage_of(YES), stage_of(YES | {name: False})) == ("unchecked", "reached", "failing")


def test_the_latest_round_decides_and_a_voided_one_does_not_count(office, body):
    town = acting("北庄镇", "reporter")
    assert stage(body) == "unchecked"
    enter(town, body, day=date(2020, 8, 1), no_smell=False, note="夏季有异味", next_on=date(2020, 9, 1))
    assert stage(body) == "failing" and Record.objects.get(pk=body.pk).values["next_on"] == "2020-09-01"
    last = enter(town, body)
    assert stage(body) == "reached" and Record.objects.get(pk=body.pk).values["next_on"] == ""
    # A round entered late is history, not the standing.
    enter(office, body, day=date(2020, 7, 1), no_rubbish=False, note="有渣土")
    assert stage(body) == "reached"
    with pytest.raises(Refused, match="理由"):
        services.strike_round(actor=town, body_id=body.pk, round_id=last.pk, reason="错", at=AT)
    services.strike_round(actor=town, body_id=body.pk, round_id=last.pk, reason="查错水体", at=AT)
    assert stage(body) == "failing"
    with pytest.raises(Conflict):
        services.strike_round(actor=town, body_id=body.pk, round_id=last.pk, reason="查错水体", at=AT)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"no_sewage": False}, "note-missing"),
        ({"day": date(2020, 10, 11)}, "future"),
        ({"next_on": date(2020, 9, 1)}, "next-before"),
    ],
)
def test_a_round_that_says_too_little_is_refused(office, body, what, code):
    with pytest.raises(Refused) as refusal:
        enter(office, body, **what)
    assert refusal.value.code == code and not Round.objects.exists() and stage(body) == "unchecked"


def test_a_day_is_checked_once_and_a_struck_body_never(office, body):
    enter(office, body)
    with pytest.raises(Conflict, match="已经登记过"):
        enter(office, body)
    version = Record.objects.get(pk=body.pk).version
    strike_record(actor=office, app="water", kind="body", record_id=body.pk, version=version, reason="重复登记", at=AT)
    with pytest.raises(Conflict, match="撤销"):
        enter(office, body, day=date(2020, 9, 2))


def test_only_its_township_and_the_office_report(office, body):
    for actor in (acting("溪翁庄镇", "reporter"), acting("区水务局", "register_office"), acting("北庄镇", "evaluator")):
        with pytest.raises(NotAllowed):
            enter(actor, body)
    other = create(office, "body", name="村西坑塘", town="北庄镇", kind="坑塘")
    row = enter(office, body)
    with pytest.raises(NotFound):
        services.strike_round(actor=office, body_id=other.pk, round_id=row.pk, reason="别的水体", at=AT)


def test_a_box_passed_over_is_not_a_no(body):
    client = Client()
    client.force_login(person("town", "北庄镇", "reporter"), backend=BACKEND)
    late = {"late_source": LATE.source, "late_reason": LATE.reason}
    sent = {"day": "2020-09-01", "checked_by": "甲", **late, **dict.fromkeys([name for name, _ in FIVE][:4], "yes")}
    bad = client.post(f"/water/bodies/{body.pk}/", sent)
    assert bad.status_code == 422 and "请答“无违法建设”" in bad.content.decode() and not Round.objects.exists()
    assert client.post(f"/water/bodies/{body.pk}/", sent | {"no_building": "yes"}).status_code == 302
    assert "五无达标" in client.get(f"/water/bodies/{body.pk}/").content.decode()


def test_a_check_due_stands_on_the_desk_of_its_township(office, body):
    town = acting("北庄镇", "reporter")
    enter(town, body, next_on=date(2020, 10, 9))
    [item] = desk_items(town, AT)
    assert (item.group, item.url) == ("late", f"/water/bodies/{body.pk}/")
    assert not desk_items(acting("溪翁庄镇", "reporter"), AT)
    enter(town, body, day=date(2020, 10, 10), next_on=date(2020, 12, 1))
    assert not desk_items(town, AT)


def test_the_api_wants_all_five_answers(body):
    _, text = issue_token(actor=SYSTEM, client="x", organisation=resolve("北庄镇"), role="reporter", at=timezone.now())

    def send(method, content=None):
        data = "" if content is None else json.dumps(content)
        headers = {"authorization": f"Token {text}"}
        address = f"/api/v1/water/body/{body.pk}/rounds/"
        return Client().generic(method, address, data, "application/json", headers=headers)

    sent = {"day": "2020-09-01", "checked_by": "甲", "late_source": LATE.source, "late_reason": LATE.reason, **YES}
    assert send("POST", {key: value for key, value in sent.items() if key != "no_smell"}).status_code == 400
    assert send("POST", sent | {"no_smell": False}).status_code == 422
    assert send("POST", sent).json()["passed"] is True
    assert send("POST", sent).status_code == 409
    assert send("GET").json()["count"] == 1


def test_a_quarter_from_the_register_to_the_target(office, body):
    """A town checks, an outfall closes, a village is finished, and the coverage that follows has reached its bound."""
    town, water = acting("北庄镇", "reporter"), acting("区水务局", "register_office")
    enter(town, body, day=date(2020, 8, 1), no_sewage=False, note="有散排", next_on=date(2020, 9, 15))
    enter(town, body, day=date(2020, 9, 15))
    village = create(water, "village", name="某村", town="北庄镇", way="管网", built_from="2020-07-01")
    village = change_record(
        actor=water,
        app="water",
        kind="village",
        record_id=village.pk,
        version=1,
        typed={"running_on": "2020-09-20"},
        at=AT,
    )
    for day, part in ((date(2020, 6, 30), 55), (date(2020, 9, 30), 60)):
        given = Given(day, None, Decimal(part), Decimal(100), "个", "statistics", "季报")
        enter_measure(actor=water, target="covered", given=given, at=AT)
    assert (stage(body), village.stage) == ("reached", "running")
    one = standing_of("covered")
    assert one.reached is True and one.projection.per_day == Fraction(5, 92)
