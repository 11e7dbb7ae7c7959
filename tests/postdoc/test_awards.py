"""第十九、二十条: an award that was typed wrongly is put right or struck, unless money rests on it."""

import json
from datetime import date

import pytest

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from postdoc.models import Award
from postdoc.queries.entitlement import offers, people, whole_of
from postdoc.queries.figures import figures
from postdoc.rules.money import MATERIALS
from postdoc.services import awards
from tests.postdoc.conftest import AT
from tests.postdoc.test_history import browser
from tests.postdoc.test_money import TODAY, apply, budget, review, write
from tests.postdoc.test_taken_back import back, cancel

__all__ = ["budget"]
DAY = date(2024, 5, 1)
WHY = "文件上是国家级，登记成了市级"


def add(actor, **whose):
    given = {"level": "city", "awarded_on": DAY, "document": "京人社发〔2024〕8号", "at": AT}
    return awards.add_award(actor=actor, **given | whose)


@pytest.fixture
def named(handler, station):
    return add(handler, station_id=station.pk)


@pytest.fixture
def excellent(handler, stay):
    return add(handler, stay_id=stay.pk)


def change(actor, row, **changed):
    given = {"level": row.level, "awarded_on": row.awarded_on, "document": row.document, "reason": WHY, "at": AT}
    return awards.change_award(actor=actor, award_id=row.pk, **{"version": row.version} | given | changed)


def strike(actor, row, reason="表彰的是另一个站", version=None):
    return awards.strike_award(actor=actor, award_id=row.pk, version=version or row.version, reason=reason, at=AT)


def asked(actor, station, row):
    grant = "station-award" if row.stay_id is None else "excellent"
    materials = [code for code, _ in MATERIALS[grant]]
    return apply(actor, station, grant, row.stay, award_id=row.pk, materials=materials)


def offered(station):
    return [one.award.level for one in offers([station], figures(), TODAY) if one.award is not None]


@pytest.mark.parametrize("whose", ["named", "excellent"])
def test_level_and_day_are_put_right_and_what_is_offered_follows(whose, request, station, handler):
    row = request.getfixturevalue(whose)
    assert offered(station) == ["city"]
    change(handler, row, level="national", awarded_on=date(2024, 6, 1))
    row.refresh_from_db()
    assert (row.level, row.awarded_on, row.version, row.changed_by) == ("national", date(2024, 6, 1), 2, handler.label)
    assert offered(station) == ["national"]
    said = json.loads(AuditEntry.objects.filter(action="postdoc.award.changed").get().data)
    assert (said["old_level"], said["old_day"], said["level"], said["reason"]) == ("city", str(DAY), "national", WHY)


def test_a_struck_one_gives_nothing_and_can_be_registered_again(excellent, stay, station, handler, park):
    strike(handler, excellent)
    assert offered(station) == []
    whole = whole_of(people(type(stay.person).objects.all()).get(), figures(), TODAY)
    assert "excellent" not in {one.finding.grant for one in whole.once}
    with pytest.raises(NotFound):
        asked(park, station, excellent)
    again = add(handler, stay_id=stay.pk)
    assert again.pk != excellent.pk and Award.objects.count() == 2 and offered(station) == ["city"]
    excellent.refresh_from_db()
    for act in (lambda: strike(handler, excellent), lambda: change(handler, excellent, level="national")):
        with pytest.raises(Conflict, match="已由"):
            act()


def test_nothing_is_changed_under_money_that_rests_on_it(excellent, station, handler, park, treasury, budget):
    row = asked(park, station, excellent)
    for act in (
        lambda: change(handler, excellent, level="national"),
        lambda: change(handler, excellent, awarded_on=date(2024, 5, 2)),
        lambda: strike(handler, excellent),
    ):
        with pytest.raises(Conflict, match="已按这项表彰申报经费") as refusal:
            act()
        assert refusal.value.code == "claimed"
    change(handler, excellent, document="京人社发〔2024〕18号")
    excellent.refresh_from_db()
    assert excellent.document == "京人社发〔2024〕18号"
    review(handler, row)
    write(treasury, row, "paid", row.amount)
    with pytest.raises(Conflict):
        strike(handler, excellent)
    back(handler, treasury, row)
    strike(handler, excellent)
    row.refresh_from_db()
    with pytest.raises(Conflict) as paid_again:
        write(treasury, row, "paid", row.amount)
    assert paid_again.value.code == "facts-moved"


def test_an_application_that_was_taken_back_stands_in_no_way_and_keeps_what_it_rested_on(
    named, station, handler, park, budget
):
    row = asked(park, station, named)
    review(handler, row)
    cancel(handler, row)
    strike(handler, named)
    row.refresh_from_db()
    assert row.award_id == named.pk


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"level": "village"}, "not-filled"),
        ({"document": " "}, "not-filled"),
        ({"awarded_on": date(2020, 9, 14)}, "too-early"),
        ({"awarded_on": date(2099, 1, 1)}, "future-day"),
        ({"reason": "错"}, "reason-missing"),
        ({}, "nothing-changed"),
        ({"version": 9, "level": "national"}, "stale"),
    ],
)
def test_what_cannot_be_changes_nothing(excellent, handler, changed, code):
    with pytest.raises(Refused) as refusal:
        change(handler, excellent, **changed)
    excellent.refresh_from_db()
    assert refusal.value.code == code and (excellent.level, excellent.awarded_on, excellent.version) == ("city", DAY, 1)


def test_it_does_not_become_another_that_is_registered_already(named, station, handler):
    other = add(handler, station_id=station.pk, level="national")
    with pytest.raises(Conflict, match="已经登记"):
        change(handler, other, level="city")
    strike(handler, named)
    change(handler, other, level="city")


def test_the_office_alone_puts_right(excellent, park, stranger, treasury):
    for actor, refusal in ((park, NotAllowed), (treasury, NotAllowed), (stranger, NotFound)):
        for act in (lambda a=actor: change(a, excellent, level="national"), lambda a=actor: strike(a, excellent)):
            with pytest.raises(refusal):
                act()
    assert Award.objects.get().level == "city"


@pytest.mark.parametrize("whose", ["named", "excellent"])
def test_by_the_page(whose, request):
    row = request.getfixturevalue(whose)
    office, keeper = browser("rs", "区人社保局", "register_office"), browser("yuan", "中关村密云园", "reporter")
    above = f"/postdoc/stays/{row.stay_id}/" if row.stay_id else f"/postdoc/stations/{row.station_id}/"
    address = f"/postdoc/awards/{row.pk}/"
    assert address in office.get(above).content.decode() and address not in keeper.get(above).content.decode()
    page = office.get(address).content.decode()
    assert row.document in page and "撤销登记" in page and keeper.get(address).status_code == 403
    typed = {"version": 1, "level": "national", "awarded_on": "2024-05-01", "document": row.document, "reason": "错"}
    refused = office.post(address, typed)
    assert refused.status_code == 422 and "理由" in refused.content.decode()
    assert office.post(address, typed | {"reason": WHY}).headers["location"].startswith(above)
    assert "国家" in office.get(above).content.decode()
    stale = office.post(f"{address}strike/", {"version": 1, "reason": "登记错了对象"})
    assert stale.status_code == 409 and "登记错了对象" in stale.content.decode()
    assert office.post(f"{address}strike/", {"version": 2, "reason": "登记错了对象"}).status_code == 302
    said = office.get(above).content.decode()
    assert "已撤销：登记错了对象" in said and address not in said and "已撤销" in office.get(address).content.decode()
