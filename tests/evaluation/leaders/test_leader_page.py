"""领导首页 and 单位首页: what each says of the rankings, why, to whom, and what of it is hidden (engine 18, 0115)."""

import json
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluation.leaders.queries.page import _overdue
from evaluation.leaders.queries.signing import awaiting
from evaluation.models import Period, Ranking
from evaluation.ranking.queries.attribution import brief, why
from evaluation.ranking.services import compute_trial
from evaluation.ranking.signing import sign_oneself
from miyun_kpi.accounts.models import Portfolio, User
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.organisations.leader_parts import Overdue
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.leaders.conftest import OWN, actor, in_charge
from tests.factories.rankings import BACKEND
from tests.factories.tampering import unguarded

pytestmark = pytest.mark.django_db
ADDRESS = "/evaluation/leader/"
# The frame of every page, and what a page may ask besides.
FRAME, PAGE = 6, 34


def client_of(username):
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def page(username, query="", status=200):
    answer = client_of(username).get(ADDRESS + query)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer


def sheet(username, query=""):
    return page(username, query).context["sheet"]


def ranking_of(track, quarter):
    return Ranking.objects.select_related("scheme", "period").get(
        scheme__track=track, period__code=f"2020Q{quarter}", kind="official"
    )


def ranks(track, quarter):
    return dict(ranking_of(track, quarter).rows.values_list("organisation__code", "rank"))


def rescoped(track, quarter, scope):
    with unguarded():
        Ranking.objects.filter(pk=ranking_of(track, quarter).pk).update(disclosure_scope=scope)


# ── what is said ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("track", "place", "group"), [("township", 0, "zone"), ("department", 1, "category")])
def test_who_leads_and_who_trails_in_each_zone_follows_from_the_frozen_rows(quarters, track, place, group):
    rows = json.loads(ranking_of(track, 3).document)["rows"]
    for told in sheet("leader")["tracks"][place]["groups"]:
        own = [row for row in rows if row[group] == told["code"]]
        ranked = [row[f"{group}_rank"] for row in own if row[f"{group}_rank"]]
        first = (
            {row["organisation"] for row in own if row[f"{group}_rank"] == 1} if ranked else {own[0]["organisation"]}
        )
        last = {row["organisation"] for row in own if ranked and row[f"{group}_rank"] == max(ranked) > 1}
        assert {one["code"] for one in told["first"]} == first and {one["code"] for one in told["last"]} == last
        assert told["size"] == len(own) and len(told["dots"]) == len(own)


def test_a_zone_of_one_is_named_and_not_ranked(quarters):
    alone = [one for one in sheet("leader")["tracks"][0]["groups"] if one["size"] == 1]
    assert len(alone) == 1 and alone[0]["first"][0]["name"] and not alone[0]["last"]
    assert "（一家，不排名）" in page("leader").content.decode()


@pytest.mark.parametrize(("track", "place"), [("township", 0), ("department", 1)])
def test_five_up_and_five_down_are_those_that_moved_most(quarters, track, place):
    """Of what is computed and has not gone out, against the bulletin before it."""
    before, after = ranks(track, 2), ranks(track, 3)
    moved = {code: before[code] - after[code] for code in after}
    told = sheet("leader")["tracks"][place]
    for name, sign in (("up", 1), ("down", -1)):
        listed = told[name]["rows"]
        whole = sorted((one * sign for one in moved.values() if one * sign > 0), reverse=True)
        assert [one["moved"] * sign for one in listed] == whole[:5]
        assert all((one["before"], one["rank"]) == (before[one["code"]], after[one["code"]]) for one in listed)
        assert told[name]["rest"] == max(len(whole) - 5, 0)
        assert all(one["why"] for one in listed), "each with its item"


def test_what_fell_names_the_item_that_pulled_it_down_most(quarters):
    seen = set()
    for track, quarter in (("township", 3), ("department", 3)):
        after, before = ranking_of(track, quarter), ranking_of(track, 2)
        for row in after.rows.select_related("organisation"):
            found = why(actor("leader"), before, after, row.organisation).found
            if not found.moved:
                continue
            ends = max if found.moved > 0 else min
            most = ends((one for one in found.parts if one.cause != "rounding"), key=lambda one: one.printed)
            text = brief(found)
            if (most.printed > 0) == (found.moved > 0):
                assert text.removeprefix(text.split("；")[0] + "；" if "；" in text else "").startswith(most.subject)
            assert ("别家" in text) == ((found.difference > 0) != (found.moved > 0))
            numbers = [one.replace("−", "-") for one in re.findall(r" ([+−][\d.]+)", text)]
            assert sum(map(float, numbers)) == pytest.approx(float(half_up(found.difference, 2)), abs=0.001)
            seen.add(found.moved > 0)
    assert seen == {True, False}


