"""A figure that waits in a 确认单 is shown as waiting; a 确认单 is taken back on its page; a choice that fails stays in its page."""

import re

import pytest
from django.test import Client

from evaluation.models import Figure, FigureBatch
from miyun_kpi.accounts.models import User
from tests.evaluation.figures.test_figures_proposed import figure, propose

pytestmark = pytest.mark.django_db
TOWNS = "/evaluation/schemes/2020/township/"


@pytest.fixture
def client_of(demo):
    def sign_in(username):
        client = Client()
        client.force_login(User.objects.get(username=username))
        return client

    return sign_in


@pytest.fixture
def waiting(actor_for):
    """A weight, and all cells of the third item."""
    cells = Figure.objects.filter(scheme__track="township", kind="carried", indicator__number=3)
    return propose(actor_for("zhengfuban1"), (figure("weight/9/core"), None), *((one, None) for one in cells))


def body(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def test_a_waiting_figure_has_the_way_to_its_batch_in_place_of_its_box(client_of, waiting):
    nine, ten = figure("weight/9/core"), figure("weight/10/core")
    cell = Figure.objects.filter(scheme__track="township", kind="carried", indicator__number=3)[0]
    batch = f'href="/evaluation/batches/{waiting.pk}/"'
    said = f"在 {waiting.pk} 号确认单里等复核"
    second = client_of("zhengfuban2")
    for address, held in ((TOWNS, nine), (f"{TOWNS}carriers/?item=3", cell)):
        page = body(second.get(address))
        assert f'value="{held.pk}:' not in page and batch in page and said in page
    assert f'value="{ten.pk}:' in body(second.get(TOWNS))
    panel = body(second.get(f"/evaluation/figures/{nine.pk}/", headers={"HX-Request": "true"}))
    assert batch in panel and "提请复核" not in panel and waiting.proposed_by in panel
    assert "待复核 1" in body(second.get(f"{TOWNS}carriers/"))
    reader = client_of("beizhuang")
    for address in (TOWNS, f"{TOWNS}carriers/?item=3", f"/evaluation/figures/{nine.pk}/"):
        assert "确认单里等复核" not in body(reader.get(address))


def test_of_a_choice_what_waits_is_named_and_left_out(client_of, waiting):
    office = client_of("zhengfuban1")
    page = body(office.post(f"{TOWNS}choose/", {"item": ["3", "4"], "from": "carriers"}))
    three = Figure.objects.filter(scheme__track="township", kind="carried", indicator__number=3)
    assert f"另有 {len(three)} 处已在" in page and f"{waiting.pk} 号确认单" in page
    assert set(map(int, re.findall(r'id="w(\d+)"', page))).isdisjoint(three.values_list("pk", flat=True))
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    answer = office.post(f"{TOWNS}propose/", {"seen": seen, "page": "第3页", "reason": "对照印发原件"})
    assert answer.status_code == 302 and FigureBatch.objects.count() == 2


def test_a_choice_of_which_all_wait_is_told_where_it_was_made(client_of, waiting):
    page = body(client_of("zhengfuban1").post(f"{TOWNS}choose/", {"item": ["3"], "from": "carriers"}), 422)
    assert f"{waiting.pk} 号确认单里等复核" in page and "承担对照表" in page
    assert re.search(r'name="item" value="3"[^>]*checked', page)


@pytest.mark.parametrize(
    ("place", "shows"),
    [
        ({"from": "carriers"}, "勾表头的项是整列"),
        ({"from": "carriers", "at-item": "4"}, 'name="at-item" value="4"'),
        ({"from": "doubts"}, "存疑影响"),
        ({"from": "scheme"}, "scheme-table"),
    ],
)
def test_nothing_chosen_is_told_on_the_page_it_was_sent_from(client_of, place, shows):
    page = body(client_of("zhengfuban1").post(f"{TOWNS}choose/", place), 422)
    assert "没有选中任何数字" in page and shows in page
    assert 'href="?' not in page.replace('href="?page', "") or place["from"] == "doubts"


def test_what_was_ticked_stays_when_it_comes_to_nothing(client_of):
    Figure.objects.filter(kind="carried", indicator__number=4).update(confirmed=True)
    sent = {"from": "carriers", "item": ["4"], "unit": ["gulou"], "unsettled": "1"}
    page = body(client_of("zhengfuban1").post(f"{TOWNS}choose/", sent), 422)
    assert re.search(r'name="item" value="4"[^>]*checked', page)
    assert re.search(r'name="unsettled" value="1"\s+checked', page)


def test_an_item_and_a_unit_together_are_the_cell_where_they_cross(client_of):
    one = Figure.objects.filter(scheme__track="township", kind="carried", indicator__number=4).first()
    code = one.organisation.code
    client = client_of("zhengfuban1")
    page = body(client.get(f"{TOWNS}carriers/?item=4&unit={code}"))
    assert re.findall(r'data-figure="/evaluation/figures/(\d+)/"', page) == [str(one.pk)]
    assert f"?item=5&amp;unit={code}" in page and f'carriers/?unit={code}"' in page
    assert client.get(f"{TOWNS}carriers/?item=4&unit=nobody").status_code == 404
    assert len(re.findall("data-figure=", body(client.get(f"{TOWNS}carriers/?item=&unit={code}")))) == 24


def test_a_batch_is_taken_back_on_its_page_and_the_second_person_reads_it(client_of, waiting):
    address = f"/evaluation/batches/{waiting.pk}/"
    first, second = client_of("zhengfuban1"), client_of("zhengfuban2")
    assert "撤回这张单" in body(first.get(address)) and "撤回这张单" not in body(second.get(address))
    assert "至少 4 个字" in body(first.post(f"{address}withdraw/", {"reason": "错"}), 422)
    assert first.post(f"{address}withdraw/", {"reason": "页码写错了，重新提"}).status_code == 302
    page = body(second.get(address))
    assert "已撤回" in page and "页码写错了，重新提" in page and "核对无误，通过" not in page
    late = body(second.post(f"{address}check/", {"decision": "approve", "note": ""}), 409)
    assert "这张确认单已撤回" in late and "确认单仍待复核" not in late
    assert f'value="{figure("weight/9/core").pk}:' in body(second.get(TOWNS))
    assert "页码写错了" not in body(second.get("/")) and client_of("beizhuang").get(address).status_code == 404


@pytest.mark.parametrize("item", ["9223372036854775808", "99999", "zz", "-1", "３"])
@pytest.mark.parametrize("act", ["choose", "propose"])
def test_what_is_no_number_of_an_item_chooses_nothing(client_of, act, item):
    sent = {"item": item, "unit": "gulou-jiedao", "from": "carriers", "page": "第 3 页", "reason": "区文旅局答复"}
    answer = client_of("zhengfuban1").post(f"{TOWNS}{act}/", sent)
    assert answer.status_code == 404


def test_what_was_typed_is_still_there_when_all_of_it_waits_meanwhile(client_of, waiting):
    one = figure("weight/9/core")
    typed = {"seen": f"{one.pk}:{one.version}", "page": "第 3 页", "reason": "区文旅局来函答复"}
    page = body(client_of("zhengfuban2").post(f"{TOWNS}propose/", typed), 409)
    assert "区文旅局来函答复" in page and "第 3 页" in page and "没有提交，要用请抄下来" in page
    assert "您填写的内容都还在下面" not in page and "没有列在下面" not in page and "0 处" not in page


def test_where_all_is_confirmed_nothing_is_left_to_choose(client_of, demo):
    Figure.objects.filter(scheme__track="township", kind="carried").update(confirmed=True)
    page = body(client_of("zhengfuban1").post(f"{TOWNS}choose/", {"unsettled": "1", "from": "carriers"}), 422)
    assert "没有未确认的数字" in page
