from datetime import datetime, timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.test import RequestFactory
from django.utils import timezone

from miyun_kpi.jobs import services, views
from miyun_kpi.jobs.models import Job
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound

LI = Actor(label="李某", user_id=7)


@pytest.fixture
def job(db) -> Job:
    return services.enqueue(
        name="tests.x", key="k", title="导入 2019 年打分", arguments={}, actor=LI, at=timezone.now(), stoppable=True
    )


def fragment(job: Job, actor: Actor = LI):
    request = RequestFactory().get("/")
    request.actor, request.htmx = actor, True
    return views.progress(request, job.pk)


def running(job: Job, **columns):
    Job.objects.filter(pk=job.pk).update(state="running", started_at=timezone.now() - timedelta(seconds=4), **columns)


def test_progress_is_said_in_words_and_asks_again(job):
    running(job, step="取平均分", step_number=3, step_count=5, done=13, total=21, unit="家")
    text = fragment(job).content.decode()
    for words in (
        "正在办理：导入 2019 年打分",
        "第 3 步 / 共 5 步",
        "取平均分",
        "第 13 家 / 21 家",
        "已用 4 秒",
        "可以离开",
    ):
        assert words in text
    assert 'hx-trigger="every 1s"' in text and f"/jobs/{job.pk}/progress/" in text


def test_an_ended_job_says_how_it_ended_and_asks_no_more(job):
    running(job)
    Job.objects.update(state="failed", finished_at=timezone.now(), message="这张表已封网，没有保存。")
    response = fragment(job)
    text = response.content.decode()
    assert "没有完成" in text and "这张表已封网" in text and "hx-get" not in text
    assert response["HX-Trigger"] == "job-done"


def test_a_stranger_finds_no_such_job_and_the_office_does(job):
    with pytest.raises(NotFound):
        fragment(job, Actor(label="王某", user_id=8))
    with pytest.raises(NotFound):
        fragment(job, Actor(label="令牌"))
    assert fragment(job, Actor(label="考评办", user_id=9, verbs=frozenset({"compute-rankings"}))).status_code == 200


def test_only_a_job_that_can_be_stopped_safely_offers_to_stop(job):
    running(job)
    assert "停止" in fragment(job).content.decode()
    Job.objects.update(stoppable=False)
    assert "停止" not in fragment(job).content.decode()


def test_every_timed_task_is_registered_and_expires():
    current_app.loader.import_default_modules()
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] in current_app.tasks, name
        assert entry["options"]["expires"], name


def test_the_clock_of_beat_is_the_district_s():
    assert current_app.conf.timezone == "Asia/Shanghai"
    assert isinstance(current_app.now(), datetime) and current_app.now().utcoffset() == timedelta(hours=8)


def signed_in(client, django_user_model, username: str):
    user = django_user_model.objects.create_user(username, "a-long-password")
    client.force_login(user)
    return user


def test_the_page_of_a_job_survives_a_reload_and_is_closed_to_others(client, django_user_model, job):
    owner = signed_in(client, django_user_model, "li-mou")
    Job.objects.update(actor_id=owner.pk)
    for _ in range(2):
        page = client.get(f"/jobs/{job.pk}/")
        assert page.status_code == 200 and "导入 2019 年打分" in page.content.decode()
    signed_in(client, django_user_model, "wang-mou")
    assert client.get(f"/jobs/{job.pk}/").status_code == 404
    assert client.get(f"/jobs/{job.pk}/progress/").status_code == 404
    assert client.post(f"/jobs/{job.pk}/stop/").status_code == 404


def test_the_owner_stops_a_waiting_job_and_is_told_so(client, django_user_model, job):
    owner = signed_in(client, django_user_model, "li-mou")
    Job.objects.update(actor_id=owner.pk)
    page = client.post(f"/jobs/{job.pk}/stop/", follow=True)
    assert "已停止：导入 2019 年打分" in page.content.decode()
    again = client.post(f"/jobs/{job.pk}/stop/")
    assert again.status_code == 409 and "已经结束" in again.content.decode()


def test_nobody_sees_a_job_without_signing_in(client, job):
    assert client.get(f"/jobs/{job.pk}/").status_code == 302
