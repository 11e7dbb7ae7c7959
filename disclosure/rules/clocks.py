"""The clock of 依申请公开: “严格依法依规办理申请” (五（一）). Pure.

The day numbers are not printed in the gazette; they are those of 《政府信息公开条例》 (推定): 补正 notice within 7 working
days (第三十条), answer within 20 and at most 20 more (第三十三条), 15 for third parties and other organs, whose time is not
counted (第三十二至三十四条). The day something happens is never counted, the first day is the one after.

A decision of 复议 or a court that orders a new answer starts a clock of its own: the working days that it names, from the day on
which it came in.

A 补正 notice sent after its 7 working days does not start the clock anew: nobody sheds an overdue answer by it (推定). The gazette says
“严格依法依规办理申请” and no more; the 条例 is the law it means, and where that is silent the applicant is not the one to wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from miyun_kpi.lib import workdays

CORRECTION_DAYS, ANSWER_DAYS, EXTENSION_DAYS, HOLD_DAYS = 7, 20, 20, 15
SOON = 3


@dataclass(frozen=True)
class Hold:
    """Asking somebody stops the clock from the day after `sent_on` to `returned_on`, at most HOLD_DAYS working days."""

    what: str
    sent_on: date
    returned_on: date | None = None

    @property
    def ends_on(self) -> date:
        longest = workdays.add_working_days(self.sent_on, HOLD_DAYS)
        return min(self.returned_on, longest) if self.returned_on else longest

    def holds(self, day: date) -> bool:
        return self.sent_on < day <= self.ends_on


@dataclass(frozen=True)
class Facts:
    received_on: date
    correction_sent_on: date | None = None
    corrected_on: date | None = None
    holds: Sequence[Hold] = ()
    extension: int = 0
    answered_on: date | None = None
    again_from: date | None = None
    again_days: int = 0

    @property
    def starts_on(self) -> date:
        """What day the clock runs from: the decision that orders a new answer, else the corrected or the first text."""
        return self.again_from or self.corrected_on or self.received_on

    @property
    def allowed(self) -> int:
        return self.again_days if self.again_from else ANSWER_DAYS + self.extension


@dataclass(frozen=True)
class Span:
    """Consecutive days of one kind: counted, held or correction. `days` are working days."""

    kind: str
    words: str
    first: date
    last: date
    days: int


@dataclass(frozen=True)
class Clock:
    """`due_on` None while the applicant has to correct. `left`: working days, negative when overdue.

    `state`: correcting, running, due, overdue, on_time, late.
    """

    state: str
    starts_on: date
    due_on: date | None
    used: int
    allowed: int
    left: int
    correction_due_on: date
    correction_late: bool
    spans: Sequence[Span]


def due_day(facts: Facts) -> date:
    day, counted = facts.starts_on, 0
    while counted < facts.allowed:
        day += timedelta(days=1)
        counted += _counts(facts, day)
    return day


def _counts(facts: Facts, day: date) -> bool:
    return workdays.is_working_day(day) and not any(one.holds(day) for one in facts.holds)


def clock(facts: Facts, today: date) -> Clock:
    correction_due = workdays.add_working_days(facts.received_on, CORRECTION_DAYS)
    late_notice = (facts.correction_sent_on or facts.received_on) > correction_due
    if late_notice:
        facts = replace(facts, correction_sent_on=None, corrected_on=None)
    start = facts.starts_on
    correcting = facts.correction_sent_on is not None and facts.corrected_on is None and facts.again_from is None
    until = facts.answered_on or today
    due = None if correcting else due_day(facts)
    used = 0 if correcting else sum(_counts(facts, day) for day in _days(start, until))
    if facts.answered_on is not None:
        state = "on_time" if due is None or facts.answered_on <= due else "late"
    elif due is None:
        state = "correcting"
    else:
        left = sum(_counts(facts, day) for day in _days(until, due))
        state = "overdue" if today > due else "due" if left <= SOON else "running"
    allowed = facts.allowed
    return Clock(
        state,
        start,
        due,
        used,
        allowed,
        allowed - used,
        correction_due,
        late_notice,
        _spans(facts, max(until, due or until)),
    )


def _days(start: date, end: date) -> list[date]:
    """After `start` up to and including `end`."""
    return [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]


def _spans(facts: Facts, end: date) -> list[Span]:
    found: list[Span] = []
    for day in _days(facts.received_on, end):
        kind, words = _kind(facts, day)
        working = int(workdays.is_working_day(day))
        if found and (found[-1].kind, found[-1].words) == (kind, words):
            last = found[-1]
            found[-1] = Span(kind, words, last.first, day, last.days + working)
        else:
            found.append(Span(kind, words, day, day, working))
    return found


def _kind(facts: Facts, day: date) -> tuple[str, str]:
    if facts.again_from and day <= facts.again_from:
        return "settled", "收到重新答复的决定以前，不计"
    if (
        facts.correction_sent_on
        and day > facts.correction_sent_on
        and (facts.corrected_on is None or day <= facts.corrected_on)
    ):
        return "correction", "等申请人补正，期限自收到补正起重新计算"
    if facts.corrected_on and day <= facts.corrected_on:
        return "correction", "补正以前，不计"
    held = [one.what for one in facts.holds if one.holds(day)]
    return ("held", f"{'、'.join(held)}，不计入期限") if held else ("counted", "计入期限")
