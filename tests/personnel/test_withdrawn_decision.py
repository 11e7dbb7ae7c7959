"""撤回试用期满决定: a wrong decision is put right by another of 人事, and the appointment can be struck again."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.test import Client

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.emendations.services import decide, propose
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from personnel.desk import desk_items
from personnel.models import Act, Notice, ProbationDecision
from personnel.queries import terms as queries
from personnel.services import drafts
from personnel.services.correcting import draft_correction
from personnel.services.issue import issue, strike_act
from personnel.services.probation import record_decision, withdraw_decision
from tests.factories.rankings import BACKEND, actor_of
from tests.factories.rankings import person as account
from tests.personnel.test_corrections import put_out
from tests.personnel.test_personnel import AT, GIVEN, issued

ENDED = datetime(2021, 7, 8, 9, tzinfo=AT.tzinfo)
WHY = "登记到另一个人名下了"


@pytest.fixture
def accounts(gazette):
    return [account(name, "区委组织部", "register_office") for name in ("hr1", "hr2", "hr3")]


@pytest.fixture
def hands(accounts):
    return [actor_of(one) for one in accounts]


@pytest.fixture
def act(hands):
    return issued(hands[0], hands[1], GIVEN).acts.get()


def decided(hand, act, outcome):
    given = {"outcome": outcome, "decided_on": ENDED.date(), "basis": "期满考核"}
    return record_decision(actor=hand, act_id=act.pk, at=ENDED, **given)


def withdrawn(hand, act):
    withdraw_decision(actor=hand, act_id=act.pk, reason=WHY, at=ENDED)


def state_of(act):
    found = queries.probations(queries.book(), ENDED.date())
    return next(one.state for one in found if one.line.began.pk == act.pk)


def put_on_paper(hands, made):
    row, common = made.removal.notice, {"notice_id": made.removal.notice_id, "at": ENDED}
    about = {"meeting": "会议", "dated": None, "number": ""}
    row.refresh_from_db()
    drafts.change_draft(actor=hands[0], version=row.version, **about, **common)
    row.refresh_from_db()
    drafts.submit(actor=hands[0], version=row.version, **common)
    row.refresh_from_db()
    return row, common


def dismissed(hands, act):
    made = decided(hands[0], act, "dismissed")
    row, common = put_on_paper(hands, made)
    issue(actor=hands[1], version=row.version, number="密政发〔2021〕9号", dated=ENDED.date(), **common)
    made.removal.refresh_from_db()
    return made


def test_a_wrong_confirmation_waits_again_and_its_appointment_can_be_struck(hands, act):
    decided(hands[0], act, "confirmed")
    with pytest.raises(Refused, match="试用期页撤回决定") as refusal:
        strike_act(actor=hands[2], act_id=act.pk, reason=WHY, at=ENDED)
    assert refusal.value.code == "decided"
    with pytest.raises(Conflict, match="在试用期页撤回"):
        decided(hands[0], act, "dismissed")
    withdrawn(hands[1], act)
    assert state_of(act) == "overdue" and "登记决定" in {one.action for one in desk_items(hands[0], ENDED)}
    entry = AuditEntry.objects.get(action="personnel.probation.withdrawn")
    assert WHY in entry.data and "confirmed" in entry.data and entry.subject == f"act:{act.pk}"
    with pytest.raises(NotFound, match="已经撤回"):
        withdrawn(hands[1], act)
    strike_act(actor=hands[2], act_id=act.pk, reason=WHY, at=ENDED)
    assert not Act.objects.standing().filter(person__name=GIVEN.person).exists()


def test_not_by_whoever_recorded_it_nor_in_their_place_nor_without_a_reason(hands, act):
    decided(hands[0], act, "confirmed")
    for hand in (hands[0], replace(hands[1], stands_for=hands[0].user_id)):
        with pytest.raises(NotAllowed) as refusal:
            withdrawn(hand, act)
        assert refusal.value.code == "second-person"
    with pytest.raises(Refused, match="请写撤回理由"):
        withdraw_decision(actor=hands[1], act_id=act.pk, reason="", at=ENDED)
    with pytest.raises(NotAllowed):
        withdrawn(actor_of(account("outsider", "区水务局", "register_office")), act)
    assert ProbationDecision.objects.exists()
    withdrawn(hands[1], act)
    decided(hands[1], act, "confirmed")
    with pytest.raises(NotAllowed):
        withdrawn(hands[1], act)
    withdrawn(hands[0], act)


def test_who_recorded_it_is_known_when_its_entry_has_been_put_right_since(hands, act):
    decided(hands[0], act, "confirmed")
    why = {"basis": "entry", "paper": "原件第 1 页", "reason": "职务写错"}
    row = propose(actor=hands[1], subject="act", subject_id=act.pk, typed={"title": "调研员"}, at=ENDED, **why)
    decide(actor=hands[2], emendation_id=row.pk, version=row.version, confirm=True, note="", at=ENDED)
    right = Act.objects.get(emends=act)
    assert ProbationDecision.objects.get().act == right
    with pytest.raises(NotAllowed):
        withdrawn(hands[0], right)
    withdrawn(hands[1], right)


def test_a_draft_removal_goes_with_the_decision_and_the_audit_does_not_tell_of_it(hands, act):
    made = decided(hands[0], act, "dismissed")
    row = Notice.objects.get(pk=made.removal.notice_id)
    withdrawn(hands[1], act)
    assert not Act.objects.filter(pk=made.removal_id).exists() and not row.acts.exists()
    assert Notice.objects.get(pk=row.pk).version == row.version + 1, "who has the draft open is told"
    assert state_of(act) == "overdue"
    told = AuditEntry.objects.filter(subject=f"act:{act.pk}").values_list("data", flat=True)
    assert "dismissed" not in "".join(told)


def test_a_removal_that_is_submitted_is_returned_first(hands, act):
    made = decided(hands[0], act, "dismissed")
    row, common = put_on_paper(hands, made)
    with pytest.raises(Conflict, match="请先在那份通知里退回"):
        withdrawn(hands[1], act)
    drafts.send_back(actor=hands[1], version=row.version, reason="决定有误", **common)
    withdrawn(hands[1], act)
    assert not ProbationDecision.objects.exists()


def test_an_issued_removal_is_struck_before_the_decision_is_withdrawn(hands, act):
    made = dismissed(hands, act)
    with pytest.raises(Refused, match="密政发〔2021〕9号印发，没有撤回") as refusal:
        withdrawn(hands[1], act)
    assert refusal.value.code == "issued" and state_of(act) == "dismissed"
    strike_act(actor=hands[2], act_id=made.removal_id, reason=WHY, at=ENDED)
    assert state_of(act) == "overdue", "the term goes on, and nobody forgets that it waits"
    withdrawn(hands[1], act)
    made.removal.refresh_from_db()
    assert made.removal.struck_at is not None
    assert decided(hands[0], act, "confirmed").pk


def corrected(hands, made, **other):
    given = replace(GIVEN, kind="remove", probation_months=0, same="yes", **other)
    on = made.removal.notice.dated
    return draft_correction(actor=hands[0], act_id=made.removal_id, given=given, effective_on=on, at=ENDED)


def test_an_issued_removal_that_is_corrected_to_another_does_not_hold_the_decision_and_other_words_do(
    hands, act, monkeypatch
):
    monkeypatch.setattr("tests.personnel.test_corrections.LATER", ENDED)
    made = dismissed(hands, act)
    row = corrected(hands, made, printed="区水务局副局长（试任）")
    put_out(hands, row, number="密政发〔2021〕10号", dated=date(2021, 7, 8))
    with pytest.raises(Refused, match="没有撤回"):
        withdrawn(hands[1], act)
    made.removal = row.acts.get()
    row = corrected(hands, made, person="任连峰", organisation="区司马台雾灵山管委会", title="副主任")
    with pytest.raises(Refused, match="没有撤回"):
        withdrawn(hands[1], act)
    put_out(hands, row, number="密政发〔2021〕11号", dated=date(2021, 7, 8))
    withdrawn(hands[1], act)
    assert state_of(act) == "overdue"


def test_by_page_the_other_of_the_office_presses_and_what_was_typed_is_kept(accounts, hands, act):
    one, two, reader = (Client() for _ in range(3))
    one.force_login(accounts[0], backend=BACKEND)
    two.force_login(accounts[1], backend=BACKEND)
    reader.force_login(account("reader", "区水务局", "reporter"), backend=BACKEND)
    decided(hands[0], act, "confirmed")
    address = f"/personnel/acts/{act.pk}/decision/withdraw/"
    assert address in one.get("/personnel/probations/").content.decode()
    assert address not in reader.get("/personnel/probations/").content.decode()
    assert reader.get(address).status_code == 403
    assert "由您登记，请另一位同事撤回" in one.get(address).content.decode()
    assert one.post(address, {"reason": WHY}).status_code == 403
    refused = two.post(address, {"reason": "错"})
    assert refused.status_code == 422 and 'value="错"' in refused.content.decode()
    assert two.post(address, {"reason": WHY})["Location"] == "/personnel/probations/"
    assert not ProbationDecision.objects.exists() and two.get(address).status_code == 404
