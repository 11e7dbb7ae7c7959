"""The ledger of 第七条: what each kind of entry moves, and the replay of all entries from zero. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from farmland.enums import EntryKind

ZERO = Decimal("0.0000")
NAMES = ("验收", "预留", "已用", "转让")
# accepted, reserved, used, transferred
EFFECT: Mapping[str, tuple[int, int, int, int]] = {
    EntryKind.OPENING: (1, 0, 0, 0),
    EntryKind.OPENING_USED: (0, 0, 1, 0),
    EntryKind.OPENING_TRANSFERRED: (0, 0, 0, 1),
    EntryKind.ACCEPT: (1, 0, 0, 0),
    EntryKind.RESERVE: (0, 1, 0, 0),
    EntryKind.RELEASE: (0, -1, 0, 0),
    EntryKind.POST: (0, -1, 1, 0),
    EntryKind.RECLAIM: (0, 0, -1, 0),
    EntryKind.TRANSFER: (0, 0, 0, 1),
}


@dataclass(frozen=True)
class Buckets:
    accepted: Decimal = ZERO
    reserved: Decimal = ZERO
    used: Decimal = ZERO
    transferred: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        return self.accepted - self.reserved - self.used - self.transferred

    @property
    def sound(self) -> bool:
        return min(self.accepted, self.reserved, self.used, self.transferred, self.free) >= 0

    def moved(self, kind: str, area: Decimal, *, back: bool = False) -> "Buckets":
        sign = -area if back else area
        a, r, u, t = (sign * one for one in EFFECT[kind])
        return Buckets(self.accepted + a, self.reserved + r, self.used + u, self.transferred + t)


@dataclass(frozen=True)
class Line:
    """`reverses`: number of the entry that a reversal takes back. `change`: of the free area, as it was written."""

    number: int
    lot: int
    kind: str
    area: Decimal
    change: Decimal
    reverses: int | None = None


@dataclass
class Replay:
    buckets: dict[int, Buckets] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    count: int = 0
    eves: dict[int, dict[int, Buckets]] = field(default_factory=dict)


def replay(lines: Iterable[Line], eves: frozenset[int] = frozenset()) -> Replay:
    """Every entry from zero, in order; whatever cannot have happened is named. `eves`: numbers whose balances before them are kept."""
    done, seen, taken_back = Replay(), dict[int, Line](), set[int]()
    for line in lines:
        if line.number in eves:
            done.eves[line.number] = dict(done.buckets)
        done.count += 1
        if line.number != done.count:
            done.problems.append(f"第 {done.count} 笔应在的位置上是第 {line.number} 笔")
        before = done.buckets.get(line.lot, Buckets())
        kind, back = line.kind, False
        if line.kind == EntryKind.REVERSED:
            first = seen.get(line.reverses or 0)
            if first is None or first.lot != line.lot or first.area != line.area or first.number in taken_back:
                done.problems.append(f"第 {line.number} 笔冲正的对象不符")
                continue
            taken_back.add(first.number)
            kind, back = first.kind, True
        after = before.moved(kind, line.area, back=back)
        if not after.sound or line.area <= 0:
            done.problems.append(f"第 {line.number} 笔使批次余额小于 0")
        if after.free - before.free != line.change:
            done.problems.append(f"第 {line.number} 笔写明的增减与事项不符")
        seen[line.number] = line
        done.buckets[line.lot] = after
    return done


@dataclass(frozen=True)
class Difference:
    lot: int
    what: str
    stored: Decimal
    replayed: Decimal


def compare(done: Replay, stored: Mapping[int, Buckets]) -> Sequence[Difference]:
    found = []
    for lot in sorted({*stored, *done.buckets}):
        one, other = stored.get(lot, Buckets()), done.buckets.get(lot, Buckets())
        pairs = zip(
            NAMES,
            (one.accepted, one.reserved, one.used, one.transferred),
            (other.accepted, other.reserved, other.used, other.transferred),
            strict=True,
        )
        found += [Difference(lot, name, kept, again) for name, kept, again in pairs if kept != again]
    return found
