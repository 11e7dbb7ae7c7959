"""Parts and milestones stand in lists, filters, files and API; what is called 原文 stands in the clause; clauses are whole."""

import io
import json
import re
from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from miyun_kpi.duties.models import Duty
from miyun_kpi.duties.queries.lists import choices_of, duties_of, with_units
from miyun_kpi.duties.queries.when import timing_of
from miyun_kpi.duties.rules.printed import printed_words, status_of_day
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import SYSTEM
from tests.accounts.people import person
from tests.factories.markup import one_line
from tests.factories.tokens import issue_token

DATA = json.loads((settings.FIXTURES_DIR / "gazettes/2020-02/duties.json").read_text(encoding="utf-8"))
NINE = {row["key"] for row in DATA["duties"] if row["parent"]}


@pytest.fixture
def api(gazette):
    _, text = issue_token(actor=SYSTEM, client="x", organisation=None, role="", at=timezone.now())
    client = Client()
    return lambda query="": client.get(f"/api/v1/duties/?{query}", HTTP_AUTHORIZATION=f"Token {text}").json()


@pytest.fixture
def page(gazette):
    client = Client()
    client.force_login(person("kan"))
    return lambda address: client.get(address)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 111),
        ("kind=milestone", 4),
        ("kind=part", 5),
        ("cadence=monthly", 1),
        ("cadence=quarterly", 3),
        ("cadence=yearly", 1),
        ("cadence=school-year", 1),
        ("cadence=once", 4),
        ("document=14", 42),
        ("document=22", 24),
    ],
)
def test_the_api_lists_parts_and_milestones_and_filters_find_them(api, query, number):
    assert api(query)["count"] == number


def test_parts_stand_below_their_whole(gazette):
    keys = [duty.key for duty in duties_of(document="2020-14")]
    at = keys.index("14/二（五）/3")
    assert keys[at : at + 5] == [
        "14/二（五）/3",
        "14/二（五）/3/1",
        "14/二（五）/3/2",
        "14/二（五）/3/3",
        "14/二（六）/1",
    ]


def test_pages_filter_by_what_can_match_and_count_a_whole_once(page):
    shown = page("/duties/14/?cadence=monthly").content.decode()
    assert "按月度公开全区城乡低保" in shown and "任务中的一项，属于“深化社会救助" in shown and "18-1" in shown
    whole = page("/duties/14/").content.decode()
    assert "37 项，另有分项和节点 5 项" in whole
    assert re.findall(r'<option value="([a-z-]+)"', re.search(r'name="cadence".*?</select>', whole, re.S)[0]) == [
        "monthly",
        "quarterly",
        "yearly",
        "school-year",
        "continuous",
    ]
    counts = one_line(page("/duties/").content.decode())
    assert "37 项，分项和节点 5 项" in counts and "20 项，分项和节点 4 项" in counts


def test_a_role_filters_without_a_unit_and_the_export_holds_what_the_page_lists(page):
    def number(query):
        shown = page(f"/duties/14/?{query}")
        assert shown.status_code == 200
        return shown.context["page"].paginator.count

    every, led = number(""), number("role=lead")
    assert 0 < led < every and number("role=lead&kind=task") <= led
    for odd in ("role=x", "kind=x", "cadence=x", "open=0", "withdrawn=0", "page=0", "page=x", "sort=x"):
        assert number(odd) == every, odd
    text = page("/duties/14/?role=lead&page=1&withdrawn=1").content.decode()
    address = re.search(r'href="(/duties/[\d-]+/workbook/[^"]*)"', text)[1].replace("&amp;", "&")
    assert address.endswith("/workbook/?role=lead&withdrawn=1") and "含已停用" in text
    sheet = load_workbook(io.BytesIO(page(address).content)).worksheets[0]
    whole = load_workbook(io.BytesIO(page("/duties/14/workbook/").content)).worksheets[0]
    assert whole.max_row - sheet.max_row == every - led


@pytest.mark.parametrize("document", ["2020-14", "2020-15", "2020-19", "2020-22"])
def test_whatever_a_filter_offers_finds_something(gazette, document):
    offered = choices_of(document)
    for name, options in (("kind", offered.kinds), ("cadence", offered.cadences)):
        assert options
        for value, _ in options:
            assert duties_of(document=document, **{name: value}).exists(), (name, value)


