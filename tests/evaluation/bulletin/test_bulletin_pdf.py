"""The PDF of a bulletin: a background job where LibreOffice is installed, nothing where it is not."""

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services import bulletin_pdf
from evaluation.bulletin.services.bulletins import draft_bulletin, submit_bulletin
from evaluation.clock.tasks import bulletin_pdf as task
from evaluation.models import Ranking
from miyun_kpi.accounts.models import User
from miyun_kpi.documents import pdf
from miyun_kpi.jobs.enums import State
from miyun_kpi.jobs.models import Job
from miyun_kpi.lib.errors import NotFound, Refused
from tests.evaluation.conftest import actor_named
from tests.factories.rankings import BACKEND


@pytest.fixture
def bulletin(demo, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    ids = [Ranking.objects.get(scheme__track="township").pk]
    return draft_bulletin(
        actor=actor_named("zhengfuban1"), ranking_ids=ids, kind="report", options=Options(), at=timezone.now()
    )


@pytest.fixture
def office_suite(monkeypatch, tmp_path):
    """A converter that hands the document back under the other name."""
    program = tmp_path / "soffice"
    program.write_text('#!/bin/sh\nfor last; do :; done\ncp "$last" "${last%.docx}.pdf"\n')
    program.chmod(0o755)
    monkeypatch.setattr(pdf.shutil, "which", lambda name: str(program))
    return program


def client_of(username):
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def test_asked_twice_it_is_one_job_and_its_file_is_served(bulletin, office_suite):
    client, address = client_of("zhengfuban1"), f"/evaluation/bulletins/{bulletin.pk}/"
    assert "转成 PDF" in client.get(address).content.decode()
    assert client.get(f"{address}bulletin.pdf").status_code == 404
    first, second = (client.post(f"{address}pdf/")["Location"] for _ in range(2))
    assert first == second and Job.objects.count() == 1
    job = Job.objects.get()
    task(job.key)
    job.refresh_from_db()
    assert job.state == State.DONE, job.message
    answer = client.get(f"{address}bulletin.pdf")
    assert answer.status_code == 200 and answer.content[:2] == b"PK" and len(answer.content) == job.result["bytes"]
    assert answer["Content-Disposition"].startswith("attachment") and answer["Content-Type"] == "application/pdf"
    assert "下载 PDF" in client.get(address).content.decode()
    assert client_of("beizhuang").get(f"{address}bulletin.pdf").status_code == 404, "a draft is the office's"


def test_a_changed_bulletin_needs_a_new_one(bulletin, office_suite):
    job = bulletin_pdf.request_pdf(actor=actor_named("zhengfuban1"), bulletin_id=bulletin.pk, at=timezone.now())
    submit_bulletin(actor=actor_named("zhengfuban1"), bulletin_id=bulletin.pk, version=1, at=timezone.now())
    task(job.key)
    job.refresh_from_db()
    assert job.state == State.FAILED and "又有改动" in job.message
    assert client_of("zhengfuban1").get(f"/evaluation/bulletins/{bulletin.pk}/bulletin.pdf").status_code == 404


def test_without_libreoffice_there_is_no_button_and_the_act_is_refused(bulletin, monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    assert "PDF" not in client_of("zhengfuban1").get(f"/evaluation/bulletins/{bulletin.pk}/").content.decode()
    with pytest.raises(Refused) as refusal:
        bulletin_pdf.request_pdf(actor=actor_named("zhengfuban1"), bulletin_id=bulletin.pk, at=timezone.now())
    assert refusal.value.code == "no-converter" and not Job.objects.exists()
    with pytest.raises(NotFound):
        bulletin_pdf.request_pdf(actor=actor_named("lingdao"), bulletin_id=bulletin.pk, at=timezone.now())
