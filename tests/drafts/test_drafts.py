"""草稿 on the server: of its owner alone, sealed, of no trail, gone when the form is stored, and after 30 days."""

import json
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client

from disclosure.models import Application
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.audit import counting
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.db.sealed import Sealed
from miyun_kpi.drafts import services
from miyun_kpi.drafts.models import Draft
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, Malformed, NotAllowed, Refused
from miyun_kpi.organisations.models import Organisation
from tests.clock import Day, dated, now
from tests.factories.rankings import BACKEND, actor_of, person
from tests.postdoc.test_planted_mark import everything_stored

pytestmark = pytest.mark.django_db
MARK, FORM, VERSION = "markmark01", "formform01", "version001"
WORD = "QXDRAFT77Z"
NEW = "/disclosure/applications/new/"
DAY = timedelta(days=1)


def body(word=WORD, page=NEW, **more):
    told = {"title": "登记申请", "act": "登记", "page": page, "values": {"content#1": [word, "内容", ""]}}
    return json.dumps(told | more, ensure_ascii=False)


def typed(post_id=None, **changed):
    return services.Typed(**({"form": FORM, "version": VERSION, "body": body(), "post_id": post_id} | changed))


@pytest.fixture
def writer(gazette):
    return person("minzheng", "区民政局", "reporter")


@pytest.fixture
def stranger(gazette):
    return person("shuiwuju", "区水务局", "reporter")


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def sent(client, user, mark=MARK, **changed):
    post = Post.objects.filter(user=user).order_by("pk").values_list("pk", flat=True).first()
    told = {"person": user.pk, "form": FORM, "version": VERSION, "post": post or "", "body": body()}
    return client.post(f"/drafts/{mark}/", told | changed)


def given(client, **asked):
    answer = client.get("/drafts/", asked)
    assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-store"
    return answer.json()


def test_what_was_typed_comes_back_to_its_writer_wherever_he_signs_in(writer):
    assert sent(client_of(writer), writer).status_code == 204
    elsewhere = client_of(writer)
    assert given(elsewhere, form=FORM)[0]["values"] == {"content#1": [WORD, "内容", ""]}
    assert given(elsewhere, address=NEW)[0]["values"]["content#1"][0] == WORD
    (told,) = given(elsewhere)
    assert "values" not in told and told["title"] == "登记申请" and told["page"] == NEW


def test_nobody_else_is_given_it_and_a_foreign_one_is_not_there(writer, stranger):
    sent(client_of(writer), writer)
    other = client_of(stranger)
    assert given(other, form=FORM, address=NEW) == []
    # As an answer the same, and nothing is done: what is another's is not there for it.
    assert other.post(f"/drafts/{MARK}/drop/").status_code == 204
    assert other.post("/drafts/neverthere1/drop/").status_code == 204
    # The same mark of another is another draft, and writes over nothing.
    assert sent(other, stranger, body=body("别的")).status_code == 204
    assert given(client_of(writer), form=FORM)[0]["values"]["content#1"][0] == WORD
    assert client_of(writer).post(f"/drafts/{MARK}/drop/").status_code == 204
    assert [draft.owner for draft in Draft.objects.all()] == [stranger]


def test_a_draft_that_is_stored_already_is_dropped_without_a_refusal(writer):
    """The page says so once more after the form was stored: no refusal is counted against who did nothing wrong."""
    client = client_of(writer)
    sent(client, writer)
    services.stored(actor=actor_of(writer), marks=[MARK])
    before = counting.unwritten()
    assert client.post(f"/drafts/{MARK}/drop/").status_code == 204 and counting.unwritten() == before
    assert client.get("/drafts/no-such-place/at-all/").status_code == 404 and counting.unwritten() > before, (
        "the control"
    )


