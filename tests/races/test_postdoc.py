"""Two approvals at the same moment out of a budget that is enough for one, and an award struck under what is asked for on it."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from miyun_kpi.lib.errors import Refused
from postdoc.models import Application, Award, BudgetYear
from postdoc.rules.money import MATERIALS
from postdoc.services import applications, awards, money, stations
from tests.postdoc.conftest import AT, STATION, enter, somebody
from tests.postdoc.test_money import ALL
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
