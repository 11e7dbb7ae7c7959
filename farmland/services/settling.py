"""Rewards are fixed when they fall due; what changes later is settled by difference, and what was paid too much is claimed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from farmland.enums import MONEY_OFFICE, REWARD_OF, EntryKind, RewardCause, RewardPart
from farmland.models import Application, Entry, Event, Money, Reward, Warrant
from farmland.queries import rewards
from farmland.queries.rewards import UseLine
from farmland.rules.rewards import Part, over_note
from miyun_kpi.acts.acting import tell
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to

ZERO = Decimal("0.00")
NO_RATE = "没有适用的单价，不计奖"


def uses_of(application: Application) -> list[Entry]:
    """The 核销 lines of a project that stand, with lot and town; their project is the row given, as it stands in the act."""
    rows = application.entries.filter(kind=EntryKind.POST).select_related("lot__town", "transfer")
    found = list(rows.order_by("number"))
    alive = rewards.standing(found)
    return [row for row in found if row.pk in alive]


def fix_due(actor: Actor, rows: Sequence[Entry], at: datetime) -> None:
    """What the uses are due by the rates and readings of the day of their 核销; where a rate is lacking nothing yet."""
    for pk, line in rewards.fresh(rows).items():
        for part, wanted in (line.parts or {}).items():
            _write(
                actor, pk, part, RewardCause.DUE, line.use.on, wanted, wanted.whole, wanted.amount, wanted.reason, at
            )


def _write(
    actor: Actor,
    entry_id: int,
    part: str,
    cause: str,
    on: date,
    wanted: Part,
    whole: Decimal,
    amount: Decimal,
    reason: str,
    at: datetime,
) -> None:
    Reward.objects.create(
        entry_id=entry_id,
        part=part,
        cause=cause,
        on=on,
        rate=wanted.rate,
        adds_up=wanted.adds_up,
        whole=whole,
        amount=amount,
        reason=reason[:400],
        at=at,
        by=actor.label[:200],
    )


def take_back(actor: Actor, rows: Sequence[Entry], cause: str, reason: str, at: datetime) -> list[UseLine]:
    """The use is gone: nothing of it is due any more. What was paid becomes a 追回; answers where that is so."""
    for key, held in rewards.held(rows).items():
        if held.fixed and (held.whole or held.due):
            gone = Part(held.rate, ZERO, ZERO, reason, held.adds_up)
            on = next(row.done_on for row in rows if row.pk == key[0])
            _write(actor, *key, cause, on, gone, -held.whole, -held.due, reason, at)
    return settle_payments(actor, rows, reason, at)


def settle_difference(
    actor: Actor, rows: Sequence[Entry], touched: Iterable[tuple[int, str]], reason: str, at: datetime
) -> list[UseLine]:
    """勘正: each part that was touched is due what the tables say now, by a line of the difference; what was lacking is fixed."""
    found, now = rewards.held(rows), rewards.fresh(rows)
    for pk, part in touched:
        held, line = found[pk, part], now[pk]
        parts = line.parts
        if parts is None and not held.fixed:
            continue
        wanted = parts[part] if parts is not None else Part(None, ZERO, ZERO, NO_RATE, held.adds_up)
        cause = RewardCause.AMENDED if held.fixed else RewardCause.DUE
        said = f"{reason.rstrip('。；')}；{wanted.reason}" if held.fixed else wanted.reason
        whole, amount = wanted.whole - held.whole, wanted.amount - held.due
        if not held.fixed or whole or amount:
            _write(actor, pk, part, cause, line.use.on, wanted, whole, amount, said, at)
    return settle_payments(actor, rows, reason, at)


def settle_payments(actor: Actor, rows: Sequence[Entry], reason: str, at: datetime) -> list[UseLine]:
    """核定 that go beyond what is due now, or claim more than is held, lapse; who holds too much is told to 区财政局."""
    over = []
    for line in rewards.lines(of=rows):
        for part in RewardPart.values:
            held = line.part(part)
            if held.ordered > held.left:
                _lapse(actor, line, part, reason, at, back=False)
            if held.claimed > held.over:
                _lapse(actor, line, part, reason, at, back=True)
        if line.over:
            over.append(line)
    _tell(over, reason, at)
    return over


def _lapse(actor: Actor, line: UseLine, part: str, reason: str, at: datetime, *, back: bool) -> None:
    kind = next(b if back else o for b, o in REWARD_OF.items() if rewards.PART_OF[b] == part)
    open_ones = Warrant.objects.filter(entry=line.entry, kind=kind, money__isnull=True, cancelled_at__isnull=True)
    open_ones.update(cancelled_at=at, cancelled_by=actor.label[:200], cancelled_for=f"应付数已变：{reason}"[:300])


def _tell(over: Sequence[UseLine], reason: str, at: datetime) -> None:
    """A 追回 opens by itself, one a project and lot, with its ground and amount."""
    if not over:
        return
    office = Organisation.objects.get(code=MONEY_OFFICE)
    messages = []
    for line in over:
        lot, said = line.entry.lot, over_note(line.over)
        messages.append(
            Message(
                key=f"farmland-over:{line.entry.pk}:{line.over}",
                organisation_id=office.pk,
                title=f"奖励待追回：{line.what}，{lot.town.name}{lot.name}"[:100],
                body=f"{said}。事由：{reason}"[:500],
                url=to("farmland:payable"),
                clause="21·第十四条",
            )
        )
    tell(messages, at=at)


def note_over(actor: Actor, over: Sequence[UseLine], at: datetime) -> None:
    """On the course of each project of which a town was paid too much."""
    for line in over:
        lot = line.entry.lot
        note = f"{lot.town.name}{lot.name}：{over_note(line.over)}"
        Event.objects.create(application=line.entry.application, act="追回奖励", note=note[:500], at=at, by=actor.label)


def reopen(actor: Actor, first: Money, said: str, at: datetime) -> None:
    """A voucher that was 冲正 leaves its 核定 open; what is no longer due of it lapses."""
    rows = list(first.warrants.select_related("entry__lot__town", "entry__application", "entry__transfer"))
    Warrant.objects.filter(pk__in=[row.pk for row in rows]).update(money=None)
    uses = {row.entry.pk: row.entry for row in rows if row.entry is not None}
    settle_payments(actor, list(uses.values()), said, at)
