"""A list of organisations as a workbook: compared with what is stored, then carried out by the acts of `services`.

New codes are created, other names renamed from a day, further aliases added; nothing is deleted and what the file does
not name stays. Category, zone and 列入考评 of an organisation that exists are not changed by a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

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
    create_organisation,
    rename_organisation,
)
from miyun_kpi.sheets.table import TableRow, read_table, same
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

TITLES = ("代码", "名称", "类别", "分区", "列入考评", "次序", "别名", "更名启用日期")
_WIDTHS = (22, 28, 24, 14, 10, 8, 50, 14)
HINT = "代码已有的照代码对：名称不同就是更名（要写启用日期），多出的别名就增加，用“；”隔开；代码没有的新建。文件里没有的机构和别名不动。"
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
        ]
        for row in Organisation.objects.filter(valid_to=None).in_printed_order().prefetch_related("aliases")
    ]
    columns = [Column(title, width) for title, width in zip(TITLES, _WIDTHS, strict=True)]
    return workbook([Sheet("机构名单", columns, rows, lines=("机构名单", HINT))], title="机构名单", at=at)


@dataclass(frozen=True)
class Act:
    """`kind`: "create" (`fields` of NewOrganisation), "rename" (to `name` on `on`) or "alias" (`name`)."""

    kind: str
    code: str
    version: int
    name: str
    on: str = ""
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
    table = read_table(content, file_name=file_name, titles=TITLES)
    rows = {row.code: row for row in Organisation.objects.all()}
    bearers = {key: code for code, row in rows.items() for key in (row.key, squeeze(code))}
    bearers |= dict(Alias.objects.values_list("key", "organisation__code"))
    known = _Known(rows, bearers)
    acts = [act for row in table.rows for act in _acts(row, known, at.astimezone(CHINA).date())]
    table.refuse_if_wrong()
    return Preview(table.source, len(table.rows), acts)


def _acts(row: TableRow, known: _Known, today: date) -> list[Act]:
    code, name = row.text("代码", longest=60), row.text("名称", longest=100, required=True)
    aliases = [one.strip() for one in row.text("别名", longest=2000).replace(";", "；").split("；") if one.strip()]
    if len(aliases) > MOST_ALIASES or any(len(one) > 100 for one in aliases):
        row.wrong("别名", "too-long", f"别名最多 {MOST_ALIASES} 个，每个 100 字以内。")
    if not code:
        row.wrong("代码", "blank", "是空白。代码是机构不变的标识，请照模板写；新机构用拼音小写和连字符。")
        return []
    if code in known.seen:
        row.wrong("代码", "doubled-row", f"与第 {known.seen[code]} 行重复，请只留一行。")
        return []
    known.seen[code] = row.number
    stored = known.by_code.get(code)
    acts = _new(row, known, code, name) if stored is None else _renamed(row, known, stored, name, today)
    version = stored.version if stored else 0
    return acts + [
        Act("alias", code, version, alias)
        for alias in aliases
        if squeeze(alias) != squeeze(name) and _take(row, known, "别名", code, alias)
    ]


def _take(row: TableRow, known: _Known, title: str, code: str, text: str) -> bool:
    """Whether a spelling is free; one that another bears is wrong, one's own is nothing new."""
    key = squeeze(text)
    bearer = known.bearers.get(key)
    if bearer not in (None, code):
        whose = known.by_code[bearer].name if bearer in known.by_code else f"第 {known.seen.get(bearer or '')} 行"
        row.wrong(title, "name-taken", f"“{text[:30]}”已是“{whose}”的名称、代码或别名；一个写法只能指一个机构。")
        return False
    known.bearers[key] = code
    return bearer is None