def test_a_page_of_one_account_gives_nothing_to_the_next_one_signed_in(writer, stranger):
    answer = sent(client_of(stranger), writer, post="")
    assert answer.status_code == 409 and answer.json()["code"] == "other-account"
    assert "没有存" in answer.json()["message"] and not Draft.objects.exists()


def test_signed_out_it_leads_to_the_door_and_a_stranger_s_form_is_refused(writer):
    assert Client().get("/drafts/")["Location"].startswith("/sign-in/")
    assert sent(Client(), writer)["Location"].startswith("/sign-in/")
    checking = Client(enforce_csrf_checks=True)
    checking.force_login(writer, backend=BACKEND)
    assert sent(checking, writer).status_code == 403
    assert not Draft.objects.exists()


def test_one_page_has_one_draft_and_two_windows_have_two(writer):
    client = client_of(writer)
    for mark, word in ((MARK, "一"), (MARK, "二"), ("markmark02", "三")):
        sent(client, writer, mark, body=body(word))
    assert {row["mark"]: row["values"]["content#1"][0] for row in given(client, form=FORM)} == {
        MARK: "二",
        "markmark02": "三",
    }
    # Put back in the second window, the first is part of it.
    sent(client, writer, "markmark02", replaces=MARK)
    assert [draft.mark for draft in Draft.objects.all()] == ["markmark02"]


def test_it_is_sealed_at_rest_and_in_no_trail(writer, stranger):
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    client = client_of(writer)
    sent(client, writer)
    sent(client, writer, "markmark02", body=body(page=f"{NEW}?q={WORD}"))
    client.post("/drafts/markmark02/drop/")
    assert Draft.objects.get().body.open().count(WORD) == 1
    assert [table for table, row in everything_stored() if WORD in row] == []
    assert not AuditEntry.objects.exclude(pk__in=before).filter(subject__contains=MARK).exists()
    assert not AuditEntry.objects.exclude(pk__in=before).filter(action__startswith="drafts").exists()
    for one in (client, client_of(stranger)):
        assert WORD not in one.get("/gazette/search/", {"q": WORD[:7]}).content.decode()


