from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Max, Q, QuerySet

from miyun_kpi.audit.chain import entry_hash, head_holds, master_holds, read_heads
from miyun_kpi.audit.keyless import COLUMNS, Digest, Segment, losses, segments_of
from miyun_kpi.audit.models import AuditEntry, AuditHead, AuditMaster, KeyLoss
from miyun_kpi.audit.seals import Purpose, keys, knows
from miyun_kpi.audit.sentences import alike
from miyun_kpi.audit.streams import CLOSED, MASTER, stream_words, streams
from miyun_kpi.audit.verifying import Fault
from miyun_kpi.audit.wording import called, once_called
from miyun_kpi.db.asked import asked
from miyun_kpi.db.finding import one_of

# How far each stream had come.
Position = Mapping[str, int]


def position() -> Position:
    """What is read after it is known holds everything up to it: a stream's count is committed with its entries."""
    return dict(AuditHead.objects.exclude(stream=MASTER).values_list("stream", "count"))


def has_acted_since(known: Position, user_id: int) -> bool:
    """One query: an entry of this person behind the place where any stream stood. The numbers for pages would not do,
    for of two transactions the one that drew the later number may commit first."""
    return bool(_acted(user_id, *(known.get(stream, 0) for stream in streams())))


@asked
def _acted(user: int, *counts: int) -> QuerySet[AuditEntry, tuple[int]]:
    later = Q()
    for stream, count in zip(streams(), counts, strict=True):
        later |= Q(stream=stream, number__gt=count)
    return AuditEntry.objects.filter(later, actor_user_id=user).order_by().values_list("pk")[:1]


def last_seq() -> int:
    return AuditEntry.objects.aggregate(last=Max("seq"))["last"] or 0


def last_master() -> AuditMaster | None:
    return AuditMaster.objects.order_by("-number").first()


def masters() -> QuerySet[AuditMaster]:
    return AuditMaster.objects.order_by("-number")


def entries(
    *,
    action: str = "",
    subject: str = "",
    actor: str = "",
    since: datetime | None = None,
    before: datetime | None = None,
) -> QuerySet[AuditEntry]:
    """Newest first; `action` is Chinese words of an act or the beginning of its code, `subject` one subject, else a beginning
    (of 17 not 172), `since` ≤ time < `before`. An act is found by its new name also where it was written under its old one."""
    found = AuditEntry.objects.order_by("-seq")
    if action and not action.isascii():
        found = found.filter(action__in=called(action))
    elif action:
        found = found.filter(Q(action__startswith=action) | Q(action__in=once_called(action)))
    if subject:
        one = found.filter(subject=subject)
        kinds = [Q(subject__startswith=beginning) for beginning in alike(subject)]
        found = one if one.exists() else found.filter(reduce(or_, kinds))
    if actor:
        found = found.filter(actor_label__contains=actor)
    if since:
        found = found.filter(at__gte=since)
    if before:
        found = found.filter(at__lt=before)
    return found


def entry(seq: int) -> AuditEntry:
    found = one_of(AuditEntry.objects.filter(pk=seq))
    return found


# Verification --------------------------------------------------------------------------------------------------------
# Of one stream so many faults are named; one that was broken all over is said in one line more.
MOST = 20


@dataclass(frozen=True)
class StreamState:
    stream: str
    count: int
    last_hash: str
    faults: tuple[Fault, ...]
    # The first so many were written with a lost key.
    keyless: int = 0

    @property
    def words(self) -> str:
        return stream_words(self.stream)


@dataclass(frozen=True)
class Verification:
    """`broken_seq` is the page number of the first entry that does not agree, None when all do (or none is left).

    `losses`: what was written before the last of them is 无钥，不能核对: only that it was not changed since.
    """

    streams: tuple[StreamState, ...]
    master: AuditMaster | None
    faults: tuple[Fault, ...]
    broken_seq: int | None
    losses: tuple[KeyLoss, ...] = ()

    @property
    def intact(self) -> bool:
        return not self.faults

    @property
    def count(self) -> int:
        return sum(one.count for one in self.streams)

    @property
    def head_hash(self) -> str:
        return self.master.hash if self.master else ""


