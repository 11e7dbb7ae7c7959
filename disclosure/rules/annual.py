"""The table of the yearly report of 依申请公开 (五（一） “严格执行政府信息公开年报编制新要求”). Pure.

Rows and columns are not printed (推定): those of the national form that the printed sentence means, so that the report is copied
rather than counted again. What was received and carried over is what was answered and carries on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from disclosure.enums import Applicant, ChallengeKind, Finding, Outcome


@dataclass(frozen=True)
class Case:
    applicant: str
    received_on: date
    answered_on: date | None
    outcome: str


@dataclass(frozen=True)
class Dispute:
    """行政复议 or 行政诉讼; `finding` "" while it is pending."""

    kind: str
    notified_on: date
    decided_on: date | None
    finding: str


@dataclass(frozen=True)
class Row:
    label: str
    numbers: Sequence[int]
    total: bool = False

    @property
    def whole(self) -> int:
        return sum(self.numbers)


@dataclass(frozen=True)
class Annual:
    """The tables of one year; `late`: how many of its applications hold an act that was registered late (补登)."""

    cases: Sequence[Row]
    disputes: Sequence[Row]
    late: int


COLUMNS = [one.label for one in Applicant]


def annual_table(cases: Iterable[Case], year: int) -> list[Row]:
    known = [one for one in cases if one.received_on.year <= year]

    def count(chosen: Iterable[Case]) -> list[int]:
        kinds = [one.applicant for one in chosen]
        return [kinds.count(column) for column in Applicant]

    new = [one for one in known if one.received_on.year == year]
    carried = [
        one for one in known if one.received_on.year < year and not (one.answered_on and one.answered_on.year < year)
    ]
    done = [one for one in [*new, *carried] if one.answered_on and one.answered_on.year == year]
    left = [one for one in [*new, *carried] if not (one.answered_on and one.answered_on.year == year)]
    return [
        Row("本年新收政府信息公开申请数量", count(new)),
        Row("上年结转政府信息公开申请数量", count(carried)),
        *(Row(outcome.label, count(one for one in done if one.outcome == outcome)) for outcome in Outcome),
        Row("本年度办理结果总计", count(done), total=True),
        Row("结转下年度继续办理", count(left)),
    ]


DISPUTE_COLUMNS = [*(one.label for one in Finding), "尚未审结"]


def dispute_table(disputes: Iterable[Dispute], year: int) -> list[Row]:
    """因政府信息公开工作被申请行政复议、提起行政诉讼情况: what was decided in the year, and what was pending at its end."""
    known = [one for one in disputes if one.notified_on.year <= year]
    decided = [one for one in known if one.decided_on and one.decided_on.year == year]
    pending = [one for one in known if one.decided_on is None or one.decided_on.year > year]

    def row(label: str, kinds: Sequence[str], *, total: bool = False) -> Row:
        own = [one.finding for one in decided if one.kind in kinds]
        return Row(
            label, [*(own.count(one) for one in Finding), sum(one.kind in kinds for one in pending)], total=total
        )

    return [*(row(one.label, [one]) for one in ChallengeKind), row("总计", ChallengeKind.values, total=True)]
