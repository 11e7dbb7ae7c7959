"""What became of the sheets of the second quarter that were not handed in, and of those asked to be opened again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from evaluation.demo.year.agenda import Agenda
from evaluation.demo.year.cast import Cast
from evaluation.demo.year.marks import evaluator_of, fill, free_sheets, hand_in
from evaluation.demo.year.quarters import SECOND, THIRD
from evaluation.enums import DecisionKind
from evaluation.filing.services.filing import decide_decision, record_decision
from evaluation.filing.services.unlocking import answer_unlock, ask_unlock
from evaluation.sheets.models.filing import SheetDecision, UnlockRequest
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.lib.decimals import plain
from miyun_kpi.organisations.enums import Track

SIGNER = "某某（虚构）"
# Places among the departments' `free_sheets` of the second quarter.
LEFT_OUT, FROM_PAPER, STILL_ASKED = 2, 9, 12
MISSING: Mapping[str, tuple[int, ...]] = {Track.DEPARTMENT: (LEFT_OUT, FROM_PAPER)}
# Among the townships': opened again on request, and not.
OPENED_AGAIN, KEPT_SHUT = 3, 6
# Among the departments' of the third quarter: an extension that waits for the second person.
EXTENSION_ASKED = 2


def plan_filing(agenda: Agenda, cast: Cast) -> None:
    day = agenda.at
    agenda.plan(day(30, 10), _record, cast, LEFT_OUT, DecisionKind.EXTEND, until=day(28, 18))
    agenda.plan(day(30, 15), _decide, cast, LEFT_OUT, False, "（演示）延到哪天请与经办部门商定。")
    agenda.plan(day(29, 10), _record, cast, LEFT_OUT, DecisionKind.EXTEND, until=day(27, 18))
    agenda.plan(day(29, 11), _decide, cast, LEFT_OUT, True, "")
    agenda.plan(day(26, 9), _record, cast, LEFT_OUT, DecisionKind.LEAVE_OUT)
    agenda.plan(day(26, 15), _decide, cast, LEFT_OUT, True, "")
    agenda.plan(day(29, 14), _record, cast, FROM_PAPER, DecisionKind.PAPER, until=day(24, 18))
    agenda.plan(day(28, 9), _decide, cast, FROM_PAPER, True, "")
    agenda.plan(day(28, 14), _enter_from_paper, cast)
    agenda.plan(day(27, 10), _file_from_paper, cast)
    agenda.plan(day(27, 15), _ask, cast, Track.TOWNSHIP, OPENED_AGAIN)
    agenda.plan(day(26, 10), _answer, cast, OPENED_AGAIN, day(23, 18))
    agenda.plan(day(25, 10), _correct, cast)
    agenda.plan(day(25, 16), _ask, cast, Track.TOWNSHIP, KEPT_SHUT)
    agenda.plan(day(24, 10), _answer, cast, KEPT_SHUT, None)
    agenda.plan(day(2, 10), _ask, cast, Track.DEPARTMENT, STILL_ASKED)
    agenda.plan(agenda.loaded - timedelta(hours=3), _ask_extension, cast)


def _sheet(track: str, place: int) -> MarkSheet:
    return free_sheets(str(SECOND), track)[place]


def _record(cast: Cast, place: int, kind: DecisionKind, at: datetime, *, until: datetime | None = None) -> None:
    record_decision(
        actor=cast.first,
        sheet_id=_sheet(Track.DEPARTMENT, place).pk,
        kind=kind,
        reason="（虚构）经办人交接，表没有按时报出。",
        signer=SIGNER,
        signed_on=at.astimezone().date(),
        until=until,
        paper_number="演示纸质报送表第 5 号" if kind == DecisionKind.PAPER else "",
        at=at,
    )


def _decide(cast: Cast, place: int, confirm: bool, note: str, at: datetime) -> None:
    decision = SheetDecision.objects.filter(sheet=_sheet(Track.DEPARTMENT, place)).order_by("-pk")[0]
    decide_decision(actor=cast.second, decision_id=decision.pk, confirm=confirm, note=note, at=at)


def _enter_from_paper(cast: Cast, at: datetime) -> None:
    """By who confirmed 代录; filed by the other person of the office."""
    fill(cast.second, _sheet(Track.DEPARTMENT, FROM_PAPER), at)


def _file_from_paper(cast: Cast, at: datetime) -> None:
    hand_in(cast.first, _sheet(Track.DEPARTMENT, FROM_PAPER), at)


def _ask(cast: Cast, track: str, place: int, at: datetime) -> None:
    sheet = _sheet(track, place)
    reason = "（虚构）报送后发现有一家的得分录错一位，申请更正。"
    ask_unlock(actor=evaluator_of(cast, sheet), sheet_id=sheet.pk, reason=reason, at=at)


def _answer(cast: Cast, place: int, until: datetime | None, at: datetime) -> None:
    request = UnlockRequest.objects.get(sheet=_sheet(Track.TOWNSHIP, place))
    answer = "（演示）同意。" if until else "（演示）差异在允许范围内，下季度一并核对。"
    answer_unlock(actor=cast.first, request_id=request.pk, approve=until is not None, answer=answer, until=until, at=at)


def _correct(cast: Cast, at: datetime) -> None:
    """The evaluator corrects one mark by half a point and files again."""
    sheet = _sheet(Track.TOWNSHIP, OPENED_AGAIN)
    actor = evaluator_of(cast, sheet)
    mark = Mark.objects.select_related("organisation").filter(sheet=sheet, value__isnull=False).order_by("order")[0]
    assert mark.value is not None
    row = RowInput(mark.organisation.code, mark.version, value=plain(mark.value - mark.value / 100))
    save_marks(actor=actor, sheet_id=sheet.pk, rows=[row], at=at)
    hand_in(actor, sheet, at)


def _ask_extension(cast: Cast, at: datetime) -> None:
    sheet = free_sheets(str(THIRD), Track.DEPARTMENT)[EXTENSION_ASKED]
    record_decision(
        actor=cast.first,
        sheet_id=sheet.pk,
        kind=DecisionKind.EXTEND,
        reason="（虚构）经办人交接，申请晚报三天。",
        signer=SIGNER,
        signed_on=at.astimezone().date(),
        until=sheet.period.late_until,
        at=at,
    )
