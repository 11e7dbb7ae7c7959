"""The pages of the 联络员 and of the administrators: what is typed is kept, what is not one's own is not there."""

import re

import pytest

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Activation, Post, User
from miyun_kpi.acts.in_turn import MOST
from miyun_kpi.proposals.models import Proposal
from tests.accounts.people import actor, person, unit
from tests.clock import now, today
from tests.powers.people import DAY, OTHER, UNIT, asked, client_of, confirm, new, newest, people

pytestmark = pytest.mark.usefixtures("gazette")
NEW = "/accounts/unit/new/"


@pytest.fixture
def them():
    return people()


def text(answer):
    return answer.content.decode()


def account(**more):
    return {
        "display_name": "新来的",
        "username": "xin",
        "role": "reporter",
        "title": "",
        "starts_on": f"{today()}",
    } | more


def tick(*rows):
    return {"seen": [f"{row.pk}:{row.version}" for row in rows]}


def secrets(page):
    return re.findall(r'<code class="secret">([^<]+)</code>', page)


# ── 联络员 ───────────────────────────────────────────────────────────────────────────────────────


def test_the_unit_s_people_with_posts_sign_in_and_what_waits(them):
    Post.objects.filter(user=them.reporter).update(ends_on=today() + 9 * DAY)
    User.objects.filter(pk=them.reporter.pk).update(last_login=now())
    person("ting", Role.REPORTER, UNIT, is_active=False)
    new(them.liaison)
    page = text(client_of(them.liaison).get("/accounts/unit/"))
    for word in ("bao（bao）", "填报人", f"{now().astimezone():%H:%M}", "停用", "待第二人确认", "新来的（xin）"):
        assert word in page, word
    assert "wai" not in page
    assert "本单位人员" in text(client_of(them.liaison).get("/"))


def test_a_form_that_is_refused_comes_back_as_it_was_typed(them):
    client = client_of(them.liaison)
    for wrong in (
        {"username": "新来的"},
        {"starts_on": f"{today() - DAY}"},
        {"role": "certifier"},
        {"display_name": ""},
    ):
        answer = client.post(NEW, account(title="综合科窗口") | wrong)
        assert answer.status_code == 422 and "综合科窗口" in text(answer), wrong
    assert not Proposal.objects.exists()
    done = client.post(NEW, account(), follow=True)
    assert done.status_code == 200 and "待第二人确认" in text(done) and "撤回" in text(done)


def test_the_acts_on_a_post_by_its_page(them):
    person("jie", Role.UNIT_HEAD, UNIT)
    client, row = client_of(them.liaison), Post.objects.get(user=them.reporter)
    address = f"/accounts/unit/posts/{row.pk}/"
    page = text(client.get(address))
    assert '<option value="jie">' in page and "wai" not in page
    bad = client.post(address, {"act": "hand-over", "to": "wai", "first_day": f"{today() + DAY}", "version": 1})
    assert bad.status_code == 422 and 'value="wai"' in text(bad) and "不是区水务局的人" in text(bad)
    deputy = {"act": "deputy", "to": "jie", "first_day": f"{today()}", "version": 1, "reason": "外出学习一周"}
    long = client.post(address, deputy | {"last_day": f"{today() + 200 * DAY}"})
    assert long.status_code == 422 and "90 天" in text(long) and "外出学习一周" in text(long)
    for given, code in (
        ({"act": "hand-over", "to": "jie", "first_day": f"{today() + DAY}", "version": 1}, "unit-hand-over"),
        (deputy | {"last_day": f"{today() + 9 * DAY}"}, "unit-deputy"),
        ({"act": "end", "ends_on": f"{today()}", "version": 1}, "unit-post-ended"),
    ):
        assert client.post(address, given).status_code == 302
        assert newest().code == code


def test_the_acts_on_a_person_by_the_page(them):
    client, address = client_of(them.liaison), "/accounts/unit/people/bao/"
    assert "提请停用" in text(client.get(address))
    short = client.post(address, {"act": "shut", "reason": "走"})
    assert short.status_code == 422 and 'value="走"' in text(short)
    assert client.post(address, {"act": "shut", "reason": "调离本单位"}).status_code == 302
    given = {"act": "post", "role": "liaison", "title": "", "starts_on": f"{today()}"}
    assert client.post(address, given).status_code == 302
    assert newest().code == "unit-post"


