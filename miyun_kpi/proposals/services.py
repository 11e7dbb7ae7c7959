"""An act over money or rights: proposed by one, carried out by another of the same office, given back, or withdrawn.

Proposing tries the act and undoes it, so that whoever proposes is told at once what the act would refuse; confirming
carries it out on what stands then.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from miyun_kpi.accounts.enums import SEPARATED_ROLES
from miyun_kpi.accounts.models import Post
from miyun_kpi.acts import two_persons
from miyun_kpi.acts.acting import Act, acting, tried, unless_taken
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, NotAllowed
from miyun_kpi.proposals import access
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.registry import Decision, Given, Words, decision
from miyun_kpi.proposals.stored import given_of, to_store
from miyun_kpi.routes import to

OTHER_WORDS = Conflict(
    "changed-since", "提出以后，这件事所依据的内容又有变化，没有执行。请看过现在的内容再确认；不合适的请退回。"
)
TAKEN = Conflict("already-proposed", "同一事项已有一件等待确认，没有再提出。请先确认、退回或撤回那一件。")


def propose(*, actor: Actor, code: str, at: datetime, **given: Any) -> Proposal:
    """What the act itself would refuse now is refused now; nothing of it is done before a second person confirms."""
    kind = decision(code)
    assert set(given) == set(kind.takes), sorted(set(given) ^ set(kind.takes))
    kind.may(actor, given)
    if actor.organisation_id is None:
        raise NotAllowed("no-office", f"{kind.word}由主管单位的岗位提出，没有执行。")
    with acting(actor, at) as act:
        _try(kind, actor, given, at)
        row = _put(kind, given, organisation_id=actor.organisation_id, **act.signed(Proposal, "recorded"))
        act.record("proposals.proposal.proposed", row, act=kind.word)
        act.tell(
            _messages(
                kind,
                row,
                "待确认",
                f"{row.recorded_by}提出，请{'另一名管理员' if kind.releases else '本单位的另一个人'}确认。",
                actor,
            )
        )
    return row


def decide(
    *,
    actor: Actor,
    proposal_id: int,
    version: int,
    confirm: bool,
    note: str,
    seen: int | None = None,
    read: int | None = None,
    at: datetime,
) -> Proposal:
    """Confirmed and carried out at once, or given back with an observation, by another of the office, in person.

    `seen`: the version of the thing that the second person had before him; `read`: the mark of the words, those of the
    proposal where nothing is said of them. The act is held against what stands then: what it refuses by now is raised, and
    so is what reads otherwise by now than what was read. The proposal goes on waiting: it may be given back or withdrawn.
    """
    kind, given = given_of(access.found(actor, proposal_id))
    given = kind.seen(given, seen)
    kind.second(actor, given)
    if actor.token_id is not None:
        raise NotAllowed("no-token", "确认要由本人登录办理，接口不能代办，没有执行。")
    with acting(actor, at) as act:
        kind.holds(given)
        row = act.lock(Proposal.objects.all(), proposal_id, version)

        def run() -> None:
            now, read_then = kind.words(given), Words(row.said, row.warned).mark if read is None else read
            kind.run(actor=actor, at=at, **given)
            if now is not None and now.mark != read_then:
                raise OTHER_WORDS

        two_persons.release(act, row, TwoPersonState, confirm=confirm, note=note, possible=run)
        done = "confirmed" if confirm else "returned"
        said = {"note": row.note} if row.note else {}
        act.record(f"proposals.proposal.{done}", row, act=kind.word, **said)
        body = row.note or f"{row.recorded_by}提出，{row.confirmed_by}确认，已办理。"
        act.tell(_messages(kind, row, "已办理" if confirm else "被退回", body, actor))
        if confirm and kind.follows is not None:
            _put_next(act, row, *kind.follows(given))
    return row


def _put_next(act: Act, before: Proposal, code: str, given: Given) -> None:
    """In the name of who proposed the first step: neither that person nor the second decides over both."""
    kind, by = decision(code), {name: getattr(before, name) for name in ("recorded_by", "recorded_by_id")}
    row = _put(kind, given, organisation_id=before.organisation_id, recorded_at=act.at, **by)
    act.record("proposals.proposal.proposed", row, act=kind.word, by=row.recorded_by)


def _put(kind: Decision, given: Given, **by: Any) -> Proposal:
    words = kind.reads(given)
    with unless_taken(TAKEN):
        return Proposal.objects.create(
            code=kind.code,
            thing=kind.key(given),
            name=_short(kind.about(given)),
            given=to_store(given),
            said=words.said,
            warned=words.warned,
            **by,
        )


def withdraw(*, actor: Actor, proposal_id: int, version: int, at: datetime) -> Proposal:
    """By whoever proposed it, while it waits."""
    kind, _ = given_of(access.found(actor, proposal_id))
    with acting(actor, at) as act:
        row = act.lock(Proposal.objects.all(), proposal_id, version)
        two_persons.withdraw(act, row, TwoPersonState)
        act.record("proposals.proposal.withdrawn", row, act=kind.word)
    return row


def by_two(*, first: Actor, second: Actor, code: str, at: datetime, **given: Any) -> Proposal:
    """Both persons in one breath, for what is told with both of them named."""
    row = propose(actor=first, code=code, at=at, **given)
    return decide(actor=second, proposal_id=row.pk, version=row.version, confirm=True, note="", at=at)


def _short(name: str) -> str:
    return name[:200]


def _try(kind: Decision, actor: Actor, given: Mapping[str, Any], at: datetime) -> None:
    with tried(actor, at):
        (kind.trial or kind.run)(actor=actor, at=at, **given)


def _messages(kind: Decision, row: Proposal, word: str, body: str, hand: Actor) -> list[Message]:
    """To the office; of powers to the posts of the administrators, and to nobody else of their offices. Not to the hand itself.

    What a role proposes for its unit: to that role, how it ended; the administrators have one line for all on their desk.
    """
    _, document, clause = kind.place(given_of(row)[1])
    told = Message(
        key=f"proposal/{row.pk}/{row.state}",
        organisation_id=row.organisation_id,
        title=f"{kind.word}{word}：{row.name}"[:120],
        body=body[:500],
        url=to("proposals:proposal", row.pk),
        clause=cite(document, clause) if clause else "",
        hand=hand.user_id,
    )
    if kind.proposed_by:
        return [] if row.is_open else [replace(told, role=kind.proposed_by)]
    if kind.releases is None:
        return [told]
    held = Post.objects.on(row.recorded_at.astimezone().date()).filter(role__in=SEPARATED_ROLES)
    places = sorted(set(held.values_list("organisation_id", "role")))
    return [replace(told, key=f"{told.key}/{place}/{role}", organisation_id=place, role=role) for place, role in places]
