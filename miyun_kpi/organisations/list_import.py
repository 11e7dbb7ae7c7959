"""A list of organisations as a workbook: compared with what is stored, then carried out by the acts of `services`.

New codes are created, other names renamed from a day, further aliases added; nothing is deleted and what the file does
not name stays. Category, zone and 列入考评 of an organisation that exists are not changed by a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from miyun_kpi.acts.acting import acting
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.access import require_manage
from miyun_kpi.organisations.enums import Category, Zone
from miyun_kpi.organisations.models import Alias, Organisation
from miyun_kpi.organisations.services import (
    CHINA,
    NewOrganisation,
    Seen,
    add_alias,
    began,
    create_organisation,
    rename_organisation,
)
from miyun_kpi.sheets.table import YES_NO, ColumnSpec, Kind, TableRow, TableSpec, read_table
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

SPEC = TableSpec(
    [
        ColumnSpec("code", "代码", longest=60),
        ColumnSpec("name", "名称", required=True, longest=100),
        ColumnSpec("category", "类别", Kind.CHOICE, words={str(label): code for code, label in Category.choices}),
        ColumnSpec("zone", "分区", Kind.CHOICE, words={str(label): code for code, label in Zone.choices}),
        ColumnSpec("evaluated", "列入考评", Kind.CHOICE, words=YES_NO),
        ColumnSpec("order", "次序", Kind.NUMBER, least=Decimal(1), most=Decimal(9999)),
        ColumnSpec("aliases", "别名", longest=2000),
        ColumnSpec("on", "更名启用日期", Kind.DAY),
        ColumnSpec("number", "更名文号", longest=60),
    ]
)
_WIDTHS = (22, 28, 24, 14, 10, 8, 50, 14, 24)
HINT = "代码已有的照代码对：名称不同就是更名（要写启用日期和文号），多出的别名就增加，用“；”隔开；代码没有的新建。文件里没有的机构和别名不动。"
MOST_ALIASES = 40


def list_workbook(*, at: datetime) -> bytes:
    """The present list, which is also the template."""
    rows: list[list[Cell]] = [
        [
            row.code,
            row.name,
            str(row.get_category_display()),
            str(row.get_zone_display()) if row.zone else "",
            "是" if row.evaluated else "否",
            row.order,
            "；".join(alias.text for alias in row.aliases.all()),
            "",
            "",
        ]
        for row in Organisation.objects.filter(valid_to=None).in_printed_order().prefetch_related("aliases")
    ]
    columns = [
        Column(one.title, width, text=one.kind != Kind.NUMBER) for one, width in zip(SPEC.columns, _WIDTHS, strict=True)
    ]
    return workbook([Sheet("机构名单", columns, rows, lines=("机构名单", HINT))], title="机构名单", at=at)


@dataclass(frozen=True)
class Act:
    """`kind`: "create" (`fields` of NewOrganisation), "rename" (to `name` on `on` by `number`) or "alias" (`name`)."""

    kind: str
    code: str
    version: int
    name: str
    on: str = ""
    number: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    before: str = ""


@dataclass(frozen=True)
class Preview:
    source: str
    read: int
    acts: Sequence[Act]


@dataclass
class _Known:
    """Who bears which name, code or alias now and after the rows read so far."""

    by_code: dict[str, Organisation]
    bearers: dict[str, str]
    seen: dict[str, int] = field(default_factory=dict)


def read_list(*, actor: Actor, file_name: str, content: bytes, at: datetime) -> Preview:
    """Compare a workbook with the stored list; writes nothing. All that is wrong is refused at once, by cell."""
    require_manage(actor)
    table = read_table(content, SPEC, file_name=file_name)
    rows = {row.code: row for row in Organisation.objects.all()}
    bearers = {key: code for code, row in rows.items() for key in (row.key, squeeze(code))}
    bearers |= dict(Alias.objects.values_list("key", "organisation__code"))
    known = _Known(rows, bearers)
    acts = [act for row in table.rows for act in _acts(row, known, at.astimezone(CHINA).date())]
    table.refuse_if_wrong()
    return Preview(table.source, len(table.rows), acts)


def _acts(row: TableRow, known: _Known, today: date) -> list[Act]:
    code, name = row["code"], row["name"]
    aliases = [one.strip() for one in row["aliases"].replace(";", "；").split("；") if one.strip()]
    if len(aliases) > MOST_ALIASES or any(len(one) > 100 for one in aliases):
        row.wrong("aliases", "too-long", f"别名最多 {MOST_ALIASES} 个，每个 100 字以内。")
    if not code:
        row.wrong("code", "blank", "是空白。代码是机构不变的标识，请照模板写；新机构用拼音小写和连字符。")
        return []
    if code in known.seen:
        row.wrong("code", "doubled-row", f"与第 {known.seen[code]} 行重复，请只留一行。")
        return []
    known.seen[code] = row.number
    stored = known.by_code.get(code)
    acts = _new(row, known, code, name) if stored is None else _renamed(row, known, stored, name, today)
    version = stored.version if stored else 0
    return acts + [
        Act("alias", code, version, alias)
        for alias in aliases
        if squeeze(alias) != squeeze(name) and _take(row, known, "aliases", code, alias)
    ]


def _take(row: TableRow, known: _Known, column: str, code: str, text: str) -> bool:
    """Whether a spelling is free; one that another bears is wrong, one's own is nothing new."""
    key = squeeze(text)
    bearer = known.bearers.get(key)
    if bearer not in (None, code):
        whose = known.by_code[bearer].name if bearer in known.by_code else f"第 {known.seen.get(bearer or '')} 行"
        row.wrong(column, "name-taken", f"“{text[:30]}”已是“{whose}”的名称、代码或别名；一个写法只能指一个机构。")
        return False
    known.bearers[key] = code
    return bearer is None


