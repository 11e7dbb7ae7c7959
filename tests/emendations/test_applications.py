"""A6: what was entered wrongly about an application, or turned out otherwise after it was answered."""

from datetime import date, datetime

import pytest

from disclosure.models import Application
from disclosure.queries.applications import cases_of, line_of
from disclosure.rules.annual import annual_table
from disclosure.services import applications as services
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.emendations.desk import desk_items
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.emendations.services import decide, looked_at, propose, withdraw
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.disclosure.conftest import LATE, author, head, office, somebody

__all__ = ["author", "head", "office"]
AT = datetime(2020, 9, 30, 10, tzinfo=SHANGHAI)
WHY = {"basis": "entry", "paper": "收件登记本第 12 页", "reason": "收到日期抄错一行"}


@pytest.fixture
def other(gazette):
    return somebody("区民政局", "reporter", 21)


@pytest.fixture
def row(author):
    made = services.receive(
        actor=author,
        received_on=date(2020, 7, 1),
        way="net",
        applicant_kind="natural",
        applicant="王某某",
        contact="13800000000",
        content="低保标准",
        late=LATE,
        at=AT,
    )
    services.answer(
        actor=author,
        application_id=made.pk,
        version=made.version,
        on=date(2020, 7, 31),
        outcome="granted",
        note="已公开",
        late=LATE,
        at=AT,
    )
    return Application.objects.get(pk=made.pk)


def put_right(actor, row, **facts):
    return propose(actor=actor, subject="application", subject_id=row.pk, typed=facts, at=AT, **WHY)


def confirm(actor, made, **more):
    given = {"confirm": True, "note": ""} | more
    return decide(actor=actor, emendation_id=made.pk, version=made.version, at=AT, **given)


def counts(row, year=2020):
    return [line.numbers for line in annual_table(cases_of([Application.objects.get(pk=row.pk)]), year)]


def test_a_wrong_day_is_put_right_by_two_persons_and_the_clock_follows(row, author, other):
    assert line_of(row, AT.date()).clock.state == "late"
    said = looked_at(actor=author, subject="application", subject_id=row.pk, typed={"received_on": "2020-07-06"}, at=AT)
    assert any("逾期答复" in one.becomes and "已答复" in one.becomes for one in said)
    assert any("2020年的年度统计" in one.what for one in said)
    made = put_right(author, row, received_on="2020-07-06")
    row.refresh_from_db()
    assert row.received_on == date(2020, 7, 1), "nothing changes before the second person has agreed"
    assert [item.title for item in desk_items(other, AT)] == [f"勘正：{made.name}"] and not desk_items(author, AT)
    with pytest.raises(NotAllowed):
        confirm(author, made)
    confirm(other, made)
    row.refresh_from_db()
    assert row.received_on == date(2020, 7, 6) and line_of(row, AT.date()).clock.state == "on_time"
    event = row.events.last()
    assert event.act == "勘正" and "收到日期" in event.note and WHY["reason"] in event.note
    fact = made.emended.get()
    assert (fact.before, fact.after) == ("2020-07-01", "2020-07-06")
    done = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"emendations.emendation.confirmed", "disclosure.application.emended"} <= done
    assert Notice.objects.filter(key=f"emendation/{made.pk}/confirmed").exists() and not desk_items(other, AT)


def test_another_result_after_a_review_counts_in_the_yearly_table(row, author, other):
    before = counts(row)
    confirm(other, put_right(author, row, outcome="partial", answer="复议决定：部分公开"))
    assert counts(row) != before
    row.refresh_from_db()
    assert row.outcome == "partial" and row.answered_on == date(2020, 7, 31)


