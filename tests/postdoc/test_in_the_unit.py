"""第二十六、二十七条: the unit pays the person out of what it holds, and nothing that is asked back."""

import pytest

from miyun_kpi.lib.errors import Refused
from postdoc.desk import desk_items
from postdoc.queries.money import balance_of
from tests.postdoc.conftest import AT
from tests.postdoc.test_history import browser
from tests.postdoc.test_money import TODAY, approved, budget, living, write

__all__ = ["approved", "budget", "living"]


@pytest.fixture
def held(approved, treasury, park):
    """48,000 received, 20,000 passed on, 28,000 in the unit."""
    write(treasury, approved, "paid", 48000)
    write(park, approved, "tax", 1000)
    write(park, approved, "handed", 19000)
    return approved


def test_the_person_is_not_paid_what_is_asked_back(held, park, handler):
    write(handler, held, "clawback", 8000, ground="wrong", note_text="误付，重复计算")
    with pytest.raises(Refused) as refusal:
        write(park, held, "handed", 28000)
    said = refusal.value.message
    assert "收到 48,000.00 元，已付出 20,000.00 元，决定追回 8,000.00 元（已退回 0.00 元，待退回 8,000.00 元）" in said
    assert "还可付出 20,000.00 元" in said
    with pytest.raises(Refused):
        write(park, held, "tax", "20000.01")
    write(park, held, "handed", 20000)
    now = balance_of(held)
    assert (now.held, now.free) == (8000, 0)


def test_nothing_typed_is_what_is_the_persons(held, park, handler):
    """Through the page: a blank sum pays out what is neither passed on nor asked back."""
    write(handler, held, "clawback", 8000, ground="wrong", note_text="误付，重复计算")
    held.refresh_from_db()
    client = browser("yq", "中关村密云园", "reporter")
    given = {"version": held.version, "kind": "handed", "proof": "付1", "amount": "", "note_text": ""}
    assert client.post(f"/postdoc/applications/{held.pk}/line/", given).status_code == 302
    assert held.lines.get(kind="handed", proof="付1").amount == 20000
    held.refresh_from_db()
    again = client.post(f"/postdoc/applications/{held.pk}/line/", given | {"version": held.version})
    assert again.status_code == 422 and held.lines.filter(kind="handed").count() == 2


def test_what_went_back_is_not_in_the_unit(held, park, handler, treasury):
    """Received 48,000, passed on 20,000, given back 3,000: in the unit are 25,000."""
    write(handler, held, "clawback", 3000, ground="wrong", note_text="误付，重复计算")
    write(treasury, held, "recovered", 3000)
    now = balance_of(held)
    assert (now.held, now.free) == (25000, 25000)
    page = browser("yq", "中关村密云园", "reporter").get(f"/postdoc/applications/{held.pk}/").content.decode()
    assert "25,000.00" in page and "28,000.00" not in page and "在单位，待付本人" in page
    assert [item.action for item in desk_items(park, AT)] != []
    with pytest.raises(Refused, match="还可付出 25,000.00 元"):
        write(park, held, "handed", 25001)
    with pytest.raises(Refused, match="只有 25,000.00 元"):
        write(treasury, held, "failed", 25001)
    write(park, held, "handed", 25000)
    held.refresh_from_db()
    assert (balance_of(held).held, held.progress[1]) == (0, "已追回")


def test_what_the_person_gave_back_leaves_nothing_below_zero(held, park, handler, treasury):
    write(park, held, "handed", 28000, on=TODAY)
    write(handler, held, "clawback", 16000, ground="wrong", note_text="误付，重复计算")
    assert balance_of(held).held == 0
    write(treasury, held, "recovered", 16000)
    assert balance_of(held).held == 0
