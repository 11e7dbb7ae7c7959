"""据实打分 of a filed sheet: the record as it stood when the sheet was filed, and what has become of it since."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from evaluation.enums import EDITABLE_STATES
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.models.trail import SheetEvent
from evaluation.sheets.queries.conditions import sources_of
from evaluation.sheets.queries.differences import FILINGS
from evaluation.sheets.queries.record import Beside
from miyun_kpi.organisations.on_record import Fact, Source, Span, facts_of

# Of a fact everything but whose it is and of which source, under which it is kept.
_UNDER = ("unit", "source")


def record_to_keep(sheet: MarkSheet, marks: Sequence[Mark], at: datetime) -> dict[str, Any]:
    """The record of all units of the sheet, as its panels show it now: {"asked": [[provider, source]…], "units": {code:
    {"provider:source": [fact…]}}}; one query for the lines and one for each provider they name."""
    asked = sources_of([sheet.share_figure_id]).get(sheet.share_figure_id, [])
    codes = {mark.organisation_id: mark.organisation.code for mark in marks}
    code = sheet.period.period_code
    span = Span([mark.organisation for mark in marks], code.first_day, code.last_day, at, unended=True)
    units: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for (unit, provider, source), facts in (facts_of(span, asked) if asked else {}).items():
        if unit in codes:
            kept = units.setdefault(codes[unit], {})
            kept[f"{provider}:{source}"] = [_stored(one) for one in facts]
    return {"asked": [list(one) for one in asked], "units": units}


def _stored(fact: Fact) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(fact).items() if name not in _UNDER}
    return kept | {"on": fact.on.isoformat()}


def _read(stored: Mapping[str, Any], unit: int, source: str) -> Fact:
    return Fact(unit=unit, source=source, **{**stored, "on": date.fromisoformat(stored["on"])})


@dataclass(frozen=True)
class Then:
    """One source of the mapping: its facts at the filing, and those of now where they are others.

    `added`: the line of the mapping is younger than the filing; then `facts` are those of now.
    """

    source: Source
    facts: Sequence[Fact]
    moved: bool = False
    now: Sequence[Fact] = ()
    added: bool = False


@dataclass(frozen=True)
class PanelRecord:
    """What the panel shows. `at`: of the filing whose record it is; None where it is of now. `lost`: filed without a record kept."""

    rows: Sequence[Then] = field(default_factory=list)
    at: datetime | None = None
    lost: bool = False

    def __len__(self) -> int:
        return len(self.rows)


def panel_record(sheet: MarkSheet, organisation: str, beside: Sequence[Beside]) -> PanelRecord:
    """`beside`: the record of now. A line that was withdrawn since shows nothing, of then or of now."""
    now = [Then(one.source, one.facts) for one in beside]
    if sheet.state in EDITABLE_STATES or not beside:
        return PanelRecord(now)
    filed = SheetEvent.objects.filter(sheet=sheet, kind__in=FILINGS).last()
    if filed is None or filed.record is None:
        return PanelRecord(now, lost=True)
    asked = {tuple(one) for one in filed.record["asked"]}
    kept = filed.record["units"].get(organisation, {})
    rows = []
    for one in beside:
        key = (one.line.provider, one.line.source)
        if key not in asked:
            rows.append(Then(one.source, one.facts, added=True))
            continue
        stored = kept.get(":".join(key), [])
        unit = one.facts[0].unit if one.facts else 0
        then = [_read(row, unit, one.line.source) for row in stored]
        moved = sorted(map(repr, then)) != sorted(map(repr, one.facts))
        rows.append(Then(one.source, then, moved, one.facts if moved else ()))
    return PanelRecord(rows, filed.at)
