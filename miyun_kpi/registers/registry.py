"""Registers of the apps above: they hang their kinds here in AppConfig.ready(), with who may do what."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.rules.kinds import Kind, Step
from miyun_kpi.routes import to

Keeper = Callable[[Actor], bool]


@dataclass(frozen=True)
class Rights:
    """`keeper(actor)`: the office or lead unit that keeps the register. `owners_write`: an organisation enters its own rows.

    `open_to_all`: every signed-in person reads; otherwise keeper, owner and those who may read all tracking.
    `stepper`: who may do a step where it is not simply the keeper (and, for `by_owner` steps, the owner).
    `party`: a field naming a further organisation that has steps of its own; what it is to act on it also sees.
    """

    keeper: Keeper
    owners_write: bool = True
    open_to_all: bool = True
    stepper: Callable[[Actor, Record, Step], bool] | None = None
    party: str = ""

    def sees(self, actor: Actor) -> Q:
        """Which rows: the one scope of pages, files, counts, exports and API."""
        if self.open_to_all or self.keeper(actor) or actor.may(Verb.READ_ALL_TRACKING):
            return Q()
        if actor.organisation_id is None:
            return Q(pk__in=[])
        own = Q(owner_id=actor.organisation_id)
        code = _code_of(actor.organisation_id) if self.party else ""
        return own | Q(**{f"values__{self.party}": code}) if code else own

    def adds(self, actor: Actor) -> bool:
        return self.keeper(actor) or (self.owners_write and actor.may(Verb.REPORT_PROGRESS))

    def changes(self, actor: Actor, record: Record) -> bool:
        return self.keeper(actor) or (
            self.owners_write
            and actor.may(Verb.REPORT_PROGRESS)
            and record.owner_id is not None
            and record.owner_id == actor.organisation_id
        )

    def steps(self, actor: Actor, record: Record, step: Step) -> bool:
        if self.stepper is not None:
            return self.stepper(actor, record, step)
        owns = record.owner_id is not None and record.owner_id == actor.organisation_id
        return self.keeper(actor) or (step.by_owner and owns and actor.may(Verb.REPORT_PROGRESS))


def _code_of(organisation_id: int) -> str:
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
