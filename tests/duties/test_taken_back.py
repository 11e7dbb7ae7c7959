"""停用任务, 移出单位: what is blank and not due is taken back; what somebody wrote stays to be read and is charged to nobody."""

import json

import pytest

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.enums import ReportState, StatementState
from miyun_kpi.duties.models import DutyPeriod, DutyUnit, Statement
from miyun_kpi.duties.queries.reports import owed_by, tallies_by_document, tally_faults
from miyun_kpi.duties.services.evidence import EVIDENCE
from miyun_kpi.duties.services.settling import settle
from miyun_kpi.duties.services.statements import decide_statement, revoke_statement
from miyun_kpi.duties.services.units import end_unit, extend_list
from miyun_kpi.duties.services.upkeep import withdraw_duty
from miyun_kpi.organisations.queries import resolve
from tests.duties.conftest import AT, duty, period_of
from tests.duties.test_merged import KEY, LOCKED, UNTIL, client_of, drafted, filed, given_back
from tests.duties.test_there_and_back import file_of, stated, stored
from tests.duties.test_units import open_phrase
from tests.factories.markup import one_line

TOWN, BUREAU, Q = "溪翁庄镇", "区财政局", "2020Q2"
WHY = "另有办法代替"


def stopped(office, act: str) -> None:
    if act == "withdraw":
        withdraw_duty(actor=office, duty_id=duty(KEY).pk, version=duty(KEY).version, reason=WHY, at=AT)
        return
    unit = DutyUnit.objects.get(duty__key=KEY, organisation=resolve(TOWN))
    end_unit(actor=office, unit_id=unit.pk, version=duty(KEY).version, reason=WHY, at=AT)


@pytest.fixture(params=["withdraw", "end"])
def act(request, opened, settings, tmp_path) -> str:
    settings.VAR_DIR = tmp_path
    # As if a person had named it: a printed one is not taken out.
    DutyUnit.objects.filter(duty__key=KEY, organisation=resolve(TOWN)).update(added_by="某人")
    return request.param


@pytest.mark.parametrize("begun", ["draft", "file", "statement"])
def test_what_somebody_wrote_is_neither_deleted_nor_owed(office, act, begun):
    row = period_of(KEY, TOWN, Q)
    {"draft": lambda: drafted(TOWN, "写到一半"), "file": lambda: file_of(TOWN, row), "statement": lambda: stated(row)}[
        begun
    ]()
    stopped(office, act)
    assert stored(row).state == ReportState.EXEMPT and row not in owed_by(resolve(TOWN).pk, AT)
    if begun == "file":
        assert Attachment.objects.get(kind=EVIDENCE).subject_id == row.pk
    if begun == "statement":
        kept = Statement.objects.get(duty_period=row)
        assert (kept.state, kept.opinion, kept.decided_by) == (StatementState.RETURNED, WHY, office.label)
    settle(LOCKED)
    counted = tallies_by_document(DutyUnit.objects.filter(pk=row.unit_id), LOCKED)["2020-14"]
    assert (counted.missing, counted.exempt) == (0, 1) and not list(tally_faults())
    # The blank one of the next quarter is gone.
    assert not DutyPeriod.objects.filter(unit=row.unit_id, period="2020Q3").exists()
    text = one_line(client_of("place", TOWN).get(f"/duties/periods/{row.pk}/").content.decode())
    assert WHY in text and "没有报送，留作参考，不算未报" in text and "接手" not in text


def test_periods_are_counted_and_not_what_hangs_on_them(office, act):
    stated(period_of(KEY, TOWN, Q))
    open_then = DutyPeriod.objects.filter(unit__duty__key=KEY, due_at__gt=AT)
    number = open_then.count() if act == "withdraw" else open_then.filter(unit__organisation=resolve(TOWN)).count()
    stopped(office, act)
    action = "duties.duty.disabled" if act == "withdraw" else "duties.unit.ended"
    assert json.loads(AuditEntry.objects.get(action=action).data)["periods"] == number > 1


def test_what_was_reported_stays_and_what_was_given_back_is_put_right(office, act):
    row = given_back(filed(TOWN), office)
    stopped(office, act)
    assert stored(row).state == ReportState.RETURNED
    drafted(TOWN, "列席代表 5 人", row.report.version)
    assert (stored(row).state, stored(row).reopened_until) == (ReportState.DRAFT, UNTIL)


def test_a_draft_of_one_given_back_stays_too(office, act):
    row = given_back(filed(TOWN), office)
    drafted(TOWN, "列席代表 5 人", row.report.version)
    stopped(office, act)
    assert stored(row).state == ReportState.DRAFT and row in owed_by(resolve(TOWN).pk, AT)


def test_one_whose_statement_was_revoked_is_owed_no_more(office, act):
    row = period_of(KEY, TOWN, Q)
    given = {"duty_period_id": row.pk, "at": AT}
    decide_statement(actor=office, version=stated(row).version, accepted=True, opinion="", **given)
    revoke_statement(actor=office, version=2, reason="会议照常开了", until=UNTIL, **given)
    stopped(office, act)
    assert stored(row).state == ReportState.EXEMPT and Statement.objects.filter(duty_period=row).exists()
    assert row not in owed_by(resolve(TOWN).pk, AT)


def test_a_unit_that_is_named_again_finds_what_it_had_written(office, opened):
    given = {"codes": [resolve(BUREAU).code], "reason": "2020年7月会议明确", "at": AT}
    (unit,) = extend_list(actor=office, phrase_id=open_phrase(KEY).pk, version=1, **given)
    dates = {name: getattr(period_of(KEY, TOWN, Q), name) for name in ("starts_at", "due_at", "late_until", "locks_at")}
    row = DutyPeriod.objects.create(unit=unit, period=Q, **dates)
    drafted(BUREAU, "写到一半", row=row)
    end_unit(actor=office, unit_id=unit.pk, version=2, reason=WHY, at=AT)
    assert stored(row).state == ReportState.EXEMPT
    extend_list(actor=office, phrase_id=open_phrase(KEY).pk, version=3, **given)
    assert stored(row).state == ReportState.DRAFT
