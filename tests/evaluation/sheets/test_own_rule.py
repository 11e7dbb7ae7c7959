"""What the own 细则 gives stands in the matrix as a proposal: accepted by a person, typed otherwise with a reason, never written by itself."""

import io
import json
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from evaluation.models import DeductionLine, Mark, MarkSheet, WorkbookUpload
from evaluation.sheets.queries.methods import proposed_marks
from evaluation.sheets.rules.declaring import Typed
from evaluation.sheets.services.marks import RowInput, save_marks
from evaluation.sheets.services.rulebooks import LineInput, withdraw_line
from evaluation.sheets.services.sheets import start_paper_entry
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.conftest import actor_named
from tests.factories.markup import one_line
from tests.factories.methods import (
    WENLV,
    publish_methods,
    put_month,
    rate_of,
    tourism_evaluator,
    tourism_sheet,
    tourism_table,
)
from tests.factories.sheets import cell, fill, person, save
from tests.factories.tokens import issue_token

pytestmark = pytest.mark.usefixtures("demo")
TEXT = "旅游收入未完成目标的，每低一个百分点扣一分"
SUM = "目标 1.20 亿元，完成 1.05 亿元，完成率 87.5 %，按细则第 1 条扣 12.5 分（数据表“旅游收入”9 月第 1 版）"


@pytest.fixture
def sheet() -> MarkSheet:
    tourism_evaluator()
    return tourism_sheet()


@pytest.fixture
def table(sheet):
    made = tourism_table()
    publish_methods(sheet, LineInput(TEXT, "", rate_of(made)), LineInput("其他问题", "5"))
    put_month(made, "2020-09")
    return made


@pytest.fixture
def wenlv(sheet):
    return person(WENLV)


def page_of(client, sheet):
    return one_line(client.get(f"/evaluation/sheets/{sheet.pk}/").content.decode())


def offered(text):
    return re.findall(r'name="cell" value="([^"]+)"', text)


def accept(client, sheet, cells):
    return client.post(f"/evaluation/sheets/{sheet.pk}/accept/", {"cell": cells})


def row_in(text, code):
    return re.search(rf'<tr id="row-{code}".*?</tr>', text)[0]


def figures(table, **changed):
    """The default month with some rows changed, by number of the unit from 1; None leaves the unit out."""
    from evaluation.tasks.services.data_tables import rows_wanted

    rows = {}
    for n, (code, _) in enumerate(rows_wanted(table), 1):
        values = changed.get(f"n{n}", ["1.20", "1.05", "0", None])
        if values is not None:
            rows[code] = values
    return rows


def test_sixteen_towns_are_proposed_and_nothing_is_marked(wenlv, sheet, table):
    text = page_of(wenlv, sheet)
    assert len(offered(text)) == 16 and "采纳细则算出的 16 格" in text
    first = row_in(text, cell(sheet).organisation.code)
    assert 'placeholder="87.5"' in first and SUM in first and 'value=""' in first
    assert not sheet.marks.exclude(value=None).exists() and "已存</span><b>0/16</b>" in text


def test_one_press_accepts_the_column_as_deductions(wenlv, sheet, table):
    assert accept(wenlv, sheet, offered(page_of(wenlv, sheet))).status_code == 302
    values = list(sheet.marks.order_by("order").values_list("value", flat=True))
    by_hand = ["87.5", "88.333", "89.167", "90", "90.833", "91.667", "92.5", "93.333"]
    by_hand += ["94.167", "95", "95.833", "96.667", "97.5", "98.333", "99.167", "100"]
    assert values == [Decimal(one) for one in by_hand]
    line = DeductionLine.objects.get(mark=cell(sheet))
    assert (line.points, line.reason, line.accepted) == (Decimal("12.5"), SUM, True)
    full = DeductionLine.objects.get(mark=cell(sheet, 16))
    assert full.points == 0 and "按细则第 1 条不扣分" in full.reason, "its sum stands beside the full mark"
    text = page_of(wenlv, sheet)
    assert not offered(text) and "已存</span><b>16/16</b>" in text
    entry = AuditEntry.objects.filter(action="evaluation.marks.saved").latest("seq")
    assert SUM in entry.data and "文旅经办" in entry.actor_label
    # A column pasted on top names the lines that would go before a reason is given.
    told = wenlv.post(f"/evaluation/sheets/{sheet.pk}/paste/", {"clipboard": "86\n88", "start": ""})
    text = re.sub(r"\s+", "", told.content.decode())
    assert "有2格的分是按扣分明细算出的" in text and "与细则不同，取代原有的1条扣分明细，要写明理由" in text


