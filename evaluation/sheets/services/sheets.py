"""The life of a sheet: filed, reopened, entered from paper; 不适用 decided."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from evaluation.enums import EDITABLE_STATES, NotApplicable, SheetEventKind, SheetState
from evaluation.periods.services import inputs_moved
from evaluation.scheme.access.office import require_office
from evaluation.scheme.queries.schemes import weights_of
from evaluation.sheets.access import is_own_filing, require_sheet_write, visible_sheet
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.queries.checks import SheetChecks, sheet_checks
from evaluation.sheets.queries.filed_record import record_to_keep
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.rules.checks import Finding
from evaluation.sheets.rules.marks import looks_like_points
from evaluation.sheets.services.giving_back import add_event, returned
from evaluation.sheets.services.handover import to_the_heir
from evaluation.sheets.services.marks import (
    LOOKS_LIKE_POINTS,
    POINTS_QUESTION,
    bump,
    is_blank,
    locked_sheet,
    require_open,
)
from evaluation.sheets.services.scans import require_scan
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import acting, refuse_same_hand, require_other_hand, require_version, tell
from miyun_kpi.acts.days import Late, day_of_act, late_words
from miyun_kpi.acts.proof import require_proof
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.enums import Track
from miyun_kpi.routes import to

LONGEST_REOPENING = timedelta(days=60)
DECLINED_REOPENING = timedelta(days=2)
CHECKS_ASK = "checks-ask"
REASON = (4, 500)
# Where a client or a page puts what a check asks for.
ASKED_IN = {"texts-missing": "problems", "reason-missing": "problems", "difference-missing": "difference"}


def file_sheet(
    *,
    actor: Actor,
    sheet_id: int,
    version: int,
    at: datetime,
    confirmed: frozenset[str] = frozenset(),
    seen: int | None = None,
    reason: str = "",
) -> MarkSheet:
    """File a complete sheet: `filed` at once, or `submitted` while the scheme asks for certification.

    `seen` is the sum of the versions of the marks on the filer's page: what is filed is what was looked at.
    Refuses "blank-cells", "texts-missing", "reason-missing" and "difference-missing" naming them; what only stands out asks for a `reason` ("checks-ask"),
    kept in the trail. A sheet entered from paper is filed by a second person of the office and needs no certifier.
    """
    visible_sheet(actor, sheet_id)
    with acting(actor, at) as act:
        sheet = locked_sheet(sheet_id)
        _require_filer(actor, sheet, at)
        require_open(sheet, at)
        require_version(sheet, version)
        marks = held_marks(sheet)
        _require_seen(sheet, marks, seen)
        _require_complete(marks)
        require_scan(sheet, marks)
        _ask_about_points(sheet, marks, confirmed)
        checks = _checked(sheet, marks, reason.strip(), at)
        certified = sheet.scheme.certification and not sheet.paper_number
        first_filed = sheet.filed_at
        bump(sheet, SheetState.SUBMITTED if certified else SheetState.FILED)
        sheet.filed_at, sheet.filed_by, sheet.filed_by_id = at, actor.label, actor.user_id
        # A sheet once filed in time stays in time when the office has given it back.
        sheet.late = _past_due(sheet, at) and not (sheet.reopened_until and first_filed and not sheet.late)
        if certified:
            sheet.receipt_number = ""
            tell_certifiers(sheet, at)
        else:
            sheet.reopened_until, sheet.receipt_number = None, receipt_number(sheet)
        sheet.save()
        kind = SheetEventKind.SUBMITTED if certified else SheetEventKind.FILED
        note, record = reason.strip() if checks.soft else "", record_to_keep(sheet, marks, at)
        add_event(sheet, kind, actor, at, note=note, checks=checks, record=record)
        if not certified:
            inputs_moved(sheet.scheme_id, [sheet.period_id])
        said = _said(checks, reason.strip()) | {"confirmed": sorted(confirmed)}
        act.record("evaluation.sheet.filed", sheet, receipt=sheet.receipt_number, late=sheet.late, **said)
    return sheet


def _said(checks: SheetChecks, reason: str) -> dict[str, Any]:
    """What stood out at the filing and what was said about it, as the audit holds it."""
    findings = {"findings": [one.sentence for one in checks.soft], "reason": reason} if checks.soft else {}
    unlike = [f"{one.name}{one.words}：{one.text}" for one in checks.unlike]
    return findings | ({"differences": unlike} if unlike else {})


def _past_due(sheet: MarkSheet, at: datetime) -> bool:
    """By the clock; what was handed in on paper by the day on which the office received it."""
    if sheet.paper_received_on is not None:
        return sheet.paper_received_on > sheet.period.due_at.astimezone().date()
    return at >= sheet.period.due_at


def _checked(sheet: MarkSheet, marks: list[Mark], reason: str, at: datetime) -> SheetChecks:
    """Refused: texts missing, or something stands out without a reason."""
    checks = sheet_checks(sheet, marks, at)
    if checks.hard:
        raise Refused(
            checks.hard[0].code,
            f"{_lacking(checks.hard, sheet.scheme.problems_below_percent)}没有报送。请补上后再报送。",
            clause=sheet.scheme.cite("五（三）"),
            errors=[FieldError(one.sentence, one.code, one.about[0], ASKED_IN[one.code]) for one in checks.hard],
        )
    if checks.soft and not REASON[0] <= len(reason) <= REASON[1]:
        raise Refused(
            CHECKS_ASK,
            f"打分分布有 {len(checks.soft)} 处与通常不同，没有报送。确实如此的，请写明理由（4 至 500 字）再报送；理由随表留存。",
            errors=[FieldError(one.sentence, one.code) for one in checks.soft],
        )
    return checks


def _lacking(hard: Sequence[Finding], percent: int) -> str:
    if len(hard) == 1:
        return hard[0].sentence
    texts = sum(one.code == "texts-missing" for one in hard)
    said = [f"有 {texts} 家得分低于满分的 {percent}%，没有写全存在问题和改进建议，"] if texts else []
    if without := sum(one.code == "reason-missing" for one in hard):
        said.append(f"有 {without} 家低于满分而没有扣分原因（可以一句话写到多家），")
    if unlike := sum(one.code == "difference-missing" for one in hard):
        said.append(f"有 {unlike} 家与本期记录不符而没有差异说明（可以一句话写到多家），")
    return "".join(said)


def tell_certifiers(sheet: MarkSheet, at: datetime) -> None:
    message = Message(
        key=f"sheet-submitted/{sheet.pk}/{sheet.version}",
        organisation_id=sheet.evaluator_id,
        role=Role.CERTIFIER,
        title=f"“{sheet.indicator.short_name}”打分表待审核",
        body=f"{sheet.filed_by}已送审，审核通过后才计入{sheet.period.label}。",
        url=to("evaluation:sheet", sheet.pk),
    )
    tell([message], at=at)


def _require_filer(actor: Actor, sheet: MarkSheet, at: datetime) -> None:
    if not sheet.paper_number:
        require_sheet_write(actor, sheet)
        require(actor, Verb.FILE_SHEETS)
        return
    require_office(actor, Verb.ENTER_FROM_PAPER, track=sheet.scheme.track)
    if actor.token_id is not None:
        raise NotAllowed("named-person", "代录的打分表要由具名的人登录页面核对后报送，接口不能报送。")
    require_other_hand(
        actor, sheet.paper_by_id, "代录的打分表要由区政府办的另一个人核对后报送，没有报送。请换一个人办理。", at
    )


def _require_seen(sheet: MarkSheet, marks: list[Mark], seen: int | None) -> None:
    if seen is None and not sheet.paper_number:
        return
    if seen != sum(mark.version for mark in marks):
        raise Conflict("marks-changed", "您打开之后又有格子改过，没有报送。请看过现在的分数再报送。")


def _require_complete(marks: list[Mark]) -> None:
    blank = [mark for mark in marks if is_blank(mark)]
    if blank:
        names = "、".join(mark.organisation.name for mark in blank[:5]) + ("等" if len(blank) > 5 else "")
        raise Refused(
            "blank-cells",
            f"还有 {len(blank)} 格空白（{names}），没有报送。请打分，或写明理由标为不适用。",
            errors=[FieldError(f"{m.organisation.name}是空白", "blank", m.organisation.code, "value") for m in blank],
        )


def _ask_about_points(sheet: MarkSheet, marks: list[Mark], confirmed: frozenset[str]) -> None:
    if LOOKS_LIKE_POINTS in confirmed:
        return
    by_zone = weights_of(sheet.scheme_id, sheet.indicator_id, sheet.period.period_code)
    typed = [mark for mark in marks if mark.value is not None]
    weights = [Decimal(by_zone[mark.organisation.zone].value) for mark in typed]
    values = [mark.value for mark in typed if mark.value is not None]
    if typed and looks_like_points(values, weights=weights, full_mark=max(m.full_mark for m in typed)):
        raise Refused(LOOKS_LIKE_POINTS, POINTS_QUESTION.format(full=plain(typed[0].full_mark)).replace("保存", "报送"))


def receipt_number(sheet: MarkSheet) -> str:
    """Readable and unique: period, track, item, place of the share, filing count."""
    track = "镇街" if sheet.scheme.track == Track.TOWNSHIP else "部门"
    place = sheet.share_figure.key.rsplit("/", 1)[-1]
    return f"{sheet.period.code}-{track}{sheet.indicator.number:02d}-{place}-{sheet.version}"


def reopen_sheet(*, actor: Actor, sheet_id: int, version: int, reason: str, until: datetime, at: datetime) -> MarkSheet:
    """Give a filed or closed sheet back to its evaluator until a moment, with a reason. Published results stay as they are."""
    require_office(actor, Verb.REOPEN_SHEETS, track=visible_sheet(actor, sheet_id).scheme.track)
    reason = read_reason(reason, "退回重开要写理由")
    if not at < until <= at + LONGEST_REOPENING:
        raise Refused(
            "bad-until", f"重开的截止时间须在现在之后、{LONGEST_REOPENING.days} 天之内，没有执行。请改一个时间。"
        )
    with acting(actor, at) as act:
        sheet = locked_sheet(sheet_id)
        if is_own_filing(actor, sheet):
            raise NotAllowed("second-person", "这张表是您自己报送的，没有执行。退回重开请由考评办的另一个人办理。")
        require_version(sheet, version)
        returned(sheet, reason, until, actor=actor, at=at)
        inputs_moved(sheet.scheme_id, [sheet.period_id])
        data = {"reason": reason, "until": until.isoformat()}
        act.record("evaluation.sheet.reopened", f"mark-sheet:{sheet.pk}", **data)
    return sheet


def start_paper_entry(
    *,
    actor: Actor,
    sheet_id: int,
    version: int,
    paper_number: str,
    received_on: date | None = None,
    late_reason: str = "",
    at: datetime,
) -> MarkSheet:
    """代录: the office enters a sheet from the stamped paper; a second person of the office files it (engine 10).

    `received_on`: 收件日期, by default today; whether the sheet is 迟报 follows it. Begun later than the next working day it
    is 补登 and needs a reason.
    """
    visible_sheet(actor, sheet_id)
    paper_number = paper_number.strip()
    if not 1 <= len(paper_number) <= 60:
        raise Refused("paper-number-missing", "代录要写纸质报送表的编号（1 至 60 字），没有执行。")
    with acting(actor, at) as act:
        sheet = locked_sheet(sheet_id)
        require_office(actor, Verb.ENTER_FROM_PAPER, track=sheet.scheme.track)
        require_version(sheet, version)
        if sheet.state not in EDITABLE_STATES:
            raise Conflict("sheet-filed", "这张表已报送，没有开始代录。要改请先退回。")
        if sheet.paper_number:
            raise Conflict("paper-entry-begun", f"{sheet.paper_by}已在代录这张表，没有再次开始。要换人请先退回重开。")
        received = day_of_act(received_on, at)
        if received < sheet.period.starts_at.astimezone().date():
            raise Refused(
                "bad-received",
                f"收件日期 {received} 早于填报开始 {sheet.period.starts_at.astimezone():%Y-%m-%d}，没有执行。请照收件登记填写。",
            )
        late = Late(f"纸质报送表 {paper_number}", late_reason)
        bump(sheet, SheetState(sheet.state))
        sheet.paper_received_on, sheet.paper_late = received, late_words(received, at, late, what="收件日期")
        sheet.paper_number, sheet.paper_by, sheet.paper_by_id = paper_number, actor.label, actor.user_id
        sheet.save()
        act.tell(
            [
                Message(
                    key=f"paper-entry/{sheet.pk}/{sheet.version}",
                    organisation_id=sheet.evaluator_id,
                    role=Role.EVALUATOR,
                    title=f"“{sheet.indicator.short_name}”打分表由区政府办代录",
                    body=f"依据纸质报送表 {paper_number}。如有不符，请与区政府办联系。",
                    url=to("evaluation:sheet", sheet.pk),
                )
            ]
        )
        data = {"paper_number": paper_number, "received_on": received.isoformat()}
        if sheet.paper_late:
            data["entered_late"] = sheet.paper_late
        act.record("evaluation.sheet.paper-entry", f"mark-sheet:{sheet.pk}", **data)
    return sheet


def decide_not_applicable(
    *, actor: Actor, sheet_id: int, organisation: str, version: int, approve: bool, note: str, at: datetime
) -> Mark:
    """Approve a proposed 不适用 (the cell leaves the carriers of its share), or decline it: the sheet goes back (engine 8)."""
    visible_sheet(actor, sheet_id)
    with acting(actor, at) as act:
        sheet = locked_sheet(sheet_id)
        require_office(actor, Verb.APPROVE_NOT_APPLICABLE, track=sheet.scheme.track)
        found = Mark.objects.select_related("organisation").filter(sheet=sheet, organisation__code=organisation)
        mark = one_of(found)
        hands = (mark.saved_by_id, sheet.paper_by_id if sheet.paper_number else None)
        refuse_same_hand(actor, hands, "不适用不能由提出的人自己决定，没有执行。请考评办的另一个人办理。")
        if mark.version != version or mark.not_applicable != NotApplicable.PROPOSED:
            raise Conflict("stale", f"{mark.organisation.name}这一格刚被改过，没有执行。请刷新后再决定。")
        mark.version += 1
        if approve:
            require_proof(actor, at)
            mark.not_applicable = NotApplicable.APPROVED
        else:
            if not note.strip():
                raise Refused("reason-missing", "不同意不适用要写理由，没有执行。理由会通知考评部门。")
            mark.not_applicable = NotApplicable.NO
            if sheet.state not in EDITABLE_STATES:
                bump(sheet, SheetState.RETURNED)
                to_the_heir(sheet)
                sheet.reopened_until = max(sheet.period.locks_at, at + DECLINED_REOPENING)
                sheet.reopen_reason = f"{mark.organisation.name}不同意不适用：{note.strip()}"
                sheet.save()
                add_event(sheet, SheetEventKind.REOPENED, actor, at, note=sheet.reopen_reason)
        mark.save()
        inputs_moved(sheet.scheme_id, [sheet.period_id])
        answer = "批准" if approve else f"不同意（{note.strip()}）"
        act.tell(
            [
                Message(
                    key=f"not-applicable/{mark.pk}/{mark.version}",
                    organisation_id=sheet.evaluator_id,
                    role=Role.EVALUATOR,
                    title=f"“{sheet.indicator.short_name}”{mark.organisation.name}的不适用：{answer}"[:120],
                    url=to("evaluation:sheet", sheet.pk),
                )
            ]
        )
        data = {
            "organisation": organisation,
            "approved": approve,
            "note": note.strip(),
            "reason": mark.reason,
            "version": mark.version,
        }
        act.record("evaluation.not-applicable.decided", f"mark-sheet:{sheet.pk}", **data)
    return mark
