"""年度进度: the office moves the planned day of a step, with a reason."""

from datetime import date, datetime

from django.db import IntegrityError

from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_close import require_closing
from evaluation.year.models.year_close import PlanDate
from evaluation.year.rules.year_plan import BY_CODE
from miyun_kpi.acts.acting import acting, lock_one
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.site import is_demonstration


def set_planned_day(
    *, actor: Actor, scheme_id: int, step: str, version: int, planned_on: date, reason: str, at: datetime
) -> PlanDate:
    """`version` 0 while the default stands. A day outside the printed stage is kept and shown as such."""
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    require_closing(actor, scheme)
    if step not in BY_CODE:
        raise NotFound
    reason = read_reason(reason, "改计划日期要写理由")
    last = date(scheme.year + 1, 12, 31)
    if is_demonstration():
        # Its year is played around the day of loading, whatever year the scheme is of.
        last = max(last, date(at.year + 1, 12, 31))
    if not date(scheme.year, 1, 1) <= planned_on <= last:
        raise Refused("bad-date", f"计划日期须在 {scheme.year} 年至 {last.year} 年之间，没有保存。请改正。")
    try:
        with acting(actor, at) as act:
            stored = lock_one(PlanDate.objects.filter(scheme=scheme, step=step))
            row = stored or PlanDate(scheme=scheme, step=step, version=0)
            if row.version != version:
                now = row.planned_on if row.version else "原定的日期"
                raise Conflict("stale", f"这一步的计划日期现在是{now}，没有保存。请看过后再改。")
            old = row.planned_on.isoformat() if row.version else ""
            row.planned_on, row.reason = planned_on, reason
            act.sign(row, "set")
            act.save(row)
            data = {"step": step, "old": old, "new": planned_on.isoformat(), "reason": reason}
            act.record("evaluation.plan-day.set", f"scheme:{scheme.pk}", **data)
    except IntegrityError:
        raise Conflict("stale", "这一步的计划日期刚被别人改过，没有保存。请刷新后再改。") from None
    return row
