"""A5: an entry of an issued notice that does not say what the document says."""

from datetime import date

import pytest
from django.test import Client

from miyun_kpi.emendations.services import decide, propose
from miyun_kpi.lib.errors import NotAllowed, Refused
from personnel.models import Act, Notice, Person, ProbationDecision
from personnel.queries.document import lines_of
from personnel.services.history import HistoryRow, record_history
from personnel.services.issue import strike_act
from personnel.services.probation import record_decision
from tests.factories.rankings import person as account
from tests.personnel.test_personnel import AT, GIVEN, hands, held, issued

__all__ = ["hands"]
WHY = {"basis": "entry", "paper": "密政发〔2020〕40号第 1 页", "reason": "同名的人认错了"}


def entry(number="密政发〔2020〕77号", **more):
    given = {
        "kind": "appoint",
        "person": "李测试",
        "note": "",
        "organisation": "区水务局",
        "title": "副局长",
        "printed": "区水务局副局长",
        "probation_months": 12,
        "number": number,
        "dated": date(2020, 6, 1),
        "meeting": "区政府第80次常务会议",
    }
    return HistoryRow(**(given | more))


@pytest.fixture
def act(hands):
    """Entered from a paper of before: the entry may be wrong though the paper is right."""
    record_history(actor=hands[0], rows=[entry()], at=AT)
    return Act.objects.get(notice__number="密政发〔2020〕77号")


def put_right(actor, act, why=WHY, **facts):
    return propose(actor=actor, subject="act", subject_id=act.pk, typed=facts, at=AT, **why)


def confirm(actor, made):
    return decide(actor=actor, emendation_id=made.pk, version=made.version, confirm=True, note="", at=AT)


def test_the_right_person_stands_under_the_same_number_and_the_old_entry_stays(hands, act):
    one, two, _ = hands
    made = put_right(one, act, person="李更正", note="区水务局")
    assert held(AT.date(), "李测试") == ["区水务局副局长"]
    with pytest.raises(NotAllowed):
        confirm(one, made)
    confirm(two, made)
    assert held(AT.date(), "李测试") == [] and held(AT.date(), "李更正") == ["区水务局副局长"]
    right = Act.objects.get(person__name="李更正")
    assert right.emends == act and right.notice_id == act.notice_id and right.line == act.line
    act.refresh_from_db()
    assert act.struck_at and f"勘正第 {made.pk} 号" in act.struck_reason
    said = [said for line in lines_of(right.notice) for said in line]
    assert [one.person for one in said] == ["李更正"], "the page says what the document says"
    assert Notice.objects.filter(number="密政发〔2020〕77号").count() == 1


def test_an_entry_that_was_struck_without_another_gets_the_right_one(hands, act):
    """The dead end that was found: struck, and no door for the right entry under the number."""
    strike_act(actor=hands[1], act_id=act.pk, reason="认错了人，先撤销", at=AT)
    confirm(hands[1], put_right(hands[0], act, note="密云镇"))
    assert held(AT.date(), "李测试") == ["区水务局副局长"]
    assert Person.objects.filter(name="李测试").count() == 2
    with pytest.raises(NotAllowed):
        put_right(hands[0], act, note="别处")


def test_a_decision_on_the_probation_goes_along_with_the_same_person(hands, act):
    later = AT.replace(year=2021)
    record_decision(
        actor=hands[0], act_id=act.pk, outcome="confirmed", decided_on=date(2021, 6, 2), basis="考核合格", at=later
    )
    made = put_right(hands[0], act, title="局长", printed="区水务局局长")
    assert any("随改正后的登记继续有效" in becomes for _, becomes in made.rests)
    confirm(hands[1], made)
    assert ProbationDecision.objects.get().act == Act.objects.get(emends=act)


def test_an_original_that_is_wrong_is_put_right_by_another_document(hands, act):
    with pytest.raises(Refused) as refusal:
        put_right(hands[0], act, WHY | {"basis": "original"}, person="李更正")
    assert refusal.value.code == "original-wrong" and "另拟一份更正通知" in refusal.value.message


def test_what_was_issued_here_keeps_its_sentence_but_the_namesake_is_told_apart(hands):
    one, two, three = hands
    row = issued(one, two, GIVEN)
    act = row.acts.get()
    before = lines_of(row)
    with pytest.raises(Refused) as refusal:
        put_right(one, act, person="李更正")
    assert refusal.value.code == "original-wrong"
    confirm(three, put_right(one, act, note="区水务局"))
    assert lines_of(row) == before
    assert Act.objects.get(emends=act).person.note == "区水务局"


