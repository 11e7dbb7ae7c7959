"""The workbook of a sheet: prefilled, protected, filled offline, and read back as the same preview a paste gives.

A concealed page carries which sheet it is, the versions and what was prefilled: only what was changed in the file is
taken from it, so a cell nobody touched never brings back an old value.
"""

import json
from collections.abc import Iterator, Sequence
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
from miyun_kpi.sheets.read import Cell as ReadCell
from miyun_kpi.sheets.read import ReadSheet, address, read_workbook
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

MARKS, FACTS = "打分", "本表标识"
NAME, VALUE, REASON, PROBLEMS, SUGGESTIONS = 2, 6, 7, 8, 9
HEAD_ROW = 4
FORMAT = "miyun-kpi-mark-sheet-1"


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
    sheets = read_workbook(content, formulas=True)
    found = {one.name: one for one in sheets}
    marks, facts = found.get(MARKS), found.get(FACTS)
    if marks is None or facts is None:
        raise Refused(
            "not-our-workbook", "这不是从打分表下载的工作簿，没有读入。请从本页下载，填好后按 .xlsx 保存再上传。"
        )
    filled = _read_facts(facts, page)
    _require_heads(marks, page)
    strays = [*_odd_places(marks), *_other_sheets(sheets)]
    rows = _align(marks, page, filled, strays)
    shape = f"工作簿：{file_name[:60]}"
    preview = Preview([rows.get(row.organisation.code) or _untouched(row) for row in page.rows], shape, strays)
    preview.source = "workbook"
    return settle(page, preview)


def _untouched(row: RowView) -> PreviewRow:
    return PreviewRow(row, "", "", row.mark.version)


def _read_facts(facts: ReadSheet, page: SheetPage) -> dict[str, Filled]:
    try:
        pairs = {row[0].text: json.loads(row[1].text) for row in facts.rows[1:] if len(row) > 1 and row[0].text}
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


def _require_heads(marks: ReadSheet, page: SheetPage) -> None:
    heads = [cell.text.strip() for cell in marks.rows[HEAD_ROW - 1]] if len(marks.rows) >= HEAD_ROW else []
    if len(heads) < REASON or heads[NAME - 1] != "考评对象" or heads[VALUE - 1] != "本期得分":
        raise Refused(
            "moved-columns", f"工作簿“{MARKS}”第 {HEAD_ROW} 行的表头被移动或改动，没有读入。请重新下载，不要增减行列。"
        )


def _odd_places(marks: ReadSheet) -> Iterator[str]:
    for place in marks.merged:
        yield f"{place} 是合并单元格。请取消合并，每格各写各的。"
    last = len(marks.rows)
    hidden = sorted(row for row in marks.hidden_rows if HEAD_ROW < row <= last)
    if hidden:
        yield f"第 {'、'.join(map(str, hidden[:8]))} 行被隐藏。请取消隐藏，看过再上传。"
    columns = sorted(column for column in marks.hidden_columns if column <= SUGGESTIONS)
    if columns:
        yield f"{'、'.join(address(1, column)[:-1] for column in columns)} 列被隐藏。请取消隐藏，看过再上传。"
    if marks.hidden:
        yield f"“{MARKS}”这一张表被隐藏。请取消隐藏，看过再上传。"
    for place in sorted(marks.errors):
        yield f"{place} 是错误值。请改成数。"
    for place in marks.formulas:
        yield f"{place} {ReadCell('=', 'formula').odd}"


def _other_sheets(sheets: Sequence[ReadSheet]) -> Iterator[str]:
    """Marks may have been typed into a copy of the page: what is not read is named, not passed over."""
    for one in sheets:
        if one.name not in (MARKS, FACTS) and any(not cell.blank for row in one.rows for cell in row):
            yield f"还有一张表“{one.name}”写了内容，只读“{MARKS}”这一张。要用的并到“{MARKS}”里，再删去那一张。"


def _align(marks: ReadSheet, page: SheetPage, filled: dict[str, Filled], strays: list[str]) -> dict[str, PreviewRow]:
    resolve, on_sheet = resolver(), {row.organisation.code: row for row in page.rows}
    found: dict[str, PreviewRow] = {}
    for number in range(HEAD_ROW + 1, len(marks.rows) + 1):
        name = marks.cell(number, NAME).text.strip()
        if not any(not marks.cell(number, column).blank for column in range(1, SUGGESTIONS + 1)):
            continue
        organisation = resolve(name) if name else None
        trouble = _row_trouble(organisation, name, number, on_sheet, found, filled)
        if trouble:
            strays.append(trouble)
        elif organisation is not None:
            row = on_sheet[organisation.code]
            found[organisation.code] = _read_row(marks, number, row, filled[organisation.code], page, strays)
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


def _read_row(
    marks: ReadSheet, number: int, row: RowView, filled: Filled, page: SheetPage, strays: list[str]
) -> PreviewRow:
    """Only what differs from what was prefilled counts as touched."""
    offline = page.sheet.indicator.offline_only
    value, reason = marks.cell(number, VALUE), marks.cell(number, REASON).text.strip()
    problems, suggestions = marks.cell(number, PROBLEMS).text.strip(), marks.cell(number, SUGGESTIONS).text.strip()
    read = PreviewRow(row, value.text, "", filled.version, where=address(number, VALUE))
    if value.kind:
        if value.kind != "formula":
            strays.append(f"{read.where} {value.odd}")
        return read
    if not value.blank and reason:
        strays.append(f"{read.where} 写了得分，{address(number, REASON)} 又写了不适用的理由。请只留一样。")
        return read
    for text, column, what in ((problems, PROBLEMS, "存在问题"), (suggestions, SUGGESTIONS, "改进建议")):
        if len(text) > LONGEST_TEXT:
            strays.append(f"{address(number, column)} 的{what}有 {len(text)} 字，超过 {LONGEST_TEXT} 字。请精简。")
            return read
        if offline and text:
            strays.append(f"{address(number, column)} 写了字。这项指标材料线下报送，请写在纸质报送表上。")
            return read
    if reason != filled.reason and reason:
        if offline:
            reason = reason if reason.startswith(OFFLINE_PREFIX) else OFFLINE_PREFIX + reason
        if not 4 <= len(reason) <= 500:
            strays.append(f"{address(number, REASON)} 的不适用理由要写 4 至 500 字。请补充或精简。")
            return read
        read.not_applicable = reason
    elif not value.blank and not (filled.value and _same_number(value.text, filled.value)):
        read.read = narrow(value.text)
    elif value.blank and not reason and (filled.value or filled.reason):
        read.clears = True
    if not offline:
        read.problems = problems if problems != filled.problems else None
        read.suggestions = suggestions if suggestions != filled.suggestions else None
    if read.clears and row.blank and read.version != row.mark.version:
        read.clears = False
    return read