def current_heads() -> dict[str, tuple[int, str]]:
    rows = AuditHead.objects.exclude(stream=MASTER).values_list("stream", "count", "last_hash")
    return {stream: (count, last_hash) for stream, count, last_hash in rows}


def verify() -> Verification:
    """Every entry of every stream from the first on, every head, every master entry. The site may go on running."""
    walk = _Walk()
    master, points = walk.masters()
    for stream in AuditHead.objects.exclude(stream=MASTER).order_by("stream").values_list("stream", flat=True):
        walk.stream(stream, points.pop(stream, {}))
    for stream, left in points.items():
        walk.say(stream, f"总链头记有这一条链（{max(left)} 条），链头不见了")
    known = {one.stream for one in walk.states}
    for stream in AuditEntry.objects.order_by().values_list("stream", flat=True).distinct():
        if stream not in known and stream not in points:
            walk.say(stream, "有记录，没有链头")
    if not walk.states:
        walk.say(MASTER, "审计一条也没有")
    return Verification(tuple(walk.states), master, tuple(walk.faults), walk.broken_seq, walk.losses)


def audit_faults() -> Iterator[Fault]:
    yield from verify().faults


def closed_faults() -> list[Fault]:
    """What is wrong with the entries of the chain of before the streams and with where its head points."""
    walk = _Walk()
    walk.stream(CLOSED, {}, signed=False)
    return walk.faults


