"""A valid record of any register, made from what the kind declares; OWN says what only a person could know."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from miyun_kpi.lib.credit_code import check_digit
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.spans import Span
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import YES, Field, Kind, Step

PLACES = (FieldType.ORGANISATION, FieldType.TOWN)
_BODY = "91110118MA0000001"
CODE = _BODY + check_digit(_BODY)
SPANS = {
    Span.MONTH: "2026-09",
    Span.QUARTER: "2026年第三季度",
    Span.HALF: "2026年下半年",
    Span.YEAR: "2026",
    Span.SCHOOL_YEAR: "2026-2027学年",
}
OF_TYPES = {
    FieldType.BOOL: YES,
    FieldType.CREDIT_CODE: CODE,
    FieldType.PERSON: "某某",
    FieldType.PLACE: "某村西口",
    FieldType.TARGET: "95@2026-12-31",
}
# Values that `check` of the kind asks for, or that the walk needs to get on.
OWN: dict[str, dict[str, str]] = {
    "finance.subsidies": {
        "from_on": "2025-01-01",
        "to_on": "2026-01-01",
        "loan": "1000000",
        "rate": "1",
        "amount": "10000",
    },
    # The quarters of today are filled in the demonstration.
    "finance.indicators": {"period": "2031年第一季度"},
    "disclosure.interpretations": {"copied": "否", "head": "否"},
}
# Asked before publication; without them nothing stands in the way of it.
PLAIN = {"agencies": "否", "third": "否"}
# Stages that follow from the values: what is filled to come there from the stage before ("": the day).
FILLED: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "water.village": (
        ("early", {"begun_on": ""}),
        ("design", {"designed_on": ""}),
        ("building", {"built_from": ""}),
        ("built", {"built_to": ""}),
        ("accepted", {"accepted_on": ""}),
        ("running", {"running_on": ""}),
    ),
    "water.chemical": (("less", {"before": "2", "used": "1"}), ("more", {"before": "2", "used": "3"})),
}


def bodies(kind: Kind, enters: Callable[[Organisation], bool] | None = None) -> dict[str, Organisation]:
    """A department for every field that names an organisation and a town for every one that names a town.

    `enters`: where a register has no keeper, the unit it belongs to is one that enters its own.
    """
    departments = iter(Organisation.objects.filter(category="agency", valid_to=None).order_by("-pk"))
    towns = iter(Organisation.objects.filter(category="township", valid_to=None).order_by("-pk"))
    found = {
        one.name: next(towns if one.type == FieldType.TOWN else departments)
        for one in kind.fields
        if one.type in PLACES
    }
    if kind.owner and kind.town and kind.owner != kind.town and kind.field(kind.owner).type == FieldType.TOWN:
        found[kind.town] = found[kind.owner]
    if enters is not None and kind.owner:
        found[kind.owner] = next(
            one for one in Organisation.objects.filter(valid_to=None).order_by("pk") if enters(one)
        )
    return found


def value_of(kind: Kind, field: Field, places: Mapping[str, Organisation], on: date) -> str:
    if field.name in (own := OWN.get(kind.key, {})):
        return own[field.name]
    if field.name in PLAIN and field.type == FieldType.BOOL:
        return PLAIN[field.name]
    if field.type in PLACES:
        return places[field.name].code
    if field.numeric:
        least, most = field.least if field.least is not None else Decimal(0), field.most
        return plain(max(least, Decimal(1)) if most is None else min(max(least, Decimal(1)), most))
    if field.type == FieldType.DATE:
        return on.isoformat()
    if field.type == FieldType.CHOICE:
        return field.choices[0][0]
    if field.type == FieldType.PERIOD:
        return SPANS[field.periods[0]]
    return OF_TYPES.get(field.type, field.label[: field.longest])


def example(kind: Kind, places: Mapping[str, Organisation], on: date) -> dict[str, str]:
    """What is required, and what says when it falls due."""
    wanted = {one.name for one in kind.fields if one.required} | ({kind.owner, kind.town} - {""})
    return {one.name: value_of(kind, one, places, on) for one in kind.fields if one.name in wanted}


def filled(
    kind: Kind, step: Step, values: Mapping[str, str], places: Mapping[str, Organisation], on: date
) -> dict[str, str]:
    """What the step asks for, each date that must lie later a day after the other."""
    given = {name: value_of(kind, kind.field(name), places, on) for name in step.needs if not values.get(name)}
    for name, than in step.later:
        after = date.fromisoformat({**values, **given}[than]) + timedelta(days=1)
        if {**values, **given}.get(name, "") < after.isoformat():
            given[name] = after.isoformat()
    return given
