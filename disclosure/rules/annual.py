"""The table of the yearly report of 依申请公开 (五（一） “严格执行政府信息公开年报编制新要求”). Pure.

Rows and columns are not printed (推定): those of the national form that the printed sentence means, so that the report is copied
rather than counted again. What was received and carried over is what was answered and carries on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from disclosure.enums import Applicant, Outcome


@dataclass(frozen=True)
class Case:
    applicant: str
    received_on: date
    answered_on: date | None
    outcome: str


@dataclass(frozen=True)
class Row:
    label: str
    numbers: Sequence[int]
    total: bool = False

    @property
    def whole(self) -> int:
        return sum(self.numbers)


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
