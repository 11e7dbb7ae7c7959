"""The life of a progress report: saved line by line, submitted together, accepted or given back with an observation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import acting, lock_all, require_other_hand
from miyun_kpi.db.asked import asked
from miyun_kpi.duties.access import require_report
from miyun_kpi.duties.enums import WRITABLE, Course, ReportState
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.rules.standing import phase
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, NotFound, Refused
from miyun_kpi.lib.reading import read_reason

LONGEST = 1000
TEXTS = {"progress": "进展", "problem": "问题", "next_step": "下一步"}
OFFLINE_OBSERVATION = "材料线下退回，意见见线下文书。"


@dataclass(frozen=True)
class ReportInput:
    """One line as typed. `version` is the one the writer saw, 0 for a never-saved line. Texts and files never together
    with an offline duty, which has the last three instead."""

    version: int
    course: str
    progress: str = ""
    problem: str = ""
    next_step: str = ""
    offline_on: date | None = None
    offline_handler: str = ""
    offline_number: str = ""
    unchanged: bool = False


@dataclass(frozen=True)
class Seen:
    """A report with the version somebody has read."""

    duty_period_id: int
    version: int


def _locked(found: QuerySet[DutyPeriod]) -> list[DutyPeriod]:
    """The rows, locked, with their reports read after the lock: joined to it they could be those of before the wait."""
    ids = found.order_by().values("pk")
    return _as_held([row.pk for row in lock_all(DutyPeriod.objects.filter(pk__in=ids))])


@asked
def _as_held(rows: list[int]) -> QuerySet[DutyPeriod]:
    related = ("unit__duty", "unit__organisation", "report")
    return DutyPeriod.objects.filter(pk__in=rows).select_related(*related).order_by("pk")


def locked_line(found: QuerySet[DutyPeriod]) -> DutyPeriod:
    rows = _locked(found)
    if not rows:
        raise NotFound
    return rows[0]


def report_of(duty_period: DutyPeriod) -> ProgressReport | None:
    return getattr(duty_period, "report", None)


def require_open(duty_period: DutyPeriod, at: datetime) -> None:
    """Refuse, saying why and who can open it, unless the unit may write at this moment."""
    name = f"“{duty_period.unit.duty.title}”{duty_period.period}"
    if duty_period.state == ReportState.OPENING:
        raise Conflict("taken-in", f"{name}是期初已办，上线前已在纸面办结，没有保存。登记有误请与主管单位联系。")
    if duty_period.state not in WRITABLE:
        raise Conflict("report-filed", f"{name}已报送，不能再改，没有保存。要改请审核单位退回这一项。")
    if duty_period.reopened_until is not None:
        if at < duty_period.reopened_until:
            return
        raise Conflict("report-closed", f"{name}退回后的修改期限已过，没有保存。请联系审核单位再次退回。")
    now = phase(duty_period, at)
    if now == "before":
        raise Conflict("report-not-started", f"{name}还没有到填报开始时间，没有保存。请届时再报。")
    if now in ("closed", "locked"):
        word = "已过补报截止" if now == "closed" else "已锁定"
        raise Conflict("report-closed", f"{name}{word}，没有保存，原内容不变。请与考评办联系。")


def own_line(actor: Actor, duty_period_id: int) -> DutyPeriod:
    duty_period = locked_line(DutyPeriod.objects.filter(pk=duty_period_id))
    require_report(actor, duty_period)
    return duty_period


def lock_own_open(actor: Actor, duty_period_id: int, at: datetime) -> DutyPeriod:
    """The unit's own line, locked for the transaction and still to be written in: for evidence."""
    duty_period = own_line(actor, duty_period_id)
    require_open(duty_period, at)
    return duty_period


def save_report(*, actor: Actor, duty_period_id: int, report: ReportInput, at: datetime) -> ProgressReport:
    """Save one line as a draft. Refuses what the line lacks all at once; a stale version as Conflict with what is stored."""
    return save_reports(actor=actor, reports={duty_period_id: report}, at=at)[0]