def test_one_that_no_key_opens_hides_no_other(writer):
    client = client_of(writer)
    sent(client, writer)
    sent(client, writer, "markmark02")
    Draft.objects.filter(mark=MARK).update(body=Sealed("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
    assert [row["mark"] for row in given(client, form=FORM)] == ["markmark02"]


def test_a_draft_of_another_post_is_offered_only_in_that_one(writer):
    water = Organisation.objects.get(name="区水务局")
    other = Post.objects.create(user=writer, organisation=water, role="reporter", title="", starts_on=date(2020, 1, 1))
    client = client_of(writer)
    # The page may be older than the change over: what it holds is kept for its own post.
    assert sent(client, writer, post=other.pk).status_code == 204
    assert given(client, form=FORM) == []
    client.post("/accounts/switch-post/", {"post": other.pk})
    assert [row["mark"] for row in given(client, form=FORM)] == [MARK]


def test_for_a_post_one_does_not_hold_nothing_is_kept(writer, stranger):
    ended = Post.objects.get(user=writer)
    for post in (Post.objects.get(user=stranger).pk, 2**31 - 1):
        answer = sent(client_of(writer), writer, post=post)
        assert answer.status_code == 409 and "岗位" in answer.json()["message"]
    Post.objects.filter(pk=ended.pk).update(ends_on=date(2020, 2, 1))
    assert sent(client_of(writer), writer, post=ended.pk).status_code == 409
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("mark", "changed"),
    [
        ("短", {}),
        ("MARKMARK01", {}),
        ("x" * 41, {}),
        (MARK, {"form": "f"}),
        (MARK, {"version": "不是"}),
        (MARK, {"body": "{"}),
        (MARK, {"body": "[]"}),
        (MARK, {"body": "[" * 100000}),
        (MARK, {"body": "{}"}),
        (MARK, {"body": json.dumps({"page": "/a/", "values": []})}),
        (MARK, {"body": json.dumps({"page": "//evil.example/", "values": {}})}),
        (MARK, {"body": json.dumps({"page": "/\\evil.example/", "values": {}})}),
        (MARK, {"body": json.dumps({"page": "javascript:alert(1)", "values": {}})}),
        (MARK, {"body": json.dumps({"page": "/" + "a" * 300, "values": {}})}),
    ],
)
def test_what_cannot_be_a_draft_is_refused(writer, mark, changed):
    with pytest.raises(Malformed, match="没有存"):
        services.keep(actor=actor_of(writer), mark=mark, typed=typed(**changed), at=now())
    assert not Draft.objects.exists()


def test_the_largest_is_kept_and_one_byte_more_is_refused(writer):
    most = settings.DRAFT_LARGEST
    room = most - len(body("").encode())
    services.keep(actor=actor_of(writer), mark=MARK, typed=typed(body=body("x" * room)), at=now())
    with pytest.raises(Refused, match="1024 KB") as told:
        services.keep(actor=actor_of(writer), mark=MARK, typed=typed(body=body("x" * (room + 1))), at=now())
    assert told.value.status == 422 and len(Draft.objects.get().body.open().encode()) == most
    answer = sent(client_of(writer), writer, body=body("x" * (room + 1)))
    assert answer.status_code == 422 and answer.json()["code"] == "draft-too-large"


def test_of_too_many_the_oldest_goes_and_only_one_s_own(writer, stranger, settings):
    settings.DRAFTS_MOST = 3
    services.keep(actor=actor_of(stranger), mark=MARK, typed=typed(), at=now() - timedelta(days=1))
    for number in range(5):
        at = now() + timedelta(minutes=number)
        services.keep(actor=actor_of(writer), mark=f"markmark0{number}", typed=typed(), at=at)
    assert [draft.mark for draft in Draft.objects.filter(owner=writer)] == ["markmark04", "markmark03", "markmark02"]
    assert Draft.objects.filter(owner=stranger).count() == 1


def test_of_two_windows_that_replace_each_other_the_later_stays(writer):
    """Each took the other's text over; were both thrown away, nothing of what was typed would be left."""
    first, second, actor = now(), now() + timedelta(seconds=1), actor_of(writer)
    services.keep(actor=actor, mark="markmark01", typed=typed(), at=first)
    services.keep(actor=actor, mark="markmark02", typed=typed(), replaces=["markmark01"], at=second)
    services.keep(actor=actor, mark="markmark01", typed=typed(), replaces=["markmark02"], at=first)
    assert [draft.mark for draft in Draft.objects.all()] == ["markmark02", "markmark01"]
    services.keep(actor=actor, mark="markmark03", typed=typed(), replaces=["markmark01", "markmark02"], at=now() + DAY)
    assert [draft.mark for draft in Draft.objects.all()] == ["markmark03"], "the control"


def test_a_token_and_the_system_have_none(writer):
    token = actor_of(writer).__class__(label="接口", user_id=writer.pk, token_id="t")
    for actor in (SYSTEM, token):
        with pytest.raises(NotAllowed):
            services.keep(actor=actor, mark=MARK, typed=typed(), at=now())
    services.keep(actor=actor_of(writer), mark=MARK, typed=typed(), at=now())
    services.drop(actor=token, mark=MARK)
    services.stored(actor=token, marks=[MARK])
    assert Draft.objects.count() == 1


def test_after_thirty_days_it_is_gone_and_with_a_disabled_account_at_once(writer, stranger):
    at = now()
    for user, mark, days in ((writer, MARK, 30), (writer, "markmark02", 29), (stranger, MARK, 0)):
        services.keep(actor=actor_of(user), mark=mark, typed=typed(), at=at - timedelta(days=days))
    services.forget_old(at=at)
    assert Draft.objects.count() == 3, "thirty days are not over yet"
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    services.forget_old(at=at + timedelta(seconds=1))
    assert [draft.mark for draft in Draft.objects.all()] == ["markmark02"]


FACTS = {
    "received_on": Day(0),
    "way": "net",
    "applicant_kind": "natural",
    "applicant": "李某",
    "contact": "13800000000",
    "content": "某年某镇的水环境数据",
}


def test_a_stored_form_takes_its_drafts_with_it_and_no_others(writer, stranger):
    client = client_of(writer)
    for mark in (MARK, "markmark02", "markmark03"):
        sent(client, writer, mark)
    sent(client_of(stranger), stranger)
    answer = client.post(NEW, dated(FACTS) | {"kept": f"{MARK}.markmark02.x.;"})
    assert answer.status_code == 302 and Application.objects.count() == 1
    assert {(draft.owner_id, draft.mark) for draft in Draft.objects.all()} == {
        (writer.pk, "markmark03"),
        (stranger.pk, MARK),
    }
    assert {name for name in answer.cookies if name.startswith("kept-")} == {f"kept-{MARK}", "kept-markmark02"}


def test_sent_twice_it_is_done_once_and_the_draft_is_gone(writer):
    client = client_of(writer)
    sent(client, writer)
    form = dated(FACTS) | {"csrfmiddlewaretoken": "drawn-once", "kept": MARK}
    first = client.post(NEW, form)
    sent(client, writer)
    again = client.post(NEW, form)
    assert first["Location"] == again["Location"] and Application.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_refused_form_and_one_turned_away_at_the_door_keep_theirs(writer):
    client = client_of(writer)
    sent(client, writer)
    assert client.post(NEW, dated(FACTS) | {"content": "", "kept": MARK}).status_code == 422
    client.logout()
    assert client.post(NEW, dated(FACTS) | {"kept": MARK})["Location"].startswith("/sign-in/")
    assert Draft.objects.count() == 1 and not Application.objects.exists()
    User.objects.filter(pk=writer.pk).update(must_change_password=True)
    client.force_login(writer, backend=BACKEND)
    assert client.post(NEW, dated(FACTS) | {"kept": MARK})["Location"] == "/accounts/password/"
    assert Draft.objects.count() == 1


def test_a_page_that_only_shows_what_will_be_done_keeps_them(writer, rf):
    from django.http import HttpResponse

    from miyun_kpi.drafts.middleware import StoredForms

    services.keep(actor=actor_of(writer), mark=MARK, typed=typed(), at=now())
    request = rf.post("/x/", {"kept": MARK})
    request.actor = actor_of(writer)
    answer = StoredForms(lambda _: HttpResponse('<form method="post" data-keep-waits>'))(request)
    assert f"kept-{MARK}" in answer.cookies and Draft.objects.count() == 1
    StoredForms(lambda _: HttpResponse("<p>"))(request)
    assert not Draft.objects.exists()


def test_a_draft_that_cannot_be_thrown_away_does_not_undo_the_act(writer, monkeypatch, caplog):
    from django.db import DatabaseError

    def away(**_):
        raise DatabaseError("away")

    monkeypatch.setattr(services, "stored", away)
    assert client_of(writer).post(NEW, dated(FACTS) | {"kept": MARK}).status_code == 302
    assert Application.objects.count() == 1 and "drafts of what is stored" in caplog.text


def test_of_an_account_that_is_deleted_nothing_stays(writer):
    services.keep(actor=actor_of(writer), mark=MARK, typed=typed(post_id=actor_of(writer).post_id), at=now())
    Post.objects.filter(user=writer).delete()
    assert not Draft.objects.exists()


def test_the_service_knows_whose_post_it_is(writer, stranger):
    with pytest.raises(Conflict):
        theirs = Post.objects.get(user=stranger)
        services.keep(actor=actor_in_post(writer, None), mark=MARK, typed=typed(post_id=theirs.pk), at=now())
