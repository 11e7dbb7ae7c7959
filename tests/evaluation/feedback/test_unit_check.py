"""单位核对: opened on a computed ranking, checked by each unit for itself, and in the way of the bulletin until it is over."""

import json
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from evaluation.enums import DecisionKind, FeedbackState, RankingState, SheetState
from evaluation.feedback.desk.feedback import feedback_items
from evaluation.feedback.services.unit_checks import confirm_feedback, open_unit_check, sign_feedback
from evaluation.models import Feedback, Mark, MarkSheet, Ranking, RankingRow, UnitCheck
from evaluation.ranking.services import compute_trial, publish_ranking
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.factories.feedback import PEOPLE, actor, client_of, computed_quarter, feedback_of, opened
from tests.factories.holding import decided
from tests.factories.markup import one_line
from tests.factories.rankings import computed, signed


@pytest.fixture(scope="module")
def _computed(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            computed_quarter()
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def ranking(_computed, gazette) -> Ranking:
    return Ranking.objects.select_related("scheme", "period").get(kind="official")


def confirm(feedback: Feedback, who: str = "town") -> Feedback:
    return confirm_feedback(actor=actor(who), feedback_id=feedback.pk, version=feedback.version, at=timezone.now())


def everybody_confirms(ranking: Ranking) -> None:
    Feedback.objects.filter(check_round__ranking=ranking).update(
        state=FeedbackState.CONFIRMED, checked_at=timezone.now()
    )


def publish(ranking: Ranking) -> Ranking:
    return publish_ranking(actor=actor("office2"), ranking_id=ranking.pk, at=timezone.now(), scope="total")


def test_without_a_unit_check_nothing_is_published(ranking):
    with pytest.raises(Refused, match="还没有发各单位核对，不能审签"):
        signed(ranking, by=actor("office1"))
    page = client_of("office2").get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert "开启单位核对</button>" in page and "通报（先开启单位核对）" in page
    with pytest.raises(Refused, match="还没有发各单位核对，不能通报") as refused:
        publish(ranking)
    assert refused.value.code == "unit-check-missing"
    ranking.scheme.unit_check_days = 0
    ranking.scheme.save()
    signed(ranking, by=actor("office1"))
    assert publish(ranking).state == RankingState.PUBLISHED


def test_the_signing_is_not_offered_before_the_check_has_ended(ranking):
    client, address = client_of("office2"), f"/evaluation/rankings/{ranking.pk}/"
    assert "登记领导审签（先开启单位核对）" in (page := client.get(address).content.decode())
    assert 'name="signer"' not in page
    opened(ranking)
    assert "登记领导审签（还有 21 个单位没有核对）" in client.get(address).content.decode()
    everybody_confirms(ranking)
    assert 'name="signer"' in client.get(address).content.decode()


def test_opened_twice_it_is_opened_once_and_every_unit_is_told(ranking):
    client = client_of("office1")
    for _ in range(2):
        assert client.post(f"/evaluation/rankings/{ranking.pk}/check/open/").status_code == 302
    check = UnitCheck.objects.get()
    assert check.feedbacks.count() == 21 and check.due_at > timezone.now() + timedelta(days=1)
    assert Notice.objects.filter(key__startswith="unit-check/").count() == 42
    assert AuditEntry.objects.filter(action="evaluation.unit-check.opened").count() == 1
    page = client.get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert "核对 0/21，复核 0" in one_line(page)


@pytest.mark.parametrize("who", ["town", "water", "auditor", "leader", "sysadmin"])
def test_only_the_office_opens_it(ranking, who):
    with pytest.raises((NotAllowed, NotFound)):
        open_unit_check(actor=actor(who), ranking_id=ranking.pk, at=timezone.now())
    assert not UnitCheck.objects.exists()


def test_a_trial_is_given_to_nobody(ranking):
    trial, _ = compute_trial(actor=actor("office1"), scheme=ranking.scheme, period=ranking.period, at=timezone.now())
    with pytest.raises(Refused, match="试算不发各单位核对"):
        open_unit_check(actor=actor("office1"), ranking_id=trial.pk, at=timezone.now())


def test_while_units_are_outstanding_the_bulletin_waits_until_all_have_checked(ranking):
    with pytest.raises(Conflict, match="还有 21 个单位没有核对.*没有审签"):
        signed(opened(ranking), by=actor("office1"))
    with pytest.raises(Conflict, match="还有 21 个单位没有核对") as refused:
        publish(ranking)
    assert refused.value.code == "unit-check-open"
    page = client_of("office2").get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert "通报（还有 21 个单位没有核对）" in page
    everybody_confirms(ranking)
    signed(ranking, by=actor("office1"))
    assert publish(ranking).state == RankingState.PUBLISHED


def test_when_the_window_has_passed_silence_does_not_stop_the_bulletin(ranking):
    opened(ranking)
    UnitCheck.objects.update(opened_at=timezone.now() - timedelta(days=9), due_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Conflict, match="截止，没有执行"):
        confirm(feedback_of(ranking))
    signed(ranking, by=actor("office1"))
    assert publish(ranking).state == RankingState.PUBLISHED
    assert feedback_of(ranking).state == FeedbackState.OPEN


def test_a_unit_confirms_on_the_page_and_twice_is_once(ranking):
    feedback = feedback_of(opened(ranking))
    client = client_of("town")
    page = client.get(f"/evaluation/feedback/{feedback.pk}/").content.decode()
    assert "核对无误</button>" in page
    for _ in range(2):
        answer = client.post(f"/evaluation/feedback/{feedback.pk}/confirm/", {"version": feedback.version})
        assert answer.status_code == 302
    feedback.refresh_from_db()
    assert feedback.state == FeedbackState.CONFIRMED and feedback.checked_by.startswith("town")
    assert AuditEntry.objects.filter(action="evaluation.feedback.confirmed").count() == 1
    assert "核对无误</button>" not in client.get(f"/evaluation/feedback/{feedback.pk}/").content.decode()
    assert client.post(f"/evaluation/feedback/{feedback.pk}/confirm/", {"version": "x"}).status_code == 400


def test_the_feedback_holds_the_unit_s_own_items_and_nothing_of_another(ranking):
    feedback = feedback_of(opened(ranking))
    page = client_of("town").get(f"/evaluation/feedback/{feedback.pk}/").content.decode()
    rows = {
        row.organisation.code: row for row in RankingRow.objects.filter(ranking=ranking).select_related("organisation")
    }
    own = json.loads(rows.pop("beizhuang-zhen").receipt)
    for item in own["items"]:
        assert item["indicator"]["name"] in page and item["score"] in page
    assert own["total"] in page
    for row in rows.values():
        assert row.organisation.name not in page and f"{row.total:.4f}" not in page
    body = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.S)
    assert "名次" not in body.replace("没有名次", "") and "÷" not in body
    assert (own["gap_above"] or own["gap_below"]) not in page


