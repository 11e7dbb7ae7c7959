"""Who may act may see: the scope of every register follows from who takes its steps."""

from dataclasses import replace

from django.utils import timezone

from miyun_kpi.accounts.access import verbs_of
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.access import visible_to
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import KEEPER, OWNER, Doer, Rights, all_kinds
from tests.doors.examples import bodies
from tests.doors.people import keepers

# Everything an office post and a unit's post may do; what must be seen without it: everybody's tracking.
EVERYTHING = frozenset().union(*(verbs_of(role) for role in (Role.REGISTER_OFFICE, Role.REPORTER, Role.UNIT_HEAD)))


def subclasses(of: type[Rights]) -> list[type[Rights]]:
    return [found for one in of.__subclasses__() for found in (one, *subclasses(one))]


def test_no_register_has_a_scope_or_steps_of_its_own_making():
    assert len(all_kinds()) > 100
    for one in subclasses(Rights):
        assert not {"sees", "steps"} & set(vars(one)), f"{one.__name__} would let scope and steps fall apart"


def test_a_party_is_a_field_of_the_register_that_names_an_organisation():
    parties = 0
    for kind, rights in all_kinds():
        for name in rights.parties:
            parties += 1
            assert kind.field(name).type in (FieldType.ORGANISATION, FieldType.TOWN), (kind.key, name)
        assert not kind.steps or set(rights.doers_of) <= {step.code for step in kind.steps}, kind.key
    assert parties, "of the registers one has a party"


def test_whoever_a_step_admits_is_within_the_scope(gazette):
    """Over all kinds × steps × relations: a record with a different body in every field, somebody of each of them."""
    assert Verb.READ_ALL_TRACKING not in EVERYTHING
    admitted = 0
    for kind, rights in all_kinds():
        places = bodies(kind)
        row = Record.objects.create(
            kind=kind.key,
            number=999_999,
            values={name: place.code for name, place in places.items()},
            owner=places.get(kind.owner),
            town=places.get(kind.town),
            created_at=timezone.now(),
            changed_at=timezone.now(),
        )
        free = replace(rights, condition=None)
        for place in {*keepers(rights), *places.values(), Organisation.objects.get(code="zhengfu-ban")}:
            actor = Actor("某人", 1, place.pk, Role.REGISTER_OFFICE, verbs=EVERYTHING)
            taken = [step.code for step in kind.steps if free.steps(actor, row, step)]
            admitted += len(taken)
            if taken or rights.changes(actor, row):
                assert visible_to(actor, kind, rights).filter(pk=row.pk).exists(), (kind.key, place.code, taken)
    assert admitted > 200


def test_a_further_party_is_seen_to_by_naming_it(gazette):
    """The one word that lets a body act lets it see; nobody else sees more by it."""
    places = Organisation.objects.filter(category="agency", valid_to=None).order_by("pk")
    kind = next(kind for kind, _ in all_kinds() if kind.key == "safety.hazards")
    row = Record.objects.create(
        kind=kind.key,
        number=1,
        values={"listed_by": places[1].code, "unit": places[2].code},
        owner=places[2],
        created_at=timezone.now(),
        changed_at=timezone.now(),
    )
    step = kind.steps[0]
    for stands, sees in ((KEEPER, 0), (OWNER, 0), ("listed_by", 1)):
        rights = Rights(lambda actor: False, open_to_all=False, doers=(Doer(stands),))
        actor = Actor("某人", 1, places[1].pk)
        assert visible_to(actor, kind, rights).filter(pk=row.pk).count() == sees
        assert rights.steps(actor, row, step) == bool(sees)
