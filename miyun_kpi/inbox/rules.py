"""The month strip, how near a day is in plain words, and what is said over a group of the desk. Pure."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.lib import workdays


@dataclass(frozen=True)
class MonthDay:
    """`shifted`: a Saturday or Sunday announced as a working day (班)."""

    day: date
    working: bool
    shifted: bool
    today: bool
    past: bool


def month_days(today: date) -> list[MonthDay]:
    last = calendar.monthrange(today.year, today.month)[1]
    days = [today.replace(day=number) for number in range(1, last + 1)]
    return [_month_day(day, today) for day in days]


def _month_day(day: date, today: date) -> MonthDay:
    working = workdays.is_working_day(day)
    return MonthDay(day, working, working and day.weekday() >= 5, day == today, day < today)


def holiday_sentence(days: Iterable[MonthDay]) -> str:
    """The holidays and shifted working days of a month in words: “国庆节、中秋节 1–8 日休；10 日（周六）上班”."""
    days = list(days)
    parts = [_span_words(span) for span in _rest_spans(days)]
    parts += [f"{one.day.day} 日（周{'一二三四五六日'[one.day.weekday()]}）上班" for one in days if one.shifted]
    return "；".join(part for part in parts if part)


def _rest_spans(days: list[MonthDay]) -> list[list[MonthDay]]:
    spans: list[list[MonthDay]] = [[]]
    for one in days:
        if one.working:
            spans.append([])
        else:
            spans[-1].append(one)
    return [span for span in spans if span]


def _span_words(span: list[MonthDay]) -> str:
    # A dict keeps the order in which the days name them.
    names = dict.fromkeys(name for one in span for name in workdays.holiday_name(one.day).split("、") if name)
    if not names:
        return ""
    first, last = span[0].day, span[-1].day
    dates = f"{first.day}" if first == last else f"{first.day}–{last.day}"
    return f"{'、'.join(names)} {dates} 日休"


def week_end(today: date) -> date:
    """The Sunday of the week."""
    return today + timedelta(days=6 - today.weekday())


# Working days are what an office counts in for some weeks; beyond that a number of them says nothing to anybody.
COUNTED_DAYS = 20


def due_words(due_on: date, today: date, *, passed: bool) -> str:
    """How far off a day is. `passed`: its hour is over, though it may be today."""
    if due_on == today:
        return "今天已过时限" if passed else "今天到期"
    word, first, last = ("已逾期", due_on, today) if due_on < today else ("还有", today, due_on)
    return f"{word} {_span(first, last)}"


def _span(first: date, last: date) -> str:
    days = (last - first).days
    working = workdays.working_days_between(first, last) if days < 3 * COUNTED_DAYS else days
    if 0 < working <= COUNTED_DAYS:
        return f"{working} 个工作日"
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    if months < 2:
        return f"{days} 天"
    years, rest = divmod(months, 12)
    return " ".join([f"{years} 年"] * bool(years) + [f"{rest} 个月"] * bool(rest))


_CHECKED = {
    ItemKind.CHECK: "由另一人提出的，请您复核",
    ItemKind.REVIEW: "单位报来的，请您审核",
    ItemKind.SIGN: "送到本单位的，请签收或确认",
    ItemKind.TURN: "上一步已办的，请您接着办",
}


def group_note(group: str, kinds: Iterable[ItemKind], soon: date) -> str:
    """What holds of every row of the group: one sentence for each kind of item among them. `soon`: the last day of 三个工作日内."""
    found = set(kinds)
    if group == "late":
        said = ["月报、打分表和任务进展在补报截止前仍可报，计为迟报"] if ItemKind.REPORT in found else []
        rest = "其他的期限已过，请尽快办理" if said else "期限已过，请尽快办理"
        return "；".join([*said, *([rest] if found - {ItemKind.REPORT} else [])])
    if group == "returned":
        return "按意见改好再报，原稿与意见都留着"
    if group == "to-check":
        return "；".join(
            dict.fromkeys(_CHECKED.get(kind, "有期限的，请按期办理") for kind in ItemKind if kind in found)
        )
    return f"{soon:%m-%d} 以前" if group == "due-soon" else ""
