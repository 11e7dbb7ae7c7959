"""From the official computation to the bulletin: signing, a second person, never again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from evaluation.enums import RankingState
from evaluation.models import Mark, Ranking
from evaluation.ranking.services import compute_trial, publish_ranking
from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, Refused
from tests.clock import today
from tests.factories.rankings import BACKEND, PAPER, actor_of, filed_quarter, official, person, signed


@pytest.fixture(scope="module")
def _computed(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            first = person("first", "区政府办公室", "evaluation_office")
            person("second", "区政府办公室", "evaluation_office")
            official("township", filed_quarter(), by=actor_of(first))
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def ranking(_computed, gazette) -> Ranking:
    return Ranking.objects.get(kind="official")


def actor(username: str):
    return actor_of(User.objects.get(username=username))


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def signing(**changed):
    paper = SimpleUploadedFile("呈批件.pdf", PAPER, content_type="application/pdf")
    said = {"signer": "王主任", "title": "区政府办主任", "signed_on": timezone.localdate().isoformat()}
    return said | {"scan": paper} | changed


def test_without_a_recorded_signing_nothing_is_published(ranking):
    client = client_of("second")
    page = client.get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert "通报（先登记领导审签）" in page and "/publish/" not in page
    answer = client.post(f"/evaluation/rankings/{ranking.pk}/publish/")
    assert answer.status_code == 422 and "的领导审签，不能通报" in answer.content.decode()
    ranking.refresh_from_db()
    assert ranking.state == RankingState.COMPUTED


def test_the_person_who_computed_it_does_not_publish_it(ranking):
    signed(ranking, by=actor("first"))
    client = client_of("first")
    assert (
        "通报（由您核定，请考评办的另一位同事通报）"
        in client.get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    )
    answer = client.post(f"/evaluation/rankings/{ranking.pk}/publish/")
    assert answer.status_code == 403 and "由核定人以外的另一个人办理" in answer.content.decode()
    ranking.refresh_from_db()
    assert ranking.state == RankingState.COMPUTED


def test_signed_and_published_by_a_second_person_on_the_page(ranking):
    # Whoever records a signing does not publish: here it is the one who has computed.
    recorder, client = client_of("first"), client_of("second")
    assert recorder.post(f"/evaluation/rankings/{ranking.pk}/signings/", signing()).status_code == 302
    assert "通报（先登记领导审签）" in client.get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    other = signing(signer="李区长", title="分管区领导")
    assert recorder.post(f"/evaluation/rankings/{ranking.pk}/signings/", other).status_code == 302
    assert "通报 2020年第二季度排名" in client.get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    address = f"/evaluation/rankings/{ranking.pk}/publish/"
    shown = client.get(address).content.decode()
    assert "将要发出的" in shown and "21 个" in shown and "通报后不能收回" in shown
    assert shown.count('name="scope"') == 3 and "checked" not in shown, "the scope is chosen, never preselected"
    for lacking in ({}, {"scope": "total"}, {"sure": "on"}):
        refused = client.post(address, lacking)
        assert refused.status_code == 422 and "没有通报" in refused.content.decode()
    ranking.refresh_from_db()
    assert ranking.state == RankingState.COMPUTED
    assert client.post(address, {"scope": "rank", "sure": "on"}).status_code == 302
    ranking.refresh_from_db()
    assert ranking.state == RankingState.PUBLISHED and ranking.published_by.startswith("second")
    again = client.post(f"/evaluation/rankings/{ranking.pk}/publish/")
    assert again.status_code == 409 and "没有再次通报" in again.content.decode()
    assert AuditEntry.objects.filter(action="evaluation.ranking.published").count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"signer": ""}, "请写明审签人，没有登记"),
        ({"title": "保安"}, "审签人须是区政府办主任或分管区领导，没有登记"),
        ({"signed_on": "七月"}, "审签日期读不成一天，没有登记"),
        ({"signed_on": "tomorrow"}, "审签日期不能晚于今天，没有登记"),
        ({"signed_on": "2020-07-16"}, "审签日期不能早于核定日"),
        ({"signer": "王" * 61}, "60"),
    ],
)
def test_a_refused_signing_says_why_and_keeps_what_was_typed(ranking, changed, sentence):
    changed = changed | ({"signed_on": today(1).isoformat()} if changed.get("signed_on") == "tomorrow" else {})
    answer = client_of("second").post(f"/evaluation/rankings/{ranking.pk}/signings/", signing(**changed))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    for name, value in signing(**changed).items():
        assert name in ("title", "scan") or not value.strip() or f'value="{value}"' in page
    assert not ranking.signings.exists()


def test_the_same_signing_twice_is_recorded_once(ranking):
    client = client_of("second")
    assert client.post(f"/evaluation/rankings/{ranking.pk}/signings/", signing()).status_code == 302
    again = client.post(f"/evaluation/rankings/{ranking.pk}/signings/", signing())
    assert again.status_code == 409 and "没有重复登记" in again.content.decode()
    assert ranking.signings.count() == 1


def test_a_trial_is_never_published(ranking):
    trial, _ = compute_trial(actor=actor("first"), scheme=ranking.scheme, period=ranking.period, at=timezone.now())
    with pytest.raises(Refused, match="试算只供内部试用，不能通报"):
        publish_ranking(actor=actor("second"), ranking_id=trial.pk, at=timezone.now(), scope="total")


def test_a_mark_changed_after_the_computation_stops_the_bulletin(ranking):
    signed(ranking, by=actor("first"))
    mark = Mark.objects.filter(sheet__period=ranking.period, sheet__scheme=ranking.scheme, value__gt=1).first()
    Mark.objects.filter(pk=mark.pk).update(value=mark.value - 1)
    with pytest.raises(Conflict, match="核定之后打分或方案又有改动，没有通报"):
        publish_ranking(actor=actor("second"), ranking_id=ranking.pk, at=timezone.now(), scope="total")
    ranking.refresh_from_db()
    assert ranking.state == RankingState.COMPUTED
