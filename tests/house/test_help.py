"""The manual inside the product: every page has its chapter, every place is in the manual, nothing unsafe is rendered."""

import re

import pytest

from miyun_kpi.web import manual
from miyun_kpi.web.help_pages import PLACES, help_for, place_of
from tests.accounts.people import person
from tests.house.role_matrix import PAGES
from tests.house.test_role_matrix import NAMES


def test_every_route_of_a_page_has_a_chapter():
    pages = {name for name, method in PAGES if method == "GET"} - {
        "operations:healthz",
        "operations:readyz",
        "operations:metrics",
        "operations:first",
    }
    assert len(pages) > 250
    assert sorted(name for name in pages if not place_of(name)) == []


def test_every_place_stands_in_the_manual():
    wrong = []
    for place in set(PLACES.values()):
        try:
            manual.address_of(place)
        except LookupError as error:
            wrong.append(str(error))
    assert wrong == []
    with pytest.raises(LookupError):
        manual.address_of("二十九、没有这一章")


def test_no_row_is_of_a_page_that_is_gone():
    gone = [
        row
        for row in PLACES
        if not any(name == row if row[-1] not in ":*" else name.startswith(row.rstrip("*")) for name in NAMES)
    ]
    # A register's routes are the same for all subjects; not every subject imports.
    assert [row for row in gone if not row.endswith((":accept-records", ":import-records", ":step-record"))] == []


def test_the_nearest_row_is_taken():
    assert place_of("evaluation:sheet") == "二、考评部门：打分"
    assert place_of("evaluation:supervision-item") == "六、任务清单、督办台账、数据表、机构名单｜督办台账（部门第10项）"
    assert place_of("water:records") == "十、登记簿的共同用法" and place_of("water:index") == "十三、水环境（22号）"
    assert place_of("nothing:at-all") == "" and help_for("nothing:at-all")[0] == "/help/1/"


def test_every_chapter_but_the_keys_belongs_to_some_page():
    reached = {place.partition(manual.WITHIN)[0] for place in PLACES.values()}
    assert {chapter.title for chapter in manual.chapters()} - reached == {"二十、按键"}


def test_nothing_of_the_text_becomes_a_script_or_a_style():
    text = (
        '<script>alert(1)</script>\n\n<b onclick="x()">厚</b>\n\n[链](javascript:alert(1)) [好](/sheets/)\n\n'
        "![图](data:text/html;base64,x)\n\n### 一节\n\n| 甲 | 乙 |\n|---|---|\n| 1 | `<i>` |\n"
    )
    html, sections = manual._rendered(text)
    assert re.findall(r"<(script|style|iframe|b)\b| on[a-z]+=\"|style=", re.sub(r"&lt;.*?&gt;", "", html)) == []
    assert 'href="javascript' not in html and "data:text" not in re.sub(r"<p>.*?</p>", "", html)
    assert '<h3 id="s1" tabindex="-1">一节</h3>' in html and '<table class="table">' in html
    assert [one.title for one in sections] == ["一节"]


def test_the_whole_manual_is_there_with_its_anchors():
    chapters = manual.chapters()
    text = manual.MANUAL.read_text()
    assert [one.title for one in chapters] == re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [section.title for one in chapters for section in one.sections] == re.findall(
        r"^### (.+)$", text, re.MULTILINE
    )
    assert all(f'id="{section.anchor}"' in one.body for one in chapters for section in one.sections)


@pytest.mark.django_db
def test_the_pages_of_help_and_the_sign_that_leads_there(client, gazette):
    client.force_login(person("someone"))
    contents = client.get("/help/").content.decode()
    assert all(f'href="/help/{one.number}/"' in contents for one in manual.chapters())
    page = client.get("/help/2/")
    shown = page.content.decode()
    assert "粘贴一列" in shown and "<strong>" in shown and page.headers["Content-Security-Policy"]
    assert client.get("/help/99/").status_code == 404
    desk = client.get("/").content.decode()
    assert 'class="help-sign no-print" href="/help/1/"' in desk and 'aria-label="帮助：一、登录与工作台"' in desk
