"""Who is waited for is told and can act; nothing open stays with a body that has ended; nobody sees what is not theirs."""

import json
from collections.abc import Iterator

from django.db.models import Q

from disclosure.models import Application as Inquiry
from evaluation.models import SupervisionItem
from finance_policy.access import visible_returns
from finance_policy.models import BankReturn
from miyun_kpi.accounts.access import actor_in_post, verbs_of
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.models import DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.reports import tallies, tallies_by_document
from miyun_kpi.duties.rules.standing import STANDINGS
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.relations import Relation
from miyun_kpi.organisations.models import Affiliation, Organisation
from miyun_kpi.organisations.registry import relations
from miyun_kpi.registers.access import visible_to
from miyun_kpi.registers.desk import desk_items, is_back, with_last_steps
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import KEEPER, OWNER, Doer, Rights, all_kinds, record_address
from miyun_kpi.registers.rules.kinds import Kind, Step
from personnel.access import office_id, visible_notices
from personnel.models import Notice
from postdoc.access import visible_stays
from postdoc.models import Stay
from tests.simulation.holding import Seen, holds

SOMEBODY = -1


def standing_for(place: Organisation, role: str) -> Actor:
    """Somebody of the body in a post of the role, whose hands were on nothing yet."""
    return Actor("某人", SOMEBODY, place.pk, role, verbs=verbs_of(role))


def stands(record: Record, doer: Doer) -> Organisation | None:
    """The body that the doer of a step belongs to, where the record names it."""
    if doer.stands == OWNER:
        found = record.owner
    elif doer.stands == KEEPER:
        return None
    else:
        found = Organisation.objects.filter(code=record.values.get(doer.stands) or "-").first()
    return living(found)


def living(place: Organisation | None) -> Organisation | None:
    """The body itself, or the one it went into; none where it was split."""
    while place is not None and place.valid_to is not None:
        going = Affiliation.objects.filter(organisation=place, kind="并入").order_by("-pk").first()
        place = going.other if going else None
    return place


def offices(*codes: str) -> set[int]:
    found = [living(one) for one in Organisation.objects.filter(code__in=codes)]
    return {one.pk for one in found if one is not None}


def takers(kind: Kind, rights: Rights, record: Record, step: Step) -> Iterator[Actor]:
    for doer in rights.takers(step):
        place = stands(record, doer)
        for role in (Role.REGISTER_OFFICE, Role.REPORTER, Role.UNIT_HEAD):
            if place is not None and doer.may(actor := standing_for(place, role)):
                yield actor


@holds(
    "a step that waits stands on the desk of whoever takes it, and its page opens for them", "15号二（四）7", whole=True
)
def every_waiting_step_is_on_a_desk(seen: Seen) -> Iterator[str]:
    kinds = {kind.key: (kind, rights) for kind, rights in all_kinds()}
    desks: dict[tuple[int | None, str], set[str]] = {}
    for record in with_last_steps().filter(struck_at__isnull=True).order_by("pk"):
        kind, rights = kinds[record.kind]
        # What was given back waits for the unit that writes it, until that has changed something.
        if is_back(kind, rights, record):
            continue
        for step in kind.steps:
            if not (step.waiting and record.stage in step.sources and step.is_ripe(record.values, seen.today)):
                continue
            for actor in takers(kind, rights, record, step):
                called = f"{kind.key} {record.number}: {step.label} by {actor.role} of {actor.organisation_id}"
                if not visible_to(actor, kind, rights).filter(pk=record.pk).exists():
                    yield f"{called}: may not see it"
                    continue
                if rights.condition is not None:
                    continue  # asks for a row of its own first, which has a desk of its own
                if not rights.steps(actor, record, step):
                    yield f"{called}: may not take it"
                    continue
                key = (actor.organisation_id, actor.role)
                if key not in desks:
                    desks[key] = {item.url for item in desk_items(actor, seen.at)}
                if record_address(kind, record.pk) not in desks[key]:
                    yield f"{called}: is not on the desk"


