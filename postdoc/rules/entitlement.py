"""What a person is entitled to month by month, and the once-only grants, each with its reasons (第五章). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from postdoc.enums import Grant, Leaving
from postdoc.rules.calendar import add_months, complete, last_day, month_end, month_of, months_between
from postdoc.rules.figures import IN_FORCE, Figures

ZERO = Decimal(0)
# The setting `rest_days`: how many days of a begun month make it count (31 are never left over), and how it is said.
LEAST_DAYS = {0: 31, 1: 15, 2: 1}
# The states of a Month and what page and interface call them.
MONTH_STATES = (
    ("due", "应发"),
    ("future", "未到"),
    ("uncounted", "不计"),
    ("before", "施行前"),
    ("beyond", "超过期限"),
    ("once", "不再享受"),
    ("void", "自始不发"),
)
REST_WORDS = {0: "不计（设置）", 1: "满半月（15 天）的计一个月（设置）", 2: "计一个月（设置）"}


@dataclass(frozen=True)
class Stay:
    """One 进站. `name` is how the page calls it; `void`: why nothing was due from the beginning, the ground of 退站."""

    key: int
    entered_on: date
    left_on: date | None = None
    name: str = ""
    void: str = ""


@dataclass(frozen=True)
class Month:
    """One calendar month of a stay.

    `state`: one of MONTH_STATES; void where the ground of 退站 makes it so. `slot`: the how-manieth of the term it is, only
    where it counts.
    """

    month: str
    stay: int
    state: str
    amount: Decimal
    why: str
    clause: str
    slot: int | None = None

    @property
    def entitled(self) -> bool:
        return self.state == "due"


def living_months(stays: Sequence[Stay], figures: Figures, on: date) -> list[Month]:
    """第二十条: so much a month, for two years, once for a person over all stays in 密云.

    推定: a month runs from the day of entry to the day before the one of the same number, so n whole months are never more
    than n. As settings: what is left over at leaving counts for nothing (不计), as one from half a month on (满半月计) or as one
    (当月计); “只享受一次” ends with the stay that drew it. Months before the 办法 came into force use up the two years unpaid.
    Why: counted by calendar months 21 of them were paid as 22 (decision 0049); and the two years are of a stay, whoever pays.
    """
    found: list[Month] = []
    used, holder = 0, None
    taken: set[str] = set()
    for stay in sorted(stays, key=lambda one: (one.entered_on, one.key)):
        if stay.void:
            months = months_between(month_of(stay.entered_on), _end(stay, on))
            found += [
                Month(month, stay.key, "void", ZERO, f"{stay.void}，不发（推定）", "第十六条") for month in months
            ]
            continue
        if holder is not None and not figures.on("second_stay", stay.entered_on):
            found += _refused(stay, holder, on)
            continue
        own = _of_stay(stay, figures, on, used, taken)
        found += own
        paid = [one for one in own if one.state in ("due", "future")]
        if paid:
            holder = stay
            used = max(one.slot or 0 for one in paid)
            taken |= {one.month for one in paid}
    return found


def _end(stay: Stay, on: date) -> str:
    return month_of(max(stay.left_on or on, stay.entered_on))


def _refused(stay: Stay, holder: Stay, on: date) -> list[Month]:
    said = f"多次进站只享受一次，已在{holder.name or '前一次'}在站期间享受"
    months = months_between(month_of(stay.entered_on), _end(stay, on))
    return [Month(month, stay.key, "once", ZERO, said, "第二十条") for month in months]


@dataclass(frozen=True)
class Span:
    """The n-th month of service: from a day of entry's number to the day before the next, named by the month it begins in."""

    first: date
    last: date
    days: int  # of it in the station, once the person has left

    @property
    def month(self) -> str:
        return month_of(self.first)


def _spans(stay: Stay, until: date) -> list[Span]:
    found: list[Span] = []
    while (first := add_months(stay.entered_on, len(found))) <= until:
        last = add_months(stay.entered_on, len(found) + 1) - timedelta(days=1)
        present = min(last, stay.left_on or last)
        found.append(Span(first, last, (present - first).days + 1))
    return found


