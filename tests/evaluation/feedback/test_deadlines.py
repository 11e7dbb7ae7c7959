"""整改时限: entered by the evaluator for its own findings or by the office, printed on the unit's 反馈单."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from evaluation.feedback.services.deadlines import set_deadlines
from evaluation.models import FeedbackDeadline, Mark, Ranking
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import NotFound, Refused
from tests.factories.feedback import actor, client_of, computed_quarter, feedback_of, opened
from tests.factories.rankings import computed

FINDING = "河道垃圾清理不及时"


@pytest.fixture(scope="module")
def _computed(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            ranking = computed_quarter()
            for number in (4, 1):
                Mark.objects.filter(
                    sheet__period=ranking.period,
                    sheet__scheme=ranking.scheme,
                    sheet__indicator__number=number,
                    organisation__code="beizhuang-zhen",
                ).update(problems=FINDING)
            opened(ranking)
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def ranking(_computed, gazette) -> Ranking:
    return Ranking.objects.select_related("scheme", "period").get(kind="official")


def figure_of(ranking: Ranking, number: int) -> int:
    return Mark.objects.get(
        sheet__period=ranking.period,
        sheet__scheme=ranking.scheme,
        sheet__indicator__number=number,
        organisation__code="beizhuang-zhen",
    ).sheet.share_figure_id


def set_one(ranking: Ranking, who: str, number: int, day: date | None) -> int:
    key = (feedback_of(ranking).pk, figure_of(ranking, number))
    return set_deadlines(actor=actor(who), ranking_id=ranking.pk, wanted={key: day}, at=timezone.now())


def test_the_evaluator_enters_it_on_the_page_and_the_unit_reads_it_on_its_feedback(ranking):
    client = client_of("water")
    page = client.get(f"/evaluation/deadlines/{ranking.pk}/").content.decode()
    name = f"due-{feedback_of(ranking).pk}-{figure_of(ranking, 4)}"
    assert FINDING in page and f'name="{name}"' in page
    assert f"-{figure_of(ranking, 1)}" not in page
    day = timezone.localdate() + timedelta(days=30)
    assert client.post(f"/evaluation/deadlines/{ranking.pk}/", {name: day.isoformat()}).status_code == 302
    feedback = client_of("town").get(f"/evaluation/feedback/{feedback_of(ranking).pk}/").content.decode()
    assert f"{day:%Y-%m-%d}" in feedback
    assert client.post(f"/evaluation/deadlines/{ranking.pk}/", {name: day.isoformat()}).status_code == 302
    assert AuditEntry.objects.filter(action="evaluation.feedback.deadlines").count() == 1


def test_another_s_finding_is_not_found_and_the_office_enters_all(ranking):
    day = timezone.localdate() + timedelta(days=10)
    with pytest.raises(NotFound):
        set_one(ranking, "water", 1, day)
    assert set_one(ranking, "office1", 1, day) == 1
    assert set_one(ranking, "office1", 1, None) == 1
    assert not FeedbackDeadline.objects.exists()


@pytest.mark.parametrize("who", ["town", "townhead", "auditor", "leader", "sysadmin", "health"])
def test_who_has_no_findings_to_date_finds_no_page(ranking, who):
    expected = 200 if who == "health" else 404
    answer = client_of(who).get(f"/evaluation/deadlines/{ranking.pk}/")
    assert answer.status_code == expected
    assert FINDING not in answer.content.decode()


@pytest.mark.parametrize("days", [-1, 1200])
def test_a_day_before_the_feedback_or_far_away_is_refused(ranking, days):
    with pytest.raises(Refused, match="两年之内，没有保存"):
        set_one(ranking, "water", 4, timezone.localdate() + timedelta(days=days))
    assert not FeedbackDeadline.objects.exists()


def test_a_day_that_cannot_be_read_is_refused_with_what_was_typed(ranking):
    name = f"due-{feedback_of(ranking).pk}-{figure_of(ranking, 4)}"
    answer = client_of("water").post(f"/evaluation/deadlines/{ranking.pk}/", {name: "月底"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "读不成一天" in page and 'value="月底"' in page


def test_a_new_computation_keeps_the_dates(ranking):
    day = timezone.localdate() + timedelta(days=30)
    set_one(ranking, "water", 4, day)
    Mark.objects.filter(sheet__period=ranking.period, sheet__indicator__number=6, value__gt=1).update(value=60)
    again = opened(computed("township", ranking.period, by=actor("office1")))
    assert feedback_of(again).deadlines.get().due_on == day
