"""办理日期: in time until the next working day; later it is 补登, with its paper and reason."""

from datetime import UTC, date, datetime

import pytest

from miyun_kpi.acts.days import Late, day_of_act, is_late, late_words
from miyun_kpi.lib.errors import Refused

# Saturday 2026-11-28 03:00 UTC, 11:00 in Shanghai.
SATURDAY = datetime(2026, 11, 28, 3, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 3, tzinfo=UTC)
WHY = Late("延期审批单", "经办人出差")


@pytest.mark.parametrize(
    ("on", "at", "late"),
    [
        (date(2026, 11, 28), SATURDAY, False),
        (date(2026, 11, 26), SATURDAY, False),
        (date(2026, 11, 25), SATURDAY, True),
        (date(2026, 11, 27), MONDAY, False),
        (date(2026, 11, 26), MONDAY, True),
    ],
)
def test_the_next_working_day_is_in_time(on, at, late):
    assert is_late(on, at) is late
    if not late:
        assert late_words(on, at) == ""


def test_an_act_registered_late_says_its_paper_and_why():
    assert late_words(date(2026, 11, 20), MONDAY, WHY) == "补登，依据延期审批单；经办人出差"
    paper, reason = "依据的文书（2 至 100 字）", "现在才登记的理由（4 至 200 字）"
    for lacking, asked in (
        (Late(), f"{paper}和{reason}"),
        (Late("延期审批单", ""), reason),
        (Late("", "经办人出差"), paper),
        (Late("延期审批单", "忘了"), reason),
        (Late("a\x00b", "经办人出差"), paper),
    ):
        with pytest.raises(Refused, match=f"属于补登，没有执行。请写{asked}。$"):
            late_words(date(2026, 11, 20), MONDAY, lacking)


def test_a_day_in_the_future_is_refused_whatever_is_said():
    with pytest.raises(Refused, match="晚于今天"):
        late_words(date(2026, 12, 1), MONDAY, WHY)


def test_the_day_of_the_paper_else_the_day_in_beijing():
    evening = datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert day_of_act(None, evening) == date(2026, 11, 30)
    assert day_of_act(date(2026, 11, 2), evening) == date(2026, 11, 2)