def save_reports(*, actor: Actor, reports: Mapping[int, ReportInput], at: datetime) -> list[ProgressReport]:
    """Save lines by their ids as drafts, all or none, in a fixed number of statements. The first that fails says why."""
    with acting(actor, at) as act:
        rows = _locked(DutyPeriod.objects.filter(pk__in=reports))
        if len(rows) != len(reports):
            raise NotFound
        fresh = [_drafted(actor, row, reports[row.pk], at) for row in rows]
        ProgressReport.objects.bulk_create([one for one in fresh if one.pk is None], batch_size=200)
        ProgressReport.objects.bulk_update([one for one in fresh if one.version > 1], _WRITTEN, batch_size=200)
        DutyPeriod.objects.filter(pk__in=[row.pk for row in rows]).update(state=ReportState.DRAFT)
        for one in fresh:
            said = {"version": one.version, "course": one.course, "unchanged": one.unchanged}
            act.record("duties.report.saved", f"duty-period:{one.duty_period_id}", **said)
    return fresh


_WRITTEN = (
    *("course", *TEXTS, "offline_on", "offline_handler", "offline_number", "unchanged"),
    *("version", "saved_at", "saved_by"),
    *("paper_number", "received_on", "entered_late", "paper_by_id"),
)


def _drafted(actor: Actor, duty_period: DutyPeriod, report: ReportInput, at: datetime) -> ProgressReport:
    require_report(actor, duty_period)
    require_open(duty_period, at)
    return written(actor, duty_period, report, at)


def written(actor: Actor, duty_period: DutyPeriod, report: ReportInput, at: datetime) -> ProgressReport:
    """The line as it would be stored, not stored yet; what was entered from paper before is not any more."""
    stored = report_of(duty_period)
    _require_version(stored, report.version)
    _check(duty_period, report)
    fresh = stored or ProgressReport(duty_period=duty_period, version=0)
    for name in ("course", *TEXTS, "offline_handler", "offline_number"):
        setattr(fresh, name, getattr(report, name).strip())
    fresh.offline_on, fresh.unchanged = report.offline_on, report.unchanged
    fresh.version += 1
    fresh.saved_at, fresh.saved_by = at, actor.label
    fresh.paper_number, fresh.received_on, fresh.entered_late, fresh.paper_by_id = "", None, "", None
    duty_period.state = ReportState.DRAFT
    return fresh


def _require_version(stored: ProgressReport | None, version: int) -> None:
    now = stored.version if stored else 0
    if now == version:
        return
    what = (
        f"现存：{stored.get_course_display()}，{stored.progress or '没有文字'}（{stored.saved_by}）" if stored else ""
    )
    raise Conflict(
        "stale",
        f"这一行刚被别人改过，没有保存。{what + '。' if what else ''}再按一次保存就以您的为准，按放弃则取现存的。",
        errors=[FieldError("这一行刚被改过。", "stale", current={"value": what, "version": now})],
    )


def _check(duty_period: DutyPeriod, report: ReportInput) -> None:
    problems: list[FieldError] = []
    if report.course not in Course.values:
        problems.append(FieldError("请选状态：在轨、滞后、受阻或完成。", "course-missing", field="course"))
    texts = {name: getattr(report, name).strip() for name in TEXTS}
    if duty_period.unit.duty.offline_only:
        problems += _check_offline(report, texts)
    else:
        problems += _check_texts(report, texts)
    if problems:
        said = problems[0].message if len(problems) == 1 else "；".join(p.message.rstrip("。") for p in problems) + "。"
        raise Refused("incomplete-report", f"{said.rstrip('。')}。这一行没有保存。", errors=problems)


