"""A clock that ran ahead for one run and was set back: duties open on, and what its night had counted is open again (0071)."""

from datetime import datetime

import pytest

from miyun_kpi.duties.models import DutyDocument, DutyPeriod, DutyTally, DutyUnit
from miyun_kpi.duties.queries.reports import is_writable, owed_by, tallies_by_document, tally_faults
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services import settling
from miyun_kpi.duties.services.opening import open_due
from miyun_kpi.duties.services.settling import settle, settle_due
from tests.duties.conftest import AT

AHEAD = datetime(2027, 6, 10, 10, tzinfo=SHANGHAI)
MID = datetime(2020, 7, 20, 10, tzinfo=SHANGHAI)
BACK = datetime(2020, 8, 3, 10, tzinfo=SHANGHAI)
MONTHLY = "14/二（五）/3/1"
pytestmark = pytest.mark.django_db


def codes() -> set[str]:
    return set(DutyPeriod.objects.filter(unit__duty__key=MONTHLY).values_list("period", flat=True))


@pytest.fixture
def ahead(gazette):
    open_due(at=AT)
    assert codes() == {"2020-07"}
    open_due(at=AHEAD)
    settle_due(at=AHEAD)


def test_it_opens_what_begins_after_it_was_set_back(ahead):
    assert codes() == {"2020-07"}
    open_due(at=BACK)
    assert codes() == {"2020-07", "2020-08"}
    assert set(DutyDocument.objects.values_list("opened_through", flat=True)) == {BACK}
    assert open_due(at=BACK) == 0


def test_what_its_night_had_counted_is_open_again_and_counted_once(ahead):
    rows = DutyPeriod.objects.filter(settled=True, locks_at__gt=MID)
    assert len(keys := list(rows.values_list("pk", flat=True))) > 20
    settle_due(at=MID)
    assert not rows.exists() and not DutyPeriod.objects.filter(pk__in=keys, settled=True).exists()
    row = DutyPeriod.objects.select_related("unit").filter(pk__in=keys, unit__duty__key=MONTHLY)[0]
    assert is_writable(row, MID) and row in owed_by(row.unit.organisation_id, MID)
    whole = tallies_by_document(DutyUnit.objects.all(), MID)
    assert sum(one.missing for one in whole.values()) == 0 and not list(tally_faults())
    # And what has locked by the right time is counted as ever.
    late = datetime(2020, 9, 30, tzinfo=SHANGHAI)
    assert settle(late) > 0 and settle(late) == 0
    assert sum(DutyTally.objects.values_list("missing", flat=True)) > 0 and not list(tally_faults())


def test_one_at_whose_line_somebody_is_at_work_waits_for_the_next_night(ahead, monkeypatch):
    monkeypatch.setattr(settling, "lock_free", lambda found: [])
    before = DutyPeriod.objects.filter(settled=True).count()
    settle_due(at=MID)
    assert DutyPeriod.objects.filter(settled=True).count() == before > 20


def test_without_a_slot_of_the_future_the_counted_periods_are_not_looked_through(gazette, monkeypatch):
    open_due(at=AT)
    settle_due(at=BACK)
    monkeypatch.setattr(settling, "lift", lambda at: pytest.fail("looked through"))
    settle_due(at=BACK)
