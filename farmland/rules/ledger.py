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
    """`reverses`: number of the entry that a reversal takes back. `change`: of the free area, `lot_free` and `pool_free`
    what was left of lot and pool, as they were written. `application`, `transfer`: for what."""

    number: int
    lot: int
    kind: str
    area: Decimal
    change: Decimal
    reverses: int | None = None
    application: int | None = None
    transfer: int | None = None
    lot_free: Decimal | None = None
    pool_free: Decimal | None = None


# Lot, project, transfer; the last two are None for what was used before go-live.
Use = tuple[int, int | None, int | None]


@dataclass
class Replay:
    """`uses`: what each project, transfer or the time before go-live holds of a lot, without those that hold nothing."""

    buckets: dict[int, Buckets] = field(default_factory=dict)
    uses: dict[Use, Buckets] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    count: int = 0


def replay(lines: Iterable[Line]) -> Replay:
    """Every entry from zero, in order; whatever cannot have happened is named."""
    done, seen, taken_back, pool_free = Replay(), dict[int, Line](), set[int](), ZERO
    for line in lines:
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
        pool_free += after.free - before.free
        if line.lot_free not in (None, after.free) or line.pool_free not in (None, pool_free):
            done.problems.append(f"第 {line.number} 笔写明的可用面积与重放不符")
        seen[line.number] = line
        done.buckets[line.lot] = after
        _hold(done.uses, line, kind, back=back)
    return done


def _hold(uses: dict[Use, Buckets], line: Line, kind: str, *, back: bool) -> None:
    if any(EFFECT[kind][1:]):
        key = (line.lot, line.application, line.transfer)
        uses[key] = uses.pop(key, Buckets()).moved(kind, line.area, back=back)
        if uses[key] == Buckets():
            del uses[key]


@dataclass(frozen=True)
class Difference:
    lot: int
    what: str
    stored: Decimal
    replayed: Decimal


def compare(done: Replay, stored: Mapping[int, Buckets], uses: Mapping[Use, Buckets]) -> Sequence[Difference]:
    """Of each lot, then of what each project or transfer holds of it."""
    found = []
    for lot in sorted({*stored, *done.buckets}):
        found += _differing(lot, "", stored.get(lot, Buckets()), done.buckets.get(lot, Buckets()))
    for use in sorted({*uses, *done.uses}, key=lambda one: (one[0], one[1] or 0, one[2] or 0)):
        found += _differing(use[0], "去处的", uses.get(use, Buckets()), done.uses.get(use, Buckets()))
    return found


def _differing(lot: int, of: str, one: Buckets, other: Buckets) -> list[Difference]:
    pairs = zip(
        NAMES,
        (one.accepted, one.reserved, one.used, one.transferred),
        (other.accepted, other.reserved, other.used, other.transferred),
        strict=True,
    )
    return [Difference(lot, f"{of}{name}", kept, again) for name, kept, again in pairs if kept != again]
