"""B1: a paper of an earlier day; and a case that comes back from 复议 or the court with a new answer to give."""

from datetime import datetime

import pytest
from django.test import Client

from disclosure.access import visible_applications
from disclosure.enums import Finding
from disclosure.models import Application, Challenge
from disclosure.queries.applications import cases_of, disputes_of, late_in, line_of
from disclosure.rules.annual import annual_table, dispute_table
from disclosure.services import applications as services
from disclosure.services import challenges
from miyun_kpi.acts.days import IN_TIME, Late
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.emendations.services import looked_at
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.disclosure.test_applications import act, d, due, receive
from tests.factories.rankings import BACKEND, person

PAPER = Late("延期审批单第 3 号", "审批单周五才转到")


def at(text, hour=10):
    return datetime.fromisoformat(f"2020-{text}T{hour:02}:00").replace(tzinfo=SHANGHAI)


@pytest.fixture
def row(author):
    return receive(author, on="07-01", at=at("07-01"))


def again(row):
    return Application.objects.get(pk=row.pk)


def test_an_extension_approved_on_paper_before_the_limit_is_entered_after_it(row, author, head):
    assert due(row) == d("07-29")
    typed = at("07-31")
    asked = {"days": 10, "reason": "材料较多，需要核对"}
    with pytest.raises(Refused, match="属于补登"):
        act(services.ask_extension, author, row, on=d("07-27"), at=typed, late=IN_TIME, **asked)
    act(services.ask_extension, author, row, on=d("07-27"), at=typed, late=PAPER, **asked)
    with pytest.raises(Refused, match="已过"):
        act(services.decide_extension, head, row, approved=True, opinion="", at=typed)
    with pytest.raises(Refused, match="早于申请延期"):
        act(services.decide_extension, head, row, approved=True, opinion="", on=d("07-24"), at=typed, late=PAPER)
    act(services.decide_extension, head, row, approved=True, opinion="同意", on=d("07-28"), at=typed, late=PAPER)
    line = line_of(again(row), d("07-31"))
    assert str(line.clock.due_on) == "2020-08-12" and line.clock.state == "running"
    events = list(row.events.all())
    assert [one.late for one in events] == ["", "补登，依据延期审批单第 3 号；审批单周五才转到"] + [events[1].late]
    seen = visible_applications(author).get(pk=row.pk)
    assert seen.has_late and late_in([seen], 2020) == 1 and late_in([seen], 2021) == 0


def test_what_is_typed_the_next_working_day_is_no_late_entry(row, author):
    # A Friday, typed on Monday.
    act(services.send_correction, author, row, on=d("07-03"), note="请写明年度", at=at("07-06"), late=IN_TIME)
    assert not visible_applications(author).get(pk=row.pk).has_late


@pytest.fixture
def answered(row, author):
    act(services.answer, author, row, on=d("07-20"), outcome="internal", note="内部事务", at=at("07-20"))
    act(services.archive, author, row, on=d("07-22"), at=at("07-22"))
    return row


def disputed(author, row, kind="review", number="密政复〔2020〕5号"):
    return act(challenges.notify, author, row, kind=kind, number=number, on=d("08-03"), at=at("08-03"))


def settled(author, row, made, **changed):
    given = {"finding": Finding.CORRECTED, "decision_number": "密政复决〔2020〕5号", "on": d("09-07"), "again_days": 10}
    return act(challenges.settle, author, row, challenge_id=made.pk, at=at("09-07"), **given | changed)


