"""Duties of the whole scene: reports and statements in every state, a rhythm set by the office that keeps the document."""

from datetime import date, datetime, timedelta
from functools import partial

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.registry import DemoWindow
from miyun_kpi.duties.access import reviewed_by
from miyun_kpi.duties.enums import Cadence, Course, UnitRole
from miyun_kpi.duties.models import Duty, DutyPeriod, DutyPhrase, DutyUnit
from miyun_kpi.duties.rules.cadence import Span, span_on
from miyun_kpi.duties.services.opening import DutyWindow, open_past
from miyun_kpi.duties.services.reports import (
    ReportInput,
    Seen,
    accept_reports,
    report_of,
    return_report,
    save_report,
    submit_reports,
)
from miyun_kpi.duties.services.statements import decide_statement, file_statement
from miyun_kpi.duties.services.units import extend_list
from miyun_kpi.duties.services.upkeep import set_rhythm
from miyun_kpi.lib.citations import code_of, document_of
from miyun_kpi.organisations.queries import resolve

OPEN_GOVERNMENT, SAFETY = code_of(document_of("disclosure")), code_of(document_of("safety"))
MEETINGS, HEADS = f"{OPEN_GOVERNMENT}/三（六）/1/1", f"{OPEN_GOVERNMENT}/三（三）/2/1"
WELFARE, RELIEF = f"{OPEN_GOVERNMENT}/二（五）/3/1", f"{OPEN_GOVERNMENT}/二（五）/3/2"
LISTED = f"{OPEN_GOVERNMENT}/二（三）/1"
ROADMAP = f"{SAFETY}/三（一）"
OFFICE, SAFETY_OFFICE = "zhengwu", "anwei"


def open_window(key: str, period: str, window: DutyWindow, at: datetime) -> None:
    """A span whose document has run out, opened around another day: no clock and no office would open it any more."""
    units = DutyUnit.objects.filter(duty__key=key, active=True).order_by("pk")
    rows = [DutyPeriod(unit=unit, period=period, **window.__dict__) for unit in units]
    DutyPeriod.objects.bulk_create(rows, ignore_conflicts=True)


class Owed:
    """What the unit of one account owes for one period of a duty, act after act."""

    def __init__(self, timeline: Timeline, by: str, key: str, period: str) -> None:
        self.timeline, self.by, self.key, self.period = timeline, by, key, period

    @property
    def row(self) -> DutyPeriod:
        organisation = self.timeline.actor(self.by).organisation_id or 0
        found = DutyPeriod.objects.select_related("report", "statement", "unit__duty", "unit__organisation")
        return found.get(unit__duty__key=self.key, unit__organisation_id=organisation, period=self.period)

    def saved(self, ago: int, course: Course, progress: str, problem: str = "") -> "Owed":
        def deed(at: datetime) -> None:
            row = self.row
            stored = report_of(row)
            said = ReportInput(stored.version if stored else 0, course, progress=progress, problem=problem)
            save_report(actor=self.timeline.actor(self.by), duty_period_id=row.pk, report=said, at=at)

        self.timeline.on(ago, deed)
        return self

    def filed(self, ago: int) -> "Owed":
        def deed(at: datetime) -> None:
            found = DutyPeriod.objects.filter(pk=self.row.pk)
            submit_reports(actor=self.timeline.actor(self.by), found=found, at=at)

        self.timeline.on(ago, deed)
        return self

    def accepted(self, ago: int, by: str) -> "Owed":
        def deed(at: datetime) -> None:
            actor = self.timeline.actor(by)
            accept_reports(actor=actor, found=reviewed_by(actor), seen=[self._seen()], at=at)

        self.timeline.on(ago, deed)
        return self

    def returned(self, ago: int, by: str, until: int) -> "Owed":
        """`until`: days before the day of loading, negative for one to come."""

        def deed(at: datetime) -> None:
            actor = self.timeline.actor(by)
            return_report(
                actor=actor,
                found=reviewed_by(actor),
                seen=self._seen(),
                observation="（演示）请补充具体数字和责任人",
                until=self.timeline.at + timedelta(days=-until),
                at=at,
            )

        self.timeline.on(ago, deed)
        return self

    def stated(self, ago: int, reason: str) -> "Owed":
        def deed(at: datetime) -> None:
            row = self.row
            stored = getattr(row, "statement", None)
            version = stored.version if stored else 0
            file_statement(
                actor=self.timeline.actor(self.by), duty_period_id=row.pk, version=version, reason=reason, at=at
            )

        self.timeline.on(ago, deed)
        return self

    def judged(self, ago: int, accepted: bool) -> "Owed":
        def deed(at: datetime) -> None:
            row = self.row
            decide_statement(
                actor=self.timeline.actor(OFFICE),
                duty_period_id=row.pk,
                version=row.statement.version,
                accepted=accepted,
                opinion="（演示）理由不充分，请照常开展" if not accepted else "",
                at=at,
            )

        self.timeline.on(ago, deed)
        return self

    def _seen(self) -> Seen:
        row = self.row
        return Seen(row.pk, row.report.version)


