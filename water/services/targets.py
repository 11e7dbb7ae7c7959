"""Values of the targets of 二: entered with their source, changed by version, voided with a reason; and judgements."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from miyun_kpi.acts.acting import Act, acting, locked, require_version, unless_taken
from miyun_kpi.acts.days import IN_TIME, Late, day_of_act, late_words
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.lib.reading import read_reason
from water.access import require_target
from water.enums import DOCUMENT
from water.models import Judgement, Measure
from water.rules.targets import BOUNDS, share_of
from water.services.rounds import said_late


@dataclass(frozen=True)
class Given:
    """What was entered: a share in per cent, or numerator and denominator with their unit."""

    day: date
    share: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    unit: str
    source_kind: str
    source: str


def _check(given: Given, at: datetime) -> None:
    share_of(given.share, given.numerator, given.denominator)
    if given.day > at.astimezone().date():
        raise Refused("future", f"截至日期 {given.day} 还没有到，没有保存。请填已有数据的日期。")
    if not given.source.strip():
        raise Refused("no-source", "请写来源，例如某部门某月统计表；没有保存。")


def _day(given: Given, on: date | None, late: Late, at: datetime, stood: date | None = None) -> tuple[date, str]:
    """办理日期 of the paper that gives the number, and 补登 in words; the day that `stood` stays where no other is said."""
    done_on = day_of_act(on or stood, at)
    if done_on < given.day:
        raise Refused("too-early", f"办理日期 {done_on} 早于数据的截至日期 {given.day}，没有保存。请核对日期。")
    return done_on, "" if done_on == stood else late_words(done_on, at, late, clause=cite(DOCUMENT, "二"))


def _save(act: Act, row: Measure, given: Given, on: date, late: str) -> None:
    row.done_on, row.late = on, late or row.late
    for name in ("day", "share", "numerator", "denominator", "unit", "source_kind"):
        setattr(row, name, getattr(given, name))
    row.source = given.source.strip()
    act.sign(row, "entered")
    said = f"这个目标 {given.day} 已经有数，没有保存。请修改原来的那一条，或换一个日期。"
    with unless_taken(Conflict("day-taken", said)):
        act.save(row)


def enter_measure(
    *, actor: Actor, target: str, given: Given, on: date | None = None, late: Late = IN_TIME, at: datetime
) -> Measure:
    """`on`: 办理日期 of the paper that gives the number, by default today."""
    require_target(actor, target)
    _check(given, at)
    done_on, words = _day(given, on, late, at)
    with acting(actor, at) as act:
        row = Measure(target=target, version=0)
        _save(act, row, given, done_on, words)
        act.record("water.measure.entered", f"measure:{row.pk}", **_data(row), **said_late(words))
    return row


def _data(row: Measure) -> dict[str, str]:
    names = ("target", "day", "share", "numerator", "denominator", "source")
    return {name: "" if getattr(row, name) is None else str(getattr(row, name)) for name in names}


def _locked(measure_id: int, version: int) -> Measure:
    row = locked(Measure.objects.all(), measure_id)
    if row.struck_at is not None:
        raise Conflict("struck", "这一条已经作废，没有执行。")
    require_version(row, version, seen=_data(row))
    return row


def change_measure(
    *,
    actor: Actor,
    target: str,
    measure_id: int,
    version: int,
    given: Given,
    on: date | None = None,
    late: Late = IN_TIME,
    at: datetime,
) -> Measure:
    """`on`: 办理日期 where it is another than stood there."""
    require_target(actor, target)
    _check(given, at)
    with acting(actor, at) as act:
        row = _locked(measure_id, version)
        if row.target != target:
            raise NotFound
        done_on, words = _day(given, on, late, at, row.done_on)
        before = _data(row)
        _save(act, row, given, done_on, words)
        act.record("water.measure.changed", row, before=before, after=_data(row), **said_late(words))
    return row


def strike_measure(*, actor: Actor, target: str, measure_id: int, version: int, reason: str, at: datetime) -> Measure:
    require_target(actor, target)
    said = read_reason(reason, "作废要写理由", most=300)
    with acting(actor, at) as act:
        row = _locked(measure_id, version)
        if row.target != target:
            raise NotFound
        row.struck_at, row.struck_reason = at, said
        act.save(row)
        act.record("water.measure.struck", f"measure:{row.pk}", reason=said)
    return row


def judge(*, actor: Actor, target: str, day: date, verdict: str, reason: str, at: datetime) -> Judgement:
    """Only for targets without a printed number; a number speaks for itself."""
    require_target(actor, target)
    if target in BOUNDS:
        raise Refused(
            "number-decides",
            f"这个目标印有 {BOUNDS[target]}%，达到与否由数得出，不另作判断；没有保存。",
            clause=cite(DOCUMENT, "二"),
        )
    said = read_reason(reason, "判断要写理由")
    if day > at.astimezone().date():
        raise Refused("future", f"截至日期 {day} 还没有到，没有保存。")
    with acting(actor, at) as act:
        last = Judgement.objects.filter(target=target).first()
        if last and (last.day, last.verdict, last.reason, last.made_by) == (day, verdict, said, actor.label):
            return last
        row = Judgement.objects.create(
            target=target, day=day, verdict=verdict, reason=said, made_at=at, made_by=actor.label
        )
        act.record("water.target.judged", row, target=target, verdict=verdict, reason=said)
    return row