@holds("what is open goes with the body into its successor, under the same clock", "issue 14, deliver 5", whole=True)
def nothing_open_is_left_with_a_body_that_went(seen: Seen) -> Iterator[str]:
    ends = dict(Affiliation.objects.filter(kind="并入").values_list("organisation_id", "organisation__valid_to"))
    gone = dict(Organisation.objects.filter(pk__in=ends).values_list("pk", "name"))
    asked = Inquiry.objects.filter(organisation__in=gone, archived_on=None)
    yield from (f"{gone[one.organisation_id]}: inquiry {one.number} runs" for one in asked.order_by("pk"))
    kinds = {kind.key: kind for kind, _ in all_kinds()}
    for record in Record.objects.filter(owner__in=gone, struck_at=None).order_by("pk"):
        kind = kinds[record.kind]
        waited = [step for step in kind.steps if step.waiting and record.stage in step.sources]
        # Who acts on what is entered under its old name later is the successor (registry.owns).
        if record.created_at.astimezone().date() >= ends[record.owner_id or 0]:
            continue
        # What was published or holds for good stays under the name it bore.
        if waited or (kind.due and record.stage in kind.open_stages):
            yield f"{gone[record.owner_id or 0]}: {record.kind} {record.number} is open ({record.stage})"
    items = SupervisionItem.objects.exclude(state="closed").filter(parts__organisation__in=gone)
    yield from (f"督办 {one.number} names a body that went" for one in items.order_by("pk"))


@holds(
    "every relation that says it moves has moved, or is named as undecided in the entry of the merger",
    "0078",
    whole=True,
)
def relations_that_move_have_moved(seen: Seen) -> Iterator[str]:
    undecided: dict[str, int] = {}
    for data in AuditEntry.objects.filter(action="organisations.organisation.merged").values_list("data", flat=True):
        for label, number in json.loads(data).get("undecided", {}).items():
            undecided[label] = undecided.get(label, 0) + number
    gone = list(Organisation.objects.filter(pk__in=Affiliation.objects.filter(kind="并入").values("organisation_id")))
    for one in relations() if gone else []:
        # Of records the check above says more.
        if one.said.relation != Relation.MOVES or one.said.along or one.model is Record:
            continue
        left = one.open_rows(gone).count()
        if left > undecided.get(one.said.label, 0):
            yield f"{one.said.label} ({one.model.__name__}.{one.name}): {left} left, {undecided.get(one.said.label, 0)} told"


def actors(seen: Seen) -> list[tuple[Post, Actor]]:
    found = Post.objects.filter(organisation__valid_to=None).select_related("user", "organisation").order_by("pk")
    return [(post, actor_in_post(post.user, post)) for post in found]


@holds(
    "a bank's own figures, a draft, a stay and an inquiry are read by their own and the offices they go to",
    "design §6",
    whole=True,
)
def scopes_hold(seen: Seen) -> Iterator[str]:
    returns, drafts = set(BankReturn.objects.values_list("pk", flat=True)), Notice.objects.exclude(state="issued")
    unissued, office = set(drafts.values_list("pk", flat=True)), office_id()
    finance, postdoc = offices("jinrong-ban"), offices("renshebao-ju", "caizheng-ju")
    for post, actor in actors(seen):
        banks = set(visible_returns(actor).values_list("pk", flat=True)) & returns
        own = set(BankReturn.objects.filter(bank__organisation=post.organisation_id).values_list("pk", flat=True))
        if banks - own and post.organisation_id not in finance:
            yield f"{actor.label} reads figures of {len(banks - own)} other banks"
        read = set(visible_notices(actor).values_list("pk", flat=True)) & unissued
        if read and post.organisation_id != office:
            yield f"{actor.label} reads {len(read)} drafts of 人事"
        if post.organisation_id not in postdoc:
            yield from _stays(post, actor)


def _stays(post: Post, actor: Actor) -> Iterator[str]:
    if post.role in (Role.LEADER, Role.EVALUATION_OFFICE, Role.AUDITOR):
        return
    foreign = visible_stays(actor).exclude(pk__in=Stay.objects.filter(station__keeper=post.organisation_id))
    if foreign.exists():
        yield f"{actor.label} reads {foreign.count()} stays of other stations"


@holds("of a duty the periods add up to what its document counts", "design §4", whole=True)
def reports_are_counted_once(seen: Seen) -> Iterator[str]:
    every = DutyPeriod.objects.filter(unit__active=True)
    whole = tallies_by_document(DutyUnit.objects.filter(active=True), seen.at)
    by_unit = tallies(every, seen.at)
    for name in STANDINGS:
        parts = sum(getattr(one, name) for one in by_unit.values())
        if parts != sum(getattr(one, name) for one in whole.values()):
            yield f"{name}: {parts} by unit, {sum(getattr(one, name) for one in whole.values())} by document"
    total = sum(getattr(one, name) for one in whole.values() for name in STANDINGS)
    if total != every.filter(~Q(pk=None)).count():
        yield f"{total} counted of {every.count()}"
