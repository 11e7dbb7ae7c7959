"""The package for the website as a workbook: one sheet a kind, as it was exported."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from disclosure.enums import APP, DOCUMENT, Applicant, Way
from disclosure.models import Package, PackageItem
from disclosure.queries.applications import Line
from disclosure.rules.annual import COLUMNS, DISPUTE_COLUMNS, Annual
from disclosure.rules.clocks import EXTENSION_DAYS
from disclosure.rules.kinds import PUBLISHED
from disclosure.rules.opening import DAYS, STAGES
from disclosure.services.opening import known_as, wrong
from miyun_kpi.acts.days import MARK
from miyun_kpi.lib.citations import cite
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind
from miyun_kpi.sheets.table import ColumnSpec, Limits, TableSpec, read_table
from miyun_kpi.sheets.table import Kind as Cells
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

DISPUTES = "因政府信息公开工作被申请行政复议、提起行政诉讼情况"
# Asked inside the house, not for the public.
INSIDE = frozenset({"channel", "agencies", "third", "copied", "organised", "signed", "deployed"})


def outward(kind: Kind) -> list[Field]:
    return [one for one in kind.fields if one.name not in INSIDE and not one.secret]


def by_kind(items: Sequence[PackageItem]) -> list[tuple[Kind, list[PackageItem]]]:
    groups: dict[str, list[PackageItem]] = {}
    for item in items:
        groups.setdefault(item.record.kind.removeprefix(f"{APP}."), []).append(item)
    return [(kind, groups[code]) for code, kind in PUBLISHED.items() if code in groups]


def names_in(items: Sequence[PackageItem]) -> dict[str, str]:
    codes = {value for item in items for value in item.values.values() if value}
    return dict(Organisation.objects.filter(code__in=codes).values_list("code", "name"))


def words_of(one: Field, item: PackageItem, names: dict[str, str]) -> str:
    value = item.values.get(one.name, "")
    return names.get(value, value) if one.type in (FieldType.ORGANISATION, FieldType.TOWN) else one.words(value)


def package_workbook(package: Package, items: Sequence[PackageItem], *, viewer: str, at: datetime) -> bytes:
    names = names_in(items)
    lines = [
        f"政务公开发布包第 {package.number} 号",
        f"{package.organisation.name}　导出 {package.exported_at.astimezone():%Y-%m-%d %H:%M}　{viewer}",
    ]
    sheets = []
    for kind, own in by_kind(items):
        fields = outward(kind)
        rows: list[Sequence[Cell]] = []
        for item in own:
            cells: list[Cell] = []
            for one in fields:
                value = item.values.get(one.name, "")
                cells.append(Decimal(value) if one.numeric and value else words_of(one, item, names))
            rows.append([*cells, item.link])
        columns = [
            Column(
                f"{one.label}（{one.unit}）" if one.unit else one.label,
                24,
                one.places if one.numeric else None,
            )
            for one in fields
        ]
        sheets.append(Sheet(title=kind.title[:31], columns=[*columns, Column("发布地址", 40)], rows=rows, lines=lines))
    return workbook(sheets, title=lines[0], at=at)


def applications_workbook(lines: Sequence[Line], *, viewer: str, at: datetime) -> bytes:
    """Without applicants and their contacts, for everybody."""
    rows: list[Sequence[Cell]] = [
        [
            line.row.organisation.name,
            line.row.number,
            str(line.row.received_on),
            line.row.get_way_display(),
            line.row.get_applicant_kind_display(),
            "＊＊＊",
            line.word,
            str(line.clock.due_on or ""),
            line.clock.used,
            str(line.row.answered_on or ""),
            line.row.get_outcome_display(),
            MARK if line.late else "",
        ]
        for line in lines
    ]
    heads = (
        "办理机关",
        "编号",
        "收到日期",
        "方式",
        "申请人类别",
        "申请人",
        "情况",
        "答复期限",
        "已用工作日",
        "答复日期",
        "办理结果",
        "补登",
    )
    title = "依申请公开"
    lines_above = [title, f"{cite(DOCUMENT, '五（一）')}　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    sheet = Sheet(title=title, columns=[Column(head, 16) for head in heads], rows=rows, lines=lines_above)
    return workbook([sheet], title=title, at=at)


def annual_workbook(tables: Annual, year: int, scope: str, *, viewer: str, at: datetime) -> bytes:
    rows: list[Sequence[Cell]] = [[row.label, *row.numbers, row.whole] for row in tables.cases]
    title = f"{year}年收到和处理政府信息公开申请情况"
    lines_above = [title, f"{scope}　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    columns = [Column("情况", 44), *(Column(one, 14) for one in COLUMNS), Column("总计", 10)]
    if tables.late:
        lines_above.append(f"其中 {tables.late} 件有补登的经过")
    disputes: list[Sequence[Cell]] = [[row.label, *row.numbers, row.whole] for row in tables.disputes]
    heads = [Column("类别", 20), *(Column(one, 14) for one in DISPUTE_COLUMNS), Column("总计", 10)]
    sheets = [
        Sheet(title=f"{year}年报", columns=columns, rows=rows, lines=lines_above),
        Sheet(title="复议诉讼", columns=heads, rows=disputes, lines=[DISPUTES, *lines_above[1:2]]),
    ]
    return workbook(sheets, title=title, at=at)


# ── 期初 of 依申请公开: its template, and its rows as they are proposed ────────────────────────────────────────────

NOTES = "填写说明"
OPENING_LIMITS = Limits(rows=200)


def _choice(key: str, title: str, words: dict[str, str]) -> ColumnSpec:
    return ColumnSpec(key, title, Cells.CHOICE, required=True, words={label: code for code, label in words.items()})


OPENING_COLUMNS = [
    _choice("stage", "期初阶段", STAGES),
    ColumnSpec("received_on", "收到日期", Cells.DAY, required=True),
    _choice("way", "方式", {str(code): str(label) for code, label in Way.choices}),
    _choice("applicant_kind", "申请人类别", {str(code): str(label) for code, label in Applicant.choices}),
    ColumnSpec("applicant", "申请人", required=True, longest=100),
    ColumnSpec("contact", "联系方式", longest=200),
    ColumnSpec("content", "所需政府信息", required=True, longest=2000),
    *(ColumnSpec(name, label, Cells.DAY) for name, label in DAYS.items() if name != "received_on"),
    ColumnSpec("extension_days", "延长工作日", Cells.NUMBER, most=Decimal(EXTENSION_DAYS)),
    ColumnSpec("basis", "期初依据", required=True, longest=200),
]
OPENINGS = TableSpec(OPENING_COLUMNS, beside=(NOTES,))


def opening_template(*, at: datetime) -> bytes:
    said = [
        f"期初阶段只能是{'、'.join(STAGES.values())}，并与填的日期一致",
        "只收上线前已经收到、还没有答复的；期限从收到日期起照算。日期写成 2020-09-25，没有的留空",
        f"方式：{'、'.join(str(one.label) for one in Way)}；申请人类别：{'、'.join(str(one.label) for one in Applicant)}",
        "期初依据写收件登记本、台账的名称和页码。由两个人办理：一人上传提出，本单位另一人确认",
    ]
    numbers = {one.title for one in OPENING_COLUMNS if one.kind == Cells.NUMBER}
    columns = [
        Column(one.title, 18, 0) if one.title in numbers else Column(one.title, 18, text=True)
        for one in OPENING_COLUMNS
    ]
    sheets = [
        Sheet(title="公开申请期初", columns=columns, rows=[]),
        Sheet(title=NOTES, columns=[Column("说明", 100)], rows=[[one] for one in said]),
    ]
    return workbook(sheets, title="公开申请期初登记模板", at=at)


def read_openings(content: bytes, *, file_name: str, organisation_id: int, today: date) -> list[dict[str, str]]:
    """Every row as the service takes it. Raises Refused with every problem by cell."""
    table = read_table(content, OPENINGS, file_name=file_name, limits=OPENING_LIMITS)
    rows: list[dict[str, str]] = []
    seen: dict[tuple[str, ...], int] = {}
    for line in table.rows:
        row = {one.key: "" if line[one.key] is None else str(line[one.key]) for one in OPENING_COLUMNS}
        if line.problems:
            continue
        for problem in wrong(row, today):
            line.wrong(problem.field or "stage", problem.code, problem.message)
        key = (row["received_on"], row["applicant"].strip(), row["content"].strip())
        if key in seen:
            line.wrong("applicant", "twice", f"与第 {seen[key]} 行是同一件。请删去一行。")
        seen.setdefault(key, line.number)
        twin = known_as(organisation_id, row)
        if twin is not None:
            line.wrong("applicant", "twice", f"与已经登记的第 {twin.number} 号是同一件。请删去这一行。")
        rows.append(row)
    table.refuse_if_wrong()
    return rows