@pytest.mark.parametrize(("document", "number"), [("2020-14", 42), ("2020-22", 24)])
def test_the_workbook_holds_them_all(page, document, number):
    book = load_workbook(io.BytesIO(page(f"/duties/{document}/workbook/").content))
    cells = {str(cell.value) for row in book["任务"].iter_rows() for cell in row}
    rows = [row for row in DATA["duties"] if row["document"] == document]
    assert len(rows) == number and all(row["title"] in cells for row in rows)


WHOLES = {
    "14/二（五）/3": ("several", ["monthly", "quarterly", "school-year"], "按月度、按季度、按学年"),
    "14/三（三）/2": ("yearly", ["yearly"], "每年至少开展一次"),
    "14/三（六）/1": ("quarterly", ["quarterly"], "按季度"),
    "22/三（四）3·首": ("once", ["once"], "2021 年底前、2022 年"),
    "22/三（四）4·首": ("once", ["once"], "2021 年底前、2022 年"),
}


@pytest.mark.parametrize("key", WHOLES)
def test_the_cadence_of_a_whole_follows_from_its_parts(api, page, key):
    cadence, cadences, words = WHOLES[key]
    duty = Duty.objects.get(key=key)
    row = next(one for one in api(f"document={duty.document}&page_size=100")["results"] if one["key"] == key)
    assert (row["cadence"], row["cadences"], row["cadence_basis"], row["cadence_from"]) == (
        cadence,
        cadences,
        "printed",
        "parts",
    )
    for address in (f"/duties/duty/{duty.pk}/", f"/duties/{duty.document}/?q={duty.title[:8]}"):
        shown = page(address).content.decode()
        assert f"{words}（原文，见分项）" in shown and "原文未写周期" not in shown and "不自行开启" not in shown


def test_a_year_is_printed_and_its_last_day_is_not(api, page):
    rows = {row["key"]: row for row in api("kind=milestone")["results"]}
    assert {key: (row["when_printed"], row["due_on"], row["due_status"]) for key, row in rows.items()} == {
        "22/三（四）3（1）": ("2021 年底前", "2021-12-31", "derived"),
        "22/三（四）3（2）": ("2022 年", "2022-12-31", "assumed"),
        "22/三（四）4（1）": ("2021 年底前", "2021-12-31", "derived"),
        "22/三（四）4（2）": ("2022 年", "2022-12-31", "assumed"),
    }
    shown = page("/duties/22/?kind=milestone").content.decode()
    assert "<span>分项和节点 4 项</span>" in shown
    part = with_units(Duty.objects.filter(key="14/三（三）/2/1")).get()
    assert timing_of(part).words == "每年至少开展一次（原文）· 按年计（推算）"
    assert "2022 年（原文）· 按 2022-12-31 计（推定）" in shown and "2022-12-31 前（原文）" not in shown


def test_whatever_is_called_printed_stands_in_the_clause(gazette):
    said = 0
    for duty in with_units(Duty.objects.filter(document__in=["2020-14", "2020-15", "2020-19", "2020-22"])):
        clauses = [duty.clause, *(part.clause for part in duty.parts.all())]
        text = squeeze("".join(Clause.objects.get(document__ref=duty.document, ref=ref).text for ref in clauses))
        for words in re.findall(r"(?:^| )([^（·]+)（原文", timing_of(duty).words):
            said += 1
            assert all(squeeze(one) in text for one in words.split("、")), (duty.key, words)
    assert said == len(NINE) + len(WHOLES) + 1  # and 三（二）1, which has its own


def test_what_an_office_amended_is_no_longer_called_printed(gazette):
    Duty.objects.filter(key="22/三（四）3（2）").update(title="具备开工条件", requirement="具备开工条件。")
    duty = with_units(Duty.objects.filter(key="22/三（四）3（2）")).get()
    assert timing_of(duty).words == "按 2022-12-31 计（主管单位所定）"
    Duty.objects.filter(key="22/三（四）3（1）").update(due_on=date(2022, 6, 30))
    moved = with_units(Duty.objects.filter(key="22/三（四）3（1）")).get()
    assert timing_of(moved).words == "2021 年底前（原文）· 按 2022-06-30 计（主管单位所定）"


