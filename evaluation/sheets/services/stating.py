"""What marks are, said to the audit where no act of a person has said it: invented ones, and those of before the seals."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.queries.held import Word, differs, entries_of, last_words, mark_words, portions
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain


def state_marks(*, actor: Actor, marks: Iterable[Mark], at: datetime) -> None:
    """One entry a sheet. `marks` come with their organisation."""
    sheets: dict[int, list[dict[str, Any]]] = {}
    for mark in marks:
        row = {
            "organisation": mark.organisation.code,
            "new": mark_words(mark),
            "full": plain(mark.full_mark),
            "version": mark.version,
            **({"not_applicable": mark.not_applicable} if mark.not_applicable else {}),
        }
        sheets.setdefault(mark.sheet_id, []).append(row)
    with acting(actor, at) as act:
        for pk, rows in sorted(sheets.items()):
            act.record("evaluation.marks.stated", f"mark-sheet:{pk}", rows=rows)


def state_what_is_not_held(*, actor: Actor, at: datetime) -> int:
    """Marks of a version that wrote no full mark, or no entry at all; what differs from its entry is left to be found."""
    stated = 0
    for portion in portions(MarkSheet.objects.only("pk")):
        sheets = [sheet.pk for sheet in portion]
        words = last_words(entries_of(sheets))
        marks = [
            mark
            for mark in Mark.objects.filter(sheet__in=sheets)
            .select_related("organisation")
            .order_by("sheet_id", "order")
            if _to_state(mark, words.get(mark.sheet_id, {}).get(mark.organisation.code))
        ]
        state_marks(actor=actor, marks=marks, at=at)
        stated += len(marks)
    return stated


def _to_state(mark: Mark, word: Word | None) -> bool:
    if word is None:
        return mark.value is not None or bool(mark.not_applicable) or mark.version > 0
    return word.full is None and differs(mark, word) == ""