def _of_stay(stay: Stay, figures: Figures, on: date, used: int, taken: set[str]) -> list[Month]:
    term = figures.whole("living_months", stay.entered_on)
    rest = figures.whole("rest_days", stay.left_on or on)
    until = stay.left_on or max(on, add_months(stay.entered_on, max(term - used, 1)) - timedelta(days=1))
    found, slot = [], used
    for span in _spans(stay, until):
        if span.month in taken:
            said = "每人每月一份，这个月已在前一次在站计发"
            found.append(Month(span.month, stay.key, "once", ZERO, said, "第二十条"))
            continue
        if stay.left_on and span.last > stay.left_on and span.days < LEAST_DAYS[rest]:
            said = f"{span.first} 至 {stay.left_on} 为余日 {span.days} 天，{REST_WORDS[rest]}"
            found.append(Month(span.month, stay.key, "uncounted", ZERO, said, "第二十条"))
            continue
        slot += 1
        found.append(_month(span, slot, stay, figures, on, term, rest))
    return found


def _month(span: Span, slot: int, stay: Stay, figures: Figures, on: date, term: int, rest: int) -> Month:
    month = span.month
    if slot > term:
        return Month(month, stay.key, "beyond", ZERO, f"期限为 {term} 个月，这是第 {slot} 个月", "第二十条")
    if month < month_of(IN_FORCE):
        said = f"本办法 {IN_FORCE} 起施行，以前的月份不发，仍占期限（推定）"
        return Month(month, stay.key, "before", ZERO, said, "第三十二条", slot)
    amount = figures.value("living_month", month_end(month))
    said = f"在站第 {slot} 个月，{span.first} 至 {span.last}"
    if stay.left_on and span.last > stay.left_on:
        said = f"{span.first} 至 {stay.left_on} 为余日 {span.days} 天，{REST_WORDS[rest]}"
    # Nothing is due before it is certain: who leaves tomorrow has drawn no more than the days that counted.
    certain = min(span.last, span.first + timedelta(days=LEAST_DAYS[rest] - 1), stay.left_on or span.last)
    if on < certain:
        return Month(month, stay.key, "future", amount, f"{said}，到 {certain} 才计", "第二十条", slot)
    return Month(month, stay.key, "due", amount, said, "第二十条", slot)


def total(months: Sequence[Month]) -> Decimal:
    return sum((one.amount for one in months if one.entitled), ZERO)


@dataclass(frozen=True)
class Reason:
    met: bool
    text: str
    clause: str


@dataclass(frozen=True)
class Finding:
    """Whether a once-only grant may be asked for on the day, and why. `from_day`: when that alone is missing."""

    grant: Grant
    reasons: tuple[Reason, ...]
    full: Decimal
    from_day: date | None = None

    @property
    def entitled(self) -> bool:
        return all(one.met for one in self.reasons)

    @property
    def amount(self) -> Decimal:
        return self.full if self.entitled else ZERO


def station_grant(approved_on: date, entries: Sequence[date], figures: Figures, on: date) -> Finding:
    """第十九条: approved, and somebody has entered; once a station."""
    entered = [day for day in entries if day <= on]
    reasons = (
        Reason(approved_on <= on, f"国家、北京市批准设立：{approved_on}", "第十九条"),
        Reason(
            bool(entered),
            f"已有博士后人员进站（最早 {min(entered)}）" if entered else "还没有博士后人员进站从事研究工作",
            "第十九条",
        ),
    )
    return Finding(Grant.STATION, reasons, figures.value("station_grant", on))


def award(grant: Grant, level: str, awarded_on: date, figures: Figures, on: date) -> Finding:
    """第十九条 of a station, 第二十条 of a person: named by 国家 or 北京市."""
    clause = "第十九条" if grant == Grant.STATION_AWARD else "第二十条"
    reasons = (
        Reason(awarded_on <= on, f"{level}表彰（评选）：{awarded_on}", clause),
        Reason(
            awarded_on >= IN_FORCE,
            f"在本办法施行（{IN_FORCE}）以后" if awarded_on >= IN_FORCE else f"早于本办法施行（{IN_FORCE}）",
            "第三十二条",
        ),
    )
    code = "station_award" if grant == Grant.STATION_AWARD else "excellent"
    return Finding(grant, reasons, figures.value(code, on))