@pytest.mark.parametrize(
    ("cadence", "text", "words"),
    [
        ("once", "2022 年具备开工条件", "2022 年"),
        ("once", "2021 年底前完成", "2021 年底前"),
        ("once", "2022 年 3 月 1 日前印发", "2022 年 3 月 1 日"),
        ("once", "尽快完成", ""),
        ("monthly", "按季度公开", ""),
        ("yearly", "各机关每年至少开展一次解读", "每年至少开展一次"),
        ("continuous", "每年", ""),
    ],
)
def test_the_words_that_say_when(cadence, text, words):
    assert printed_words(cadence, text) == words
    assert status_of_day("2022 年 3 月 1 日") == "printed"


# ── a clause and the duties taken from it are the same text ─────────────────────────────────────────────────────

# What stands in a clause and in none of its duties: the heading of a clause that hands out several of them.
HEADINGS = {
    ("2020-14", "二（一）"): "推进京津冀协同发展信息公开",
    ("2020-14", "二（二）"): "推进高质量发展信息公开",
    ("2020-14", "二（三）"): "推进“放管服”改革信息公开",
    ("2020-14", "二（四）"): "推进城市精细化管理信息公开",
    ("2020-14", "二（五）"): "推进民生保障信息公开",
    ("2020-14", "三（二）"): "强化执行公开",
    ("2020-14", "三（三）"): "注重解读实效",
    ("2020-14", "四（一）"): "加强信息源头管理",
    ("2020-15", "三（一）"): "加强组织领导",
    ("2020-22", "五（一）"): "加强基础工作",
}
# A duty called by the heading above its clause, which stands in a clause of its own.
CALLED_BY_THE_HEADING = {("2020-15", "二（九）17")}
# The units stand in a clause of their own below the points.
UNITS_ELSEWHERE = re.compile(r"三（四）[34]")


def plain(text):
    return squeeze(text.replace("**", ""))


def of_clause():
    found = {}
    for row in DATA["duties"]:
        found.setdefault((row["document"], row["clause"]), []).append(row)
    return found


@pytest.mark.parametrize("row", DATA["duties"], ids=lambda row: row["key"])
def test_no_duty_is_cut_within_a_sentence(gazette, row):
    """A paragraph cut by a page would leave a title of several sentences, or a requirement that ends or begins in the middle."""
    title, requirement = plain(row["title"]), plain(row["requirement"])
    assert "。" not in title
    assert requirement.endswith("。") or requirement == title or row["kind"] == "part"
    clause = plain(Clause.objects.get(document__ref=row["document"], ref=row["clause"]).text)
    before = clause[: clause.index(requirement)]
    assert row["kind"] == "part" or not before or before.endswith((title, *"。.;:)）", *HEADINGS.values()))


@pytest.mark.parametrize("place", of_clause(), ids=lambda place: "·".join(place))
def test_duties_of_a_clause_joined_are_the_clause(gazette, place):
    document, ref = place
    left = plain(Clause.objects.get(document__ref=document, ref=ref).text)
    left = re.sub(r"^(?:\d+\.|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九]、)", "", left)
    for row in of_clause()[place]:
        if row["kind"] == "part":
            whole = next(one for one in DATA["duties"] if one["key"] == row["parent"])
            assert plain(row["title"]) in plain(whole["requirement"])
            continue
        title, requirement = plain(row["title"]), plain(row["requirement"])
        units = (
            [] if UNITS_ELSEWHERE.match(ref) or row["kind"] == "safeguard" else plain(row["printed_units"]).split(";")
        )
        pieces = [requirement, *units]
        if title not in requirement and place not in CALLED_BY_THE_HEADING:
            pieces.insert(0, title)
        for piece in filter(None, pieces):
            assert piece in left, (row["key"], piece, left)
            left = left.replace(piece, "", 1)
    assert re.sub(r"[。()（）;；]", "", left) == plain(HEADINGS.get(place, "")), place
