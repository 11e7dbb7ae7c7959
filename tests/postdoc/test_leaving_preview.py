"""第十五、十六条: a day that registration refuses is refused with the same sentence when it is only looked at."""

from datetime import date

import pytest

from miyun_kpi.lib.errors import Refused
from tests.clock import today
from tests.postdoc.test_history import browser
from tests.postdoc.test_money import approved, budget, living
from tests.postdoc.test_settling import gone

__all__ = ["approved", "budget", "living"]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2020-09-14", "tomorrow"])
def test_the_preview_refuses_what_the_act_refuses(approved, stay, park, day):
    day = today(1).isoformat() if day == "tomorrow" else day
    client = browser("yq", "中关村密云园", "reporter")
    answer = client.get(f"/postdoc/stays/{stay.pk}/?leaving_on={day}")
    text = answer.content.decode()
    assert answer.status_code == 422 and f"如果 {day} 离站" not in text
    with pytest.raises(Refused) as refusal:
        gone(park, stay, date.fromisoformat(day), noticed_on=stay.entered_on)
    said = refusal.value.message.replace("退站日", "离站日")
    if day == "0001-01-01" or day == "2020-09-14":
        assert refusal.value.code in ("too-early", "not-told")
        assert f"离站日 {day} 早于进站日 2020-09-15，没有保存" in text
    else:
        assert refusal.value.code == "future-day" and said in text
    assert client.get(f"/postdoc/stays/{stay.pk}/?leaving_on=2021-05-20").status_code == 200