def test_entries_that_contradict_each_other_are_refused_with_the_way_on(hands, act):
    record_history(
        actor=hands[0], rows=[entry(number="密政发〔2020〕78号", person="李更正", dated=date(2020, 6, 2))], at=AT
    )
    made = put_right(hands[0], act, person="李更正")
    with pytest.raises(Refused) as refusal:
        confirm(hands[1], made)
    assert refusal.value.code == "same-act-twice"
    act.refresh_from_db()
    assert act.struck_at is None


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"organisation": "没有的局"}, "没有叫“没有的局”的机构"),
        ({"person": "李"}, "姓名太短"),
        ({"probation_months": "99"}, "试用期须为"),
        ({"probation_months": "一年"}, "试用期须为"),
    ],
)
def test_what_cannot_be_is_refused(hands, act, facts, words):
    with pytest.raises(Refused) as refusal:
        put_right(hands[0], act, **facts)
    assert words in refusal.value.message


def test_only_the_office_reaches_it(hands, act):
    outsider = Client()
    outsider.force_login(account("outsider", "区水务局", "reporter"))
    assert outsider.get(f"/emendations/act/{act.pk}/new/").status_code == 403
    assert "勘正" not in outsider.get(f"/personnel/notices/{act.notice_id}/").content.decode()
    made = put_right(hands[0], act, note="区水务局")
    assert outsider.get(f"/emendations/{made.pk}/").status_code == 403
    assert outsider.get("/emendations/act/999999/new/").status_code == 404
    assert outsider.get("/emendations/nothing/1/new/").status_code == 404


def test_what_was_found_out_later_does_not_rewrite_a_paper(hands, act):
    """The paper says what it says: a 期初任职 alone is nobody's paper."""
    with pytest.raises(Refused) as refusal:
        put_right(hands[0], act, WHY | {"basis": "later"}, title="局长", printed="区水务局局长")
    assert refusal.value.code == "original-wrong"
    printed = Act.objects.filter(notice__document__gt="").first()
    with pytest.raises(Refused) as refusal:
        put_right(hands[0], printed, WHY | {"basis": "later"}, title="副队长")
    assert refusal.value.code == "original-wrong"
    opening = entry(number="", kind="opening", person="期初甲", dated=date(2016, 1, 1), probation_months=0)
    record_history(actor=hands[0], rows=[opening], at=AT)
    put_right(hands[0], Act.objects.get(person__name="期初甲"), WHY | {"basis": "later"}, since="2016-03-01")


def of_notice(actor, row, **facts):
    return propose(actor=actor, subject="notice", subject_id=row.pk, typed=facts, at=AT, **WHY)


def test_number_and_date_that_were_typed_wrongly_from_a_paper_are_put_right(hands, act):
    row = act.notice
    made = of_notice(hands[0], row, number="密政发〔2020〕079号", dated="2020-05-29")
    assert any("任职时间由 2020-06-01 改为 2020-05-29" in becomes for _, becomes in made.rests)
    confirm(hands[1], made)
    row.refresh_from_db()
    assert (row.number, row.dated) == ("密政发〔2020〕79号", date(2020, 5, 29))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"number": "密政发2020年第032号"}, "number-taken"),
        ({"number": "密政发〔2019〕77号"}, "year-differs"),
        ({"number": "密政发〔2020〕7\u200b7号"}, "bad-character"),
        ({"number": " "}, "not-filled"),
        ({"dated": "2199-01-01"}, "future-day"),
        ({"dated": "昨天"}, "bad-date"),
    ],
)
def test_a_number_or_a_date_that_cannot_be_is_refused(hands, act, facts, code):
    with pytest.raises(Refused) as refusal:
        of_notice(hands[0], act.notice, **facts)
    assert refusal.value.code == code


def test_what_was_issued_here_or_printed_in_the_gazette_keeps_its_number(hands):
    for row in (issued(hands[0], hands[1], GIVEN), Notice.objects.filter(document__gt="").first()):
        before = row.number
        with pytest.raises(Refused):
            of_notice(hands[0], row, number="密政发〔2020〕999号")
        row.refresh_from_db()
        assert row.number == before
