"""The figures of 27号 and how its silences are read, in one dated table with the clause of each. Pure.

The office enters a later line where a new document changes one; the line in force on the day counts. Nothing else of the
product holds an amount.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from miyun_kpi.lib.errors import Refused
from postdoc.enums import Grant

IN_FORCE = date(2020, 6, 5)  # 第三十二条 自发布之日起施行


@dataclass(frozen=True)
class Line:
    """`status`: printed 原文 or assumed 推定."""

    code: str
    value: Decimal
    starts_on: date
    clause: str
    status: str
    note: str = ""
    key: int | None = None  # of an entered line


# code → what it is, unit, what the values of a setting mean
LABELS: dict[str, tuple[str, str]] = {
    "station_grant": ("设站补助", "元"),
    "station_award": ("工作站奖励", "元"),
    "living_month": ("在站生活补贴每人每月", "元"),
    "living_months": ("在站生活补贴期限", "个月"),
    "excellent": ("优秀博士后奖励", "元"),
    "leaving": ("出站生活补贴", "元"),
    "conversion": ("成果转化奖励", "元"),
    "contract_years": ("出站后合同期限不少于", "年"),
    "conversion_years": ("成果转化期限", "年"),
    "age_limit": ("年龄一般不超过", "周岁"),
    "degree_years": ("取得博士学位一般不超过", "年"),
    "rest_days": ("离站时不满一个月的余日", "0 不计，1 满半月计一个月，2 计一个月"),
    "second_stay": ("再次进站", "0 不再享受，1 接着领满期限"),
    "award_each": ("国家、北京市表彰", "1 各一次，0 合计一次"),
    "claim_after": ("合同超过三年的", "1 满三年即可申请，0 等合同期满"),
}
# Settings of an earlier reading: an entered line stays on the page, counts for nothing and cannot be entered any more.
RETIRED: dict[str, tuple[str, str]] = {
    "entry_month": ("进站当月（已由“余日”代替，不再取用）", "1 按整月计，0 不计"),
    "leave_month": ("离站当月（已由“余日”代替，不再取用）", "1 按整月计，0 不计"),
}
_PRINTED = (
    ("station_grant", 100000, "第十九条"),
    ("station_award", 100000, "第十九条"),
    ("living_month", 4000, "第二十条"),
    ("living_months", 24, "第二十条"),
    ("excellent", 50000, "第二十条"),
    ("leaving", 100000, "第二十一条"),
    ("conversion", 100000, "第二十一条"),
    ("contract_years", 3, "第二十一条"),
    ("conversion_years", 3, "第二十一条"),
    ("age_limit", 35, "第七条"),
    ("degree_years", 3, "第七条"),
)
_ASSUMED = (
    (
        "rest_days",
        0,
        "第二十条",
        "自进站之日起算到各月的对应日为一个月；离站时不满一个月的余日不计。原文只写“每人每月”",
    ),
    ("second_stay", 0, "第二十条", "“只享受一次”读作只在领过补贴的那一次在站期间享受"),
    ("award_each", 1, "第十九条", "国家、北京市的表彰各奖励一次"),
    ("claim_after", 1, "第二十一条", "合同长于三年的，满三年即可申请"),
)
TABLE = (
    *(Line(code, Decimal(value), IN_FORCE, clause, "printed") for code, value, clause in _PRINTED),
    *(Line(code, Decimal(value), IN_FORCE, clause, "assumed", note) for code, value, clause, note in _ASSUMED),
)
# What a setting may be.
SETTINGS: dict[str, tuple[int, ...]] = {code: (0, 1, 2) if code == "rest_days" else (0, 1) for code, *_ in _ASSUMED}
LARGEST = Decimal(1_000_000)  # 推定: ten times the largest printed sum; more is a slip of the pen
# The least and the most of what is counted in months and years (推定): no printed basis, wide enough for any amendment and narrow
# enough to catch a sum typed into the wrong line.
BOUNDS: dict[str, tuple[int, int]] = {
    "living_months": (1, 120),
    "contract_years": (1, 10),
    "conversion_years": (1, 10),
    "age_limit": (18, 100),
    "degree_years": (1, 20),
}
# Which grants rest on a figure; who may enter (第七条) is checked on the day of entry and kept with the stay.
RESTS: dict[str, frozenset[Grant]] = {
    **dict.fromkeys(("living_month", "living_months", "rest_days", "second_stay"), frozenset({Grant.LIVING})),
    **dict.fromkeys(RETIRED, frozenset()),
    "station_grant": frozenset({Grant.STATION}),
    "station_award": frozenset({Grant.STATION_AWARD}),
    "excellent": frozenset({Grant.EXCELLENT}),
    "award_each": frozenset({Grant.STATION_AWARD, Grant.EXCELLENT}),
    "leaving": frozenset({Grant.LEAVING}),
    "claim_after": frozenset({Grant.LEAVING}),
    "conversion": frozenset({Grant.CONVERSION}),
    "conversion_years": frozenset({Grant.CONVERSION}),
    "contract_years": frozenset({Grant.LEAVING, Grant.CONVERSION}),
    "age_limit": frozenset(),
    "degree_years": frozenset(),
}


def value_problem(code: str, value: Decimal) -> str:
    """Why the value cannot be meant, "" when it can."""
    name, unit = LABELS[code]
    if code in SETTINGS:
        return "" if value in SETTINGS[code] else f"“{name}”只能是：{unit}"
    if unit == "元":
        return "" if 0 < value <= LARGEST else f"“{name}”要大于 0 元、不超过 {LARGEST:,} 元"
    if value != value.to_integral_value():
        return f"“{name}”要写整数"
    least, most = BOUNDS[code]
    return "" if least <= value <= most else f"“{name}”要在 {least} 至 {most} {unit}之间"


class Figures:
    """The printed table with what was entered later."""

    def __init__(self, entered: Iterable[Line] = ()) -> None:
        self.lines = sorted([*TABLE, *entered], key=lambda one: one.starts_on)

    def line(self, code: str, day: date) -> Line:
        """The line in force; before the 办法 its first one. Raises Refused for a figure nobody has entered."""
        own = [one for one in self.lines if one.code == code]
        if not own:
            raise Refused("no-figure", f"没有“{code}”的标准，没有计算。请先在“标准和设置”里录入。")
        return next((one for one in reversed(own) if one.starts_on <= day), own[0])

    def value(self, code: str, day: date) -> Decimal:
        return self.line(code, day).value

    def whole(self, code: str, day: date) -> int:
        return int(self.value(code, day))

    def on(self, code: str, day: date) -> bool:
        return self.value(code, day) == 1
