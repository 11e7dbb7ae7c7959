"""Workbooks of 耕地占补: opening balances and history in, all lists out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from farmland.enums import DOCUMENT, Builder
from farmland.models import Application, Entry, Lot, Money, Transfer
from farmland.queries.reconciling import voucher_of
from farmland.queries.rewards import UseLine
from farmland.queries.town_rewards import TownReward
from farmland.services.opening import OpeningRow
from miyun_kpi.acts.reconciling import MonthList, Side
from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.sheets.table import YES_NO, ColumnSpec, Kind, Limits, TableRow, TableSpec, read_table
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

LIMITS = Limits(rows=2_000)
_WORDS = {str(label): code for code, label in Builder.choices}
OPENING = TableSpec(
    [
        ColumnSpec("record_number", "备案号", required=True, longest=60),
        ColumnSpec("name", "批次", required=True, longest=60),
        ColumnSpec("town", "所在镇", required=True, longest=60),
        ColumnSpec("builder", "实施主体", Kind.CHOICE, required=True, words=_WORDS),
        ColumnSpec("builder_name", "实施企业", longest=100),
        ColumnSpec("mining", "矿区内", Kind.CHOICE, required=True, words=YES_NO),
        ColumnSpec("area", "验收面积", Kind.NUMBER, required=True, places=4),
        ColumnSpec("accepted_on", "验收日期", Kind.DAY, required=True),
        ColumnSpec("acceptance_number", "验收文号", required=True, longest=60),
        ColumnSpec("used", "已使用", Kind.NUMBER, places=4),
        ColumnSpec("transferred", "已转让", Kind.NUMBER, places=4),
        ColumnSpec("cost", "成本", Kind.NUMBER, places=2),
        ColumnSpec("profit", "利润", Kind.NUMBER, places=2),
        ColumnSpec("quality", "质量等级", longest=20),
        ColumnSpec("paddy", "水田面积", Kind.NUMBER, places=4),
        ColumnSpec("capacity", "产能", longest=40),
        ColumnSpec("coordination", "协调意见", longest=300),
    ]
)
TITLES = tuple(one.title for one in OPENING.columns)
NOTES = (
    "备案号、批次、所在镇、实施主体（镇政府 或 区管国企）、矿区内（是 或 否）、验收面积、验收日期、验收文号必填。",
    "面积写亩，最多四位小数；金额写元，最多两位小数；空白不是 0。",
    "已使用、已转让是上线以前的历史，写进账本的期初；空白按没有。",
    "所在地是街道、地区的，要写协调意见（第十四条）。一处有错，整个文件不写入。",
)


def template(*, at: datetime) -> bytes:
    columns = [Column(one.title, 14, one.places or None, text=not one.places) for one in OPENING.columns]
    sheet = Sheet(title="期初和历史", columns=columns, rows=[], lines=NOTES)
    return workbook([sheet], title="耕地占补期初导入模板", at=at)


@dataclass(frozen=True)
class Opening:
    rows: Sequence[OpeningRow]
    problems: Sequence[FieldError]


def read_opening(content: bytes, file_name: str) -> Opening:
    """Shape alone; what the rules say about the rows is found by a rehearsal of the import."""
    table = read_table(content, OPENING, file_name=file_name, limits=LIMITS)
    return Opening([_row(row) for row in table.rows if not row.problems], table.problems)


def _row(row: TableRow) -> OpeningRow:
    nothing = {key: row[key] or Decimal(0) for key in ("used", "transferred")}
    return OpeningRow(number=row.number, **{**row.values, **nothing})


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _sheet(
    title: str, heads: Sequence[tuple[str, int | None]], rows: Iterable[Sequence[Cell]], lines: Sequence[str]
) -> Sheet:
    return Sheet(title=title, columns=[Column(head, 16, places) for head, places in heads], rows=rows, lines=lines)


Columns = Sequence[tuple[str, int | None]]
LOT_COLUMNS: Columns = (
    ("批次", None),
    ("备案号", None),
    ("所在镇", None),
    ("实施主体", None),
    ("实施企业", None),
    ("矿区内", None),
    ("验收日期", None),
    ("验收（亩）", 4),
    ("已用（亩）", 4),
    ("转让（亩）", 4),
    ("预留（亩）", 4),
    ("可用（亩）", 4),
    ("成本（元）", 2),
    ("利润（元）", 2),
    ("质量等级", None),
    ("水田（亩）", 4),
    ("产能", None),
)
ENTRY_COLUMNS: Columns = (
    ("笔", None),
    ("办理日期", None),
    ("登记时间", None),
    ("事项", None),
    ("批次", None),
    ("项目", None),
    ("面积（亩）", 4),
    ("可用增减", 4),
    ("批次可用", 4),
    ("全库可用", 4),
    ("冲正第几笔", None),
    ("理由", None),
    ("条款", None),
    ("补登", None),
    ("经办", None),
)
APPLICATION_COLUMNS: Columns = (
    ("编号", None),
    ("建设项目", None),
    ("建设单位", None),
    ("投资主体", None),
    ("经营性", None),
    ("区政府承担", None),
    ("公益", None),
    ("坐落", None),
    ("占用（亩）", 4),
    ("批准文号", None),
    ("批准日期", None),
    ("请示文号", None),
    ("协调意见", None),
    ("状态", None),
)
MONEY_COLUMNS: Columns = (
    ("笔", None),
    ("日期", None),
    ("类别", None),
    ("票据", None),
    ("收到（元）", 2),
    ("冲回收到（元）", 2),
    ("付出（元）", 2),
    ("冲回付出（元）", 2),
    ("镇使用（元）", 2),
    ("冲回镇使用（元）", 2),
    ("冲正第几笔", None),
    ("项目", None),
    ("批次", None),
    ("转让", None),
    ("镇", None),
    ("说明", None),
    ("补登", None),
)
MONTH_COLUMNS: Columns = (
    ("月份", None),
    ("笔数", 0),
    ("收到（元）", 2),
    ("冲回收到（元）", 2),
    ("收到净额（元）", 2),
    ("付出（元）", 2),
    ("冲回付出（元）", 2),
    ("付出净额（元）", 2),
    ("本月差额（元）", 2),
    ("至本月末累计差额（元）", 2),
    ("镇使用净额（元）", 2),
    ("对账", None),
)
REWARD_COLUMNS: Columns = (
    ("镇", None),
    ("待使用（亩）", 4),
    ("（一）（元）", 2),
    ("（二）（元）", 2),
    ("应奖（元）", 2),
    ("另一读法（元）", 2),
    ("（一）（二）已付（元）", 2),
    ("转让奖励已付（三）（元）", 2),
    ("已追回（元）", 2),
    ("未付（元）", 2),
    ("多付待追回（元）", 2),
    ("登记的用途（元）", 2),
    ("奖励资金余额（元）", 2),
)
USE_COLUMNS: Columns = (
    ("镇", None),
    ("批次", None),
    ("项目", None),
    ("核销日期", None),
    ("面积（亩）", 4),
    ("（一）（元）", 2),
    ("（二）（元）", 2),
    ("应奖（元）", 2),
    ("已付净额（元）", 2),
    ("未付（元）", 2),
    ("待追回（元）", 2),
    ("理由", None),
)
TRANSFER_COLUMNS: Columns = (
    ("编号", None),
    ("受让区", None),
    ("面积（亩）", 4),
    ("单价（元/亩）", 2),
    ("补偿费（元）", 2),
    ("协议", None),
    ("批准文号", None),
    ("议定奖励（元）", 2),
    ("冲正", None),
)


def lists_workbook(
    *,
    lots: Sequence[Lot],
    entries: Iterable[Entry],
    applications: Iterable[Application],
    money: Iterable[Money],
    months: Iterable[MonthList] | None,
    transfers: Sequence[Transfer],
    rewards: Sequence[TownReward],
    uses: Sequence[UseLine],
    near: frozenset[int],
    whole: bool,
    viewer: str,
    at: datetime,
) -> bytes:
    """Everything the viewer sees, one sheet a list; what grows with the years is read as it is written.

    `near`: applications whose names the viewer may read; `months`: for who reconciles them.
    """
    stamp = f"{document_label(DOCUMENT)}　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"
    lists: list[tuple[str, str, Columns, Iterable[list[Any]]]] = [
        ("批次", "耕地占补平衡指标库", LOT_COLUMNS, _lots(lots, whole)),
        ("账本", "占补指标账本", ENTRY_COLUMNS, _entries(entries, near, whole)),
        ("申请", "指标使用申请", APPLICATION_COLUMNS, _applications(applications)),
        ("收支", "占补费用和资金收支", MONEY_COLUMNS, _money(money)),
        ("奖励", "耕地保护补偿奖励", REWARD_COLUMNS, _rewards(rewards)),
        ("奖励逐项", "奖励：逐个项目和批次", USE_COLUMNS, _uses(uses, near, whole)),
        ("转让", "转让外区", TRANSFER_COLUMNS, _transfers(transfers)),
    ]
    if months is not None:
        lists.append(("对账", "收支按月", MONTH_COLUMNS, _months(months)))
    sheets = [_sheet(name, columns, rows, [title, stamp]) for name, title, columns, rows in lists]
    return workbook(sheets, title="耕地占补平衡", at=at)


def _lots(lots: Sequence[Lot], whole: bool) -> list[list[Any]]:
    """Cost and profit for those who see the whole pool."""
    return [
        [
            lot.name,
            lot.record_number,
            lot.town.name,
            lot.get_builder_display(),
            lot.builder_name,
            "是" if lot.mining else "否",
            _day(lot.accepted_on),
            lot.accepted,
            lot.used,
            lot.transferred,
            lot.reserved,
            lot.free,
            lot.cost if whole else None,
            lot.profit if whole else None,
            lot.quality,
            lot.paddy,
            lot.capacity,
        ]
        for lot in lots
    ]


def _entries(entries: Iterable[Entry], near: frozenset[int], whole: bool) -> Iterator[list[Any]]:
    for e in entries:
        yield [
            e.number,
            _day(e.done_on),
            f"{e.at.astimezone():%Y-%m-%d %H:%M}",
            e.get_kind_display(),
            e.lot.name,
            (e.application.name if e.application.pk in near else "其他镇的项目") if e.application else "",
            e.area,
            e.change,
            e.lot_free,
            e.pool_free if whole else None,
            e.reverses,
            e.reason,
            e.clause,
            e.late,
            e.by if whole else "",
        ]


def _applications(applications: Iterable[Application]) -> Iterator[list[Any]]:
    for a in applications:
        yield [
            a.number,
            a.name,
            a.applicant,
            a.get_investor_display(),
            "是" if a.commercial else "否",
            "是" if a.district_pays else "否",
            "是" if a.public else "否",
            a.town.name,
            a.area,
            a.approval_number,
            _day(a.approval_on),
            a.request_number,
            a.coordination,
            a.get_state_display(),
        ]


def _money(money: Iterable[Money]) -> Iterator[list[Any]]:
    """Each in the column of its side, without a sign: every column adds up, and the net sums are those of 对账."""
    columns = [(side, back) for side in Side for back in (False, True)]
    for m in money:
        one = voucher_of(m)
        yield [
            m.number,
            _day(m.day),
            m.get_kind_display(),
            m.ticket,
            *(m.amount if (one.side, one.reverses) == column else None for column in columns),
            m.reverses,
            m.application.name if m.application else "",
            m.lot.name if m.lot else "",
            m.transfer.district if m.transfer else "",
            m.town.name if m.town else "",
            m.note,
            m.late,
        ]


def _months(months: Iterable[MonthList]) -> Iterator[list[Any]]:
    for one in months:
        received, paid = one.sums.received, one.sums.paid
        yield [
            *(PeriodCode.parse(one.month).label, one.count),
            *(received.entered, received.reversed, received.net),
            *(paid.entered, paid.reversed, paid.net),
            *(one.sums.net, one.after, one.sums.aside.net, one.state[1]),
        ]


def _rewards(rewards: Sequence[TownReward]) -> list[list[Any]]:
    return [
        [
            *(r.name, r.waiting, r.first, r.second, r.applied, r.other),
            *(r.paid, r.paid_transfer, r.taken_back, r.left, r.over, r.used, r.fund),
        ]
        for r in rewards
    ]


def _uses(uses: Sequence[UseLine], near: frozenset[int], whole: bool) -> list[list[Any]]:
    return [
        [
            one.entry.lot.town.name,
            one.entry.lot.name,
            one.what if whole or one.entry.application_id in near else "其他镇的项目",
            _day(one.entry.done_on),
            one.entry.area,
            one.first.due,
            one.second.due,
            one.applied,
            one.kept,
            one.left,
            one.over,
            one.problem or one.reason,
        ]
        for one in uses
    ]


def _transfers(transfers: Sequence[Transfer]) -> list[list[Any]]:
    return [
        [
            t.number,
            t.district,
            t.area,
            t.price,
            t.amount,
            t.agreement,
            t.approval_number,
            t.reward,
            "已冲正" if t.reversed_at else "",
        ]
        for t in transfers
    ]
