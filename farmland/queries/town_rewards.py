"""第九、十二条 by town: sums that the database makes, and of the single uses only those that are open or asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, overload

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from farmland.enums import BACK_OF, EntryKind, MoneyKind, RewardPart, State
from farmland.models import Entry, Lot, Reward
from farmland.queries import money
from farmland.queries.rewards import PARTS, ZERO, UseLine, kept_of, lines, unsettled
from farmland.rules.rewards import over_note
from miyun_kpi.organisations.models import Organisation

_OF_TOWN = "entry__lot__town"


@dataclass(frozen=True)
class TownReward:
    """`waiting`: area of the town's lots that is neither used nor transferred. `paid` and `taken_back` are both gross;
    `over` is what was paid above what is due, `left` what is due and not paid, each by project, lot and part.
    `fund`: what the town may still use (第十二条), `overspent`: uses recorded beyond it: paid and paid_transfer, less taken_back,
    over and `used`. `paid_transfer`: of the rewards that 区政府 agreed for transfers (第九条（三）); `paid` holds none of them.
    """

    code: str
    name: str
    waiting: Decimal
    first: Decimal
    second: Decimal
    applied: Decimal
    other: Decimal
    paid: Decimal
    taken_back: Decimal
    left: Decimal
    over_first: Decimal
    over_second: Decimal
    fund: Decimal
    overspent: Decimal
    problems: int
    paid_transfer: Decimal = ZERO
    used: Decimal = ZERO

    @property
    def over(self) -> Decimal:
        return self.over_first + self.over_second

    @property
    def over_words(self) -> str:
        return over_note(self.over) if self.over else ""


def listed() -> QuerySet[Entry]:
    """The uses that `rewards.lines` lists: those that stand, and those taken back of which a town holds money or is due some."""
    taken_back = Entry.objects.filter(reverses=OuterRef("number"))
    stands = ~Exists(taken_back) & (Q(application__isnull=True) | Q(application__state=State.POSTED))
    own = Reward.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
    due = own.annotate(sum=Sum("amount")).filter(~Q(sum=0))
    paid = kept_of(OuterRef("pk")).filter(~Q(sum=0))
    found = Entry.objects.filter(kind__in=[EntryKind.POST, EntryKind.TRANSFER]).filter(
        stands | Exists(due) | Exists(paid)
    )
    return found.select_related("lot__town", "transfer", "application")


class Lines(Sequence[UseLine]):
    """The lines of the given uses, oldest first; whoever asks for a few of them reads no others."""

    def __init__(self, found: QuerySet[Entry]) -> None:
        self.found = found.order_by("number")
        self.number: int | None = None

    def __len__(self) -> int:
        if self.number is None:
            self.number = self.found.count()
        return self.number

    @overload
    def __getitem__(self, place: int) -> UseLine: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[UseLine]: ...
    def __getitem__(self, place: int | slice) -> UseLine | Sequence[UseLine]:
        if isinstance(place, int):
            return lines(of=[self.found[place]])[0]
        return lines(of=list(self.found[place]))

    def __iter__(self) -> Iterator[UseLine]:
        return iter(lines(of=list(self.found)))


def open_lines() -> list[UseLine]:
    """Of which something is still to be fixed, decided, paid or claimed, oldest first."""
    return [one for one in lines(of=unsettled()) if one.stands or one.kept or one.left]


def by_town(lots: QuerySet[Lot], still_open: Sequence[UseLine] | None = None) -> list[TownReward]:
    """Of the towns of the given lots (the caller's scope), in the order of 附件1. `still_open`: `open_lines`, where read already."""
    areas = dict(lots.order_by().values_list("town").annotate(waiting=_waiting()))
    towns = list(Organisation.objects.filter(pk__in=areas).order_by("order", "pk"))
    due, fewer = _due(areas), _fewer(areas)
    moved = money.by_town(areas)
    rows = open_lines() if still_open is None else still_open
    found = []
    for town in towns:
        own = [line for line in rows if line.entry.lot.town_id == town.pk]
        first, second = (due.get((town.pk, part), (ZERO, ZERO)) for part in PARTS)
        over_first, over_second = (sum((line.part(part).over for line in own), ZERO) for part in PARTS)
        of_town = moved.get(town.pk, {})
        fund = money.town_fund(of_town) - over_first - over_second
        found.append(
            TownReward(
                town.code,
                town.name,
                areas[town.pk],
                first[0],
                second[0],
                first[1] + second[1],
                first[0] + second[0] - fewer.get(town.pk, ZERO),
                money.total_of(of_town, *BACK_OF),
                money.total_of(of_town, *money.TOWN_BACK),
                sum((line.left for line in own), ZERO),
                over_first,
                over_second,
                max(fund, ZERO),
                max(-fund, ZERO),
                sum(bool(line.problem) for line in own),
                money.total_of(of_town, MoneyKind.OUT_REWARD_TRANSFER),
                money.total_of(of_town, *money.TOWN_OUT),
            )
        )
    return found


def _waiting() -> Any:
    return Sum(F("accepted") - F("used") - F("transferred"), output_field=Lot._meta.get_field("accepted"))


def _due(towns: Any) -> dict[tuple[int, str], tuple[Decimal, Decimal]]:
    """(town, part) → by the rate, and what the reading leaves of it. What was taken back has come to 0 by its differences."""
    found = Reward.objects.filter(entry__lot__town__in=list(towns)).order_by()
    sums = found.values_list(_OF_TOWN, "part").annotate(Sum("whole"), Sum("amount"))
    return {(town, part): (whole, amount) for town, part, whole, amount in sums}


def _fewer(towns: Any) -> dict[int, Decimal]:
    """By town, what the other reading leaves out: （一） of uses that are rewarded by both parts and add up by the setting."""
    own = Reward.objects.filter(entry=OuterRef("entry")).order_by()
    second = own.filter(part=RewardPart.SECOND).values("entry").annotate(sum=Sum("whole")).filter(~Q(sum=0))
    newest = own.filter(part=RewardPart.FIRST).order_by("-pk").values("adds_up")[:1]
    found = Reward.objects.filter(Exists(second), part=RewardPart.FIRST, entry__lot__town__in=list(towns)).order_by()
    adding = found.annotate(reading=Subquery(newest)).filter(reading=True)
    return dict(adding.values_list(_OF_TOWN).annotate(Sum("whole")))


def town_free(town_id: int) -> Decimal:
    """第十二条: what a town may still use. What it was paid too much is not its to use."""
    over = sum((line.over for line in open_lines() if line.entry.lot.town_id == town_id), ZERO)
    return max(money.town_fund(money.by_town([town_id]).get(town_id, {})) - over, ZERO)
