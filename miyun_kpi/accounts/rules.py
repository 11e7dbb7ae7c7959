"""三权分立: who may not hold two posts at the same time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from miyun_kpi.accounts.enums import MARKING_ROLES, SEPARATED_ROLES, Role


@dataclass(frozen=True)
class Held:
    """A post somebody holds from a day to a day, both included; no end where it is None."""

    role: str
    starts_on: date
    ends_on: date | None = None


def overlap(one: Held, other: Held) -> bool:
    return one.starts_on <= (other.ends_on or date.max) and other.starts_on <= (one.ends_on or date.max)


def incompatible(role: str, other: str) -> bool:
    """Two different ones of the three, or one of the three together with marking or the evaluation office."""
    if role == other:
        return False
    if role in SEPARATED_ROLES:
        return other in SEPARATED_ROLES or other in MARKING_ROLES
    return role in MARKING_ROLES and other in SEPARATED_ROLES


def separation_problem(wanted: Held, held: Iterable[Held]) -> str | None:
    """The sentence that refuses `wanted` beside what is held, None when it may be granted."""
    for other in held:
        if overlap(wanted, other) and incompatible(wanted.role, other.role):
            return (
                f"三权分立：一个人不能同时是{Role(other.role).label}和{Role(wanted.role).label}，没有授予。"
                f"此人的{Role(other.role).label}岗位{_until(other)}，请换一个人，或先结束那个岗位。"
            )
    return None


def _until(held: Held) -> str:
    return f"到 {held.ends_on:%Y-%m-%d} 为止" if held.ends_on else "没有结束日期"
