"""勘正 of a 加减分 that was decided: the fact, its paper, the points as 区政府党组会 decided them."""

from collections.abc import Sequence
from datetime import date, datetime

from evaluation.adjustments.access import may_check, visible_adjustment
from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.rules import CLAUSE, GROUNDS, Entry, decided_problem, entry_problems
from evaluation.enums import AdjustmentState
from evaluation.periods.models import Period
from evaluation.periods.services import scheme_moved
from miyun_kpi.emendations.columns import Ended, moved
from miyun_kpi.emendations.registry import Facts, Place, Rest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.routes import to

_STANDS = "已核定或通报的不会自己改：标“之后有改动”，工作台提示，由考评办重新核定，更正通报"
_NOT_OPENED = "这一季还没有开启打分"
DECIDED = (AdjustmentState.GRANTED, AdjustmentState.REFUSED)


def rests(row: Adjustment, wanted: Facts, today: date) -> Sequence[Rest]:
    if row.state != AdjustmentState.GRANTED:
        return []
    found = _quarters(row, wanted)
    if not moved(row, wanted, ("decided_points",)):
        return found
    year = f"{row.scheme.year}年{row.scheme.get_track_display()}"
    return [
        Rest(f"{year}的年度结果", "已核定或报区委的不会自己改：工作台提示输入已变，由考评办重新核定，有变化的再更正"),
        Rest(f"{row.organisation.name}的年度总分", f"审议分数改为 {wanted['decided_points']} 分"),
        *found,
    ]


def _quarters(row: Adjustment, wanted: Facts) -> list[Rest]:
    """加减分按季计入: the quarter it counts in, by the day of the fact; where that becomes another, the one it leaves too."""
    if not row.scheme.quarter_adjustments or not moved(row, wanted, ("decided_points", "happened_on")):
        return []
    old = PeriodCode.quarter_of(row.happened_on)
    new = PeriodCode.quarter_of(date.fromisoformat(wanted["happened_on"]))
    points = wanted["decided_points"]
    if old == new:
        said = {new: f"这一条改按 {points} 分计入"} if moved(row, wanted, ("decided_points",)) else {}
    else:
        said = {old: "这一条不再计入", new: f"这一条按 {points} 分计入"}
    codes = [str(code) for code in said]
    opened = set(Period.objects.filter(units__scheme=row.scheme_id, code__in=codes).values_list("code", flat=True))
    return [
        Rest(
            f"{code.label}{row.scheme.get_track_display()}的季度结果",
            f"{words}；{_STANDS if str(code) in opened else _NOT_OPENED}",
        )
        for code, words in said.items()
        if code.year == row.scheme.year
    ]


def check(row: Adjustment) -> list[FieldError]:
    """As when it was proposed and decided: sign and size of its ground, a fact of its year, a fact that is told."""
    entry = Entry(
        row.scheme.track, row.ground, row.work, row.reason, row.city_task, row.bottom_place, row.ranking_scope
    )
    found = [one for one in entry_problems(entry) if one.field in ("work", "reason")]
    year = row.scheme.year
    if not date(year, 1, 1) <= row.happened_on <= date(year + 1, 12, 31):
        found.append(FieldError(f"事实日期须在 {year} 年 1 月 1 日至次年底。", "bad-date", field="happened_on"))
    points, ground = row.decided_points, GROUNDS[row.ground]
    if points is None:
        found.append(FieldError("审议分数不能留空。", "not-filled", field="decided_points"))
    elif row.state == AdjustmentState.REFUSED and points:
        found.append(FieldError("审议不予的，审议分数是 0；同意的另行审议。", "bad-points", field="decided_points"))
    elif row.state == AdjustmentState.GRANTED and (problem := decided_problem(ground, points)):
        found.append(FieldError(f"{problem}请改正。", "bad-points", field="decided_points"))
    return found


def after(row: Adjustment, before: Facts, actor: Actor, words: str, at: datetime) -> None:
    # Not the year alone: 加减分按季计入 puts it into the quarter of its day, the one before and the one now.
    scheme_moved(row.scheme)


ADJUSTMENT = Ended(
    model=Adjustment,
    code="adjustment",
    word="加减分",
    columns=("work", "reason", "happened_on", "document_number", "city_result", "city_result_on", "decided_points"),
    action="evaluation.adjustment.emended",
    place=lambda row: Place("evaluation", row.scheme.document_id, CLAUSE),
    find=visible_adjustment,
    may=may_check,
    name=lambda row: f"{row.organisation.name}的加减分（第 {row.pk} 条）",
    address=lambda row: to("evaluation:adjustment", row.pk),
    ended=lambda row: row.state in DECIDED,
    rests=rests,
    check=check,
    after=after,
)
