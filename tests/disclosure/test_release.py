from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from disclosure.enums import Check
from disclosure.models import PackageItem
from disclosure.rules.release import Asked, checks_for, obstacles
from disclosure.services import packages, reviews
from miyun_kpi.emendations import services as emendations
from miyun_kpi.emendations.enums import Basis
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services import records
from tests.disclosure.conftest import create, somebody, step
from tests.duties.conftest import AT
from tests.factories.rankings import BACKEND, person

ALL = [check.value for check in Check]
DAY = date(2020, 7, 9)


def decide(actor, row, decision="passed", checks=ALL, opinion="", version=None):
    now = Record.objects.get(pk=row.pk)
    return reviews.review(
        actor=actor,
        record_id=row.pk,
        version=version or now.version,
        decision=decision,
        checks=checks,
        opinion=opinion,
        at=AT,
    )


@pytest.fixture
def waiting(author):
    row = create(author)
    step(author, row, "submitted")
    return row


@pytest.fixture
def reviewed(waiting, head):
    decide(head, waiting)
    return waiting


def stage(row):
    return Record.objects.get(pk=row.pk).stage


def test_website_and_media_are_audited_for_more():
    assert [c.label for c in checks_for("gazette")] == ["政治关", "舆情关", "法律关", "保密审查"]
    assert [c.label for c in checks_for("media")] == ["政治关", "舆情关", "法律关", "政策关", "内容关", "保密审查"]


@pytest.mark.parametrize(
    ("kind", "values", "organs", "parties", "said"),
    [
        ("welfare", {}, [], [], ""),
        ("welfare", {"agencies": "yes"}, [], [], "还没有登记与哪个机关"),
        ("welfare", {"agencies": "yes"}, [("区财政局", False)], [], "区财政局的协商确认"),
        ("welfare", {"agencies": "yes"}, [("区财政局", True)], [], ""),
        ("welfare", {"third": "yes"}, [], [], "征求了哪个第三方"),
        ("welfare", {"third": "yes"}, [], [Asked("甲公司", "")], "还没有答复"),
        ("welfare", {"third": "yes"}, [], [Asked("甲公司", "refused")], "不得公开"),
        ("welfare", {"third": "yes"}, [], [Asked("甲公司", "silent", "不公开会影响公众饮水安全")], ""),
        ("welfare", {"third": "yes"}, [], [Asked("甲公司", "agreed")], ""),
        ("opinions", {"received": "3", "adopted": "4"}, [], [], "多于"),
        ("opinions", {"received": "3", "adopted": "2"}, [], [], "未采纳意见理由"),
        ("opinions", {"received": "3", "adopted": "3"}, [], [], ""),
        ("previews", {"opens_on": "2020-07-02", "closes_on": "2020-07-01"}, [], [], "早于"),
        (
            "interpretations",
            {"organised": "yes", "signed": "yes", "deployed": "yes", "copied": "yes"},
            [],
            [],
            "媒体报道",
        ),
        (
            "interpretations",
            {"organised": "yes", "signed": "no", "deployed": "yes", "copied": "no"},
            [],
            [],
            "同步审签",
        ),
        (
            "interpretations",
            {"organised": "yes", "signed": "yes", "deployed": "yes", "head": "yes"},
            [],
            [],
            "第一解读人",
        ),
    ],
)
def test_what_stands_against_publication(kind, values, organs, parties, said):
    found = obstacles(kind, values, organs=organs, parties=parties)
    assert (said in "".join(found)) if said else found == []


def test_an_item_goes_from_draft_to_published_by_two_people(reviewed, author):
    made = packages.export_package(actor=author, record_ids=[reviewed.pk], at=AT)
    item = PackageItem.objects.get(package=made)
    packages.enter_links(
        actor=author, package_id=made.pk, links={item.pk: "https://www.bjmy.gov.cn/a.html"}, published_on=DAY, at=AT
    )
    assert stage(reviewed) == "published"
    with pytest.raises(Refused):  # the same addresses again find nothing waiting
        packages.enter_links(actor=author, package_id=made.pk, links={item.pk: "https://b"}, published_on=DAY, at=AT)


