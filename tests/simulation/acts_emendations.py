"""勘正 of whatever may be put right: proposed, confirmed by another, given back, withdrawn."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Model, QuerySet

from disclosure.models import Application
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.emendations.enums import Basis, Way
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.emendations.registry import Fact, emendable
from miyun_kpi.emendations.services import decide, propose, withdraw
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.registers.models import Record
from personnel.models import Act
from tests.races.mixed.hands import WHY, Hand, Move, NothingToDo

# Where the things of a kind are looked for.
THINGS: dict[str, QuerySet[Any]] = {
    "application": Application.objects.order_by("-answered_on", "-pk"),
    "record": Record.objects.filter(struck_at=None).order_by("-pk"),
    "act": Act.objects.standing().order_by("-pk"),
}


def other(hand: Hand, one: Fact) -> str:
    """A value that the fact may have had."""
    if one.way == Way.DATE:
        return (date.fromisoformat(one.value) - timedelta(days=hand.chance.randint(1, 9))).isoformat()
    if one.choices:
        return str(hand.chance.choice([code for code, _ in one.choices]))
    if one.value.isdecimal():
        return str(int(one.value) + 1)
    if one.way == Way.ORGANISATION:
        return str(hand.chance.choice(["北庄镇", "区水务局", "区民政局"]))
    return f"{one.value[: one.most - 2]}正"


def who_may(hand: Hand, code: str, thing: Model) -> list[Any]:
    return [actor for _, actor in hand.people.posts if emendable(code).may(actor, thing)]


def put_right(hand: Hand) -> Any:
    code = hand.chance.choice(sorted(THINGS))
    thing = hand.pick(THINGS[code].all(), 8)
    kind, able = emendable(code), who_may(hand, code, thing)
    facts = [one for one in kind.facts(thing) if one.value]
    if not able or not facts:
        raise NothingToDo
    fact = hand.chance.choice(facts)
    return propose(
        actor=hand.signed(hand.chance.choice(able)),
        subject=code,
        subject_id=thing.pk,
        typed={fact.name: other(hand, fact)},
        basis=hand.chance.choice([Basis.ENTRY, Basis.LATER]),
        paper=f"原件第{hand.number(9)}页",
        reason=WHY,
        at=hand.at,
    )


def decided(hand: Hand) -> Any:
    row = hand.pick(Emendation.objects.filter(state=TwoPersonState.PROPOSED).order_by("-pk"))
    given: dict[str, Any] = {"emendation_id": row.pk, "version": hand.version(row), "at": hand.at}
    found = THINGS[row.subject].model.objects.filter(pk=row.subject_id).first() if row.subject in THINGS else None
    if found is None:
        raise NotFound
    able = who_may(hand, row.subject, found)
    if not able:
        raise NothingToDo
    actor = hand.signed(hand.chance.choice(able))
    if hand.chance.random() < 0.15:
        return withdraw(actor=actor, **given)
    confirm = hand.chance.random() < 0.8
    return decide(actor=actor, confirm=confirm, note="" if confirm else WHY, **given)


MOVES = [Move("emendation/propose", put_right, 3), Move("emendation/decide", decided, 3)]