def test_without_a_method_nothing_is_proposed(wenlv, sheet):
    made = tourism_table()
    put_month(made, "2020-09")
    publish_methods(sheet, LineInput(TEXT, "50"))
    text = page_of(wenlv, sheet)
    assert not offered(text) and "placeholder" not in row_in(text, cell(sheet).organisation.code)
    assert proposed_marks(sheet) == {}
    assert save(wenlv, sheet, cell(sheet), value="60").status_code == 200, "no reason is asked for"


def test_a_method_published_after_the_sheet_opened_proposes_nothing(wenlv, sheet):
    from evaluation.sheets.services.rulebooks import publish_rulebook

    made = tourism_table()
    put_month(made, "2020-09")
    lines = [LineInput(TEXT, "", rate_of(made))]
    publish_rulebook(
        actor=tourism_evaluator(),
        figure_id=sheet.share_figure_id,
        title="旅游收入考评细则",
        lines=lines,
        seen_number=0,
        at=timezone.now(),
    )
    assert not offered(page_of(wenlv, sheet))


def test_another_mark_asks_why_in_its_row_and_is_kept_with_the_reason(wenlv, sheet, table):
    answer = save(wenlv, sheet, cell(sheet), value="95")
    text = one_line(answer.content.decode())
    assert answer.status_code == 422 and "打 95，而细则算出 87.5" in text and "override-reason" in text
    assert 'value="95"' in text and cell(sheet).value is None
    short = save(wenlv, sheet, cell(sheet), value="95", override="1", reason="好")
    assert short.status_code == 422 and cell(sheet).value is None
    kept = save(wenlv, sheet, cell(sheet), value="95", override="1", reason="景区停业两月不可归责")
    assert kept.status_code == 200 and cell(sheet).value == 95 and cell(sheet).reason == "景区停业两月不可归责"
    assert not DeductionLine.objects.filter(mark__sheet=sheet).exists()
    panel = wenlv.get(f"/evaluation/sheets/{sheet.pk}/rows/{cell(sheet).organisation.code}/").content.decode()
    assert "景区停业两月不可归责" in panel and "细则算出" in panel and SUM in panel
    again = save(wenlv, sheet, cell(sheet), value="95", problems="接待能力不足")
    assert again.status_code == 200 and cell(sheet).reason == "景区停业两月不可归责"


def test_the_proposed_mark_itself_may_be_typed(wenlv, sheet, table):
    assert save(wenlv, sheet, cell(sheet), value="87.5").status_code == 200
    assert cell(sheet).value == Decimal("87.5") and not cell(sheet).reason


def test_one_row_is_accepted_by_its_own_button(wenlv, sheet, table):
    token = re.search(r'data-accepts="(\w+)"', row_in(page_of(wenlv, sheet), cell(sheet).organisation.code))[1]
    answer = save(wenlv, sheet, cell(sheet), accepts=token)
    fragment = one_line(answer.content.decode())
    assert answer.status_code == 200 and cell(sheet).value == Decimal("87.5")
    code = cell(sheet).organisation.code
    assert row_in(fragment, code) == row_in(page_of(wenlv, sheet), code)
    assert len(offered(fragment)) == 15, "the dock counts what is left"
    both = save(wenlv, sheet, cell(sheet, 2), accepts=token, value="80")
    assert both.status_code == 422 and cell(sheet, 2).value is None


def test_what_was_on_the_screen_is_what_is_accepted(wenlv, sheet, table):
    """A later version of the table between looking and pressing, another's save, a forged token: nothing is written."""
    cells = offered(page_of(wenlv, sheet))
    put_month(table, "2020-09", figures(table, n2=["1.20", "0.60", "0", None]))
    moved = accept(wenlv, sheet, cells)
    assert moved.status_code == 422
    assert "细则算出的已变" in moved.content.decode() and not sheet.marks.exclude(value=None).exists()
    cells = offered(page_of(wenlv, sheet))
    save(wenlv, sheet, cell(sheet), value="87.5")
    stale = accept(wenlv, sheet, cells)
    assert stale.status_code == 409 and "刚被" in stale.content.decode()
    assert sheet.marks.exclude(value=None).count() == 1
    for broken, status in (([], 422), (["x"], 400), (["a:b:c"], 400), (["beizhuang-zhen:0:"], 400)):
        assert accept(wenlv, sheet, broken).status_code == status
    actor, mark = tourism_evaluator(), cell(sheet, 2)
    with pytest.raises(Refused, match="细则算出的已变"):
        rows = [RowInput(mark.organisation.code, mark.version, accepts="0" * 16)]
        save_marks(actor=actor, sheet_id=sheet.pk, rows=rows, at=timezone.now())


