"""The matrix page and the list: what they show, to whom, and in how many queries."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluation.models import Mark, MarkSheet, Period, Rulebook
from evaluation.sheets.queries.sheets import shown_mark
from evaluation.sheets.services.record import add_line
from tests.evaluation.conftest import NOW, actor_named
from tests.factories.markup import one_line
from tests.factories.sheets import cell, fill, move_window, person, save, water_sheet
from tests.factories.unlike import active, add, outfall


def page_of(client, sheet) -> str:
    return client.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()


def row_in(text: str, code: str) -> str:
    found = re.search(rf'<tr id="row-{code}".*?</tr>', text, re.S)
    assert found, code
    return found[0]


def test_the_fragment_after_a_save_equals_the_row_of_a_reload(shuiwu, sheet):
    for fields in (
        {"value": "88.5", "problems": "沟渠清淤慢"},
        {"not_applicable": "1", "reason": "河段已移交"},
        {"value": ""},
    ):
        answer = save(shuiwu, sheet, cell(sheet), **fields)
        assert answer.status_code == 200
        fragment, page = answer.content.decode(), page_of(shuiwu, sheet)
        assert row_in(fragment, cell(sheet).organisation.code) == row_in(page, cell(sheet).organisation.code)
        dock = re.compile(r'<div id="sheet-dock".*?<div class="acts">', re.S)
        assert dock.search(fragment)[0] == dock.search(page)[0]


def test_every_sheet_begins_blank_and_nothing_is_filled_in(shuiwu, sheet):
    text = page_of(shuiwu, sheet)
    values = re.findall(r'<input name="value"[^>]* value="([^"]*)"', text)
    assert values == [""] * 20
    assert "已存</span><b>0/20</b>" in text and "报送（还差 20 格）" in text


def test_rows_stand_in_printed_order_with_the_filed_mark_of_the_last_period(shuiwu, sheet):
    text = page_of(shuiwu, sheet)
    codes = re.findall(r'<tr id="row-([a-z-]+)"', text)
    assert codes == list(sheet.marks.order_by("order").values_list("organisation__code", flat=True))
    before = Mark.objects.get(sheet=water_sheet("2020Q2"), organisation=cell(sheet).organisation).value
    assert f'<td class="num ink2">{shown_mark(before)}</td>' in row_in(text, codes[0])


def test_an_unfiled_earlier_sheet_shows_no_mark(shuiwu, sheet):
    MarkSheet.objects.filter(pk=water_sheet("2020Q2").pk).update(state="returned")
    assert '<td class="num ink2">–</td>' in row_in(page_of(shuiwu, sheet), cell(sheet).organisation.code)


def test_an_organisation_without_the_task_stands_under_the_table_with_rule_and_clause(shuiwu, sheet):
    text = page_of(shuiwu, sheet)
    idle = re.search(r'<tr class="not-carried">.*?</tr>', text, re.S)[0]
    assert "中关村密云园" in idle and "取 20 家得分率的平均" in idle and "附件5·注" in idle and "<input" not in idle


def test_the_dock_counts_and_sums_up_what_is_stored(shuiwu, sheet):
    for number, value in ((1, "80"), (2, "90"), (3, "100")):
        save(shuiwu, sheet, cell(sheet, number), value=value)
    save(shuiwu, sheet, cell(sheet, 4), not_applicable="1", reason="河段已移交")
    text = page_of(shuiwu, sheet)
    dock = re.sub(r"<[^>]+>", "", re.search(r'<div class="dock-bar">.*?<div class="acts">', one_line(text), re.S)[0])
    assert "已存4/20（含不适用 1）" in dock and "空白16" in dock
    assert "均值90.00" in dock and "标准差8.16" in dock and "最低–最高80.0–100.0" in dock


def test_where_full_marks_differ_they_are_a_column_and_the_mean_is_that_of_rates(shuiwu, sheet):
    Mark.objects.filter(sheet=sheet, organisation__zone="eco").update(full_mark=Decimal(4))
    Mark.objects.filter(sheet=sheet).exclude(organisation__zone="eco").update(full_mark=Decimal(3))
    first, last = cell(sheet, 1), cell(sheet, 20)
    save(shuiwu, sheet, first, value="3")
    save(shuiwu, sheet, last, value="2")
    text = page_of(shuiwu, sheet)
    assert ">满分</th>" in text and "得分率均值</span>75.00%" in text
    assert save(shuiwu, sheet, cell(sheet, 2), value="3.5").status_code == 422


def test_an_evaluator_marking_itself_is_said_so(demo):
    own = MarkSheet.objects.get(
        scheme__track="department", period__code="2020Q2", indicator__number=11, evaluator__name="区发展改革委"
    )
    text = page_of(person("zhengfuban1"), own)
    assert "评本单位" in row_in(text, "fagai-wei")


@pytest.mark.parametrize("path", ["", "print/"])
def test_a_page_takes_as_many_queries_for_49_rows_as_for_few(demo, django_assert_num_queries, path):
    office = person("zhengfuban1")
    # A sheet whose material goes offline has no scans to ask for.
    found = MarkSheet.objects.filter(period__code="2020Q2", indicator__offline_only=False)
    sheets = sorted(found, key=lambda sheet: sheet.marks.count())
    sizes = [sheets[0], sheets[-1]]
    assert sizes[0].marks.count() <= 21 and sizes[1].marks.count() == 49
    counts = []
    for one in sizes:
        office.get(f"/evaluation/sheets/{one.pk}/{path}")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert office.get(f"/evaluation/sheets/{one.pk}/{path}").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 22, counts


def test_the_frame_asks_six_questions_at_most_and_the_matrix_ten_more(shuiwu, sheet):
    """A rulebook, earlier periods, lines to four providers and an active condition stand on it: the record is asked for
    beside one row, and with the checks, each by a question of the page that stands."""
    for provider, source in (
        ("registers", "water.outfall"),
        ("duties", "2020-22"),
        ("disclosure", "applications"),
        ("supervision", "all"),
    ):
        add_line(
            actor=actor_named("zhengfuban1", "evaluation_office"),
            figure_id=sheet.share_figure_id,
            provider=provider,
            source=source,
            basis="22号五（三）",
            assumed=False,
            at=NOW(),
        )
    active(add())
    fill(sheet, "97")
    counts = []
    for path in ("/help/1/", f"/evaluation/sheets/{sheet.pk}/"):
        shuiwu.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert shuiwu.get(path).status_code == 200
        counts.append(len(seen))
    frame, whole = counts
    assert frame <= 6 and whole - frame <= 10, counts
    few = asked_for_checks(shuiwu, sheet)
    for number in range(1, 20):
        outfall(cell(sheet, number))
    # One more once there is something to explain, whatever the number of units.
    assert few <= 16 and asked_for_checks(shuiwu, sheet) == few + 1


def asked_for_checks(client, sheet) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(f"/evaluation/sheets/{sheet.pk}/checks/").status_code == 200
    return len(seen)


def test_saving_a_cell_takes_as_many_queries_on_a_large_sheet_as_on_a_small_one(demo):
    counts = []
    Rulebook.objects.all().delete()  # its lines are one query more where there is one
    for track, who in (("township", "shuiwu"), ("department", "weijian")):
        found = MarkSheet.objects.filter(scheme__track=track, period__code="2020Q3")
        client = person(who)
        one = next(
            s for s in found.select_related("evaluator") if client.get(f"/evaluation/sheets/{s.pk}/").status_code == 200
        )
        save(client, one, cell(one), value="80")
        with CaptureQueriesContext(connection) as seen:
            assert save(client, one, cell(one, 2), value="81").status_code == 200
        counts.append((one.marks.count(), len(seen)))
    assert counts[0][0] < counts[1][0] and counts[0][1] == counts[1][1], counts


def test_the_panel_shows_the_last_periods_and_takes_a_fixed_number_of_queries(
    shuiwu, sheet, django_assert_max_num_queries
):
    code = cell(sheet).organisation.code
    page_of(shuiwu, sheet)  # the number beside 工作台 is read once a minute
    with django_assert_max_num_queries(23):
        text = shuiwu.get(f"/evaluation/sheets/{sheet.pk}/rows/{code}/").content.decode()
    assert "第二季度" in text and "上期平均" in text and "标为不适用" in text
    assert shuiwu.get(f"/evaluation/sheets/{sheet.pk}/rows/zhongguancun/").status_code == 404


def test_before_the_start_and_after_the_end_the_page_says_why_it_is_closed(shuiwu, sheet):
    move_window("2020Q3", 20)
    text = page_of(shuiwu, sheet)
    assert "还没有到填报开始时间" in text and 'name="value"' not in text
    move_window("2020Q3", -40)
    text = page_of(shuiwu, sheet)
    assert "已过补报截止" in text and "区政府办申请重开" in text and 'name="value"' not in text


def test_marks_of_others_are_escaped(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet), problems='</textarea><script src="x"></script>')
    text = page_of(shuiwu, sheet)
    assert '<script src="x">' not in text and "&lt;/textarea&gt;" in text


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


def test_an_evaluator_lists_its_own_sheets_and_the_office_all_57(demo):
    own = person("shuiwu").get("/evaluation/sheets/").content.decode()
    assert len(re.findall(r'href="/evaluation/sheets/\d+/"', own)) == 1 and "河长制和水环境治理" in own
    office = person("zhengfuban1").get("/evaluation/sheets/").content.decode()
    assert len(re.findall(r'href="/evaluation/sheets/\d+/"', office)) == 57 and "已报送 0/57 张" in office
    assert "区发展改革委" in office and "0/13" in office, "counts per evaluator"


def test_filters_live_in_the_address(demo):
    office = person("zhengfuban1")

    def rows(query):
        return len(
            re.findall(r'href="/evaluation/sheets/\d+/"', office.get(f"/evaluation/sheets/?{query}").content.decode())
        )

    assert rows("track=township") == 28 and rows("track=department") == 29
    assert rows("state=filed") == 0 and rows("period=2020Q2&state=filed") == 57
    assert rows(f"evaluator={water_sheet().evaluator.code}") == 1 and rows("evaluator=nobody") == 0
    assert rows("state=waiting") == 0


def test_the_list_takes_as_many_queries_for_57_sheets_as_for_one(demo):
    counts = []
    for who in ("shuiwu", "zhengfuban1"):
        client = person(who)
        client.get("/evaluation/sheets/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/evaluation/sheets/")
        counts.append(len([q for q in seen if "organisations_organisation" not in q["sql"] or "LIMIT" not in q["sql"]]))
    # The desk's counter asks more for the office than for an evaluator, by kinds of work and not by sheets.
    assert abs(counts[0] - counts[1]) <= 3 and max(counts) <= 16, counts


@pytest.mark.parametrize(
    ("username", "words"),
    [("beizhuang", "您的岗位不打分"), ("lingdao", "您的岗位不打分"), ("shenji", "您的岗位不打分")],
)
def test_an_empty_list_says_why(demo, username, words):
    assert words in person(username).get("/evaluation/sheets/").content.decode()


def test_an_evaluator_without_sheets_is_told_when_they_come(shuiwu):
    Period.objects.all().delete()
    assert "填报开始时由系统按方案生成" in shuiwu.get("/evaluation/sheets/").content.decode()


@pytest.mark.parametrize(
    ("username", "target"),
    [("shuiwu", "/evaluation/sheets/"), ("lingdao", "/evaluation/rankings/"), ("beizhuang", "/evaluation/rankings/")],
)
def test_the_index_lands_by_role(demo, username, target):
    assert person(username).get("/evaluation/")["Location"] == target


def test_states_in_the_list_follow_the_clock(shuiwu, sheet):
    assert "未填" in shuiwu.get("/evaluation/sheets/").content.decode()
    save(shuiwu, sheet, cell(sheet), value="88")
    assert "填报中" in shuiwu.get("/evaluation/sheets/").content.decode()
    period = Period.objects.get(code="2020Q3")
    period.due_at = NOW() - timedelta(hours=1)
    period.save()
    assert "可补报" in shuiwu.get("/evaluation/sheets/").content.decode()
    fill(sheet)
    period.late_until = NOW() - timedelta(minutes=1)
    period.save()
    assert "缺表" in shuiwu.get("/evaluation/sheets/").content.decode()
