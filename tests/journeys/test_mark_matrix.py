"""An evaluator's afternoon in Chromium: typing, refusals, a pasted column, a lost sign-in, filing."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from evaluation.models import Mark, MarkSheet, Rulebook, RulebookLine
from miyun_kpi.lib.actors import Actor
from tests.evaluation.conftest import NOW, actor_named
from tests.factories.sheets import fill, water_sheet
from tests.journeys.filing import file_it, one_reason, paste
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def sheet(live_demo: None) -> MarkSheet:
    return water_sheet()


@pytest.fixture
def matrix(page: Any, sheet: MarkSheet) -> Any:
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    return page


def codes(sheet: MarkSheet) -> list[str]:
    return list(sheet.marks.order_by("order").values_list("organisation__code", flat=True))


def values(sheet: MarkSheet) -> list[Decimal | None]:
    return list(sheet.marks.order_by("order").values_list("value", flat=True))


def row(page: Any, sheet: MarkSheet, number: int) -> Any:
    return page.locator(f"#row-{codes(sheet)[number - 1]}")


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.closest('tr').dataset.code"))


def saved(page: Any, sheet: MarkSheet, number: int) -> None:
    row(page, sheet, number).locator("text=已存").wait_for()


def test_from_the_first_cell_to_the_filed_sheet(matrix: Any, sheet: MarkSheet) -> None:
    page, code = matrix, codes(sheet)
    page.keyboard.press("g")
    assert focused(page) == code[0], "G goes to the first unfinished cell"
    page.keyboard.type("88.5")
    assert "正在输入" in row(page, sheet, 1).inner_text()
    page.keyboard.press("Enter")
    assert focused(page) == code[1]
    saved(page, sheet, 1)
    page.keyboard.type("86")
    page.keyboard.press("ArrowDown")
    saved(page, sheet, 2)
    page.keyboard.type("105")
    page.keyboard.press("Enter")
    refused = row(page, sheet, 3)
    refused.locator("text=105 超过本表满分 100").wait_for()
    assert refused.locator("input[name=value]").input_value() == "105"
    assert page.inner_text("[data-pending]") == "1"
    assert values(sheet)[:3] == [Decimal("88.5"), 86, None]
    refused.locator("text=改回空白").click()
    page.locator("[data-pending]:text-is('0')").wait_for()
    assert row(page, sheet, 3).locator("input[name=value]").input_value() == ""
    assert "已存2/20" in re.sub(r"\s", "", page.inner_text(".dock-bar"))

    page.locator("[data-cell]").first.focus()
    paste(page, "\r\n".join(["88.5", "８７", "八十六", *["90"] * 17]) + "\r\n")
    page.wait_for_selector("#paste-preview")
    assert page.is_hidden("[data-matrix]") and "全角数字已按半角读" in page.inner_text("#paste-preview")
    assert values(sheet)[1] == 86, "nothing is written yet"
    page.click("text=写入整列（先改 1 处）")
    page.wait_for_selector("text=整列没有写入")
    page.fill("#paste-preview .cannot input[name=read]", "86")
    assert page.inner_text("#paste-form [data-write]").strip() == "写入整列", (
        "the button counts what is left as it is typed"
    )
    page.click("#paste-form [data-write]")
    page.wait_for_selector("text=20/20")
    assert values(sheet) == [Decimal("88.5"), 87, 86, *[90] * 17]

    one_reason(page)
    file_it(page)
    page.wait_for_selector("text=已报送，不能再改")
    assert page.locator("input[name=value]").count() == 0
    sheet.refresh_from_db()
    assert sheet.receipt_number and sheet.receipt_number in page.inner_text("main")


def test_keys_do_what_the_panel_of_keys_says(matrix: Any, sheet: MarkSheet) -> None:
    page, code = matrix, codes(sheet)
    page.locator("[data-cell]").first.focus()
    page.keyboard.type("80")
    page.keyboard.press("Escape")
    assert page.locator("[data-cell]").first.input_value() == "" and values(sheet)[0] is None
    page.keyboard.type("80")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "problems"
    saved(page, sheet, 1)
    assert page.evaluate("document.activeElement.name") == "problems", "the answer does not take the cursor away"
    page.keyboard.type("n 清淤慢")
    page.keyboard.press("Shift+Tab")
    page.locator(f"#row-{code[0]}[data-version='2']").wait_for()
    assert Mark.objects.get(sheet=sheet, organisation__code=code[0]).problems == "n 清淤慢"
    page.keyboard.press("Enter")
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    saved(page, sheet, 2)
    page.keyboard.press("Control+z")
    page.locator(f"#row-{code[1]}[data-version='2']").wait_for()
    assert values(sheet)[1] is None, "put back as a new save"
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("?")
    page.locator("[data-cell]").nth(4).focus()
    page.keyboard.press("n")
    page.locator("#na-reason:focus").wait_for()
    page.keyboard.type("河段已移交上游")
    page.click("text=标为不适用")
    row(page, sheet, 5).locator("text=待批准").wait_for()
    assert focused(page) == code[4]
    row(page, sheet, 5).locator("text=改回打分").click()
    row(page, sheet, 5).locator("input[name=value]").wait_for()


def other_saves(sheet: MarkSheet, number: int, value: str) -> None:
    from evaluation.sheets.services.marks import RowInput, save_marks

    actor: Actor = actor_named("shuiwu")
    mark = Mark.objects.get(sheet=sheet, organisation__code=codes(sheet)[number - 1])
    save_marks(
        actor=actor, sheet_id=sheet.pk, rows=[RowInput(codes(sheet)[number - 1], mark.version, value=value)], at=NOW()
    )


def test_a_cell_changed_by_another_offers_two_choices(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    page.locator("[data-cell]").first.focus()
    page.keyboard.type("86.5")
    other_saves(sheet, 1, "88")
    page.keyboard.press("Enter")
    line = row(page, sheet, 1)
    line.locator("text=存为 88.0").wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.type("87")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert values(sheet)[0] == 88, "another's value is not replaced by typing again"
    assert line.locator("[name=override-reason]").is_visible() and line.locator("text=存 87").is_visible()
    line.locator("input[name=value]").fill("86.5")
    line.locator("[name=override-reason]").fill("现场复核后更正")
    line.locator("[data-act=override]").click()
    saved(page, sheet, 1)
    assert values(sheet)[0] == Decimal("86.5")


def test_a_lost_sign_in_loses_no_cell(matrix: Any, sheet: MarkSheet, new_page: Callable[..., Any]) -> None:
    page = matrix
    page.locator("[data-cell]").first.focus()
    Session.objects.all().delete()
    page.keyboard.type("81")
    page.keyboard.press("Enter")
    page.keyboard.type("82")
    page.keyboard.press("Enter")
    page.wait_for_selector("#expired:not([hidden])")
    assert (
        "没有保存" in page.inner_text("#expired")
        and row(page, sheet, 1).locator("input[name=value]").input_value() == "81"
    )
    with page.context.expect_page() as opened:
        page.click("text=在新页登录")
    tab = opened.value
    tab.fill("[name=username]", "shuiwu")
    tab.fill("[name=password]", "jintian-tianqi-henhao")
    tab.press("[name=password]", "Enter")
    tab.wait_for_selector("text=退出", state="attached")
    tab.close()
    page.click("text=已登录，再存一次")
    saved(page, sheet, 1)
    saved(page, sheet, 2)
    assert values(sheet)[:2] == [81, 82]


def test_without_the_network_the_typed_value_stays_and_a_reload_offers_it(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    page.locator("[data-cell]").first.focus()
    page.route("**/marks/", lambda route: route.abort())
    page.keyboard.type("83")
    page.keyboard.press("Enter")
    row(page, sheet, 1).locator("text=未保存").wait_for()
    page.unroute("**/marks/")
    page.click("#expired button")
    saved(page, sheet, 1)
    assert values(sheet)[0] == 83

    page.route("**/marks/", lambda route: route.abort())
    page.locator("[data-cell]").nth(1).focus()
    page.keyboard.type("84")
    page.keyboard.press("Enter")
    row(page, sheet, 2).locator("text=未保存").wait_for()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    # As long as the page stands the way is closed: open, the cell would go by itself with the next answer.
    page.reload()
    assert asked == ["beforeunload"]
    page.wait_for_selector("text=上次有 1 格输入了没有保存")
    page.unroute("**/marks/")
    page.click("text=放回格里")
    assert row(page, sheet, 2).locator("input[name=value]").input_value() == "84"
    page.keyboard.press("Enter")
    saved(page, sheet, 2)
    assert values(sheet)[1] == 84


def test_a_fast_typist_fills_the_column_in_order(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    page.locator("[data-cell]").first.focus()
    for number in range(20):
        page.keyboard.type(str(70 + number))
        page.keyboard.press("Enter")
    page.wait_for_selector("text=20/20")
    page.locator("[data-pending]:text-is('0')").wait_for()
    assert values(sheet) == [70 + n for n in range(20)]


def test_filing_first_stores_what_is_still_typed(matrix: Any, sheet: MarkSheet) -> None:
    fill(sheet)
    page = matrix
    page.reload()
    page.locator("[data-cell]").first.fill("91")
    file_it(page)
    page.wait_for_selector("text=已报送，不能再改")
    assert values(sheet)[0] == 91


def test_after_a_refused_filing_the_page_goes_on(matrix: Any, sheet: MarkSheet) -> None:
    """The refusal stands on the page that was posted to; cells and columns are saved from there as well."""
    fill(sheet)
    page = matrix
    page.reload()
    last = codes(sheet)[-1]
    Mark.objects.filter(sheet=sheet, organisation__code=last).update(value=None)
    file_it(page)
    page.wait_for_selector("text=还有 1 格空白")
    page.wait_for_selector("section.say-refused:focus")
    page.locator("section.say-refused a[data-goto]").click()
    assert focused(page) == last
    page.keyboard.type("105")
    page.keyboard.press("Enter")
    row(page, sheet, 20).locator("text=改回空白").click()
    row(page, sheet, 20).locator("text=空白").first.wait_for()
    paste(page, "\n".join(["77"] * 20))
    page.click("#paste-form [data-write]")
    page.wait_for_selector("text=20/20")
    assert values(sheet) == [77] * 20 and page.url.endswith(f"/sheets/{sheet.pk}/")


def test_what_is_typed_before_a_conflict_is_known_is_not_sent(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    other_saves(sheet, 1, "88")
    held: list[Any] = []
    page.route("**/marks/", lambda route: held.append(route))
    first = page.locator("[data-cell]").first
    first.fill("86")
    page.keyboard.press("Enter")
    first.fill("87")
    page.keyboard.press("Enter")
    while not held:
        page.wait_for_timeout(20)
    page.wait_for_timeout(200)
    assert len(held) == 1, "one at a time"
    held[0].continue_()
    row(page, sheet, 1).locator("text=存为 88.0").wait_for()
    page.wait_for_timeout(400)
    assert len(held) == 1 and values(sheet)[0] == 88
    assert row(page, sheet, 1).locator("input[name=value]").input_value() == "87", "and not lost"


def test_deductions_make_the_mark(live_demo: None, page: Any) -> None:
    sheet = water_sheet()
    book = Rulebook.objects.create(
        share_figure=sheet.share_figure,
        number=2,
        title="细则",
        published_at=sheet.period.starts_at,
        published_by="区水务局",
    )
    RulebookLine.objects.create(rulebook=book, order=1, text="月报迟报一次", points=Decimal(2))
    RulebookLine.objects.create(rulebook=book, order=2, text="巡河少一次", points=Decimal(1))
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    page.locator("[data-cell]").first.focus()
    form = page.locator("[data-panel-form=deductions]")
    form.locator("[name=points]").first.fill("1.5")
    assert form.locator("[data-sum]").inner_text() == "98.5"
    form.locator("[name=why]").first.fill("8 月迟报两天")
    page.locator("[data-cell]").nth(1).focus()
    page.wait_for_selector(f"[data-panel='{codes(sheet)[1]}']")
    page.locator("[data-cell]").first.focus()
    page.wait_for_selector(f"[data-panel='{codes(sheet)[0]}']")
    assert form.locator("[name=why]").first.input_value() == "8 月迟报两天", (
        "the panel keeps what was typed for its row"
    )
    form.locator("button").click()
    row(page, sheet, 1).locator("text=扣分 1 条").wait_for()
    assert values(sheet)[0] == Decimal("98.5")
    # The stored line and a blank one of the same rule, then the one of the other rule.
    form.locator("tr[data-deduction]").nth(2).wait_for()
    lines = form.locator("[name=line]")
    assert lines.nth(0).input_value() == lines.nth(1).input_value() != lines.nth(2).input_value()
    assert [form.locator("[name=why]").nth(n).input_value() for n in range(3)] == ["8 月迟报两天", "", ""]


def test_escape_on_a_refused_cell_draws_the_row_as_it_is_stored(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    page.locator("[data-cell]").first.focus()
    page.keyboard.type("105")
    page.keyboard.press("Enter")
    refused = row(page, sheet, 1)
    refused.locator("text=105 超过本表满分 100").wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    page.wait_for_selector(f"#row-{codes(sheet)[0]}.is-blank")
    assert "未保存" not in refused.inner_text() and "is-refused" not in refused.get_attribute("class")
    assert page.inner_text("[data-pending]") == "0" and focused(page) == codes(sheet)[0]


def test_filing_shows_what_is_filed_and_says_why_it_did_not(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    fill(sheet)
    page.reload()
    page.click("[data-file-ask]")
    assert "20 格，不适用 0" in page.inner_text("#file-confirm")
    sheet.refresh_from_db()
    assert sheet.state == "open", "the first press files nothing"
    page.click("#file-confirm >> text=取消")
    assert page.is_hidden("#file-confirm")
    page.locator("[data-cell]").first.focus()
    page.keyboard.type("105")
    page.keyboard.press("Enter")
    row(page, sheet, 1).locator("text=105 超过本表满分 100").wait_for()
    page.click("[data-file-ask]")
    page.locator("#dock-say:visible").wait_for()
    assert "没有报送" in page.inner_text("#dock-say") and focused(page) == codes(sheet)[0]
    sheet.refresh_from_db()
    assert sheet.state == "open"


@pytest.mark.parametrize(("latency", "pause"), [(700, 110), (0, 0)], ids=["a slow line", "a fast hand"])
def test_what_is_typed_while_the_row_is_being_stored_is_in_no_answer_and_stays(
    matrix: Any, sheet: MarkSheet, latency: int, pause: int
) -> None:
    """The answer took the row's place: half a sentence was sent with the old version, the rest went into the next cell."""
    page = matrix
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    limits = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", limits)
    problems, advice = "台账更新不及时，有两处没有登记", "按月核对一次台账"
    for number in (1, 2):
        row(page, sheet, number).locator("[name='value']").click()
        for text, key in (("91.5", "Tab"), (problems, "Tab"), (advice, "Enter")):
            page.keyboard.type(text, delay=pause)
            page.keyboard.press(key)
    while page.evaluate("() => window.kpiMatrix.unfinished()"):
        page.wait_for_timeout(50)
    marks = list(sheet.marks.order_by("order"))[:2]
    assert [(str(one.value), one.problems, one.suggestions) for one in marks] == [("91.500", problems, advice)] * 2
    page.reload()
    shown = row(page, sheet, 1)
    assert shown.locator("[name='problems']").input_value() == problems and "他人已改" not in shown.inner_text()
