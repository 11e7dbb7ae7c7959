"""A quarter from its computation to its correction: checked by a town, reviewed, decided, published, corrected, each by its people."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from evaluation.enums import RankingState
from evaluation.models import Ranking, UnitCheck
from tests.factories.feedback import computed_quarter
from tests.factories.rankings import PAPER
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def people(new_page: Callable[..., Any]) -> Callable[[str], Any]:
    """`people("town")` is that person's own browser, signed in once; the town reads on a phone."""
    pages: dict[str, Any] = {}

    def page_of(username: str) -> Any:
        if username not in pages:
            pages[username] = new_page(width=390, height=844) if username == "town" else new_page()
            sign_in(pages[username], username)
        return pages[username]

    return page_of


def let_the_window_pass() -> None:
    now = timezone.now()
    UnitCheck.objects.update(opened_at=now - timedelta(days=9), due_at=now - timedelta(minutes=1))


def sign_and_publish(people: Callable[[str], Any], ranking: Ranking, scope: str) -> None:
    office = people("office1")
    for signer, title in (("王某", "区政府办主任"), ("李某", "分管区领导")):
        office.goto(f"/evaluation/rankings/{ranking.pk}/")
        office.fill("[name=signer]", signer)
        office.select_option("[name=title]", title)
        office.fill("[name=signed_on]", timezone.localdate().isoformat())
        paper = {"name": "呈批件.pdf", "mimeType": "application/pdf", "buffer": PAPER}
        office.set_input_files("[name=scan]", paper)
        office.click("button:has-text('登记审签')")
        office.wait_for_selector(f".chain:has-text('{signer}')")
    second = people("office2")
    second.goto(f"/evaluation/rankings/{ranking.pk}/")
    second.click("a:has-text('通报 2020年第二季度排名')")
    second.wait_for_selector("h2:has-text('将要发出的')")
    assert not second.locator("[name=scope]:checked").count()
    second.check(f"[name=scope][value={scope}]")
    second.check("[name=sure]")
    second.click("button:has-text('通报')")
    second.wait_for_selector("text=已通报")


def ask_and_decide(people: Callable[[str], Any], ranking: Ranking, indicator: str, evaluator: str, mark: str) -> None:
    """The whole 复核 of one item, each step from the desk or the list of the one whose turn it is."""
    town = people("town")
    town.goto("/evaluation/feedback/")
    town.click(f"a:has-text('第 {ranking.number} 次核定')")
    town.click(f"tr:has-text('{indicator}') a:has-text('申请复核')")
    town.fill("[name=reason]", "断面水质七月已经达标，监测报告可证")
    assert town.evaluate("document.documentElement.scrollWidth") <= 390, "nothing scrolls sideways"
    town.click("button:has-text('请负责人签意见')")
    town.wait_for_selector("text=待单位负责人同意")
    for who, fill in (
        ("townhead", ""),
        (evaluator, "答复"),
        ("office1", "提出决定"),
        ("office2", "确认"),
    ):
        page = people(who)
        page.goto("/")
        page.click(f"a:has-text('复核申请：{indicator}')")
        if fill in ("答复", "提出决定"):
            page.check("[name=outcome][value=changed]")
            page.fill("[name=value]", mark)
            page.fill("[name=text]", "监测报告属实，予以改分")
        page.click("main form .btn-primary")
        page.wait_for_selector(".trail")
        assert not page.locator(".say-refused").count(), page.inner_text("main")
    assert "决定改分" in people("office2").inner_text("main")


def test_from_the_computation_to_the_correction(
    transactional_db: None, gazette: None, people: Callable[[str], Any]
) -> None:
    first = computed_quarter()
    office = people("office1")
    office.goto(f"/evaluation/rankings/{first.pk}/")
    office.click("button:has-text('开启单位核对')")
    office.wait_for_selector("text=核对 0/21，复核 0")

    ask_and_decide(people, first, "河长制和水环境治理", "water", "99.5")
    office.goto(f"/evaluation/rankings/{first.pk}/")
    office.wait_for_selector("text=核对 1/21，复核 1")
    office.click("button:has-text('重新核定')")
    office.wait_for_selector("text=第 2 次正式核定")
    second = Ranking.objects.get(kind="official", number=2)
    office.click("a:has-text('差异表')")
    office.wait_for_selector("tr:has-text('北庄镇'):has-text('第 4 项')")
    office.goto(f"/evaluation/rankings/{second.pk}/")
    office.click("button:has-text('开启单位核对')")
    office.wait_for_selector("text=核对 0/21")

    town = people("town")
    town.goto("/")
    town.click("a:has-text('反馈单待核对')")
    town.wait_for_selector(".feedback-table:has-text('99.5/100')")
    assert town.evaluate("document.documentElement.scrollWidth") <= 390
    town.click("button:has-text('核对无误')")
    town.wait_for_selector("text=核对无误，town")
    let_the_window_pass()
    sign_and_publish(people, second, "total")
    town.goto("/")
    town.click("a:has-text('反馈单待签收')")
    town.click("button:has-text('签收反馈单')")
    town.wait_for_selector("text=签收：town")

    ask_and_decide(people, second, "公共卫生", "health", "60")
    office.goto(f"/evaluation/rankings/{second.pk}/")
    office.click("button:has-text('重新核定')")
    office.wait_for_selector("text=第 3 次正式核定")
    third = Ranking.objects.get(kind="official", number=3)
    office.click("button:has-text('开启单位核对')")
    office.wait_for_selector("text=截止")
    let_the_window_pass()
    sign_and_publish(people, third, "rank")

    town.goto(f"/evaluation/rankings/{second.pk}/")
    town.click("a:has-text('已被第 3 版更正')")
    town.wait_for_selector("text=本版为更正")
    town.click("a:has-text('看差异表')")
    town.wait_for_selector("tr:has-text('北庄镇')")
    assert town.evaluate("document.documentElement.scrollWidth") <= 390
    second.refresh_from_db()
    assert (second.state, second.corrected_by_id) == (RankingState.PUBLISHED, third.pk)
