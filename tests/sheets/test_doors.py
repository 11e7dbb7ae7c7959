"""One odd workbook through every door: marks, 任务表, registers and all imports name the same things in the same words."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from evaluation.figures.excel import read_task_table
from evaluation.figures.excel import template as task_table
from evaluation.models import DataTable, Indicator, MarkSheet, Scheme
from evaluation.sheets.forms.workbook import read_sheet_workbook, sheet_workbook
from evaluation.sheets.queries.sheets import sheet_page
from evaluation.tasks.excel.data_tables import table_template
from evaluation.tasks.excel.data_tables_import import read_month
from evaluation.tasks.excel.supervision import register_template
from evaluation.tasks.excel.supervision_import import read_register
from evaluation.tasks.excel.task_list_import import read_task_list
from evaluation.tasks.excel.tasks import indicator_workbook
from evaluation.tasks.services.data_tables import TableInput, declare_table
from evaluation.tasks.services.task_list import carriers_of
from evaluation.year.excel.satisfaction import read_satisfaction
from evaluation.year.excel.year_close import satisfaction_template
from evaluation.year.queries.leader_survey import units_of
from farmland.excel import read_opening
from farmland.excel import template as opening_template
from finance_policy.excel import RETURNS, import_workbook, returns_template
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.list_import import list_workbook, read_list
from miyun_kpi.registers.excel import read_records
from miyun_kpi.registers.excel import template as register_empty
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import organisation_resolver
from personnel.excel import read_history
from personnel.excel import template as history_template
from postdoc.excel import STAY_COLUMNS, read_rows
from postdoc.excel import template as stays_template
from tests.clock import now
from tests.duties.conftest import acting
from tests.evaluation.conftest import _demo_of_module, actor_named, demo
from tests.factories.sheets import water_sheet
from water.rules.kinds.pipes import CROSSING

__all__ = ["_demo_of_module", "demo"]


@dataclass(frozen=True)
class Door:
    """`make` gives a workbook to fill in, `read` what is said of one; `first` heads it, and three of its columns."""

    make: Callable[[], bytes]
    read: Callable[[bytes], Any]
    first: str
    words: str
    number: str
    hidden: str
    sheet: str = ""


def township() -> Scheme:
    return Scheme.objects.get(track="township")


def water() -> Indicator:
    return Indicator.objects.get(scheme__track="township", number=4)


def marks_page():
    return sheet_page(water_sheet(), MarkSheet.objects.all())


def month(content: bytes) -> Any:
    actor = actor_named("shuiwu")
    return read_month(
        actor=actor, table_id=DataTable.objects.get().pk, period="2020-07", file_name="a", content=content, at=now()
    )


def month_template() -> bytes:
    given = TableInput("断面月报", "unit", "达标率,%,2\n说明,文字\n备考,文字")
    table = declare_table(actor=actor_named("shuiwu"), indicator_id=water().pk, table=given, at=now())
    return table_template(table, [one.name for one in carriers_of(water())], at=now())


def named(function, username, **given):
    return lambda content: function(actor=actor_named(username), file_name="a.xlsx", content=content, **given)


DOORS = {
    "marks": Door(
        lambda: sheet_workbook(marks_page(), viewer="甲", at=now()),
        lambda content: read_sheet_workbook(content, "a.xlsx", marks_page()).strays,
        "考评对象", "不适用理由", "本期得分", "存在问题", "打分",
    ),
    "task table": Door(
        lambda: task_table(township(), now()),
        lambda content: named(read_task_table, "zhengfuban1", scheme=township())(content),
        "序", "新城核心区", "绿色发展区", "生态保护区", "分值",
    ),
    "register": Door(
        lambda: register_empty(CROSSING, at=now()),
        lambda content: read_records(CROSSING, content, Record.objects.none(), organisation_resolver(), today=now().date()).errors,
        "位置", "位置", "合流管道长度（米）", "镇街",
    ),
    "task list": Door(
        lambda: indicator_workbook(water(), [], carriers_of(water()), at=now()),
        lambda content: named(read_task_list, "shuiwu", indicator_id=water().pk)(content),
        "任务编号", "任务名称", "目标值", "口径",
    ),
    "supervision": Door(
        lambda: register_template([], at=now()),
        lambda content: read_register(actor=actor_named("zhengfuban1", "evaluator"), file_name="a", content=content),
        "编号", "事项", "时限", "协办单位",
    ),
    "data table": Door(month_template, month, "单位", "说明", "达标率（%）", "备考"),
    "satisfaction": Door(
        lambda: satisfaction_template(units_of(township()), at=now()),
        lambda content: named(read_satisfaction, "zhengfuban1", scheme=township())(content),
        "考评对象", "样本量", "满意度", "样本量",
    ),
    "organisations": Door(
        lambda: list_workbook(at=now()),
        lambda content: read_list(actor=acting("区政府办公室", "system_admin"), file_name="a", content=content, at=now()),
        "代码", "别名", "次序", "更名启用日期",
    ),
    "returns": Door(
        lambda: returns_template(at=now()),
        lambda content: import_workbook(actor=acting("区金融办", "register_office"), content=content, file_name="a", at=now()),
        "银行", "季度", RETURNS.columns[2].title, RETURNS.columns[3].title,
    ),
    "appointments": Door(
        lambda: history_template(at=now()),
        lambda content: read_history(content, file_name="a", today=date(2021, 1, 1)),
        "发文字号", "会议", "试用期（月）", "通知里的写法",
    ),
    "farmland": Door(
        lambda: opening_template(at=now()), lambda content: read_opening(content, "a").problems,
        "备案号", "批次", "验收面积", "产能",
    ),
    "postdoc": Door(
        lambda: stays_template(STAY_COLUMNS, "人员", at=now()), lambda content: read_rows(content, STAY_COLUMNS),
        "姓名", "研究课题", "进站日", "电话",
    ),
}  # fmt: skip  # a table of doors


def told(door: Door, content: bytes) -> list[str]:
    """Every sentence the door says of a workbook."""
    try:
        found = door.read(content)
    except Refused as refusal:
        found = refusal.errors or [refusal.message]
    assert isinstance(found, list), found
    return [getattr(one, "message", one) for one in found]


def head_of(page, door: Door) -> tuple[int, dict[str, int]]:
    head = next(row for row in page.iter_rows(max_row=10) if door.first in [cell.value for cell in row])
    return head[0].row, {cell.value: cell.column for cell in head if cell.value}


def odd(content: bytes, door: Door) -> tuple[bytes, list[str]]:
    """The workbook with everything odd at once, and what must be said of it."""
    book = load_workbook(io.BytesIO(content))
    page = book[door.sheet] if door.sheet else book.worksheets[0]
    head, at = head_of(page, door)
    last, first = max(at.values()), head + 1
    for number in range(first, first + 4):
        for column in at.values():
            if page.cell(number, column).value is None:
                page.cell(number, column).value = "字"

    def place(title: str, number: int) -> str:
        return f"{get_column_letter(at[title])}{number}"

    page[place(door.words, first)] = "=1+1"
    page[place(door.number, first + 1)] = 0.915
    page[place(door.number, first + 1)].number_format = "0.0%"
    page.row_dimensions[first + 2].hidden = True
    page[place(door.words, first + 3)].value, page[place(door.words, first + 3)].data_type = "#REF!", "e"
    page.merge_cells(f"A{first + 60}:B{first + 60}")
    page.column_dimensions[get_column_letter(at[door.hidden])].hidden = True
    doubled, unknown = f"{get_column_letter(last + 1)}{head}", f"{get_column_letter(last + 2)}{head}"
    page[doubled], page[unknown] = door.hidden, "多出来的"
    book.create_sheet("草稿")["C3"] = "另算"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), [
        rf"{place(door.words, first)}(（.*）)?：是公式，请选中后“选择性粘贴—数值”。",
        rf"{place(door.number, first + 1)}(（.*）)?：是百分比格式：显示 91.5%，存的是 0.915，不知道要哪一个。.*",
        rf"A{first + 2}：第 {first + 2} 行是隐藏的，请取消隐藏后再导入。",
        rf"{place(door.words, first + 3)}(（.*）)?：是错误值（如 #REF!），请改成数值。",
        rf"A{first + 60}:B{first + 60}：是合并单元格，请取消合并，逐格写明。",
        rf"{get_column_letter(at[door.hidden])}{head}：“{re.escape(door.hidden)}”这一列是隐藏的，请取消隐藏后再导入。",
        rf"{doubled}：“.*”这一列出现了两次，请只留一列。",
        rf"{unknown}：模板里没有“多出来的”这一列，请删去。",
        r"还有一张表“草稿”写了内容，只读“.*”。要用的并到那里，再删去这一张。",
    ]


@pytest.mark.parametrize("name", sorted(set(DOORS) - {"task table", "satisfaction"}))  # where no words are filled in
def test_a_column_of_text_is_text_in_the_template_and_takes_no_number_whose_digits_are_lost(demo, name):
    door = DOORS[name]
    book = load_workbook(io.BytesIO(door.make()))
    page = book[door.sheet] if door.sheet else book.worksheets[0]
    head, at = head_of(page, door)
    letter = get_column_letter(at[door.words])
    cell = page[f"{letter}{head + 1}"]
    # A protected sheet is Text cell by cell, where it can be typed in.
    assert "@" in (page.column_dimensions[letter].number_format, cell.number_format)
    cell.value, cell.number_format = 110101199003071234, "0"
    out = io.BytesIO()
    book.save(out)
    lost = [one for one in told(door, out.getvalue()) if "超过 15 位" in one]
    assert len(lost) == 1 and lost[0].startswith(f"{letter}{head + 1}")


@pytest.mark.parametrize("name", DOORS)
def test_an_odd_workbook_is_treated_alike_at_every_door(demo, name):
    door = DOORS[name]
    content, expected = odd(door.make(), door)
    said = told(door, content)
    for pattern in expected:
        hits = [one for one in said if re.fullmatch(rf"(“{door.sheet}”)?{pattern}", one)]
        assert len(hits) == 1, (name, pattern, said)
