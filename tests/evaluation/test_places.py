"""绩效考评 in five places: each post sees what it does, on every page the same, and no address is lost."""

import re

import pytest
from django.test import Client

from evaluation.frame import places_of
from miyun_kpi import site as sites
from miyun_kpi.accounts.enums import VERBS_BY_ROLE, Role
from tests.factories.rankings import BACKEND
from tests.factories.rankings import person as post_holder
from tests.factories.sheets import person

pytestmark = pytest.mark.django_db
ALL = "/evaluation/rankings/"
PLACES = {
    Role.EVALUATION_OFFICE: "填报 结果 年终 通报 方案与期间",
    Role.EVALUATOR: "填报 结果 年终 通报 方案与期间",
    Role.CERTIFIER: "填报 结果 通报 方案与期间",
    Role.REPORTER: "填报 结果 年终 通报 方案与期间",
    Role.UNIT_HEAD: "填报 结果 年终 通报 方案与期间",
    Role.LEADER: "进展 结果 年终 通报 方案",
    Role.AUDITOR: "结果 年终 通报 方案",
    Role.REGISTER_OFFICE: "结果 通报 方案",
    Role.SYSTEM_ADMIN: "结果 通报 方案",
}
FILLING = {
    Role.EVALUATION_OFFICE: "月跟踪 打分表 任务清单 督办台账 数据表 报送",
    Role.EVALUATOR: "月跟踪 打分表 考评细则 任务清单 督办台账 数据表",
    Role.CERTIFIER: "打分表",
    Role.REPORTER: "月跟踪 任务清单 督办台账 数据表",
    Role.UNIT_HEAD: "月跟踪 任务清单 督办台账 数据表",
}
SCHEMES = {
    Role.EVALUATION_OFFICE: "考评方案 期间 文本存疑",
    Role.EVALUATOR: "考评方案 期间",
    Role.LEADER: "考评方案",
    Role.AUDITOR: "考评方案",
}


def places(role, path=ALL):
    return {place.label: place for place in places_of(VERBS_BY_ROLE[role], path)}


def pages(place):
    return " ".join(page.label for page in place.pages)


@pytest.mark.parametrize("role", PLACES)
def test_a_post_sees_the_places_in_which_it_has_something_to_do(role):
    found = places(role)
    assert " ".join(found) == PLACES[role]
    assert pages(found["填报"]) == FILLING[role] if role in FILLING else "填报" not in found
    if role in SCHEMES:
        assert pages(found["方案与期间"] if "方案与期间" in found else found["方案"]) == SCHEMES[role]


def test_one_line_holds_at_most_five_places_and_six_pages():
    for role in VERBS_BY_ROLE:
        found = places(role)
        assert len(found) <= 5 and all(len(place.pages) <= 6 for place in found.values()), role


@pytest.mark.parametrize(
    ("path", "place", "page"),
    [
        ("/evaluation/sheets/3/", "填报", "打分表"),
        ("/evaluation/rulebooks/4/", "填报", "考评细则"),
        ("/evaluation/rectifications/2/", "填报", "月跟踪"),
        ("/evaluation/deadlines/1/", "结果", "排名"),
        ("/evaluation/visits/1/", "年终", "现场考评"),
        ("/evaluation/bulletins/1/", "通报", "通报"),
        ("/evaluation/batches/1/", "方案与期间", "考评方案"),
        ("/evaluation/periods/year/2020/", "方案与期间", "期间"),
    ],
)
def test_a_page_below_a_page_keeps_its_place(path, place, page):
    current = [one for one in places(Role.EVALUATOR, path).values() if one.current]
    assert [(one.label, [p.label for p in one.pages if p.current]) for one in current] == [(place, [page])]


def test_the_rules_of_a_sheet_stand_under_the_sheets_for_who_keeps_none():
    current = [one for one in places(Role.CERTIFIER, "/evaluation/rulebooks/4/").values() if one.current]
    assert [p.label for one in current for p in one.pages if p.current] == ["打分表"]


def shown(client, path):
    """(label, aria-current) of the sub bar as it stands on the page."""
    text = client.get(path).content.decode()
    bar = re.search(r'<nav aria-label="本栏目">.*?</nav>', text, re.S)[0]
    return re.findall(r'<a href="[^"]*"(?:\s+aria-current="(\w+)")?>([^<]*)</a>', bar)


@pytest.mark.parametrize("who", ["shuiwu", "zhengfuban1", "beizhuang", "lingdao", "shenji"])
def test_every_address_of_the_bar_answers_and_is_marked_there(demo, who):
    client = person(who)
    text = client.get("/evaluation/rankings/").content.decode()
    bar = re.search(r'<nav aria-label="本栏目">.*?</nav>', text, re.S)[0]
    first = re.findall(r'href="([^"]*)"', bar)
    for address in first:
        page = client.get(address, follow=True)
        assert page.status_code == 200, address
    for address in [one for one in first if one.startswith("/evaluation/")]:
        inside = shown(client, client.get(address, follow=True).request["PATH_INFO"])
        assert sum(current == "page" for current, _ in inside) == 1, address


@pytest.mark.parametrize(("organisation", "reads"), [("区水务局", True), ("北庄镇", False)])
def test_the_head_of_an_evaluating_unit_reads_its_sheets(gazette, organisation, reads):
    client = Client()
    client.force_login(post_holder("head", organisation, Role.UNIT_HEAD), backend=BACKEND)
    assert ("打分表" in [label for _, label in shown(client, "/evaluation/supervision/")]) is reads


def test_the_tag_of_the_demonstration_is_three_words_and_the_sentence_is_heard(demo, monkeypatch):
    monkeypatch.setattr(sites, "_current", [sites.DEMO])
    text = person("shuiwu").get("/water/").content.decode()
    tag = re.search(r'<span class="notice-tag".*?</span>\s*</span>|<span class="notice-tag".*?</div>', text, re.S)[0]
    seen = re.sub(r'<span class="hear">.*?</span>', "", tag, flags=re.S)
    words = re.sub(r"<[^>]+>", " ", seen).split()
    assert words == ["演示", "不得引用"]
    assert '<span class="hear">演示站：数据全部为虚构' in text