def tell(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    timeline.on(80, lambda at: _named(timeline, at))
    _open_government(timeline, window)
    _safety(timeline)
    timeline.tell()


def _named(timeline: Timeline, at: datetime) -> None:
    """One of the units an open list means is named by the office."""
    phrase = DutyPhrase.objects.select_related("duty").get(duty__key=LISTED, role=UnitRole.JOINTLY)
    finance = resolve("区财政局")
    assert finance is not None
    extend_list(
        actor=timeline.actor(OFFICE),
        phrase_id=phrase.pk,
        version=phrase.duty.version,
        codes=[finance.code],
        reason="（演示）资金信息由区财政局会同公开",
        at=at,
    )


def _open_government(timeline: Timeline, window: DemoWindow) -> None:
    """An earlier quarter and month that ran out two months ago, and what the open ones still lack."""
    past = DutyWindow(timeline.moment(75), timeline.moment(50), timeline.moment(45), timeline.moment(40))
    now = DutyWindow(**{name: getattr(window, name) for name in ("starts_at", "due_at", "late_until", "locks_at")})
    for key, period in ((MEETINGS, "2020Q2"), (WELFARE, "2020-08"), (RELIEF, "2020Q2")):
        timeline.on(75, partial(open_window, key, period, past))
    timeline.on(6, partial(open_window, RELIEF, "2020Q3", now))
    meeting = "（演示）开放镇长办公会一次，列席代表 6 人，收到意见 4 条。"
    for by in ("beizhuang", "xiwengzhuang"):
        Owed(timeline, by, MEETINGS, "2020Q2").saved(60, Course.DONE, meeting).filed(58).accepted(55, OFFICE)
    late = Owed(timeline, "taishitun", MEETINGS, "2020Q2").saved(49, Course.STUCK, meeting, "（演示）代表时间未定")
    late.filed(48).returned(46, OFFICE, 42).saved(44, Course.DONE, meeting).filed(43).accepted(41, OFFICE)
    month = "（演示）8月低保、特困人员数量和资金支出已公开。"
    welfare = Owed(timeline, "minzheng", WELFARE, "2020-08").saved(58, Course.DONE, month).filed(57)
    welfare.returned(3, OFFICE, -9)
    relief = Owed(timeline, "minzheng", RELIEF, "2020Q2").saved(56, Course.ON_COURSE, "（演示）二季度临时救助已公开。")
    relief.filed(54).accepted(52, OFFICE)
    Owed(timeline, "minzheng", RELIEF, "2020Q3").saved(2, Course.LAGGING, "（演示）正在汇总", "（演示）两镇未报数")
    said = "（演示）本单位本年度没有出台政策性文件，不开展一把手解读。"
    Owed(timeline, "taishitun", HEADS, "2020").stated(5, said).judged(3, True)
    Owed(timeline, "beizhuang", HEADS, "2020").stated(4, said).judged(2, False)


def _safety(timeline: Timeline) -> None:
    """A continuous duty gets a rhythm; the half year that has ended was reported in its time, the running one is begun."""
    running = span_on(Cadence.HALF_YEARLY, timeline.today)
    ended = span_on(Cadence.HALF_YEARLY, running.first_day - timedelta(days=1))
    begun = _ago(timeline, ended.first_day) - 3

    def rhythm(at: datetime) -> None:
        duty = Duty.objects.get(key=ROADMAP)
        set_rhythm(
            actor=timeline.actor(SAFETY_OFFICE),
            duty_id=duty.pk,
            version=duty.version,
            cadence=Cadence.HALF_YEARLY,
            since=ended.first_day,
            reason="（演示）每半年汇总一次",
            at=at,
        )

    def opened(at: datetime, span: Span) -> None:
        actor = timeline.actor(SAFETY_OFFICE)
        open_past(
            actor=actor,
            document=document_of("safety"),
            first=span.first_day,
            last=min(span.last_day, at.astimezone().date()),
            at=at,
        )

    timeline.on(begun, rhythm)
    timeline.on(begun - 1, lambda at: opened(at, ended))
    timeline.on(0, lambda at: opened(at, running))
    done = "（演示）路线图按期推进，完成两项。"
    last = _ago(timeline, ended.last_day)
    Owed(timeline, "beizhuang", ROADMAP, ended.code).saved(last + 20, Course.ON_COURSE, done).filed(last + 19).accepted(
        last + 10, SAFETY_OFFICE
    )
    second = Owed(timeline, "xiwengzhuang", ROADMAP, ended.code).saved(
        last + 18, Course.LAGGING, done, "（演示）招标延后"
    )
    second.filed(last + 17).returned(last + 15, SAFETY_OFFICE, last + 2)
    second.saved(last + 12, Course.ON_COURSE, done).filed(last + 11).accepted(last + 9, SAFETY_OFFICE)
    Owed(timeline, "beizhuang", ROADMAP, running.code).saved(0, Course.ON_COURSE, done)
    Owed(timeline, "xiwengzhuang", ROADMAP, running.code).saved(0, Course.ON_COURSE, done).filed(0)
    third = Owed(timeline, "taishitun", ROADMAP, running.code).saved(0, Course.ON_COURSE, done).filed(0)
    third.returned(0, SAFETY_OFFICE, -10)


def _ago(timeline: Timeline, day: date) -> int:
    return (timeline.today - day).days
