"""Two approvals at the same moment out of a budget that is enough for one: the other is refused, not overdrawn."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from miyun_kpi.lib.errors import Refused
from postdoc.models import Application, BudgetYear
from postdoc.services import applications, money, stations
from tests.postdoc.conftest import AT, STATION, enter, somebody
from tests.postdoc.test_money import ALL
from tests.races.control import meet_before_saving, unlock

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
