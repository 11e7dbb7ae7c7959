"""扣分原因: one sentence for many rows in one act. The unit's paper carries it as 存在问题; no mark is changed by it."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.sheets.access import require_sheet_write, visible_sheet
from evaluation.sheets.models.marks import Mark
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.reading import read_reason


def give_reason(
    *, actor: Actor, sheet_id: int, cells: Sequence[tuple[int, int]], sentence: str, at: datetime
) -> list[Mark]:
    """`cells`: marks with the version seen. All or nothing, as every save; what a row says already is not written over."""
    require_sheet_write(actor, visible_sheet(actor, sheet_id))
    sentence = read_reason(sentence, "请写一句扣分原因", most=500)
    if not cells:
        raise Refused("no-cells", "一家都没有勾选，没有写入。请勾选要写的单位。")
    found = Mark.objects.filter(sheet=sheet_id, pk__in=[pk for pk, _ in cells]).select_related("organisation")
    marks = {mark.pk: mark for mark in found}
    if said := [mark.organisation.name for mark in marks.values() if mark.problems]:
        raise Refused("reason-stands", f"{said[0]}已写了存在问题，没有写入。请刷新后再勾选没有写的单位。")
    rows = [
        RowInput(marks[pk].organisation.code if pk in marks else "", version, problems=sentence, sets_value=False)
        for pk, version in cells
    ]
    return save_marks(actor=actor, sheet_id=sheet_id, rows=rows, at=at)
