"""What of the confirmed 修订 holds in a period, in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from evaluation.enums import ActState
from evaluation.scheme.models.drafting import Amendment, AmendmentChange, SchemeIssue
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.rules.amendments import holds, values_of_the_period, version_words
from miyun_kpi.db.asked import asked
from miyun_kpi.lib.periods import PeriodCode


@dataclass(frozen=True)
class InForce:
    """`before`: figures whose later change does not hold yet, with their value then and whether it was confirmed; `number`: the latest 修订 that holds."""

    before: dict[int, tuple[str, bool]]
    number: int


def in_force(scheme: Scheme, period: PeriodCode) -> InForce:
    rows = [
        (figure, (old, confirmed), PeriodCode.parse(effective), number)
        for figure, old, confirmed, effective, number in _changes(scheme.pk)
    ]
    number = max((n for _, _, effective, n in rows if n and holds(effective, period)), default=0)
    return InForce(values_of_the_period((row[:3] for row in rows), period), number)


@asked
def _changes(scheme: int) -> QuerySet[AmendmentChange, Any]:
    found = AmendmentChange.objects.filter(amendment__scheme=scheme, amendment__state=ActState.CONFIRMED)
    columns = ("figure_id", "old_value", "old_confirmed", "amendment__effective_from", "amendment__number")
    return found.order_by("amendment__number").values_list(*columns)


def figures_of(figures: Iterable[Figure], scheme: Scheme, period: PeriodCode) -> list[Figure]:
    """The figures with their values of the period. Never save them."""
    before = in_force(scheme, period).before
    found = list(figures)
    for figure in found:
        figure.value, figure.confirmed = before.get(figure.pk, (figure.value, figure.confirmed))
    return found


def with_changes(figures: QuerySet[Figure]) -> QuerySet[Figure]:
    """A row for every change of a figure, for `at_once`: a few figures of an issued scheme in one query."""
    return figures.order_by("order", "amendments__amendment__number").annotate(
        act_state=F("amendments__amendment__state"),
        act_from=F("amendments__amendment__effective_from"),
        old=F("amendments__old_value"),
        old_settled=F("amendments__old_confirmed"),
    )


def at_once(joined: Iterable[Any], period: PeriodCode) -> list[Figure]:
    """Each figure once, with its value of the period: `figures_of` of what `with_changes` has read. Never save them."""
    found: dict[int, Figure] = {}
    taken_back: set[int] = set()
    for row in joined:
        figure = found.setdefault(row.pk, row)
        if row.act_state != ActState.CONFIRMED or row.pk in taken_back:
            continue
        if not holds(PeriodCode.parse(row.act_from), period):
            figure.value, figure.confirmed = row.old, row.old_settled
            taken_back.add(row.pk)
    return list(found.values())


def rule_version_of(scheme: Scheme, period: PeriodCode) -> str:
    return version_words(scheme.rule_version, in_force(scheme, period).number)


def amendments_of(scheme: Scheme, *, everything: bool) -> list[Amendment]:
    """Confirmed ones are everybody's to read; those proposed or sent back are the office's."""
    found = scheme.amendments.all()
    return list(found if everything else found.filter(state=ActState.CONFIRMED))


def confirmed_issue(scheme: Scheme) -> SchemeIssue | None:
    """Who approved it and when; None of one that came in with the gazette."""
    return scheme.issues.filter(state=ActState.CONFIRMED).first()
