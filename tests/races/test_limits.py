"""The clock opens a dated task at the moment in which its 完成时限 is changed: every line goes by the new day, on real connections."""

import threading
from datetime import date, datetime
from typing import Any

import pytest

from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services import opening, upkeep
from tests.duties.conftest import acting
from tests.races.control import until
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres

KEY, DOCUMENT = "22/三（四）3（2）", "2020-22"
AT = datetime(2021, 3, 10, 10, tzinfo=SHANGHAI)


def changed_while_the_clock_opens(monkeypatch: Any) -> set[date]:
    """The clock has read which lines are owed, and writes them when the change is done, as far as a lock lets it."""
    DutyPeriod.objects.filter(unit__duty__key=KEY).delete()
    read, changed, real = threading.Event(), threading.Event(), opening.owing

    def owing(document: Any, first: Any, last: Any) -> Any:
        rows = list(real(document, first, last))
        if document.document == DOCUMENT:
            read.set()
            until(changed.is_set)
        return iter(rows)

    def change() -> Any:
        read.wait(60)
        row = Duty.objects.get(key=KEY)
        given = {"title": row.title, "requirement": row.requirement, "due_on": date(2022, 6, 30), "reason": "工期调整"}
        office = acting("区水务局", "register_office")
        done = upkeep.amend_duty(actor=office, duty_id=row.pk, version=row.version, at=AT, **given)
        changed.set()
        return done

    monkeypatch.setattr(opening, "owing", owing)
    opened, amended = at_once([lambda: opening.open_due(at=AT), change])
    monkeypatch.undo()
    assert opened > 0 and isinstance(amended, Duty), (opened, amended)
    rows = DutyPeriod.objects.filter(unit__duty__key=KEY)
    return {row.due_at.astimezone(SHANGHAI).date() for row in rows}


def test_every_line_goes_by_the_new_day(live_demo: None, monkeypatch: Any) -> None:
    assert changed_while_the_clock_opens(monkeypatch) == {date(2022, 6, 30)}


@pytest.mark.control("test_every_line_goes_by_the_new_day")
def test_without_the_lock_the_clock_writes_the_old_day(live_demo: None, monkeypatch: Any) -> None:
    def unlocked(duty_id: int) -> DutyDocument:
        return DutyDocument.objects.get(document=DOCUMENT)

    monkeypatch.setattr(upkeep, "lock_document", unlocked)
    assert date(2022, 12, 31) in changed_while_the_clock_opens(monkeypatch)
