"""What is taken back in a period that is 核定, 通报 or 报区委: proposed by one person of the office as a 更正, done by another."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model

from evaluation.engine.models.year_units import YearUnit
from evaluation.engine.queries.closing import Closed, changes_by_unit, closed_by, closed_year, reported_year
from evaluation.enums import UnitChange
from evaluation.filing.services.population import revoke_in_closed_period
from evaluation.periods.models import UnitDecision
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_end import require_year_work
from evaluation.year.models.year_end import Veto
from evaluation.year.services.vetoes import revoke_in_reported_year
from evaluation.year.services.year_units import revoke_in_closed_year
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import locked
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.registry import Decision, Given, register_decision
from miyun_kpi.routes import to


def _row(model: type[Model], key: str) -> Callable[[Given], Any]:
    return lambda given: one_of(model._default_manager.filter(pk=given[key]))


_decision, _veto, _year_unit = _row(UnitDecision, "decision_id"), _row(Veto, "veto_id"), _row(YearUnit, "year_unit_id")


def _takes(key: str) -> dict[str, Callable[[Any], Any]]:
    return {key: int, "version": int, "note": str}


def _scheme(of: Callable[[Given], Any]) -> Callable[[Given], object]:
    return lambda given: locked(Scheme.objects.all(), of(given).scheme_id)


def _of_periods(actor: Actor, given: Given) -> None:
    require_office(actor, Verb.OPEN_PERIODS, track=_decision(given).scheme.track)


def _of_veto(actor: Actor, given: Given) -> None:
    require_year_work(actor, _veto(given).scheme)


def _of_year_unit(actor: Actor, given: Given) -> None:
    require_year_work(actor, _year_unit(given).scheme)


def _said(row: Any, number: str, closed: Closed | None, changes: Sequence[str], note: str) -> list[tuple[str, str]]:
    said = [("撤销的决定", f"{row.organisation.name}　{number}"), ("撤销的理由", note)]
    if closed is not None:
        said += [("更正哪一版", closed.words), *(("会变的", one) for one in changes), ("确认以后", closed.again)]
    return said


def _decision_said(given: Given) -> list[tuple[str, str]]:
    row = _decision(given)
    closed = closed_by(row.scheme, row.period)
    back = UnitChange.TAKE_IN if row.kind == UnitChange.LEAVE_OUT else UnitChange.LEAVE_OUT
    changes = changes_by_unit(closed, row.organisation, back) if closed else ()
    return _said(row, row.number, closed, changes, given["note"])


def _veto_said(given: Given) -> list[tuple[str, str]]:
    row = _veto(given)
    change = f"报区委的结果里不再有{row.organisation.name}的一票否决；得分和名次不变"
    return _said(row, row.number, reported_year(row.scheme), [change], given["note"])


def _year_unit_said(given: Given) -> list[tuple[str, str]]:
    row = _year_unit(given)
    change = f"{row.organisation.name}的全年处理要另行审议，年度结果重算"
    return _said(row, row.minutes_number, closed_year(row.scheme), [change], given["note"])


def _year_page(of: Callable[[Given], Any]) -> Callable[[Given], str]:
    return lambda given: to("evaluation:year-end", of(given).scheme.year, of(given).scheme.track)


def _population_page(given: Given) -> str:
    row = _decision(given)
    return to("evaluation:population", row.period.code, row.scheme.track)


DECISIONS = (
    Decision(
        "evaluation-unit-revoke",
        "撤销考评对象调整，更正",
        subject="evaluation",
        clause="四（二）",
        takes=_takes("decision_id"),
        run=revoke_in_closed_period,
        may=_of_periods,
        about=lambda given: f"{_decision(given).period.label}{_decision(given).organisation.name}",
        key=lambda given: f"unit-decision:{given['decision_id']}",
        address=_population_page,
        said=_decision_said,
        holds=_scheme(_decision),
    ),
    Decision(
        "evaluation-veto-revoke",
        "撤销一票否决，更正",
        subject="evaluation",
        clause="四（三）4",
        takes=_takes("veto_id"),
        run=revoke_in_reported_year,
        may=_of_veto,
        about=lambda given: f"{_veto(given).scheme.year}年{_veto(given).organisation.name}",
        key=lambda given: f"veto:{given['veto_id']}",
        address=_year_page(_veto),
        said=_veto_said,
    ),
    Decision(
        "evaluation-year-unit-revoke",
        "撤销全年考评的处理，更正",
        subject="evaluation",
        clause="四（三）4",
        takes=_takes("year_unit_id"),
        run=revoke_in_closed_year,
        may=_of_year_unit,
        about=lambda given: f"{_year_unit(given).scheme.year}年{_year_unit(given).organisation.name}",
        key=lambda given: f"year-unit:{given['year_unit_id']}",
        address=_year_page(_year_unit),
        said=_year_unit_said,
        holds=_scheme(_year_unit),
    ),
)


def register() -> None:
    register_decision(*DECISIONS)
