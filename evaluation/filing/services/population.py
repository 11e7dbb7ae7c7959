"""考评对象调整决定 (engine 21): recorded by one person of the office, confirmed by another, reversible until 正式核定."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from evaluation.engine.models.ranking import Ranking
from evaluation.enums import RankingKind, SheetState, UnitChange, UnitChangeState
from evaluation.periods.models import Period, PeriodUnit, UnitDecision
from evaluation.periods.queries.population import frozen_units, period_view
from evaluation.periods.services import frozen_rows, inputs_moved
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import IndicatorView, SchemeView
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.services.marks import bump
from evaluation.sheets.services.periods import full_mark_of
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import Act, acting, locked, require_other_hand, tell
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import heirs
from miyun_kpi.routes import to

CLAUSE = "四（二）"
# A filed sheet that lacks a unit taken in again is given back for at least so long.
GIVEN_BACK = timedelta(days=2)


def record_unit_decision(
    *,
    actor: Actor,
    scheme_id: int,
    period_id: int,
    organisation_id: int,
    kind: UnitChange,
    number: str,
    reason: str,
    at: datetime,
) -> UnitDecision:
    """One person records it from the paper; nothing happens before a second confirms."""
    with acting(actor, at) as act:
        scheme, period = _locked_period(actor, scheme_id, period_id)
        organisation = one_of(Organisation.objects.filter(pk=organisation_id))
        _require_possible(scheme, period, organisation, kind)
        words = {"number": number.strip(), "reason": reason.strip()}
        limits = {"number": ("决定文号", 2, 80), "reason": ("理由", 4, 500)}
        problems = [
            FieldError(f"请写{label}（{least} 至 {most} 字）。", f"bad-{name}", field=name)
            for name, (label, least, most) in limits.items()
            if not least <= len(words[name]) <= most or "\x00" in words[name]
        ]
        if problems:
            raise Refused("bad-unit-decision", f"有 {len(problems)} 处要改，没有登记。请按提示改正。", errors=problems)
        try:
            with transaction.atomic():
                decision = UnitDecision.objects.create(
                    scheme=scheme,
                    period=period,
                    organisation=organisation,
                    kind=kind,
                    recorded_by=actor.label,
                    recorded_by_id=actor.user_id,
                    recorded_at=at,
                    **words,
                )
        except IntegrityError:
            message = f"{organisation.name}在这一期已有一项调整决定，没有再登记。请先确认、退回或撤销那一项。"
            raise Conflict("already-recorded", message) from None
        _record(act, "recorded", decision)
    return decision


def decide_unit_decision(
    *, actor: Actor, decision_id: int, version: int, confirm: bool, note: str, at: datetime
) -> UnitDecision:
    """Confirmed by a second person it takes effect at once on sheets and totals; or it goes back with a reason."""
    with acting(actor, at) as act:
        decision = _locked_decision(actor, decision_id, version)
        if decision.state != UnitChangeState.PROPOSED:
            raise Conflict("not-to-confirm", f"这项决定{decision.get_state_display()}，没有再办。请刷新。")
        require_other_hand(
            actor, decision.recorded_by_id, "确认要由登记人以外的另一个人办理，没有执行。请考评办的另一位同事办理。"
        )
        decision.note = _note(note, required=not confirm)
        if confirm:
            kind = UnitChange(decision.kind)
            _require_possible(decision.scheme, decision.period, decision.organisation, kind)
        decision.state = UnitChangeState.CONFIRMED if confirm else UnitChangeState.RETURNED
        decision.confirmed_by, decision.confirmed_by_id, decision.confirmed_at = actor.label, actor.user_id, at
        decision.save()
        if confirm:
            leaves = decision.kind == UnitChange.LEAVE_OUT
            _take_out(decision) if leaves else _take_in(decision, at)
            _told(decision, at)
            inputs_moved(decision.scheme_id, [decision.period_id])
        _record(act, "confirmed" if confirm else "returned", decision)
    return decision


def revoke_unit_decision(*, actor: Actor, decision_id: int, version: int, note: str, at: datetime) -> UnitDecision:
    """Taken back before 正式核定, with the reason; the record stays and the cells come back blank."""
    with acting(actor, at) as act:
        decision = _locked_decision(actor, decision_id, version)
        if decision.state != UnitChangeState.CONFIRMED:
            raise Conflict("not-in-force", f"这项决定{decision.get_state_display()}，没有撤销。请刷新。")
        _require_before_official(decision.scheme, decision.period)
        decision.revoke_reason = _note(note, required=True)
        decision.state, decision.revoked_by, decision.revoked_at = UnitChangeState.REVOKED, actor.label, at
        decision.save()
        leaves = decision.kind == UnitChange.LEAVE_OUT
        _take_in(decision, at) if leaves else _take_out(decision)
        _told(decision, at)
        inputs_moved(decision.scheme_id, [decision.period_id])
        _record(act, "revoked", decision)
    return decision


def _locked_period(actor: Actor, scheme_id: int, period_id: int) -> tuple[Scheme, Period]:
    scheme = Scheme.objects.issued().select_for_update(no_key=True).filter(pk=scheme_id).first()
    period = Period.objects.filter(pk=period_id).first()
    if scheme is None or period is None:
        raise NotFound
    require_office(actor, Verb.OPEN_PERIODS, track=scheme.track)
    return scheme, period


def _locked_decision(actor: Actor, decision_id: int, version: int) -> UnitDecision:
    found = one_of(UnitDecision.objects.filter(pk=decision_id))
    scheme, _ = _locked_period(actor, found.scheme_id, found.period_id)
    decision = locked(UnitDecision.objects.select_related("period", "organisation"), decision_id)
    if decision.version != version:
        raise Conflict("stale", f"这项决定{decision.get_state_display()}，没有执行。请刷新后再看。")
    decision.scheme, decision.version = scheme, decision.version + 1
    return decision


def _require_before_official(scheme: Scheme, period: Period) -> None:
    if Ranking.objects.filter(scheme=scheme, period=period, kind=RankingKind.OFFICIAL).exists():
        raise Conflict(
            "computed",
            f"{period.label}已经正式核定，考评对象随核定定下，没有执行。",
            clause=scheme.cite(CLAUSE),
        )


def _require_possible(scheme: Scheme, period: Period, organisation: Organisation, kind: UnitChange) -> None:
    _require_before_official(scheme, period)
    ranked = {row.organisation_id for row in frozen_units(scheme, period)}
    if not ranked:
        raise Refused("not-open", f"{period.label}还没有开启打分，没有考评对象可调整，没有登记。")
    if kind == UnitChange.LEAVE_OUT and organisation.pk not in ranked:
        raise Refused("not-ranked", f"{organisation.name}不在{period.label}的考评对象里，没有登记。")
    if kind == UnitChange.TAKE_IN:
        of_today = Organisation.objects.of_track(scheme.track).filter(pk=organisation.pk).exists()
        if organisation.pk in ranked or not of_today:
            raise Refused(
                "not-to-take-in", f"{organisation.name}已在这一期的考评对象里，或不列入这一类考评，没有登记。"
            )


def _take_out(decision: UnitDecision) -> None:
    """Blank cells of sheets still open go, so that nobody waits for them; what was given stays, and counts no more."""
    if decision.kind == UnitChange.TAKE_IN:
        PeriodUnit.objects.filter(
            scheme=decision.scheme, period=decision.period, organisation=decision.organisation
        ).delete()
    Mark.objects.filter(
        sheet__scheme=decision.scheme,
        sheet__period=decision.period,
        organisation=decision.organisation,
        value__isnull=True,
        not_applicable="",
        problems="",
        suggestions="",
    ).exclude(sheet__state=SheetState.FILED).delete()


def _take_in(decision: UnitDecision, at: datetime) -> None:
    """Its row in the period, and a blank cell on every sheet that should have one; a filed sheet goes back for it."""
    scheme, period, unit = decision.scheme, decision.period, decision.organisation
    if not PeriodUnit.objects.filter(scheme=scheme, period=period, organisation=unit).exists():
        last = PeriodUnit.objects.filter(scheme=scheme, period=period).count()
        PeriodUnit.objects.bulk_create(frozen_rows(period, scheme, [unit], first=last + 1))
    view = period_view(scheme, period)
    sheets = MarkSheet.objects.select_for_update(of=("self",), no_key=True).filter(scheme=scheme, period=period)
    for sheet in sheets.order_by("pk"):
        iv = next((one for one in view.indicators if one.indicator.pk == sheet.indicator_id), None)
        if iv is None or unit.pk not in iv.carriers or sheet.marks.filter(organisation=unit).exists():
            continue
        _add_cell(view, iv, sheet, unit)
        if sheet.state in (SheetState.FILED, SheetState.SUBMITTED):
            bump(sheet, SheetState.RETURNED)
            sheet.reopened_until = max(period.locks_at, at + GIVEN_BACK)
            sheet.reopen_reason = (
                f"{unit.name}{decision.get_state_display()}“{decision.get_kind_display()}”，请补打这一格"
            )
            sheet.save(update_fields=["state", "version", "reopened_until", "reopen_reason"])


def _add_cell(view: SchemeView, iv: IndicatorView, sheet: MarkSheet, unit: Organisation) -> None:
    order, row = next((n, one) for n, one in enumerate(view.organisations, start=1) if one.pk == unit.pk)
    share = next(one for one in iv.shares if one.figure.pk == sheet.share_figure_id)
    full = full_mark_of(view, iv, share, row.zone)
    Mark.objects.create(sheet=sheet, organisation=unit, order=order, full_mark=full)


def _told(decision: UnitDecision, at: datetime) -> None:
    unit = heirs([decision.organisation])[decision.organisation_id]
    words = "撤销了" if decision.state == UnitChangeState.REVOKED else ""
    message = Message(
        key=f"unit-decision/{decision.pk}/{decision.version}",
        organisation_id=unit.pk,
        role=Role.REPORTER,
        title=f"{decision.period.label}考评对象调整：{words}{decision.organisation.name}{decision.get_kind_display()}"[
            :120
        ],
        body=f"{decision.number}。理由：{decision.reason}"[:500],
        url=to("evaluation:rankings"),
        clause=decision.scheme.cite(CLAUSE),
    )
    tell([message], at=at)


def _note(note: str, *, required: bool) -> str:
    note = note.strip()
    if len(note) > 500 or "\x00" in note or (required and len(note) < 4):
        raise Refused("reason-missing", "请写意见或撤销的理由（4 至 500 字），没有执行。")
    return note


def _record(act: Act, what: str, decision: UnitDecision) -> None:
    data = {
        "organisation": decision.organisation.code,
        "period": decision.period.code,
        "number": decision.number,
        "reason": decision.reason,
        "note": decision.revoke_reason or decision.note,
    }
    action, subject = f"evaluation.unit-decision.{what}", f"unit-decision:{decision.pk}"
    act.record(action, subject, **data)
