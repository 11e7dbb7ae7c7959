"""试算: allocation, fees and rewards from given inputs on a day; nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from farmland.models import Lot
from farmland.queries import pool as pools
from farmland.queries import tables
from farmland.rules.allocation import Allocation, allocate, request_note
from farmland.rules.fees import Coordination, FeeLine, Nature, fee_lines
from farmland.rules.limits import require_area
from farmland.rules.places import require_town
from farmland.rules.rewards import RewardLine, Use, reward_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.queries import resolve


@dataclass(frozen=True)
class Trial:
    """`rewards` suppose that the fees are paid; `request`: the 请示 that a reservation will ask for (第六条)."""

    on: date
    allocation: Allocation
    request: str
    fees: Sequence[FeeLine]
    rewards: Sequence[RewardLine]


def trial_of(
    *,
    investor: str,
    commercial: bool,
    district_pays: bool,
    public: bool,
    town: str,
    area: Decimal,
    on: date,
    coordination: str = "",
    coordinated_compensation: bool | None = None,
) -> Trial:
    place = resolve(town)
    if place is None or place.category != Category.TOWNSHIP:
        raise Refused("unknown-town", f"没有叫“{town.strip()[:30]}”的镇街，没有试算。请写项目坐落的镇。")
    require_town(place.name, coordination)
    require_area(area, "占用面积", "没有试算")
    lots = {lot.pk: lot for lot in pools.standing() if lot.accepted_on <= on}
    found = allocate(area, place.code, place.name, [pools.facts_of(lot) for lot in lots.values()])
    nature, decided = (
        Nature(investor, commercial, district_pays, public),
        Coordination(coordination, coordinated_compensation),
    )
    rates, spans, choices = tables.rates(), tables.spans(), tables.choices(on)
    fees = fee_lines(nature, decided, area, on, rates, spans)
    state = "exempt" if fees[1].duty.due is False else "paid" if fees[1].problem is None else "owed"
    return Trial(
        on,
        found,
        request_note(found, public=public),
        fees,
        [reward_of(_use(lots[s.lot.lot_id], s.taken, on, nature, state), rates, choices) for s in found.steps],
    )


def _use(lot: Lot, area: Decimal, on: date, nature: Nature, state: str) -> Use:
    return Use(lot.pk, lot.name, lot.town.code, lot.builder, lot.accepted_on, area, on, "试算", nature, state)