@pytest.fixture
def linked(reviewed, author):
    made = packages.export_package(actor=author, record_ids=[reviewed.pk], at=AT)
    item = PackageItem.objects.get(package=made)
    packages.enter_links(
        actor=author, package_id=made.pk, links={item.pk: "https://www.bjmy.gov.cn/a.html"}, published_on=DAY, at=AT
    )
    item.refresh_from_db()
    return item


def correct(actor, item, **changed):
    given = {"seen": "https://www.bjmy.gov.cn/a.html", "link": "https://www.bjmy.gov.cn/b.html"}
    given |= {"published_on": DAY, "reason": "回填时填成了另一条"} | changed
    packages.correct_link(actor=actor, package_id=item.package_id, item_id=item.pk, at=AT, **given)


def test_a_wrong_address_is_put_right_and_the_old_one_stays(linked, author, reviewed):
    version = Record.objects.get(pk=reviewed.pk).version
    correct(author, linked, published_on=date(2020, 7, 8))
    linked.refresh_from_db()
    assert (linked.link, linked.published_on) == ("https://www.bjmy.gov.cn/b.html", date(2020, 7, 8))
    (old,) = linked.former_links.all()
    assert (old.link, old.published_on, old.reason) == ("https://www.bjmy.gov.cn/a.html", DAY, "回填时填成了另一条")
    assert stage(reviewed) == "published" and Record.objects.get(pk=reviewed.pk).version == version
    with pytest.raises(Conflict, match="刚被改为"):
        correct(author, linked)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"link": "www.a"}, "要以 http"),
        ({"link": "https://a b"}, "要以 http"),
        ({"reason": "错"}, "理由"),
        ({"published_on": date(2099, 1, 1)}, "发布日期"),
        ({"link": "https://www.bjmy.gov.cn/a.html"}, "相同"),
    ],
)
def test_an_address_that_cannot_be_changes_nothing(linked, author, changed, words):
    with pytest.raises(Refused, match=words):
        correct(author, linked, **changed)
    linked.refresh_from_db()
    assert linked.link == "https://www.bjmy.gov.cn/a.html" and not linked.former_links.exists()


def test_only_its_keeper_puts_an_address_right(linked, author, office):
    with pytest.raises(NotFound):
        correct(somebody("区财政局", "reporter", 41), linked)
    with pytest.raises(NotAllowed):
        correct(replace(author, user_id=42, verbs=frozenset()), linked)
    correct(office, linked)


def test_the_page_puts_an_address_right_and_shows_both(linked):
    client = Client()
    client.force_login(person("minzheng", "区民政局", "reporter"), backend=BACKEND)
    page = f"/disclosure/packages/{linked.package_id}/"
    door = f"{page}items/{linked.pk}/"
    assert door in client.get(page).content.decode() and linked.link in client.get(door).content.decode()
    sent = {"seen": linked.link, "link": "www.b", "published_on": "2020-07-09", "reason": "填成了另一条"}
    refused = client.post(door, sent)
    assert refused.status_code == 422 and "填成了另一条" in refused.content.decode()
    assert client.post(door, sent | {"link": "https://www.bjmy.gov.cn/b.html"}).status_code == 302
    said = client.get(page).content.decode()
    assert "https://www.bjmy.gov.cn/b.html" in said and "原为 2020-07-09" in said and linked.link in said


def test_no_door_publishes_what_was_not_audited(waiting, author, head, office):
    for actor in (author, head, office):
        for code in ("approve", "publish"):
            with pytest.raises((NotAllowed, Refused)):
                step(actor, waiting, code)
    with pytest.raises(Conflict, match="审核通过"):
        packages.export_package(actor=author, record_ids=[waiting.pk], at=AT)


