"""Every mark held against the last word that the audit has of it (engine 23): value, full mark, 不适用, version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet

from evaluation.enums import NotApplicable
from evaluation.sheets.models.marks import Mark, MarkSheet
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.telling import read
from miyun_kpi.audit.verifying import Fault
from miyun_kpi.lib.decimals import plain

SAVED, STATED, DECIDED = "evaluation.marks.saved", "evaluation.marks.stated", "evaluation.not-applicable.decided"
ACTIONS = (SAVED, STATED, DECIDED)
BLANK, NOT_APPLICABLE = "空白", "不适用"
# Sheets read at a time: some thousand marks and their entries.
PORTION = 50


@dataclass(frozen=True)
class Word:
    """The last word on one cell. `full` None where the entry does not hold it (those of before)."""

    value: Decimal | None
    not_applicable: str
    version: int
    full: Decimal | None


def mark_words(mark: Mark) -> str:
    if mark.not_applicable:
        return NOT_APPLICABLE
    return BLANK if mark.value is None else plain(mark.value)


def mark_faults() -> Iterator[Fault]:
    """In portions of sheets. What does not agree is read once more, for somebody may be saving at this moment."""
    recorded = AuditEntry.objects.filter(action__in=ACTIONS).order_by().values_list("subject", flat=True).distinct()
    gone = {int(subject.partition(":")[2]) for subject in recorded.iterator()}
    for sheets in portions(_sheets()):
        gone -= {sheet.pk for sheet in sheets}
        suspect = [sheet for sheet, found in _compared(sheets) if found]
        for _ in range(2):
            suspect = [sheet for sheet, found in _compared(suspect) if found]
        for _, found in _compared(suspect):
            yield from found
    for pk in sorted(gone):
        words = last_words(entries_of([pk])).get(pk, {})
        if any(word.value is not None or word.not_applicable for word in words.values()):
            yield Fault(f"打分表（第 {pk} 号）", f"审计里有 {len(words)} 家的分，库里没有这张表了")


def portions(found: QuerySet[MarkSheet]) -> Iterator[list[MarkSheet]]:
    """All of them, so many at a time."""
    known = list(found.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(known), PORTION):
        yield list(found.filter(pk__in=known[start : start + PORTION]).order_by("pk"))


def _sheets() -> QuerySet[MarkSheet]:
    return MarkSheet.objects.select_related("indicator", "period", "evaluator")


def entries_of(sheets: Sequence[int]) -> list[AuditEntry]:
    subjects = [f"mark-sheet:{pk}" for pk in sheets]
    found = AuditEntry.objects.filter(action__in=ACTIONS, subject__in=subjects).order_by("seq")
    return list(found.only("action", "subject", "data"))


def _compared(sheets: Sequence[MarkSheet]) -> Iterator[tuple[MarkSheet, list[Fault]]]:
    marks: dict[int, list[Mark]] = {sheet.pk: [] for sheet in sheets}
    # Entries first: a mark that is saved between the two reads is newer than them, and is read again.
    words = last_words(entries_of([sheet.pk for sheet in sheets]))
    fields = ("sheet_id", "organisation__name", "organisation__code", "value", "full_mark", "not_applicable", "version")
    for mark in Mark.objects.filter(sheet__in=sheets).select_related("organisation").only(*fields).order_by("order"):
        marks[mark.sheet_id].append(mark)
    for sheet in sheets:
        yield sheet, _faults(sheet, marks[sheet.pk], words.get(sheet.pk, {}))


def _faults(sheet: MarkSheet, marks: Sequence[Mark], words: Mapping[str, Word]) -> list[Fault]:
    where = (
        f"{sheet.period.label}第 {sheet.indicator.number} 项“{sheet.indicator.short_name}”{sheet.evaluator.name}打分表"
    )
    found = []
    for mark in marks:
        what = differs(mark, words.get(mark.organisation.code))
        if what:
            found.append(Fault(f"{where}·{mark.organisation.name}", what))
    here = {mark.organisation.code for mark in marks}
    for code, word in sorted(words.items()):
        if code not in here and (word.value is not None or word.not_applicable):
            found.append(Fault(f"{where}·{code}", "审计里有分，库里没有这一格了"))
    return found


def differs(mark: Mark, word: Word | None) -> str:
    if word is None:
        blank = mark.value is None and not mark.not_applicable and mark.version == 0
        return "" if blank else f"现为{mark_words(mark)}，审计里没有人打过"
    if (mark.value, mark.not_applicable) != (word.value, word.not_applicable):
        return f"现为{mark_words(mark)}，审计里最后是{_said(word)}"
    if mark.version != word.version:
        return f"版本现为 {mark.version}，审计里最后是 {word.version}"
    if word.full is not None and mark.full_mark != word.full:
        return f"满分现为 {plain(mark.full_mark)}，审计里最后是 {plain(word.full)}"
    return ""


def _said(word: Word) -> str:
    if word.not_applicable:
        return NotApplicable(word.not_applicable).label or NOT_APPLICABLE
    return BLANK if word.value is None else plain(word.value)


def last_words(entries: Sequence[AuditEntry]) -> dict[int, dict[str, Word]]:
    """By sheet and code of the organisation; `entries` in the order they were written."""
    found: dict[int, dict[str, Word]] = {}
    for entry in entries:
        sheet = found.setdefault(int(entry.subject.partition(":")[2]), {})
        data = read(entry)
        if entry.action == DECIDED:
            code = str(data.get("organisation"))
            before = sheet.get(code)
            approved = NotApplicable.APPROVED if data.get("approved") else NotApplicable.NO
            version = data.get("version", before.version + 1 if before else 0)
            sheet[code] = Word(None, approved, version, before.full if before else None)
            continue
        for row in data.get("rows") or []:
            sheet[str(row.get("organisation"))] = _word(row)
    return found


def _word(row: Mapping[str, Any]) -> Word:
    new, full = str(row.get("new")), row.get("full")
    state = NotApplicable.NO
    if new == NOT_APPLICABLE:
        state = NotApplicable(row.get("not_applicable") or NotApplicable.PROPOSED)
    return Word(_decimal(new), state, int(row.get("version") or 0), None if full is None else _decimal(str(full)))


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
