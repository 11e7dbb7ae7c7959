"""与本期记录不符 (0118; 13号 五（三）asks to 客观评价 and prints no number: every limit is the office's, 推定). Pure.

A condition asks for a sentence; it never changes a mark. Over the record it says nothing where no line of 记录对照 leads to one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from evaluation.enums import ConditionKind
from miyun_kpi.lib.decimals import half_up, plain

# Words of the status vocabulary that a fact bears. 逾期 is also what was done too late.
STATES = {
    ConditionKind.MISSING: ("missing",),
    ConditionKind.OVERDUE: ("overdue", "late"),
    ConditionKind.RETURNED: ("returned",),
}


class Fact(Protocol):
    """What a provider tells of one unit (`organisations.on_record`)."""

    @property
    def state(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def running(self) -> bool: ...


@dataclass(frozen=True)
class Condition:
    """`limit` in hundredths of the full mark; the comparison with the own 细则 has none."""

    kind: ConditionKind
    limit: Decimal | None


@dataclass(frozen=True)
class Held:
    """A mark with what it is held against. `facts` None: no line leads to a record. `given`: by the own 细则, None by none."""

    value: Decimal
    full_mark: Decimal
    facts: Sequence[Fact] | None
    given: Decimal | None = None

    @property
    def rate(self) -> Fraction:
        return Fraction(self.value) * 100 / Fraction(self.full_mark)


def met(condition: Condition, held: Held) -> str:
    """In what the mark does not agree, "" where it does."""
    if condition.kind == ConditionKind.OWN_RULE:
        other = held.given is not None and held.value != held.given
        return f"打 {plain(held.value)}，细则算出 {plain(held.given)}" if other and held.given is not None else ""
    if held.facts is None or condition.limit is None:
        return ""
    rate, limit = f"得分率 {plain(half_up(held.rate, 2))}%", f" {plain(condition.limit)}%"
    if condition.kind == ConditionKind.NOTHING:
        nothing = not any(one.count for one in held.facts) and held.rate <= condition.limit
        return f"本期无记录而{rate}，不高于{limit}" if nothing else ""
    count = sum(one.count for one in held.facts if _counts(condition.kind, one))
    if not count or held.rate < condition.limit:
        return ""
    return f"本期{condition.kind.label} {count} 项而{rate}，不低于{limit}"


def _counts(kind: ConditionKind, fact: Fact) -> bool:
    return fact.running if kind == ConditionKind.RUNNING else fact.state in STATES[kind]
