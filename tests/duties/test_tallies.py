"""Kept tallies and what is open say together what a count of all periods says, whatever is done in whatever order (0120)."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from miyun_kpi.audit.verifying import faults
from miyun_kpi.duties.access import reports_visible_to, units_visible_to
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import DutyPeriod, DutyTally, DutyUnit
from miyun_kpi.duties.queries.reports import tallies, tallies_by_document, tally_faults
from miyun_kpi.duties.rules.standing import STANDINGS, Tally, settled_as, standing
from miyun_kpi.duties.services.settling import settle, settle_due
from miyun_kpi.organisations.models import Organisation
from tests.duties.conftest import AT as OPENED
from tests.duties.conftest import acting
from tests.factories.rankings import BACKEND, person
from tests.factories.tokens import issue_token

AT = OPENED + timedelta(days=2200)
HISTORY = timedelta(days=400)
pytestmark = pytest.mark.django_db


@pytest.fixture
def past(opened):
    """Every period of the office, some of them long locked, in every state."""
    random, rows = Random(7), list(DutyPeriod.objects.order_by("pk"))
    assert len(rows) > 60
    for row in rows:
        back = timedelta(days=random.choice([0, 400, 800]))
        for name in ("starts_at", "due_at", "late_until", "locks_at"):
            setattr(row, name, getattr(row, name) + (AT - OPENED) - back)
        row.state, row.late = random.choice(ReportState.values), random.random() < 0.3
        row.missed = row.state == ReportState.ACCEPTED and random.random() < 0.2
        row.reopened_until = AT if row.state in ("draft", "returned") and random.random() < 0.5 else None
    DutyPeriod.objects.bulk_update(
        rows, ["starts_at", "due_at", "late_until", "locks_at", "state", "late", "missed", "reopened_until"]
    )
    return rows


def counted(units) -> dict[str, Tally]:
    """By a look at every period."""
    whole: dict[str, Tally] = {}
    for one in DutyPeriod.objects.filter(unit__in=units).select_related("unit__duty"):
        given_back = one.reopened_until is not None
        word = standing(one, state=one.state, late=one.late, given_back=given_back, at=AT, missed=one.missed)
        whole.setdefault(one.unit.duty.document, Tally()).add(word)
    return whole


def holds() -> None:
    units = DutyUnit.objects.all()
    assert tallies_by_document(units, AT) == counted(units)
    assert not list(tally_faults())


def test_settling_changes_no_count(past):
    before = counted(DutyUnit.objects.all())
    assert len([name for name in STANDINGS if any(getattr(one, name) for one in before.values())]) >= 7
    holds()
    assert settle(AT) == DutyPeriod.objects.filter(settled=True).count() > 20
    assert tallies_by_document(DutyUnit.objects.all(), AT) == before
    assert settle(AT) == 0 and not list(faults())


def test_what_waits_for_somebody_stays_open(past):
    settle(AT)
    waiting = DutyPeriod.objects.filter(state__in=[ReportState.FILED, ReportState.RETURNED])
    assert waiting.exists() and not waiting.filter(settled=True).exists()
    assert not DutyPeriod.objects.filter(settled=True, locks_at__gt=AT).exists()
    assert not DutyPeriod.objects.filter(settled=True, state="draft", reopened_until__isnull=False).exists()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_changes_a_settled_period_takes_it_out_first(past, seed):
    random = Random(seed)
    settle(AT)
    for _ in range(12):
        some = random.sample(sorted(DutyPeriod.objects.values_list("pk", flat=True)), 5)
        found, state = DutyPeriod.objects.filter(pk__in=some), random.choice(ReportState.values)
        act = random.randrange(6)
        if act == 0:
            found.update(state=state, late=random.random() < 0.5)
        elif act == 1:
            row = found.order_by("pk")[0]
            row.state, row.missed = state, random.random() < 0.5
            row.save(update_fields=["state", "missed"])
        elif act == 2:
            rows = list(found)
            for row in rows:
                row.state = state
            DutyPeriod.objects.bulk_update(rows, ["state"])
        elif act == 3:
            found.delete()
        elif act == 4:
            settle(AT + random.choice([-HISTORY, timedelta(0)]))
        else:
            found.order_by("pk")[0].delete()
        holds()


def test_a_tally_that_was_changed_is_found(past):
    settle(AT)
    unit = DutyPeriod.objects.filter(settled=True).order_by("unit")[0].unit
    kept = DutyTally.objects.get(unit=unit)
    DutyTally.objects.filter(unit=unit).update(on_time=kept.on_time + 1)
    (fault,) = tally_faults()
    assert unit.organisation.name in fault.what
    DutyTally.objects.filter(unit=unit).delete()
    assert "1 个任务单位" in next(iter(tally_faults())).what


@pytest.mark.parametrize(
    ("name", "role"),
    [("区政府办公室", "evaluation_office"), ("北庄镇", "reporter"), ("区政务服务局", "register_office")],
)
def test_everybody_counts_what_he_may_read_and_no_more(past, name, role):
    actor = acting(name, role)
    settle(AT)
    seen = tallies(reports_visible_to(actor), AT)
    whole = tallies_by_document(units_visible_to(actor), AT)
    for one in STANDINGS:
        assert sum(getattr(t, one) for t in seen.values()) == sum(getattr(t, one) for t in whole.values())


def test_a_page_reads_no_settled_period(past):
    units = DutyUnit.objects.all()
    settle(AT)
    with CaptureQueriesContext(connection) as seen:
        tallies_by_document(units, AT)
    assert len(seen) == 2
    rows = DutyPeriod.objects.filter(settled=False).count()
    assert rows < len(past) and 'NOT "duties_dutyperiod"."settled"' in seen.captured_queries[0]["sql"]


def test_the_page_of_who_reads_reports_looks_at_open_periods_alone(past, client):
    settle(AT)
    client.force_login(person("shen", "区政务服务中心", "register_office"), backend=BACKEND)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(reverse("duties:review", args=["2020-14"]))
    assert answer.status_code == 200
    filed = DutyPeriod.objects.filter(state=ReportState.FILED).count()
    assert 0 < answer.context["shown"].number <= filed
    asked = [one["sql"] for one in seen.captured_queries if """"duties_dutyperiod"."state" = 'filed'""" in one["sql"]]
    assert asked and all('NOT "duties_dutyperiod"."settled"' in one for one in asked)


def test_a_page_of_the_api_reads_the_periods_of_its_own_duties(past, client):
    office = Organisation.objects.get(name="区政务服务中心")
    _, text = issue_token(client="x", organisation=office, role="register_office", at=AT)

    def asked(size: int, page: int) -> list[dict[str, object]]:
        query = {"document": "14", "page_size": size, "page": page}
        found = client.get("/api/v1/duties/", query, headers={"Authorization": f"Token {text}"}).json()["results"]
        assert found
        return found

    every = asked(200, 1)
    place = next(
        n for n, one in enumerate(every) if any(o["periods"] for u in one["units"] for o in u["organisations"])
    )
    with CaptureQueriesContext(connection) as seen:
        assert asked(1, place + 1) == [every[place]]
    (periods,) = [one["sql"] for one in seen.captured_queries if 'FROM "duties_dutyperiod"' in one["sql"]]
    assert f"IN ({every[place]['id']})" in periods


def test_the_clock_settles_once(past):
    assert settle_due(at=AT) > 20 and settle_due(at=AT) == 0


@pytest.mark.parametrize("state", [*ReportState.values])
@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("missed", [True, False])
def test_a_settled_report_stands_as_the_clock_says(state, late, missed):
    if state in (ReportState.RETURNED,):
        return
    row = DutyPeriod(starts_at=AT - HISTORY, due_at=AT - HISTORY, late_until=AT - HISTORY, locks_at=AT - HISTORY)
    said = standing(row, state=state, late=late, given_back=False, at=AT, missed=missed)
    assert settled_as(state=state, late=late, missed=missed) == said
