"""Reorganisation on one page: under a paper, what is open is dealt out, posts go on at the successor."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from disclosure.access import visible_applications
from disclosure.models import Application
from disclosure.services import applications
from miyun_kpi.accounts.models import Post
from miyun_kpi.accounts.services import move_posts
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations import services
from miyun_kpi.organisations.enums import Change, Part
from miyun_kpi.organisations.models import Organisation, Reorganisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import NewOrganisation, Seen
from tests.disclosure.conftest import create, somebody
from tests.factories.rankings import BACKEND, actor_of, person

AT = datetime(2026, 11, 2, 10, tzinfo=SHANGHAI)
DAY = AT.date()
LATE, LATER = AT + timedelta(days=1), DAY + timedelta(days=1)
PAPER = "密编〔2020〕7号"
pytestmark = pytest.mark.usefixtures("gazette")


def seen(name):
    row = resolve(name)
    return Seen(row.code, row.version)


def received(actor):
    return applications.receive(
        actor=actor,
        received_on=DAY,
        way="net",
        applicant_kind="natural",
        applicant="王某",
        contact="",
        content="低保标准",
        at=AT,
    )


@pytest.fixture
def split(administrator):
    parts = [
        NewOrganisation("minzheng-yi", "区民政一局", "department"),
        NewOrganisation("minzheng-er", "区民政二局", "department"),
    ]
    category = resolve("区民政局").category
    parts = [NewOrganisation(one.code, one.name, category) for one in parts]

    def act(number=PAPER, on=DAY):
        return services.split_organisation(
            actor=administrator, seen=seen("区民政局"), parts=parts, number=number, on=on, at=AT
        )

    return act


def deal(actor, change, label="公开申请", to="区民政二局"):
    return services.deal_out(actor=actor, reorganisation_id=change.pk, label=label, to=seen(to), at=AT)


def test_after_a_split_both_parts_may_act_and_one_takes_over_with_the_clock(split, administrator):
    row = received(somebody("区民政局", "reporter", 11))
    before = row.received_on
    change = split()
    one, two = somebody("区民政一局", "reporter", 21), somebody("区民政二局", "reporter", 22)
    assert visible_applications(one).get() == visible_applications(two).get() == row
    assert deal(administrator, change) == 1
    now = Application.objects.get(pk=row.pk)
    assert (now.organisation.name, now.received_on) == ("区民政二局", before)
    assert not visible_applications(one).exists() and visible_applications(two).get() == row
    applications.answer(
        actor=two, application_id=row.pk, version=now.version, on=DAY, outcome="granted", note="", at=AT
    )
    said = AuditEntry.objects.get(action="organisations.organisation.dealt-out")
    assert "公开申请" in str(said.data)
    with pytest.raises(Refused, match="没有可以转走的"):
        deal(administrator, change)


def test_what_was_dealt_out_says_by_what_change_it_came(split, administrator):
    old = somebody("区民政局", "reporter", 11)
    row, item = received(old), create(old)
    change = split()
    deal(administrator, change)
    deal(administrator, change, label="台账登记")
    said = "机构分设：区民政局于2026-11-02分设，转给区民政二局"
    event, entered = row.events.last(), item.events.last()
    assert (event.act, entered.step) == ("机构分设", "机构分设")
    assert event.note.startswith(said) and entered.reason == said
    told = Notice.objects.get(key__startswith="records-merged/")
    assert told.title.startswith("区民政局分设，")
    services.close_organisation(actor=administrator, seen=seen("区民政二局"), number=PAPER, on=LATER, at=LATE)
    closed = Reorganisation.objects.get(kind="closed")
    services.deal_out(actor=administrator, reorganisation_id=closed.pk, label="公开申请", to=seen("区财政局"), at=LATE)
    assert row.events.last().note.startswith("机构撤并：区民政二局于2026-11-03撤并，转给区财政局")


def test_only_a_successor_takes_over_and_a_paper_is_asked_for(split, administrator):
    received(somebody("区民政局", "reporter", 11))
    for number in ("", " ", "x" * 61, "密编\x00"):
        with pytest.raises(Refused, match="文号"):
            split(number=number)
    assert resolve("区民政局").valid_to is None and not Reorganisation.objects.exists()
    change = split()
    assert change.kind == Change.SPLIT and change.number == PAPER
    with pytest.raises(Refused, match="不是这次改革的承接机构"):
        deal(administrator, change, to="区财政局")
    with pytest.raises(NotAllowed):
        deal(somebody("区民政一局", "reporter", 21), change)
    with pytest.raises(NotFound):
        services.deal_out(actor=administrator, reorganisation_id=0, label="公开申请", to=seen("区财政局"), at=AT)


def test_closed_without_a_successor_its_affairs_go_where_they_are_sent(administrator):
    received(somebody("区民政局", "reporter", 11))
    change = services.close_organisation(actor=administrator, seen=seen("区民政局"), number=PAPER, on=DAY, at=AT)
    assert resolve("区民政局").valid_to == DAY and [one.part for one in change.units.all()] == [Part.ENDED]
    with pytest.raises(Refused, match="已于.*撤并"):
        services.close_organisation(actor=administrator, seen=seen("区民政局"), number=PAPER, on=DAY, at=AT)
    assert deal(administrator, change, to="区财政局") == 1
    assert Application.objects.get().organisation.name == "区财政局"


def test_a_merger_and_a_renaming_stand_in_the_list_with_their_paper(administrator):
    services.merge_organisations(
        actor=administrator, merged=[seen("区民政局")], into=seen("区财政局"), number=PAPER, on=DAY, at=AT
    )
    services.rename_organisation(
        actor=administrator, seen=seen("区财政局"), name="区财政民政局", number="密编8号", on=DAY, at=AT
    )
    kinds = {
        row.number: (row.kind, sorted(one.part for one in row.units.all())) for row in Reorganisation.objects.all()
    }
    assert kinds == {PAPER: ("merged", ["ended", "successor"]), "密编8号": ("renamed", ["same"])}


@pytest.fixture
def guard():
    return actor_of(person("anquan1", "区政府办公室", "security_admin"))


def posts_of(name):
    return [(one.pk, one.version) for one in Post.objects.filter(organisation__name=name).order_by("pk")]


def test_posts_go_on_at_the_successor_with_the_same_people(split, guard):
    jia, yi = (person(name, "区民政局", "reporter") for name in ("jia", "yi"))
    split()
    to, given = resolve("区民政一局"), posts_of("区民政局")
    common = {"actor": guard, "to": to, "on": DAY, "at": AT}
    with pytest.raises(Refused, match="最早可填"):
        move_posts(posts=given, first_day=DAY - timedelta(days=1), **common)
    with pytest.raises(Conflict):
        move_posts(posts=[(pk, version + 1) for pk, version in given], first_day=DAY, **common)
    with pytest.raises(Refused, match="没有选岗位"):
        move_posts(posts=[], first_day=DAY, **common)
    assert Post.objects.filter(organisation=to).count() == 0, "all or none"
    made = move_posts(posts=given, first_day=DAY, **common)
    assert {(one.user, one.role, one.starts_on) for one in made} == {(jia, "reporter", DAY), (yi, "reporter", DAY)}
    assert not Post.objects.on(DAY).filter(organisation__name="区民政局").exists()
    with pytest.raises(Conflict):
        move_posts(posts=given, first_day=DAY, **common)


@pytest.mark.parametrize("deputy", [False, True])
def test_a_post_keeps_its_last_day_and_one_that_ends_before_is_not_moved(split, guard, deputy):
    jia, yi = (person(name, "区民政局", "reporter") for name in ("jia", "yi"))
    Post.objects.filter(user=yi).update(ends_on=DAY, deputises=jia if deputy else None)
    split()
    common = {"actor": guard, "to": resolve("区民政一局"), "posts": posts_of("区民政局"), "on": DAY, "at": AT}
    with pytest.raises(Refused, match="没有可转的"):
        move_posts(first_day=DAY + timedelta(days=1), **common)
    assert not Post.objects.filter(organisation=common["to"]).exists(), "all or none"
    moved = {one.user: one for one in move_posts(first_day=DAY, **common)}
    assert (moved[jia].ends_on, moved[yi].ends_on) == (None, DAY)
    assert moved[yi].deputises == (jia if deputy else None)


def test_posts_of_a_standing_unit_are_not_moved_this_way(guard):
    person("jia", "区民政局", "reporter")
    with pytest.raises(Refused, match="没有撤并"):
        move_posts(actor=guard, posts=posts_of("区民政局"), to=resolve("区财政局"), first_day=DAY, on=DAY, at=AT)


def test_one_page_for_both_administrators(split, administrator):
    received(somebody("区民政局", "reporter", 11))
    person("jia", "区民政局", "reporter")
    before = Client()
    before.force_login(person("xitong0", "区政府办公室", "system_admin"), backend=BACKEND)
    for act in ("split", "close"):
        said = before.get(f"/organisations/minzheng-ju/{act}/").content.decode()
        assert "以后在机构改革页逐类转走" in said and "并入当天" not in said
    change = split(on=date(2026, 11, 1))
    system, security = Client(), Client()
    system.force_login(person("xitong1", "区政府办公室", "system_admin"), backend=BACKEND)
    security.force_login(person("anquan1", "区政府办公室", "security_admin"), backend=BACKEND)
    address = f"/organisations/changes/{change.pk}/"
    page = system.get(address).content.decode()
    assert PAPER in page and "转过去" in page and "由安全管理员在本页转到承接的单位" in page
    wrong = system.post(f"{address}deal-out/", {"label": "公开申请", "to": "没有这个局"})
    assert wrong.status_code == 422 and "没有叫“没有这个局”的单位" in wrong.content.decode()
    assert system.post(f"{address}deal-out/", {"label": "公开申请", "to": "minzheng-er"}).status_code == 302
    assert "没有办完的事项都已转走" not in page
    mine = security.get(address).content.decode()
    assert "选中的岗位转过去" in mine and "转过去<" not in mine.replace("选中的岗位转过去", "")
    (pk, version), today = posts_of("区民政局")[0], timezone.localdate().isoformat()
    sent = {"change": change.pk, "posts": f"{pk}:{version}", "to": "minzheng-yi", "first_day": today}
    refused = security.post("/accounts/posts/move/", sent | {"posts": ""})
    assert refused.status_code == 422 and "没有选岗位" in refused.content.decode()
    assert security.post("/accounts/posts/move/", sent).headers["Location"] == address
    assert "撤并的单位没有现任岗位" in security.get(address).content.decode()
    assert PAPER in system.get("/organisations/changes/").content.decode()
    assert Organisation.objects.get(code="minzheng-yi").category == resolve("区财政局").category
