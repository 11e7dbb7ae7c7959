"""Sheets, rankings, duties and registers are sorted by the heads of their columns, and keep their filters while they are."""

import re

import pytest
from django.test import Client

from evaluation.models import Ranking
from miyun_kpi.duties.models import Duty
from tests.factories.rankings import BACKEND
from tests.factories.rankings import person as post_holder
from tests.factories.sheets import person

pytestmark = pytest.mark.django_db


def names(client, path):
    """The first words of every row, and the page."""
    text = client.get(path).content.decode()
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    return [re.sub(r"<[^>]+>|\s", "", one) for one in re.findall(r'<th scope="row".*?</th>', body, re.S)], text


def column(client, path, number):
    text = client.get(path).content.decode()
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    cells = [re.findall(r"<t[dh].*?</t[dh]>", row, re.S) for row in body.split("</tr>") if "<t" in row]
    return [re.sub(r"<[^>]+>|\s", "", row[number]) for row in cells if len(row) > number]


def test_sheets_by_name_of_the_evaluator_and_back(demo):
    client, path = person("zhengfuban1"), "/evaluation/sheets/?period=2020Q2&track=township"
    up, down = (column(client, f"{path}&sort={sort}", 3) for sort in ("evaluator", "-evaluator"))
    assert len(set(up)) > 3 and up != down and [*dict.fromkeys(up)] == [*dict.fromkeys(reversed(down))]
    assert "镇街" in column(client, f"{path}&sort=evaluator", 2) and "部门" not in column(client, path, 2)
    by_number = names(client, f"{path}&sort=-sheet")[0]
    assert by_number == sorted(by_number, reverse=True)


def test_a_head_keeps_the_filters_of_the_list(demo):
    _, text = names(person("zhengfuban1"), "/evaluation/sheets/?period=2020Q2&track=township&sort=-sheet")
    assert 'href="?period=2020Q2&amp;track=township&amp;sort=sheet"' in text and 'aria-sort="descending"' in text


def test_rankings_by_the_moment_they_were_computed(demo):
    first, second = Ranking.objects.order_by("pk")[:2]
    Ranking.objects.filter(pk=second.pk).update(computed_at=first.computed_at.replace(year=2019))
    client = person("zhengfuban1")
    text = client.get("/evaluation/rankings/?sort=computed").content.decode()
    body = text[text.index("已有的排名") :]
    body = body[body.index("<tbody>") :]
    order = [int(pk) for pk in re.findall(r'href="/evaluation/rankings/(\d+)/"', body)]
    assert order.index(second.pk) == 0 and set(order) >= {first.pk, second.pk}


def test_a_ranking_by_one_dimension_keeps_ranks_and_scores(demo):
    ranking = Ranking.objects.get(scheme__track="township")
    client, path = person("zhengfuban1"), f"/evaluation/rankings/{ranking.pk}/"
    heads = re.findall(r'href="\?sort=-([\w-]+)"', names(client, path)[1])
    code = next(one for one in heads if one not in ("rank", "moved", "group", "total"))
    plain, text = names(client, path)[0], names(client, f"{path}?sort=-{code}")[1]
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    first = [float(re.search(r'class="brief">([\d.]+)<', row)[1]) for row in body.split("</tr>") if "brief" in row]
    assert len(first) == len(plain) and first == sorted(first, reverse=True)
    assert names(client, f"{path}?sort=-{code}")[0] != plain
    assert sorted(names(client, f"{path}?sort=-{code}")[0]) == sorted(plain)
    assert names(client, f"{path}?sort=nothing")[0] == plain


def test_duties_by_title_over_all_pages(gazette):
    client = Client()
    client.force_login(post_holder("x", "区政务服务中心", "register_office"), backend=BACKEND)
    found = Duty.objects.filter(document="2020-14", withdrawn_on__isnull=True).order_by("-title", "-pk")
    shown, text = names(client, "/duties/14/?sort=-title")
    assert shown[0].startswith(re.sub(r"\s", "", found[0].title)) and 'aria-sort="descending"' in text
    kept = client.get("/duties/14/?sort=-title&cadence=yearly").content.decode()
    assert '<input type="hidden" name="sort" value="-title">' in kept and "cadence=yearly&amp;sort=title" in kept


def test_registers_keep_their_filters_while_they_are_sorted(gazette):
    client = Client()
    client.force_login(post_holder("x", "区安委会办公室", "register_office"), backend=BACKEND)
    for n, small in (("北庄镇", "3"), ("溪翁庄镇", "12"), ("太师屯镇", "7")):
        typed = {"unit": n, "town": "", "as_of": "2020-06-30", "small": small}
        assert client.post("/safety/records/fire-stations/new/", typed).status_code == 302
    shown, text = names(client, "/safety/records/fire-stations/?stage=filled&sort=-small")
    assert [one[:3] for one in shown[:3]] == ["溪翁庄", "太师屯", "北庄镇"], "as numbers, not as text"
    assert "?stage=filled&amp;sort=small" in text
