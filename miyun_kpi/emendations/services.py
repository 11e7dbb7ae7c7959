"""勘正: proposed with its paper and reason, then confirmed or given back by another, or withdrawn by who proposed it.

A fact is never refused because something rests on it: what rests on it is listed beforehand and settled with it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from miyun_kpi.acts import two_persons
from miyun_kpi.acts.acting import acting, unless_taken
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.emendations import access
from miyun_kpi.emendations.enums import Basis
from miyun_kpi.emendations.models import Emendation, EmendedFact
from miyun_kpi.emendations.registry import Emendable, Fact, Rest, emendable, resting_on
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.routes import to

LONGEST_PAPER = 200
TAKEN = Conflict("already-proposed", "这一项已有一份勘正等待确认，没有再提出。请先确认、退回或撤回那一份。")


def looked_at(*, actor: Actor, subject: str, subject_id: int, typed: Mapping[str, str], at: datetime) -> Sequence[Rest]:
    """What rests on the facts that would change; writes nothing."""
    kind = emendable(subject)
    thing = kind.find(actor, subject_id)
    access.require_emend(actor, kind, thing)
    wanted = _wanted(kind, thing, typed, at)
    return resting_on(kind, thing, wanted, at.astimezone().date())


def propose(
    *,
    actor: Actor,
    subject: str,
    subject_id: int,
    typed: Mapping[str, str],
    basis: str,
    paper: str,
    reason: str,
    seen: Mapping[str, str] | None = None,
    at: datetime,
) -> Emendation:
    """`typed`: the facts as they should be; those not given stay. Refuses where nothing differs, or one waits already.

    `seen`: what stood in the boxes when they were opened; a fact that has changed since is refused by name.
    """
    kind = emendable(subject)
    found = kind.find(actor, subject_id)
    access.require_emend(actor, kind, found)
    if actor.user_id is None or actor.organisation_id is None:
        raise NotAllowed("no-person", "勘正要由登录的人提出，没有执行。")
    if basis not in Basis.values:
        raise Refused("not-filled", "请先选是录入有误、事后查明还是原件有误，没有提出。")
    if kind.original and (basis == Basis.ORIGINAL or (basis == Basis.LATER and kind.on_paper(found))):
        raise Refused("original-wrong", kind.original)
    source = read_reason(paper, "请写依据（原件名称、文号、页码）", least=2, most=LONGEST_PAPER)
    said = read_reason(reason, "请写勘正的理由")
    with acting(actor, at) as act:
        thing = kind.lock(subject_id, typed)
        stands_open = kind.open_refusal(actor, thing)
        if stands_open is not None:
            raise stands_open
        facts = {one.name: one for one in kind.facts(thing)}
        _require_as_seen(facts, typed, seen or {})
        wanted = _wanted(kind, thing, typed, at)
        rests, name = resting_on(kind, thing, wanted, act.today), kind.name(thing)
        with unless_taken(TAKEN):
            row = Emendation.objects.create(
                subject=subject,
                subject_id=subject_id,
                name=name[:200],
                organisation_id=actor.organisation_id,
                basis=basis,
                paper=source,
                reason=said,
                rests=[[one.what, one.becomes] for one in rests],
                **act.signed(Emendation, "recorded"),
            )
        EmendedFact.objects.bulk_create(_facts(row, facts, wanted))
        act.record("emendations.emendation.proposed", row, reason=said)
        act.tell(
            [
                _message(
                    row, f"待确认的勘正：{row.name}", f"{row.recorded_by}提出，依据：{source}。请另一个人确认。", actor
                )
            ]
        )
    return row


def decide(*, actor: Actor, emendation_id: int, version: int, confirm: bool, note: str, at: datetime) -> Emendation:
    """Confirmed, and carried out at once; or given back with an observation. By another than who proposed it."""
    access.to_act_on(actor, emendation_id)
    with acting(actor, at) as act:
        row = act.lock(Emendation.objects.all(), emendation_id, version)
        kind = emendable(row.subject)
        facts = list(row.emended.all())
        thing = kind.lock(row.subject_id, {one.field: one.after for one in facts}) if confirm else None
        two_persons.release(
            act,
            row,
            TwoPersonState,
            confirm=confirm,
            note=note,
            possible=lambda: _require_unchanged(kind, thing, facts),
        )
        if confirm:
            wanted = {one.name: one.value for one in kind.facts(thing)} | {one.field: one.after for one in facts}
            wanted = kind.read(thing, wanted, act.today)
            kind.apply(thing, wanted, actor, f"勘正第 {row.pk} 号：{row.reason}"[:300], at)
        done = "confirmed" if confirm else "returned"
        act.record(f"emendations.emendation.{done}", row, **({"note": row.note} if row.note else {}))
        word = "已勘正" if confirm else "勘正被退回"
        act.tell(
            [_message(row, f"{word}：{row.name}", row.note or f"{row.confirmed_by}确认，已按勘正的内容改过。", actor)]
        )
    return row


def withdraw(*, actor: Actor, emendation_id: int, version: int, at: datetime) -> Emendation:
    """By whoever proposed it, while it waits."""
    access.to_act_on(actor, emendation_id)
    with acting(actor, at) as act:
        row = act.lock(Emendation.objects.all(), emendation_id, version)
        two_persons.withdraw(act, row, TwoPersonState)
        act.record("emendations.emendation.withdrawn", row)
    return row


def _require_as_seen(facts: Mapping[str, Fact], typed: Mapping[str, str], seen: Mapping[str, str]) -> None:
    moved = [
        facts[name].label
        for name in typed
        if name in seen and name in facts and seen[name] != facts[name].shown.strip()
    ]
    if moved:
        said = f"“{'、'.join(moved)}”在您打开以后被别人改过，没有提出。现在存着的写在栏下，请核对后再提出。"
        raise Conflict("stale", said)


def _wanted(kind: Emendable, thing: Any, typed: Mapping[str, str], at: datetime) -> dict[str, str]:
    now = {one.name: one.value for one in kind.facts(thing)}
    given = {name: text for name, text in typed.items() if name in now}
    wanted = kind.read(thing, now | given, at.astimezone().date())
    if all(wanted[name] == value for name, value in now.items()):
        raise Refused("nothing-changed", "没有一栏与现在存的不同，没有提出。请改正有误的那一栏。")
    return wanted


def _facts(row: Emendation, facts: Mapping[str, Fact], wanted: Mapping[str, str]) -> list[EmendedFact]:
    return [
        EmendedFact(
            emendation=row,
            field=name,
            label=one.label,
            before=one.value,
            after=wanted[name],
            before_words=one.said(one.value),
            after_words=one.said(wanted[name]),
        )
        for name, one in facts.items()
        if wanted[name] != one.value
    ]


def _require_unchanged(kind: Emendable, thing: Any, facts: Sequence[EmendedFact]) -> None:
    now = {one.name: one.value for one in kind.facts(thing)}
    moved = [one.label for one in facts if now.get(one.field) != one.before]
    if moved:
        said = f"“{'、'.join(moved)}”在提出以后又变了，不能照这份勘正改，没有执行。请退回，按现在的内容重新提出。"
        raise Conflict("stale", said)


def _message(row: Emendation, title: str, body: str, hand: Actor) -> Message:
    return Message(
        key=f"emendation/{row.pk}/{row.state}",
        organisation_id=row.organisation_id,
        title=title[:120],
        body=body[:500],
        url=to("emendations:emendation", row.pk),
        hand=hand.user_id,
    )
