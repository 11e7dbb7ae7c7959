"""Lists as workbooks: names masked, no document, telephone or account, whoever asks."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices

from miyun_kpi.lib.citations import cite
from miyun_kpi.sheets.table import YES_NO, ColumnSpec, Kind, Limits, TableSpec, read_table
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook
from postdoc.enums import DOCUMENT, DocumentKind, Grant, Level, MentorTitle, Notice, Standing
from postdoc.models import Application
from postdoc.queries.money import balance_of
from postdoc.queries.stays import Line
from postdoc.rules.calendar import FIRST, LAST


def _book(
    title: str, clause: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], viewer: str, at: datetime
) -> bytes:
    lines = [title, f"{cite(DOCUMENT, clause)}　姓名隐去　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    return workbook([Sheet(title=title, columns=columns, rows=rows, lines=lines)], title=title, at=at)


def stays_workbook(lines: Iterable[Line], *, viewer: str, at: datetime) -> bytes:
    rows: list[Sequence[Cell]] = [
        [
            one.row.number,
            one.row.person.masked,
            one.row.station.name,
            str(one.row.entered_on),
            str(one.row.ends_on),
            one.row.project,
            one.row.flow_station,
            str(one.row.left_on or ""),
            one.row.get_leaving_display(),
            one.state[1],
            "；".join(f"{due.title} {due.by}" for due in one.open),
        ]
        for one in lines
    ]
    heads = (
        "在站编号",
        "姓名",
        "工作站",
        "进站日",
        "期限至",
        "研究课题",
        "合作流动站",
        "离站日",
        "离站方式",
        "情况",
        "要办的",
    )
    columns = [Column(head, 14) for head in heads]
    return _book("博士后人员", "第七条至第十七条", columns, rows, viewer, at)


def names_workbook(found: Iterable[Any], *, viewer: str, at: datetime) -> bytes:
    """The own people of a unit by name (services.stays.Named): what it keeps beside the numbers, and nothing else of them."""
    rows: list[Sequence[Cell]] = [
        [one.row.number, one.name, one.row.station.name, str(one.row.entered_on), str(one.row.left_on or "")]
        for one in found
    ]
    columns = [Column(head, 16) for head in ("在站编号", "姓名", "工作站", "进站日", "离站日")]
    title = "本单位博士后人员姓名"
    lines = [title, f"内部使用，用后销毁　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    return workbook([Sheet(title=title, columns=columns, rows=rows, lines=lines)], title=title, at=at)


def applications_workbook(found: Iterable[Application], *, viewer: str, at: datetime) -> bytes:
    rows: list[Sequence[Cell]] = []
    for row in found:
        now = balance_of(row)
        rows.append(
            [
                row.number,
                row.get_grant_display(),
                row.station.name,
                row.stay.number if row.stay else None,
                row.stay.person.masked if row.stay else "",
                row.first_month,
                row.last_month,
                row.amount,
                row.get_phase_display(),
                str(row.reviewed_on or ""),
                now.received,
                now.tax,
                now.handed,
                now.held,
                now.clawback,
                now.owed,
            ]
        )
    heads = (
        ("编号", None),
        ("项目", None),
        ("工作站", None),
        ("在站编号", None),
        ("姓名", None),
        ("自", None),
        ("至", None),
        ("申请金额（元）", 2),
        ("进度", None),
        ("审核日期", None),
        ("已拨付（元）", 2),
        ("代缴个税（元）", 2),
        ("付给本人（元）", 2),
        ("在单位（元）", 2),
        ("决定追回（元）", 2),
        ("待追回（元）", 2),
    )
    columns = [Column(head, 14, places) for head, places in heads]
    return _book("博士后经费申报", "第二十四条", columns, rows, viewer, at)


# Columns of the history, in the order of the template: title → name, whether it must be filled, how it is written.
Columns = Sequence[tuple[str, str, bool, str]]
STAY_COLUMNS: Columns = (
    ("姓名", "name", True, "加密保存"),
    ("证件类型", "document_kind", True, "居民身份证、护照或其他证件"),
    ("证件号码", "document_number", True, "加密保存；单元格设为文本"),
    ("出生日期", "born_on", False, "居民身份证可不填，其余写成 1990-01-31"),
    ("电话", "phone", False, "加密保存"),
    ("银行账号", "account", False, "加密保存；单元格设为文本"),
    ("进站日", "entered_on", True, "批准同意之日，写成 2020年9月-15"),
    ("协议在站期限至", "ends_on", True, "写成 2022-09-14"),
    ("进站批准文号", "approval", True, "文字"),
    ("研究课题", "project", True, "文字"),
    ("合作流动站", "flow_station", True, "文字"),
    ("工作站导师", "station_mentor", True, "加密保存"),
    ("工作站导师职称", "station_mentor_title", True, "正高级、副高级或其他"),
    ("流动站导师", "flow_mentor", False, "加密保存"),
    ("三方协议签订日期", "agreement_on", True, "不晚于进站日"),
    ("人员身份", "standing", True, "、".join(Standing.labels)),
    ("取得博士学位日期", "degree_on", False, "还没有的留空，写毕业日期"),
    ("博士毕业日期", "graduated_on", False, "日期"),
    ("承担国家重大科技项目", "major_project", False, "是或否"),
    ("项目资助期限至", "project_until", False, "日期"),
    ("超出一般条件的理由", "exception", False, "超过 35 周岁或学位超过 3 年的必写"),
    ("离站日", "left_on", False, "在站的最后一天；在站的留空"),
    ("退站情形", "ground", False, "退站的写第十六条的序号 1 至 12；出站的留空"),
    ("告知方式", "notice", False, "告知本人或公告"),
    ("告知日期", "noticed_on", False, "日期"),
    ("退站说明", "explanation", False, "加密保存"),
)
MONEY_COLUMNS: Columns = (
    ("项目", "grant", True, "、".join(Grant.labels)),
    ("工作站", "station", True, "照登记的名称"),
    ("在站编号", "stay", False, "付给个人的必写"),
    ("自", "first", False, "生活补贴的第一个月，写成 2020年9月"),
    ("至", "last", False, "生活补贴的最后一个月，写成 2021年8月"),
    ("表彰级别", "level", False, "国家或北京市"),
    ("金额（元）", "amount", True, "数字，两位小数"),
    ("审核日期", "reviewed_on", True, "日期"),
    ("拨付日期", "paid_on", True, "日期"),
    ("代缴个税（元）", "tax", False, "数字"),
    ("付给本人（元）", "handed", False, "数字"),
    ("付给日期", "handed_on", False, "日期"),
    ("凭证号", "proof", True, "不写银行账号"),
)
LIMITS = Limits(rows=1_000)
_DAYS = frozenset(
    [
        "born_on",
        "entered_on",
        "ends_on",
        "agreement_on",
        "degree_on",
        "graduated_on",
        "project_until",
        "left_on",
        "noticed_on",
        "reviewed_on",
        "paid_on",
        "handed_on",
    ]
)
_SUMS = frozenset({"amount", "tax", "handed"})
_KINDS: dict[str, type[TextChoices]] = {
    "document_kind": DocumentKind,
    "station_mentor_title": MentorTitle,
    "standing": Standing,
    "notice": Notice,
    "grant": Grant,
    "level": Level,
}
_WORDS: dict[str, dict[str, Any]] = {
    **{name: {str(label): value for value, label in kind.choices} for name, kind in _KINDS.items()},
    "major_project": YES_NO,
    "ground": {str(number): f"{number:02d}" for number in range(1, 13)},
}


def template(columns: Columns, title: str, *, at: datetime) -> bytes:
    """One sheet to fill in; how each column is written stands on the page."""
    numbers = {one[0] for one in columns if _column(*one).kind == Kind.NUMBER}
    heads = [Column(head, 16, text=head not in numbers) for head, *_ in columns]
    return workbook([Sheet(title=title[:31], columns=heads, rows=[], lines=[title])], title=title, at=at)


def read_rows(content: bytes, columns: Columns) -> list[dict[str, Any]]:
    """Typed rows by name. What is wrong is told by cell, never by what stands in it."""
    table = read_table(content, TableSpec([_column(*one) for one in columns]), limits=LIMITS)
    table.refuse_if_wrong()
    return [{"row": row.number, **{name: _stored(name, row[name]) for name in row.values}} for row in table.rows]


def _column(title: str, name: str, must: bool, _: str) -> ColumnSpec:
    if name in _DAYS:
        return ColumnSpec(name, title, Kind.DAY, required=must, least=FIRST, most=LAST)
    if name in _SUMS:
        return ColumnSpec(name, title, Kind.NUMBER, required=must, places=2)
    if name in _WORDS:
        return ColumnSpec(name, title, Kind.CHOICE, required=must, words=_WORDS[name])
    if name == "stay":
        return ColumnSpec(name, title, Kind.NUMBER, most=Decimal(99_999_999))
    return ColumnSpec(name, title, required=must, longest=300)


def _stored(name: str, value: Any) -> Any:
    """Blank sums are 0, blank words none of them."""
    if value is not None:
        return int(value) if name == "stay" else value
    if name in _WORDS:
        return False if name == "major_project" else ""
    return Decimal(0) if name in _SUMS else None
