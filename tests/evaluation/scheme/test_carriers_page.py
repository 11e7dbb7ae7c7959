"""Who carries what: a page that stays small with the district, its cells by item and by unit, choosing without scripts."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from evaluation.models import Figure, Scheme
from evaluation.scheme.rules.strips import Cell, drawn, spans
from miyun_kpi.accounts.models import User
from tests.bench.ground import grown

pytestmark = pytest.mark.django_db
PAGE = "/evaluation/schemes/2020/{}/carriers/"


def client_of(username):
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


class Elements(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.count = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.count += 1


def elements(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return Elements(answer.content.decode()).count


def cells(track="department", **of):
    return Figure.objects.filter(scheme__track=track, kind="carried", **of)


def test_the_page_of_71_units_is_an_order_smaller_than_its_cells(demo):
    grown(71)
    unit = Scheme.objects.get(track="township").figures.filter(kind="carried").last().organisation.code
    for client in (client_of("zhengfuban1"), client_of("beizhuang")):
        for chosen in ("", "?item=3", f"?unit={unit}"):
            assert (found := elements(client, PAGE.format("township") + chosen)) < 1_400, (chosen, found)
    assert cells("township").count() == 71 * 24


def test_every_row_says_its_cells_in_words(demo):
    page = client_of("beizhuang").get(PAGE.format("department")).content.decode()
    said = re.findall(r'role="img" aria-label="(承担[^"]*)"', page)
    assert len(said) == 49
    first = cells(organisation__code=re.findall(r'\?unit=([\w-]+)"', page)[0]).order_by("indicator__number")
    yes = spans(one.indicator.number for one in first if one.value == "yes")
    unreadable = spans(one.indicator.number for one in first if one.status == "unreadable")
    assert said[0].startswith(f"承担 {yes}；不承担 ") and f"不可读 {unreadable}" in said[0]


def test_the_cells_of_an_item_and_of_a_unit_add_up_to_all_of_them(demo):
    client = client_of("beizhuang")
    page = PAGE.format("department")
    by_item = [client.get(f"{page}?item={n}").content.decode() for n in range(1, 20)]
    units = set(cells().values_list("organisation__code", flat=True))
    by_unit = [client.get(f"{page}?unit={code}").content.decode() for code in units]
    there = {str(pk) for pk in cells().values_list("pk", flat=True)}
    for pages in (by_item, by_unit):
        found = re.findall(r'data-figure="/evaluation/figures/(\d+)/"', "".join(pages))
        assert len(found) == 931 and set(found) == there
    assert "".join(by_item).count("不承担</a>") == cells(value="no").count()


@pytest.mark.parametrize("address", ["?item=99", "?item=x", "?unit=nobody"])
def test_an_item_or_unit_that_is_not_there_is_not_found(demo, address):
    assert client_of("beizhuang").get(PAGE.format("department") + address).status_code == 404


def chosen(client, **picked):
    answer = client.post("/evaluation/schemes/2020/department/choose/", picked)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return {int(pk) for pk in re.findall(r'id="w(\d+)"', answer.content.decode())}


def test_whole_rows_columns_and_where_they_cross_are_chosen_without_a_script(demo):
    office = client_of("zhengfuban1")
    a, b = cells().order_by("organisation__order").values_list("organisation__code", flat=True).distinct()[:2]

    def of(**which):
        return set(cells(**which).values_list("pk", flat=True))

    assert chosen(office, item=["4"]) == of(indicator__number=4)
    assert chosen(office, unit=[a, b]) == of(organisation__code__in=[a, b])
    assert chosen(office, item=["4", "7"], unit=[a]) == of(indicator__number__in=[4, 7], organisation__code=a)
    open_ = {"confirmed": False, "status__in": ["assumed", "unreadable"]}
    assert chosen(office, item=["4"], unsettled="1") == of(indicator__number=4, **open_)
    every = chosen(office, unsettled="1")
    assert every == of(**open_) and len(every) == 882
    for nothing, status in (({}, 422), ({"unit": ["nobody"]}, 422), ({"item": ["x"]}, 404)):
        assert office.post("/evaluation/schemes/2020/department/choose/", nothing).status_code == status
    assert client_of("beizhuang").post("/evaluation/schemes/2020/department/choose/", {"item": "4"}).status_code == 403


def test_the_next_unsettled_cell_goes_on_behind_the_item(demo):
    client = client_of("zhengfuban1")
    page = PAGE.format("department")
    assert re.search(rf'href="{page}\?item=\d+#f\d+" data-key="G"', client.get(page).content.decode())
    cells(indicator__number=2).update(confirmed=True)
    told = client.get(f"{page}?item=2").content.decode()
    later = cells(indicator__number=3, confirmed=False, status__in=["assumed", "unreadable"])
    after = re.search(r'data-beyond="[^"?]*\?item=(\d+)#f(\d+)"', told)
    assert after[1] == "3" and later.filter(pk=after[2]).exists()
    cells().update(confirmed=True)
    assert "data-next" not in client.get(page).content.decode()


# ── the strokes and the words ────────────────────────────────────────────────────────────────────


def test_a_strip_draws_each_cell_once_where_it_stands():
    strip = drawn(
        [Cell(1, True, "printed"), Cell(2, False, "assumed"), Cell(3, True, "confirmed")],
        [("assumed", "推定"), ("confirmed", "已确认")],
    )
    assert strip.width == 84 and re.findall(r"M(\d+)", strip.discs) == ["9", "65"]
    assert re.findall(r"M(\d+)", strip.rings) == ["37"] and re.findall(r"M(\d+)", strip.ticks) == ["76"]
    assert strip.tints == [("assumed", "M28 0h28v24h-28z"), ("confirmed", "M56 0h28v24h-28z")]
    assert strip.words == "承担 1、3；不承担 2；推定 2；已确认 3"


@pytest.mark.parametrize(("numbers", "said"), [([], ""), ([3], "3"), ([1, 2], "1、2"), ([1, 3, 4, 5, 9], "1、3–5、9")])
def test_neighbours_are_said_as_a_span(numbers, said):
    assert spans(numbers) == said
