"""The eight tasks of a demonstration's start page, each from its button to its end: today, and with the clock a year on."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from evaluation.demo.redate import redate_demo
from evaluation.models import Bulletin, MarkSheet, Ranking
from farmland.models import Application
from miyun_kpi import site as sites
from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.operations.tour import TASKS
from miyun_kpi.site import DEMO
from tests import database
from tests.journeys.filing import file_it, one_reason, paste

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def demonstration(transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole year, as a visitor finds it."""
    monkeypatch.setattr(sites, "_current", [DEMO])
    database.put_year()


@pytest.fixture
def a_year_on(demonstration: None) -> Iterator[None]:
    with time_machine.travel(timezone.now() + timedelta(days=365), tick=True):
        redate_demo(at=timezone.now())
        yield


def press(page: Any, number: int) -> Any:
    """From the start page, by its button alone, to where the task is done."""
    page.goto("/demo/")
    page.click(f".tour button[value='{number}']")
    page.wait_for_selector("text=换人")
    return page


def mark(page: Any) -> None:
    press(page, 1)
    sheet = MarkSheet.objects.get(pk=int(page.url.rstrip("/").rpartition("/")[2]))
    page.locator("[data-cell]").first.focus()
    paste(page, "\n".join(["90", "88.5"] * (sheet.marks.count() // 2) + ["90"] * (sheet.marks.count() % 2)))
    page.click("#paste-form [data-write]")
    page.wait_for_selector(f"text={sheet.marks.count()}/{sheet.marks.count()}")
    one_reason(page)
    file_it(page)
    page.wait_for_selector("text=已报送，不能再改")
    sheet.refresh_from_db()
    assert sheet.receipt_number


def report(page: Any) -> None:
    press(page, 2)
    place = page.locator("[data-line] [name='progress']:visible").first
    line = place.locator("xpath=ancestor::*[@data-line]")
    place.fill("新增两处，办结 3 件")
    line.locator("[name='course']").select_option("on-course")
    place.focus()
    page.keyboard.press("Enter")
    line.locator("text=已存").wait_for()
    page.get_by_role("button", name="先报已存的").click()
    page.locator("text=待审核").first.wait_for()
    assert DutyPeriod.objects.filter(report__progress="新增两处，办结 3 件", state="filed").exists()


def settle(page: Any) -> None:
    press(page, 3)
    page.click("tr:has-text('2020年第二季度'):has-text('镇街、功能区') button:text-is('正式核定')")
    page.wait_for_selector("h1:has-text('镇街')")
    assert Ranking.objects.filter(period__code="2020Q2", kind="official", scheme__track="township").exists()


def draft(page: Any) -> None:
    before = Bulletin.objects.count()
    press(page, 4)
    page.select_option("[name=township]", index=1)
    page.click("button:text-is('起草')")
    page.wait_for_selector("text=数字与快照一致")
    assert Bulletin.objects.count() == before + 1


def look(page: Any) -> None:
    press(page, 5)
    page.click("table.ranking a:has-text('北庄镇')")
    page.wait_for_selector("h1:has-text('得分明细')")


def reserve(page: Any) -> None:
    press(page, 6)
    row = Application.objects.get(pk=int(page.url.rstrip("/").rpartition("/")[2]))
    assert row.state == "registered"
    page.click("aside button:has-text('预留'), .side button:has-text('预留')")
    page.wait_for_selector("text=与记账一致")
    row.refresh_from_db()
    assert row.state == "reserved"


def verify(page: Any) -> None:
    press(page, 7)
    page.click("button:text-is('校验全链')")
    page.wait_for_selector("text=链完好")
    assert AuditEntry.objects.order_by("-seq")[0].action == "audit.chain.verified"


def open_account(page: Any) -> None:
    press(page, 8)
    page.fill("[name=username]", "xinren")
    page.fill("[name=display_name]", "新来的人")
    page.click("button:text-is('建立账号')")
    page.wait_for_selector(".secret")
    assert User.objects.filter(username="xinren").exists()


ALL = (mark, report, settle, draft, look, reserve, verify, open_account)


def do_all(new_page: Callable[..., Any]) -> None:
    page = new_page()
    page.goto("/sign-in/")
    assert page.locator(".tour li").count() == len(TASKS) == len(ALL)
    assert not Axe().run(page).response["violations"]
    for task in ALL:
        task(page)
    entered = AuditEntry.objects.filter(action="operations.tour.entered").values_list("subject", flat=True)
    assert list(entered.order_by("seq")) == [f"user:{one.username}" for one in TASKS]


def on_a_phone(page: Any) -> None:
    """The buttons are under their task."""
    page.goto("/demo/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".tour button").first.bounding_box()["height"] >= 44


def test_all_eight_from_the_start_page_which_a_phone_shows_whole(
    demonstration: None, new_page: Callable[..., Any]
) -> None:
    on_a_phone(new_page(width=390, height=844))
    do_all(new_page)


def test_all_eight_with_the_clock_a_year_on(a_year_on: None, new_page: Callable[..., Any]) -> None:
    do_all(new_page)
