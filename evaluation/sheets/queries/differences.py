"""差异说明: which marks of a sheet do not agree with the record, and what was said about each (0118)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evaluation.enums import EDITABLE_STATES, ConditionKind, ConditionState, SheetEventKind
from evaluation.sheets.models.conditions import DifferenceNote, MarkCondition
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.models.trail import SheetEvent
from evaluation.sheets.queries.conditions import Met, met_by, sources_of, told_of
from evaluation.sheets.queries.methods import ProposedMark, proposed_marks
from evaluation.sheets.queries.record import Beside, told_beside

FILINGS = (SheetEventKind.SUBMITTED, SheetEventKind.FILED)


@dataclass(frozen=True)
class Difference:
    """One condition that one mark meets; `text` "" while nobody explained it. `seen`: the cell with the version looked at."""

    organisation: str
    name: str
    condition: str
    words: str
    text: str = ""
    by: str = ""
    at: datetime | None = None
    seen: str = ""

    @property
    def stored(self) -> dict[str, Any]:
        """As the trail keeps it."""
        at = self.at.isoformat() if self.at else ""
        names = ("organisation", "name", "condition", "words", "text", "by")
        return {name: getattr(self, name) for name in names} | {"at": at}

    @property
    def label(self) -> str:
        return ConditionKind(self.condition).label


def read_stored(rows: Sequence[Mapping[str, str]]) -> list[Difference]:
    return [
        Difference(
            organisation=row["organisation"],
            name=row["name"],
            condition=row["condition"],
            words=row["words"],
            text=row["text"],
            by=row["by"],
            at=datetime.fromisoformat(row["at"]),
        )
        for row in rows
    ]


def differences_of(
    sheet: MarkSheet,
    marks: Sequence[Mark],
    at: datetime,
    proposals: Mapping[int, ProposedMark] | None = None,
    record: Sequence[Beside] | None = None,
) -> list[Difference]:
    """In the order of the marks (those of `held_marks`, which know whether any condition is active); none once it is filed.

    `proposals`: what the own 细则 gives, `record`: what stands beside the one mark, where it is read already. 材料线下报送 is
    asked nothing.
    """
    found = met_on(sheet, marks, at, proposals, record)
    noted = DifferenceNote.objects.filter(mark__sheet=sheet).select_related("condition") if found else ()
    notes = {(one.mark_id, one.condition_id): one for one in noted}
    return [
        _said(mark, one, notes.get((mark.pk, one.condition.pk)))
        for mark in marks
        for one in found.get(mark.organisation_id, ())
    ]


def is_asked(sheet: MarkSheet, marks: Sequence[Mark]) -> bool:
    """Whether any mark of it is held against a condition at all: of an open sheet, where one is active."""
    if sheet.state not in EDITABLE_STATES or sheet.indicator.offline_only:
        return False
    return any(one.held_against for one in marks)


def met_on(
    sheet: MarkSheet,
    marks: Sequence[Mark],
    at: datetime,
    proposals: Mapping[int, ProposedMark] | None = None,
    record: Sequence[Beside] | None = None,
) -> dict[int, list[Met]]:
    """By organisation: the active conditions that its mark meets."""
    if not is_asked(sheet, marks):
        return {}
    conditions = list(MarkCondition.objects.filter(scheme=sheet.scheme_id, state=ConditionState.ACTIVE).defer("trial"))
    by_rule = [one for one in conditions if one.kind == ConditionKind.OWN_RULE]
    looks = len(by_rule) < len(conditions)
    if record is None:
        sources = sources_of([sheet.share_figure_id]).get(sheet.share_figure_id, []) if looks else []
        told = told_of(sheet.period, marks, sources, at)
    else:
        sources, told = told_beside(record)
    if by_rule and proposals is None:
        proposals = proposed_marks(sheet, marks)
    given = {unit: one.value for unit, one in (proposals or {}).items()}
    return met_by(conditions, marks, sources, told, given)


def _said(mark: Mark, one: Met, note: DifferenceNote | None) -> Difference:
    """What was said for another value stands no more. Why a mark differs from the own 细则 was asked when it was saved (0116)."""
    text, by, at = "", "", None
    if note is not None and note.value == mark.value:
        text, by, at = note.text, note.given_by, note.given_at
    elif one.condition.kind == ConditionKind.OWN_RULE and mark.reason:
        text, by, at = mark.reason, mark.saved_by, mark.saved_at
    unit = mark.organisation
    return Difference(unit.code, unit.name, one.condition.kind, one.words, text, by, at, f"{mark.pk}:{mark.version}")


def told_differences(
    sheet: MarkSheet,
    marks: Sequence[Mark],
    at: datetime,
    proposals: Mapping[int, ProposedMark],
    record: Sequence[Beside] | None = None,
) -> dict[str, list[Difference]]:
    """By code of the unit: as they stand now, or as they were filed."""
    found = differences_of(sheet, marks, at, proposals, record)
    if sheet.state not in EDITABLE_STATES:
        filed = SheetEvent.objects.filter(sheet=sheet, kind__in=FILINGS).defer("record").last()
        found = read_stored(filed.differences) if filed else []
    told: dict[str, list[Difference]] = {}
    for one in found:
        told.setdefault(one.organisation, []).append(one)
    return told


def filed_differences(sheet_id: int, organisation: str) -> list[tuple[SheetEvent, list[Difference]]]:
    """What was said of one unit at each filing of the sheet."""
    found = []
    for event in SheetEvent.objects.filter(sheet=sheet_id).exclude(differences=[]).defer("record"):
        rows = [row for row in event.differences if row["organisation"] == organisation]
        if rows:
            found.append((event, read_stored(rows)))
    return found
