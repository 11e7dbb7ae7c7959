"""Opening months, quarters and the year (engine 1–2): set-based, and opening twice is opening once."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import or_

from django.db import IntegrityError
from django.db.models import Q

from evaluation.enums import DOCUMENT, FigureKind, FullMarkRule, PeriodKind, SchemeState, SheetState
from evaluation.periods.models import LeftPeriod, Period
from evaluation.periods.queries.past import past_periods
from evaluation.periods.queries.population import period_view
from evaluation.periods.rules.calendar import SHANGHAI, Window, check_window, default_window, late_window
from evaluation.periods.services import freeze_units, lock_units
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import IndicatorView, SchemeView, ShareView
from evaluation.scheme.rules.figures import in_scope, points_full_mark
from evaluation.scheme.services.cells import bring_cells
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.tasks.services.tracked_months import open_month
from evaluation.tracking.rules import duty_prefix
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import acting, lock_all, locked, require_version, tell
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.queries import heirs
from miyun_kpi.routes import to


@dataclass(frozen=True)
class Opened:
    period: Period
    sheets: int
    duty_periods: int


def schemes_in_force(code: PeriodCode) -> list[Scheme]:
    return list(Scheme.objects.filter(year=code.year, state=SchemeState.IN_FORCE).order_by("-track"))


def open_period(
    *, actor: Actor, code: PeriodCode, at: datetime, window: Window | None = None, note: str = ""
) -> Opened:
    """Open a period with its units, sheets and cells (quarter, year) or its monthly tracking rows (month).

    Source: 13号四（二）“月跟踪季反馈”. Opened again it adds only what is lacking. Refuses "no-scheme" for a year without
    a scheme in force. The calendar is the default one unless a window is given.
    """
    if actor is not SYSTEM:
        require_office(actor, Verb.OPEN_PERIODS)
    schemes = schemes_in_force(code)
    if not schemes:
        raise Refused(
            "no-scheme",
            f"{code.year} 年没有在用的考评方案，没有开启。请先印发当年方案。",
            clause=cite(DOCUMENT, "四（一）"),
        )
    window = window or default_window(code)
    check_window(window)
    notes = [note] if note else []
    if not workdays.shifts_announced(code.last_day.year):
        notes.append(f"{code.last_day.year} 年的调休尚未公布，按法定节假日推算")
    with acting(actor, at) as act:
        # A month ranks nobody. Organisations are locked first: a merge either is in it or waits until it is open.
        units = {} if code.kind == PeriodKind.MONTH else lock_units(schemes)
        # Figures that are replaced at this moment are seen here, or see the sheets that are opened.
        lock_all(Scheme.objects.filter(pk__in=[scheme.pk for scheme in schemes]))
        period, new = Period.objects.get_or_create(
            code=str(code),
            defaults={
                "kind": code.kind,
                "starts_at": window.starts_at,
                "due_at": window.due_at,
                "late_until": window.late_until,
                "locks_at": window.locks_at,
                "opened_at": at,
                "calendar_note": "；".join(notes),
            },
        )
        for scheme in schemes if units else ():
            if freeze_units(period, scheme, units[scheme.pk]):
                bring_cells(actor=actor, scheme=scheme, units=units[scheme.pk], at=at)
        views = [period_view(scheme, period) for scheme in schemes]
        opened = sum(open_lacking(period, view) for view in views)
        sheets, duties = (0, opened) if period.kind == PeriodKind.MONTH else (opened, 0)
        if new or sheets or duties:
            _announce(period, views, at)
            data = {"sheets": sheets, "duty_periods": duties}
            act.record("evaluation.period.opened", f"period:{code}", **data)
    return Opened(period, sheets, duties)


def open_lacking(period: Period, view: SchemeView) -> int:
    """What the scheme asks of an open period and is not there yet: sheets, or a month's tracking rows. Returns how many."""
    return open_month(period, view) if period.kind == PeriodKind.MONTH else _open_sheets(period, view)


def full_mark_of(view: SchemeView, iv: IndicatorView, share: ShareView, zone: str) -> Decimal:
    """What a mark of this sheet is out of in a zone (engine 5)."""
    if view.settings[FigureKind.FULL_MARK].value == FullMarkRule.POINTS:
        return points_full_mark(iv.weight(zone), Fraction(share.share))
    return Decimal(100)


