from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miyun_kpi.duties.models import DutyDocument, DutyPeriod, DutyUnit
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services.opening import open_due, open_past
from miyun_kpi.duties.services.upkeep import set_rhythm, withdraw_duty
from miyun_kpi.lib.errors import NotAllowed, Refused
from tests.duties.conftest import AT, acting, duty


def codes(key: str) -> set[str]:
    return set(DutyPeriod.objects.filter(unit__duty__key=key).values_list("period", flat=True))


def test_the_clock_opens_printed_cadences_only_and_twice_adds_nothing(gazette):
    first = open_due(at=AT)
    assert first > 0 and open_due(at=AT) == 0
    assert codes("14/二（五）/3/1") == {"2020-07"}  # June was due 5 July, gone before the clock ran
    assert codes("14/二（五）/3/2") == {"2020Q2", "2020Q3"}
    assert codes("14/三（六）/1/1") == {"2020Q2", "2020Q3"}
    assert codes("14/三（三）/2/1") == {"2020"}
    assert codes("14/二（五）/3/3") == {"2019S"}
    assert codes("22/三（四）3（1）") == {"once"}
    assert not DutyPeriod.objects.filter(unit__duty__basis="assumed").exists()
    assert not DutyPeriod.objects.filter(unit__duty__document="2020-15").exists()


def test_the_clock_goes_on_where_it_stopped_and_ends_with_the_document(gazette):
    open_due(at=AT)
    open_due(at=datetime(2020, 9, 2, tzinfo=SHANGHAI))
    assert codes("14/二（五）/3/1") == {"2020-07", "2020-08", "2020-09"}
    assert codes("14/二（五）/3/3") == {"2019S", "2020S"}
    open_due(at=datetime(2021, 5, 2, tzinfo=SHANGHAI))
    # The clock stood still over the winter: October to December have gone by, and 14号 is of the year 2020.
    assert codes("14/二（五）/3/1") == {"2020-07", "2020-08", "2020-09"}


def test_the_office_opens_what_has_gone_by(office):
    made = open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 7, 10), at=AT)
    assert (
        made and open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 7, 10), at=AT) == 0
    )
    assert codes("14/二（五）/3/1") == {"2020-06", "2020-07"}


@pytest.mark.parametrize(
    ("name", "role"),
    [("区水务局", "register_office"), ("区政务服务中心", "reporter"), ("区政府办公室", "evaluation_office")],
)
def test_nobody_else_opens_the_past(gazette, name, role):
    with pytest.raises(NotAllowed):
        open_past(actor=acting(name, role), document="2020-14", first=date(2020, 6, 3), last=date(2020, 7, 10), at=AT)
    assert not DutyPeriod.objects.filter(unit__duty__document="2020-14").exists()


@pytest.mark.parametrize(
    ("first", "last"), [(date(2020, 7, 2), date(2020, 7, 1)), (date(2010, 1, 1), date(2020, 7, 1))]
)
def test_an_odd_range_is_refused(office, first, last):
    with pytest.raises(Refused, match="没有开启"):
        open_past(actor=office, document="2020-14", first=first, last=last, at=AT)


def test_ten_years_open_in_a_fixed_number_of_statements_linear_in_the_rows(office):
    DutyDocument.objects.filter(document="2020-14").update(ends_on=None)

    def cost(years: int) -> tuple[int, int]:
        DutyPeriod.objects.filter(unit__duty__document="2020-14").delete()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = open_past(
                actor=office,
                document="2020-14",
                first=date(2021, 1, 1),
                last=date(2020 + years, 12, 31),
                at=datetime(2031, 6, 1, tzinfo=SHANGHAI),
            )
        said = [query["sql"] for query in queries]
        # The rows themselves go in batches, each in a savepoint; everything else is asked once.
        return rows, sum(
            "SAVEPOINT" not in sql and not ("INSERT" in sql and "duties_dutyperiod" in sql) for sql in said
        )

    cost(1)  # the first call of a process also learns what the database can do
    (one, statements_one), (ten, statements_ten) = cost(1), cost(10)
    assert statements_one == statements_ten
    # 12 months, 4 quarters and so on each year; a school year begins before and the last one ends after.
    assert 9 * one < ten <= 10 * one
    assert ten > 1200


def test_a_lead_unit_sets_a_rhythm_and_the_clock_follows(office):
    row = duty("14/二（一）/3")
    with pytest.raises(NotAllowed, match="区发展改革委"):
        set_rhythm(
            actor=office,
            duty_id=row.pk,
            version=1,
            cadence="quarterly",
            since=date(2020, 7, 1),
            reason="试一试看看",
            at=AT,
        )
    lead = acting("区发改委", "register_office")
    set_rhythm(
        actor=lead,
        duty_id=row.pk,
        version=1,
        cadence="quarterly",
        since=date(2020, 7, 1),
        reason="按季汇总报区政府",
        at=AT,
    )
    open_due(at=AT)
    assert codes(row.key) == {"2020Q3"}


def test_a_printed_cadence_is_not_set_otherwise(gazette):
    row = duty("14/三（六）/1/1")
    lead = acting("区政务服务中心", "register_office")
    with pytest.raises(Refused, match="原文所定"):
        set_rhythm(
            actor=lead,
            duty_id=row.pk,
            version=1,
            cadence="yearly",
            since=date(2020, 7, 1),
            reason="改成一年一次",
            at=AT,
        )


@pytest.mark.parametrize(
    ("cadence", "since", "reason", "match"),
    [
        ("continuous", date(2020, 7, 1), "按季汇总", "周期须为"),
        ("quarterly", date(2020, 6, 30), "按季汇总", "从本月起算"),
        ("quarterly", date(2020, 7, 1), "短", "理由"),
    ],
)
def test_a_rhythm_needs_a_cadence_a_present_day_and_a_reason(gazette, cadence, since, reason, match):
    with pytest.raises(Refused, match=match):
        set_rhythm(
            actor=acting("区发改委", "register_office"),
            duty_id=duty("14/二（一）/3").pk,
            version=1,
            cadence=cadence,
            since=since,
            reason=reason,
            at=AT,
        )


def test_a_withdrawn_duty_opens_nothing_and_keeps_what_was_reported(opened, office):
    row = duty("14/三（六）/1/1")
    kept = DutyPeriod.objects.filter(unit__duty=row, period="2020Q2").first()
    assert kept is not None
    DutyPeriod.objects.filter(pk=kept.pk).update(state="accepted")
    withdraw_duty(actor=office, duty_id=row.pk, version=1, reason="另有办法代替", at=AT)
    assert set(DutyPeriod.objects.filter(unit__duty=row)) == {kept}
    assert (
        open_past(
            actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 7, 10), at=AT + timedelta(days=1)
        )
        == 0
    )


def test_a_unit_named_later_owes_only_from_then(opened):
    unit = DutyUnit.objects.filter(duty__key="14/三（六）/1/1").first()
    assert unit is not None
    DutyPeriod.objects.filter(unit=unit).delete()
    DutyUnit.objects.filter(pk=unit.pk).update(since=date(2020, 7, 5))
    office = acting("区政务服务中心", "register_office")
    open_past(actor=office, document="2020-14", first=date(2020, 6, 3), last=date(2020, 7, 10), at=AT)
    assert set(DutyPeriod.objects.filter(unit=unit).values_list("period", flat=True)) == {"2020Q3"}
