"""The workbook of a sheet: prefilled, protected, filled offline, and read back as the same preview a paste gives.

A concealed page carries which sheet it is, the versions and what was prefilled: only what was changed in the file is
taken from it, so a cell nobody touched never brings back an old value.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evaluation.scheme.queries.amendments import rule_version_of
from evaluation.sheets.models.marks import Mark
from evaluation.sheets.queries.paste import Preview, PreviewRow, settle
from evaluation.sheets.queries.sheets import RowView, SheetPage
from evaluation.sheets.services.marks import LONGEST_TEXT, OFFLINE_PREFIX
from miyun_kpi.lib.decimals import narrow, plain, read_decimal
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.sheets.table import BY_CELL, ColumnSpec, Kind, Table, TableRow, TableSpec, read_tables
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

MARKS, FACTS = "打分", "本表标识"
NAME, VALUE, HEAD_ROW = 2, 6, 4
FORMAT = "miyun-kpi-mark-sheet-1"


FACTS_SPEC = TableSpec([ColumnSpec("code", "项"), ColumnSpec("value", "值")], sheet=FACTS, concealed=True)
# Told beside the open cells where the own 细则 gives marks; never read back.
OWN_RULE = ("细则算出", "算式")
OFFLINE = "这项指标材料线下报送，文字请写在纸质报送表上。"


def _spec(page: SheetPage) -> TableSpec:
    """Only the open columns are read; what else the sheet shows is passed over."""
    offline = page.sheet.indicator.offline_only
    texts = () if offline else (("problems", "存在问题"), ("suggestions", "改进建议"))
    columns = [
        ColumnSpec("name", "考评对象"),
        ColumnSpec("value", "本期得分", Kind.FIGURE),
        ColumnSpec("reason", "线下材料编号（不适用）" if offline else "不适用理由"),
        *(ColumnSpec(key, title, longest=LONGEST_TEXT) for key, title in texts),
    ]
    passed = ("序", "分区", "类别", "满分", "上期", *OWN_RULE)
    return TableSpec(columns, sheet=MARKS, passed=passed, where=BY_CELL, surplus=OFFLINE if offline else "")


@dataclass(frozen=True)
class Filled:
    """What stood in the open cells of a row when the workbook was made."""

    version: int
    value: str
    reason: str
    problems: str
    suggestions: str


def _filled(mark: Mark) -> Filled:
    value = "" if mark.value is None else plain(mark.value)
    reason = mark.reason if mark.not_applicable else ""
    return Filled(mark.version, value, reason, mark.problems, mark.suggestions)


def _label(page: SheetPage) -> str:
    return f"{page.sheet.indicator.short_name} · {page.sheet.period.label}"


def sheet_workbook(page: SheetPage, *, viewer: str, at: datetime) -> bytes:
    sheet, offline = page.sheet, page.sheet.indicator.offline_only
    columns = [
        Column("序", 5),
        Column("考评对象", 30),
        Column("分区" if page.is_township else "类别", 14),
        Column("满分", 7),
        Column("上期", 8),
        Column("本期得分", 10, open=True, limits=[row.mark.full_mark for row in page.rows]),
        Column("线下材料编号（不适用）" if offline else "不适用理由", 26, open=True),
    ]
    if not offline:
        columns += [Column("存在问题", 40, open=True), Column("改进建议", 40, open=True)]
    rows = [_row(row, page, len(columns)) for row in page.rows]
    if page.by_own_rule:
        columns += [Column(OWN_RULE[0], 10), Column(OWN_RULE[1], 60)]
        rows = [[*cells, *_own_rule(row)] for cells, row in zip(rows, page.rows, strict=True)]
    title = f"{sheet.period.label}打分工作簿　{sheet.indicator.number:02d} {sheet.indicator.short_name}"
    how = (
        "只填浅黄的格：得分写数字，最多三位小数；不适用的不写得分，写明理由。空白不当作 0。"
        "填好按 .xlsx 保存，回到这张打分表上传，先看预览再写入。"
    )
    return workbook(
        [
            Sheet(
                title=MARKS,
                columns=columns,
                rows=rows,
                lines=[title, f"考评部门：{sheet.evaluator.name}　{at.astimezone():%Y-%m-%d %H:%M} {viewer} 下载", how],
                filled_in=True,
            ),
            _facts(page),
        ],
        title=title,
        at=at,
    )


def _row(row: RowView, page: SheetPage, width: int) -> Sequence[Cell]:
    mark = row.mark
    group = row.organisation.get_zone_display() if page.is_township else row.organisation.get_category_display()
    reason = mark.reason if mark.not_applicable else None
    texts: list[Cell] = [reason, mark.problems or None, mark.suggestions or None]
    return [row.number, row.organisation.name, group, mark.full_mark, row.before, mark.value, *texts][:width]


def _own_rule(row: RowView) -> tuple[Cell, Cell]:
    return (None, None) if row.own_rule is None else (row.own_rule.value, row.own_rule.words)


def _facts(page: SheetPage) -> Sheet:
    sheet = page.sheet
    about = {
        "format": FORMAT,
        "sheet": sheet.pk,
        "label": _label(page),
        "period": sheet.period.code,
        "rules": rule_version_of(sheet.scheme, sheet.period.period_code),
        "version": sheet.version,
    }
    rows: list[Sequence[Cell]] = [["about", json.dumps(about, ensure_ascii=False)]]
    for row in page.rows:
        rows.append([row.organisation.code, json.dumps(_filled(row.mark).__dict__, ensure_ascii=False)])
    return Sheet(title=FACTS, columns=[Column("项"), Column("值")], rows=rows, concealed=True, filled_in=True)


def read_sheet_workbook(content: bytes, file_name: str, page: SheetPage) -> Preview:
    """What the file would do to the sheet. Refuses a file that is not this sheet's; strays name every other trouble."""
    book = read_tables(content, [_spec(page), FACTS_SPEC], file_name=file_name)
    marks, facts = book.tables.get(MARKS), book.tables.get(FACTS)
    if marks is None or facts is None:
        raise Refused(
            "not-our-workbook", "这不是从打分表下载的工作簿，没有读入。请从本页下载，填好后按 .xlsx 保存再上传。"
        )
    filled = _read_facts(facts, page)
    if marks.head != HEAD_ROW or (marks.columns.get("name"), marks.columns.get("value")) != (NAME, VALUE):
        raise Refused(
            "moved-columns", f"工作簿“{MARKS}”第 {HEAD_ROW} 行的表头被移动或改动，没有读入。请重新下载，不要增减行列。"
        )
    strays: list[str] = []
    rows = _align(marks, page, filled, strays) if marks.whole else {}
    strays = [*(problem.message for problem in book.problems), *strays]
    shape = f"工作簿：{file_name[:60]}"
    preview = Preview([rows.get(row.organisation.code) or _untouched(row) for row in page.rows], shape, strays)
    preview.source = "workbook"
    return settle(page, preview)