def test_another_unit_s_ids_are_not_there(them):
    client, theirs = client_of(them.liaison), Post.objects.get(user=them.stranger)
    ending = {"act": "end", "ends_on": f"{today()}", "version": 1}
    for address, given in (
        (f"/accounts/unit/posts/{theirs.pk}/", ending),
        ("/accounts/unit/people/wai/", {"act": "shut", "reason": "调离本单位"}),
        ("/accounts/unit/people/guan/", {"act": "shut", "reason": "调离本单位"}),
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, given).status_code == 404
    row = new(them.strangers, "bie")
    assert client.get(f"/proposals/{row.pk}/").status_code == 404
    assert client.post(f"/proposals/{row.pk}/withdraw/", {"version": 1}).status_code == 404
    assert not Proposal.objects.exclude(pk=row.pk).exists()


def test_the_lists_of_the_administrators_stay_theirs(them):
    row = new(them.liaison)
    client = client_of(them.liaison)
    for address in ("/accounts/proposed/", "/accounts/activations/halves/", "/accounts/people/", "/accounts/posts/"):
        assert client.get(address).status_code == 403, address
    assert client.post("/accounts/proposed/", tick(row)).status_code == 403
    answer = client.post(f"/proposals/{row.pk}/decide/", {"version": 1, "decision": "confirm", "note": ""})
    assert answer.status_code in (403, 422) and not User.objects.filter(username="xin").exists()
    for other in (them.reporter, them.system, them.security):
        assert client_of(other).get("/accounts/unit/").status_code == 403
        assert client_of(other).post(NEW, account(username="er")).status_code == 403


# ── administrators ───────────────────────────────────────────────────────────────────────────────


def test_a_list_is_released_row_by_row_with_a_report(them):
    rows = [new(them.liaison, f"ren-{number}", f"第{number}位") for number in range(3)]
    person("ren-1")
    client = client_of(them.system)
    page = text(client.get("/accounts/proposed/"))
    assert page.count('name="seen"') == 3 and "账号和岗位提请待放行：3 件" in text(client.get("/"))
    answer = client.post("/accounts/proposed/", tick(*rows))
    said = text(answer)
    assert answer.status_code == 200 and "放行 2 件" in said and "没有放行 1 件" in said and "已有人用" in said
    assert set(User.objects.filter(username__startswith="ren-").values_list("username", flat=True)) == {
        f"ren-{number}" for number in range(3)
    }
    again = text(client.post("/accounts/proposed/", tick(*rows)))
    assert "放行 0 件" in again and "没有放行 3 件" in again
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["confirmed", "proposed", "confirmed"]
    assert text(client_of(them.security).get("/accounts/proposed/")).count('name="seen"') == 2


def test_more_than_forty_are_refused_whole_and_stay_ticked(them):
    rows = [new(them.liaison, f"ren-{number}", f"第{number}位") for number in range(3)]
    seen = [f"{row.pk}:1" for row in rows] + [f"{1000 + number}:1" for number in range(MOST - 2)]
    answer = client_of(them.system).post("/accounts/proposed/", {"seen": seen})
    said = text(answer)
    assert answer.status_code == 422 and f"一次最多放行 {MOST} 件，选了 {MOST + 1} 件" in said
    assert len(re.findall(r'name="seen"[^>]* checked', said)) == 3
    assert not User.objects.filter(username__startswith="ren-").exists()


def test_nothing_ticked_and_a_broken_tick(them):
    new(them.liaison)
    client = client_of(them.system)
    assert client.post("/accounts/proposed/", {}).status_code == 422
    assert client.post("/accounts/proposed/", {"seen": ["1"]}).status_code == 400
    assert "没有放行 1 件" in text(client.post("/accounts/proposed/", {"seen": ["987654:1"]}))


def test_each_sees_and_releases_only_what_is_the_own(them):
    account_row, theirs = new(them.liaison), person("jie", Role.UNIT_HEAD, UNIT)
    given = {"post_id": Post.objects.get(user=them.reporter).pk, "to": "jie", "first_day": today() + DAY, "version": 1}
    row = asked(them.liaison, "unit-hand-over", **given)
    said = text(client_of(them.security).post("/accounts/proposed/", tick(account_row, row)))
    assert "放行 1 件" in said and "维护账号" in said
    account_row.refresh_from_db()
    assert account_row.state == "proposed" and theirs.posts.filter(role="reporter").exists()


