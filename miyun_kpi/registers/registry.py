"""Registers of the apps above: they hang their kinds here in AppConfig.ready(), with who may do what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import final

from django.db.models import Q

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import acts_for, acts_for_code, stands_for
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.rules.kinds import Kind, Step
from miyun_kpi.routes import to

Keeper = Callable[[Actor], bool]
# Whom a doer stands for beside the units that a field of the record names.
KEEPER, OWNER = "@keeper", "@owner"


def anybody(actor: Actor) -> bool:
    return True


def with_verb(*verbs: Verb) -> Keeper:
    """Posts that have one of the verbs."""

    def may(actor: Actor) -> bool:
        return any(actor.may(verb) for verb in verbs)

    return may


reports, keeps_registers = with_verb(Verb.REPORT_PROGRESS), with_verb(Verb.KEEP_REGISTERS)


@dataclass(frozen=True)
class Doer:
    """Who takes a step, said as a relation to the record and a post: the scope is read from the same words.

    `stands`: KEEPER, OWNER (the unit the record belongs to) or a field of the record that names an organisation.
    """

    stands: str
    may: Keeper = anybody


BY_KEEPER = (Doer(KEEPER),)
BY_OWNER = (Doer(KEEPER), Doer(OWNER, reports))


def owns(actor: Actor, record: Record) -> bool:
    """The unit it belongs to while that stands, or the one it went into; nobody acts for an ended unit from within it."""
    if record.owner is None or actor.organisation_id is None:
        return False
    if record.owner.valid_to is None:
        return record.owner_id == actor.organisation_id
    return acts_for(actor.organisation_id, record.owner.pk)


@dataclass(frozen=True)
class Rights:
    """`keeper(actor)`: the office or lead unit that keeps the register. `owners_write`: an organisation enters its own rows.

    `doers`: who takes a step, `own_doers`: one marked `by_owner`, `doers_of`: the steps named. `condition` may only hold a
    step back, `readers` and `shown` may only let more be read: whoever a step admits therefore always sees the record.
    `open_to_all`: every signed-in person reads; otherwise keeper, owner, every unit named by a doer, and those who may read
    all tracking.
    """

    keeper: Keeper
    owners_write: bool = True
    open_to_all: bool = True
    doers: tuple[Doer, ...] = BY_KEEPER
    own_doers: tuple[Doer, ...] = BY_OWNER
    doers_of: Mapping[str, tuple[Doer, ...]] = field(default_factory=dict)
    condition: Callable[[Actor, Record, Step], bool] | None = None
    readers: Keeper | None = None
    shown: Callable[[Actor], Q] | None = None

    @property
    def parties(self) -> tuple[str, ...]:
        """Fields naming a further organisation that has steps of its own."""
        listed = [*self.doers, *self.own_doers, *(one for doers in self.doers_of.values() for one in doers)]
        return tuple(dict.fromkeys(one.stands for one in listed if one.stands not in (KEEPER, OWNER)))

    def takers(self, step: Step) -> tuple[Doer, ...]:
        return self.doers_of.get(step.code, self.own_doers if step.by_owner else self.doers)

    @final
    def sees(self, actor: Actor) -> Q:
        """Which rows: the one scope of pages, files, counts, exports and API."""
        if self.open_to_all or self.keeper(actor) or actor.may(Verb.READ_ALL_TRACKING):
            return Q()
        if self.readers is not None and self.readers(actor):
            return Q()
        scope = self.shown(actor) if self.shown is not None else Q(pk__in=[])
        if actor.organisation_id is None:
            return scope
        own = stands_for(actor.organisation_id)
        scope |= Q(owner__in=own)
        # Records name organisations by their code.
        codes = list(Organisation.objects.filter(pk__in=own).values_list("code", flat=True)) if self.parties else []
        for name in self.parties:
            scope |= Q(**{f"values__{name}__in": codes})
        return scope

    def adds(self, actor: Actor) -> bool:
        return self.keeper(actor) or (self.owners_write and actor.may(Verb.REPORT_PROGRESS))

    def changes(self, actor: Actor, record: Record) -> bool:
        return self.keeper(actor) or (self.owners_write and actor.may(Verb.REPORT_PROGRESS) and owns(actor, record))

    @final
    def steps(self, actor: Actor, record: Record, step: Step) -> bool:
        if not any(one.may(actor) and self._stands(actor, record, one.stands) for one in self.takers(step)):
            return False
        return self.condition is None or self.condition(actor, record, step)

    def _stands(self, actor: Actor, record: Record, stands: str) -> bool:
        if stands == KEEPER:
            return self.keeper(actor)
        if stands == OWNER:
            return owns(actor, record)
        return acts_for_code(actor.organisation_id, record.values.get(stands) or "-")


def code_of(organisation_id: int) -> str:
    """Records name organisations by their code."""
    return Organisation.objects.filter(pk=organisation_id).values_list("code", flat=True).first() or ""


_kinds: dict[str, tuple[Kind, Rights]] = {}


def register_kind(kind: Kind, rights: Rights) -> None:
    _kinds[kind.key] = (kind, rights)


def kinds_of(app: str) -> list[Kind]:
    """In the order of registration."""
    return [kind for kind, _ in _kinds.values() if kind.app == app]


def all_kinds() -> list[tuple[Kind, Rights]]:
    return list(_kinds.values())


def kind_by(app: str, code: str) -> tuple[Kind, Rights]:
    found = _kinds.get(f"{app}.{code}")
    if found is None:
        raise NotFound("没有这个登记簿。")
    return found


def record_address(kind: Kind, record_id: int) -> str:
    """The page of a record: every app with registers has it under its own name (`registers.urls.register_patterns`)."""
    return to(f"{kind.subject or kind.app}:record", kind.code, record_id)


def kind_of(record: Record) -> tuple[Kind, Rights]:
    return _kinds[record.kind]
