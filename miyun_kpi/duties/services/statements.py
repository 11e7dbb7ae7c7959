"""书面说明: 个别机关可不开展，但需要向区政务服务中心作出书面说明 (14号三（三）、三（六））."""

from datetime import datetime

from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.duties.access import require_office, require_report
from miyun_kpi.duties.enums import WRITABLE, ReportState, StatementState
from miyun_kpi.duties.models import DutyPeriod, Statement
from miyun_kpi.duties.queries.reports import may_make_up
from miyun_kpi.duties.services.reports import require_open
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.lib.reading import read_reason


def _locked(duty_period_id: int) -> DutyPeriod:
    """The line, with its statement read after the lock: joined to it it could be that of before the wait."""
    held = locked(DutyPeriod.objects.all(), duty_period_id)
    return DutyPeriod.objects.select_related("unit__duty", "unit__organisation", "statement").get(pk=held.pk)


def file_statement(*, actor: Actor, duty_period_id: int, version: int, reason: str, at: datetime) -> Statement:
    """By the unit, instead of a report. Its period counts as owed until the office has taken the statement.

    After its window it is taken too; the period goes on counting as 逾期未报.
    """
    said = reason.strip()
    if not 10 <= len(said) <= 2000 or "\x00" in said:
        raise Refused("reason-missing", "书面说明须为 10 至 2000 字，写明为什么不开展，没有提交。")
    with acting(actor, at) as act:
        row = _locked(duty_period_id)
        require_report(actor, row)
        duty = row.unit.duty
        if not duty.exemptible:
            raise Refused(
                "not-exemptible",
                "原文没有允许这项任务以书面说明代替，没有提交。请照常报送。",
                clause=cite(duty.document, duty.clause),
            )
        if may_make_up(row, at):
            row.missed = row.missed or row.reopened_until is None
            row.save(update_fields=["missed"])
        else:
            require_open(row, at)
        stored: Statement | None = getattr(row, "statement", None)
        if (stored.version if stored else 0) != version:
            raise Conflict("stale", "书面说明刚有变动，没有提交。请刷新后再看一遍。")
        if stored and stored.state == StatementState.SUBMITTED:
            raise Conflict("already-filed", "书面说明已经提交，等待审核。")
        fresh = stored or Statement(duty_period=row, version=0)
        fresh.reason, fresh.state = said, StatementState.SUBMITTED
        fresh.filed_at, fresh.filed_by = at, actor.label
        fresh.opinion, fresh.decided_at, fresh.decided_by = "", None, ""
        fresh.version += 1
        fresh.save()
        data = {"version": fresh.version}
        act.record("duties.statement.submitted", f"duty-period:{row.pk}", **data)
    return fresh


def decide_statement(
    *, actor: Actor, duty_period_id: int, version: int, accepted: bool, opinion: str, at: datetime
) -> Statement:
    """By the office of the document: take it (the period is exempt) or give it back with an opinion (the period is owed)."""
    said = read_reason(opinion, "退回书面说明要写意见", required=not accepted)
    with acting(actor, at) as act:
        row, stored = _of(actor, duty_period_id, version, StatementState.SUBMITTED)
        if accepted and row.state not in WRITABLE:
            # What was reported meanwhile says more than that nothing will be.
            said = (
                f"这一期已经报送（{row.get_state_display()}），书面说明不再收，没有执行。请退回书面说明，或先退回报送。"
            )
            raise Conflict("report-filed", said)
        _judge(stored, StatementState.ACCEPTED if accepted else StatementState.RETURNED, said, actor, at)
        if accepted:
            row.state = ReportState.EXEMPT
            row.save(update_fields=["state"])
        action = "duties.statement.accepted" if accepted else "duties.statement.returned"
        act.record(action, f"duty-period:{row.pk}", opinion=said)
    return stored


def revoke_statement(
    *, actor: Actor, duty_period_id: int, version: int, reason: str, until: datetime, at: datetime
) -> Statement:
    """By the office that took it: what it said turned out otherwise. The period is owed again, and open until `until`."""
    said = read_reason(reason, "撤销已收下的书面说明要写原因")
    with acting(actor, at) as act:
        row, stored = _of(actor, duty_period_id, version, StatementState.ACCEPTED)
        _judge(stored, StatementState.RETURNED, said, actor, at)
        row.state, row.reopened_until = ReportState.EXPECTED, until
        row.save(update_fields=["state", "reopened_until"])
        act.record("duties.statement.revoked", f"duty-period:{row.pk}", reason=said, until=until.isoformat())
    return stored


def _of(actor: Actor, duty_period_id: int, version: int, state: StatementState) -> tuple[DutyPeriod, Statement]:
    """The line and its statement, for the office of the document, in the version and state that were seen."""
    row = _locked(duty_period_id)
    require_office(actor, row.unit.duty.document)
    stored: Statement | None = getattr(row, "statement", None)
    if stored is None:
        raise NotFound
    if stored.version != version or stored.state != state:
        raise Conflict("stale", "书面说明刚有变动，没有执行。请刷新后再看一遍。")
    return row, stored


def _judge(stored: Statement, state: StatementState, said: str, actor: Actor, at: datetime) -> None:
    stored.state, stored.opinion = state, said
    stored.decided_at, stored.decided_by = at, actor.label
    stored.version += 1
    stored.save()