def _open_sheets(period: Period, view: SchemeView) -> int:
    """One sheet per share of every indicator examined in the period, with its cells in printed order."""
    quarter = period.period_code.quarter
    existing = set(
        MarkSheet.objects.filter(period=period, scheme=view.scheme).values_list("share_figure_id", flat=True)
    )
    planned: list[tuple[MarkSheet, IndicatorView, ShareView]] = []
    goes_on = heirs(view.evaluators())
    for iv in view.indicators:
        if not in_scope(iv.scope.value, quarter=quarter):
            continue
        for share in iv.shares:
            if share.figure.pk not in existing:
                sheet = MarkSheet(
                    scheme=view.scheme,
                    period=period,
                    indicator=iv.indicator,
                    share_figure=share.figure,
                    evaluator=goes_on[share.evaluator.pk],
                    evaluator_name=goes_on[share.evaluator.pk].name,
                    state=SheetState.OPEN,
                )
                planned.append((sheet, iv, share))
    MarkSheet.objects.bulk_create([sheet for sheet, _, _ in planned])
    Mark.objects.bulk_create(
        [
            Mark(
                sheet=sheet,
                organisation=organisation,
                order=order,
                full_mark=full_mark_of(view, iv, share, organisation.zone),
            )
            for sheet, iv, share in planned
            for order, organisation in enumerate(view.organisations, start=1)
            if organisation.pk in iv.carriers
        ],
        batch_size=500,
    )
    return len(planned)


def _announce(period: Period, views: list[SchemeView], at: datetime) -> None:
    """A notice to every evaluator (quarter) or carrier (month) that something has opened."""
    if period.kind == PeriodKind.MONTH:
        return
    due = period.due_at.astimezone().strftime("%Y年%m月%d日 %H:%M")
    organisations = {o.pk for view in views for o in heirs(view.evaluators()).values()}
    tell(
        [
            Message(
                key=f"period-open/{period.code}/{pk}",
                organisation_id=pk,
                role=Role.EVALUATOR,
                title=f"{period.label}打分表已开启",
                body=f"请在{due}前报送；之后到补报截止前报送计为迟报。",
                url=to("evaluation:sheets"),
                clause=views[0].scheme.cite("四（二）"),
            )
            for pk in sorted(organisations)
        ],
        at=at,
    )


def open_late(*, actor: Actor, code: PeriodCode, at: datetime) -> Opened:
    """Open what has begun, maybe long ago: with dates that still leave three working days (engine 25)."""
    window = late_window(code, at.astimezone(SHANGHAI).date())
    moved = window != default_window(code)
    return open_period(actor=actor, code=code, at=at, window=window, note="开启晚了，各截止日顺延" if moved else "")


def leave_period(*, actor: Actor, code: PeriodCode, reason: str, at: datetime) -> LeftPeriod:
    """A 往期 that stays shut, with a reason: neither the clock nor the desk comes back to it."""
    require_office(actor, Verb.OPEN_PERIODS)
    reason = read_reason(reason, "不开启要写理由", most=300)
    if code not in past_periods():
        raise Conflict("not-past", f"{code.label}不在往期未开启里，没有保存。它已经开启、已经办过，或由系统按时开启。")
    try:
        with acting(actor, at) as act:
            left = LeftPeriod.objects.create(
                code=str(code), reason=reason, left_by=actor.label, left_by_id=actor.user_id, left_at=at
            )
            act.record("evaluation.period.left", f"period:{code}", reason=reason)
    except IntegrityError as error:
        raise Conflict("already-left", f"{code.label}刚由别人决定不开启，没有重复保存。请刷新。") from error
    return left


def change_window(*, actor: Actor, period_id: int, window: Window, version: int, reason: str, at: datetime) -> Period:
    """Move the four dates of a period, with a reason; a period already locked stays locked unless its lock moves."""
    if actor is not SYSTEM:
        require_office(actor, Verb.OPEN_PERIODS)
    if not reason.strip():
        raise Refused("reason-missing", "改日期要写理由，没有保存。请写明依据。")
    check_window(window)
    with acting(actor, at) as act:
        period = locked(Period.objects.all(), period_id)
        require_version(period, version)
        old = {name: getattr(period, name).isoformat() for name in Window.__dataclass_fields__}
        for name in Window.__dataclass_fields__:
            setattr(period, name, getattr(window, name))
        period.version += 1
        period.save()
        if period.kind == PeriodKind.MONTH:
            # The scheme's own tracking rows only: other documents ask for the same month in their own windows.
            keys = [duty_prefix(scheme.year, scheme.track) for scheme in schemes_in_force(period.period_code)]
            own = reduce(or_, (Q(unit__duty__key__startswith=key) for key in keys), Q(pk__in=[]))
            DutyPeriod.objects.filter(own, period=period.code).update(**window.__dict__)
        new = {name: getattr(period, name).isoformat() for name in Window.__dataclass_fields__}
        data = {"old": old, "new": new, "reason": reason}
        act.record("evaluation.period.window-changed", f"period:{period.code}", **data)
    return period