def _check_texts(report: ReportInput, texts: dict[str, str]) -> list[FieldError]:
    problems = []
    for name, label in TEXTS.items():
        if len(texts[name]) > LONGEST:
            problems.append(FieldError(f"{label}超过 {LONGEST} 字，请精简。", "too-long", field=name))
        if "\x00" in texts[name]:
            problems.append(FieldError(f"{label}含有读不出的字符。", "bad-character", field=name))
    if report.course and not texts["progress"]:
        problems.append(FieldError("请写进展。", "progress-missing", field="progress"))
    if report.course in (Course.LAGGING, Course.STUCK) and not texts["problem"]:
        problems.append(FieldError("滞后或受阻须写问题。", "problem-missing", field="problem"))
    if report.offline_on or report.offline_handler.strip() or report.offline_number.strip():
        problems.append(FieldError("这项任务在线填报，没有线下编号。", "not-offline", field="offline_number"))
    return problems


def _check_offline(report: ReportInput, texts: dict[str, str]) -> list[FieldError]:
    problems = []
    if any(texts.values()):
        problems.append(
            FieldError("这项任务材料线下报送，网上只填状态、日期、经办人和编号，不写文字。", "offline-only")
        )
    if report.offline_on is None:
        problems.append(FieldError("请写线下报送日期。", "date-missing", field="offline_on"))
    handler, number = report.offline_handler.strip(), report.offline_number.strip()
    if not 1 <= len(handler) <= 40 or "\x00" in handler:
        problems.append(FieldError("请写经办人（40 字以内）。", "handler-missing", field="offline_handler"))
    if not 1 <= len(number) <= 60 or "\x00" in number:
        problems.append(FieldError("请写线下编号（60 字以内）。", "number-missing", field="offline_number"))
    return problems


def submit_reports(
    *, actor: Actor, found: QuerySet[DutyPeriod], at: datetime, partly: bool = False
) -> list[DutyPeriod]:
    """Submit the saved lines of one unit and period. Refuses "blank-lines" naming them, unless `partly`.

    `found` are the lines as the owning app scopes them; each is checked to be the actor's own. Submitting again what is
    already submitted changes nothing.
    """
    with acting(actor, at) as act:
        rows = _locked(found)
        if not rows:
            raise NotFound
        for row in rows:
            require_report(actor, row)
        open_rows = [row for row in rows if row.state in WRITABLE]
        ready = [row for row in open_rows if row.state == ReportState.DRAFT]
        lacking = [row for row in open_rows if row.state != ReportState.DRAFT and _is_open(row, at)]
        if lacking and not partly:
            names = "、".join(row.unit.duty.title for row in lacking[:4]) + ("等" if len(lacking) > 4 else "")
            raise Refused(
                "blank-lines",
                f"还有 {len(lacking)} 项没有填（{names}），没有报送。请逐项填好并保存，没有变化的按“照上月”。",
                errors=[FieldError(f"{row.unit.duty.title}没有填。", "blank", field=str(row.pk)) for row in lacking],
            )
        if not ready:
            if open_rows:
                raise Refused("nothing-to-submit", "没有已保存的行，没有报送。请先逐项填好并保存。")
            return []
        for row in ready:
            require_open(row, at)
            _submit(row, actor, at)
        # What all share is written by a plain UPDATE; a CASE a row costs many times as much to build.
        for late in (False, True):
            DutyPeriod.objects.filter(pk__in=[row.pk for row in ready if row.late is late]).update(
                state=ReportState.FILED, late=late, reopened_until=None
            )
        ProgressReport.objects.filter(duty_period__in=[row.pk for row in ready]).update(
            submitted_at=at, submitted_by=actor.label, version=F("version") + 1
        )
        data = {"period": ready[0].period, "lines": [row.pk for row in ready], "late": sum(row.late for row in ready)}
        subject = f"organisation:{ready[0].unit.organisation.code}"
        act.record("duties.reports.filed", subject, **data)
    return ready


def _is_open(duty_period: DutyPeriod, at: datetime) -> bool:
    try:
        require_open(duty_period, at)
    except Conflict:
        return False
    return True


