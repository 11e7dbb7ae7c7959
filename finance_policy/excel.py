"""Lists of 绿色金融 as workbooks, and returns and lists from before go-live read back."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from finance_policy import access
from finance_policy.enums import APP, DOCUMENT
from finance_policy.models import BankReturn, FundEntry
from finance_policy.queries.grades import GradedLine
from finance_policy.queries.returns import figures_of
from finance_policy.rules.conditions import FIGURES, conditions
from finance_policy.rules.quarters import read_quarter
from finance_policy.services.returns import import_returns
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.registers.excel import Preview, read_records
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.services.records import organisation_resolver
from miyun_kpi.sheets.table import ColumnSpec, Kind, TableSpec, read_table
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


def _lines(title: str, clause: str, viewer: str, at: datetime) -> list[str]:
    return [title, f"{cite(DOCUMENT, clause)}　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]


def grades_workbook(lines: Sequence[GradedLine], *, viewer: str, at: datetime) -> bytes:
    title = "绿色信用等级"
    rows: list[Sequence[Cell]] = []
    for line in lines:
        values, found = line.record.values, line.decision
        decided = (found.get_grade_display(), str(found.decided_on), found.basis) if found else ("未评", "", "")
        rows.append([values["name"], values["code"], line.record.town.name if line.record.town else "", *decided])
    columns = [
        Column("企业", 30),
        Column("统一社会信用代码", 22),
        Column("镇街", 14),
        Column("等级", 12),
        Column("评定日期", 12),
        Column("依据", 40),
    ]
    sheet = Sheet(title=title, columns=columns, rows=rows, lines=_lines(title, "附件·32", viewer, at))
    return workbook([sheet], title=title, at=at)


def _figure_columns() -> list[Column]:
    return [
        Column(f"{words}（{unit}）" if unit == "户" else words, 18, None if unit == "户" else 2)
        for _, words, unit in FIGURES
    ]


def returns_workbook(rows: Sequence[BankReturn], *, viewer: str, at: datetime) -> bytes:
    """What the viewer may see, with the three conditions in words."""
    title = "银行绿色信贷季报"
    said = {True: "符合", False: "不符合", None: "不能判定"}
    cells: list[Sequence[Cell]] = [
        [
            row.bank.name,
            row.period,
            row.get_state_display(),
            *(getattr(row, name) for name, _, _ in FIGURES),
            *(said[one.holds] for one in conditions(figures_of(row))),
            row.note,
        ]
        for row in rows
    ]
    three = [Column("增速不低于", 12), Column("增量不低于", 12), Column("客户数不低于", 12)]
    columns = [
        Column("银行", 26),
        Column("季度", 10),
        Column("状态", 10),
        *_figure_columns(),
        *three,
        Column("说明", 30),
    ]
    lines = [*_lines(title, "三（三）8", viewer, at), "金额单位：万元"]
    return workbook([Sheet(title=title, columns=columns, rows=cells, lines=lines)], title=title, at=at)


def returns_template(*, at: datetime) -> bytes:
    title = "银行季报历史"
    columns = [
        Column("银行", 26, text=True),
        Column("季度", 10, text=True),
        *(Column(words, 20) for _, words, _ in FIGURES),
    ]
    return workbook([Sheet(title=title, columns=columns, rows=[])], title=title, at=at)


def fund_workbook(rows: Sequence[FundEntry], *, viewer: str, at: datetime) -> bytes:
    title = "绿色信贷风险补偿基金"
    cells: list[Sequence[Cell]] = [
        [
            row.number,
            str(row.on),
            row.get_kind_display(),
            row.amount,
            row.balance,
            row.party,
            row.basis,
            row.entered_by,
            row.late,
        ]
        for row in rows
    ]
    columns = [
        Column("序号", 8),
        Column("办理日期", 12),
        Column("事项", 18),
        Column("金额（元）", 18, 2),
        Column("余额（元）", 18, 2),
        Column("对方", 26),
        Column("依据", 40),
        Column("录入人", 24),
        Column("补登", 40),
    ]
    return workbook(
        [Sheet(title=title, columns=columns, rows=cells, lines=_lines(title, "三（二）4", viewer, at))],
        title=title,
        at=at,
    )


RETURNS = TableSpec(
    [
        ColumnSpec("bank", "银行", required=True, longest=100),
        ColumnSpec("quarter", "季度", required=True, longest=20),
        *(
            ColumnSpec(name, words, Kind.NUMBER, most=Decimal(2**31 - 1))
            if unit == "户"
            else ColumnSpec(name, words, Kind.NUMBER, places=2, signed=name in ("increment", "increment_before"))
            for name, words, unit in FIGURES
        ),
    ]
)


def import_workbook(*, actor: Actor, content: bytes, file_name: str, at: datetime) -> int:
    """The returns before go-live, all or nothing: how many were made. Refuses every wrong cell at once."""
    access.require_office(actor, "季报历史的导入")
    table = read_table(content, RETURNS, file_name=file_name)
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for row in table.rows:
        period = row.judged("quarter", read_quarter, row["quarter"])
        figures = {name: row[name] for name, _, _ in FIGURES}
        figures |= {name: int(row[name]) for name, _, unit in FIGURES if unit == "户" and row[name] is not None}
        rows.append((row["bank"], str(period), figures))
    table.refuse_if_wrong()
    return import_returns(actor=actor, rows=rows, at=at)


def read_library(kind: str, content: bytes, *, today: date) -> Preview:
    """A list of what was recognised before go-live, compared with what is registered."""
    declared, _ = kind_by(APP, kind)
    standing = Record.objects.filter(kind=declared.key)
    return read_records(declared, content, standing, organisation_resolver(), today=today)
