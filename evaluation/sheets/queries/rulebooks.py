"""考评细则 as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from evaluation.enums import SheetState
from evaluation.scheme.models.scheme import Figure
from evaluation.scheme.rules.figures import split_share
from evaluation.sheets.models.marks import DeductionLine, MarkSheet, Rulebook, RulebookLine
from evaluation.sheets.queries.carried_rules import continued_words
from evaluation.sheets.queries.methods import Declared, ProposedMark, computed
from evaluation.sheets.queries.sheet_facts import of_the_day, ranked_marks
from evaluation.sheets.rules.methods import in_words, method_of
from evaluation.tasks.models.data_tables import DataTable
from miyun_kpi.lib.errors import Refused


@dataclass(frozen=True)
class ListedShare:
    """A share with its newest 考评细则, None while there is none."""

    figure: Figure
    share: str
    newest: Rulebook | None
    lines: int


@dataclass(frozen=True)
class PrintedLine:
    """`said`: the declared method in words, "" where there is none. `source`: what it was taken over from, and `moved`:

    what became of that since; "" where nothing did.
    """

    line: RulebookLine
    said: str
    source: str = ""
    moved: str = ""


def printed_lines(versions: Sequence[Rulebook]) -> list[tuple[Rulebook, list[PrintedLine]]]:
    """Versions with their lines and what they declare, in one query."""
    declared = [line.method["table"] for version in versions for line in version.lines.all() if line.method]
    names = dict(DataTable.objects.filter(pk__in=declared).values_list("pk", "name"))
    sources = [line.continues.rulebook for version in versions for line in version.lines.all() if line.continues]
    books = Rulebook.objects.filter(share_figure__in={one.share_figure_id for one in sources}) if sources else ()
    newest = {one.share_figure_id: one.number for one in sorted(books, key=lambda book: book.number)}
    return [(version, [_printed(line, names, newest) for line in version.lines.all()]) for version in versions]


def _printed(line: RulebookLine, names: dict[int, str], newest: dict[int, int]) -> PrintedLine:
    old = line.continues
    if old is None:
        return PrintedLine(line, _said(line, names))
    moved, last = "", newest[old.rulebook.share_figure_id]
    if old.withdrawn_at:
        moved = f"所沿用的一条后来撤回：{old.withdrawn_why}"
    elif last > old.rulebook.number:
        moved = f"所沿用的细则后来有了第 {last} 版"
    return PrintedLine(line, _said(line, names), continued_words(old), moved)


def _said(line: RulebookLine, names: dict[int, str]) -> str:
    return in_words(method_of(line.method), names[line.method["table"]]) if line.method else ""


@dataclass(frozen=True)
class TriedRow:
    """One unit of the last period: its filed mark beside what the methods give."""

    name: str
    value: Decimal | None
    proposed: ProposedMark

    @property
    def difference(self) -> Decimal | None:
        if self.value is None or self.proposed.value is None:
            return None
        return self.proposed.value - self.value


@dataclass(frozen=True)
class Tried:
    sheet: MarkSheet
    rows: list[TriedRow]

    @property
    def proposed(self) -> int:
        return sum(row.proposed.value is not None for row in self.rows)


def tried_on_the_last(figure: Figure, declared: Sequence[Declared]) -> Tried:
    """What the methods would have given over the data of the last filed period of the share; refused without one."""
    filed = MarkSheet.objects.filter(share_figure=figure, state=SheetState.FILED)
    sheet = filed.select_related("period", "scheme").order_by("-period__starts_at").first()
    if sheet is None:
        raise Refused("no-period", "这一项还没有报送过打分表，没有上一期可试算。可以直接发布，到下一期再看。")
    marks = of_the_day(sheet, ranked_marks(sheet).order_by("order"))
    found = computed(declared, sheet.period, {one.organisation.code: one for one in marks})
    return Tried(sheet, [TriedRow(m.organisation.name, m.value, found[m.organisation_id]) for m in marks])


def versions_of(figure: Figure) -> list[Rulebook]:
    """All versions, the newest first, with their lines: two queries."""
    source = "continues__rulebook__share_figure__scheme"
    lines = Prefetch("lines", RulebookLine.objects.select_related(source).order_by("order"))
    return list(Rulebook.objects.filter(share_figure=figure).prefetch_related(lines).order_by("-number"))


def listed_shares(shares: QuerySet[Figure], *, track: str = "") -> Sequence[ListedShare]:
    """The shares with their newest version, in printed order: three queries whatever their number."""
    if track:
        shares = shares.filter(scheme__track=track)
    figures = shares.select_related("scheme", "indicator", "organisation").prefetch_related(
        Prefetch("rulebooks", Rulebook.objects.order_by("-number").prefetch_related("lines"))
    )
    listed = []
    for figure in figures.order_by("-scheme__year", "-scheme__track", "indicator__number", "order"):
        _, share = split_share(figure.value)
        newest = next(iter(figure.rulebooks.all()), None)
        text = "100%" if share == 1 else f"{share.numerator}/{share.denominator}"
        listed.append(ListedShare(figure, text, newest, len(newest.lines.all()) if newest else 0))
    return listed


@dataclass(frozen=True)
class RuleRow:
    """A rule of the 细则 in the panel of a mark, once, with the lines of 扣分明细 that stand on it.

    `offered`: another line may be written; not on a rule that was withdrawn, nor on one of an earlier version.
    """

    line: RulebookLine
    deductions: Sequence[DeductionLine]
    offered: bool


def rule_rows(rulebook: Rulebook | None, deductions: Sequence[DeductionLine]) -> list[RuleRow]:
    """In the order of the 细则; what stands on a rule that it has no more comes first."""
    lines = list(rulebook.lines.all()) if rulebook else []
    own = {one.pk for one in lines}
    found: dict[int, list[DeductionLine]] = {}
    for one in deductions:
        found.setdefault(one.line_id, []).append(one)
    gone = {one.line_id: one.line for one in deductions if one.line_id not in own}
    rows = [RuleRow(line, found[pk], offered=False) for pk, line in gone.items()]
    rows += [RuleRow(line, found.get(line.pk, []), line.withdrawn_at is None) for line in lines]
    return [row for row in rows if row.offered or row.deductions]