@dataclass(frozen=True)
class Contract:
    """A 劳动（聘用）合同 after 出站; `ended_on`: when it was ended before its time."""

    in_miyun: bool
    from_day: date
    until: date
    ended_on: date | None = None


def _completed(leaving: str, decided: bool) -> Reason:
    """第十七条: who withdrew midway has nothing of what is for 期满出站. `decided`: a person has decided on an early one."""
    if leaving == Leaving.COMPLETED:
        return Reason(True, "期满出站", "第二十一条")
    if leaving == Leaving.EARLY:
        said = (
            "提前出站，已由区人社局决定按期满对待"
            if decided
            else "提前出站，不是期满出站；须由区人社局决定是否按期满对待"
        )
        return Reason(decided, said, "第十五条")
    if leaving == Leaving.WITHDRAWN:
        return Reason(False, "中途退站，不享受对期满出站人员的政策", "第十七条")
    return Reason(False, "还没有出站", "第二十一条")


def _contract(one: Contract | None, years: int) -> list[Reason]:
    if one is None:
        return [Reason(False, "没有登记出站后的工作单位和合同", "第二十一条")]
    long_enough = complete(one.from_day, one.until, 12 * years)
    said = f"合同 {one.from_day} 至 {one.until}，{'满' if long_enough else '不满'} {years} 年（含 {years} 年）"
    place = "在密云区范围内单位工作" if one.in_miyun else "工作单位不在密云区范围内"
    return [Reason(one.in_miyun, place, "第二十一条"), Reason(long_enough, said, "第二十一条")]


def leaving_grant(leaving: str, decided: bool, contract: Contract | None, figures: Figures, on: date) -> Finding:
    """第二十一条: 期满出站, a contract of three years or more with an employer in 密云, and three years of it served."""
    years = figures.whole("contract_years", on)
    reasons = [_completed(leaving, decided), *_contract(contract, years)]
    ready = None
    # Of a contract that is too short there is no day on which its three years are over.
    if contract is not None and complete(contract.from_day, contract.until, 12 * years):
        shortest = last_day(contract.from_day, 12 * years)
        served = shortest if figures.on("claim_after", on) else max(shortest, contract.until)
        whole = contract.ended_on is None or contract.ended_on >= served
        over = on > served and whole
        if not whole:
            said = f"合同于 {contract.ended_on} 提前终止，没有履行到 {served}"
        else:
            said = f"{years} 年合同期到 {served} {'已满' if over else '还没有满'}"
            ready = None if over or not all(one.met for one in reasons) else date.fromordinal(served.toordinal() + 1)
        reasons.append(Reason(over, said, "第二十一条"))
    return Finding(Grant.LEAVING, tuple(reasons), figures.value("leaving", on), ready)


def conversion(
    leaving: str,
    decided: bool,
    left_on: date | None,
    contract: Contract | None,
    achieved_on: date | None,
    figures: Figures,
    on: date,
) -> Finding:
    """第二十一条: results put to use within three years, counted from 出站 (推定).

    The article is about those who have left and names no other beginning of the three years.
    """
    years = figures.whole("conversion_years", on)
    reasons = [_completed(leaving, decided), *_contract(contract, figures.whole("contract_years", on))]
    if achieved_on is None or left_on is None:
        reasons.append(Reason(False, "没有登记成果落地转化", "第二十一条"))
    else:
        limit = add_months(left_on, 12 * years)
        inside = left_on <= achieved_on <= limit
        reasons.append(
            Reason(
                inside and achieved_on <= on,
                f"成果 {achieved_on} 落地转化，期限自出站起 {years} 年，到 {limit}（推定）",
                "第二十一条",
            )
        )
    return Finding(Grant.CONVERSION, tuple(reasons), figures.value("conversion", on))
