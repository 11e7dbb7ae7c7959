"""Prices, rule periods and readings: entered, and struck where they were mistyped."""

from collections.abc import Callable
from typing import Any

from farmland.deciding.common import SAYS, of_either, of_money
from farmland.enums import RATE_UNITS, Choice, RateKind
from farmland.models import Rate, RulePeriod, Setting
from farmland.services import striking, tables
from miyun_kpi.proposals.declaring import DAY, FIGURE
from miyun_kpi.proposals.registry import Decision, Given
from miyun_kpi.routes import to


def _rates_page(given: Given) -> str:
    return to("farmland:rates")


def _rate_said(given: Given) -> SAYS:
    last = given["ends_on"]
    return [
        ("单价表", RateKind(given["kind"]).label),
        ("数值", f"{given['value']:,.2f} {RATE_UNITS[given['kind']]}"),
        ("起用日期", str(given["starts_on"])),
        ("止用日期", str(last) if last else "至下一行起用为止"),
        ("依据", given["basis"]),
    ]


def _period_said(given: Given) -> SAYS:
    return [("起", str(given["starts_on"])), ("止", str(given["ends_on"])), ("文号和依据", given["basis"])]


def _choice_said(given: Given) -> SAYS:
    return [
        ("设置", Choice(given["key"]).label),
        ("取值", "是" if given["value"] else "否"),
        ("起用日期", str(given["starts_on"])),
        ("依据", given["basis"]),
    ]


def _struck(model: type[Rate | RulePeriod | Setting], given: Given) -> Any:
    return striking.row_of(model, given["row_id"])


def _strike_said(model: type[Rate | RulePeriod | Setting], value: str) -> Callable[[Given], SAYS]:
    def said(given: Given) -> SAYS:
        row, right = _struck(model, given), given[value]
        if right is None:
            words = "不补，以后再录入"
        elif isinstance(right, bool):
            words = "是" if right else "否"
        else:
            words = str(right)
        first = given["starts_on"] or row.starts_on
        more = [("正确的起用日期", str(first)), ("依据", given["basis"])] if right is not None else []
        label = "正确的止日" if model is RulePeriod else "正确的取值"
        return [("划去", striking.label_of(row)), ("录错了什么", given["reason"]), (label, words), *more]

    return said


def _strike(
    name: str,
    word: str,
    model: type[Rate | RulePeriod | Setting],
    clause: str,
    sign: str,
    run: Callable[..., Any],
    preview: Callable[..., list[str]],
    **more: Callable[[Any], Any],
) -> Decision:
    """`sign`: what says that a right row takes the place of the struck one; `more`: what is given of it."""

    def about(given: Given) -> str:
        return striking.label_of(_struck(model, given))

    def warns(given: Given) -> list[str]:
        return preview(_struck(model, given), **{key: given[key] for key in [*more, "starts_on"]})

    return Decision(
        f"farmland-strike-{name}",
        word,
        subject="farmland",
        clause=clause,
        takes={"row_id": int, "reason": str, "starts_on": DAY, "basis": str, **more},
        run=run,
        may=of_either if model is Setting else of_money,
        about=about,
        key=lambda given: f"farmland-strike-{name}:{given['row_id']}",
        address=_rates_page,
        said=_strike_said(model, sign),
        warns=warns,
    )


def strikes() -> list[Decision]:
    rate, period, setting = striking.strike_rate, striking.strike_period, striking.strike_setting
    value, last = "value", "ends_on"
    return [
        _strike(
            "rate", "勘正单价", Rate, "第八条（一）", value, rate, striking.rate_preview, value=FIGURE, ends_on=DAY
        ),
        _strike("period", "勘正规则期限", RulePeriod, "第十六条", last, period, striking.period_preview, ends_on=DAY),
        _strike("choose", "勘正设置", Setting, "第十四条", value, setting, striking.setting_preview, value=bool),
    ]


def _new(preview: Callable[..., list[str]], *names: str) -> Callable[[Given], list[str]]:
    """What a row that is entered moves; `names`: the arguments that `preview` takes."""
    return lambda given: preview(**{name: given[name] for name in names})


def entries() -> list[Decision]:
    common: dict[str, Any] = {"subject": "farmland", "address": _rates_page}
    return [
        Decision(
            "farmland-rate",
            "录入单价",
            clause="第八条（一）",
            takes={"kind": str, "value": FIGURE, "starts_on": DAY, "ends_on": DAY, "basis": str},
            run=tables.enter_rate,
            may=of_money,
            about=lambda given: f"{RateKind(given['kind']).label}自 {given['starts_on']} 起",
            key=lambda given: f"farmland-rate:{given['kind']}:{given['starts_on']}",
            said=_rate_said,
            warns=_new(striking.new_rate_preview, "kind", "value", "starts_on", "ends_on"),
            **common,
        ),
        Decision(
            "farmland-period",
            "录入规则期限",
            clause="第十六条",
            takes={"starts_on": DAY, "ends_on": DAY, "basis": str},
            run=tables.enter_period,
            may=of_money,
            about=lambda given: f"{given['starts_on']} 至 {given['ends_on']} 的规则期限",
            key=lambda given: f"farmland-period:{given['starts_on']}",
            said=_period_said,
            warns=_new(striking.new_period_preview, "starts_on", "ends_on"),
            **common,
        ),
        Decision(
            "farmland-choose",
            "改设置",
            clause="第十四条",
            takes={"key": str, "value": bool, "starts_on": DAY, "basis": str},
            run=tables.choose,
            may=of_either,
            about=lambda given: f"{Choice(given['key']).label}自 {given['starts_on']} 起",
            key=lambda given: f"farmland-setting:{given['key']}:{given['starts_on']}",
            said=_choice_said,
            warns=_new(striking.new_setting_preview, "key", "value", "starts_on"),
            **common,
        ),
    ]
