"""The official 任务表 as a workbook: out as it stands, and back, read and compared, to be proposed as one batch (engine 12)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from evaluation.enums import FigureKind
from evaluation.figures.queries import EVALUATOR, SHARES, WEIGHTS, Row, Table, tables
from evaluation.figures.services.figures import Wanted, consistency_problems
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.queries.figures import VALUE_WORDS, organisation_names, subject_words, value_words
from evaluation.scheme.queries.schemes import scheme_view
from evaluation.scheme.rules.figures import normalise
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.sheets.table import BY_SHEET, ColumnSpec, Kind, TableRow, TableSpec, read_tables, refuse
from miyun_kpi.sheets.table import Table as Read
from miyun_kpi.sheets.write import Column, Sheet, workbook

_CARRIED = {
    **dict.fromkeys(("承担", "是", "√", "✓", "yes", "1"), "yes"),
    **dict.fromkeys(("不承担", "否", "×", "✗", "no", "0", "-", "–", "—"), "no"),
}


@dataclass(frozen=True)
class Difference:
    figure: Figure
    subject: str
    old: str
    new: str
    place: str


@dataclass(frozen=True)
class Preview:
    """What accepting would propose: `wanted` holds every cell read, equal ones as plain confirmations."""

    source: str
    wanted: Sequence[Wanted]
    differences: Sequence[Difference]
    absent: Sequence[str]

    @property
    def confirmations(self) -> int:
        return len(self.wanted) - len(self.differences)


@dataclass
class _Reading:
    """Values by figure with where they stood."""

    values: dict[int, tuple[Figure, str, str]] = field(default_factory=dict)
    resolve: Callable[[str], Organisation | None] = field(default_factory=resolver)


def template(scheme: Scheme, at: datetime) -> bytes:
    """The workbook with the figures as they stand."""
    view = scheme_view(scheme)
    names = {o.code: o.name for o in view.evaluators()}
    sheets = [_sheet(scheme, table, names) for table in tables(view)]
    return workbook(sheets, title=f"{scheme.title}任务表", at=at)


def _sheet(scheme: Scheme, table: Table, names: dict[str, str]) -> Sheet:
    widths = {"序": 6, "第几家": 8, "考评内容": 30, "考评对象": 30, "项目": 34, "考评部门": 24, "取值": 26}
    columns = [
        Column(title, widths.get(title, 12), text=title == EVALUATOR) for title in (*table.key_titles, *table.titles)
    ]
    rows = [(*row.keys, *_cells(table, row, names)) for row in table.rows]
    return Sheet(table.name, columns, rows, lines=(f"{scheme.title}　{table.name}", table.hint))


def _cells(table: Table, row: Row, names: dict[str, str]) -> Sequence[str]:
    if table.name == SHARES:
        code, _, share = row.figures[0].value.rpartition(":")
        return (names.get(code, code), share)
    if table.name == WEIGHTS:
        return tuple(figure.value for figure in row.figures)
    return tuple(value_words(figure.kind, figure.value, names) for figure in row.figures)


def read_task_table(*, actor: Actor, scheme: Scheme, file_name: str, content: bytes) -> Preview:
    """Compare a filled workbook with the scheme; writes nothing. All that is wrong is refused at once, by cell."""
    require_office(actor, Verb.CONFIRM_FIGURES, track=scheme.track)
    view = scheme_view(scheme)
    layout = tables(view)
    book = read_tables(content, [_spec(table) for table in layout], file_name=file_name)
    reading = _Reading()
    for table in layout:
        if (read := book.tables.get(table.name)) and read.whole:
            _read_table(reading, table, read)
    problems = book.problems
    if not problems:
        values = {pk: value for pk, (_, value, _) in reading.values.items()}
        problems = [FieldError(problem, "sums-differ") for problem in consistency_problems(view, values)]
    refuse(problems)
    absent = [table.name for table in layout if table.name not in book.tables]
    return _preview(reading, book.source, absent)


def _spec(table: Table) -> TableSpec:
    """The words of the columns are their keys."""
    values = Kind.FIGURE if table.name in (WEIGHTS, SHARES) else Kind.TEXT
    columns = [ColumnSpec(title, title) for title in table.key_titles]
    columns += [ColumnSpec(t, t, Kind.TEXT if t == EVALUATOR else values, required=True) for t in table.titles]
    return TableSpec(columns, sheet=table.name, where=BY_SHEET)


def _preview(reading: _Reading, source: str, absent: Sequence[str]) -> Preview:
    found = sorted(reading.values.values(), key=lambda one: one[0].order)
    shares = [value for figure, value, _ in found if figure.kind == FigureKind.SHARE]
    names = organisation_names([figure for figure, _, _ in found], shares)
    differences = [
        Difference(
            figure,
            subject_words(figure),
            value_words(figure.kind, figure.value, names),
            value_words(figure.kind, value, names),
            place,
        )
        for figure, value, place in found
        if value != figure.value
    ]
    return Preview(source, [Wanted(f.pk, f.version, value) for f, value, _ in found], differences, absent)


def _read_table(reading: _Reading, table: Table, read: Read) -> None:
    seen: dict[tuple[str, ...], int] = {}
    rows = {_key(table, row.keys): row for row in table.rows}
    first = table.key_titles[0]
    for line in read.rows:
        keys = [line[title] for title in table.key_titles]
        key = _key(table, keys)
        row = rows.get(key)
        if row is None:
            shown = " ".join(k for k in keys if k)[:40] or "（空）"
            line.wrong(first, "unknown-row", f"方案里没有“{shown}”这一行。请照模板的行，不要增减。")
        elif key in seen:
            line.wrong(first, "doubled-row", f"与第 {seen[key]} 行重复，请只留一行。")
        else:
            seen[key] = line.number
            _read_row(reading, table, line, row)
    for key, row in rows.items():
        if key not in seen:
            read.wrong("", "missing-row", f"缺“{' '.join(row.keys)}”一行。请照模板补上。")


def _key(table: Table, keys: Sequence[str]) -> tuple[str, ...]:
    """What identifies a row: an organisation by its name whatever number stands before it, else the numbers."""
    own = [squeeze(key).removesuffix(".0") for key in keys]
    return (own[1],) if table.kind == FigureKind.CARRIED else tuple(own[: table.identifying])


def _read_row(reading: _Reading, table: Table, line: TableRow, row: Row) -> None:
    if table.name == SHARES:
        who, share = table.titles
        organisation = reading.resolve(line[who])
        if organisation is None:
            line.wrong(who, "unknown-organisation", f"没有叫“{line[who][:30]}”的单位。请写全称或公报里的简称。")
        elif line[share]:
            _keep(reading, row.figures[0], f"{organisation.code}:{line[share]}", line, share)
        return
    for title, figure in zip(table.titles, row.figures, strict=True):
        if text := line[title]:
            _keep(reading, figure, _plain(figure, text), line, title)


def _plain(figure: Figure, text: str) -> str:
    """The value a word stands for."""
    if figure.kind == FigureKind.CARRIED:
        return _CARRIED.get(squeeze(text).lower(), text)
    if figure.kind in VALUE_WORDS:
        words = {squeeze(word): value for value, word in VALUE_WORDS[figure.kind].items()}
        return words.get(squeeze(text), text)
    return text.removesuffix("分") if figure.kind == FigureKind.WEIGHT else text


def _keep(reading: _Reading, figure: Figure, text: str, line: TableRow, title: str) -> None:
    value = line.judged(title, normalise, figure.kind, text)
    if value is not None:
        reading.values[figure.pk] = (figure, value, f"“{line.table.sheet}”{line.place(title)}")
