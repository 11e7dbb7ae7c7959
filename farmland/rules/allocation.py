"""Which lots a project uses, step by step with the reason of each. Pure.

第六条: in principle within the town of the project; a 公益 project that cannot, asks 区政府 by itself.
第九条（二）: the town's own lots first, then those of other towns by the date of acceptance. Several lots of one town, and
lots accepted on one day, go by date and then by number (推定): （二）'s own order carried on,
and the number so that the same application always takes the same lots.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from miyun_kpi.lib.errors import Refused

ORDER, TOWN_FIRST = "21·第九条（二）", "21·第六条"
ZERO = Decimal("0.0000")


@dataclass(frozen=True)
class LotFacts:
    lot_id: int
    name: str
    town: str
    town_name: str
    accepted_on: date
    free: Decimal


@dataclass(frozen=True)
class Step:
    """`assumed`: the order among the town's own lots or within one day is not printed."""

    lot: LotFacts
    own: bool
    need: Decimal
    available: Decimal
    taken: Decimal
    left: Decimal
    reason: str
    clause: str
    assumed: bool


@dataclass(frozen=True)
class Allocation:
    area: Decimal
    steps: Sequence[Step]
    unused: Sequence[LotFacts]
    short: Decimal

    @property
    def taken(self) -> Decimal:
        return self.area - self.short

    @property
    def beyond_town(self) -> bool:
        return any(not step.own for step in self.steps)

    @property
    def flag(self) -> str:
        """第六条 as a sentence, when something is taken outside the town."""
        if not self.beyond_town:
            return ""
        area = sum((step.taken for step in self.steps if not step.own), ZERO)
        return f"镇域外使用 {area:.4f} 亩：第六条规定原则上在项目坐落的镇域内落实，请核对依据。"


def in_order(lots: Sequence[LotFacts], town: str) -> list[LotFacts]:
    """第九条（二）."""
    return sorted(lots, key=lambda lot: (lot.town != town, lot.accepted_on, lot.lot_id))


def allocate(area: Decimal, town: str, town_name: str, lots: Sequence[LotFacts]) -> Allocation:
    """第九条（二）: take from lot after lot until nothing is lacking; a lot without free area is passed over."""
    need = area
    steps: list[Step] = []
    unused: list[LotFacts] = []
    free = [lot for lot in in_order(lots, town) if lot.free > 0]
    for lot in free:
        if need <= 0:
            unused.append(lot)
            continue
        taken = min(need, lot.free)
        own = lot.town == town
        reason, assumed = _reason(lot, own, steps, free, town_name)
        if taken == need and taken < lot.free:
            reason += "，只取所缺"
        steps.append(Step(lot, own, need, lot.free, taken, need - taken, reason, ORDER, assumed))
        need -= taken
    return Allocation(area, steps, unused, need)


def _reason(
    lot: LotFacts, own: bool, steps: Sequence[Step], free: Sequence[LotFacts], town_name: str
) -> tuple[str, bool]:
    same_day = any(
        other.accepted_on == lot.accepted_on and other.lot_id != lot.lot_id and (other.town == lot.town or not own)
        for other in free
    )
    said = f"{lot.name}（{lot.accepted_on}）"
    if own:
        several = sum(other.town == lot.town for other in free) > 1
        if not steps:
            more = f"，{town_name}有几批，先用验收在前的" if several else f"，{town_name}"
            return f"本镇优先{more} {said}", several
        return f"本镇下一批 {said}，本镇各批之间按验收先后", True
    if steps and steps[-1].own:
        start = "本镇已用尽，改用其他镇，按验收时间先后："
    elif not steps:
        start = f"{town_name}没有可用指标，用其他镇的，按验收时间先后："
    else:
        start = "下一批 "
    return f"{start}{lot.town_name} {said}", same_day


def request_note(found: Allocation, *, public: bool) -> str:
    """第六条 as a sentence, for a 公益 project that reaches beyond its town; "" when nothing is asked for."""
    if not (public and found.beyond_town):
        return ""
    return "公益项目使用镇域外的指标，须单独向区政府请示全区统筹；没有请示文号和日期，不能预留。"


def require_allowed(found: Allocation, *, public: bool, request_number: str, approval_number: str) -> None:
    """第七条 approval; enough in the pool; 第六条: a 公益 project beyond its town needs its 请示."""
    if not approval_number.strip():
        raise Refused(
            "no-approval",
            "没有区政府批准文号，没有预留。请先补填批准文号和日期（未经区政府批准不得使用）。",
            "21·第七条",
        )
    if found.short > 0:
        raise Refused(
            "pool-short",
            f"全区可用 {found.taken:.4f} 亩，项目占用 {found.area:.4f} 亩，还缺 {found.short:.4f} 亩，没有预留。请待新批次验收入库后再办。",
            ORDER,
        )
    if request_note(found, public=public) and not request_number.strip():
        raise Refused(
            "no-request",
            "公益项目要用镇域外的指标，须单独向区政府请示全区统筹，没有预留。请补填请示文号和日期。",
            TOWN_FIRST,
        )
