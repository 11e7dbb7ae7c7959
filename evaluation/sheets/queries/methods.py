"""What an evaluator's own 细则 gives for the cells of a sheet, from its 数据表. It proposes; only a person's act marks."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluation.enums import DataRows
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Figure
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.queries.sheet_facts import held_marks, method_lines
from evaluation.sheets.rules.methods import Deducted, Given, Kind, Method, Take, deduct, method_of, places_of
from evaluation.tasks.models.data_tables import DataSet, DataTable
from evaluation.tasks.rules.data_tables import columns_of
from miyun_kpi.lib.decimals import plain
from miyun_kpi.organisations.queries import heir_id


@dataclass(frozen=True)
class Declared:
    """A line with its method; `pk` 0 while it is only typed."""

    pk: int
    order: int
    limit: Decimal | None
    method: Method


@dataclass(frozen=True)
class ProposedLine:
    """`sets`: the imported months it was computed from."""

    declared: Declared
    points: Decimal
    words: str
    sets: tuple[int, ...]


@dataclass(frozen=True)
class ProposedMark:
    """`value` None: nothing is proposed, and `words` say why. `asks`: whoever marks the cell must say why he marks so."""

    value: Decimal | None
    lines: tuple[ProposedLine, ...]
    words: str
    asks: bool

    @property
    def token(self) -> str:
        """Of what was on the screen: another sum has another token."""
        said = [(one.declared.pk, plain(one.points), one.words, one.sets) for one in self.lines]
        return hashlib.sha256(repr((self.value, said)).encode()).hexdigest()[:16]

    @property
    def differs_from(self) -> str:
        """What a mark typed otherwise is held against, in words."""
        return f"细则算出 {plain(self.value)}（{self.words}）" if self.value is not None else self.words


def proposed_marks(sheet: MarkSheet, marks: Sequence[Mark] | None = None) -> dict[int, ProposedMark]:
    """By organisation; empty without a declared method, and for 代录, where the stamped paper gives the marks.

    `marks`: those of `held_marks`, which know whether there is a method.
    """
    cells = held_marks(sheet) if marks is None else marks
    if sheet.paper_number or not any(one.by_method for one in cells):
        return {}
    declared = [
        Declared(line.pk, line.order, line.points, method_of(line.method or {}))
        for line in method_lines(sheet).order_by("order")
    ]
    return computed(declared, sheet.period, {one.organisation.code: one for one in cells})


def own_tables(share: Figure) -> list[DataTable]:
    """The tables a method of the share may read: by units, under its indicator, kept by its evaluator."""
    keeper = share.organisation_id or 0
    found = DataTable.objects.filter(indicator=share.indicator_id, rows_by=DataRows.UNIT)
    return list(found.filter(kept_for=heir_id(keeper)))


def number_columns(table: DataTable) -> dict[str, bool]:
    return {column.title: column.kind == "number" for column in columns_of(table.columns)}


@dataclass(frozen=True)
class _Read:
    """The figures of one line by the code of the unit; `lacks` says why there is none at all."""

    figures: Mapping[str, Sequence[Given]]
    sets: tuple[int, ...]
    source: str
    lacks: str = ""


def computed(declared: Sequence[Declared], period: Period, marks: Mapping[str, Mark]) -> dict[int, ProposedMark]:
    """`marks` by the code of the unit: all whose figures are held against each other."""
    months = [str(month) for month in period.period_code.months]
    tables = DataTable.objects.in_bulk([one.method.table for one in declared])
    current = DataSet.objects.filter(table__in=tables, current=True, period__in=months).order_by("period")
    sets: dict[int, dict[str, DataSet]] = {}
    for one in current:
        sets.setdefault(one.table_id, {})[one.period] = one
    # 推定: of a whole year the months count from the first that was imported; a quarter needs its three.
    yearly = period.period_code.quarter is None
    found: dict[str, list[tuple[Declared, Deducted, tuple[int, ...]]]] = {code: [] for code in marks}
    for line in declared:
        read = _read(line.method, tables[line.method.table], sets.get(line.method.table, {}), months, yearly)
        for code, given in _deducted(line, read, list(marks)).items():
            found[code].append((line, given, read.sets))
    return {mark.organisation_id: _together(mark.full_mark, found[code]) for code, mark in marks.items()}


def _read(method: Method, table: DataTable, sets: Mapping[str, DataSet], months: Sequence[str], yearly: bool) -> _Read:
    wanted = list(months[-1:]) if method.take is Take.LAST else list(months)
    if yearly and method.take is not Take.LAST and sets:
        wanted = [month for month in months if month >= min(sets)]
    missing = [month for month in wanted if month not in sets]
    if missing:
        words = "、".join(f"{int(month[5:])} 月" for month in missing)
        return _Read({}, (), "", f"数据表“{table.name}”{words}还没有导入，不建议得分")
    taken = [sets[month] for month in wanted]
    titles = [[column.title for column in columns_of(one.columns)] for one in taken]
    gone = [name for name in method.columns if any(name not in known for known in titles)]
    if gone:
        return _Read({}, (), "", f"数据表“{table.name}”没有“{'、'.join(gone)}”这一列，不建议得分")
    shown = {column.title: column.places for column in columns_of(taken[-1].columns)}
    rows = [{row["key"]: row["values"] for row in one.rows} for one in taken]
    figures = {
        code: [
            Given(
                name,
                _combined(
                    method, [_cell(row.get(code), known.index(name)) for row, known in zip(rows, titles, strict=True)]
                ),
                shown[name],
            )
            for name in method.columns
        ]
        for code in {code for row in rows for code in row}
    }
    versions = "、".join(f"{int(one.period[5:])} 月第 {one.number} 版" for one in taken)
    return _Read(figures, tuple(one.pk for one in taken), f"（数据表“{table.name}”{versions}）")


def _cell(values: Sequence[str | None] | None, place: int) -> Fraction | None:
    text = None if values is None else values[place]
    return None if text is None else Fraction(text)


def _combined(method: Method, values: Sequence[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    total = sum(known, Fraction(0))
    return total / len(known) if method.take is Take.MEAN else total


def _deducted(line: Declared, read: _Read, codes: Sequence[str]) -> dict[str, Deducted]:
    if read.lacks:
        return dict.fromkeys(codes, Deducted(None, read.lacks))
    method = line.method
    first = {code: read.figures[code][0].value for code in codes if code in read.figures}
    known = {code: value for code, value in first.items() if value is not None}
    places = places_of(known, higher=method.higher) if method.kind is Kind.PLACES else {}
    found = {}
    for code in codes:
        if code not in read.figures:
            found[code] = Deducted(None, "数据表没有这个单位，不建议得分")
            continue
        given = deduct(
            method, read.figures[code], line=line.order, limit=line.limit, place=places.get(code), of=len(known)
        )
        found[code] = given if given.points is None else Deducted(given.points, given.words + read.source)
    return found


def _together(full: Decimal, found: Sequence[tuple[Declared, Deducted, tuple[int, ...]]]) -> ProposedMark:
    """All lines of one cell: without one of them there is no mark to propose."""
    words = "；".join(given.words for _, given, _ in found)
    without = [given for _, given, _ in found if given.points is None]
    if without:
        return ProposedMark(None, (), "；".join(one.words for one in without), any(one.asks for one in without))
    lines = tuple(
        ProposedLine(line, given.points, given.words, sets) for line, given, sets in found if given.points is not None
    )
    lost = sum((one.points for one in lines), Decimal(0))
    if lost > full:
        over = f"各条合计扣 {plain(lost)} 分，超过满分 {plain(full)}，请自行打分并写明理由（{words}）"
        return ProposedMark(None, (), over, asks=True)
    return ProposedMark(full - lost, lines, words, asks=False)