def test_a_case_that_was_overturned_is_answered_once_more_under_its_own_days(answered, author):
    settled(author, answered, disputed(author, answered))
    row = again(answered)
    line = line_of(row, d("09-08"))
    assert (row.answered_on, row.archived_on, row.outcome) == (None, None, "")
    assert str(line.clock.due_on) == "2020-09-21" and line.clock.allowed == 10 and line.clock.state == "running"
    kept = Challenge.objects.get()
    assert (str(kept.former_on), kept.former_outcome, kept.former_answer) == ("2020-07-20", "internal", "内部事务")
    with pytest.raises(Refused, match="早于收到决定"):
        act(services.answer, author, row, on=d("09-04"), outcome="granted", note="", at=at("09-10"))
    with pytest.raises(Refused, match="不能延长"):
        act(services.ask_extension, author, row, days=5, reason="还要时间", at=at("09-10"))
    act(services.answer, author, row, on=d("09-18"), outcome="granted", note="全部公开", at=at("09-18"))
    assert line_of(again(row), d("12-01")).clock.state == "on_time"
    act(services.archive, author, row, on=d("09-21"), at=at("09-21"))


def test_an_answer_once_more_that_is_late_is_late(answered, author):
    settled(author, answered, disputed(author, answered), again_days=5)
    act(services.answer, author, answered, on=d("09-22"), outcome="granted", note="", at=at("09-22"))
    assert line_of(again(answered), d("12-01")).clock.state == "late"


def test_the_year_counts_the_first_answer_and_the_dispute_beside_it(answered, author):
    one = disputed(author, answered)
    rows = [again(answered)]
    assert [row.numbers for row in dispute_table(disputes_of(rows), 2020)] == [[0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 1]]
    before = annual_table(cases_of(rows), 2020)
    settled(author, answered, one)
    rows = [again(answered)]
    assert annual_table(cases_of(rows), 2020) == before, "what the report counted is not counted away"
    table = dispute_table(disputes_of(rows), 2020)
    assert [row.numbers for row in table] == [[0, 1, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]] and table[2].whole == 1
    assert [row.whole for row in dispute_table(disputes_of(rows), 2021)] == [0, 0, 0]


def test_a_fact_put_right_later_is_held_against_the_days_of_the_order(answered, author):
    settled(author, answered, disputed(author, answered))
    act(services.answer, author, answered, on=d("09-18"), outcome="granted", note="", at=at("09-18"))
    given = {"actor": author, "subject": "application", "subject_id": answered.pk, "at": at("09-25")}
    said = [one.what for one in looked_at(typed={"answered_on": "2020-09-17"}, **given)]
    assert "答复期限" not in said, "still in time under the days of the order"
    late = [one.becomes for one in looked_at(typed={"answered_on": "2020-09-22"}, **given) if one.what == "答复期限"]
    assert len(late) == 1 and "2020-09-21（逾期答复）" in late[0]


def test_upheld_or_without_an_order_the_answer_stands(answered, author):
    made = disputed(author, answered, kind="suit", number="（2020）京0118行初7号")
    with pytest.raises(Refused, match="结果维持的没有重新答复"):
        settled(author, answered, made, finding=Finding.UPHELD)
    settled(author, answered, made, finding=Finding.UPHELD, again_days=None)
    assert again(answered).outcome == "internal" and again(answered).archived_on


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"finding": ""}, "请选结果"),
        ({"decision_number": " "}, "决定文号"),
        ({"on": d("08-02")}, "早于收到通知"),
        ({"again_days": 0}, "1 至 60"),
        ({"again_days": 61}, "1 至 60"),
    ],
)
def test_what_cannot_be_is_refused_and_stores_nothing(answered, author, changed, said):
    made = disputed(author, answered)
    with pytest.raises(Refused, match=said):
        settled(author, answered, made, **changed)
    assert Challenge.objects.get().decided_on is None and again(answered).outcome == "internal"


def test_one_number_is_registered_once_and_its_outcome_once(answered, author, head, office):
    made = disputed(author, answered)
    with pytest.raises(Conflict, match="已经登记过"):
        disputed(author, answered)
    with pytest.raises(NotAllowed):
        disputed(office, answered, number="另一件")
    settled(author, answered, made)
    with pytest.raises(Conflict, match="已经登记结果"):
        settled(author, answered, made)