@pytest.mark.parametrize("who", list(PEOPLE))
def test_who_reads_the_feedback_of_a_town_before_the_bulletin(ranking, who):
    feedback = feedback_of(opened(ranking))
    reads = who in {"town", "townhead", "office1", "office2", "office3", "cooffice", "leader", "auditor"}
    client = client_of(who)
    assert client.get(f"/evaluation/feedback/{feedback.pk}/").status_code == (200 if reads else 404)
    listed = client.get("/evaluation/feedback/")
    assert (f"/evaluation/feedback/{feedback.pk}/" in listed.content.decode()) == reads
    office = who in {"office1", "office2", "office3", "cooffice", "leader", "auditor"}
    assert client.get(f"/evaluation/rankings/{ranking.pk}/check/").status_code == (200 if office else 404)
    post = client.post(f"/evaluation/feedback/{feedback.pk}/confirm/", {"version": 1}).status_code
    assert post == (302 if who in {"town", "townhead"} else 403 if reads else 404)


def test_the_co_office_sees_no_feedback_of_the_departments_it_is_ranked_among(ranking):
    departments = opened(computed("department", ranking.period, by=actor("office1")))
    feedback = feedback_of(departments, "shuiwu-ju")
    assert client_of("cooffice").get(f"/evaluation/feedback/{feedback.pk}/").status_code == 404
    assert client_of("waterhead").get(f"/evaluation/feedback/{feedback.pk}/").status_code == 200
    assert client_of("office1").get(f"/evaluation/feedback/{feedback.pk}/").status_code == 200


def test_signed_for_only_after_the_bulletin_and_once(ranking):
    feedback = feedback_of(opened(ranking))
    with pytest.raises(Conflict, match="还没有通报，没有签收"):
        sign_feedback(actor=actor("town"), feedback_id=feedback.pk, at=timezone.now())
    everybody_confirms(ranking)
    publish(signed(ranking, by=actor("office1")))
    assert Notice.objects.filter(key__startswith=f"bulletin/{ranking.pk}/").count() == 21
    client = client_of("town")
    assert "待签收" in client.get("/").content.decode()
    for _ in range(2):
        assert client.post(f"/evaluation/feedback/{feedback.pk}/sign/").status_code == 302
    assert AuditEntry.objects.filter(action="evaluation.feedback.signed").count() == 1
    assert "签收反馈单" not in client.get(f"/evaluation/feedback/{feedback.pk}/").content.decode()
    assert "待签收" not in client.get("/").content.decode()


