"""A published quarter, and the acts on bulletins of it in short, for the tests of 通报."""

import io
import json
import zipfile
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from evaluation.bulletin import queries as reads
from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services import bulletins as services
from evaluation.models import Ranking
from miyun_kpi.accounts.models import User
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode
from tests.factories.rankings import BACKEND, actor_of, filed_quarter, official, person, published, signed

PEOPLE = {
    "office1": ("区政府办公室", "evaluation_office"),
    "office2": ("区政府办公室", "evaluation_office"),
    "cooffice": ("区发展改革委", "evaluation_office"),
    "leader": ("区政府办公室", "leader"),
    "town": ("北庄镇", "reporter"),
    "bureau": ("区水务局", "unit_head"),
}
NUMBER = "密政办字〔2020〕20号"
DAY = date(2020, 7, 16)


@pytest.fixture(scope="module")
def _quarter(django_db_setup, django_db_blocker):
    """Two published rankings of a real quarter, once a module, rolled back with it."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            for username, (organisation, role) in PEOPLE.items():
                person(username, organisation, role)
            period = filed_quarter(PeriodCode(2020, quarter=2))
            for track in ("township", "department"):
                ranking = official(track, period, by=who("office1"))
                published(signed(ranking, by=who("office1")), by=who("office2"))
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def quarter(_quarter, gazette):
    return None


def who(username):
    return actor_of(User.objects.get(username=username))


def client_of(username):
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def ranking_of(track="township"):
    return Ranking.objects.get(scheme__track=track, period__code="2020Q2", corrected_by=None)


def drafted(by="office1", tracks=("township",), kind="report", **options):
    chosen = Options(**({"first": 3, "last": 2} | options))
    ids = [ranking_of(track).pk for track in tracks]
    return services.draft_bulletin(actor=who(by), ranking_ids=ids, kind=kind, options=chosen, at=timezone.now())


def content_of(bulletin):
    return reads.newest_version(bulletin).content


def saved(bulletin, by="office1", **content):
    bulletin.refresh_from_db()
    services.save_bulletin(
        actor=who(by), bulletin_id=bulletin.pk, version=bulletin.version, content=content, at=timezone.now()
    )
    bulletin.refresh_from_db()
    return bulletin


def submitted(bulletin, by="office1"):
    bulletin.refresh_from_db()
    return services.submit_bulletin(actor=who(by), bulletin_id=bulletin.pk, version=bulletin.version, at=timezone.now())


def finalised(bulletin, by="office2", number=NUMBER):
    bulletin.refresh_from_db()
    return services.finalise_bulletin(
        actor=who(by), bulletin_id=bulletin.pk, version=bulletin.version, number=number, dated=DAY, at=timezone.now()
    )


def ready(**options):
    bulletin = drafted(**options)
    saved(bulletin, issuer_mark="北京市密云区人民政府办公室文件", copies="区委办公室")
    return submitted(bulletin)


def refused(act, *arguments, **named):
    with pytest.raises(Refused) as refusal:
        act(*arguments, **named)
    return refusal.value


def page_of(username, address, status=200):
    answer = client_of(username).get(address)
    assert answer.status_code == status, answer.content[:400]
    return answer.content.decode()


def rows_of(track="township"):
    return json.loads(ranking_of(track).document)["rows"]


def document(bulletin, username="office1"):
    answer = client_of(username).get(f"/evaluation/bulletins/{bulletin.pk}/bulletin.docx")
    assert answer.status_code == 200
    return answer.content


def header_of(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    return "".join(archive.read(n).decode() for n in archive.namelist() if "/header" in n)