class _Walk:
    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.states: list[StreamState] = []
        self.broken_seq: int | None = None
        self.losses = tuple(losses())
        self._segments = segments_of(self.losses[0] if self.losses else None)
        if self.losses and not self._segments:
            self.say(MASTER, "审计密钥丢失的记载不是系统写下的，或被改过")

    def _segment(self, stream: str) -> Segment:
        return self._segments.get(stream, Segment())

    def _require_segment(self, stream: str, segment: Segment, digest: Digest) -> None:
        """What a lost key wrote, as it was when another took over."""
        if digest.read() != segment.digest:
            self.say(stream, f"前 {segment.count} 条（无钥）在新密钥接上以后被改过")

    def say(self, stream: str, what: str, seq: int | None = None) -> None:
        self.faults.append(Fault(f"审计·{stream_words(stream)}", what))
        if self.broken_seq is None:
            self.broken_seq = seq

    def stream(self, stream: str, points: dict[int, str], *, signed: bool = True) -> None:
        head = AuditHead.objects.get(stream=stream)
        before, previous, count = len(self.faults), "", 0
        segment, digest = self._segment(stream), Digest()
        rows = AuditEntry.objects.filter(stream=stream)
        # What is appended while this runs is not read: the head that was read says how far to go.
        rows = rows.order_by("seq") if stream == CLOSED else rows.exclude(number__gt=head.count).order_by("number")
        for row in rows.values_list(*COLUMNS).iterator(chunk_size=2000):
            columns = dict(zip(COLUMNS, row, strict=True))
            place = columns["seq"] if stream == CLOSED else columns["number"]
            count = count + 1
            if count <= segment.count:
                digest.add(columns)
            told = len(self.faults) - before
            if place != count and told < MOST:
                gone = f"第 {count} 条不见了" if place is not None and place > count else f"第 {count} 条次序不对"
                self.say(stream, gone, columns["seq"])
                count = place if place is not None else count
            elif told < MOST:
                self._entry(stream, columns, previous, points.get(count), place)
            previous = columns["hash"]
        if segment.count:
            self._require_segment(stream, segment, digest)
        self._head(stream, head, count, previous, points, signed)
        own = tuple(self.faults[before:])
        if len(own) >= MOST:
            self.say(stream, f"这条链的问题很多，只列了前 {MOST} 处")
        self.states.append(StreamState(stream, count, previous, own, segment.count))

    def _entry(self, stream: str, columns: dict[str, Any], previous: str, point: str | None, place: int) -> None:
        stored = columns.pop("hash")
        right = place <= self._segment(stream).count or any(stored == entry_hash(key, **columns) for key in keys())
        columns["hash"] = stored
        if columns["previous_hash"] != previous or not right:
            self.say(stream, f"第 {place} 条的内容与链不符", columns["seq"])
        elif point is not None and point != stored:
            self.say(stream, f"第 {place} 条与总链头所记不同", columns["seq"])

    def _head(
        self, stream: str, head: AuditHead, count: int, last_hash: str, points: dict[int, str], signed: bool
    ) -> None:
        if (head.count, head.last_hash) != (count, last_hash):
            self.say(stream, f"链头记到第 {head.count} 条，实有 {count} 条")
        if signed and not head_holds(head.mac, stream, head.count, head.last_hash):
            why = "没有封" if not head.mac else "与密钥不符，不是系统写下的"
            if head.mac and not knows(Purpose.HEAD, head.key_id):
                why = "是用另一把密钥封的"
            self.say(stream, f"链头{why}")
        most = max(points, default=0)
        if most > head.count:
            self.say(stream, f"总链头记到第 {most} 条，链头只到第 {head.count} 条")
        beyond = AuditEntry.objects.filter(stream=stream, number__gt=head.count).exists()
        if beyond and AuditHead.objects.filter(stream=stream, count=head.count, last_hash=head.last_hash).exists():
            self.say(stream, f"第 {head.count} 条以后还有不在链上的记录")

    def masters(self) -> tuple[AuditMaster | None, dict[str, dict[int, str]]]:
        """The master entries; and what they say of each stream: the hash that stood at a count."""
        head = AuditHead.objects.filter(stream=MASTER).first()
        points: dict[str, dict[int, str]] = {}
        counts: dict[str, int] = {}
        previous, number, last = "", 0, None
        limit, segment, digest = head.count if head else 0, self._segment(MASTER), Digest()
        for one in AuditMaster.objects.filter(number__lte=limit).order_by("number").iterator(chunk_size=500):
            number += 1
            if number <= segment.count:
                digest.add_master(one)
            right = number <= segment.count or master_holds(
                one.hash, number=one.number, at=one.at, heads=one.heads, previous_hash=one.previous_hash
            )
            if one.number != number:
                self.say(MASTER, f"第 {number} 号总链头不见了")
                number = one.number
            elif one.previous_hash != previous or not right:
                self.say(MASTER, f"第 {one.number} 号总链头与链不符")
                previous = one.hash
                continue
            for stream, (count, last_hash) in read_heads(one.heads).items():
                if count < counts.get(stream, 0):
                    self.say(stream, f"第 {one.number} 号总链头时只有 {count} 条，此前已有 {counts[stream]} 条")
                counts[stream] = count
                if count:
                    points.setdefault(stream, {}).setdefault(count, last_hash)
            previous, last = one.hash, one
        if segment.count:
            self._require_segment(MASTER, segment, digest)
        if head is None:
            if AuditEntry.objects.exclude(stream=CLOSED).exists() or AuditMaster.objects.exists():
                self.say(MASTER, "总链的链头不见了")
            return last, points
        if (head.count, head.last_hash) != (number, previous):
            self.say(MASTER, f"链头记到第 {head.count} 号，实有 {number} 号")
        beyond = AuditMaster.objects.filter(number__gt=head.count).exists()
        if beyond and AuditHead.objects.filter(stream=MASTER, count=head.count).exists():
            self.say(MASTER, f"第 {head.count} 号以后还有不在链上的总链头")
        if not head_holds(head.mac, MASTER, head.count, head.last_hash):
            self.say(MASTER, "链头与密钥不符，不是系统写下的" if head.mac else "链头没有封")
        return last, points


# Anchors -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Anchor:
    """A master head as it was printed or exported, and what the chain says of it."""

    number: int
    printed: str
    fault: str
    at: datetime | None = None

    @property
    def holds(self) -> bool:
        return not self.fault


def held_anchor(number: int, printed: str) -> Anchor:
    """`printed`: the hash, or its beginning. That the chain up to it is whole `verify` says."""
    found = AuditMaster.objects.filter(number=number).first()
    if found is None:
        return Anchor(number, printed, f"对照的第 {number} 号总链头在库里没有：库退回到了它以前的状态")
    if not found.hash.startswith(printed):
        return Anchor(number, printed, f"对照的第 {number} 号总链头与库里的不同：库退回过，或换成了另一个", found.at)
    return Anchor(number, printed, "", found.at)
