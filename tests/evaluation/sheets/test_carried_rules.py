"""沿用 of 考评细则: lines of the year before go into the form of their evaluator, are confirmed one by one, and stay its own."""

import pytest
from django.utils import timezone

from evaluation.drafting.services.copying import copy_scheme
from evaluation.models import DataTable, Figure, Indicator, Rulebook, RulebookLine, Scheme
from evaluation.sheets.rules.declaring import Typed
from evaluation.sheets.rules.methods import method_of
from evaluation.sheets.services.rulebooks import LineInput, publish_rulebook, withdraw_line
from evaluation.tasks.services.data_tables import TableInput, declare_table
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.telling import read
from miyun_kpi.organisations.queries import resolve
from tests.factories.markup import one_line
from tests.factories.methods import (
    WENLV,
    as_sent,
    publish_methods,
    rate_of,
    tourism_evaluator,
    tourism_sheet,
    tourism_table,
)
from tests.factories.sheets import person
from tests.factories.unlike import office

pytestmark = pytest.mark.usefixtures("demo")
COLUMNS = "目标,亿元,2\n完成,亿元,2\n投诉,起,0\n说明,文字"


def each_of(table: DataTable) -> Typed:
    return Typed("each", str(table.pk), "sum", "投诉（起）", step="0.5")


@pytest.fixture
def old() -> Rulebook:
    """2020 of 区文旅局: 完成率, 每起扣, a line by hand and one without any number."""
    tourism_evaluator()
    table = tourism_table()
    return publish_methods(
        tourism_sheet(),
        LineInput("收入未完成目标", "50", rate_of(table)),
        LineInput("投诉每起扣半分", "", each_of(table)),
        LineInput("月报迟报", "2"),
        LineInput("其他问题"),
    )


@pytest.fixture
def share(old) -> Figure:
    """Of 2021, issued."""
    scheme = copy_scheme(actor=office(), scheme_id=tourism_sheet().scheme_id, at=timezone.now())
    Scheme.objects.filter(pk=scheme.pk).update(state="in_force")
    return Figure.objects.get(scheme=scheme, kind="share", indicator__from_indicator=tourism_sheet().indicator)


def table_of(share: Figure, columns: str = COLUMNS, name: str = "旅游收入") -> DataTable:
    given = TableInput(name, "unit", columns)
    return declare_table(actor=tourism_evaluator(), indicator_id=share.indicator_id, table=given, at=timezone.now())


def ticks(book: Rulebook, *orders: int) -> dict[str, object]:
    lines = {one.order: one.pk for one in book.lines.all()}
    return {"rule": [f"{lines[order]}:{book.number}" for order in orders], "carry": "1"}


def sent_of(book: Rulebook, *orders: int, table: DataTable, sure: bool = True, **changes: str) -> dict[str, object]:
    """The form of the first version with these lines, as the page fills it."""
    lines = [one for one in book.lines.order_by("order") if one.order in orders]
    rate = {1: rate_of(table), 2: each_of(table)}
    points = {1: "50", 3: "2"}
    typed = [LineInput(one.text, points.get(one.order, ""), rate.get(one.order, Typed())) for one in lines]
    keys = [str(one.pk) for one in lines]
    return as_sent(*typed) | {"continues": keys, "sure": keys if sure else []} | changes


def address(share: Figure) -> str:
    return f"/evaluation/rulebooks/{share.pk}/"


def test_lines_go_into_the_form_with_their_numbers_and_nothing_is_published(old, share):
    table, client = table_of(share), person(WENLV)
    page = one_line(client.get(address(share)).content.decode())
    assert "沿用2020年的“旅游收入考评细则”第 1 版" in page and page.count('name="rule"') == 4
    assert "比封顶每低 1 个百分点扣 1 分" in page and "不能沿用" not in page
    answer = client.post(address(share), as_sent(LineInput("自己写的", "1")) | ticks(old, 1, 2, 3))
    text = one_line(answer.content.decode())
    assert answer.status_code == 200 and ">自己写的</textarea>" in text and ">月报迟报</textarea>" in text
    assert f'<option value="{table.pk}" selected' in text and 'name="m-cap" inputmode="decimal" value="100"' in text
    assert 'name="m-step" inputmode="decimal" value="0.5"' in text and text.count('name="sure"') == 3
    assert not Rulebook.objects.filter(share_figure=share).exists(), "taken into the form it is no 细则 yet"
    twice = as_sent(LineInput("月报迟报", "2")) | {"continues": [str(old.lines.get(order=3).pk)]} | ticks(old, 3, 4)
    again = one_line(client.post(address(share), twice).content.decode())
    assert again.count(">月报迟报</textarea>") == 1 and ">其他问题</textarea>" in again
    none = client.post(address(share), as_sent(LineInput("自己写的", "1")) | {"carry": "1"})
    assert none.status_code == 422 and "一条都没有勾选" in none.content.decode()
    assert ">自己写的</textarea>" in none.content.decode()


