from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miyun_kpi import charts
from tests.web.sample import at


def bar(now, **changes):
    dates = {"starts_at": at(9), "due_at": at(20, 18), "late_until": at(23, 18), "locks_at": at(28)} | changes
    return charts.window(**dates, now=now)


def test_the_four_dates_stand_where_they_belong_on_the_bar():
    drawn = bar(at(19, 10, 24))
    assert (drawn.due, drawn.late, drawn.now) == (61.84, 77.63, 54.91)
    assert drawn.remaining == "1 天 7 小时 36 分"
    assert [label.text for label in drawn.labels] == [
        "填报开始 10-09 周五",
        "报送截止 10-20 周二 18:00",
        "补报截止 10-23 周五 18:00",
        "锁定 10-28 周三",
    ]


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (at(8), "before"),
        (at(9), "open"),
        (at(20, 17, 59), "open"),
        (at(20, 18), "late"),
        (at(23, 18), "shut"),
        (at(28), "locked"),
    ],
)
def test_a_moment_on_a_boundary_belongs_to_what_follows(now, phase):
    assert bar(now).phase == phase


def test_the_pointer_is_left_out_before_the_start_and_after_the_lock():
    assert bar(at(8)).now is None
    assert bar(at(28)).now is None
    assert bar(at(28)).remaining == "已锁定"


def spans(labels):
    for label in labels:
        wide = charts.text_width(label.text) / charts.DESIGN_WIDTH * 100
        left = {"start": label.x, "middle": label.x - wide / 2, "end": label.x - wide}[label.anchor]
        yield left, left + wide


@given(due=st.integers(1, 200), late=st.integers(0, 100), lock=st.integers(0, 200), now=st.integers(-10, 600))
def test_labels_never_overlap_or_leave_the_bar(due, late, lock, now):
    start = at(1)
    due_at = start + timedelta(hours=due)
    late_until = due_at + timedelta(hours=late)
    locks_at = late_until + timedelta(hours=lock)
    drawn = charts.window(start, due_at, late_until, locks_at, now=start + timedelta(hours=now))
    placed = list(spans(drawn.labels))
    assert placed[0][0] >= -0.1 and placed[-1][1] <= 100.1
    assert all(before[1] <= after[0] + 0.1 for before, after in zip(placed, placed[1:], strict=False))


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=1, hours=7, minutes=36, seconds=59), "1 天 7 小时 36 分"),
        (timedelta(hours=2), "2 小时 0 分"),
        (timedelta(seconds=59), "0 分"),
        (timedelta(seconds=-5), "0 分"),
    ],
)
def test_remaining_time_changes_by_the_minute(span, words):
    assert charts.duration(span) == words


def test_a_strip_gives_missing_values_no_place():
    drawn = charts.strip([80, None, 100], own=None, low=70, high=100, mean=Decimal("85"), width=120)
    assert drawn.ticks == "M40 7v6M120 7v6"
    assert drawn.own is None
    assert drawn.mean == 60
    assert drawn.sentence == "没有得分，平均 85.00，其余 2 家在 80 至 100 之间"


@given(st.integers(-50, 200))
def test_a_value_outside_the_scale_stays_inside_the_picture(value):
    assert 0 <= charts.scale(value, 70, 100, 130) <= 130


def test_rows_share_one_scale_and_a_band_has_at_least_a_pixel():
    chart = charts.rows(
        [charts.Row("甲", dots=(82, 92)), charts.Row("乙", least=87, most=87, end="1 家")],
        low=82,
        high=92,
        ticks=[82, 92],
    )
    assert chart.rows[0].dots == (chart.left, chart.right)
    assert chart.rows[1].band == (pytest.approx((chart.left + chart.right) / 2, abs=0.1), 1.0)
    assert [word for _, word in chart.ticks] == ["82", "92"]


def test_a_period_without_a_value_breaks_the_line():
    drawn = charts.trend([("一季", 80, True), ("二季", None, True), ("三季", 90, True)], low=70, high=100)
    assert drawn.firm_line == "" and len(drawn.points) == 2
    drawn = charts.trend([("一季", 80, True), ("二季", 85, True), ("三季", 90, False)], low=70, high=100)
    assert drawn.firm_line.count("M") == 1 and drawn.open_line.count("M") == 1


def test_a_sheet_given_back_counts_down_to_its_own_end_and_afterwards_to_the_common_ones():
    def drawn(now):
        dates = {"starts_at": at(9), "due_at": at(20, 18), "late_until": at(23, 18), "locks_at": at(28)}
        return charts.window(**dates, now=now, until=at(26, 12))

    given_back = drawn(at(24, 12))
    assert given_back.heading.startswith("重开至 10-26") and given_back.remaining == "2 天 0 小时 0 分"
    assert given_back.target == at(26, 12)
    assert drawn(at(26, 12)).target == at(28)
