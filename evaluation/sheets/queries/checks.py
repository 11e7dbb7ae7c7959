"""The checks of a sheet from what is stored, and its trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from evaluation.enums import SheetEventKind
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.models.trail import SheetEvent
from evaluation.sheets.queries.differences import Difference, differences_of, is_asked
from evaluation.sheets.queries.methods import ProposedMark
from evaluation.sheets.queries.sheet_facts import last_filed
from evaluation.sheets.rules.checks import (
    Finding,
    Marked,
    Settings,
    lacking_differences,
    lacking_reasons,
    lacking_texts,
    own_rule_findings,
    soft_findings,
)
from evaluation.tracking.rules import duty_key
from miyun_kpi.duties.queries.reports import missing_reports


def settings_of(scheme: Scheme) -> Settings:
    return Settings(
        scheme.problems_below_percent,
        scheme.least_spread,
        scheme.far_change,
        scheme.outlier_z,
        scheme.missing_report_percent,
        scheme.reasons_required,
    )


@dataclass(frozen=True)
class SheetChecks:
    """`hard` refuse a filing; `soft` ask for a reason, once given kept in the trail. `unlike`: 与本期记录不符, explained or not.

    `later`: the record was not asked yet; the page asks for it when it stands.
    """

    hard: Sequence[Finding]
    soft: Sequence[Finding]
    unlike: Sequence[Difference] = ()
    later: bool = False

    @property
    def without_reason(self) -> set[str]:
        """Codes of the units that one sentence would settle."""
        return {code for one in self.hard if one.code == "reason-missing" for code in one.about}


def sheet_checks(
    sheet: MarkSheet,
    marks: Sequence[Mark],
    at: datetime,
    before: Mapping[int, Fraction] | None = None,
    proposals: Mapping[int, ProposedMark] | None = None,
    *,
    later: bool = False,
) -> SheetChecks:
    """`before`: rates of the last filed sheet of the share, `proposals`: of the own 细则, where they are read already.

    `later`: what is held against the record is left to a question of its own, where any condition is active.
    """
    settings, before = settings_of(sheet.scheme), rates_before(sheet) if before is None else before
    scheme, months = sheet.scheme, [str(month) for month in sheet.period.period_code.months]
    key = duty_key(scheme.year, scheme.track, sheet.indicator.number)
    unreported = missing_reports(key, months, at)
    marked = [
        Marked(
            mark.organisation.code,
            mark.organisation.name,
            Fraction(mark.value) * 100 / Fraction(mark.full_mark),
            before.get(mark.organisation_id),
            mark.problems,
            mark.suggestions,
            unreported.get(mark.organisation_id, 0),
            mark.deduction_count,
        )
        for mark in marks
        if mark.value is not None
    ]
    asks = not sheet.indicator.offline_only
    hard = [*lacking_texts(marked, settings), *lacking_reasons(marked, settings)] if asks else []
    later = later and is_asked(sheet, marks)
    unlike = [] if later else differences_of(sheet, marks, at, proposals)
    hard += lacking_differences([(one.organisation, one.name, one.words) for one in unlike if not one.text])
    moved = [(mark.organisation.code, mark.organisation.name) for mark in marks if mark.data_moved]
    withdrawn = [(mark.organisation.code, mark.organisation.name) for mark in marks if mark.cites_withdrawn]
    return SheetChecks(hard, [*soft_findings(marked, settings), *own_rule_findings(moved, withdrawn)], unlike, later)


def rates_before(sheet: MarkSheet) -> dict[int, Fraction]:
    """Rates of the last filed sheet of the same share, by organisation."""
    return {pk: Fraction(value) * 100 / Fraction(full) for pk, (value, full) in marks_before(sheet).items()}


def marks_before(sheet: MarkSheet) -> dict[int, tuple[Decimal, Decimal]]:
    """Marks of the last filed sheet of the same share with their full marks, by organisation."""
    found = Mark.objects.filter(sheet__in=last_filed(sheet), value__isnull=False)
    rows = found.values_list("organisation_id", "value", "full_mark")
    return {pk: (value, full) for pk, value, full in rows if value is not None}


def events_of(sheet: MarkSheet) -> list[SheetEvent]:
    """Without the record kept at its filings, which one panel reads of one unit."""
    return list(SheetEvent.objects.filter(sheet=sheet).defer("record"))


def reason_given(events: Sequence[SheetEvent]) -> SheetEvent | None:
    """The last filing, whose note answers the checks."""
    given = [event for event in events if event.kind in (SheetEventKind.SUBMITTED, SheetEventKind.FILED)]
    return given[-1] if given else None
