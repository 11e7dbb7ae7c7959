"""What a form of a register asks, what stands in it beforehand, and what is wrong in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.spans import suggested
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.registry import Rights
from miyun_kpi.registers.rules.kinds import NO, YES, Field, Kind

PLACES = (FieldType.ORGANISATION, FieldType.TOWN)


@dataclass(frozen=True)
class Box:
    """One input. `later`: a step will ask for it; until then it waits behind one line."""

    field: Field
    value: str
    options: list[tuple[str, str]]
    problem: str
    optional: bool
    later: bool
    suggested: tuple[str, ...] = ()

    @property
    def typed_name(self) -> bool:
        """An organisation is typed, with the names of all offered."""
        return self.field.type == FieldType.ORGANISATION

    @property
    def shown(self) -> str:
        """A period stands in its box in words, which are read back."""
        return self.field.words(self.value) if self.field.type == FieldType.PERIOD else self.value


@dataclass(frozen=True)
class Form:
    """The boxes of one form in the order of the register."""

    boxes: list[Box]

    @property
    def asked(self) -> list[Box]:
        return [box for box in self.boxes if not box.later]

    @property
    def later(self) -> list[Box]:
        return [box for box in self.boxes if box.later]


def options(one: Field) -> list[tuple[str, str]]:
    return [(YES, "是"), (NO, "否")] if one.type == FieldType.BOOL else list(one.choices)


def towns() -> list[tuple[str, str]]:
    found = Organisation.objects.filter(category=Category.TOWNSHIP, valid_to__isnull=True).in_printed_order()
    return list(found.values_list("code", "name"))


def first_values(kind: Kind, rights: Rights, actor: Actor, today: date) -> dict[str, str]:
    """What is known before anything is typed: the own unit where it is the record's, and today for what was done."""
    values = _done_today([one for one in kind.fields if one.required], today)
    places = set(rights.parties) | ({kind.owner} - {""} if not rights.keeper(actor) else set())
    if not places and not kind.town:
        return values
    own = Organisation.objects.filter(pk=actor.organisation_id or 0).first()
    if own is None:
        return values
    if own.category == Category.TOWNSHIP and kind.town and not rights.keeper(actor):
        places |= {kind.town}
    towns_only = {one.name for one in kind.fields if one.type == FieldType.TOWN and own.category != Category.TOWNSHIP}
    return values | {
        one.name: own.code for one in kind.fields if one.name in places - towns_only and one.type in PLACES
    }


def _done_today(fields: Iterable[Field], today: date) -> dict[str, str]:
    return {one.name: today.isoformat() for one in fields if one.type == FieldType.DATE and one.past}


def step_values(kind: Kind, needs: Iterable[str], today: date) -> dict[str, str]:
    return _done_today([kind.field(name) for name in needs], today)


def form_of(kind: Kind, typed: Mapping[str, str], refusal: Refused | None = None, *, own: bool = False) -> Form:
    """The input of each field with what was typed and what is wrong with it. `own`: a unit need not name itself."""
    problems = {one.field or "": one.message for one in refusal.errors} if refusal else {}
    chosen = towns() if any(one.type == FieldType.TOWN for one in kind.fields) else []
    codes = {typed.get(one.name, "") for one in kind.fields if one.type == FieldType.ORGANISATION} - {""}
    names = dict(Organisation.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    made = []
    for one in kind.fields:
        value = typed.get(one.name, "")
        problem = problems.get(one.name, "")
        made.append(
            Box(
                one,
                names.get(value, value) if one.type == FieldType.ORGANISATION else value,
                chosen if one.type == FieldType.TOWN else options(one),
                problem,
                not one.required or (own and one.name in (kind.owner, kind.town)),
                one.name in kind.asked_later and not value and not problem,
                tuple(suggested(one.periods, timezone.localdate())) if one.type == FieldType.PERIOD else (),
            )
        )
    return Form(made)


def problems_of(refusal: Refused | None, boxes: Iterable[Box], prefix: str = "f-") -> list[tuple[str, str]]:
    """(id, label) of each field that is wrong, for the list on top; none where something wrong has no field here."""
    labels = {box.field.name: box.field.label for box in boxes}
    wrong = [one.field or "" for one in refusal.errors] if refusal else []
    if any(name not in labels for name in wrong):
        return []
    return [(f"{prefix}{name}", labels[name]) for name in dict.fromkeys(wrong)]
