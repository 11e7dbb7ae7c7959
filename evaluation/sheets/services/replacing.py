"""A mark typed where 扣分明细 stands: the lines go only when the writer has said so, and can be put back as they stood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.sheets.models.marks import DeductionLine, Mark, RulebookLine
from evaluation.sheets.rules.marks import Deduction
from evaluation.sheets.services.accepting import DeductionInput, keep_deductions, moved_among
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.lib.lists import first

REPLACES = "replaces-deductions"


@dataclass(frozen=True)
class Replaced:
    """A mark whose 扣分明细 would go. `becomes`: what would be stored instead, in words."""

    mark: Mark
    becomes: str


def ask_about_lines(going: Sequence[Replaced]) -> None:
    """Refuse once for all cells of a save; each cell is named with what would go."""
    if not going:
        return
    errors = [
        FieldError(
            f"{one.mark.organisation.name}：这一格有 {one.mark.deduction_count} 条扣分明细，"
            f"直接改为{one.becomes}会删去它们。没有保存。请确认，或改回原来的分。",
            REPLACES,
            one.mark.organisation.code,
            "value",
        )
        for one in going
    ]
    if len(errors) == 1:
        raise Refused(REPLACES, errors[0].message, errors=errors)
    names = "、".join(one.mark.organisation.name for one in first(going, 5))
    etc = "等" if len(going) > 5 else ""
    raise Refused(
        REPLACES,
        f"{names}{etc}共 {len(going)} 格有扣分明细，直接改分会删去它们。整批没有写入。请确认后再存。",
        errors=errors,
    )


def replace_lines(
    changed: Sequence[tuple[Mark, Sequence[tuple[Deduction, RulebookLine]]]],
) -> dict[int, tuple[DeductionInput, ...]]:
    """Store the new lines in place of the old ones. Returns the old ones by mark, as they would be typed to put them back."""
    replaced = [mark for mark, _ in changed if mark.deduction_count]
    stood: dict[int, tuple[DeductionInput, ...]] = {}
    if replaced:
        old = DeductionLine.objects.filter(mark__in=replaced)
        for one in old.prefetch_related("sets").order_by("pk"):
            sets = tuple(sorted(data.pk for data in one.sets.all())) if one.accepted else ()
            line = DeductionInput(one.line_id, plain(one.points), one.reason, sets)
            stood[one.mark_id] = (*stood.get(one.mark_id, ()), line)
        old.delete()
    keep_deductions([(mark, deduction, line) for mark, lines in changed for deduction, line in lines])
    for mark, lines in changed:
        mark.deduction_count, mark.cites_withdrawn = len(lines), False
        mark.data_moved = moved_among([one for one, _ in lines])
    return stood


def told_lines(replaced: Mapping[int, Sequence[DeductionInput]]) -> dict[int, list[dict[str, object]]]:
    """For the audit, by mark: what has gone."""
    cited = {one.line_id for lines in replaced.values() for one in lines}
    texts = dict(RulebookLine.objects.filter(pk__in=cited).values_list("pk", "text")) if cited else {}
    return {
        pk: [{"line": texts[one.line_id], "points": one.points, "reason": one.reason} for one in lines]
        for pk, lines in replaced.items()
    }
