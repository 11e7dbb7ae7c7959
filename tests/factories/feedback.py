"""A computed quarter whose units are about to check their 反馈单, with the people of every side."""

from django.test import Client
from django.utils import timezone

from evaluation.feedback.services.unit_checks import open_unit_check
from evaluation.models import Feedback, Ranking
from miyun_kpi.accounts.models import User
from miyun_kpi.lib.actors import Actor
from tests.factories.rankings import BACKEND, actor_of, computed, filed_quarter, person

PEOPLE = {
    "office1": ("区政府办公室", "evaluation_office"),
    "office2": ("区政府办公室", "evaluation_office"),
    "office3": ("区政府办公室", "evaluation_office"),
    "cooffice": ("区发展改革委", "evaluation_office"),
    "leader": ("区政府办公室", "leader"),
    "auditor": ("区审计局", "auditor"),
    "sysadmin": ("区财政局", "system_admin"),
    "town": ("北庄镇", "reporter"),
    "townhead": ("北庄镇", "unit_head"),
    "othertown": ("不老屯镇", "reporter"),
    "water": ("区水务局", "evaluator"),
    "waterhead": ("区水务局", "unit_head"),
    "health": ("区卫健委", "evaluator"),
}


def people() -> None:
    for username, (organisation, role) in PEOPLE.items():
        person(username, organisation, role)


def actor(username: str) -> Actor:
    return actor_of(User.objects.get(username=username))


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def computed_quarter(track: str = "township") -> Ranking:
    """People, a filed quarter and its computation, not yet given to the units."""
    people()
    return computed(track, filed_quarter(), by=actor("office1"))


def opened(ranking: Ranking) -> Ranking:
    open_unit_check(actor=actor("office1"), ranking_id=ranking.pk, at=timezone.now())
    return ranking


def feedback_of(ranking: Ranking, code: str = "beizhuang-zhen") -> Feedback:
    return Feedback.objects.select_related("check_round__ranking", "organisation").get(
        check_round__ranking=ranking, organisation__code=code
    )
