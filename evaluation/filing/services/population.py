"""考评对象调整决定 (engine 21): recorded by one person of the office, confirmed by another.

In a period that is 核定 or 通报 it is a proposed 更正 (0089): what stands does not move, and taking a decision back takes two.
"""

from datetime import datetime

from evaluation.engine.queries.closing import closed_by, require_not_closed
from evaluation.enums import SheetState, UnitChange, UnitChangeState
from evaluation.periods.models import Period, PeriodUnit, UnitDecision
from evaluation.periods.queries.population import frozen_units, period_view
from evaluation.periods.services import frozen_rows, inputs_moved
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import IndicatorView, SchemeView
from evaluation.scheme.services.cells import bring_cells
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.services.giving_back import give_back
from evaluation.sheets.services.periods import full_mark_of
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import Act, acting, lock_all, locked, tell, unless_taken
from miyun_kpi.acts.two_persons import release
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason, wrong_lengths
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import heirs
from miyun_kpi.routes import to

CLAUSE = "四（二）"
LIMITS = {"number": ("决定文号", 2, 80), "reason": ("理由", 4, 500)}


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
        problems = wrong_lengths(words, LIMITS)
        if problems:
            raise Refused("bad-unit-decision", f"有 {len(problems)} 处要改，没有登记。请按提示改正。", errors=problems)
        said = f"{organisation.name}在这一期已有一项调整决定，没有再登记。请先确认、退回或撤销那一项。"
        with unless_taken(Conflict("already-recorded", said)):
            decision = UnitDecision.objects.create(
                scheme=scheme,
                period=period,
                organisation=organisation,
                kind=kind,
                **words,
                **act.signed(UnitDecision, "recorded"),
            )
        _record(act, "recorded", decision)
    return decision


def decide_unit_decision(
    *, actor: Actor, decision_id: int, version: int, confirm: bool, note: str, at: datetime
) -> UnitDecision:
    """Confirmed by a second person it takes effect at once on sheets and totals; or it goes back with a reason."""
    with acting(actor, at) as act:
        decision = _locked_decision(act, decision_id, version)
        kind = UnitChange(decision.kind)
        release(
            act,
            decision,
            UnitChangeState,
            confirm=confirm,
            note=note,
            possible=lambda: _require_possible(decision.scheme, decision.period, decision.organisation, kind),
        )
        if confirm:
            leaves = decision.kind == UnitChange.LEAVE_OUT
            _take_out(decision) if leaves else _take_in(act.actor, decision, at)
            _told(decision, at)
            inputs_moved(decision.scheme_id, [decision.period_id])
        _record(act, "confirmed" if confirm else "returned", decision)
    return decision


def revoke_unit_decision(*, actor: Actor, decision_id: int, version: int, note: str, at: datetime) -> UnitDecision:
    """Taken back before 正式核定, with the reason; the record stays and the cells come back blank."""
    with acting(actor, at) as act:
        decision = _locked_decision(act, decision_id, version)
        require_not_closed(closed_by(decision.scheme, decision.period), "撤销调整决定")
        return _revoke(act, decision, note, at)


def revoke_in_closed_period(*, actor: Actor, decision_id: int, version: int, note: str, at: datetime) -> UnitDecision:
    """By the second person of a proposal (year/deciding.py): what stands is corrected by the next 核定."""
    with acting(actor, at) as act:
        return _revoke(act, _locked_decision(act, decision_id, version), note, at)


def _revoke(act: Act, decision: UnitDecision, note: str, at: datetime) -> UnitDecision:
    act.require_state(decision, (UnitChangeState.CONFIRMED,), "撤销")
    decision.revoke_reason = read_reason(note, "撤销要写理由")
    decision.state = UnitChangeState.REVOKED
    act.sign(decision, "revoked")
    act.save(decision)
    leaves = decision.kind == UnitChange.LEAVE_OUT
    _take_in(act.actor, decision, at) if leaves else _take_out(decision)
    _told(decision, at)
    inputs_moved(decision.scheme_id, [decision.period_id])
    _record(act, "revoked", decision)
    return decision


def _locked_period(actor: Actor, scheme_id: int, period_id: int) -> tuple[Scheme, Period]:
    scheme, period = locked(Scheme.objects.issued(), scheme_id), one_of(Period.objects.filter(pk=period_id))
    require_office(actor, Verb.OPEN_PERIODS, track=scheme.track)
    return scheme, period


def _locked_decision(act: Act, decision_id: int, version: int) -> UnitDecision:
    found = one_of(UnitDecision.objects.filter(pk=decision_id))
    scheme, _ = _locked_period(act.actor, found.scheme_id, found.period_id)
    decision = act.lock(UnitDecision.objects.select_related("period", "organisation"), decision_id, version)
    decision.scheme = scheme
    return decision


def _require_possible(scheme: Scheme, period: Period, organisation: Organisation, kind: UnitChange) -> None:
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
    """Blank cells of sheets still open go, so that nobody waits for them; what was given stays, and counts no more.

    Whoever marks holds the sheet: held here too, a cell that is found blank is so when it goes.
    """
    lock_all(MarkSheet.objects.filter(scheme=decision.scheme, period=decision.period))
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


def _take_in(actor: Actor, decision: UnitDecision, at: datetime) -> None:
    """Its row in the period, and a blank cell on every sheet that should have one; a filed sheet goes back for it."""
    scheme, period, unit = decision.scheme, decision.period, decision.organisation
    bring_cells(actor=actor, scheme=scheme, units=[unit], at=at)
    if not PeriodUnit.objects.filter(scheme=scheme, period=period, organisation=unit).exists():
        last = PeriodUnit.objects.filter(scheme=scheme, period=period).count()
        PeriodUnit.objects.bulk_create(frozen_rows(period, scheme, [unit], first=last + 1))
    view = period_view(scheme, period)
    for sheet in lock_all(MarkSheet.objects.filter(scheme=scheme, period=period)):
        iv = next((one for one in view.indicators if one.indicator.pk == sheet.indicator_id), None)
        if iv is None or unit.pk not in iv.carriers or sheet.marks.filter(organisation=unit).exists():
            continue
        _add_cell(view, iv, sheet, unit)
        said = f"{unit.name}{decision.get_state_display()}“{decision.get_kind_display()}”，请补打这一格"
        give_back(sheet, said, actor=actor, at=at)


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


def _record(act: Act, what: str, decision: UnitDecision) -> None:
    data: dict[str, object] = {
        "organisation": decision.organisation.code,
        "period": decision.period.code,
        "number": decision.number,
        "reason": decision.reason,
        "note": decision.revoke_reason or decision.note,
    }
    if closed := closed_by(decision.scheme, decision.period):
        data["corrects"] = closed.ranking.pk
    action, subject = f"evaluation.unit-decision.{what}", f"unit-decision:{decision.pk}"
    act.record(action, subject, **data)