def _new(row: TableRow, known: _Known, code: str, name: str) -> list[Act]:
    if not (code == code.lower() and code.isascii() and all(ch.isalnum() or ch == "-" for ch in code)):
        row.wrong("code", "bad-code", "代码只用小写字母、数字和连字符。")
    category, zone, order = row["category"], row["zone"], row["order"]
    if row.blank("category"):
        row.wrong("category", "blank", "是空白，请写明。")
    if category and (category == Category.TOWNSHIP) != bool(zone):
        row.wrong("zone", "bad-zone", "镇街（地区）、经济功能区须写分区，其他类别不写。")
    if row["evaluated"] and category == Category.BODY:
        row.wrong("evaluated", "body-evaluated", "“其他机构”不列入考评。")
    _take(row, known, "code", code, code)
    _take(row, known, "name", code, name)
    fields = {
        "code": code,
        "name": name,
        "category": category or "",
        "zone": zone or "",
        "evaluated": bool(row["evaluated"]),
        "order": int(order) if order is not None else 999,
    }
    return [Act("create", code, 0, name, fields=fields)]


def _renamed(row: TableRow, known: _Known, stored: Organisation, name: str, today: date) -> list[Act]:
    for column, now, shown in (
        ("category", stored.category, stored.get_category_display()),
        ("zone", stored.zone, stored.get_zone_display() if stored.zone else "（空）"),
        ("evaluated", stored.evaluated, "是" if stored.evaluated else "否"),
    ):
        if row[column] not in (None, now):
            row.wrong(column, "not-by-list", f"现为“{shown}”，不能经名单改。请改回，或撤并后新建。")
    on = row["on"]
    if not name or name == stored.name:
        return []
    if stored.valid_to is not None:
        row.wrong("name", "already-ended", f"“{stored.name}”已于 {stored.valid_to} 撤并，不能再更名。")
    elif on is None:
        row.wrong("on", "blank", f"名称与现在的“{stored.name}”不同，更名要写启用日期。")
    elif on > today:
        row.wrong("on", "future-date", "还没有到，请到当日再办理。")
    elif not row["number"]:
        row.wrong("number", "blank", "更名要写文号。")
    _take(row, known, "name", stored.code, name)
    return [Act("rename", stored.code, stored.version, name, str(on), row["number"] or "", before=stored.name)]


def import_list(*, actor: Actor, acts: Sequence[Act], at: datetime) -> int:
    """Carry out a read list, all or nothing; whatever was changed since the preview refuses it. Returns the number of acts."""
    require_manage(actor)
    with acting(actor, at):
        versions: dict[str, int] = {}
        made = []
        for act in acts:
            seen = Seen(act.code, versions.get(act.code, act.version))
            if act.kind == "create":
                row = create_organisation(actor=actor, new=NewOrganisation(**act.fields), at=at, alone=False)
                made.append(row)
            elif act.kind == "rename":
                on = date.fromisoformat(act.on)
                row = rename_organisation(actor=actor, seen=seen, name=act.name, number=act.number, on=on, at=at)
            else:
                row = add_alias(actor=actor, seen=seen, text=act.name, source="机构名单", at=at).organisation
            versions[act.code] = row.version
        began(actor, made, at)
    return len(acts)
