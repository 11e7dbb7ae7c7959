"""A 月报 of which three lines changed: filed with a dozen acts; what F8 steps over; and on a phone, plain text."""

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from evaluation.tracking.queries.tracking import month_before
from miyun_kpi.duties.models import Duty, DutyPeriod, ProgressReport
from tests.journeys.hand import Hand
from tests.journeys.test_ranking import sign_in
from tests.journeys.test_tracking import PAGE, field, line, own, saved

pytestmark = pytest.mark.browser


@pytest.fixture
def told(live_demo: None) -> int:
    """Every line of the month online and reported last month; returns how many there are."""
    Duty.objects.filter(units__organisation__code="beizhuang-zhen").update(offline_only=False)
    ProgressReport.objects.filter(duty_period__unit__organisation__code="beizhuang-zhen").delete()
    rows, at = list(own()), timezone.now() - timedelta(days=20)
    for row in rows:
        before = DutyPeriod.objects.get(unit=row.unit, period=month_before(row.period))
        ProgressReport.objects.create(
            duty_period=before,
            version=2,
            course="on-course",
            progress=f"{row.unit.duty.title}按计划推进",
            saved_at=at,
            saved_by="甲",
            submitted_at=at,
        )
    return len(rows)


def test_three_changes_and_the_rest_as_last_month_is_filed_with_twelve_acts(told: int, page: Any) -> None:
    sign_in(page, "beizhuang")
    page.goto(PAGE)
    hand = Hand(page)
    for number, text in ((1, "新增两处"), (4, "潮河三段清淤完成"), (7, "造林 20 亩")):
        hand.click(field(page, number, "progress"))
        hand.key("Control+A")
        hand.type(text)
    hand.click(page.get_by_role("link", name="其余同上月"))
    page.wait_for_selector(f"text=将照上月填写 {told - 3} 项")
    assert not Axe().run(page).response["violations"]
    hand.click(page.get_by_role("button", name=f"照上月填这 {told - 3} 项"))
    hand.click(page.get_by_role("button", name="报送月报"))
    page.locator("text=待审核").first.wait_for()
    assert told >= 22 and hand.acts <= 12, hand.acts
    assert own(state="filed").count() == told
    reports = ProgressReport.objects.filter(duty_period__in=own())
    assert reports.filter(unchanged=True).count() == told - 3
    assert reports.get(duty_period__unit__duty__key="tracked/2020/township/7").progress == "造林 20 亩"


def test_a_refused_line_keeps_one_on_the_page(told: int, page: Any) -> None:
    sign_in(page, "beizhuang")
    page.goto(PAGE)
    field(page, 4, "course").select_option("stuck")
    page.get_by_role("link", name="其余同上月").click()
    line(page, 4).locator("text=须写问题").wait_for()
    assert page.url.endswith(PAGE)


def test_f8_steps_over_what_was_blank_last_month(told: int, page: Any) -> None:
    ProgressReport.objects.filter(
        duty_period__period="2020-08",
        duty_period__unit__duty__key__in=["tracked/2020/township/2", "tracked/2020/township/3"],
    ).delete()
    sign_in(page, "beizhuang")
    page.goto(PAGE)

    def here() -> str:
        return str(page.evaluate("document.activeElement.closest('[data-line]').id"))

    field(page, 1, "progress").focus()
    page.keyboard.press("F8")
    saved(page, 1)
    assert here() == line(page, 4).get_attribute("id")
    # On a line without last month: nothing is saved, and on to the next that has.
    field(page, 2, "progress").focus()
    page.keyboard.press("F8")
    assert here() == line(page, 4).get_attribute("id")
    assert "跳过 1 行" in page.inner_text("#said")
    assert not ProgressReport.objects.filter(duty_period=own().get(unit__duty__key="tracked/2020/township/2")).exists()


def test_on_a_phone_the_month_is_plain_text_whole_and_within_the_screen(live_demo: None, new_page: Any) -> None:
    phone = new_page(width=390, height=844)
    sign_in(phone, "beizhuang")
    phone.goto(PAGE)
    assert phone.get_by_text("手机上只能看，不能填").is_visible()
    controls = "main :is(input, select, textarea, button):not([type=hidden]), .dock :is(button, a.btn)"
    assert [one for one in phone.locator(controls).all() if one.is_visible()] == []
    beyond = phone.evaluate(
        "Array.from(document.querySelectorAll('[data-report] tbody :not(use, svg)')).filter((one) => one.getClientRects().length"
        " && !one.closest('.hear') && one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 99))"
    )
    assert beyond == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    told = own().get(unit__duty__key="tracked/2020/township/1")
    before = ProgressReport.objects.get(duty_period__unit=told.unit, duty_period__period="2020-08")
    assert before.progress in phone.inner_text(f"#line-{told.pk}")
    phone.goto(f"{PAGE}as-before/")
    assert phone.get_by_text("手机上只能看，不能填").is_visible() and phone.get_by_text("返回月报").is_visible()
    assert [one for one in phone.locator(controls).all() if one.is_visible()] == []
