"""Two persons decide a review, or publish two versions, at the same moment on real connections; and the control arms."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from evaluation.enums import RankingState, ReviewState
from evaluation.feedback.services import reviews
from evaluation.models import Mark, Ranking, Review, Scheme, Signing
from evaluation.ranking import services as rankings
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict
from tests.factories.feedback import actor, computed_quarter, feedback_of, opened
from tests.factories.rankings import official, published, signed
from tests.factories.tampering import unguarded
from tests.races.control import Meeting, unlock

pytestmark = pytest.mark.postgres


def at_once(acts: list[Any]) -> list[Any]:
    outcomes: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        try:
            outcomes[number] = acts[number]()
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def wait_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Both wait for each other after this check; whoever is locked out never comes."""
    meeting, check = Meeting(), getattr(module, name)

    def check_and_wait(*args: Any, **kwargs: Any) -> Any:
        found = check(*args, **kwargs)
        meeting.wait()
        return found

    monkeypatch.setattr(module, name, check_and_wait)


@pytest.fixture
def proposal(transactional_db: None, gazette: None) -> Review:
    """A decision put forward by the first person of the office, waiting for the second."""
    ranking = opened(computed_quarter())
    sheet = Mark.objects.get(
        sheet__scheme=ranking.scheme,
        sheet__period=ranking.period,
        sheet__indicator__number=4,
        organisation__code="beizhuang-zhen",
    ).sheet
    now = timezone.now()
    review = reviews.ask_review(
        actor=actor("town"), feedback_id=feedback_of(ranking).pk, sheet_id=sheet.pk, reason="断面水质已达标", at=now
    )
    for name, who, data in (
        ("consent_review", "townhead", {"consent": True}),
        ("answer_review", "water", {"outcome": "changed", "value": "99.5", "text": "同意上调得分"}),
        ("propose_decision", "office1", {"outcome": "changed", "value": "99.5", "text": "同意上调得分"}),
    ):
        act = getattr(reviews, name)
        review = act(actor=actor(who), review_id=review.pk, version=review.version, at=now, **data)
    return review


def both_decide(review: Review) -> list[Any]:
    """One confirms and another sends back, both having seen the same version."""

    def decide(who: Actor, approve: bool) -> Any:
        return lambda: reviews.decide_review(
            actor=who, review_id=review.pk, version=review.version, approve=approve, note="分值再核", at=timezone.now()
        )

    return at_once([decide(actor("office2"), True), decide(actor("office3"), False)])


def mark_of(review: Review) -> Mark:
    return Mark.objects.get(sheet=review.sheet_id, organisation__code="beizhuang-zhen")


def test_of_two_who_decide_at_once_one_decides_and_the_other_is_told(
    proposal: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_after(monkeypatch, reviews, "_require_state")
    outcomes = both_decide(proposal)
    refused = [one for one in outcomes if isinstance(one, Conflict)]
    assert len(refused) == 1 and refused[0].code == "stale", outcomes
    proposal.refresh_from_db()
    changed = proposal.state == ReviewState.CHANGED
    assert changed or proposal.state == ReviewState.DECISION
    assert (mark_of(proposal).value == Decimal("99.5")) == changed
    acts = AuditEntry.objects.filter(action__in=["evaluation.review.decided", "evaluation.review.returned"])
    assert acts.count() == 1


@pytest.mark.control("test_of_two_who_decide_at_once_one_decides_and_the_other_is_told")
def test_without_the_lock_both_decide(proposal: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control arm: read without a lock, the review is decided and sent back by the same version."""
    monkeypatch.setattr(
        reviews,
        "locked_review",
        lambda _actor, pk, _version, _verb: Review.objects.select_related(
            "feedback__organisation", "sheet__scheme", "sheet__indicator", "sheet__evaluator", "sheet__period"
        ).get(pk=pk),
    )
    wait_after(monkeypatch, reviews, "_require_state")
    outcomes = both_decide(proposal)
    assert all(isinstance(one, Review) for one in outcomes), outcomes
    acts = AuditEntry.objects.filter(action__in=["evaluation.review.decided", "evaluation.review.returned"])
    assert acts.count() == 2


@pytest.fixture
def versions(transactional_db: None, gazette: None) -> tuple[Ranking, list[Ranking]]:
    """A published quarter and two later computations, both ready to correct it."""
    first = computed_quarter()
    official("township", first.period, by=actor("office1"))
    published(signed(first, by=actor("office1")), by=actor("office2"))
    later = []
    for value in ("61", "62"):
        Mark.objects.filter(
            sheet__scheme=first.scheme,
            sheet__period=first.period,
            organisation__code="beizhuang-zhen",
            sheet__indicator__number=4,
        ).update(value=Decimal(value))
        later.append(signed(official("township", first.period, by=actor("office1")), by=actor("office1")))
    # Leave out that the second computation voids what was signed of the first: that alone would let only one through.
    with unguarded():
        Signing.objects.update(void_at=None, void_by="", void_reason="")
    return first, later


@pytest.fixture
def same_inputs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave out the comparison with the marks of now, which alone would let only one of the two through."""
    monkeypatch.setattr(rankings, "difference", lambda ranking: [])
    yield


def both_publish(later: list[Ranking]) -> list[Any]:
    office = [actor("office2"), actor("office3")]
    return at_once(
        [
            lambda who=who, one=one: rankings.publish_ranking(
                actor=who, ranking_id=one.pk, at=timezone.now(), scope="total"
            )
            for who, one in zip(office, later, strict=True)
        ]
    )


def test_two_corrections_at_once_make_one_chain(
    versions: tuple[Ranking, list[Ranking]], same_inputs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, later = versions
    wait_after(monkeypatch, rankings, "_require_later")
    outcomes = both_publish(later)
    current = Ranking.objects.filter(state=RankingState.PUBLISHED, corrected_by__isnull=True)
    assert current.count() == 1, outcomes
    chain = [current.get()]
    while chain[-1].corrects is not None:
        chain.append(chain[-1].corrects)
    assert chain[-1].pk == first.pk
    done = [one for one in outcomes if isinstance(one, Ranking)]
    assert len(chain) == 1 + len(done)


@pytest.mark.control("test_two_corrections_at_once_make_one_chain")
def test_without_the_lock_both_would_correct_the_same_version_and_the_store_refuses_one(
    versions: tuple[Ranking, list[Ranking]], same_inputs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control arm: the service no longer tells them apart, only the constraint does."""
    unlock(monkeypatch, Scheme)
    wait_after(monkeypatch, rankings, "_require_later")
    outcomes = both_publish(versions[1])
    assert sum(isinstance(one, DatabaseError) for one in outcomes) == 1, outcomes
    assert Ranking.objects.filter(state=RankingState.PUBLISHED, corrected_by__isnull=True).count() == 1
