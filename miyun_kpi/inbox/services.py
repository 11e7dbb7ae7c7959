from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q

from miyun_kpi.accounts.enums import SEPARATED_ROLES, Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.registry import HandOver, Told
from miyun_kpi.acts.acting import tell
from miyun_kpi.inbox.models import Notice, NoticeRead
from miyun_kpi.inbox.queries import notices_for
from miyun_kpi.jobs.clock import Failure, Run
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.queries import told_for

KEY_LENGTH = Notice._meta.get_field("key").max_length or 0


@dataclass(frozen=True)
class Message:
    """One notice to be sent. The same `key` is sent once, however often a job runs.

    `hand`: the account whose own decision it tells of, and who is not told of it.
    """

    key: str
    organisation_id: int
    title: str
    body: str = ""
    role: str = ""
    url: str = ""
    clause: str = ""
    hand: int | None = None


def send(messages: Sequence[Message], *, at: datetime) -> int:
    """Store what is not stored yet, in one statement; returns how many are new.

    Of a body that has ended the one that goes on is told, of one that was split each that stands; the key keeps whom it is
    about.
    """
    messages = _to_who_goes_on(messages)
    before = Notice.objects.filter(key__in=[message.key for message in messages]).count()
    Notice.objects.bulk_create(
        [Notice(**_stored(message), sent_at=at) for message in messages], ignore_conflicts=True, batch_size=500
    )
    _keep_from_hands(messages, at)
    return len({message.key for message in messages}) - before


def _to_who_goes_on(messages: Sequence[Message]) -> list[Message]:
    """The first keeps the key, so that the clock finds what it has sent."""
    goes_to = told_for(message.organisation_id for message in messages)
    return [
        replace(one, organisation_id=pk, key=_beside(one.key, pk) if place else one.key)
        for one in messages
        for place, pk in enumerate(goes_to[one.organisation_id])
    ]


def _beside(key: str, pk: int) -> str:
    tail = f"+{pk}"
    return f"{key[: KEY_LENGTH - len(tail)]}{tail}"


def _stored(message: Message) -> dict[str, Any]:
    return {name: value for name, value in message.__dict__.items() if name != "hand"}


def _keep_from_hands(messages: Sequence[Message], at: datetime) -> None:
    """Read in the very moment that it is sent: `notices_for` leaves it out."""
    hands = {message.key: message.hand for message in messages if message.hand is not None}
    if not hands:
        return
    # An actor carries a number; that there is such an account is nobody's promise.
    known = set(User.objects.filter(pk__in=hands.values()).values_list("pk", flat=True))
    new = Notice.objects.filter(key__in=hands, sent_at=at).values_list("pk", "key")
    reads = [NoticeRead(notice_id=pk, user_id=hands[key], read_at=at) for pk, key in new if hands[key] in known]
    NoticeRead.objects.bulk_create(reads, ignore_conflicts=True)


def send_all(messages: Sequence[Message], at: datetime) -> None:
    """As an act sends, when everything else of it is done."""
    send(messages, at=at)


def send_due(run: Run, messages: Sequence[Message], due: Mapping[str, datetime] | None = None) -> None:
    """From the clock: those not sent yet, each with its slot; `due` by key says since when it should have been sent."""
    keys = [message.key for message in messages]
    with transaction.atomic():
        known = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
        new = {message.key: message for message in messages if message.key not in known}
        if new:
            send(list(new.values()), at=run.at)
            run.did(new, due)


def tell_failure(failure: Failure, at: datetime) -> None:
    """What the clock could not do, to the offices it names; each thing and cause once."""
    tail = sha256(failure.key.encode()).hexdigest()[:12]
    messages = [
        Message(
            key=f"{failure.key[:80]}/{tail}/{organisation_id}",
            organisation_id=organisation_id,
            role=role,
            title=failure.title[:120],
            body=failure.body,
            url=failure.url,
        )
        for organisation_id, role in failure.offices
    ]
    send(messages, at=at)


def mark_read(*, actor: Actor, notice_ids: Sequence[int], at: datetime) -> None:
    """Notices of others are simply not among the actor's and stay as they are."""
    assert actor.user_id is not None
    own = notices_for(actor).filter(pk__in=notice_ids).values_list("pk", flat=True)
    NoticeRead.objects.bulk_create(
        [NoticeRead(notice_id=pk, user_id=actor.user_id, read_at=at) for pk in own], ignore_conflicts=True
    )


def mark_all_read(*, actor: Actor, at: datetime) -> None:
    mark_read(actor=actor, notice_ids=list(notices_for(actor).filter(read=False).values_list("pk", flat=True)), at=at)


def announce_hand_over(hand_over: HandOver, at: datetime) -> None:
    """Tell the people of both organisations who does the work from which day."""
    before, after = hand_over.before, hand_over.after
    title = f"岗位交接：{after.organisation.name}{after.get_role_display()}由{before.user}交给{after.user}"
    body = (
        f"{after.user}自 {after.starts_on:%Y-%m-%d} 起办理，{before.user}办到 {before.ends_on:%Y-%m-%d}。"
        "在办的事项属于单位和岗位，留在工作台上，不随人走。"
    )
    messages = [
        Message(
            key=f"hand-over:{after.pk}:{organisation_id}",
            organisation_id=organisation_id,
            title=title[:120],
            body=body,
        )
        for organisation_id in hand_over.organisation_ids
    ]
    send(messages, at=at)


def tell_of_account(told: Told, at: datetime) -> None:
    """To the posts of whose account it is, and to those of the three: nobody's way in changes in silence."""
    held = Post.objects.on(at.astimezone().date()).filter(Q(user=told.user) | Q(role__in=SEPARATED_ROLES))
    places = sorted(set(held.values_list("organisation_id", "role")))
    messages = [
        Message(
            key=f"{told.key}/{organisation_id}/{role}",
            organisation_id=organisation_id,
            role=role,
            title=told.title[:120],
            body=told.body,
            # The auditor reads of it in the audit: the pages are the administrators'.
            url=told.url if role in SEPARATED_ROLES and role != Role.AUDITOR else "",
        )
        for organisation_id, role in places
    ]
    tell(messages, at=at)