def test_only_the_evaluator_accepts(sheet, table):
    cells = offered(page_of(person(WENLV), sheet))
    assert accept(person("shuiwu"), sheet, cells).status_code == 404
    assert accept(person("zhengfuban1"), sheet, cells).status_code == 403
    assert not offered(page_of(person("zhengfuban1"), sheet)) and not sheet.marks.exclude(value=None).exists()


def test_a_missing_figure_proposes_nothing_and_a_target_of_nothing_asks(wenlv, sheet, table):
    rows = figures(table, n1=["1.20", None, "0", None], n2=["0", "0.50", "0", None], n3=None)
    put_month(table, "2020-09", rows)
    text = page_of(wenlv, sheet)
    assert len(offered(text)) == 13
    missing, zero, absent = (row_in(text, cell(sheet, n).organisation.code) for n in (1, 2, 3))
    assert "数据表没有完成的数，不建议得分" in missing and "placeholder" not in missing
    assert "目标是 0，算不出完成率" in zero and "is-amber" in zero and "placeholder" not in zero
    assert "数据表没有这个单位，不建议得分" in absent
    assert save(wenlv, sheet, cell(sheet, 1), value="80").status_code == 200
    asked = save(wenlv, sheet, cell(sheet, 2), value="80")
    assert asked.status_code == 422 and "目标是 0" in asked.content.decode() and cell(sheet, 2).value is None
    assert save(wenlv, sheet, cell(sheet, 2), value="80", override="1", reason="本期没有下达目标").status_code == 200


def test_a_month_that_is_not_imported_proposes_nothing(wenlv, sheet):
    made = tourism_table()
    publish_methods(sheet, LineInput(TEXT, "", Typed("each", str(made.pk), "sum", "投诉", step="2")))
    put_month(made, "2020-09")
    text = page_of(wenlv, sheet)
    assert not offered(text) and "7 月、8 月还没有导入，不建议得分" in text
    put_month(made, "2020-07")
    put_month(made, "2020-08")
    text = page_of(wenlv, sheet)
    assert len(offered(text)) == 16
    assert (
        "投诉 3 起，每起扣 2 分，按细则第 1 条扣 6 分（数据表“旅游收入”7 月第 1 版、8 月第 1 版、9 月第 1 版）" in text
    )


def test_a_replaced_version_of_the_table_says_so_and_changes_no_mark(wenlv, sheet, table):
    accept(wenlv, sheet, offered(page_of(wenlv, sheet)))
    before = list(Mark.objects.filter(sheet=sheet).order_by("pk").values_list("pk", "value", "version"))
    assert "数据已更新" not in page_of(wenlv, sheet)
    put_month(table, "2020-09", figures(table, n1=["1.20", "1.20", "0", None]))
    text = page_of(wenlv, sheet)
    assert row_in(text, cell(sheet).organisation.code).count("数据已更新，未重算") == 1
    assert "采纳 100" in row_in(text, cell(sheet).organisation.code)
    assert list(Mark.objects.filter(sheet=sheet).order_by("pk").values_list("pk", "value", "version")) == before
    assert "数据已更新，未重算" in one_line(wenlv.get("/evaluation/sheets/?period=2020Q3").content.decode())
    assert "数据已更新，未重算的：" in text, "the check before filing names them"
    filed = wenlv.post(
        f"/evaluation/sheets/{sheet.pk}/file/", {"version": sheet.version, "seen": sum(v for _, _, v in before)}
    )
    assert filed.status_code == 422 and "数据已更新，未重算的：" in filed.content.decode()
    token = re.search(r'data-accepts="(\w+)"', row_in(text, cell(sheet).organisation.code))[1]
    again = one_line(save(wenlv, sheet, cell(sheet), accepts=token).content.decode())
    assert cell(sheet).value == 100 and "数据已更新，未重算" not in row_in(again, cell(sheet).organisation.code)