def test_own_units_stand_with_their_dimensions_against_the_zone(quarters):
    told = {one["code"]: one for one in sheet("leader")["units"]}
    assert set(told) == set(OWN)
    rows = {row["organisation"]: row for row in json.loads(ranking_of("township", 3).document)["rows"]}
    for code in ("beizhuang-zhen", "gulou-jiedao", "gaoling-zhen"):
        row, one = rows[code], told[code]
        assert (one["rank"], one["group_rank"]) == (row["rank"], row["zone_rank"])
        assert one["moved"] == ranks("township", 2)[code] - row["rank"]
        for said, dimension in zip(one["dimensions"], row["dimensions"], strict=True):
            rate = float(dimension["score"]) / float(dimension["full"]) * 100
            peers = [
                float(part["score"]) / float(part["full"]) * 100
                for other in rows.values()
                if other["zone"] == row["zone"]
                for part in other["dimensions"]
                if part["code"] == dimension["code"]
            ]
            mean = sum(peers) / len(peers)
            assert said["rate"] == f"{rate:.1f}" and said["mean"] == f"{mean:.1f}" and said["below"] == (rate < mean)
    html = page("leader").content.decode()
    assert all(one["name"] in html and one["why"] in html for one in told.values())


def test_the_first_line_says_the_findings(quarters):
    said = "".join(sheet("leader")["headline"])
    assert "镇街已通报" in said and "部门已核定，未通报" in said and "分管的 4 个单位" in said
    assert said.startswith("2020年第三季度：") and sheet("head")["headline"][0].endswith(
        "部门2020年第二季度已通报（" + timezone.localdate().isoformat() + "）"
    )
    assert "等您审签的 1 件" in said and "还没有登记分管单位" in "".join(sheet("bare-leader")["headline"])


def test_a_trial_is_marked_and_compared_with_nothing(quarters):
    with unguarded():
        Ranking.objects.filter(period__code="2020Q3").delete()
        Ranking.objects.filter(kind="official").delete()
    period = Period.objects.get(code="2020Q3")
    scheme = period.sheets.filter(scheme__track="township").first().scheme
    compute_trial(actor=actor("office1"), scheme=scheme, period=period, at=timezone.now())
    html = page("leader").content.decode()
    told = sheet("leader")["tracks"]
    assert [one["trial"] for one in told] == [True] and told[0]["up"]["rows"] == []
    assert "试算，不得引用" in html and "是试算，不与通报比" in html
    assert sheet("head")["tracks"] == [], "a unit sees no trial (engine 18)"


# ── who sees what ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["town", "auditor"])
def test_others_have_no_such_page(quarters, who):
    page(who, status=404)


def test_a_leader_opens_the_own_page_only_the_office_every_one(quarters):
    assert {one["code"] for one in sheet("other-leader")["units"]} == {"taishitun-zhen"}
    page("other-leader", "?leader=leader", status=404)
    page("leader", "?leader=nobody", status=404)
    page("head", "?leader=leader", status=404)
    assert {one["code"] for one in sheet("office1", "?leader=leader")["units"]} == set(OWN)
    assert page("office1").content.decode().count("<option") == 3


def test_the_co_office_sees_no_department_ranking_before_its_bulletin(quarters):
    """区发改委 is ranked among the departments: on the page of a leader it sees what has gone out (engine 12)."""
    tracks = sheet("fagai", "?leader=leader")["tracks"]
    department = next(one for one in tracks if one["track"] == "department")
    assert (department["period"], department["stage"]) == ("2020年第二季度", "已通报")
    own = {one["name"]: one for one in sheet("fagai", "?leader=leader")["units"]}["区水务局"]
    assert own["why"] == "2020年第二季度是首期，没有可比的通报", "and nothing of its marks"
    assert all(one["rate"] is None for one in own["dimensions"])
    filed = {one["label"] for one in sheet("fagai", "?leader=leader")["progress"]}
    assert filed == {"镇街"} < {one["label"] for one in sheet("office1", "?leader=leader")["progress"]}


def test_a_portfolio_counts_by_its_days(quarters):
    Portfolio.objects.filter(leader__username="leader", organisation__code="gaoling-zhen").update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    assert {one["code"] for one in sheet("leader")["units"]} == set(OWN) - {"gaoling-zhen"}


def test_the_head_of_a_unit_sees_the_own_unit_and_of_others_the_scope(quarters):
    found = sheet("head")
    assert [one["code"] for one in found["units"]] == ["beizhuang-zhen"] and found["kind"] == "unit"
    assert found["units"][0]["why"] or found["units"][0]["moved"] == 0
    assert all(one["rate"] for one in found["units"][0]["dimensions"]), "its own parts"
    towns, departments = found["tracks"]
    assert departments["period"] == "2020年第二季度", "what has not gone out is not there"
    named = [one for group in towns["groups"] for one in (*group["first"], *group["last"])]
    assert all(one["total"] for one in named), "scope: ranks and totals"
    foreign = [one for one in [*towns["up"]["rows"], *towns["down"]["rows"]] if one["code"] != "beizhuang-zhen"]
    assert foreign and not any(one["why"] or one["opens"] for one in foreign), "why is the unit's own to know"
    html = page("head").content.decode()
    opened = set(re.findall(r"/rows/([\w-]+)/", html))
    assert opened <= {"beizhuang-zhen"}
    whole = sheet("leader")["tracks"][0]
    assert all(one["why"] for one in whole["up"]["rows"]), "the leader is told"