def test_nobody_audits_what_they_wrote_changed_or_submitted(author, head):
    row = create(head, month="08")
    step(author, row, "submitted")
    for actor in (head, replace(author, role=head.role, verbs=head.verbs)):
        with pytest.raises(NotAllowed, match="换一个人"):
            decide(actor, row)
    other = somebody("区民政局", "unit_head", 99)
    with pytest.raises(NotAllowed, match="代理人"):
        decide(replace(other, stands_for=head.user_id), row)
    decide(other, row)
    assert stage(row) == "reviewed"


def test_a_pass_needs_every_check_and_a_return_an_opinion(waiting, head):
    with pytest.raises(Refused, match="保密审查"):
        decide(head, waiting, checks=[one for one in ALL if one != "secrecy"])
    with pytest.raises(Refused, match="意见"):
        decide(head, waiting, "returned")
    decide(head, waiting, "returned", opinion="数字与报表不一致")
    assert stage(waiting) == "draft"


def test_a_stale_audit_and_a_second_click_do_nothing(waiting, head):
    with pytest.raises(Conflict):
        decide(head, waiting, version=1)
    decide(head, waiting)
    with pytest.raises(Conflict):
        decide(head, waiting)


def test_what_was_submitted_is_changed_by_nobody(reviewed, author):
    row = Record.objects.get(pk=reviewed.pk)
    change = {"actor": author, "app": "disclosure", "kind": "welfare", "record_id": row.pk, "version": row.version}
    with pytest.raises(Conflict, match="不能改动"):
        records.change_record(**change, typed={"low_income": "99"}, at=AT)
    with pytest.raises(Conflict, match="不能改动"):
        records.strike_record(**change, reason="登记有误", at=AT)
    with pytest.raises(NotAllowed):
        step(author, row, "returned", "数字有误")


def test_an_export_counts_no_more_once_the_item_went_back(reviewed, author, head):
    made = packages.export_package(actor=author, record_ids=[reviewed.pk], at=AT)
    item = PackageItem.objects.get(package=made)
    step(head, reviewed, "returned", "数字有误")
    with pytest.raises(Refused, match="不再作数"):
        packages.enter_links(actor=author, package_id=made.pk, links={item.pk: "https://a"}, published_on=DAY, at=AT)
    with pytest.raises(Refused, match="http"):
        packages.enter_links(actor=author, package_id=made.pk, links={item.pk: "www.a"}, published_on=DAY, at=AT)


def test_other_organs_confirm_and_third_parties_agree_first(author, head):
    row = create(author, agencies="是", third="是")
    caizheng = resolve("区财政局")
    asked = reviews.ask_organ(actor=author, record_id=row.pk, organisation=caizheng, asked_on=DAY, at=AT)
    party = reviews.ask_party(actor=author, record_id=row.pk, name="甲公司", ground="secret", asked_on=DAY, at=AT)
    step(author, row, "submitted")
    with pytest.raises(Refused, match="区财政局"):
        decide(head, row)
    reviews.confirm_organ(
        actor=somebody("区财政局", "reporter", 20),
        consultation_id=asked.pk,
        confirmed_by="张科长",
        confirmed_on=DAY,
        at=AT,
    )
    with pytest.raises(Refused, match="公共利益"):
        decide(head, row)
    reviews.answer_party(actor=author, party_id=party.pk, answer="agreed", answered_on=DAY, public_interest="", at=AT)
    decide(head, row)
    with pytest.raises(Conflict):
        reviews.ask_party(actor=author, record_id=row.pk, name="乙", ground="secret", asked_on=DAY, at=AT)