def _untouched(row: RowView) -> PreviewRow:
    return PreviewRow(row, "", "", row.mark.version)


def _read_facts(facts: Table, page: SheetPage) -> dict[str, Filled]:
    try:
        pairs = {row["code"]: json.loads(row["value"]) for row in facts.rows}
        about = pairs.pop("about")
        filled = {code: Filled(**fields) for code, fields in pairs.items()}
        known = about["format"] == FORMAT
        number, label, rules = int(about["sheet"]), str(about["label"])[:60], str(about["rules"])[:30]
        if not all(isinstance(one.version, int) and 0 <= one.version < 2**31 for one in filled.values()):
            raise ValueError
        if not all(isinstance(t, str) for one in filled.values() for t in list(one.__dict__.values())[1:]):
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused(
            "spoilt-workbook", "工作簿里的本表标识已损坏，没有读入。请从本页重新下载，把填的内容粘贴过去再上传。"
        ) from None
    sheet = page.sheet
    if not known or number != sheet.pk:
        raise Refused(
            "other-sheet",
            f"这是“{label}”的工作簿，不是这张表“{_label(page)}”的，没有读入。请到那张表上传，或换一个文件。",
        )
    current = rule_version_of(sheet.scheme, sheet.period.period_code)
    if rules != current:
        raise Refused(
            "other-rules",
            f"这个工作簿按考评方案规则版本 {rules} 生成，现行版本是 {current}，没有读入。请重新下载。",
        )
    return filled


