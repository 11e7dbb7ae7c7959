"""人事 beside the moves of the race: a notice gets on by its next act, people are confirmed or removed, posts get seats."""

from typing import Any

from personnel.enums import Outcome
from personnel.models import Act, Notice, Position
from personnel.services import correcting, drafts, issue, posts, probation
from tests.races.mixed.hands import WHY, Hand, Move

OFFICE = ("renshi", "renshi2")


def goes_on(hand: Hand) -> Any:
    """Drafted with somebody in it, submitted, issued by the other of 人事."""
    row = Notice.objects.exclude(state="issued").order_by("-pk").first()
    if row is None or hand.chance.random() < 0.1:
        return drafts.create_draft(actor=hand.one_of(*OFFICE), meeting=f"第{hand.number(90)}次会议", at=hand.at)
    given: dict[str, Any] = {
        "actor": hand.one_of(*OFFICE),
        "notice_id": row.pk,
        "version": hand.version(row),
        "at": hand.at,
    }
    if row.state == "submitted":
        number = f"密政任〔{hand.today.year}〕{hand.number(900)}号"
        late = hand.chance.choice(["", "文件月底才送到"])
        return issue.issue(number=number, dated=hand.ago(hand.number(30)), late_reason=late, **given)
    if row.acts.count() and not row.meeting:
        said = {"meeting": f"第{hand.number(90)}次会议", "dated": None, "number": ""}
        return drafts.change_draft(**said, **given)
    if row.acts.count() and hand.chance.random() < 0.6:
        return drafts.submit(**given)
    wanted = drafts.ActInput(
        "appoint",
        f"来任{hand.chance.choice('甲乙丙丁戊己')}",
        hand.chance.choice(["区水务局", "区民政局", "区体育局"]),
        hand.chance.choice(["副局长", "科长", "副科长"]),
        probation_months=hand.chance.choice([0, 1, 12]),
    )
    return drafts.add_act(given=wanted, **given)


def correction(hand: Hand) -> Any:
    """The original of an issued entry named somebody else: the entry goes into the draft of a 更正通知."""
    row = hand.pick(Act.objects.standing().filter(notice__state="issued").order_by("-pk"), 8)
    body, title = row.position.organisation.code, row.position.title
    months = row.probation_months if row.kind == "appoint" else 0
    return correcting.draft_correction(
        actor=hand.one_of(*OFFICE),
        act_id=row.pk,
        given=drafts.ActInput("", f"更任{hand.chance.choice('甲乙丙丁')}", body, title, probation_months=months),
        effective_on=hand.ago(hand.number(30)),
        at=hand.at,
    )


def decision(hand: Hand) -> Any:
    row = hand.pick(Act.objects.standing().filter(probation_months__gt=0).order_by("-pk"), 6)
    return probation.record_decision(
        actor=hand.one_of(*OFFICE),
        act_id=row.pk,
        outcome=hand.chance.choice([Outcome.CONFIRMED, Outcome.DISMISSED]),
        decided_on=hand.today,
        basis=WHY,
        at=hand.at,
    )


def seats(hand: Hand) -> Any:
    row = hand.pick(Position.objects.order_by("-pk"), 6)
    return posts.set_seats(
        actor=hand.one_of(*OFFICE),
        position_id=row.pk,
        version=hand.version(row),
        seats=hand.number(3),
        basis=WHY,
        at=hand.at,
    )


MOVES = [
    Move("notice/goes-on", goes_on, 5),
    Move("notice/correction", correction, 0.5),
    Move("notice/decision", decision),
    Move("notice/seats", seats, 0.5),
]
