"""Two approvals at once out of a budget for one; facts moved and awards struck while the money under them comes and goes."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from miyun_kpi.lib.errors import Refused
from postdoc.models import Application, Award, BudgetYear, ClaimedMonth, Stay
from postdoc.rules.money import MATERIALS
from postdoc.services import applications, awards, money, stations, stays
from tests.postdoc.conftest import AT, STATION, enter, somebody
from tests.postdoc.test_money import ALL, TODAY, apply, review, write
from tests.postdoc.test_taken_back import back, moved, reverse
from tests.races.control import meet_before_saving, somebody_waits, unlock, wait_for
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres


def both_approved() -> list[Any]:
    """What two handlers are answered who approve one grant each out of a budget for one."""
    park, handler, treasury = (
        somebody(unit, role, 40 + n)
        for n, (unit, role) in enumerate(
            (("中关村密云园", "reporter"), ("区人社局", "register_office"), ("区财政局", "register_office"))
        )
    )
    asked = []
    for name in ("甲站", "乙站"):
        station = stations.register_station(actor=handler, given=STATION | {"name": name}, at=AT)
        enter(
            park,
            station,
            who={
                "name": name,
                "document_kind": "passport",
                "document_number": f"E00000{name}",
                "born_on": AT.date().replace(year=1992),
                "phone": "",
                "account": "",
            },
        )
        asked.append(
            applications.create_application(
                actor=park, grant="station", station_id=station.pk, materials=ALL["station"], submit=True, at=AT
            )
        )
    money.change_budget(actor=treasury, year=2026, amount=Decimal(150000), document="批复", on=AT.date(), at=AT)
    outcomes: list[Any] = []
    start = threading.Barrier(2)

    def approve(row: Application) -> None:
        start.wait(5)
        try:
            outcomes.append(
                applications.review(
                    actor=handler, application_id=row.pk, version=row.version, decision="approve", opinion="", at=AT
                )
            )
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve, args=(row,)) for row in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_the_budget_is_not_approved_twice(transactional_db: None, gazette: None) -> None:
    assert both_approved().count("beyond-budget") == 1
    assert BudgetYear.objects.get().used == 100000 and Application.objects.filter(phase="approved").count() == 1


@pytest.mark.control("test_the_budget_is_not_approved_twice")
def test_without_the_lock_twice_the_budget_is_approved(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find 150,000 left, both write 100,000 as used; the sum of what is approved is beyond it."""
    unlock(monkeypatch, BudgetYear)
    approve = applications._still_due

    def approved(*arguments: Any) -> None:
        approve(*arguments)
        meet_before_saving(monkeypatch, BudgetYear) if BudgetYear.save is save else None

    save = BudgetYear.save
    monkeypatch.setattr(applications, "_still_due", approved)
    outcomes = both_approved()
    assert "beyond-budget" not in outcomes
    assert Application.objects.filter(phase="approved").count() == 2 and BudgetYear.objects.get().used == 100000


def struck_while_asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What became of both; the application has found the award standing before it is struck."""
    park, handler = somebody("中关村密云园", "reporter", 40), somebody("区人社局", "register_office", 41)
    station = stations.register_station(actor=handler, given=STATION, at=AT)
    given = {"level": "city", "awarded_on": AT.date(), "document": "京人社发〔2026〕8号", "at": AT}
    row = awards.add_award(actor=handler, station_id=station.pk, **given)
    found, done = threading.Event(), threading.Event()
    ask = applications.ask

    def ask_and_wait(**arguments: Any) -> Any:
        asked = ask(**arguments)
        found.set()
        wait_for(lambda: done.is_set() or somebody_waits())
        return asked

    def apply() -> None:
        materials = [code for code, _ in MATERIALS["station-award"]]
        applications.create_application(
            actor=park, grant="station-award", station_id=station.pk, award_id=row.pk, materials=materials, at=AT
        )

    def strike() -> None:
        found.wait(10)
        try:
            awards.strike_award(actor=handler, award_id=row.pk, version=1, reason="登记错了对象", at=AT)
        finally:
            done.set()

    monkeypatch.setattr(applications, "ask", ask_and_wait)
    answers = at_once([apply, strike])
    return [getattr(one, "code", one) or "done" for one in answers]


def test_no_money_is_asked_for_on_an_award_that_is_struck_at_that_moment(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert struck_while_asked_for(monkeypatch) == ["done", "claimed"]
    assert Award.objects.get().struck_at is None


@pytest.mark.control("test_no_money_is_asked_for_on_an_award_that_is_struck_at_that_moment")
def test_unheld_money_is_asked_for_on_a_struck_award(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch, Award)
    assert struck_while_asked_for(monkeypatch) == ["done", "done"]
    assert Application.objects.get().award.struck_at is not None


def moved_while_it_comes_back_undone(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """All of an application came back; the day of entry is being put right when its coming back is 冲正."""
    park, handler, treasury = (
        somebody(unit, role, 50 + n)
        for n, (unit, role) in enumerate(
            (("中关村密云园", "reporter"), ("区人社局", "register_office"), ("区财政局", "register_office"))
        )
    )
    station = stations.register_station(actor=handler, given=STATION, at=AT)
    stay = enter(park, station)
    row = apply(park, station, "living", stay, first="2020-09", last="2021-08")
    money.change_budget(actor=treasury, year=2026, amount=Decimal(300000), document="预算批复", on=TODAY, at=AT)
    review(handler, row)
    write(treasury, row, "paid", 48000)
    line = back(handler, treasury, row)
    ended, found, looked = list[Any](), stays.resting, threading.Event()

    def look_and_wait(rows: Any) -> list[Application]:
        resting = found(rows)
        looked.set()
        wait_for(lambda: bool(ended) or somebody_waits())
        return resting

    monkeypatch.setattr(stays, "resting", look_and_wait)

    def undo() -> Any:
        looked.wait(10)
        try:
            return reverse(treasury, row, line)
        finally:
            ended.append(1)

    acts: list[Callable[[], Any]] = [lambda: moved(park, stay, date(2020, 10, 15)), undo]
    return at_once(acts)


def test_what_came_back_is_not_paid_again_under_another_day_of_entry(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stay, told = moved_while_it_comes_back_undone(monkeypatch)
    assert stay.entered_on == date(2020, 10, 15), stay
    assert isinstance(told, Refused) and told.code == "facts-moved" and "请先把进站日改回原来的" in told.message, told
    assert Application.objects.get().came_back and not ClaimedMonth.objects.exists()


@pytest.mark.control("test_what_came_back_is_not_paid_again_under_another_day_of_entry")
def test_without_the_lock_months_are_held_of_a_stay_that_began_otherwise(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch, Application)
    outcomes = moved_while_it_comes_back_undone(monkeypatch)
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    held = set(ClaimedMonth.objects.values_list("month", flat=True))
    assert Stay.objects.get().entered_on == date(2020, 10, 15) and "2020-09" in held
