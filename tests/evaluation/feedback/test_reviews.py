"""复核申请 from the request to the decision: who acts when, what is refused, and that only a decision changes a mark."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from evaluation.enums import FeedbackState, RankingState, ReviewState
from evaluation.feedback.services import reviews as services
from evaluation.feedback.services.jobs_reviews import send_review_reminders
from evaluation.models import Feedback, Mark, MarkSheet, Ranking, Review, UnitCheck
from evaluation.ranking.services import publish_ranking
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.services import record
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.factories.feedback import actor, client_of, computed_quarter, feedback_of, opened
from tests.factories.rankings import computed, signed

TEXT = "水质断面七月已经达标，附监测报告"


@pytest.fixture(scope="module")
def _computed(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            opened(computed_quarter())
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def ranking(_computed, gazette) -> Ranking:
    return Ranking.objects.select_related("scheme", "period").get(kind="official")


@pytest.fixture
def feedback(ranking) -> Feedback:
    return feedback_of(ranking)


def sheet_of(ranking: Ranking, **wanted) -> MarkSheet:
    wanted = wanted or {"indicator__number": 4}
    return MarkSheet.objects.filter(scheme=ranking.scheme, period=ranking.period, **wanted).first()


def mark_of(ranking: Ranking) -> Mark:
    return Mark.objects.get(sheet=sheet_of(ranking), organisation__code="beizhuang-zhen")


def ask(feedback: Feedback, sheet: MarkSheet, who: str = "town", **changed) -> Review:
    data = {"reason": TEXT, "evidence": "", "at": timezone.now()} | changed
    return services.ask_review(actor=actor(who), feedback_id=feedback.pk, sheet_id=sheet.pk, **data)


def step(name: str, review: Review, who: str, **data) -> Review:
    act = getattr(services, name)
    data = {"version": Review.objects.get(pk=review.pk).version, "at": timezone.now()} | data
    return act(actor=actor(who), review_id=review.pk, **data)


def consented(feedback: Feedback, ranking: Ranking) -> Review:
    return step("consent_review", ask(feedback, sheet_of(ranking)), "townhead", consent=True)


def answered(feedback: Feedback, ranking: Ranking, outcome: str = "changed", value: str = "99.5") -> Review:
    review = consented(feedback, ranking)
    return step("answer_review", review, "water", outcome=outcome, value=value, text="核对监测报告后同意调整")


def proposed(feedback: Feedback, ranking: Ranking, value: str = "99.5") -> Review:
    review = answered(feedback, ranking)
    return step("propose_decision", review, "office1", outcome="changed", value=value, text="监测报告属实，予以改分")


def test_the_whole_path_changes_the_mark_only_at_its_end(feedback, ranking):
    before = mark_of(ranking)
    sheet = before.sheet
    review = proposed(feedback, ranking)
    assert mark_of(ranking).value == before.value and review.state == ReviewState.PROPOSED
    review = step("decide_review", review, "office2", approve=True)
    after = mark_of(ranking)
    assert (
        review.state == ReviewState.CHANGED and after.value == Decimal("99.5") and after.version == before.version + 1
    )
    now = MarkSheet.objects.get(pk=sheet.pk)
    assert now.state == "filed" and now.version == sheet.version + 1
    saved = AuditEntry.objects.filter(action="evaluation.marks.saved", subject=f"mark-sheet:{sheet.pk}").get()
    assert f'"review":{review.pk}' in saved.data.replace(" ", "") and '"new":"99.5"' in saved.data.replace(" ", "")
    again = computed("township", ranking.period, by=actor("office1"))
    assert again.number == ranking.number + 1


def test_upheld_leaves_the_mark_as_it_was(feedback, ranking):
    before = mark_of(ranking)
    review = answered(feedback, ranking, outcome="upheld", value="")
    review = step("propose_decision", review, "office1", outcome="upheld", text="打分有据，维持原分")
    assert step("decide_review", review, "office2", approve=True).state == ReviewState.UPHELD
    after = mark_of(ranking)
    assert (after.value, after.version) == (before.value, before.version)


def test_it_reaches_the_evaluator_only_with_the_head_s_consent(feedback, ranking):
    review = ask(feedback, sheet_of(ranking))
    evaluator = client_of("water")
    assert evaluator.get(f"/evaluation/reviews/{review.pk}/").status_code == 404
    with pytest.raises(NotAllowed):
        step("consent_review", review, "town", consent=True)
    assert Notice.objects.filter(
        organisation=feedback.organisation, role="unit_head", key__startswith="review/"
    ).exists()
    step("consent_review", review, "townhead", consent=True)
    assert evaluator.get(f"/evaluation/reviews/{review.pk}/").status_code == 200
    feedback.refresh_from_db()
    assert feedback.state == FeedbackState.CONTESTED
    assert Notice.objects.filter(
        organisation=review.sheet.evaluator, role="evaluator", key__startswith="review/"
    ).exists()


def test_declined_by_the_head_it_ends_and_the_unit_may_still_confirm(feedback, ranking):
    review = step("consent_review", ask(feedback, sheet_of(ranking)), "townhead", consent=False, note="证据不足，不提")
    assert review.state == ReviewState.REFUSED
    feedback.refresh_from_db()
    assert feedback.state == FeedbackState.OPEN
    assert "证据不足，不提" in client_of("town").get(f"/evaluation/reviews/{review.pk}/").content.decode()


def test_confirming_is_refused_while_a_review_is_under_way_and_possible_after_withdrawal(feedback, ranking):
    review = consented(feedback, ranking)
    url = f"/evaluation/feedback/{feedback.pk}/confirm/"
    answer = client_of("town").post(url, {"version": 1})
    assert answer.status_code == 409 and "还没有办结" in answer.content.decode()
    step("withdraw_review", review, "town")
    feedback.refresh_from_db()
    assert feedback.state == FeedbackState.OPEN
    assert client_of("town").post(url, {"version": feedback.version}).status_code == 302


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "reason-missing"), ("短", "reason-missing"), ("长" * 1001, "reason-missing")],
)
def test_a_request_needs_a_reason(feedback, ranking, reason, code):
    with pytest.raises(Refused) as refused:
        ask(feedback, sheet_of(ranking), reason=reason)
    assert refused.value.code == code and not Review.objects.exists()


def test_of_paper_only_items_the_text_is_a_paper_s_number(feedback, ranking):
    sheet = sheet_of(ranking, indicator__offline_only=True)
    with pytest.raises(Refused) as refused:
        ask(feedback, sheet)
    assert refused.value.code == "offline-only"
    review = ask(feedback, sheet, reason="线下材料 平安办〔2020〕3号")
    notice = Notice.objects.get(key__startswith=f"review/{review.pk}/")
    assert sheet.indicator.short_name not in notice.title


def test_the_same_item_is_asked_about_once_at_a_time(feedback, ranking):
    ask(feedback, sheet_of(ranking))
    with pytest.raises(Conflict, match="已有一件复核申请在办"):
        ask(feedback, sheet_of(ranking))


def test_a_foreign_sheet_is_not_found_and_an_average_has_no_mark_to_review(feedback, ranking):
    other = MarkSheet.objects.filter(scheme__track="department").first()
    with pytest.raises(NotFound):
        ask(feedback, other)
    cell = mark_of(ranking)
    Mark.objects.filter(pk=cell.pk).update(value=None)
    with pytest.raises(Refused, match="没有可复核的得分"):
        ask(feedback, sheet_of(ranking))


def test_after_the_window_before_the_bulletin_nothing_is_asked_or_consented_to(feedback, ranking):
    review = ask(feedback, sheet_of(ranking))
    UnitCheck.objects.update(opened_at=timezone.now() - timedelta(days=9), due_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Conflict, match="截止，没有提交"):
        step("consent_review", review, "townhead", consent=True)
    with pytest.raises(Conflict, match="截止，没有提交"):
        ask(feedback, sheet_of(ranking, indicator__number=5))


@pytest.mark.parametrize("value", ["100.5", "-1", "九十", "99.1234", ""])
def test_a_proposed_mark_obeys_the_rule_of_marks(feedback, ranking, value):
    review = consented(feedback, ranking)
    with pytest.raises(Refused):
        step("answer_review", review, "water", outcome="changed", value=value, text="核对监测报告后同意调整")
    assert Review.objects.get(pk=review.pk).state == ReviewState.ANSWER


def test_the_same_mark_again_is_no_change(feedback, ranking):
    review = consented(feedback, ranking)
    with pytest.raises(Refused) as refused:
        step("answer_review", review, "water", outcome="changed", value=str(review.value_before), text="核对后调整")
    assert refused.value.code == "same-mark"


def test_only_the_evaluator_who_gave_the_mark_answers(feedback, ranking):
    review = consented(feedback, ranking)
    for who, error in (("health", NotFound), ("office1", NotAllowed), ("town", NotAllowed), ("auditor", NotAllowed)):
        with pytest.raises(error):
            step("answer_review", review, who, outcome="upheld", text="维持原来的打分")


def test_the_second_person_is_another_and_may_send_it_back(feedback, ranking):
    review = proposed(feedback, ranking)
    with pytest.raises(NotAllowed, match="提出人以外的另一个人"):
        step("decide_review", review, "office1", approve=True)
    with pytest.raises(Refused, match="退回决定要写意见"):
        step("decide_review", review, "office2", approve=False)
    review = step("decide_review", review, "office2", approve=False, note="分值算错，请重提")
    assert review.state == ReviewState.DECISION and mark_of(ranking).value == review.value_before
    assert "分值算错，请重提" in client_of("office1").get(f"/evaluation/reviews/{review.pk}/").content.decode()


def test_a_stale_version_is_refused_and_says_what_it_is_now(feedback, ranking):
    review = proposed(feedback, ranking)
    with pytest.raises(Conflict, match="刚被别人办过，现为“待第二人确认”"):
        step("decide_review", review, "office2", approve=True, version=review.version - 1)


def test_the_office_waits_for_the_answer_until_it_is_overdue(feedback, ranking):
    review = consented(feedback, ranking)
    decision = {"outcome": "upheld", "text": "到期没有答复，按原分"}
    with pytest.raises(Conflict, match="前可以答复"):
        step("propose_decision", review, "office1", **decision)
    Review.objects.update(answer_due_at=timezone.now() - timedelta(minutes=1))
    assert step("propose_decision", review, "office1", **decision).state == ReviewState.PROPOSED


def test_a_mark_moved_meanwhile_is_not_overwritten_by_an_older_decision(feedback, ranking):
    review = proposed(feedback, ranking)
    cell = mark_of(ranking)
    Mark.objects.filter(pk=cell.pk).update(value=cell.value - 2)
    with pytest.raises(Conflict, match="得分已由"):
        step("decide_review", review, "office2", approve=True)
    assert mark_of(ranking).value == cell.value - 2
    Mark.objects.filter(pk=cell.pk).update(value=cell.value)
    MarkSheet.objects.filter(pk=cell.sheet_id).update(state="returned")
    with pytest.raises(Conflict, match="正退回重开"):
        step("decide_review", review, "office2", approve=True)


def test_nothing_is_published_while_a_review_is_undecided_even_after_the_window(feedback, ranking):
    consented(feedback, ranking)
    UnitCheck.objects.update(opened_at=timezone.now() - timedelta(days=9), due_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Conflict, match="还有 1 件复核申请没有决定，没有审签"):
        signed(ranking, by=actor("office1"))
    with pytest.raises(Conflict, match="还有 1 件复核申请没有决定，没有通报"):
        publish_ranking(actor=actor("office2"), ranking_id=ranking.pk, at=timezone.now(), scope="total")
    page = client_of("office2").get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert "通报（还有 1 件复核没有决定）" in page and "复核 1</a>" in page


def test_overdue_goes_up_the_line_and_changes_no_mark(feedback, ranking):
    review = consented(feedback, ranking)
    before = mark_of(ranking).value
    later = review.answer_due_at + timedelta(minutes=1)
    for _ in range(2):
        send_review_reminders(at=later)
    late = Notice.objects.filter(key__startswith=f"review/{review.pk}/answer-late/")
    assert {(n.organisation_id, n.role) for n in late} >= {(review.sheet.evaluator_id, "unit_head")}
    assert late.filter(role="evaluation_office").exists() and late.values("key").distinct().count() == late.count()
    Review.objects.update(state="decision", decision_due_at=later)
    send_review_reminders(at=later + timedelta(minutes=1))
    assert Notice.objects.filter(key__startswith=f"review/{review.pk}/decision-late/", role="leader").exists()
    assert mark_of(ranking).value == before


def test_the_unit_reads_answer_and_proposal_only_once_decided(feedback, ranking):
    review = proposed(feedback, ranking)
    town = client_of("town")
    page = town.get(f"/evaluation/reviews/{review.pk}/").content.decode()
    assert "核对监测报告后同意调整" not in page and "监测报告属实，予以改分" not in page and "99.5" not in page
    assert "监测报告属实，予以改分" not in client_of("water").get(f"/evaluation/reviews/{review.pk}/").content.decode()
    step("decide_review", review, "office2", approve=True)
    assert "监测报告属实，予以改分" in town.get(f"/evaluation/reviews/{review.pk}/").content.decode()


@pytest.mark.parametrize(
    ("who", "status", "dossier"),
    [
        ("office1", 200, 200),
        ("cooffice", 200, 200),
        ("auditor", 200, 200),
        ("leader", 200, 404),
        ("water", 200, 200),
        ("town", 200, 404),
        ("townhead", 200, 404),
        ("othertown", 404, 404),
        ("health", 404, 404),
        ("sysadmin", 404, 404),
    ],
)
def test_who_sees_a_request_and_its_dossier(feedback, ranking, who, status, dossier):
    review = answered(feedback, ranking)
    client = client_of(who)
    assert client.get(f"/evaluation/reviews/{review.pk}/").status_code == status
    assert client.get(f"/evaluation/reviews/{review.pk}/dossier/").status_code == dossier
    listed = client.get("/evaluation/reviews/")
    assert (f"/evaluation/reviews/{review.pk}/" in listed.content.decode()) == (status == 200)


def test_the_dossier_holds_mark_versions_entries_and_clause(feedback, ranking):
    review = step("decide_review", proposed(feedback, ranking), "office2", approve=True)
    computed("township", ranking.period, by=actor("office1"))
    page = client_of("office1").get(f"/evaluation/reviews/{review.pk}/dossier/").content.decode()
    for words in (
        TEXT,
        "监测报告属实，予以改分",
        "附件4",
        "决定北庄镇对2020年第二季度第4项",
        "按复核决定在2020年第二季度第4项",
        f"{review.value_before:f}".rstrip("0"),
    ):
        assert words in page, words
    assert page.count("区水务局 ") >= 2 and "99.5" in page


def test_the_dossier_tells_of_the_sheet_what_concerns_the_unit(feedback, ranking):
    review = answered(feedback, ranking)
    subject, at = f"mark-sheet:{review.sheet_id}", timezone.now()
    filed = {"receipt": "收 1", "findings": ["较上期变动达到 6 分的：鼓楼街道 +10。"], "reason": "逐格核对"}
    rows = [{"organisation": code, "old": "空白", "new": "81"} for code in ("gulou-jiedao", "beizhuang-zhen")]
    written = {"file": "打分.xlsx", "rows": ["gulou-jiedao", "beizhuang-zhen"]}
    for action, data in (("sheet.filed", filed), ("marks.saved", {"rows": rows}), ("workbook.written", written)):
        record(actor=actor("water"), action=f"evaluation.{action}", subject=subject, data=data, at=at)
    page = client_of("water").get(f"/evaluation/reviews/{review.pk}/dossier/").content.decode()
    assert "逐格核对" in page and "把北庄镇由空白存为 81" in page and "用工作簿“打分.xlsx”写入" in page
    assert "鼓楼街道" not in page


def test_refused_on_the_page_everything_typed_is_still_there(feedback, ranking):
    client = client_of("town")
    address = f"/evaluation/feedback/{feedback.pk}/reviews/{sheet_of(ranking).pk}/"
    answer = client.post(address, {"reason": "短", "evidence": "监测报告第三页"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "4 至 1000 字" in page and "监测报告第三页" in page
    review = consented(feedback, ranking)
    answer = client_of("water").post(
        f"/evaluation/reviews/{review.pk}/answer/",
        {"version": review.version, "outcome": "changed", "value": "120", "text": "核对后认为应当上调"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "超过本表满分" in page and 'value="120"' in page and "应当上调" in page


def test_through_the_pages_from_request_to_decision(feedback, ranking):
    sheet = sheet_of(ranking)
    town = client_of("town")
    assert f"reviews/{sheet.pk}/" in town.get(f"/evaluation/feedback/{feedback.pk}/").content.decode()
    assert town.post(f"/evaluation/feedback/{feedback.pk}/reviews/{sheet.pk}/", {"reason": TEXT}).status_code == 302
    review = Review.objects.get()
    for who, path, data in (
        ("townhead", "consent", {"decision": "consent", "note": ""}),
        ("water", "answer", {"outcome": "changed", "value": "99", "text": "核对后同意上调"}),
        ("office1", "propose", {"outcome": "changed", "value": "99", "text": "同意考评部门意见"}),
        ("office2", "decide", {"decision": "confirm", "note": ""}),
    ):
        client = client_of(who)
        assert f"/evaluation/reviews/{review.pk}/" in client.get("/").content.decode(), who
        page = client.get(f"/evaluation/reviews/{review.pk}/").content.decode()
        assert f"/evaluation/reviews/{review.pk}/{path}/" in page
        review.refresh_from_db()
        data["version"] = review.version
        assert client.post(f"/evaluation/reviews/{review.pk}/{path}/", data).status_code == 302, who
        repeated = client.post(f"/evaluation/reviews/{review.pk}/{path}/", data)
        assert repeated.status_code == 409 and "刚被别人办过" in repeated.content.decode()
    review.refresh_from_db()
    assert review.state == ReviewState.CHANGED and mark_of(ranking).value == 99
    assert ranking.state == RankingState.COMPUTED


def test_a_form_of_a_step_that_is_over_is_refused(feedback, ranking):
    review = consented(feedback, ranking)
    address = f"/evaluation/reviews/{review.pk}/"
    answer = client_of("townhead").post(f"{address}consent/", {"version": 1, "decision": "consent"})
    assert answer.status_code == 409 and "待考评部门答复" in answer.content.decode()
    assert client_of("water").post(f"{address}consent/", {"version": 2, "decision": "consent"}).status_code == 403
    assert "提交答复" in client_of("water").get(address).content.decode()


def test_once_decided_an_item_is_not_asked_about_again_but_a_declined_one_may_be(feedback, ranking):
    step("consent_review", ask(feedback, sheet_of(ranking)), "townhead", consent=False, note="先补证据")
    page = client_of("town").get(f"/evaluation/feedback/{feedback.pk}/").content.decode()
    assert "再申请" in page
    step("decide_review", proposed(feedback, ranking), "office2", approve=True)
    with pytest.raises(Conflict, match="本期已经复核决定"):
        ask(feedback, sheet_of(ranking))
    page = client_of("town").get(f"/evaluation/feedback/{feedback.pk}/").content.decode()
    assert f"reviews/{sheet_of(ranking).pk}/" not in page
