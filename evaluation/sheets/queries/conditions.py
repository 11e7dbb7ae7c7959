"""与本期记录不符: which marks meet a condition, and what a condition would have asked of the last filed period."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from evaluation.enums import ConditionKind, SheetState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.models.conditions import MarkCondition
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.models.record import RecordLine
from evaluation.sheets.queries.methods import proposed_marks
from evaluation.sheets.queries.record import share_words
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.rules.conditions import Condition, Held, met
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.decimals import plain
from miyun_kpi.organisations.on_record import Span, Told, facts_of, source_of

Sources = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Met:
    """In what a mark does not agree with a condition, in words."""

    condition: MarkCondition
    words: str


def sources_of(shares: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Share → the sources that its lines in force name, as far as somebody answers them."""
    found: dict[int, list[tuple[str, str]]] = {}
    for line in RecordLine.objects.filter(share_figure__in=list(shares), withdrawn_at__isnull=True):
        if source_of(line.provider, line.source):
            found.setdefault(line.share_figure_id, []).append((line.provider, line.source))
    return found


def told_of(period: Period, marks: Iterable[Mark], wanted: Iterable[tuple[str, str]], at: datetime) -> Told:
    """The record of all units of the marks, in one query a provider."""
    units = {mark.organisation_id: mark.organisation for mark in marks}
    code = period.period_code
    return facts_of(Span(list(units.values()), code.first_day, code.last_day, at), dict.fromkeys(wanted))


def met_by(
    conditions: Sequence[MarkCondition],
    marks: Iterable[Mark],
    sources: Sources,
    told: Told,
    given: Mapping[int, Decimal | None],
) -> dict[int, list[Met]]:
    """By organisation. `given`: what the own 细则 gives; no line of the mapping, no look at the record."""
    found: dict[int, list[Met]] = {}
    for mark in marks:
        if mark.value is None:
            continue
        unit = mark.organisation_id
        facts = [fact for provider, source in sources for fact in told.get((unit, provider, source), ())]
        held = Held(mark.value, mark.full_mark, facts if sources else None, given.get(unit))
        for one in conditions:
            if words := met(Condition(ConditionKind(one.kind), one.threshold), held):
                found.setdefault(unit, []).append(Met(one, words))
    return found


def given_by_rule(sheet: MarkSheet, marks: Sequence[Mark]) -> dict[int, Decimal | None]:
    return {unit: one.value for unit, one in proposed_marks(sheet, marks).items()}


def last_period(scheme: Scheme, at: datetime) -> Period | None:
    """The newest of the scheme whose window is over and for which something was filed."""
    filed = MarkSheet.objects.filter(scheme=scheme, state=SheetState.FILED)
    periods = Period.objects.filter(pk__in=filed.values("period")).order_by("-starts_at")
    return next((one for one in periods if one.window.phase(at) in ("closed", "locked")), None)


def trial_of(condition: MarkCondition, period: Period, at: datetime) -> dict[str, object]:
    """What it would have asked, cell by cell; the record is told as it stands now. 材料线下报送 is asked nothing."""
    sheets = list(
        MarkSheet.objects.filter(
            scheme=condition.scheme_id, period=period, state=SheetState.FILED, indicator__offline_only=False
        ).select_related(
            "scheme", "period", "evaluator", "indicator", "share_figure__indicator", "share_figure__organisation"
        )
    )
    by_rule = condition.kind == ConditionKind.OWN_RULE
    sources = {} if by_rule else sources_of(sheet.share_figure_id for sheet in sheets)
    marks = {sheet.pk: held_marks(sheet) for sheet in sheets if by_rule or sheet.share_figure_id in sources}
    wanted = [pair for pairs in sources.values() for pair in pairs]
    told = told_of(period, (one for cells in marks.values() for one in cells), wanted, at)
    cells, looked = [], 0
    for sheet in (sheet for sheet in sheets if sheet.pk in marks):
        held = marks[sheet.pk]
        given = given_by_rule(sheet, held) if by_rule else {}
        looked += sum(
            one.value is not None and (not by_rule or given.get(one.organisation_id) is not None) for one in held
        )
        found = met_by([condition], held, sources.get(sheet.share_figure_id, ()), told, given)
        cells += [
            {
                "share": share_words(sheet.share_figure),
                "name": mark.organisation.name,
                "value": plain(mark.value),
                "words": one.words,
            }
            for mark in held
            if mark.value is not None
            for one in found.get(mark.organisation_id, ())
        ]
    return {"period": period.code, "label": period.label, "looked": looked, "cells": cells}


def conditions_of(scheme: Scheme) -> list[MarkCondition]:
    return list(MarkCondition.objects.filter(scheme=scheme))


def condition_of(scheme: Scheme, condition_id: int) -> MarkCondition:
    return one_of(MarkCondition.objects.filter(scheme=scheme, pk=condition_id))
