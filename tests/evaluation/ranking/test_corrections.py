"""更正: a numbered new version of a published period with its difference table; the one before stays and says so."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from evaluation.enums import DisclosureScope, RankingState
from evaluation.feedback.services import reviews
from evaluation.models import Mark, Ranking, RankingRow, Review, UnitCheck
from evaluation.ranking.rules import changed_items, differences
from evaluation.ranking.services import publish_ranking
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.organisations.queries import resolve
from tests.factories.feedback import actor, client_of, computed_quarter, feedback_of
from tests.factories.markup import one_line
from tests.factories.rankings import official, published, signed
from tests.factories.tampering import rewritten
from tests.factories.tokens import issue_token


@pytest.fixture(scope="module")
def _published(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            first = computed_quarter()
            official("township", first.period, by=actor("office1"))
            published(signed(first, by=actor("office1")), by=actor("office2"))
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def first(_published, gazette) -> Ranking:
    return Ranking.objects.select_related("scheme", "period").get(kind="official")


def change_a_mark(first: Ranking, by: int = 10) -> Mark:
    mark = Mark.objects.get(
        sheet__scheme=first.scheme,
        sheet__period=first.period,
        sheet__indicator__number=4,
        organisation__code="beizhuang-zhen",
    )
    mark.value += -by if mark.value > 50 else by
    mark.save(update_fields=["value"])
    return mark


def recomputed(first: Ranking) -> Ranking:
    return official("township", first.period, by=actor("office1"))


def corrected(first: Ranking, **how) -> Ranking:
    change_a_mark(first)
    second = signed(recomputed(first), by=actor("office1"))
    return publish_ranking(
        actor=actor("office2"), ranking_id=second.pk, at=timezone.now(), **({"scope": "total"} | how)
    )


def test_a_correction_is_a_new_version_and_the_one_before_stays_readable_and_says_so(first):
    total = RankingRow.objects.get(ranking=first, organisation__code="beizhuang-zhen").total
    digest = first.digest
    second = corrected(first)
    first.refresh_from_db()
    assert (second.number, second.corrects_id, first.corrected_by_id) == (2, first.pk, second.pk)
    assert first.state == second.state == RankingState.PUBLISHED and first.digest == digest
    assert AuditEntry.objects.filter(action="evaluation.ranking.corrected").count() == 1
    for who in ("town", "othertown", "office1", "leader"):
        client = client_of(who)
        old = one_line(client.get(f"/evaluation/rankings/{first.pk}/").content.decode())
        new = one_line(client.get(f"/evaluation/rankings/{second.pk}/").content.decode())
        assert "已被第 2 版更正" in old and f"/evaluation/rankings/{second.pk}/" in old
        assert "本版为更正" in new and "第 1 版" in new
    town = client_of("town")
    assert f"{total:.4f}" in town.get(f"/evaluation/rankings/{first.pk}/rows/beizhuang-zhen/").content.decode()
    assert "已被后来的版本更正" in town.get(f"/evaluation/rankings/{first.pk}/rows/beizhuang-zhen/").content.decode()
    assert "已通报，已被更正" in town.get("/evaluation/rankings/").content.decode()
    assert Notice.objects.filter(key__startswith=f"bulletin/{second.pk}/", title__contains="更正").count() == 21


def test_it_takes_a_new_check_a_new_signing_and_a_second_person_again(first):
    change_a_mark(first)
    second = recomputed(first)
    with pytest.raises(Refused, match="的领导审签，不能通报"):
        publish_ranking(actor=actor("office2"), ranking_id=second.pk, at=timezone.now(), scope="total")
    signed(second, by=actor("office1"))
    with pytest.raises(NotAllowed, match="核定人以外的另一个人"):
        publish_ranking(actor=actor("office1"), ranking_id=second.pk, at=timezone.now(), scope="total")
    UnitCheck.objects.filter(ranking=second).delete()
    with pytest.raises(Refused, match="还没有发各单位核对"):
        publish_ranking(actor=actor("office2"), ranking_id=second.pk, at=timezone.now(), scope="total")
    first.refresh_from_db()
    assert first.corrected_by_id is None


def test_only_one_version_of_a_period_is_current_also_for_the_store(first):
    change_a_mark(first)
    second = recomputed(first)
    with pytest.raises(IntegrityError, match="one_current_bulletin|evaluation_ranking"), transaction.atomic():
        Ranking.objects.filter(pk=second.pk).update(state="published", published_at=timezone.now())


def test_an_older_computation_does_not_correct_a_newer_version(first):
    change_a_mark(first)
    second = signed(recomputed(first), by=actor("office1"))
    change_a_mark(first, by=3)
    third = signed(recomputed(first), by=actor("office1"))
    publish_ranking(actor=actor("office2"), ranking_id=third.pk, at=timezone.now(), scope="total")
    with pytest.raises(Conflict, match="较早的核定不能更正它"):
        publish_ranking(actor=actor("office2"), ranking_id=second.pk, at=timezone.now(), scope="total")


def test_corrected_back_to_the_first_marks_it_is_a_third_version_with_the_first_result(first):
    mark = change_a_mark(first)
    was = mark.value
    publish_ranking(
        actor=actor("office2"),
        ranking_id=signed(recomputed(first), by=actor("office1")).pk,
        at=timezone.now(),
        scope="total",
    )
    receipt = json.loads(RankingRow.objects.get(ranking=first, organisation__code="beizhuang-zhen").receipt)
    item = next(i for i in receipt["items"] if i["indicator"]["number"] == 4)
    value = next(s["value"] for s in item["shares"] if s["evaluator"]["code"] == mark.sheet.evaluator.code)
    assert str(was) != value
    Mark.objects.filter(pk=mark.pk).update(value=value)
    third = recomputed(first)
    assert third.number == 3 and third.digest == first.digest
    done = publish_ranking(
        actor=actor("office2"), ranking_id=signed(third, by=actor("office1")).pk, at=timezone.now(), scope="total"
    )
    assert done.corrects.number == 2


def test_the_difference_table_shows_who_moved_before_it_is_published(first):
    change_a_mark(first)
    second = signed(recomputed(first), by=actor("office1"))
    office = client_of("office2")
    old = one_line(office.get(f"/evaluation/rankings/{first.pk}/").content.decode())
    assert "之后又核定过" in old and "已被第 2 版更正" not in old
    assert "之后又核定过" not in client_of("town").get(f"/evaluation/rankings/{first.pk}/").content.decode()
    page = office.get(f"/evaluation/rankings/{second.pk}/").content.decode()
    assert "之后又核定过" not in page
    assert "先看与现行通报的差异" in page and "更正通报 2020年第二季度排名" in page
    changes = office.get(f"/evaluation/rankings/{second.pk}/changes/").content.decode()
    before, after = (
        RankingRow.objects.get(ranking=one, organisation__code="beizhuang-zhen") for one in (first, second)
    )
    assert before.total != after.total
    for words in ("北庄镇", f"{before.total:.4f}", f"{after.total:.4f}", "第 4 项"):
        assert words in changes
    unmoved = RankingRow.objects.filter(ranking=second, rank=1).select_related("organisation").get()
    assert unmoved.organisation.code == "beizhuang-zhen" or unmoved.organisation.name not in changes
    assert client_of("town").get(f"/evaluation/rankings/{second.pk}/changes/").status_code == 404


@pytest.mark.parametrize("scope", DisclosureScope.values)
def test_the_difference_table_obeys_the_disclosure_scope_on_page_workbook_and_api(first, scope):
    second = corrected(first, scope=scope)
    assert second.disclosure_scope == scope
    rewritten(first.pk, disclosure_scope=scope)
    mine = RankingRow.objects.get(ranking=second, organisation__code="beizhuang-zhen")
    for who, sees in (("town", True), ("othertown", scope != "rank"), ("office1", True)):
        client = client_of(who)
        page = client.get(f"/evaluation/rankings/{second.pk}/changes/").content.decode()
        assert "北庄镇" in page and (f"{mine.total:.4f}" in page) == sees, who
        assert ("第 4 项" in page) == (who != "othertown"), who
        answer = client.get(f"/evaluation/rankings/{second.pk}/changes.xlsx")
        cells = [c.value for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows() for c in row]
        assert (str(mine.total) in [str(cell) for cell in cells]) == sees, who
    _, text = issue_token(
        actor=SYSTEM, client="x", organisation=resolve("不老屯镇"), role="reporter", at=timezone.now()
    )
    headers = {"authorization": f"Token {text}"}
    data = Client().get(f"/api/v1/rankings/{second.pk}/changes/", headers=headers).json()
    row = next(row for row in data["rows"] if row["organisation"] == "beizhuang-zhen")
    assert data["compared_with"] == first.pk and row["items"] == []
    assert (row["total_after"] == f"{mine.total:.4f}") == (scope != "rank")


def test_clients_see_both_versions_and_a_cached_copy_of_the_old_one_is_renewed(first):
    _, text = issue_token(actor=SYSTEM, client="reader", organisation=None, role="", at=timezone.now())
    headers = {"authorization": f"Token {text}"}
    address = f"/api/v1/rankings/{first.pk}/"
    seen = Client().get(address, headers=headers)
    assert seen.json()["corrected_by"] is None and seen.json()["corrects"] is None
    second = corrected(first)
    again = Client().get(address, headers={**headers, "if-none-match": seen["ETag"]})
    assert again.status_code == 200 and again.json()["corrected_by"] == second.pk
    assert again.json()["digest"] == seen.json()["digest"] and again.json()["rows"] == seen.json()["rows"]
    assert Client().get(f"/api/v1/rankings/{second.pk}/", headers=headers).json()["corrects"] == first.pk
    latest = Client().get("/api/v1/rankings/latest/?track=township", headers=headers).json()
    assert latest["id"] == second.pk
    listed = Client().get("/api/v1/rankings/?kind=official", headers=headers).json()["results"]
    assert {(one["id"], one["corrects"], one["corrected_by"]) for one in listed} == {
        (first.pk, None, second.pk),
        (second.pk, first.pk, None),
    }


def test_the_scope_is_chosen_at_publication_and_an_unknown_one_is_refused(first):
    change_a_mark(first)
    second = signed(recomputed(first), by=actor("office1"))
    client = client_of("office2")
    answer = client.post(f"/evaluation/rankings/{second.pk}/publish/", {"scope": "everything", "sure": "on"})
    assert answer.status_code == 422 and "没有这种公开范围" in answer.content.decode()
    assert client.post(f"/evaluation/rankings/{second.pk}/publish/", {"scope": "rank", "sure": "on"}).status_code == 302
    second.refresh_from_db()
    assert second.disclosure_scope == "rank" and second.scheme.disclosure_scope == "total"


def test_a_review_asked_for_after_the_bulletin_leads_to_a_correction(first):
    feedback = feedback_of(first)
    sheet = change_of = Mark.objects.get(
        sheet__scheme=first.scheme,
        sheet__period=first.period,
        sheet__indicator__number=4,
        organisation__code="beizhuang-zhen",
    ).sheet
    review = reviews.ask_review(
        actor=actor("town"), feedback_id=feedback.pk, sheet_id=sheet.pk, reason="断面水质已达标", at=timezone.now()
    )
    at = timezone.now()
    for name, who, data in (
        ("consent_review", "townhead", {"consent": True}),
        ("answer_review", "water", {"outcome": "changed", "value": "99.5", "text": "同意上调得分"}),
        ("propose_decision", "office1", {"outcome": "changed", "value": "99.5", "text": "同意上调得分"}),
        ("decide_review", "office2", {"approve": True}),
    ):
        review.refresh_from_db()
        getattr(reviews, name)(actor=actor(who), review_id=review.pk, version=review.version, at=at, **data)
    assert change_of.pk == sheet.pk
    page = client_of("office1").get(f"/evaluation/rankings/{first.pk}/").content.decode()
    assert "复核改定了 1 个得分" in page and "更正通报" in page
    answer = client_of("office1").post(
        "/evaluation/rankings/compute/",
        {"scheme": first.scheme_id, "period": first.period_id, "kind": "official"},
    )
    second = Ranking.objects.get(kind="official", number=2)
    assert answer.status_code == 302 and answer["Location"] == f"/evaluation/rankings/{second.pk}/"
    assert "复核改定了" not in client_of("office1").get(answer["Location"]).content.decode()


def test_after_the_days_for_reviews_nothing_more_is_asked(first):
    feedback = feedback_of(first)
    sheet = Mark.objects.filter(sheet__scheme=first.scheme, organisation__code="beizhuang-zhen").first().sheet
    with pytest.raises(Conflict, match="复核申请已于"):
        reviews.ask_review(
            actor=actor("town"),
            feedback_id=feedback.pk,
            sheet_id=sheet.pk,
            reason="断面水质已达标",
            at=timezone.now() + timedelta(days=30),
        )
    assert not Review.objects.exists()


def row(code, rank, total):
    return {"organisation": code, "name": code, "zone": None, "rank": rank, "total": total}


def test_differences_follow_the_new_order_and_name_who_came_and_went():
    before = {"rows": [row("a", 1, "90.0000"), row("b", 2, "80.0000"), row("c", 3, "70.0000")]}
    after = {"rows": [row("b", 1, "91.0000"), row("a", 2, "90.0000"), row("d", 3, None)]}
    found = differences(before, after, {"b": ["第 1 项"]})
    assert [(one.organisation, one.moved, str(one.delta), one.changed) for one in found] == [
        ("b", 1, "11.0000", True),
        ("a", -1, "0.0000", True),
        ("d", None, "None", True),
        ("c", None, "None", True),
    ]
    same = differences(before, before)
    assert not any(one.changed for one in same)


def test_changed_items_are_those_whose_score_differs():
    def receipt(*scores):
        return {"items": [{"indicator": {"number": n, "name": "x"}, "score": s} for n, s in enumerate(scores, 1)]}

    assert changed_items(receipt("1.0000", None), receipt("1.0000", "2.0000")) == ["第 2 项 x – → 2.0000"]