def test_a_withdrawn_line_proposes_no_more_and_its_deductions_are_told(wenlv, sheet, table):
    cells = offered(page_of(wenlv, sheet))
    accept(wenlv, sheet, cells[:2])
    line = DeductionLine.objects.filter(mark__sheet=sheet).first().line
    withdraw_line(
        actor=tourism_evaluator(),
        figure_id=sheet.share_figure_id,
        line_id=line.pk,
        reason="数据口径有误",
        at=timezone.now(),
    )
    text = page_of(wenlv, sheet)
    assert not offered(text) and "细则条目已撤回" in row_in(text, cell(sheet).organisation.code)
    assert cell(sheet).value == Decimal("87.5"), "what was accepted stays until a person changes it"
    assert "扣分所据的细则条目已撤回的：" in text
    late = accept(wenlv, sheet, cells[2:3])
    assert late.status_code == 422 and cell(sheet, 3).value is None
    manual = {"line": line.pk, "points": "3", "why": "自行扣分"}
    cited = save(wenlv, sheet, cell(sheet, 3), **manual)
    assert cited.status_code == 422 and "已撤回（数据口径有误）" in cited.content.decode()


def test_deductions_by_hand_stand_beside_the_accepted_one(wenlv, sheet, table):
    accept(wenlv, sheet, offered(page_of(wenlv, sheet))[:1])
    stored = DeductionLine.objects.get(mark=cell(sheet))
    other = stored.line.rulebook.lines.get(order=2)
    lines = {"line": [stored.line_id, other.pk], "points": ["12.5", "2"], "why": [stored.reason, "一家景区停业未报"]}
    assert save(wenlv, sheet, cell(sheet), **lines).status_code == 200
    assert cell(sheet).value == Decimal("85.5")
    assert [one.accepted for one in DeductionLine.objects.filter(mark=cell(sheet)).order_by("pk")] == [True, False]
    put_month(table, "2020-09", figures(table, n1=["1.20", "1.20", "0", None]))
    lines["points"][1] = "3"
    assert save(wenlv, sheet, cell(sheet), **lines).status_code == 200
    assert "数据已更新，未重算" in row_in(page_of(wenlv, sheet), cell(sheet).organisation.code), "still of the old data"
    lines["points"][0] = "0"
    zero = save(wenlv, sheet, cell(sheet), **lines)
    assert zero.status_code == 422 and "须大于 0" in zero.content.decode()


def test_lines_that_take_off_more_than_there_is_ask(wenlv, sheet):
    made = tourism_table()
    each = Typed("each", str(made.pk), "last", "投诉", step="60")
    publish_methods(sheet, LineInput(TEXT, "", each), LineInput("完成率", "", rate_of(made)))
    put_month(made, "2020-09", figures(made, n1=["1.20", "0.60", "1", None]))
    text = page_of(wenlv, sheet)
    first = row_in(text, cell(sheet).organisation.code)
    assert "各条合计扣 110 分，超过满分 100" in first and len(offered(text)) == 15
    assert save(wenlv, sheet, cell(sheet), value="0").status_code == 422
    assert save(wenlv, sheet, cell(sheet), value="0", override="1", reason="各条合计已扣完").status_code == 200


def test_a_pasted_column_asks_row_by_row_where_it_departs(wenlv, sheet, table):
    code = cell(sheet).organisation.code
    preview = wenlv.post(f"/evaluation/sheets/{sheet.pk}/paste/", {"clipboard": "87.5\n70", "start": code})
    text = one_line(preview.content.decode())
    assert "与细则不同，要写明理由：细则算出 88.333" in text and "先改 1 处" in text
    codes = [cell(sheet, n).organisation.code for n in (1, 2)]
    sent = {
        "organisation": codes,
        "version": ["0", "0"],
        "pasted": ["87.5", "70"],
        "read": ["87.5", "70"],
        "choice": ["", ""],
        "reason": ["", ""],
        "shape": "剪贴板",
    }
    assert wenlv.post(f"/evaluation/sheets/{sheet.pk}/column/", sent).status_code == 422
    assert cell(sheet).value is None
    sent["reason"] = ["", "数据口径与往年不同"]
    assert wenlv.post(f"/evaluation/sheets/{sheet.pk}/column/", sent).status_code == 204
    assert cell(sheet, 2).value == 70 and cell(sheet, 2).reason == "数据口径与往年不同"


