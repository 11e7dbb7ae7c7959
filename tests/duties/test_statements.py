import pytest

from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.services.reports import ReportInput, save_report, submit_reports
from miyun_kpi.duties.services.statements import decide_statement, file_statement
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.duties.conftest import AT, acting, period_of

KEY = "14/三（六）/1/1"
SAID = "本镇职责不涉及公共利益和公众权益的会议，本季度不开放。"


@pytest.fixture
def town(gazette):
    return acting("北庄镇", "reporter")


def file(town, **changed):
    row = period_of(KEY, "北庄镇", "2020Q2")
    return row, file_statement(actor=town, duty_period_id=row.pk, at=AT, **({"version": 0, "reason": SAID} | changed))


def state(row):
    return DutyPeriod.objects.get(pk=row.pk).state


def test_a_statement_counts_once_the_office_has_taken_it(opened, town, office):
    row, statement = file(town)
    assert state(row) == "expected"
    decide_statement(actor=office, duty_period_id=row.pk, version=statement.version, accepted=True, opinion="", at=AT)
    assert state(row) == "exempt"


def test_given_back_it_is_owed_and_may_be_made_again(opened, town, office):
    row, statement = file(town)
    decide_statement(actor=office, duty_period_id=row.pk, version=1, accepted=False, opinion="请说明会议清单", at=AT)
    assert state(row) == "expected"
    again = file_statement(actor=town, duty_period_id=row.pk, version=2, reason=SAID, at=AT)
    assert again.version == 3 and again.state == "submitted" and again.opinion == ""


def test_a_statement_is_not_taken_over_what_was_reported_meanwhile(opened, town, office):
    row, statement = file(town)
    save_report(actor=town, duty_period_id=row.pk, report=ReportInput(0, "on-course", progress="已开放两次"), at=AT)
    submit_reports(actor=town, found=DutyPeriod.objects.filter(pk=row.pk), at=AT)
    given = {"actor": office, "duty_period_id": row.pk, "version": statement.version, "at": AT}
    with pytest.raises(Conflict, match="已经报送（.*），书面说明不再收"):
        decide_statement(accepted=True, opinion="", **given)
    assert state(row) == "filed"
    decide_statement(accepted=False, opinion="已有报送，按报送办理", **given)
    assert state(row) == "filed"


@pytest.mark.parametrize(
    ("version", "accepted", "opinion", "error"), [(0, True, "", Conflict), (1, False, "短", Refused)]
)
def test_a_decision_names_the_version_and_a_reason(opened, town, office, version, accepted, opinion, error):
    row, _ = file(town)
    with pytest.raises(error):
        decide_statement(
            actor=office, duty_period_id=row.pk, version=version, accepted=accepted, opinion=opinion, at=AT
        )
    assert state(row) == "expected"


def test_a_second_press_says_it_waits(opened, town):
    row, _ = file(town)
    with pytest.raises(Conflict, match="已经提交"):
        file_statement(actor=town, duty_period_id=row.pk, version=1, reason=SAID, at=AT)


def test_a_short_statement_is_refused(opened, town):
    with pytest.raises(Refused, match="10 至 2000 字"):
        file(town, reason="不开展")


def test_only_where_the_text_allows_it(opened):
    row = period_of("14/二（五）/3/1", "区民政局", "2020-07")
    with pytest.raises(Refused, match="没有允许"):
        file_statement(actor=acting("区民政局", "reporter"), duty_period_id=row.pk, version=0, reason=SAID, at=AT)


def test_a_foreign_unit_does_not_find_it_and_a_foreign_office_may_not(opened, town):
    row, _ = file(town)
    with pytest.raises(NotFound):
        file_statement(actor=acting("溪翁庄镇", "reporter"), duty_period_id=row.pk, version=1, reason=SAID, at=AT)
    with pytest.raises(NotAllowed):
        decide_statement(
            actor=acting("区水务局", "register_office"),
            duty_period_id=row.pk,
            version=1,
            accepted=True,
            opinion="",
            at=AT,
        )
