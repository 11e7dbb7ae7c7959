"""绿色信用等级 and 贴息率: each entered with its basis, put right by a further entry, never overwritten."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from finance_policy import access
from finance_policy.enums import DOCUMENT, Grade, Level, SubsidyState
from finance_policy.models import GradeDecision, Subsidy, SubsidyRate
from finance_policy.queries.grades import decisions
from finance_policy.services.halting import follow, lock_firm
from finance_policy.services.settling import settle_rows
from miyun_kpi.acts.acting import Act, acting, lock_all, locked, unless_taken
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason


def decide_grade(
    *,
    actor: Actor,
    enterprise_id: int,
    grade: str,
    decided_on: date,
    basis: str,
    corrects: int | None = None,
    reason: str = "",
    at: datetime,
) -> GradeDecision:
    """附件·32: 环保部门 decide. `corrects` is the earlier decision that was entered wrongly; it stays readable."""
    enterprise = access.visible_enterprise(actor, enterprise_id)
    access.require_environment(actor, "绿色信用等级的评定")
    if grade not in Grade.values:
        raise Refused(
            "bad-grade", "等级只能是绿、蓝、黄、红、黑，没有保存。请选一个。", clause=cite(DOCUMENT, "附件·32")
        )
    said, why = basis.strip(), reason.strip()
    if not 2 <= len(said) <= 300:
        raise Refused("no-basis", "请写评定依据（2 至 300 字），没有保存。", clause=cite(DOCUMENT, "附件·32"))
    if decided_on > at.astimezone().date():
        raise Refused("future-day", f"评定日期 {decided_on} 还没有到，没有保存。请填今天或以前的日期。")
    why = read_reason(why, "更正要写理由", most=300, required=corrects is not None)
    with acting(actor, at) as act:
        firm, told = lock_firm(enterprise.values["code"]), decisions(enterprise.values["code"])
        same = told.filter(grade=grade, decided_on=decided_on, basis=said, corrected_by__isnull=True)
        if corrects is None and same.exists():
            raise Conflict(
                "already-entered", "同一天、同一等级、同一依据的评定已经登记，没有再登记。请刷新后看等级历史。"
            )
        earlier = None
        if corrects is not None:
            earlier = one_of(told.filter(pk=corrects))
            if GradeDecision.objects.filter(corrects=earlier).exists():
                raise Conflict("corrected", "这一次评定已经更正过，没有保存。请更正后来的那一次。")
        row = GradeDecision.objects.create(
            enterprise=enterprise,
            grade=grade,
            decided_on=decided_on,
            basis=said,
            corrects=earlier,
            reason=why if earlier else "",
            entered_at=at,
            entered_by=actor.label,
            entered_by_id=actor.user_id,
        )
        data = {"grade": grade, "decided_on": str(decided_on), "corrects": corrects, "reason": row.reason}
        act.record("finance.grade.decided", f"record:{enterprise.pk}", **data)
        follow(act, enterprise.values["code"], firm, f"{decided_on} 评定{row.get_grade_display()}")
    return row


def enter_rate(
    *, actor: Actor, level: str, from_on: date, until: date | None, percent: Decimal, basis: str, at: datetime
) -> SubsidyRate:
    """What was released for days from then on follows it by difference."""
    access.require_office(actor, "贴息率表")
    if level not in Level.values:
        raise Refused("bad-level", "级次只能是一级、二级、三级，没有保存。请选一个。")
    if until is not None and until < from_on:
        raise Refused("date-order", f"止日 {until} 早于起日 {from_on}，没有保存。请改日期。")
    with acting(actor, at) as act:
        _lock_level(level)
        row = _rate(act, level, from_on, until, percent, basis)
        settle_rows(act, _of_level(level), f"录入自 {from_on} 起的贴息率 {plain(percent)}%")
    return row


def _lock_level(level: str) -> None:
    """The rates of a level, for who changes them and for who releases by one of them."""
    lock_all(SubsidyRate.objects.filter(level=level, struck_at__isnull=True))


def _of_level(level: str) -> QuerySet[Subsidy]:
    return Subsidy.objects.filter(level=level, state=SubsidyState.RELEASED)


def _rate(act: Act, level: str, from_on: date, until: date | None, percent: Decimal | None, basis: str) -> SubsidyRate:
    if percent is None or not 0 < percent <= 100:
        shown = "" if percent is None else f" {percent}%"
        raise Refused("bad-rate", f"贴息年率{shown} 须大于 0、不超过 100%，没有保存。请核对。")
    said = basis.strip()
    if not 2 <= len(said) <= 200:
        raise Refused("no-basis", "请写依据的文件（2 至 200 字），没有保存。")
    told = f"{Level(level).label}自 {from_on} 起已有贴息率，没有保存。请先作废原来的，或换一个起日。"
    with unless_taken(Conflict("rate-taken", told)):
        row = SubsidyRate.objects.create(
            level=level, from_on=from_on, until=until, percent=percent, basis=said, **act.signed(SubsidyRate, "entered")
        )
    act.record("finance.rate.entered", f"rate:{row.pk}", level=level, from_on=str(from_on), percent=str(percent))
    return row


def strike_rate(
    *,
    actor: Actor,
    rate_id: int,
    version: int,
    reason: str,
    percent: Decimal | None = None,
    basis: str = "",
    at: datetime,
) -> None:
    """An entry that was wrong; with `percent` the right one takes its place in the same act.

    What was released by it is settled by difference, against the table as it stands afterwards.
    """
    access.require_office(actor, "贴息率表")
    said = read_reason(reason, "作废要写理由", most=300)
    level = one_of(SubsidyRate.objects.filter(pk=rate_id)).level
    with acting(actor, at) as act:
        _lock_level(level)
        row = locked(SubsidyRate.objects.all(), rate_id)
        if row.version != version or row.struck_at is not None:
            raise Conflict("stale", "这一条贴息率刚被作废，没有执行。请刷新后再看。")
        row.struck_at, row.struck_by, row.struck_reason, row.version = at, actor.label, said, version + 1
        row.save()
        act.record("finance.rate.struck", f"rate:{row.pk}", reason=said)
        words = f"自 {row.from_on} 起的贴息率 {plain(row.percent)}% 作废"
        if percent is not None:
            _rate(act, level, row.from_on, row.until, percent, basis)
            words += f"，改为 {plain(percent)}%"
        settle_rows(act, _of_level(level), words)