def _align(marks: Table, page: SheetPage, filled: dict[str, Filled], strays: list[str]) -> dict[str, PreviewRow]:
    resolve, on_sheet = resolver(), {row.organisation.code: row for row in page.rows}
    found: dict[str, PreviewRow] = {}
    for line in marks.rows:
        organisation = resolve(line["name"]) if line["name"] else None
        trouble = _row_trouble(organisation, line["name"], line.number, on_sheet, found, filled)
        if trouble and "name" not in line.spoilt:
            strays.append(trouble)
        elif organisation is not None:
            row = on_sheet[organisation.code]
            found[organisation.code] = _read_row(line, row, filled[organisation.code], page, strays)
    missing = [row.organisation.name for row in page.rows if row.organisation.code not in found]
    if missing:
        names = "、".join(missing[:6])
        strays.append(
            f"工作簿里少了 {len(missing)} 行：{names}{'等' if len(missing) > 6 else ''}。请重新下载，不要删行。"
        )
    return found


def _row_trouble(
    organisation: Organisation | None,
    name: str,
    number: int,
    on_sheet: dict[str, RowView],
    found: dict[str, PreviewRow],
    filled: dict[str, Filled],
) -> str:
    place = f"B{number}"
    if organisation is None:
        return f"{place} 的“{name[:30]}”不是已知的单位名称。请不要改动单位一列，也不要在表下写字。"
    if organisation.code not in on_sheet:
        return f"{place} 的{organisation.name}不在这张打分表里。请删去这一行。"
    if organisation.code in found:
        return f"{place} 的{organisation.name}出现了两次。请只留一行。"
    if organisation.code not in filled:
        return f"{place} 的{organisation.name}不在下载时的表里。请重新下载。"
    return ""


def _same_number(text: str, stored: str) -> bool:
    """Whether two texts are the same mark; what cannot be read is never the same as anything but itself."""
    if narrow(text) == stored:
        return True
    try:
        return plain(read_decimal(text, places=15)) == stored
    except Refused:
        return False


def _read_row(line: TableRow, row: RowView, filled: Filled, page: SheetPage, strays: list[str]) -> PreviewRow:
    """Only what differs from what was prefilled counts as touched."""
    offline = page.sheet.indicator.offline_only
    value, reason = line["value"], line["reason"]
    read = PreviewRow(row, line.cells["value"].text, "", filled.version, where=line.place("value"))
    if line.problems:
        return read
    if value and reason:
        strays.append(f"{read.where} 写了得分，{line.place('reason')} 又写了不适用的理由。请只留一样。")
        return read
    if reason != filled.reason and reason:
        if offline:
            reason = reason if reason.startswith(OFFLINE_PREFIX) else OFFLINE_PREFIX + reason
        if not 4 <= len(reason) <= 500:
            strays.append(f"{line.place('reason')} 的不适用理由要写 4 至 500 字。请补充或精简。")
            return read
        read.not_applicable = reason
    elif value and not (filled.value and _same_number(value, filled.value)):
        read.read = narrow(value)
    elif not value and not reason and (filled.value or filled.reason):
        read.clears = True
    if not offline:
        read.problems = line["problems"] if line["problems"] != filled.problems else None
        read.suggestions = line["suggestions"] if line["suggestions"] != filled.suggestions else None
    if read.clears and row.blank and read.version != row.mark.version:
        read.clears = False
    return read
