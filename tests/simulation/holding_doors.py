"""No state without a door: what is found out later can be entered, whatever rests on it already.

Each is tried on a few rows as its people would try it, and taken back. A refusal of a fact is a finding.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from disclosure.models import Application as Inquiry
from farmland.models import Rate
from farmland.services import striking
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.emendations.enums import Basis
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.emendations.services import decide, propose
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from personnel.access import office_id
from personnel.models import Act
from postdoc.enums import Entry, Grant, Ground, Phase
from postdoc.models import Application, Stay
from postdoc.services import course
from tests.races.mixed.hands import LATE
from tests.simulation.holding import Seen, holds, refusal_of
from tests.simulation.holding_desks import living, standing_for
from tests.simulation.holding_land import unused

WHY = "事后查明的事实"
FEW = 3


def two_of(place: Organisation, *roles: str) -> tuple[Actor, Actor]:
    """Two persons of one body, in the roles that the second person of its acts may have."""
    first, second = (standing_for(place, role) for role in (roles[0], roles[-1]))
    return Actor(**{**vars_of(first), "user_id": -1}), Actor(**{**vars_of(second), "user_id": -2})


def vars_of(actor: Actor) -> dict[str, Any]:
    return {name: getattr(actor, name) for name in actor.__dataclass_fields__}


@holds("who left is registered as gone whatever was paid since, and when", "27号第十六条; A1", whole=True)
def a_leaving_is_always_taken_in(seen: Seen) -> Iterator[str]:
    """Of those who drew money: they left the day after they came, as far as anybody knew later."""
    drawn = Application.objects.filter(grant=Grant.LIVING, phase=Phase.APPROVED).values("stay_id")
    found = Stay.objects.filter(left_on=None, pk__in=drawn).select_related("station__keeper").order_by("pk")
    for row in found[:FEW]:
        keeper = living(row.station.keeper)
        left = row.entered_on + timedelta(days=40)
        if keeper is None or left > seen.today or row.station.keeper_id != keeper.pk:
            continue
        refusal = refusal_of(
            lambda row=row, left=left, keeper=keeper: course.withdraw(
                actor=standing_for(keeper, Role.REPORTER),
                stay_id=row.pk,
                version=row.version,
                left_on=left,
                ground=Ground.OWN_WISH,
                notice="told",
                noticed_on=left,
                explanation=WHY,
                late=LATE,
                at=seen.at,
            )
        )
        if refusal is not None:
            yield f"stay {row.number}, left on {left}: {refusal.message}"


@holds("money taken back whole leaves the grant free to be asked for again", "27号第二十六条; A1", whole=True)
def what_came_back_whole_holds_nothing(seen: Seen) -> Iterator[str]:
    found = Application.objects.filter(phase=Phase.APPROVED, received__gt=0, lines__kind=Entry.RECOVERED).distinct()
    for row in found.order_by("pk"):
        if row.recovered >= row.received and (row.once_key is not None or row.months.exists()):
            yield f"application {row.number} was given back whole and holds {row.once_key or 'its months'}"


def put_right(code: str, thing: Any, people: tuple[Actor, Actor], typed: dict[str, str], seen: Seen) -> Refused | None:
    """Proposed by one, confirmed by the other."""

    def both() -> None:
        given = {"subject": code, "subject_id": thing.pk, "typed": typed, "basis": Basis.ENTRY, "paper": WHY}
        row = propose(actor=people[0], reason=WHY, at=seen.at, **given)
        decide(actor=people[1], emendation_id=row.pk, version=row.version, confirm=True, note="", at=seen.at)

    return refusal_of(both)


def waits(code: str, thing: Any) -> bool:
    return Emendation.objects.filter(subject=code, subject_id=thing.pk, state=TwoPersonState.PROPOSED).exists()


@holds("an act of an issued notice that is not what the document says is put right under its number", "A5", whole=True)
def every_issued_act_can_be_put_right(seen: Seen) -> Iterator[str]:
    place = living(Organisation.objects.filter(pk=office_id() or 0).first())
    issued = Act.objects.filter(notice__state="issued", emended_by__isnull=True)
    if place is None or place.pk != office_id():
        return
    # The newest that stand, and one that was struck: it too gives way to the right one.
    rows = [*issued.filter(struck_at=None).order_by("-pk")[:FEW], *issued.exclude(struck_at=None).order_by("-pk")[:1]]
    for row in rows:
        if waits("act", row):
            continue
        people = two_of(place, Role.REGISTER_OFFICE)
        refusal = put_right("act", row, people, {"note": f"{row.person.note}另"[:60]}, seen)
        # Another person may not end what this one began; that is said, and has its own way.
        if refusal is not None and refusal.code not in ("contradicts", "inconsistent"):
            yield f"act {row.pk} of {row.notice}: {refusal.code}: {refusal.message}"


@holds("what was entered of an application is put right long after it was answered", "14号五（一）; A6", whole=True)
def every_answer_can_be_put_right(seen: Seen) -> Iterator[str]:
    found = Inquiry.objects.exclude(answered_on=None).select_related("organisation").order_by("-pk")
    for row in found[:FEW]:
        if waits("application", row):
            continue
        place = living(row.organisation)
        if place is None:
            continue
        earlier = (row.received_on - timedelta(days=1)).isoformat()
        people = two_of(place, Role.REPORTER, Role.UNIT_HEAD)
        refusal = put_right("application", row, people, {"received_on": earlier}, seen)
        if refusal is not None:
            yield f"inquiry {row.number} of {row.organisation.name}: {refusal.message}"


@holds("a mistyped price on which nothing rests is struck", "21号第七条; A7", whole=True)
def a_wrong_price_can_be_struck(seen: Seen) -> Iterator[str]:
    purse = living(Organisation.objects.get(code="caizheng-ju"))
    for row in Rate.objects.filter(printed=False, struck_at=None).order_by("-pk")[:FEW]:
        if not unused(row) or purse is None or purse.code != "caizheng-ju":
            continue
        given: dict[str, Any] = {"row_id": row.pk, "reason": WHY, "value": None, "starts_on": None, "ends_on": None}
        actor = standing_for(purse, Role.REGISTER_OFFICE)
        refusal = refusal_of(
            lambda given=given, actor=actor: striking.strike_rate(actor=actor, basis="", at=seen.at, **given)
        )
        if refusal is not None:
            yield f"{row.kind} from {row.starts_on}: {refusal.message}"
