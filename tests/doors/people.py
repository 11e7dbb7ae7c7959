"""Everybody who stands somehow to a record: its keeper, owner and parties, others like them, and the offices beside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from django.utils import timezone

from miyun_kpi.accounts.access import actor_in_post, verbs_of
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.registry import Rights

_serial = count(1)
AT_WORK = (Role.REGISTER_OFFICE, Role.REPORTER, Role.UNIT_HEAD)
BESIDE = (
    Role.LEADER,
    Role.AUDITOR,
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.EVALUATION_OFFICE,
    Role.EVALUATOR,
    Role.CERTIFIER,
)


@dataclass(frozen=True)
class Person:
    """`relation`: keeper, owner (the field's name), other, beside, client."""

    relation: str
    actor: Actor
    user: User
    post: Post | None = None

    def __str__(self) -> str:
        return f"{self.relation} {self.actor.role or '-'} of {self.actor.organisation_id} ({self.actor.user_id})"


def person(relation: str, organisation: Organisation, role: str) -> Person:
    user = User.objects.create_user(f"door-{next(_serial)}", "x", display_name="某人", created_at=timezone.now())
    post = Post.objects.create(user=user, organisation=organisation, role=role, starts_on=timezone.localdate())
    return Person(relation, actor_in_post(user, post), user, post)


def client(organisation: Organisation | None, role: str) -> Person:
    user = User.objects.create_user(
        f"door-{next(_serial)}", None, display_name="接口", is_client=True, created_at=timezone.now()
    )
    actor = Actor("接口客户端", user.pk, organisation and organisation.pk, role, token_id="door", verbs=verbs_of(role))
    return Person("client", actor, user)


def register_office(place: Organisation) -> Actor:
    return Actor("试", 0, place.pk, Role.REGISTER_OFFICE, verbs=verbs_of(Role.REGISTER_OFFICE))


def keepers(rights: Rights) -> list[Organisation]:
    """Bodies whose register office keeps the register, at most two."""
    found: list[Organisation] = []
    for place in Organisation.objects.filter(valid_to=None).order_by("pk"):
        if len(found) < 2 and rights.keeper(register_office(place)):
            found.append(place)
    return found


def people_of(rights: Rights, places: Mapping[str, Organisation]) -> Iterator[Person]:
    """Three of the keeper's, two of each post of the bodies named, one of others."""
    kept = keepers(rights)
    for place in kept:
        yield from (person("keeper", place, Role.REGISTER_OFFICE) for _ in range(3))
        yield person("keeper", place, Role.UNIT_HEAD)
    for name, place in places.items():
        if place not in kept:
            yield from (person(name, place, role) for role in AT_WORK for _ in range(2))
    known = {place.pk for place in (*kept, *places.values())}
    for category in ("agency", "township"):
        other = Organisation.objects.filter(category=category, valid_to=None).exclude(pk__in=known).order_by("pk")[0]
        yield from (person("other", other, role) for role in AT_WORK)
    office = Organisation.objects.get(code="zhengfu-ban")
    yield from (person("beside", office, role) for role in BESIDE)
    yield client(None, "")
    yield client(kept[0] if kept else office, "")
    yield client(kept[0] if kept else office, Role.REGISTER_OFFICE)
