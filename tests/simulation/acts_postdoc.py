"""27号 beside the moves of the race: who comes, leaves early or is reported late, what is asked for, paid and comes back."""

from datetime import timedelta
from typing import Any

from postdoc.enums import Entry, Ground
from postdoc.models import Application, Employment, Figure, Station, Stay
from postdoc.queries.entitlement import offers
from postdoc.queries.figures import figures
from postdoc.services import applications, clawback, course, ledger, money
from tests.postdoc.conftest import FACTS, enter
from tests.postdoc.test_money import ALL
from tests.races.mixed.hands import LATE, WHY, Hand, Move, NothingToDo

UNIT, OFFICE, PURSE = "yuanqu", ("renshe", "renshe2"), "caizheng"


def stay_in(hand: Hand, **where: Any) -> Stay:
    return hand.pick(Stay.objects.filter(**where).select_related("station").order_by("pk"), 6)


def arrives(hand: Hand) -> Any:
    """Somebody who came some months ago and is entered now."""
    unit = hand.one_of(UNIT)
    station = hand.pick(Station.objects.filter(keeper=unit.organisation_id).order_by("pk"))
    entered = hand.ago(hand.chance.randint(20, 500))
    who = {
        "name": f"来人{hand.chance.choice('甲乙丙丁戊')}",
        "document_kind": "passport",
        "document_number": f"E{hand.number(10**7):08d}",
        "born_on": entered.replace(year=entered.year - 30, day=1),
        "phone": "",
        "account": "",
    }
    ends = entered.replace(year=entered.year + 2, day=min(entered.day, 28)) - timedelta(days=1)
    facts = {
        "entered_on": entered,
        "ends_on": ends,
        "contract_on": entered,
        "agreement_on": entered,
        "degree_on": entered - timedelta(days=60),
    }
    return enter(unit, station, at=hand.at, who=who, **(FACTS | facts))


def leaves(hand: Hand) -> Any:
    """退站 of a day that may lie far back, whatever was drawn since."""
    row = stay_in(hand, left_on=None)
    left = min(row.entered_on + timedelta(days=hand.chance.randint(40, 700)), hand.today)
    return course.withdraw(
        actor=hand.one_of(UNIT),
        stay_id=row.pk,
        version=hand.version(row),
        left_on=left,
        ground=hand.chance.choice([Ground.OWN_WISH, Ground.OTHER]),
        notice="told",
        noticed_on=left,
        explanation=WHY,
        late=LATE,
        at=hand.at,
    )


def ends(hand: Hand) -> Any:
    row = stay_in(hand, left_on=None)
    day = min(row.ends_on, hand.today)
    given = {"stay_id": row.pk, "version": hand.version(row), "left_on": day, "late": LATE}
    return course.leave(actor=hand.one_of(UNIT), at=hand.at, **given)


def comes_back(hand: Hand) -> Any:
    """The 离站 was entered by mistake."""
    row = stay_in(hand, left_on__isnull=False)
    return course.undo_leaving(
        actor=hand.one_of(*OFFICE), stay_id=row.pk, version=hand.version(row), reason=WHY, at=hand.at
    )


def contract(hand: Hand) -> Any:
    row = stay_in(hand, left_on__isnull=False)
    given: dict[str, Any] = {"stay_id": row.pk, "version": hand.version(row), "at": hand.at}
    found = Employment.objects.filter(stay=row, ended_on=None).order_by("pk").first()
    if found is not None and hand.coin():
        day = max(found.from_day, hand.ago(hand.number(60)))
        return course.end_employment(actor=hand.one_of(UNIT), employment_id=found.pk, ended_on=day, **given)
    until = row.left_on + timedelta(days=hand.chance.randint(300, 1500)) if row.left_on else hand.today
    return course.record_employment(
        actor=hand.one_of(UNIT), employer="某单位", in_miyun=hand.coin(), from_day=row.left_on, until=until, **given
    )


def asks(hand: Hand) -> Any:
    """What is due and not asked for yet."""
    found = offers(Station.objects.order_by("pk"), figures(), hand.today)
    if not found:
        raise NothingToDo
    one = hand.chance.choice(found)
    months = {"first": one.first, "last": one.last} if one.first else {}
    return applications.create_application(
        actor=hand.one_of(UNIT),
        grant=one.grant,
        station_id=one.station.pk,
        stay_id=one.stay.pk if one.stay else None,
        materials=ALL.get(one.grant, ALL["living"]),
        submit=True,
        at=hand.at,
        **months,
        **({"award_id": one.award.pk} if one.award else {}),
    )


def goes_on(hand: Hand) -> Any:
    """The next thing of an application: approved, paid, taxed and handed on; asked back and come back."""
    row = hand.pick(Application.objects.filter(phase__in=["filed", "approved"]).order_by("-pk"), 6)
    given: dict[str, Any] = {"application_id": row.pk, "version": hand.version(row), "at": hand.at}
    if row.phase == "filed":
        return applications.review(actor=hand.one_of(*OFFICE), decision="approve", opinion="", **given)
    actor, kind, amount = next_line(hand, row)
    if kind == Entry.CLAWBACK:
        return clawback.claw_back(
            actor=actor, amount=amount, ground="wrong", proof="密人社函9号", note_text=WHY, **given
        )
    return ledger.write_line(
        actor=actor, kind=kind, amount=amount, on=hand.today, proof=f"凭{hand.number(999)}", note_text=WHY, **given
    )


def next_line(hand: Hand, row: Application) -> tuple[Any, str, Any]:
    unit, purse = hand.one_of(UNIT), hand.one_of(PURSE)
    if row.clawback > row.recovered and hand.chance.random() < 0.7:
        return purse, Entry.RECOVERED, row.clawback - row.recovered
    if row.amount > row.received:
        return purse, Entry.PAID, row.amount - row.received
    if row.received > row.passed and hand.chance.random() < 0.7:
        # Also while it is asked back: then the register takes no more than is the person's.
        return unit, Entry.HANDED, row.received - row.passed - (row.clawback if hand.coin() else 0)
    if hand.chance.random() < 0.3:
        return hand.one_of(*OFFICE), Entry.CLAWBACK, row.received - row.clawback
    raise NothingToDo


def figure(hand: Hand) -> Any:
    own = Figure.objects.filter(struck_at=None, document=WHY).order_by("-pk").first()
    if own is not None and hand.coin():
        return money.strike_figure(actor=hand.one_of(*OFFICE), figure_id=own.pk, reason=WHY, at=hand.at)
    on = hand.today + timedelta(days=hand.chance.randint(-30, 300))
    value = hand.chance.choice([4000, 5000, 6000])
    return money.enter_figure(
        actor=hand.one_of(*OFFICE), code="living_month", value=value, starts_on=on, document=WHY, at=hand.at
    )


MOVES = [
    Move("people/arrives", arrives, 1.5),
    Move("people/leaves", leaves, 2),
    Move("people/ends", ends, 0.5),
    Move("people/comes-back", comes_back),
    Move("people/contract", contract),
    Move("people/asks", asks, 3),
    Move("people/goes-on", goes_on, 6),
    Move("people/figure", figure, 0.5),
]