def test_a_new_computation_asks_again_only_those_whose_items_have_changed(ranking):
    everybody_confirms(opened(ranking))
    mark = Mark.objects.get(
        sheet__period=ranking.period,
        sheet__scheme=ranking.scheme,
        sheet__indicator__number=4,
        organisation__code="beizhuang-zhen",
    )
    Mark.objects.filter(pk=mark.pk).update(value=mark.value - 1)
    again = opened(computed("township", ranking.period, by=actor("office1")))
    states = dict(Feedback.objects.filter(check_round__ranking=again).values_list("organisation__code", "state"))
    assert states["beizhuang-zhen"] == FeedbackState.OPEN
    # The one town without this task takes the average, which has moved with the mark.
    assert [code for code, state in states.items() if state == FeedbackState.OPEN] != list(states)
    assert sum(state == FeedbackState.CONFIRMED for state in states.values()) == 19
    old = feedback_of(ranking)
    Feedback.objects.filter(pk=old.pk).update(state=FeedbackState.OPEN)
    waiting = [item.url for item in feedback_items(actor("town"), timezone.now())]
    assert waiting == [f"/evaluation/feedback/{feedback_of(again).pk}/"]
    assert len(feedback_items(actor("office1"), timezone.now())) == 1
    assert "之后又核定过" in client_of("town").get(f"/evaluation/feedback/{old.pk}/").content.decode()
    with pytest.raises(Conflict, match="请核对最近的一张"):
        confirm(Feedback.objects.get(pk=old.pk))
    with pytest.raises(Conflict, match="之后又核定过一次"):
        UnitCheck.objects.filter(ranking=ranking).delete()
        open_unit_check(actor=actor("office1"), ranking_id=ranking.pk, at=timezone.now())
    page = client_of("office1").get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert "开启单位核对</button>" not in page
    assert f'href="/evaluation/rankings/{again.pk}/">开启单位核对（之后又核定过，到最近一次开启）' in page


def test_what_the_sheet_says_is_frozen_with_the_feedback_and_paper_only_items_say_nothing(ranking):
    marks = Mark.objects.filter(sheet__period=ranking.period, organisation__code="beizhuang-zhen")
    open_one = marks.filter(sheet__indicator__offline_only=False, sheet__scheme=ranking.scheme).first()
    paper = marks.filter(sheet__indicator__offline_only=True, sheet__scheme=ranking.scheme).first()
    Mark.objects.filter(pk=open_one.pk).update(problems="河道垃圾清理不及时")
    Mark.objects.filter(pk=paper.pk).update(problems="不应出现的文字")
    feedback = feedback_of(opened(ranking))
    Mark.objects.filter(pk=open_one.pk).update(problems="后来改过的话")
    page = client_of("town").get(f"/evaluation/feedback/{feedback.pk}/").content.decode()
    assert "河道垃圾清理不及时" in page and "后来改过的话" not in page
    assert "不应出现的文字" not in page and "材料线下报送" in page


def test_what_stands_on_a_sheet_never_filed_is_in_no_feedback(ranking):
    """本期不计: its mark does not count, and nobody has handed its sentence in."""
    marks = Mark.objects.filter(sheet__period=ranking.period, organisation__code="beizhuang-zhen")
    mark = marks.filter(sheet__indicator__number=4, sheet__scheme=ranking.scheme).get()
    Mark.objects.filter(pk=mark.pk).update(problems="没有报送的话", suggestions="没有报送的建议")
    MarkSheet.objects.filter(pk=mark.sheet_id).update(state=SheetState.OPEN, filed_at=None)
    decided(mark.sheet, DecisionKind.LEAVE_OUT)
    feedback = feedback_of(opened(computed("township", ranking.period, by=actor("office1"))))
    assert mark.sheet_id not in {note["sheet"] for note in json.loads(feedback.notes)}
    page = client_of("town").get(f"/evaluation/feedback/{feedback.pk}/").content.decode()
    assert "没有报送的" not in page


def test_of_a_computation_whose_inputs_have_moved_nothing_is_sent(ranking):
    mark = Mark.objects.filter(sheet__period=ranking.period, sheet__scheme=ranking.scheme)
    sheet = mark.get(sheet__indicator__number=4, organisation__code="beizhuang-zhen").sheet
    MarkSheet.objects.filter(pk=sheet.pk).update(state=SheetState.RETURNED)
    with pytest.raises(Conflict) as refusal:
        opened(ranking)
    assert refusal.value.code == "inputs-changed" and "请先重新核定" in refusal.value.message
    assert any("河长制" in one.message and "北庄镇" in one.message for one in refusal.value.errors)
    page = client_of("office1").get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert "开启单位核对</button>" not in page
    assert 'href="/evaluation/rankings/">开启单位核对（核定之后有改动，先重新核定）' in page
    answer = client_of("office1").post(f"/evaluation/rankings/{ranking.pk}/check/open/")
    assert answer.status_code == 409 and "请先重新核定" in answer.content.decode()
    assert not UnitCheck.objects.exists()
    MarkSheet.objects.filter(pk=sheet.pk).update(state=SheetState.FILED)
    assert opened(ranking) and UnitCheck.objects.exists()


def test_pages_ask_a_fixed_number_of_queries(ranking, django_assert_max_num_queries):
    opened(ranking)
    client = client_of("office1")
    # The number beside 工作台 is read anew after an act of one's own, and remembered.
    client.get("/gazette/")
    with django_assert_max_num_queries(16):
        client.get(f"/evaluation/rankings/{ranking.pk}/check/")
    with django_assert_max_num_queries(18):
        client.get("/evaluation/feedback/")
    with django_assert_max_num_queries(18):
        client.get(f"/evaluation/feedback/{feedback_of(ranking).pk}/")