def test_what_was_entered_at_the_wrong_case_is_struck_and_the_answer_stands_again(answered, author):
    filed = again(answered).archived_on
    assert filed
    made = disputed(author, answered)
    settled(author, answered, made)
    with pytest.raises(Refused, match="要写理由"):
        act(challenges.strike, author, answered, challenge_id=made.pk, reason="")
    act(challenges.strike, author, answered, challenge_id=made.pk, reason="登记到别的申请上了")
    row = again(answered)
    assert (str(row.answered_on), row.outcome, row.again_from) == ("2020-07-20", "internal", None)
    assert row.archived_on == filed, "archived as it was"
    assert [one.whole for one in dispute_table(disputes_of([row]), 2020)] == [0, 0, 0]
    with pytest.raises(NotFound):
        settled(author, answered, made)
    second = disputed(author, answered)
    settled(author, answered, second)
    act(services.answer, author, answered, on=d("09-18"), outcome="granted", note="", at=at("09-18"))
    act(challenges.strike, author, answered, challenge_id=second.pk, reason="决定书是别件的")
    assert again(answered).outcome == "granted", "an answer that was given since is not taken back"


def test_of_two_orders_the_one_that_stands_goes_on(answered, author):
    """The second came while nobody had answered the first: either may turn out to be another case's."""
    filed = again(answered).archived_on
    assert filed
    first = disputed(author, answered)
    settled(author, answered, first)
    second = disputed(author, answered, number="诉2号")
    settled(author, answered, second, again_days=15)
    row = again(answered)
    ordered = (row.again_from, row.again_days, row.answered_on)
    assert ordered[1:] == (15, None)
    act(challenges.strike, author, answered, challenge_id=second.pk, reason="登记到别的申请上了")
    row = again(answered)
    assert (row.again_days, row.answered_on) == (first_days(first), None) and row.again_from is not None
    third = disputed(author, answered, number="诉3号")
    settled(author, answered, third, again_days=15)
    act(challenges.strike, author, answered, challenge_id=first.pk, reason="登记到别的申请上了")
    row = again(answered)
    assert (row.again_days, row.answered_on) == (15, None), "the order of the third goes on"
    act(challenges.strike, author, answered, challenge_id=third.pk, reason="登记到别的申请上了")
    row = again(answered)
    assert (str(row.answered_on), row.outcome, row.again_from) == ("2020-07-20", "internal", None)
    assert row.archived_on == filed, "archived as it was"


def first_days(challenge):
    return Challenge.objects.get(pk=challenge.pk).again_days


def test_another_organ_does_not_see_it(answered, author):
    from tests.disclosure.conftest import somebody

    with pytest.raises(NotFound):
        disputed(somebody("区财政局", "reporter", 31), answered)


def test_in_the_browser_from_the_notice_to_the_new_answer(answered):
    client = Client()
    client.force_login(person("minzheng1", "区民政局", "reporter"), backend=BACKEND)
    address = f"/disclosure/applications/{answered.pk}/"
    assert "登记复议诉讼结果" not in client.get(address).content.decode()
    late = {"late_source": "复议答复通知书", "late_reason": "通知书转办较晚"}
    sent = {"version": again(answered).version, "kind": "review", "number": "密政复5号", "on": "2020-08-03"}
    refused = client.post(f"{address}act/challenge/", sent)
    said = refused.content.decode()
    assert refused.status_code == 422 and "属于补登" in said and "密政复5号" in said
    assert client.post(f"{address}act/challenge/", sent | late).status_code == 302
    page = client.get(address).content.decode()
    assert "尚未审结" in page and "登记复议诉讼结果" in page
    made = Challenge.objects.get()
    given = {"version": again(answered).version, "challenge_id": made.pk, "finding": "corrected", "on": "2020-09-07"}
    given |= late | {"decision_number": "密政复决5号", "again_days": "10"}
    other = client.post(f"{address}act/settle/", given | {"challenge_id": made.pk + 1})
    assert other.status_code == 422
    assert client.post(f"{address}act/settle/", given).status_code == 302
    page = client.get(address).content.decode()
    assert "责令 10 个工作日内重新答复" in page and "原答复" in page and "补登，依据复议答复通知书" in page
    year = client.get("/disclosure/annual/?year=2020").content.decode()
    assert "结果纠正" in year and "有补登的经过" in year