def test_with_the_narrowest_scope_no_total_of_others_is_told(quarters):
    assert any(one["dots"] for one in sheet("head")["tracks"][0]["groups"])
    rescoped("township", 3, "rank")
    towns = sheet("head")["tracks"][0]
    named = [one for group in towns["groups"] for one in (*group["first"], *group["last"])]
    assert named and not any(one["total"] for one in named if one["code"] != "beizhuang-zhen")
    totals = [row["total"][:5] for row in json.loads(ranking_of("township", 3).document)["rows"]]
    html = page("head").content.decode()
    own = next(
        row["total"][:5] for row in json.loads(ranking_of("township", 3).document)["rows"] if row["name"] == "北庄镇"
    )
    shown = [one for one in totals if one != own and f">{one}" in html]
    assert not shown and not any(group["mean"] for group in towns["groups"])


# ── 审签 ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_awaits_a_signature_until_both_have_signed(quarters):
    ranking = ranking_of("department", 3)
    waiting = sheet("leader")["waiting"]
    assert [(one["lacking"], one["mine"]) for one in waiting] == [("区政府办主任、分管区领导", True)]
    assert "审签：2020年第三季度部门排名" in client_of("leader").get("/").content.decode(), "on the desk too"
    sign_oneself(actor=actor("leader"), ranking_id=ranking.pk, title="分管区领导", at=timezone.now())
    waiting = sheet("leader")["waiting"]
    assert [(one["lacking"], one["mine"]) for one in waiting] == [("区政府办主任", False)]
    assert "分管区领导" in waiting[0]["signed"]
    assert "审签：" not in client_of("leader").get("/").content.decode()
    assert sheet("other-leader")["waiting"][0]["mine"], "the other may sign as 区政府办主任"
    sign_oneself(actor=actor("other-leader"), ranking_id=ranking.pk, title="区政府办主任", at=timezone.now())
    assert sheet("leader")["waiting"] == [] and "没有等您审签的" in "".join(sheet("leader")["headline"])


def test_nothing_awaits_a_signature_while_units_check(quarters):
    ranking = ranking_of("department", 3)
    ranking.unit_check.due_at = timezone.now() + timedelta(days=1)
    ranking.unit_check.save()
    one = sheet("leader")["waiting"][0]
    assert not one["mine"] and one["opens"] and "期满后审签" in page("leader").content.decode()
    ranking.unit_check.delete()
    assert sheet("leader")["waiting"] == []
    assert awaiting(actor("head"), timezone.now()) == [], "a unit knows nothing of it"


def test_the_head_of_a_unit_is_told_what_to_sign_for(quarters):
    waiting = sheet("head")["waiting"]
    assert waiting and all("反馈单" in one["title"] for one in waiting)
    assert "什么等我审签" not in page("head").content.decode()


# ── size ─────────────────────────────────────────────────────────────────────────────────────────


def test_with_every_unit_of_the_district_it_stays_small(quarters, django_assert_max_num_queries):
    in_charge("bare-leader", Organisation.objects.filter(evaluated=True).values_list("code", flat=True))
    client = client_of("bare-leader")
    client.get(ADDRESS)
    with django_assert_max_num_queries(FRAME + PAGE):
        answer = client.get(ADDRESS)
    assert len(answer.context["sheet"]["units"]) == 70
    assert len(answer.content) <= 300_000


def test_the_page_of_a_unit_asks_no_more(quarters, django_assert_max_num_queries):
    client = client_of("bureau-head")
    client.get(ADDRESS)
    with django_assert_max_num_queries(FRAME + PAGE):
        client.get(ADDRESS)


def test_it_is_in_the_navigation_of_those_who_have_it(quarters):
    assert reverse("evaluation:leader") == ADDRESS
    for who, word in (("leader", "领导首页"), ("office1", "领导首页"), ("head", "单位首页")):
        assert f'href="{ADDRESS}"' in (html := client_of(who).get("/evaluation/rankings/").content.decode())
        assert word in html
    assert f'href="{ADDRESS}"' not in client_of("town").get("/evaluation/rankings/").content.decode()
    assert f'href="{ADDRESS}"' in client_of("leader").get("/").content.decode()


def test_who_holds_it_is_named_in_printed_order_not_the_own_first():
    printed = list(Organisation.objects.filter(category="township").in_printed_order()[:5])
    own = frozenset({printed[3].pk, printed[4].pk})
    late = [
        Overdue("2020-13", "督办", 1 + n, unit.pk, unit.name, "督办：一件", date(2020, 7, 1 + n), "/x/")
        for n, unit in enumerate(printed)
    ]

    def line(listed):
        told = next(one for one in _overdue(listed, own, timezone.now()) if one["number"])
        return [one["name"] for one in told["units"]], [one["own"] for one in told["units"]], told["many"]

    names = [one.name for one in printed]
    assert line(late[::-1]) == (names[:2], [False, False], 5)
    assert line([late[4], late[1], late[3]]) == ([names[1], names[3], names[4]], [False, True, True], 3)
