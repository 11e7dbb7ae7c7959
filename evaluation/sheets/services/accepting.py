"""How a saved cell stands to what the evaluator's own 细则 gives: accepted as it stood on the screen, or typed with a reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evaluation.sheets.models.marks import DeductionLine, Mark, MarkSheet, RulebookLine
from evaluation.sheets.queries.methods import ProposedMark
from evaluation.sheets.rules.marks import Deduction, read_mark
from evaluation.tasks.models.data_tables import DataSet
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Refused

OWN_RULE = "own-rule"
DIFFERS = "own-rule-differs"
REASON = (4, 500)


@dataclass(frozen=True)
class DeductionInput:
    """One line of 扣分明细 as typed; `sets` only where an accepted one is put back as it stood."""

    line_id: int
    points: str
    reason: str
    sets: tuple[int, ...] = ()


def cited_lines(sheet: MarkSheet) -> dict[int, RulebookLine]:
    """The lines of the evaluator's newest 考评细则 published before the sheet starts (engine 5)."""
    rulebook = sheet.share_figure.rulebooks.filter(published_at__lte=sheet.period.starts_at).order_by("-number").first()
    return {line.pk: line for line in rulebook.lines.all()} if rulebook else {}


def cited_line(lines: Mapping[int, RulebookLine], pk: int) -> RulebookLine:
    line = lines.get(pk)
    if line is None:
        raise Refused("unknown-line", "扣分所引的考评细则条目不在现行细则里，没有保存。请从列出的条目中选。")
    if line.withdrawn_at is not None:
        raise Refused(
            "withdrawn-line", f"细则第 {line.order} 条已撤回（{line.withdrawn_why}），没有保存。请删去按它扣的分。"
        )
    return line


def accepted(proposal: ProposedMark | None, token: str) -> list[Deduction]:
    """The proposed lines, if they are still those that were on the screen."""
    if proposal is None or proposal.value is None or proposal.token != token:
        raise Refused("proposal-moved", "细则算出的已变（数据表或细则有改动），没有保存。请看过现在算出的再采纳。")
    return [Deduction(one.declared.pk, one.points, one.words, one.sets) for one in proposal.lines]


def accepted_before(marks: Iterable[Mark]) -> dict[int, list[Deduction]]:
    """Lines that were accepted earlier, by mark: saved again as they stand they keep the data they came from."""
    found: dict[int, list[Deduction]] = {}
    wanted = [mark.pk for mark in marks if mark.deduction_count]
    if wanted:
        for one in DeductionLine.objects.filter(mark__in=wanted, accepted=True).prefetch_related("sets"):
            sets = tuple(data.pk for data in one.sets.all())
            found.setdefault(one.mark_id, []).append(Deduction(one.line_id, one.points, one.reason, sets))
    return found


def read_deductions(
    given: Sequence[DeductionInput],
    proposal: ProposedMark | None,
    before: Sequence[Deduction],
    lines: Mapping[int, RulebookLine],
) -> list[Deduction]:
    read = []
    for one in given:
        line = cited_line(lines, one.line_id)
        points = read_mark(one.points, full_mark=Decimal(100))
        if line.points is not None and points > line.points:
            raise Refused("over-line", f"“{line.text[:30]}”每次最多扣 {plain(line.points)}，没有保存。请改正扣分。")
        found = Deduction(line.pk, points, one.reason, one.sets)
        read.append(found if found.sets else _recognised(found, proposal, before))
    return read


def _recognised(given: Deduction, proposal: ProposedMark | None, before: Sequence[Deduction]) -> Deduction:
    """A posted line that is word for word what is proposed, or was accepted before, is an accepted one."""
    offered = (
        [Deduction(one.declared.pk, one.points, one.words, one.sets) for one in proposal.lines] if proposal else []
    )
    same = (given.line_id, given.points, given.reason.strip())
    return next((one for one in (*offered, *before) if (one.line_id, one.points, one.reason) == same), given)


def reason_beside(proposal: ProposedMark | None, value: Decimal, reason: str, mark: Mark) -> str:
    """The reason to keep with a typed mark; refused without one where the own 细则 gives another, or asks."""
    if proposal is None or value == proposal.value or (proposal.value is None and not proposal.asks):
        return reason
    if not reason and value == mark.value:
        return mark.reason
    if not REASON[0] <= len(reason) <= REASON[1]:
        raise Refused(
            DIFFERS, f"打 {plain(value)}，而{proposal.differs_from}。没有保存。请写明为什么这样打（4 至 500 字）。"
        )
    return reason


def moved_among(deductions: Sequence[Deduction]) -> bool:
    """Whether data that accepted lines came from has a later version: 数据已更新，未重算."""
    sets = {pk for one in deductions for pk in one.sets}
    return bool(sets) and DataSet.objects.filter(pk__in=sets, current=False).exists()


def keep_deductions(made: Sequence[tuple[Mark, Deduction, RulebookLine]]) -> None:
    """Store the lines, with the data that accepted ones came from."""
    if not made:
        return
    rows = [
        DeductionLine(mark=mark, line=line, points=one.points, reason=one.reason, accepted=bool(one.sets))
        for mark, one, line in made
    ]
    DeductionLine.objects.bulk_create(rows)
    through = DeductionLine.sets.through
    through.objects.bulk_create(
        through(deductionline_id=row.pk, dataset_id=pk)
        for row, (_, one, _) in zip(rows, made, strict=True)
        for pk in one.sets
    )
