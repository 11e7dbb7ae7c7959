"""The quarters: one long filed, one filed with its exceptions, one under way around the day of loading."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from evaluation.demo.marks import draw
from evaluation.demo.year.agenda import Agenda, moment
from evaluation.demo.year.cast import Cast
from evaluation.demo.year.marks import evaluator_of, fill, free_sheets, hand_in, sheets_of
from evaluation.demo.year.own_rule import is_own_rule, plan_marks
from evaluation.enums import NotApplicable
from evaluation.periods.rules.calendar import SHANGHAI, Window
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.services.settings import change_settings
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.services.certifying import certify_sheet, return_sheet, withdraw_sheet
from evaluation.sheets.services.periods import open_period
from evaluation.sheets.services.sheets import decide_not_applicable, reopen_sheet
from miyun_kpi.accounts.enums import Role
from miyun_kpi.lib import workdays
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.enums import Track

FIRST, SECOND, THIRD = (PeriodCode(2020, quarter=n) for n in (1, 2, 3))
YEAR = PeriodCode(2020)
# Among the townships' `free_sheets` of the first quarter: where one unit is 不适用.
EXCUSED = 1
# Of the third quarter by place: filed where what is left over by four is here; then partly marked; else blank.
FILED_ONES, PARTLY = (0, 3), 1
# Among the departments' `free_sheets` of the third quarter: what becomes of them while 审核 is tried, each of another evaluator.
SUBMITTED, CERTIFIED, GIVEN_BACK, WITHDRAWN = TRIED = (3, 10, 14, 18)
REOPENED = 8
# Among the townships': where 不适用 waits for the office.
PROPOSED = 3
Share = Callable[[int], datetime]


def plan_past_quarter(
    agenda: Agenda, cast: Cast, code: PeriodCode, window: Window, missing: Mapping[str, tuple[int, ...]]
) -> None:
    """Opened by the office; every sheet saved on one day and filed on a later one, a few after the due day.

    `missing` by track: the places among `free_sheets` that nobody hands in.
    """

    def opened(at: datetime) -> None:
        open_period(actor=cast.first, code=code, at=at, window=window)
        left = {free_sheets(str(code), track)[place].pk for track, places in missing.items() for place in places}
        excused = free_sheets(str(code), Track.TOWNSHIP)[EXCUSED]
        for number, sheet in enumerate(sheets_of(str(code))):
            if sheet.pk not in left:
                excuse = _last_unit(sheet) if code == FIRST and sheet.pk == excused.pk else ""
                _plan_sheet(agenda, cast, sheet, number, excuse)
        if code == FIRST:
            agenda.plan(window.due_at - timedelta(hours=1), _approve, cast, excused)

    agenda.plan(window.starts_at + timedelta(hours=8, minutes=30), opened)


def _plan_sheet(agenda: Agenda, cast: Cast, sheet: MarkSheet, number: int, excuse: str) -> None:
    actor, window = evaluator_of(cast, sheet), sheet.period.window
    days = _working_days(window)
    chance = draw("filing", sheet.period.code, sheet.scheme.track, sheet.share_figure.key)
    first = chance % (len(days) - 3)
    last = first + 1 + chance // 7 % (len(days) - first - 2)
    saved = moment(days[first], 9 + number % 2, number % 60)
    filed = moment(days[last], 14 + number % 3, number % 60)
    if number % 19 == 7:
        filed = window.due_at + timedelta(minutes=20 + number)
    agenda.plan(saved, fill, actor, sheet, excused=excuse)
    agenda.plan(filed, hand_in, actor, sheet)


def _working_days(window: Window) -> list[date]:
    day, end = window.starts_at.astimezone(SHANGHAI).date(), window.due_at.astimezone(SHANGHAI).date()
    return [one for one in (day + timedelta(days=n) for n in range((end - day).days)) if workdays.is_working_day(one)]


def _last_unit(sheet: MarkSheet) -> str:
    return str(Mark.objects.filter(sheet=sheet).order_by("-order").values_list("organisation__code", flat=True)[0])


def _approve(cast: Cast, sheet: MarkSheet, at: datetime) -> None:
    mark = Mark.objects.select_related("organisation").get(sheet=sheet, not_applicable=NotApplicable.PROPOSED)
    decide_not_applicable(
        actor=cast.second,
        sheet_id=sheet.pk,
        organisation=mark.organisation.code,
        version=mark.version,
        approve=True,
        note="",
        at=at,
    )


def plan_open_quarter(agenda: Agenda, cast: Cast, window: Window) -> None:
    """Half handed in, some columns begun, some blank; one given back. 审核 is tried among the departments for two days."""
    behind = agenda.loaded - window.starts_at

    def share(hundredths: int) -> datetime:
        return window.starts_at + behind * hundredths / 100

    def opened(at: datetime) -> None:
        open_period(actor=cast.first, code=THIRD, at=at, window=window)
        for track in Track.values:
            for place, sheet in enumerate(free_sheets(str(THIRD), track)):
                if is_own_rule(sheet):
                    plan_marks(agenda, cast, sheet, (share(22), share(64), share(71)))
                elif track == Track.DEPARTMENT and place in TRIED:
                    _plan_tried(agenda, cast, sheet, place, share)
                else:
                    _plan_begun(agenda, cast, sheet, place, share)
        given_back = free_sheets(str(THIRD), Track.DEPARTMENT)[REOPENED]
        agenda.plan(share(85), _reopen, cast, given_back, window)

    agenda.plan(share(6), opened)
    agenda.plan(share(30), _try_certification, cast, True)
    agenda.plan(share(52), _try_certification, cast, False)


def _plan_begun(agenda: Agenda, cast: Cast, sheet: MarkSheet, place: int, share: Share) -> None:
    actor, kind = evaluator_of(cast, sheet), place % 4
    if kind in FILED_ONES or place == REOPENED:
        # Before or after the trial of 审核.
        saved, filed = 10 + place % 15, 56 + place % 28 if place % 2 else 13 + place % 15
        excuse = _last_unit(sheet) if sheet.scheme.track == Track.TOWNSHIP and place == PROPOSED else ""
        agenda.plan(share(saved), fill, actor, sheet, excused=excuse)
        agenda.plan(share(filed), hand_in, actor, sheet)
    elif kind == PARTLY:
        agenda.plan(share(60 + place % 30), fill, actor, sheet, part=40 + place % 40)


def _plan_tried(agenda: Agenda, cast: Cast, sheet: MarkSheet, place: int, share: Share) -> None:
    """Handed in for a second person of the evaluator, who passes it, gives it back, or has not come to it."""
    maker = evaluator_of(cast, sheet)
    certifier = cast.of(sheet.evaluator.code, Role.CERTIFIER)
    agenda.plan(share(32 + place % 4), fill, maker, sheet)
    agenda.plan(share(38 + place % 4), hand_in, maker, sheet)

    def decide(at: datetime) -> None:
        version = MarkSheet.objects.values_list("version", flat=True).get(pk=sheet.pk)
        if place == CERTIFIED:
            certify_sheet(actor=certifier, sheet_id=sheet.pk, version=version, at=at, note="（演示）已复核")
        elif place == GIVEN_BACK:
            note = "（演示）第三列与台账不一致，请核对。"
            return_sheet(actor=certifier, sheet_id=sheet.pk, version=version, note=note, at=at)
        elif place == WITHDRAWN:
            withdraw_sheet(actor=maker, sheet_id=sheet.pk, version=version, at=at)

    agenda.plan(share(45 + place % 4), decide)


def _try_certification(cast: Cast, wanted: bool, at: datetime) -> None:
    scheme = Scheme.objects.get(track=Track.DEPARTMENT, year=THIRD.year)
    reason = "（演示）部门打分表试行审核两天。" if wanted else "（演示）试行结束，已送审的仍由审核人办完。"
    change_settings(
        actor=cast.first,
        scheme_id=scheme.pk,
        version=scheme.version,
        values={"certification": wanted},
        reason=reason,
        at=at,
    )


def _reopen(cast: Cast, sheet: MarkSheet, window: Window, at: datetime) -> None:
    version = MarkSheet.objects.values_list("version", flat=True).get(pk=sheet.pk)
    reason = "（演示）有一家的数与盖章件不一致，请核对后重报。"
    reopen_sheet(actor=cast.second, sheet_id=sheet.pk, version=version, reason=reason, until=window.due_at, at=at)