def test_a_single_one_is_released_and_given_back_on_its_page(them):
    row, other = new(them.liaison), new(them.liaison, "er", "第二位")
    client = client_of(them.system)
    lost = client.post(f"/proposals/{other.pk}/decide/", {"version": 1, "decision": "returned", "note": ""})
    assert lost.status_code == 422
    client.post(f"/proposals/{other.pk}/decide/", {"version": 1, "decision": "returned", "note": "请附上调令"})
    assert "请附上调令" in text(client_of(them.liaison).get("/accounts/unit/"))
    client.post(f"/proposals/{row.pk}/decide/", {"version": 1, "decision": "confirm", "note": ""})
    assert User.objects.filter(username="xin").exists()


# ── halves ───────────────────────────────────────────────────────────────────────────────────────


def test_forty_ways_in_each_half_shown_once_to_one_administrator(them):
    for number in range(3):
        confirm(them.system, new(them.liaison, f"ren-{number}", f"第{number}位"))
    system, security = client_of(them.system), client_of(them.security)
    assert "待提请激活：3 个账号" in text(system.get("/"))
    address = "/accounts/activations/halves/"
    people_here = list(User.objects.filter(username__startswith="ren-").order_by("username"))
    assert text(system.get(address)).count('name="seen"') == 3
    short = system.post(address, tick(*people_here) | {"reason": "新"})
    assert short.status_code == 422 and len(re.findall(r'name="seen"[^>]* checked', text(short))) == 3
    first = system.post(address, tick(*people_here) | {"reason": "新账号激活"})
    firsts = secrets(text(first))
    assert len(set(firsts)) == 3 and first["Cache-Control"] and "no-store" in first["Cache-Control"]
    assert not secrets(text(system.get(address))) and text(system.get(address)).count('name="seen"') == 0
    rows = list(Activation.objects.order_by("user__username"))
    assert not secrets(text(system.post(address, tick(*rows) | {"reason": "新账号激活"}))), "one has one half"
    seconds = secrets(text(security.post(address, tick(*rows))))
    assert len(set(seconds)) == 3
    assert not secrets(text(security.post(address, tick(*rows)))), "once"
    given = {"username": "ren-1", "first": firsts[1], "new": "Grand-Canal-77", "again": "Grand-Canal-77"}
    strange = client_of(them.reporter)
    assert strange.post("/activate/", given | {"second": seconds[0]}).status_code == 422
    assert strange.post("/activate/", given | {"second": seconds[1]}).status_code == 200
    assert User.objects.get(username="ren-1").has_usable_password()
    assert not User.objects.get(username="ren-0").has_usable_password()


def test_an_activation_that_lapsed_is_listed_again(them):
    confirm(them.system, new(them.liaison))
    user = User.objects.get(username="xin")
    system, address = client_of(them.system), "/accounts/activations/halves/"
    system.post(address, tick(user) | {"reason": "新账号激活"})
    row = Activation.objects.get()
    client_of(them.security).post(address, tick(row))
    assert "xin" not in text(system.get(address))
    Activation.objects.update(expires_at=now() - DAY)
    assert "xin" in text(system.get(address))


def test_many_activations_are_one_line_of_the_desk(them):
    for number in range(6):
        confirm(them.system, new(them.liaison, f"ren-{number}", f"第{number}位"))
    people_here = list(User.objects.filter(username__startswith="ren-"))
    client_of(them.system).post("/accounts/activations/halves/", tick(*people_here) | {"reason": "新账号激活"})
    desk = text(client_of(them.security).get("/"))
    assert "激活待放行：6 项" in desk and "激活待放行：第" not in desk


def test_the_post_chosen_decides_whose_liaison_one_is(them):
    second = Post.objects.create(user=them.liaison, organisation=unit(OTHER), role="reporter", starts_on=today())
    client = client_of(them.liaison)
    client.post("/accounts/switch-post/", {"post": second.pk})
    assert client.get("/accounts/unit/").status_code == 403
    assert actor(them.liaison).organisation_id == unit(UNIT).pk