def test_a_cell_not_applicable_or_already_marked_is_not_offered(wenlv, sheet, table):
    save(wenlv, sheet, cell(sheet), not_applicable="1", reason="本期没有景区开放")
    save(wenlv, sheet, cell(sheet, 2), value="80", override="1", reason="接待能力不足一半")
    text = page_of(wenlv, sheet)
    assert len(offered(text)) == 14
    assert accept(wenlv, sheet, offered(text)).status_code == 302
    assert cell(sheet).not_applicable and cell(sheet, 2).value == 80


def test_what_is_entered_from_paper_is_what_the_paper_says(sheet, table):
    office = actor_named("zhengfuban1", "evaluation_office")
    start_paper_entry(actor=office, sheet_id=sheet.pk, version=sheet.version, paper_number="文旅-1", at=timezone.now())
    client = person("zhengfuban1", "evaluation_office")
    assert not offered(page_of(client, sheet))
    assert save(client, sheet, cell(sheet), value="70").status_code == 200 and cell(sheet).value == 70


def test_a_filed_sheet_is_read_with_its_sums_and_accepts_no_more(wenlv, sheet, table):
    cells = offered(page_of(wenlv, sheet))
    fill(sheet, "90")
    MarkSheet.objects.filter(pk=sheet.pk).update(state="filed", filed_at=timezone.now())
    assert not offered(page_of(wenlv, sheet))
    answer = accept(wenlv, sheet, cells)
    assert answer.status_code == 409 and "已报送" in one_line(answer.content.decode())


def test_the_rest_answer_names_what_the_pages_do(sheet, table):
    _, token = issue_token(
        client="文旅", organisation=resolve("区文旅局"), role="evaluator", at=timezone.now(), actor=SYSTEM
    )
    way = f"/api/v1/mark-sheets/{sheet.pk}/"
    row = Client().get(way, headers={"authorization": f"Token {token}"}).json()["rows"][0]
    assert row["own_rule"] == {
        "value": "87.5",
        "sum": SUM,
        "asks": False,
        "lines": [{"line": 1, "points": "12.5", "sum": SUM}],
    }
    assert row["value"] is None and row["data_moved"] is False
    body = [{"organisation": row["organisation"], "value": "95", "version": 0}]
    send = {"path": f"{way}marks/", "content_type": "application/json", "headers": {"authorization": f"Token {token}"}}
    refused = Client().patch(data=json.dumps(body), **send)
    assert refused.status_code == 422 and refused.json()["code"] == "own-rule-differs", refused.content.decode()
    body[0]["reason"] = "景区停业两月不可归责"
    assert Client().patch(data=json.dumps(body), **send).status_code == 200 and cell(sheet).value == 95


def test_the_workbook_tells_it_and_reads_back_only_the_open_cells(wenlv, sheet, table):
    content = wenlv.get(f"/evaluation/sheets/{sheet.pk}/workbook/").content
    opened = load_workbook(io.BytesIO(content))
    cells = [[one.value for one in row] for row in opened["打分"].iter_rows()]
    head = next(row for row in cells if "考评对象" in row)
    first = cells[cells.index(head) + 1]
    assert head[-2:] == ["细则算出", "算式"] and first[-1] == SUM and Decimal(str(first[-2])) == Decimal("87.5")
    opened["打分"].cell(cells.index(head) + 2, head.index("本期得分") + 1).value = 87.5
    out = io.BytesIO()
    opened.save(out)
    upload = SimpleUploadedFile("打分.xlsx", out.getvalue())
    preview = one_line(wenlv.post(f"/evaluation/sheets/{sheet.pk}/workbook/", {"workbook": upload}).content.decode())
    assert "工作簿预览" in preview and "要先" not in preview, preview[:2000]


def test_what_was_accepted_as_a_column_is_taken_back_in_one_press(wenlv, sheet, table):
    cells = offered(page_of(wenlv, sheet))
    assert accept(wenlv, sheet, cells).status_code == 302
    (done,) = WorkbookUpload.objects.all()
    page = " ".join(page_of(wenlv, sheet).split())
    assert (
        f"写入了 {len(cells)} 格（采纳细则算出的得分）" in page and f"撤销这次写入（{len(cells)} 格改回原值）" in page
    )
    assert wenlv.post(f"/evaluation/sheets/{sheet.pk}/workbook/{done.pk}/undo/").status_code == 302
    assert not sheet.marks.filter(value__isnull=False).exists()
