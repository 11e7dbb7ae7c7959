"""领导审签: after 单位核对 alone, of exactly what was computed, on paper or in person, withdrawn or void with its reason."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from evaluation.enums import SigningTitle
from evaluation.models import Mark, MarkSheet, Ranking, Signing, UnitCheck
from evaluation.ranking import signing as services
from evaluation.ranking.queries.signings import signing_lines
from evaluation.ranking.services import publish_ranking
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.emendations import services as emendations
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories.feedback import actor, client_of, computed_quarter, opened
from tests.factories.rankings import PAPER, computed, signed
from tests.factories.tampering import unguarded

pytestmark = pytest.mark.django_db
HEAD, LEADER = SigningTitle.OFFICE_HEAD, SigningTitle.LEADER


@pytest.fixture
def ranking(gazette) -> Ranking:
    """Computed by office1, its 单位核对 over."""
    found = computed_quarter()
    close(found)
    return found


def close(ranking: Ranking) -> None:
    """Given to the units, and the days have run out unanswered."""
    opened(ranking)
    now = timezone.now()
    UnitCheck.objects.update(opened_at=now - timedelta(days=9), due_at=now - timedelta(minutes=1))


def on_paper(ranking: Ranking, who: str = "office1", title: str = HEAD, **changed):
    now = timezone.now()
    facts = {"signer": "王主任", "signed_on": timezone.localdate(now), "scan": SimpleUploadedFile("p.pdf", PAPER).file}
    return services.record_signing(
        actor=actor(who), ranking_id=ranking.pk, title=title, at=now, scan_name="呈批件.pdf", **(facts | changed)
    )


def in_person(ranking: Ranking, who: str = "leader", title: str = LEADER) -> Signing:
    return services.sign_oneself(actor=actor(who), ranking_id=ranking.pk, title=title, at=timezone.now())


def publish(ranking: Ranking, who: str) -> Ranking:
    return publish_ranking(actor=actor(who), ranking_id=ranking.pk, at=timezone.now(), scope="total")


def test_nobody_signs_before_the_units_have_checked(ranking):
    UnitCheck.objects.update(due_at=timezone.now() + timedelta(days=1))
    for act in (on_paper, in_person):
        with pytest.raises(Conflict) as refused:
            act(ranking)
        assert refused.value.code == "unit-check-open"
    UnitCheck.objects.all().delete()
    with pytest.raises(Refused) as refusal:
        on_paper(ranking)
    assert refusal.value.code == "unit-check-missing" and not Signing.objects.exists()


def test_the_signed_paper_is_kept_and_read_by_those_who_see_the_ranking_whole(ranking, settings):
    with pytest.raises(Refused, match="没有选审签呈批件的扫描件"):
        on_paper(ranking, scan=None)
    kept = on_paper(ranking)
    assert kept.digest == ranking.digest and not kept.own_act
    scan = Attachment.objects.get(kind="evaluation.signing", subject_id=kept.pk)
    for who, status in (("office2", 200), ("leader", 200), ("auditor", 200), ("town", 404), ("water", 404)):
        assert client_of(who).get(reverse("attachments:fetch", args=[scan.pk])).status_code == status, who
    page = client_of("office2").get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert reverse("attachments:fetch", args=[scan.pk]) in page
    settings.SIGNING_SCAN_REQUIRED = False
    assert on_paper(ranking, title=LEADER, scan=None, signer="李区长").pk


def test_a_file_that_is_no_scan_leaves_no_signing(ranking):
    with pytest.raises(Refused, match="只收 PDF"):
        on_paper(ranking, scan=SimpleUploadedFile("p.pdf", b"hello").file)
    assert not Signing.objects.exists() and not Attachment.objects.exists()


def test_the_leader_signs_in_person_once_and_nobody_in_their_place(ranking):
    page = client_of("leader").get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert "我已审签" in page
    address = f"/evaluation/rankings/{ranking.pk}/sign/"
    assert client_of("leader").post(address, {"title": LEADER}).status_code == 302
    kept = Signing.objects.get()
    assert (kept.own_act, kept.title, kept.digest) == (True, LEADER, ranking.digest)
    assert kept.recorded_by_id == actor("leader").user_id
    again = client_of("leader").post(address, {"title": HEAD})
    assert again.status_code == 409 and "您已经审签过" in again.content.decode()
    assert client_of("office1").post(address, {"title": HEAD}).status_code == 403
    assert client_of("town").post(address, {"title": HEAD}).status_code == 404
    assert Signing.objects.count() == 1


def test_who_recorded_a_signing_does_not_publish(ranking):
    in_person(ranking)
    on_paper(ranking, who="office2")
    with pytest.raises(NotAllowed, match="登记审签以外") as refused:
        publish(ranking, "office2")
    assert refused.value.code == "second-person"
    services.withdraw_signing(
        actor=actor("office1"), signing_id=Signing.objects.get(title=HEAD).pk, reason="由我重新登记", at=timezone.now()
    )
    on_paper(ranking, who="office1")
    assert publish(ranking, "office2").state == "published"


def test_a_new_computation_voids_what_was_signed_of_the_older_by_name(ranking):
    on_paper(ranking), in_person(ranking)
    sheet = MarkSheet.objects.filter(period=ranking.period, scheme=ranking.scheme).first()
    mark = Mark.objects.filter(sheet=sheet).first()
    Mark.objects.filter(pk=mark.pk).update(value=mark.value - 1)
    again = computed("township", ranking.period, by=actor("office1"))
    assert again.number == 2
    for one in Signing.objects.all():
        assert one.void_at and "重新正式核定第 2 次，签的是第 1 次" in one.void_reason and one.void_by
    told = Notice.objects.filter(key__startswith="signing-void/")
    assert set(told.values_list("role", flat=True)) == {"evaluation_office", "leader"}
    assert told.filter(title__contains="区政府办主任王主任的审签作废").exists()
    assert AuditEntry.objects.filter(action="evaluation.ranking.signing-struck").count() == 2
    close(again)
    with pytest.raises(Refused, match="还没有登记区政府办主任、分管区领导的领导审签"):
        publish(again, "office2")
    with pytest.raises(Conflict, match="已经重新正式核定"):
        on_paper(ranking)
    page = client_of("office2").get(f"/evaluation/rankings/{ranking.pk}/").content.decode()
    assert page.count("作废") >= 2 and "重新正式核定第 2 次" in page
    # Signed anew it goes out.
    signed(again, by=actor("office1"))
    assert publish(again, "office2").state == "published"


def test_the_same_computation_pressed_again_voids_nothing(ranking):
    on_paper(ranking)
    assert computed("township", ranking.period, by=actor("office1")).pk == ranking.pk
    assert Signing.objects.get().void_at is None


def test_a_signing_recorded_wrongly_is_withdrawn_with_a_reason_and_recorded_again(ranking):
    wrong = on_paper(ranking, signer="王主")
    address = reverse("evaluation:withdraw-signing", args=[wrong.pk])
    refused = client_of("office2").post(address, {"reason": "错"})
    assert refused.status_code == 422 and "写理由" in refused.content.decode()
    assert client_of("town").post(address, {"reason": "不该由我"}).status_code == 404
    assert client_of("leader").post(address, {"reason": "不该由我"}).status_code == 403
    assert client_of("office2").post(address, {"reason": "姓名写漏一个字"}).status_code == 302
    wrong.refresh_from_db()
    assert wrong.void_reason == "撤回：姓名写漏一个字"
    assert on_paper(ranking, signer="王主").void_at is None
    with pytest.raises(Conflict, match="没有重复撤回"):
        services.withdraw_signing(actor=actor("office2"), signing_id=wrong.pk, reason="再撤回一次", at=timezone.now())
    own = in_person(ranking)
    services.withdraw_signing(actor=actor("leader"), signing_id=own.pk, reason="看错了一期", at=timezone.now())
    assert in_person(ranking).pk != own.pk


def test_after_publication_a_signing_stands(ranking):
    signed(ranking, by=actor("office1"))
    publish(ranking, "office2")
    with pytest.raises(Conflict, match="已经通报，审签不能撤回"):
        services.withdraw_signing(
            actor=actor("office1"), signing_id=Signing.objects.first().pk, reason="现在想撤回", at=timezone.now()
        )


def test_a_signing_of_another_digest_does_not_count(ranking):
    signed(ranking, by=actor("office1"))
    with unguarded():
        Signing.objects.filter(title=HEAD).update(digest="0" * 64)
    with pytest.raises(Refused, match="还没有登记区政府办主任的领导审签"):
        publish(ranking, "office2")


def test_the_database_keeps_one_standing_signing_and_a_reason_for_a_void_one(ranking):
    kept = on_paper(ranking)
    for fields in ({"void_at": timezone.now()}, {"pk": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            if "pk" in fields:
                kept.pk = None
                kept.save()
            else:
                Signing.objects.filter(pk=kept.pk).update(**fields)


def test_rest_lists_signings_to_those_who_see_the_ranking_whole(ranking):
    on_paper(ranking)
    in_person(ranking)
    found = Api("sign-office", "区政府办公室", "evaluation_office").get(f"rankings/{ranking.pk}/signings/").json()
    assert [(one["title"], one["own_act"], one["digest"]) for one in found["results"]] == [
        (HEAD, False, ranking.digest),
        (LEADER, True, ranking.digest),
    ]
    assert found["results"][0]["scan_sha256"] and found["results"][1]["scan_sha256"] is None
    assert Api("sign-town", "北庄镇", "reporter").get(f"rankings/{ranking.pk}/signings/").status_code == 404


def test_an_unknown_signing_is_not_found(ranking):
    with pytest.raises(NotFound):
        services.withdraw_signing(actor=actor("office1"), signing_id=10**6, reason="没有这一条", at=timezone.now())


def emended(ranking: Ranking, signing: Signing, **typed: str):
    given = {"basis": "entry", "paper": "呈批件第 1 页", "reason": "录入日期写错"}
    made = emendations.propose(
        actor=actor("office1"), subject="signing", subject_id=signing.pk, typed=typed, at=timezone.now(), **given
    )
    return emendations.decide(
        actor=actor("office2"), emendation_id=made.pk, version=made.version, confirm=True, note="", at=timezone.now()
    )


def test_after_publication_a_signing_is_not_put_right_to_a_day_behind_it(ranking):
    """And the paper of the one that is void stands with the one in its place."""
    on_paper(ranking)
    in_person(ranking)
    publish(ranking, "office2")
    signing = ranking.signings.get(title=HEAD)
    ranking.refresh_from_db()
    day = ranking.published_at.astimezone().date()
    with pytest.raises(Refused, match="不能晚于通报日"), time_machine.travel(ranking.published_at + timedelta(days=3)):
        emended(ranking, signing, signed_on=str(day + timedelta(days=1)))
    emended(ranking, signing, signer="王主任（更正）")
    lines = {line.signing.signer: line for line in signing_lines(ranking, actor("office1"))}
    assert lines["王主任（更正）"].standing and lines["王主任（更正）"].scan == lines["王主任"].scan is not None
