"""效果评价 as far as anybody may read it: how many forms, and the sums once they are released."""

from dataclasses import dataclass
from decimal import Decimal

from evaluation.enums import SurveyState
from evaluation.periods.queries.population import year_units
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.models.year_close import LeaderSurvey, SatisfactionTable
from evaluation.year.rules.effect import Item, average, released
from miyun_kpi.organisations.models import Organisation


@dataclass(frozen=True)
class Average:
    """Of one unit and item. `value` None and `total` None where fewer than the least number of forms spoke of it."""

    forms: int
    total: Decimal | None
    value: Decimal | None


@dataclass(frozen=True)
class UnitEffect:
    """`asked`: stands in the form of the leaders, whose units are those of the day it was opened."""

    organisation: Organisation
    asked: bool
    averages: tuple[Average, ...]
    satisfaction: Decimal | None
    sample: int | None


@dataclass(frozen=True)
class Effect:
    """`units` carry averages only when the sums are released."""

    survey: LeaderSurvey | None
    items: tuple[Item, ...]
    forms: int
    released: bool
    table: SatisfactionTable | None
    units: tuple[UnitEffect, ...]


def items_of(survey: LeaderSurvey) -> list[Item]:
    return [Item(one["name"], one["full"]) for one in survey.items]


def units_of(scheme: Scheme) -> list[Organisation]:
    """Of whom leaders and public are asked: the 考评对象 of the year, those that ended since too. Never save them."""
    return year_units(scheme)


def _shown(scheme: Scheme, asked: set[int], valued: set[int]) -> list[Organisation]:
    """Those of the year, then whoever else the form or the table speaks of: it was asked before the year opened."""
    units = units_of(scheme)
    others = Organisation.objects.filter(pk__in=asked | valued).exclude(pk__in=[one.pk for one in units])
    return [*units, *others.in_printed_order()]


def survey_of(scheme: Scheme) -> LeaderSurvey | None:
    return LeaderSurvey.objects.filter(scheme=scheme).first()


def has_filled(survey: LeaderSurvey, user_id: int | None) -> bool:
    return user_id is not None and survey.participations.filter(user_id=user_id).exists()


def effect_of(scheme: Scheme) -> Effect:
    survey = survey_of(scheme)
    forms = survey.participations.count() if survey else 0
    items = tuple(items_of(survey)) if survey else ()
    free = survey is not None and released(closed=survey.state == SurveyState.CLOSED, forms=forms)
    asked = set(survey.tallies.order_by().values_list("organisation_id", flat=True)) if survey else set()
    tallies = {(t.organisation_id, t.item): t for t in survey.tallies.all()} if survey and free else {}
    table = SatisfactionTable.objects.filter(scheme=scheme).order_by("-number").first()
    values = {one.organisation_id: one for one in table.values.all()} if table else {}
    units = []
    for unit in _shown(scheme, asked, set(values)):
        averages = []
        for number in range(len(items)) if free else ():
            tally = tallies.get((unit.pk, number))
            forms_of, total = (tally.forms, tally.total_thousandths) if tally else (0, 0)
            value = average(total, forms_of)
            averages.append(Average(forms_of, None if value is None else Decimal(total).scaleb(-3), value))
        said = values.get(unit.pk)
        value, sample = (said.value, said.sample) if said else (None, None)
        units.append(UnitEffect(unit, unit.pk in asked, tuple(averages), value, sample))
    return Effect(survey, items, forms, free, table, tuple(units))
