"""A place in a duty that is handed over and handed back: each period is owed by the one whose place it is now (0141)."""

from io import BytesIO

import pytest

from miyun_kpi.duties import access
from miyun_kpi.duties.enums import ReportState, StatementState
from miyun_kpi.duties.models import DutyPeriod, DutyUnit, Statement
from miyun_kpi.duties.queries.reports import is_writable, owed_by, tally_faults
from miyun_kpi.duties.services import Seen, accept_reports, submit_reports
from miyun_kpi.duties.services.evidence import add_evidence, remove_evidence
from miyun_kpi.duties.services.statements import decide_statement, file_statement
from miyun_kpi.duties.services.units import extend_list, hand_over
from miyun_kpi.organisations.queries import resolve
from tests.duties.conftest import AT, acting, duty, period_of
from tests.duties.test_merged import KEY, Q, client_of, drafted, filed
from tests.duties.test_units import open_phrase
from tests.factories.markup import one_line

A, B = "溪翁庄镇", "北庄镇"


def handed(office, name: str, to: str) -> None:
    unit = DutyUnit.objects.get(duty__key=KEY, organisation=resolve(name))
    given = {"version": duty(KEY).version, "to_code": resolve(to).code, "reason": "职能划转决定"}
    hand_over(actor=office, unit_id=unit.pk, at=AT, **given)


def stored(row: DutyPeriod) -> DutyPeriod:
    return DutyPeriod.objects.select_related("unit__organisation").get(pk=row.pk)


def file_of(name: str, row: DutyPeriod):
    with BytesIO(b"%PDF-1.4 x") as file:
        return add_evidence(actor=acting(name, "reporter"), duty_period_id=row.pk, file=file, name="x.pdf", at=AT)


def stated(row: DutyPeriod, version: int = 0) -> Statement:
    why = "本镇没有这样的会议，不开展"
    return file_statement(actor=acting(A, "reporter"), duty_period_id=row.pk, version=version, reason=why, at=AT)


@pytest.mark.parametrize("begun", ["draft", "file", "statement"])
def test_the_line_of_the_one_that_has_it_back_is_owed_again_with_all_it_held(opened, office, settings, tmp_path, begun):
    settings.VAR_DIR = tmp_path
    row, other = period_of(KEY, A, Q), drafted(B, "北庄写的")
    {"draft": lambda: drafted(A, "溪翁庄写的"), "file": lambda: file_of(A, row), "statement": lambda: stated(row)}[
        begun
    ]()
    handed(office, A, B)
    assert (stored(row).state, stored(other).state) == (ReportState.EXEMPT, ReportState.DRAFT)
    handed(office, B, A)
    back = stored(row)
    assert back.state == (ReportState.DRAFT if begun == "draft" else ReportState.EXPECTED)
    assert back.unit.active and is_writable(back, AT) and back in owed_by(resolve(A).pk, AT)
    assert stored(other).state == ReportState.EXEMPT and stored(other).report.progress == "北庄写的"
    assert not owed_by(resolve(B).pk, AT).filter(unit__duty__key=KEY, period=Q).exists()
    if begun == "statement":
        kept = Statement.objects.get(duty_period=row)
        assert kept.state == StatementState.RETURNED
        assert stated(row, kept.version).state == StatementState.SUBMITTED
    drafted(A, "溪翁庄改好的", back.report.version if begun == "draft" else 0)
    submit_reports(actor=acting(A, "reporter"), found=DutyPeriod.objects.filter(pk=row.pk), at=AT)
    assert stored(row).state == ReportState.FILED and not list(tally_faults())


def test_a_blank_line_is_dropped_where_the_one_that_has_it_back_had_begun(opened, office, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    row, other = drafted(A, "溪翁庄写的"), period_of(KEY, B, Q)
    file = file_of(B, other)
    handed(office, A, B)
    assert stored(row).state == ReportState.EXEMPT
    remove_evidence(actor=acting(B, "reporter"), duty_period_id=other.pk, attachment_id=file.pk, at=AT)
    handed(office, B, A)
    assert stored(row).state == ReportState.DRAFT and not DutyPeriod.objects.filter(pk=other.pk).exists()


def test_what_was_reported_meanwhile_is_not_asked_a_second_time(opened, office):
    row, other = drafted(A, "溪翁庄写的"), drafted(B, "北庄写的")
    handed(office, A, B)
    submit_reports(actor=acting(B, "reporter"), found=DutyPeriod.objects.filter(pk=other.pk), at=AT)
    handed(office, B, A)
    assert (stored(row).state, stored(other).state) == (ReportState.EXEMPT, ReportState.FILED)
    text = one_line(client_of("place", A).get(f"/duties/periods/{row.pk}/").content.decode())
    assert "这一期由当时接手的单位报送" in text and "已作书面说明" not in text
    found = access.reviewed_by(office)
    version = stored(other).report.version
    assert accept_reports(actor=office, found=found, seen=[Seen(other.pk, version)], at=AT) == 1


def test_a_statement_that_was_taken_stands_when_the_place_comes_back(opened, office):
    row, other = period_of(KEY, A, Q), drafted(B, "北庄写的")
    given = {"version": stated(row).version, "accepted": True, "opinion": "", "at": AT}
    decide_statement(actor=office, duty_period_id=row.pk, **given)
    handed(office, A, B)
    handed(office, B, A)
    assert stored(row).state == ReportState.EXEMPT and stored(other).state == ReportState.EXEMPT
    text = client_of("place", A).get(f"/duties/periods/{row.pk}/").content.decode()
    assert "已作书面说明" in text and "移交过" not in text


def test_named_again_it_owes_what_can_still_be_reported(opened, office):
    row = drafted(A, "溪翁庄写的")
    filed(B)
    handed(office, A, B)
    given = {"version": duty(KEY).version, "codes": [resolve(A).code], "reason": "2020年7月会议明确"}
    extend_list(actor=office, phrase_id=open_phrase(KEY).pk, at=AT, **given)
    assert stored(row).state == ReportState.DRAFT and is_writable(stored(row), AT)