def test_each_line_is_confirmed_before_it_is_published(old, share):
    table, client = table_of(share), person(WENLV)
    sent = sent_of(old, 1, 3, table=table, sure=False)
    refused = client.post(address(share), sent)
    assert refused.status_code == 422 and "沿用的数字还没有确认" in refused.content.decode()
    assert not Rulebook.objects.filter(share_figure=share).exists()
    assert client.post(address(share), sent | {"sure": sent["continues"]}).status_code == 302
    first, second = RulebookLine.objects.filter(rulebook__share_figure=share).order_by("order")
    assert (first.continues, second.continues) == (old.lines.get(order=1), old.lines.get(order=3))
    assert method_of(first.method).table == table.pk != method_of(old.lines.get(order=1).method).table
    entry = read(AuditEntry.objects.filter(action="evaluation.rulebook.published").latest("seq"))
    assert [one["continues"] for one in entry["lines"]] == ["沿用2020年第 1 版第 1 条", "沿用2020年第 1 版第 3 条"]
    town = one_line(person("beizhuang").get(address(share)).content.decode())
    assert "沿用2020年第 1 版第 1 条" in town and "沿用2020年的“" not in town
    # Carried already: not offered again; the next version keeps it without a second confirmation, and only once.
    page = one_line(client.get(address(share)).content.decode())
    assert "已沿用，在现行的第 1 条" in page and page.count('name="rule"') == 2 and 'name="sure"' not in page
    assert client.post(address(share), as_sent(LineInput("自己写的")) | ticks(old, 1)).status_code == 409
    again = sent_of(old, 1, 3, table=table, sure=False, seen="1")
    assert client.post(address(share), again).status_code == 302
    double = again | {"seen": "2", "continues": [again["continues"][0]] * 2}
    answer = client.post(address(share), double)
    assert answer.status_code == 422 and "沿用了两次" in answer.content.decode()


def test_what_becomes_of_the_source_is_told_and_changes_nothing(old, share):
    table, client = table_of(share), person(WENLV)
    assert client.post(address(share), sent_of(old, 1, 3, table=table)).status_code == 302
    tourism = tourism_evaluator()
    given = {"actor": tourism, "figure_id": old.share_figure_id, "at": timezone.now()}
    withdraw_line(line_id=old.lines.get(order=3).pk, reason="口径有误", **given)
    publish_rulebook(title="旅游收入考评细则", lines=[LineInput("收入未完成目标", "40")], seen_number=1, **given)
    text = one_line(client.get(address(share)).content.decode())
    assert "所沿用的细则后来有了第 2 版；本条不随之变动" in text and "所沿用的一条后来撤回：口径有误" in text
    assert "后来" not in one_line(person("beizhuang").get(address(share)).content.decode())
    # What was looked at before the newer version came is not taken over.
    assert client.post(address(share), as_sent(LineInput("自己写的")) | ticks(old, 4)).status_code == 409
    assert RulebookLine.objects.filter(rulebook__share_figure=share, withdrawn_at__isnull=True).count() == 2


def test_what_cannot_be_taken_over_is_named_with_its_reason(old, share):
    client = person(WENLV)
    page = one_line(client.get(address(share)).content.decode())
    assert page.count("2021年这一项下没有本单位按单位列的同名数据表“旅游收入”") == 2 and page.count('name="rule"') == 2
    assert client.post(address(share), as_sent(LineInput("自己写的")) | ticks(old, 1)).status_code == 409
    table_of(share, columns="目标,亿元,2\n完成,亿元,2\n说明,文字")
    page = one_line(client.get(address(share)).content.decode())
    assert "没有叫“投诉（起）”的列" in page and page.count('name="rule"') == 3
    Figure.objects.filter(scheme=share.scheme, kind="full-mark").update(value="points")
    page = one_line(client.get(address(share)).content.decode())
    assert page.count("满分不同（2020年满分 100，2021年按分值") == 3 and page.count('name="rule"') == 1
    listed = one_line(client.get("/evaluation/rulebooks/").content.decode())
    assert "沿用2020年的 4 条" in listed and "不能沿用的" not in listed


def test_an_item_that_is_gone_is_named_on_the_list(old, share):
    client = person(WENLV)
    Figure.objects.filter(pk=share.pk).update(organisation=resolve("区财政局"))
    listed = one_line(client.get("/evaluation/rulebooks/").content.decode())
    assert "今年不能沿用的" in listed and "2021年这一项不由本单位考评（区财政局）" in listed
    Indicator.objects.filter(pk=share.indicator_id).update(from_indicator=None)
    listed = one_line(client.get("/evaluation/rulebooks/").content.decode())
    assert "2021年的方案没有沿用这一项" in listed
    assert "今年不能沿用的" not in person("shuiwu").get("/evaluation/rulebooks/").content.decode()


def test_nobody_else_takes_over(old, share):
    table_of(share)
    sent = as_sent(LineInput("自己写的")) | ticks(old, 3)
    for who, status in (("beizhuang", 403), ("zhengfuban1", 403), ("shuiwu", 404)):
        assert person(who).post(address(share), sent).status_code == status
    stranger = as_sent(LineInput("月报迟报", "2")) | {"continues": ["1"], "sure": ["1"]}
    answer = person(WENLV).post(address(share), stranger)
    assert answer.status_code == 422 and "不在上一年的细则里" in answer.content.decode()
    # Of the first year nothing is offered.
    assert "沿用" not in person(WENLV).get(address(old.share_figure)).content.decode().replace("沿用自", "")
