"""Which units have handed in their 自查报告, for the office; for a unit its own."""

from dataclasses import dataclass
from datetime import date, datetime

from evaluation.enums import SelfReportState
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.models.year_close import SelfReport
from evaluation.year.queries.reporting import reporting_units
from evaluation.year.queries.self_reports import STATES
from evaluation.year.queries.year_plan import planned_day
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import stands_for

HANDED = (SelfReportState.FILED, SelfReportState.ACCEPTED)


@dataclass(frozen=True)
class Listed:
    """`readable`: whether the reader may open it (the unit its own; others what is submitted)."""

    scheme: Scheme
    organisation: Organisation
    report: SelfReport | None
    due_on: date
    today: date
    readable: bool

    @property
    def state(self) -> tuple[str, str]:
        if self.report is not None:
            return STATES[SelfReportState(self.report.state)], str(self.report.get_state_display())
        return ("overdue", "逾期未报") if self.today > self.due_on else ("not_filed", "未报")

    @property
    def missing(self) -> bool:
        return self.report is None or self.report.state not in HANDED


def listed(
    schemes: list[tuple[Scheme, bool]], organisation_id: int | None, at: datetime, *, state: str, track: str
) -> list[Listed]:
    """`schemes`: with whether the reader sees all units of it; of the others only the unit itself and those that ended into it."""
    found, own = [], set(stands_for(organisation_id))
    today = at.astimezone().date()
    for scheme, whole in schemes:
        if track and scheme.track != track:
            continue
        units = reporting_units(scheme)
        if not whole:
            units = [unit for unit in units if unit.pk in own]
        reports = {one.organisation_id: one for one in SelfReport.objects.filter(scheme=scheme)}
        due_on = planned_day(scheme, "self-report")
        for unit in units:
            report = reports.get(unit.pk)
            readable = not whole or (report is not None and report.signed_at is not None)
            line = Listed(scheme, unit, report, due_on, today, readable)
            if _wanted(line, state):
                found.append(line)
    return found


def _wanted(line: Listed, state: str) -> bool:
    if not state:
        return True
    if state == "missing":
        return line.missing
    if state == "late":
        return line.report is not None and line.report.late
    return line.report is not None and line.report.state == state
