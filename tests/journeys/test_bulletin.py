"""The office drafts a bulletin, edits it, sends it for review; a second person gives it its number and all read it."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document

from evaluation.models import Bulletin, Ranking
from miyun_kpi.accounts.models import User
from miyun_kpi.documents.check import check_layout
from tests.factories.papers import text_of
from tests.factories.rankings import actor_of, filed_quarter, official, person, published, signed
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser

NUMBER = "密政办字〔2020〕20号"


@pytest.fixture
def quarter(transactional_db: None, gazette: None) -> Ranking:
    """A published township ranking and the people who act on it."""
    for username, organisation, role in (
        ("jia", "区政府办公室", "evaluation_office"),
        ("yi", "区政府办公室", "evaluation_office"),
        ("zhen", "北庄镇", "reporter"),
    ):
        person(username, organisation, role)
    jia, yi = (actor_of(User.objects.get(username=name)) for name in ("jia", "yi"))
    return published(signed(official("township", filed_quarter(), by=jia), by=jia), by=yi)


def downloaded(page: Any) -> bytes:
    with page.expect_download() as waiting:
        page.click("text=下载 .docx")
    with open(waiting.value.path(), "rb") as file:
        return file.read()


def test_from_the_draft_to_the_numbered_document(quarter: Ranking, new_page: Callable[..., Any]) -> None:
    first = new_page()
    sign_in(first, "jia")
    first.goto("/evaluation/bulletins/")
    first.click("text=起草通报")
    assert first.input_value("[name=township]") == "", "nothing is cited unasked"
    first.select_option("[name=township]", str(quarter.pk))
    first.fill("[name=first]", "3")
    first.click("button:text-is('起草')")
    first.wait_for_selector("text=数字与快照一致")
    assert first.locator(".bulletin table").count() == 2
    assert "（草稿）" in text_of(downloaded(first))

    # A figure mistyped is seen at once, and put right again.
    first.click("text=改文稿")
    text = first.input_value("[name=text]")
    mean = re.search(r"\{平均分·镇街 ([\d.]+)\}", text)
    assert mean
    first.fill("[name=text]", text.replace(mean[1], "99.9999", 1))
    first.fill("[name=issuer_mark]", "北京市密云区人民政府办公室文件")
    first.click("button:text-is('保存')")
    first.wait_for_selector("text=有问题，不能定稿")
    assert "平均分·镇街写作“99.9999”，快照是" in first.inner_text(".side")
    assert first.locator(".figure.wrong").inner_text().startswith("99.9999")
    first.click("text=改文稿")
    first.fill("[name=text]", f"{text}\n请于{{自拟 10}}个工作日内报送整改情况。")
    first.click("button:text-is('保存')")
    first.wait_for_selector("text=数字与快照一致")
    first.click("a:text-is('第 3 稿')")
    first.wait_for_selector("ins:has-text('个工作日内报送整改情况')")
    first.go_back()
    first.click("button:text-is('送审')")
    first.wait_for_selector("text=须由另一人定稿")

    second = new_page()
    sign_in(second, "yi")
    second.goto("/")
    second.click("a:has-text('送审稿')")
    second.fill("[name=number]", NUMBER)
    second.fill("[name=dated]", "2020-07-20")
    second.click("button:text-is('定稿')")
    second.wait_for_selector(f"text={NUMBER}")
    assert Bulletin.objects.get().number == NUMBER

    town = new_page(width=390, height=844)
    sign_in(town, "zhen")
    town.goto("/evaluation/bulletins/")
    town.click("a:has-text('情况通报')")
    town.wait_for_selector(".bulletin")
    assert town.evaluate("document.documentElement.scrollWidth") <= 390, "nothing scrolls sideways"
    content = downloaded(town)
    assert check_layout(content) == []
    assert text_of(content).startswith(f"北京市密云区人民政府办公室文件\n{NUMBER}\n")
    assert "请于10个工作日内报送整改情况。" in text_of(content)
    assert len(Document(io.BytesIO(content)).tables) == 3, "first three, 附件, 版记"
