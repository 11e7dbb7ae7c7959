"""How money is told in 27号: as on the pages, in 元 with two decimals, one word for one state, and that an act was done."""

import re

from postdoc.models import ApplicationEvent, StayEvent
from postdoc.queries.money import years
from postdoc.services.settling import effects_of
from tests.postdoc.test_history import browser
from tests.postdoc.test_money import TODAY, approved, budget, living, write
from tests.postdoc.test_settling import LEFT, gone

__all__ = ["approved", "budget", "living"]
RAW = re.compile(r"(?<![\d,.])(?!\d{1,3}(?:,\d{3})*\.\d{2} 元)-?[\d,.]+ 元")


def test_no_raw_figure_stands_in_the_course(approved, stay, park, treasury):
    write(treasury, approved, "paid", 48000)
    write(park, approved, "tax", "1440.50")
    gone(park, stay)
    write(treasury, approved, "recovered", 3000)
    notes = [
        *ApplicationEvent.objects.values_list("note", flat=True),
        *StayEvent.objects.values_list("note", flat=True),
    ]
    assert any("48,000.00 元" in note for note in notes) and any("追回 16,000.00 元" in note for note in notes)
    assert [note for note in notes if RAW.search(note)] == []


def test_the_preview_calls_the_state_as_the_page_does(approved, stay, treasury):
    write(treasury, approved, "paid", 48000)
    approved.refresh_from_db()
    ((what, _),) = effects_of(stay, LEFT, TODAY)
    assert approved.progress[1] == "在单位，待付本人" and f"（{approved.progress[1]}，已拨付 48,000.00 元）" in what


def test_the_budget_page_says_what_came_back(approved, stay, park, treasury):
    """第二十二条: what came back in the year is no longer approved; paid stands above it, and the page says why."""
    write(treasury, approved, "paid", 48000)
    gone(park, stay)
    write(treasury, approved, "recovered", 16000)
    (line,) = years()
    assert (line.used, line.paid, line.back) == (32000, 48000, 16000)
    page = browser("cz", "区财政局", "register_office").get("/postdoc/money/").content.decode()
    assert "其中 16,000.00 已追回到账，退回预算，不再算已核定" in page


def test_a_page_says_that_it_was_registered(approved, stay):
    client = browser("cz", "区财政局", "register_office")
    typed = {"version": approved.version, "kind": "paid", "proof": "凭1", "amount": "48,000.00", "note_text": ""}
    page = client.post(f"/postdoc/applications/{approved.pk}/line/", typed, follow=True).content.decode()
    assert "已登记：区财政局拨付，见“经过”。" in page
    assert "已登记：" not in client.get(f"/postdoc/applications/{approved.pk}/").content.decode()
    again = client.post(f"/postdoc/applications/{approved.pk}/line/?saved=1", typed)
    assert again.status_code == 409 and "已登记：" not in again.content.decode()
    unit = browser("yq", "中关村密云园", "reporter")
    trip = {"version": stay.version, "purpose": "开会", "out_on": "2021-01-01", "return_by": "2021-01-09"}
    assert "已登记：登记出国" in unit.post(f"/postdoc/stays/{stay.pk}/act/trip/", trip, follow=True).content.decode()