def _new(row: TableRow, known: _Known, code: str, name: str) -> list[Act]:
    if not (code == code.lower() and code.isascii() and all(ch.isalnum() or ch == "-" for ch in code)):
        row.wrong("代码", "bad-code", "代码只用小写字母、数字和连字符。")
    categories = {same(str(label)): value for value, label in Category.choices}
    zones = {same(str(label)): value for value, label in Zone.choices}
    said, zone = row.text("类别", longest=40, required=True), row.text("分区", longest=20)
    category = categories.get(same(said), "")
    if said and not category:
        row.wrong(
            "类别", "unknown-category", f"没有“{said[:20]}”这一类别。可写：{'、'.join(map(str, Category.labels))}。"
        )
    if zone and same(zone) not in zones:
        row.wrong("分区", "unknown-zone", f"没有“{zone[:20]}”这一分区。可写：{'、'.join(map(str, Zone.labels))}。")
    elif category and (category == Category.TOWNSHIP) != bool(zone):
        row.wrong("分区", "bad-zone", "镇街（地区）、经济功能区须写分区，其他类别不写。")
    evaluated = _yes(row)
    if evaluated and category == Category.BODY:
        row.wrong("列入考评", "body-evaluated", "“其他机构”不列入考评。")
    order = row.number_of("次序", places=0)
    if order is not None and not 1 <= order <= 9999:
        row.wrong("次序", "bad-order", "须在 1 至 9999 之间。")
    _take(row, known, "代码", code, code)
    _take(row, known, "名称", code, name)
    fields = {
        "code": code,
        "name": name,
        "category": category,
        "zone": zones.get(same(zone), ""),
        "evaluated": evaluated,
        "order": int(order) if order is not None else 999,
    }
    return [Act("create", code, 0, name, fields=fields)]


def _yes(row: TableRow) -> bool:
    said = row.text("列入考评", longest=4)
    if said not in ("是", "否", ""):
        row.wrong("列入考评", "bad-flag", "请写“是”或“否”。")
    return said == "是"


def _renamed(row: TableRow, known: _Known, stored: Organisation, name: str, today: date) -> list[Act]:
    for title, now, word in (
        ("类别", str(stored.get_category_display()), row.text("类别", longest=40)),
        ("分区", str(stored.get_zone_display()) if stored.zone else "", row.text("分区", longest=20)),
        ("列入考评", "是" if stored.evaluated else "否", row.text("列入考评", longest=4)),
    ):
        if word and same(word) != same(now):
            row.wrong(title, "not-by-list", f"现为“{now or '（空）'}”，不能经名单改。请改回，或撤并后新建。")
    on = row.day("更名启用日期")
    if not name or name == stored.name:
        return []
    if stored.valid_to is not None:
        row.wrong("名称", "already-ended", f"“{stored.name}”已于 {stored.valid_to} 撤并，不能再更名。")
    elif on is None:
        row.wrong("更名启用日期", "blank", f"名称与现在的“{stored.name}”不同，更名要写启用日期。")
    elif on > today:
        row.wrong("更名启用日期", "future-date", "还没有到，请到当日再办理。")
    _take(row, known, "名称", stored.code, name)
    return [Act("rename", stored.code, stored.version, name, str(on), before=stored.name)]


def import_list(*, actor: Actor, acts: Sequence[Act], at: datetime) -> int:
    """Carry out a read list, all or nothing; whatever was changed since the preview refuses it. Returns the number of acts."""
    require_manage(actor)
    with transaction.atomic():
        versions: dict[str, int] = {}
        for act in acts:
            seen = Seen(act.code, versions.get(act.code, act.version))
            if act.kind == "create":
                row = create_organisation(actor=actor, new=NewOrganisation(**act.fields), at=at)
            elif act.kind == "rename":
                on = date.fromisoformat(act.on)
                row = rename_organisation(actor=actor, seen=seen, name=act.name, on=on, at=at)
            else:
                row = add_alias(actor=actor, seen=seen, text=act.name, source="机构名单", at=at).organisation
            versions[act.code] = row.version
    return len(acts)