def _submit(row: DutyPeriod, actor: Actor, at: datetime) -> None:
    if row.reopened_until is None:
        row.late = at >= row.due_at
    row.state, row.reopened_until = ReportState.FILED, None
    row.report.submitted_at, row.report.submitted_by = at, actor.label
    row.report.version += 1


def accept_reports(*, actor: Actor, found: QuerySet[DutyPeriod], seen: Sequence[Seen], at: datetime) -> int:
    """Accept the selected reports, all or none. `found` is what the actor may decide; one twice is once."""
    require_reviewer(actor)
    wanted = {one.duty_period_id: one.version for one in seen}
    if not wanted:
        raise Refused("nothing-selected", "没有选中任何一行，没有执行。请先勾选。")
    with acting(actor, at) as act:
        rows = _locked(found.filter(pk__in=wanted))
        if len(rows) != len(wanted):
            raise NotFound
        stale = [row for row in rows if row.state not in (ReportState.FILED, ReportState.ACCEPTED)]
        stale += [row for row in rows if row.state == ReportState.FILED and row.report.version != wanted[row.pk]]
        if stale:
            names = "、".join(_named(row) for row in stale[:4]) + ("等" if len(stale) > 4 else "")
            raise Conflict("stale", f"{names}刚有变动，整批没有执行。请刷新后再看一遍。")
        fresh = [row for row in rows if row.state == ReportState.FILED]
        for row in fresh:
            if row.report.paper_by_id is not None:
                require_other_hand(
                    actor, row.report.paper_by_id, f"{_named(row)}由您代录，要由另一个人审核，整批没有执行。", at
                )
        for row in fresh:
            row.state = ReportState.ACCEPTED
            row.report.observation = ""
            row.report.decided_at, row.report.decided_by = at, actor.label
        if fresh:
            decided = [row.pk for row in fresh]
            DutyPeriod.objects.filter(pk__in=decided).update(state=ReportState.ACCEPTED)
            ProgressReport.objects.filter(duty_period__in=decided).update(
                observation="", decided_at=at, decided_by=actor.label, version=F("version") + 1
            )
            data = {"lines": [row.pk for row in fresh]}
            act.record("duties.reports.accepted", "duty-periods", **data)
    return len(fresh)


def _named(row: DutyPeriod) -> str:
    return f"{row.unit.organisation.name}“{row.unit.duty.title}”"


def require_reviewer(actor: Actor) -> None:
    if not (actor.may(Verb.REVIEW_REPORTS) or actor.may(Verb.KEEP_REGISTERS)):
        raise NotAllowed("verb-lacking", "您的岗位不审核进展，没有执行。请由考评部门或牵头单位办理。")


def return_report(
    *, actor: Actor, found: QuerySet[DutyPeriod], seen: Seen, observation: str, until: datetime, at: datetime
) -> DutyPeriod:
    """Give a report back with an observation; the unit may change it until `until`. An offline duty takes no free text."""
    require_reviewer(actor)
    with acting(actor, at) as act:
        row = locked_line(found.filter(pk=seen.duty_period_id))
        if row.state not in (ReportState.FILED, ReportState.ACCEPTED) or row.report.version != seen.version:
            raise Conflict("stale", "这一项刚有变动，没有退回。请刷新后再看一遍。")
        said = _observation(row, observation)
        row.state, row.reopened_until = ReportState.RETURNED, until
        row.report.observation, row.report.decided_at, row.report.decided_by = said, at, actor.label
        row.report.version += 1
        row.save(update_fields=["state", "reopened_until"])
        row.report.save(update_fields=["observation", "decided_at", "decided_by", "version"])
        data = {"observation": said, "until": until.isoformat()}
        act.record("duties.report.returned", f"duty-period:{row.pk}", **data)
    return row


def _observation(row: DutyPeriod, observation: str) -> str:
    said = observation.strip()
    if row.unit.duty.offline_only:
        if said:
            raise Refused("offline-only", "这项任务材料线下报送，退回意见线下给，网上不写文字。没有退回。")
        return OFFLINE_OBSERVATION
    said = read_reason(said, "退回要写意见")
    return said