def test_an_answer_entered_at_the_wrong_application_is_taken_back_whole(row, author, other):
    with pytest.raises(Refused) as refusal:
        put_right(author, row, answered_on="")
    assert "不能留空" in refusal.value.message
    made = put_right(author, row, answered_on="", outcome="")
    assert ["答复", "登记的答复作废，这件申请重新在办，期限照算"] in made.rests
    confirm(other, made)
    row.refresh_from_db()
    assert (row.answered_on, row.outcome, row.answer) == (None, "", "")
    assert line_of(row, AT.date()).clock.state == "overdue"
    services.answer(
        actor=author, application_id=row.pk, version=row.version, on=AT.date(), outcome="granted", note="", at=AT
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"received_on": "2020-08-03"}, "早于"),
        ({"received_on": "2020-10-01"}, "晚于今天"),
        ({"received_on": "七月六日"}, "读不成一天"),
        ({"outcome": "none-such"}, "只能从列出的选"),
        ({"content": " "}, "不能留空"),
        ({"received_on": "2020-07-01"}, "没有一栏与现在存的不同"),
        ({"applicant": "别人", "number": "9"}, "没有一栏与现在存的不同"),
    ],
)
def test_what_is_refused_says_what_to_do_and_stores_nothing(row, author, facts, words):
    with pytest.raises(Refused) as refusal:
        put_right(author, row, **facts)
    assert words in refusal.value.message and not Emendation.objects.exists()


@pytest.mark.parametrize("lacking", ["basis", "paper", "reason"])
def test_basis_paper_and_reason_are_asked_for(row, author, lacking):
    with pytest.raises(Refused):
        propose(
            actor=author,
            subject="application",
            subject_id=row.pk,
            typed={"received_on": "2020-07-06"},
            at=AT,
            **(WHY | {lacking: ""}),
        )


def test_one_waits_at_a_time_and_is_withdrawn_or_given_back(row, author, other):
    made = put_right(author, row, received_on="2020-07-06")
    with pytest.raises(Conflict) as refusal:
        put_right(other, row, received_on="2020-07-07")
    assert refusal.value.code == "already-proposed"
    with pytest.raises(NotAllowed):
        withdraw(actor=other, emendation_id=made.pk, version=made.version, at=AT)
    withdraw(actor=author, emendation_id=made.pk, version=made.version, at=AT)
    again = put_right(other, row, received_on="2020-07-07")
    with pytest.raises(Refused):
        confirm(author, again, confirm=False)
    again.refresh_from_db()
    confirm(author, again, confirm=False, note="与收件本不符")
    again.refresh_from_db()
    row.refresh_from_db()
    assert again.state == "returned" and row.received_on == date(2020, 7, 1)
    with pytest.raises(Conflict):
        confirm(author, again)


def test_what_has_changed_since_is_not_overwritten(row, author, other):
    made = put_right(author, row, received_on="2020-07-06")
    Application.objects.filter(pk=row.pk).update(received_on=date(2020, 7, 3))
    with pytest.raises(Conflict) as refusal:
        confirm(other, made)
    assert refusal.value.code == "stale" and "收到日期" in refusal.value.message
    row.refresh_from_db()
    made.refresh_from_db()
    assert row.received_on == date(2020, 7, 3) and made.is_open


def test_another_organ_neither_sees_nor_puts_right(row, author, office):
    stranger = somebody("区水务局", "reporter", 31)
    made = put_right(author, row, received_on="2020-07-06")
    with pytest.raises(NotFound):
        put_right(stranger, row, received_on="2020-07-07")
    with pytest.raises(NotFound):
        confirm(stranger, made)
    # The office reads all of them; the organ that answers puts them right.
    with pytest.raises(NotAllowed):
        confirm(office, made)
    assert not desk_items(stranger, AT) and not desk_items(office, AT)


def test_nothing_was_asked_for_before_the_application_had_come(author, other):
    row = services.receive(
        actor=author,
        received_on=date(2020, 9, 1),
        way="net",
        applicant_kind="natural",
        applicant="王某某",
        contact="",
        content="低保标准",
        late=LATE,
        at=AT,
    )
    asked = {"days": 10, "reason": "需要查找档案", "on": date(2020, 9, 7), "late": LATE}
    services.ask_extension(actor=author, application_id=row.pk, version=row.version, at=AT, **asked)
    row.refresh_from_db()
    with pytest.raises(Refused, match="晚于申请延期的日期 2020-09-07"):
        put_right(author, row, received_on="2020-09-08")
    assert put_right(author, row, received_on="2020-09-07").pk
