"""What happens during and after a stay: reports and assessments, trips, 出站, 退站, the contract afterwards (第十二至二十一条)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError

from miyun_kpi.acts.acting import acting, lock_one
from miyun_kpi.acts.days import IN_TIME, Late, late_words
from miyun_kpi.db.sealed import Sealed, seal
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from postdoc import access
from postdoc.enums import DOCUMENT, RESTRICTED, Grant, Ground, Leaving, Notice, Result
from postdoc.models import Employment, MilestoneDone, Stay, Trip
from postdoc.queries.stays import facts_of, line_of
from postdoc.rules.calendar import last_day
from postdoc.rules.leaving import earliest, ground_problem, leaving_kind
from postdoc.rules.milestones import LONGEST, LONGEST_MAJOR
from postdoc.services._common import note, require_past, require_reason, today_of
from postdoc.services.holding import resting
from postdoc.services.settling import require_leaving_day, settle_leaving, unsettle_leaving
from postdoc.services.stays import locked_stay, save_stay, stay_event, with_late

# What is asked for on what comes after a stay, and what has to go before such a fact is changed.
AFTER = (Grant.LEAVING, Grant.CONVERSION)
FIRST = "请先撤回申报；已拨付的，全部追回到账以后再办。"


@contextmanager
def _acting(
    actor: Actor, stay_id: int, version: int, act: str, text: str, at: datetime, *, by_handler: bool = False
) -> Iterator[Stay]:
    """The stay, locked; what the block changed is saved, with its event and audit."""
    seen = access.visible_stay(actor, stay_id)
    if by_handler:
        access.require_handler(actor, f"“{act}”")
    else:
        access.require_enter(actor, seen.station)
    with acting(actor, at):
        row = locked_stay(actor, stay_id, version)
        yield row
        save_stay(actor, row)
        stay_event(actor, row, act, text, at)
        note(actor, "stay.acted", row, {"act": act}, at)


def _in_station(row: Stay, what: str) -> None:
    if row.left_on is not None:
        raise Conflict("left", f"已于 {row.left_on} 离站，不再登记{what}，没有保存。")


def record_milestone(
    *,
    actor: Actor,
    stay_id: int,
    version: int,
    code: str,
    done_on: date,
    result: str,
    late: Late = IN_TIME,
    at: datetime,
) -> MilestoneDone:
    """开题报告, 半年考核, 年度考核, 学位证书: once each; `take_back` undoes a wrong one."""
    require_past(done_on, at, "完成日期")
    words = late_words(done_on, at, late)
    with _acting(actor, stay_id, version, "登记考核", with_late(f"{code} {done_on}", words), at) as row:
        known = {one.code: one for one in line_of(row, today_of(at)).milestones}
        if code not in known or result not in Result.values:
            raise Refused("unknown-milestone", "请选在站事项和结果，没有保存。")
        if done_on < row.entered_on:
            raise Refused("too-early", "完成日期早于进站日，没有保存。请核对日期。")
        if code == "degree" and result == Result.PASSED:
            row.degree_on = row.degree_on or done_on
        try:
            with acting(actor, at):
                return MilestoneDone.objects.create(
                    stay=row, code=code, done_on=done_on, result=result, late=words, by=actor.label, at=at
                )
        except IntegrityError:
            raise Conflict("already-registered", f"“{known[code].title}”已经登记过，没有再登记。") from None


def take_back(*, actor: Actor, stay_id: int, version: int, what: str, reason: str, at: datetime) -> None:
    """A report, trip, contract or conversion entered by mistake, taken back by the handler unless money rests on it."""
    said = require_reason(reason, "撤销登记")
    kind, _, number = what.partition("-")
    if not number.isdecimal() or kind not in ("milestone", "trip", "employment", "conversion"):
        raise Refused("not-filled", "请选要撤销哪一项登记，没有执行。")
    with _acting(actor, stay_id, version, "撤销登记", said, at, by_handler=True) as row:
        if kind in ("employment", "conversion") and resting(row.applications.filter(grant__in=AFTER)):
            raise Conflict("claimed", f"已按它申报经费，不能撤销，没有执行。{FIRST}")
        if kind == "conversion":
            row.converted_on, row.conversion = None, ""
            return
        found: Any = {"milestone": row.milestones, "trip": row.trips, "employment": row.employments}[kind]
        one = found.filter(pk=int(number)).first()
        if one is None:
            raise Conflict("gone", "这一项已经不在，没有执行。请刷新后再看。")
        if isinstance(one, MilestoneDone) and one.code == "degree" and row.degree_on == one.done_on:
            row.degree_on = None
        one.delete()


def record_trip(
    *, actor: Actor, stay_id: int, version: int, purpose: str, out_on: date, return_by: date, at: datetime
) -> Trip:
    with _acting(actor, stay_id, version, "登记出国", f"{out_on} 至 {return_by}", at) as row:
        _in_station(row, "出国")
        if not purpose.strip() or return_by < out_on or out_on < row.entered_on:
            raise Refused("bad-trip", "请填事由；返回日期不早于出国日期，出国日期不早于进站日。没有保存。")
        return Trip.objects.create(
            stay=row, purpose=purpose.strip(), out_on=out_on, return_by=return_by, by=actor.label, at=at
        )


def record_return(*, actor: Actor, stay_id: int, version: int, trip_id: int, returned_on: date, at: datetime) -> None:
    require_past(returned_on, at, "返回日期")
    with _acting(actor, stay_id, version, "登记返回", str(returned_on), at) as row:
        found = lock_one(row.trips.filter(pk=trip_id, returned_on__isnull=True))
        if found is None:
            raise Conflict("wrong-state", "没有等着返回的这次出国，没有保存。请刷新后再看。")
        if returned_on < found.out_on:
            raise Refused("too-early", "返回日期早于出国日期，没有保存。请核对日期。")
        found.returned_on = returned_on
        found.save()


def leave(*, actor: Actor, stay_id: int, version: int, left_on: date, late: Late = IN_TIME, at: datetime) -> Stay:
    """出站 (第十五条): 期满, or 提前 with no less than 21 months. Below that only 退站 is left."""
    require_past(left_on, at, "离站日")
    words = late_words(left_on, at, late, clause=cite(DOCUMENT, "第十五条"))
    with _acting(actor, stay_id, version, "登记出站", with_late(str(left_on), words), at) as row:
        _in_station(row, "离站")
        require_leaving_day(row, left_on, today_of(at))
        kind = leaving_kind(row.entered_on, row.ends_on, left_on)
        if kind is None:
            raise Refused(
                "too-early",
                f"在站时间不得低于 21 个月（到 {earliest(row.entered_on)}），没有保存。确需离站的，请办理退站。",
                clause=cite(DOCUMENT, "第十五条"),
            )
        top = last_day(row.entered_on, LONGEST_MAJOR if row.major_project else LONGEST)
        if left_on > top:
            raise Refused(
                "too-late",
                f"在站时间最长到 {top}，没有保存。超过的按第十六条（九）办理退站。",
                clause=cite(DOCUMENT, "第十五条"),
            )
        row.left_on, row.leaving, row.left_late = left_on, kind, words
        _settle(actor, row, at)
    return row


def withdraw(
    *,
    actor: Actor,
    stay_id: int,
    version: int,
    left_on: date,
    ground: str,
    notice: str,
    noticed_on: date,
    explanation: str,
    late: Late = IN_TIME,
    at: datetime,
) -> Stay:
    """退站 (第十六条): one of the twelve grounds, after the person was told or it was made public."""
    if ground not in Ground.values or notice not in Notice.values:
        raise Refused(
            "not-filled", "请选退站情形（十二项之一）和告知方式，没有保存。", clause=cite(DOCUMENT, "第十六条")
        )
    if noticed_on > left_on:
        raise Refused(
            "not-told", "应在告知本人或公告以后退站，告知日期晚于退站日，没有保存。", clause=cite(DOCUMENT, "第十六条")
        )
    require_past(left_on, at, "退站日")
    words = late_words(left_on, at, late, clause=cite(DOCUMENT, "第十六条"))
    with _acting(actor, stay_id, version, "登记退站", with_late(str(left_on), words), at) as row:
        _in_station(row, "退站")
        require_leaving_day(row, left_on, today_of(at), "退站日")
        if noticed_on < row.entered_on:
            raise Refused("too-early", f"告知日期早于进站日 {row.entered_on}，没有保存。请核对日期。")
        problem = ground_problem(ground, facts_of(row, left_on), left_on)
        if problem:
            raise Refused(
                "ground-unmet", f"{problem}，没有保存。请核对退站情形或先补登记。", clause=cite(DOCUMENT, "第十六条")
            )
        if ground == Ground.OTHER and not explanation.strip():
            raise Refused(
                "not-filled",
                "按第（十二）项退站的，要写是什么原因，没有保存。",
                clause=cite(DOCUMENT, "第十六条（十二）"),
            )
        row.left_on, row.leaving, row.notice, row.noticed_on = left_on, Leaving.WITHDRAWN, notice, noticed_on
        row.left_late = words
        row.ground = "" if ground in RESTRICTED else ground
        row.ground_sealed = seal(f"{Ground(ground).label}\n{explanation.strip()}".strip())
        _settle(actor, row, at)
    return row


def _settle(actor: Actor, row: Stay, at: datetime) -> None:
    """What was claimed of months after the day is settled in the same act, and the trail says so."""
    for words in settle_leaving(actor, row, at):
        stay_event(actor, row, "离站后多领", words, at)


def undo_leaving(*, actor: Actor, stay_id: int, version: int, reason: str, at: datetime) -> None:
    """Entered by mistake: taken back by the handler, as long as no money rests on it."""
    said = require_reason(reason, "撤销离站登记")
    with _acting(actor, stay_id, version, "撤销离站登记", said, at, by_handler=True) as row:
        if row.left_on is None:
            raise Conflict("wrong-state", "还没有登记离站，没有执行。")
        if row.person.stays.filter(entered_on__gt=row.entered_on).exists():
            raise Conflict("stays-after", "这个人以后又进站，不能撤销，没有执行。")
        if resting(row.applications.filter(grant__in=AFTER)):
            raise Conflict("claimed", f"已按这次出站申报经费，不能撤销，没有执行。{FIRST}")
        row.left_on, row.leaving, row.ground, row.ground_sealed, row.notice, row.noticed_on = (
            None,
            "",
            "",
            Sealed(),
            "",
            None,
        )
        row.as_completed, row.as_completed_reason, row.as_completed_by = False, "", ""
        row.left_late = ""
        for words in unsettle_leaving(actor, row, at):
            stay_event(actor, row, "撤销离站登记", words, at)


def decide_completed(*, actor: Actor, stay_id: int, version: int, reason: str, at: datetime) -> None:
    """A person decides that an early 出站 counts as 期满 (推定: 第十五条 leaves it open)."""
    # Between 21 and 24 months the text neither grants nor refuses what hangs on 期满: a person answers for it, with a reason.
    said = require_reason(reason, "按期满对待的决定")
    with _acting(actor, stay_id, version, "决定按期满对待", said, at, by_handler=True) as row:
        if row.leaving != Leaving.EARLY:
            raise Conflict("wrong-state", "只有提前出站的才需要这个决定，没有执行。")
        if row.as_completed:
            raise Conflict("already-registered", "已经作过这个决定，没有再作。")
        row.as_completed, row.as_completed_reason, row.as_completed_by = True, said, actor.label


def record_employment(
    *,
    actor: Actor,
    stay_id: int,
    version: int,
    employer: str,
    in_miyun: bool,
    from_day: date,
    until: date,
    at: datetime,
) -> Employment:
    with _acting(actor, stay_id, version, "登记出站后合同", f"{from_day} 至 {until}", at) as row:
        if row.left_on is None:
            raise Conflict("wrong-state", "还没有出站，不登记出站后的合同，没有保存。")
        if not employer.strip() or until < from_day or from_day < row.left_on:
            raise Refused(
                "bad-contract", f"请填聘用单位；合同止日不早于起日，起日不早于离站日 {row.left_on}。没有保存。"
            )
        return Employment.objects.create(
            stay=row,
            employer=employer.strip(),
            in_miyun=in_miyun,
            from_day=from_day,
            until=until,
            by=actor.label,
            at=at,
        )


def end_employment(
    *, actor: Actor, stay_id: int, version: int, employment_id: int, ended_on: date, at: datetime
) -> None:
    """A contract ended before its time."""
    require_past(ended_on, at, "终止日期")
    with _acting(actor, stay_id, version, "登记合同提前终止", str(ended_on), at) as row:
        found = lock_one(row.employments.filter(pk=employment_id, ended_on__isnull=True))
        if found is None:
            raise Conflict("wrong-state", "没有这份在履行的合同，没有保存。请刷新后再看。")
        if not found.from_day <= ended_on < found.until:
            raise Refused("bad-day", "提前终止日期要在合同起止之间，没有保存。请核对日期。")
        found.ended_on = ended_on
        found.save()


def record_conversion(
    *, actor: Actor, stay_id: int, version: int, converted_on: date, conversion: str, at: datetime
) -> None:
    """成果落地转化 and the benefit it brought (第二十一条)."""
    require_past(converted_on, at, "转化日期")
    said = require_reason(conversion, "转化的成果和产生的经济社会效益")
    with _acting(actor, stay_id, version, "登记成果转化", str(converted_on), at) as row:
        if row.left_on is None or converted_on < row.left_on:
            raise Refused(
                "too-early",
                "成果转化按出站以后 3 年内计算，日期早于出站日，没有保存。",
                clause=cite(DOCUMENT, "第二十一条"),
            )
        if resting(row.applications.filter(grant=Grant.CONVERSION)):
            raise Conflict("claimed", f"已按登记的转化申报奖励，不再修改，没有保存。{FIRST}")
        row.converted_on, row.conversion = converted_on, said
