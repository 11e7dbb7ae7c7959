"""The targets of 22号 for 领导首页: the last value against the printed bound, and where the line leads at the end of 2022."""

from collections.abc import Sequence

from miyun_kpi.lib.decimals import half_up
from miyun_kpi.organisations.leader_parts import Goal, Reading
from miyun_kpi.routes import to
from water.enums import DOCUMENT, Verdict
from water.queries.targets import Standing, standings, word_of
from water.rules.targets import END


def goals(reading: Reading) -> Sequence[Goal]:
    today = reading.at.astimezone().date()
    return [_goal(one, over=today > END) for one in standings()]


def _goal(one: Standing, *, over: bool) -> Goal:
    missed, (state, word) = _missed(one, over=over), word_of(one)
    ahead = f"推算到期 {half_up(one.projection.value, 2)}%" if one.projection and not one.reached else ""
    judged = one.judgement.day if one.judgement else None
    return Goal(
        document=DOCUMENT,
        clause="二",
        title=one.target.label,
        bound="" if one.bound is None else f"{one.bound}% 以上",
        last=f"{one.last.shown}%" if one.last else "",
        by=END,
        state="overdue" if missed else state,
        word=word,
        missed=missed,
        on=one.last.measure.day if one.last else judged,
        ahead=ahead,
        address=to("water:target", one.target.value),
    )


def _missed(one: Standing, *, over: bool) -> bool | None:
    """By the number where a bound is printed: what was reached, else the line ahead; where none is, as a person judged it."""
    if one.bound is None:
        judged = one.judgement.verdict if one.judgement else Verdict.OPEN
        return {Verdict.REACHED: False, Verdict.NOT_YET: over or None}.get(Verdict(judged))
    if one.reached is None or one.reached or over:
        return None if one.reached is None else not one.reached
    return None if one.projection is None else one.projection.value < one.bound