@pytest.mark.parametrize("role", ["evaluator", "certifier", "evaluation_office", "leader", "auditor"])
def test_the_organ_is_asked_and_not_whoever_has_a_post_there(author, role):
    row = create(author, agencies="是")
    caizheng = resolve("区财政局")
    asked = reviews.ask_organ(actor=author, record_id=row.pk, organisation=caizheng, asked_on=DAY, at=AT)
    given = {"consultation_id": asked.pk, "confirmed_by": "张科长", "confirmed_on": DAY, "at": AT}
    with pytest.raises(NotAllowed, match="由区财政局自己登记"):
        reviews.confirm_organ(actor=somebody("区财政局", role, 21), **given)
    client, reader = Client(), person("某经办", "区财政局", role)
    client.force_login(reader, backend=BACKEND)
    page = client.get(f"/disclosure/reviews/{row.pk}/")
    assert page.status_code == 200 and "登记区财政局的确认" not in page.content.decode()
    assert client.post(f"/disclosure/reviews/{row.pk}/organs/{asked.pk}/", {"confirmed_by": "某"}).status_code == 403
    clerk = Client()
    clerk.force_login(person("填报人", "区财政局", "reporter"), backend=BACKEND)
    assert "登记区财政局的确认" in clerk.get(f"/disclosure/reviews/{row.pk}/").content.decode()
    assert reviews.confirm_organ(actor=somebody("区财政局", "register_office", 22), **given).confirmed_by == "张科长"


def test_a_draft_is_its_units_and_the_offices(author, office):
    row = create(author)
    stranger = somebody("北庄镇", "reporter", 30)
    with pytest.raises(NotFound):
        reviews.ask_party(actor=stranger, record_id=row.pk, name="甲", ground="secret", asked_on=DAY, at=AT)
    assert reviews.ask_party(actor=office, record_id=row.pk, name="甲", ground="secret", asked_on=DAY, at=AT).pk


def test_a_pass_asks_for_the_second_factor_and_a_return_does_not(waiting, head, settings):
    settings.SECOND_FACTOR = "acts"
    with pytest.raises(Refused) as refusal:
        decide(head, waiting)
    assert refusal.value.code == "second-factor" and stage(waiting) == "submitted"
    with pytest.raises(NotAllowed) as of_a_program:
        decide(replace(head, proven_at=AT, token_id="t"), waiting)
    assert of_a_program.value.code == "no-token"
    decide(head, waiting, decision="returned", opinion="数字有误")
    assert stage(waiting) == "draft"
    step(somebody("区民政局", "reporter", 11), waiting, "submitted")
    decide(replace(head, proven_at=AT), waiting)
    assert stage(waiting) == "reviewed"


def emended(actor, row, **typed):
    given = {"subject": "record", "subject_id": row.pk, "typed": typed, "at": AT}
    return emendations.propose(actor=actor, basis=Basis.ENTRY, paper="低保台账第3页", reason="抄错了户数", **given)


@pytest.mark.parametrize("audited", [False, True])
def test_what_waits_for_its_audit_or_has_just_passed_is_not_changed_behind_it(waiting, author, head, audited):
    if audited:
        decide(head, waiting)
    for actor in (author, head):
        with pytest.raises(Conflict, match="退回修改" if audited else "撤回修改") as refusal:
            emended(actor, waiting, low_income="13")
        assert refusal.value.code == "wrong-state"
    assert Record.objects.get(pk=waiting.pk).values["low_income"] == "12"


def test_a_correction_is_not_confirmed_into_what_was_audited_again_meanwhile(linked, reviewed, author, head, office):
    """Proposed while it stood published; taken down, sent in anew and passed before the second person came to it."""
    waits = emended(author, reviewed, low_income="13")
    for code, why in (("take-down", "网站上的数字有误"), ("rework", ""), ("submitted", "")):
        step(author, reviewed, code, why)
    decide(head, reviewed)
    given = {"emendation_id": waits.pk, "version": waits.version, "note": "", "at": AT}
    with pytest.raises(Conflict, match="已审核"):
        emendations.decide(actor=office, confirm=True, **given)
    assert Record.objects.get(pk=reviewed.pk).values["low_income"] == "12"
    emendations.decide(actor=office, confirm=False, **given | {"note": "已经重新报审"})
