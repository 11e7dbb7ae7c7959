"""The scheme as a tree, its figures with their sentences, and the forms of the office."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluation.models import Figure, FigureBatch, Scheme
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.figures.test_figures_proposed import check, figure, propose

pytestmark = pytest.mark.django_db
TRACKS = ["township", "department"]


@pytest.fixture
def client_of(demo):
    def sign_in(username):
        client = Client()
        client.force_login(User.objects.get(username=username))
        client.get("/evaluation/schemes/")  # the session's first page writes when it began
        return client

    return sign_in


@pytest.fixture
def office(client_of):
    return client_of("zhengfuban1")


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def words(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def queries(client, address, **headers) -> int:
    # The number beside 工作台 is read anew after an act of one's own, and remembered.
    client.get("/gazette/")
    with CaptureQueriesContext(connection) as found:
        text(client.get(address, headers=headers))
    return len(found)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def test_the_list_counts_each_scheme(client_of):
    found = words(client_of("beizhuang").get("/evaluation/schemes/"))
    assert "还有83处没有确认" in found and "还有917处没有确认" in found


def test_the_townships_page_has_24_items_in_four_zones_with_their_totals(client_of):
    page = text(client_of("beizhuang").get("/evaluation/schemes/2020/township/"))
    assert len(re.findall(r'<tr id="i\d+">', page)) == 24
    table = page[page.index("data-scheme") : page.index("</table>", page.index("data-scheme"))]
    weights = re.findall(r'data-figure="/evaluation/figures/(\d+)/"', table)
    assert len(weights) == 24 * 4 + 28 + 24
    for total in ("25", "20", "30", "15", "35", "40", "10", "100"):
        assert f">{total}<" in table or f">{total} <" in table or re.search(rf">\s*{total}\s*<", table)
    assert "本方案还有 83 处没有确认（推定 59、不可读 24）" in page


def test_the_departments_page_names_sub_indicators_parts_and_differences(client_of):
    page = text(client_of("beizhuang").get("/evaluation/schemes/2020/department/"))
    assert len(re.findall(r'<tr id="i\d+">', page)) == 19
    assert "含 8 个分指标" in page and "含 21 个分指标" in page
    assert "依法行政" in page and "3/7" in page and "社会信用体系建设" in page
    assert "正文的名单没有列出" in page


@pytest.mark.parametrize("track", TRACKS)
def test_pages_take_the_same_number_of_queries_for_every_reader_and_size(client_of, track):
    """21 organisations or 49: the numbers are the same."""
    reader = client_of("beizhuang")
    assert queries(reader, f"/evaluation/schemes/2020/{track}/") == 13
    assert queries(reader, f"/evaluation/schemes/2020/{track}/carriers/") == 9


def test_a_panel_takes_a_fixed_number_of_queries_however_long_its_history(office, actor_for):
    one = figure("weight/9/core")
    address = f"/evaluation/figures/{one.pk}/"
    before = queries(office, address)
    for _ in range(3):
        check(actor_for("zhengfuban2"), propose(actor_for("zhengfuban1"), (figure("weight/9/core"), None)))
    assert queries(office, address) == before


@pytest.mark.parametrize(
    "address",
    [
        "/evaluation/schemes/2021/township/",
        "/evaluation/schemes/2020/other/",
        "/evaluation/figures/0/",
        "/evaluation/batches/0/",
    ],
)
def test_what_does_not_exist_is_not_found(office, address):
    assert office.get(address).status_code == 404


def test_a_figure_opens_in_the_page_and_as_a_fragment(client_of):
    one = figure("weight/9/core")
    client = client_of("beizhuang")
    fragment = text(client.get(f"/evaluation/figures/{one.pk}/", headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    for address in (f"/evaluation/figures/{one.pk}/", f"/evaluation/schemes/2020/township/?figure={one.pk}"):
        page = text(client.get(address))
        assert "原文（扫描所得，照录）" in page and "印出的约束" in page
    assert "8 + 5 + 3 + 3 + 3 + 3 = 25" in fragment and "新城核心区　25　25　40　10　100" in fragment
    assert "用到它的：新城核心区 4 家" in fragment


def test_a_figure_of_another_scheme_does_not_open_in_this_page(client_of):
    one = figure("weight/1/all", "department")
    page = text(client_of("beizhuang").get(f"/evaluation/schemes/2020/township/?figure={one.pk}"))
    assert "印出的约束" not in page
    assert client_of("beizhuang").get("/evaluation/schemes/2020/township/?figure=x").status_code == 200


@pytest.mark.parametrize(
    ("key", "track", "said"),
    [
        ("weight/2/eco", "township", "30 −（5＋3＋4＋2＋3＋4＋4）＝ 5"),
        ("share/13/1", "department", "3/7 + 2/7 + 1/7 + 1/7 = 1"),
        ("weight/10/all", "department", "附件2印 4"),
        ("scope/4", "township", "季考"),
        ("full-mark", "department", "100 分，按权重折算"),
        ("own-mark", "township", "照打并标注"),
        ("row-reading/bulaotun-zhen", "township", "按生态保护区取"),
    ],
)
def test_a_panel_says_how_the_figure_was_read(client_of, key, track, said):
    page = text(client_of("beizhuang").get(f"/evaluation/figures/{figure(key, track).pk}/"))
    assert said in page


def test_a_struck_out_carrier_says_that_it_takes_the_average(client_of):
    one = Figure.objects.filter(scheme__track="department", kind="carried", value="no").first()
    assert "取承担单位的平均分" in text(client_of("beizhuang").get(f"/evaluation/figures/{one.pk}/"))


# ── confirming ───────────────────────────────────────────────────────────────────────────────────


def test_the_office_sees_the_forms_and_nobody_else_does(client_of):
    one = figure("weight/9/core")
    for who in ("guanliyuan", "anquan", "shenji", "shuiwu", "beizhuang", "lingdao"):
        client = client_of(who)
        carriers = "schemes/2020/department/carriers/"
        for address in ("schemes/2020/township/", carriers, f"{carriers}?item=3", f"figures/{one.pk}/"):
            page = text(client.get(f"/evaluation/{address}"))
            assert (
                'name="seen"' not in page
                and 'name="unit" value' not in page
                and "提请复核" not in page
                and "导入任务表" not in page
            )
        assert client.post("/evaluation/schemes/2020/township/propose/", {"seen": f"{one.pk}:1"}).status_code == 403
        assert client.post("/evaluation/schemes/2020/township/choose/", {"seen": f"{one.pk}:1"}).status_code == 403
    page = text(client_of("zhengfuban1").get("/evaluation/schemes/2020/township/"))
    assert page.count('name="seen"') == 24 * 4 + 28 + 24 + 4 and "导入任务表" in page


def test_the_co_office_gets_no_forms_for_the_departments(client_of):
    user = User.objects.get(username="zhengfuban2")
    Post.objects.filter(user=user).update(organisation=Organisation.objects.get(code="fagai-wei"))
    client = client_of("zhengfuban2")
    assert 'name="seen"' in text(client.get("/evaluation/schemes/2020/township/"))
    assert 'name="seen"' not in text(client.get("/evaluation/schemes/2020/department/"))
    for path in ("task-table/", "task-table/template.xlsx"):
        assert client.get(f"/evaluation/schemes/2020/department/{path}").status_code == 403


def choose(client, *figures, **more):
    return client.post(
        "/evaluation/schemes/2020/township/choose/", {"seen": [f"{f.pk}:{f.version}" for f in figures], **more}
    )


def send(client, *pairs, track="township", **more):
    data = {"seen": ",".join(f"{f.pk}:{f.version}" for f, _ in pairs), "page": "第12页", "reason": "原件"}
    for one, value in pairs:
        if value is not None:
            data[f"value-{one.pk}"] = value
    return client.post(f"/evaluation/schemes/2020/{track}/propose/", data | more)


def test_chosen_figures_are_shown_before_anything_is_written(office):
    page = text(choose(office, figure("weight/9/core"), figure("share/2/1"), figure("scope/4")))
    assert "财源建设" in page and "区环境办" in page and 'value="1/2"' in page and "半年考" in page
    assert not FigureBatch.objects.exists()
    assert office.get("/evaluation/schemes/2020/township/choose/").status_code == 405


def test_nothing_chosen_and_garbage_are_refused(office):
    assert choose(office).status_code == 422
    garbage = office.post("/evaluation/schemes/2020/township/choose/", {"seen": "1;drop"})
    assert garbage.status_code == 400
    foreign = figure("weight/1/all", "department")
    assert choose(office, foreign).status_code == 404


def test_a_selection_becomes_one_batch_and_the_second_person_checks_it_on_its_page(office, client_of):
    answer = send(
        office, (figure("weight/9/core"), "10"), (figure("weight/10/core"), "3"), (figure("weight/11/core"), None)
    )
    batch = FigureBatch.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/evaluation/batches/{batch.pk}/"
    own = text(office.get(answer["Location"]))
    assert "请考评办的另一位同事复核" in own and "核对无误" not in own
    second = client_of("zhengfuban2")
    page = text(second.get(answer["Location"]))
    assert "8 分" in page and "10 分" in page and "照现值确认" in page and "核对无误，通过" in page
    assert "待复核 1" in text(second.get("/evaluation/schemes/2020/township/"))
    done = second.post(f"{answer['Location']}check/", {"decision": "approve", "note": ""})
    assert done.status_code == 302 and figure("weight/9/core").value == "10"
    again = second.post(f"{answer['Location']}check/", {"decision": "approve", "note": ""})
    assert again.status_code == 409 and figure("weight/9/core").version == 2
    assert "本方案还有 80 处没有确认" in text(office.get("/evaluation/schemes/2020/township/"))


def test_a_refused_proposal_keeps_what_was_typed(office):
    answer = send(office, (figure("weight/9/core"), "10"), page="第99页", reason="口头答复")
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="10"' in page and 'value="第99页"' in page and "口头答复" in page
    assert "新城核心区绿色发展" in page and not FigureBatch.objects.exists()
    answer = send(
        office,
        (figure("weight/9/core"), "十"),
        (figure("share/2/1"), "一半"),
        **{f"evaluator-{figure('share/2/1').pk}": "没有的局"},
    )
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and 'value="十"' in page
        and 'value="没有的局"' in page
        and page.count("tint-red") == 2
    )


def test_a_missing_page_is_told_at_its_field(office):
    answer = send(office, (figure("weight/9/core"), "8"), page=" ")
    assert answer.status_code == 422 and "请写明印发原件的页码" in answer.content.decode()


def test_a_stale_page_is_a_conflict_that_shows_the_present_value(office, actor_for):
    old = figure("weight/9/core")
    check(actor_for("zhengfuban2"), propose(actor_for("zhengfuban1"), (old, "10"), (figure("weight/10/core"), "3")))
    answer = send(office, (old, "9"))
    page = answer.content.decode()
    assert answer.status_code == 409 and "现为 10 分" in page and f'value="{old.pk}:2"' in page and 'value="9"' in page


def test_cells_are_taken_as_carried_or_not_by_the_button(office):
    one = Figure.objects.filter(scheme__track="township", kind="carried", value="yes").first()
    page = text(choose(office, one, **{"as": "no"}))
    assert re.search(r'<option value="no"\s+selected', page)


def test_a_whole_matrix_can_be_chosen_and_confirmed_at_once(office):
    cells = list(Figure.objects.filter(scheme__track="department", kind="carried"))
    address = "/evaluation/schemes/2020/department/choose/"
    page = text(office.post(address, {"seen": [f"{f.pk}:{f.version}" for f in cells]}))
    assert page.count("<select") == 931
    answer = send(office, *((f, f.value) for f in cells), track="department")
    assert answer.status_code == 302 and FigureBatch.objects.get().changes.count() == 931


def test_a_rejection_without_a_reason_is_refused_on_the_page(office, client_of):
    send(office, (figure("weight/9/core"), None))
    batch = FigureBatch.objects.get()
    second = client_of("zhengfuban2")
    address = f"/evaluation/batches/{batch.pk}/check/"
    answer = second.post(address, {"decision": "returned", "note": ""})
    assert answer.status_code == 422 and "退回要写意见" in answer.content.decode()
    assert second.post(address, {"decision": "", "note": "x"}).status_code == 422
    assert second.post(address, {"decision": "returned", "note": "页码不对"}).status_code == 302
    assert "页码不对" in text(second.get(f"/evaluation/batches/{batch.pk}/"))


def test_open_batches_are_the_offices_business_and_checked_ones_everybodys(office, client_of, actor_for):
    send(office, (figure("weight/9/core"), None))
    batch = FigureBatch.objects.get()
    address = f"/evaluation/batches/{batch.pk}/"
    listing = "/evaluation/schemes/2020/township/batches/"
    reader, auditor = client_of("beizhuang"), client_of("shenji")
    assert reader.get(address).status_code == 404 and auditor.get(address).status_code == 200
    assert "第12页" not in text(reader.get(listing)) and "第12页" in text(auditor.get(listing))
    panel = f"/evaluation/figures/{figure('weight/9/core').pk}/"
    assert "第12页" not in text(reader.get(panel)) and "第12页" in text(office.get(panel))
    check(actor_for("zhengfuban2"), batch)
    assert reader.get(address).status_code == 200 and "第12页" in text(reader.get(listing))
    assert "第12页" in text(reader.get(panel))


def test_a_scheme_without_open_figures_carries_no_trial_notice(office, actor_for):
    found = list(Figure.objects.unconfirmed().filter(scheme=Scheme.objects.get(track="township")))
    check(actor_for("zhengfuban2"), propose(actor_for("zhengfuban1"), *((f, None) for f in found)))
    page = text(office.get("/evaluation/schemes/2020/township/"))
    assert "没有确认" not in page and "data-next" not in page
    assert "演示" in page
