"""差异说明: why a mark is as it is although the record says otherwise. One sentence for many rows; no mark is changed by it."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.sheets.access import require_sheet_write, visible_sheet
from evaluation.sheets.models.conditions import DifferenceNote
from evaluation.sheets.models.marks import Mark
from evaluation.sheets.queries.differences import met_on
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.services.marks import current_of, locked_sheet, require_open
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.lib.reading import read_reason


def give_difference(
    *, actor: Actor, sheet_id: int, cells: Sequence[tuple[int, int]], sentence: str, at: datetime
) -> list[Mark]:
    """`cells`: marks with the version seen. All or nothing. Said again it takes the place of what was said before the filing."""
    require_sheet_write(actor, visible_sheet(actor, sheet_id))
    sentence = read_reason(sentence, "请写差异说明", most=500)
    if not cells:
        raise Refused("no-cells", "一家都没有勾选，没有写入。请勾选要说明的单位。")
    with acting(actor, at) as act:
        sheet = locked_sheet(sheet_id)
        require_sheet_write(actor, sheet)
        require_open(sheet, at)
        held = held_marks(sheet)
        marks, wanted = {one.pk: one for one in held}, dict(cells)
        _require_seen(marks, wanted)
        met = met_on(sheet, held, at)
        chosen = [marks[pk] for pk in wanted]
        if agreed := [one.organisation.name for one in chosen if one.organisation_id not in met]:
            raise Refused("agrees", f"{agreed[0]}没有与本期记录不符，没有写入。请刷新后再勾选。")
        for mark in chosen:
            for one in met[mark.organisation_id]:
                said = {"value": mark.value, "words": one.words, "text": sentence}
                DifferenceNote.objects.update_or_create(
                    mark=mark, condition=one.condition, defaults=said | act.signed(DifferenceNote, "given")
                )
        codes = [one.organisation.code for one in chosen]
        act.record("evaluation.difference.given", sheet, rows=codes, text=sentence)
    return chosen


def _require_seen(marks: dict[int, Mark], wanted: dict[int, int]) -> None:
    stale = []
    for pk, version in wanted.items():
        mark = marks.get(pk)
        if mark is None:
            raise Refused("not-on-sheet", "勾选的单位不在这张打分表里，没有写入。请刷新后再勾选。")
        if mark.version != version:
            text = f"{mark.organisation.name}刚被{mark.saved_by or '别人'}改过，没有写入。请看过现在的分再说明。"
            stale.append(FieldError(text, "stale", mark.organisation.code, "version", current_of(mark)))
    if stale:
        raise Conflict("stale", stale[0].message, errors=stale)
