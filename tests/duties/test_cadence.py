"""Spans and windows: month ends, leap days, school years, announced shifts."""

from datetime import date, timedelta

import pytest

from miyun_kpi.duties.rules.cadence import SHANGHAI, Days, Span, label_of, span_on, spans, window_of, window_once
from miyun_kpi.lib import workdays

RHYTHMS = ("monthly", "quarterly", "half-yearly", "yearly", "school-year")


@pytest.mark.parametrize("cadence", RHYTHMS)
@pytest.mark.parametrize("year", range(2020, 2041))
def test_spans_of_twenty_years_join_without_gap_or_overlap(cadence, year):
    found = list(spans(cadence, date(year, 1, 1), date(year, 12, 31)))
    assert found[0].first_day <= date(year, 1, 1) and found[-1].last_day >= date(year, 12, 31)
    for before, after in zip(found, found[1:], strict=False):
        assert before.last_day + timedelta(days=1) == after.first_day
    expected = {"monthly": 12, "quarterly": 4, "half-yearly": 2, "yearly": 1, "school-year": 2}[cadence]
    assert len({span.code for span in found}) == len(found) == expected


@pytest.mark.parametrize(
    ("cadence", "day", "expected"),
    [
        ("monthly", date(2020, 2, 29), Span("2020-02", date(2020, 2, 1), date(2020, 2, 29))),
        ("monthly", date(2021, 2, 28), Span("2021-02", date(2021, 2, 1), date(2021, 2, 28))),
        ("quarterly", date(2020, 6, 30), Span("2020Q2", date(2020, 4, 1), date(2020, 6, 30))),
        ("quarterly", date(2020, 7, 1), Span("2020Q3", date(2020, 7, 1), date(2020, 9, 30))),
        ("half-yearly", date(2020, 6, 30), Span("2020H1", date(2020, 1, 1), date(2020, 6, 30))),
        ("half-yearly", date(2020, 7, 1), Span("2020H2", date(2020, 7, 1), date(2020, 12, 31))),
        ("yearly", date(2020, 12, 31), Span("2020", date(2020, 1, 1), date(2020, 12, 31))),
        ("school-year", date(2020, 8, 31), Span("2019S", date(2019, 9, 1), date(2020, 8, 31))),
        ("school-year", date(2020, 9, 1), Span("2020S", date(2020, 9, 1), date(2021, 8, 31))),
        ("school-year", date(2024, 2, 29), Span("2023S", date(2023, 9, 1), date(2024, 8, 31))),
    ],
)
def test_the_span_of_a_day(cadence, day, expected):
    assert span_on(cadence, day) == expected


@pytest.mark.parametrize("cadence", ["once", "continuous"])
def test_what_has_no_cadence_has_no_spans(cadence):
    assert list(spans(cadence, date(2020, 1, 1), date(2029, 12, 31))) == []
    with pytest.raises(ValueError):
        span_on(cadence, date(2020, 1, 1))


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("2020-09", "2020年9月"),
        ("2020Q3", "2020年第三季度"),
        ("2020H2", "2020年下半年"),
        ("2020", "2020年"),
        ("2019S", "2019—2020学年"),
        ("once", "一次性"),
    ],
)
def test_labels(code, label):
    assert label_of(code) == label


@pytest.mark.parametrize(
    ("month", "due"),
    [
        # 5 September 2020 is a Saturday; 1–8 October 2020 are holidays; 26 April and 9 May 2020 were worked.
        ("2020-08", date(2020, 9, 7)),
        ("2020-09", date(2020, 10, 9)),
        ("2020-04", date(2020, 5, 6)),
        ("2021-01", date(2021, 2, 5)),
        ("2023-01", date(2023, 2, 6)),
        ("2024-04", date(2024, 5, 6)),
        ("2026-09", date(2026, 10, 8)),
    ],
)
def test_a_month_is_due_the_fifth_moved_to_a_working_day(month, due):
    year, number = map(int, month.split("-"))
    window = window_of(span_on("monthly", date(year, number, 1)), "monthly", Days())
    assert window.due_at.astimezone(SHANGHAI).date() == due
    assert window.due_at.astimezone(SHANGHAI).hour == 18


@pytest.mark.parametrize("year", range(2020, 2041))
def test_the_four_dates_stand_in_order_and_on_working_days(year):
    for cadence in RHYTHMS:
        for span in spans(cadence, date(year, 1, 1), date(year, 12, 31)):
            window = window_of(span, cadence, Days())
            assert window.starts_at < window.due_at < window.late_until < window.locks_at
            assert workdays.is_working_day(window.due_at.astimezone(SHANGHAI).date())
            late = workdays.working_days_between(
                window.due_at.astimezone(SHANGHAI).date(), window.late_until.astimezone(SHANGHAI).date()
            )
            assert late == 10


def test_a_year_without_announced_shifts_says_so():
    assert all(workdays.shifts_announced(year) for year in range(2020, 2027))
    assert not workdays.shifts_announced(2040)


def test_a_printed_date_is_not_moved():
    # 31 December 2022 is a Saturday: 年底前 ends with the year, not in the next one.
    window = window_once(date(2020, 4, 24), date(2022, 12, 31), Days())
    assert window.due_at.astimezone(SHANGHAI).date() == date(2022, 12, 31)
