"""What the apps say alike of their decisions: how days, sums and lateness are read and told, and 对账 of a month."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

from miyun_kpi.acts.days import IN_TIME, Late
from miyun_kpi.acts.reconciling import MonthList, named_in, said_of
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.lib.lists import First
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.proposals.registry import Decision, Given
from miyun_kpi.routes import to

DAY, FIGURE = date.fromisoformat, Decimal


def yuan(amount: Decimal) -> str:
    return f"{amount:,.2f} 元"


def rest_said(shown: First[Any], measure: str = "条") -> list[tuple[str, str]]:
    """Behind the rows of a list that are told: how many more there are."""
    return [("其余", f"另有 {shown.rest} {measure}，没有列出")] if shown.rest else []


def page(name: str, key: str = "") -> Callable[[Given], str]:
    """Address of the page `name`, with the argument `key` of the act as its place."""
    return lambda given: to(name, given[key]) if key else to(name)


def right(require: Callable[..., object], *words: str) -> Callable[[Actor, Given], object]:
    """Who proposes and who confirms: whoever `require` lets through, whatever the act is about."""
    return lambda actor, given: require(actor, *words)


def row_of(model: type[Model], key: str) -> Callable[[Given], Any]:
    """The row that an act is about; NotFound when it is gone."""
    return lambda given: one_of(model._default_manager.filter(pk=given[key]))


def read_late(stored: Mapping[str, str]) -> Late:
    return Late(**stored)


# Of an act by paper: 办理日期, 补登, and the day of the first of two persons.
DATED: Mapping[str, Callable[[Any], Any]] = {"on": DAY, "late": read_late, "asked_on": DAY}


def late_said(given: Given) -> list[tuple[str, str]]:
    """办理日期 and 补登, where they were given."""
    late = given.get("late") or IN_TIME
    said = [("办理日期", str(given["on"]) if given.get("on") else "确认之日")]
    return [*said, ("补登", f"{late.source}；{late.reason}")] if late.source or late.reason else said


def asked_by(given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What a page or the API asks for by `DATED`: proposed today; of today, where no 办理日期 is given."""
    today = at.astimezone().date()
    return {**given, "on": given["on"] or today, "asked_on": today}


def reconciliation(
    code: str, word: str, what: str, *, months: Callable[[], Iterable[MonthList]], address: str, **kind: Any
) -> Decision:
    """对账 of a month of one ledger (“2020年9月的收支”): both persons read the whole list."""

    def said(given: Given) -> list[tuple[str, str]]:
        found = named_in(months(), given["month"])
        if found is None:
            raise NotFound
        return said_of(found)

    return Decision(
        code,
        word,
        takes={"month": str, "digest": str},
        about=lambda given: f"{PeriodCode.parse(given['month']).label}的{what}",
        key=lambda given: f"{code}:{given['month']}",
        address=page(address),
        said=said,
        exactly="下面是现在的清单。对账只按提出时看到的清单确认，现在确认会被退下来：请退回，由提出的人看清单后再提。",
        **kind,
    )
