"""加减分 (13号 四（三）4): limits per ground, second person, same fact, city result, who sees what."""

import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from evaluation.adjustments import services
from evaluation.adjustments.access import adjustments_visible_to
from evaluation.adjustments.rules import (
    CLAUSE_OF,
    GROUNDS,
    Entry,
    Fact,
    decided_problem,
    entry_problems,
    points_problem,
    read_points,
    same_facts,
)
from evaluation.adjustments.services import Typed
from evaluation.enums import AdjustmentState
from evaluation.models import Adjustment
from evaluation.periods.rules.calendar import SHANGHAI
from miyun_kpi.accounts.models import ApiToken, User
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.citations import document_of
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.conftest import actor_named
from tests.factories.markup import one_line
from tests.factories.tokens import issue_token

AT = datetime(2021, 1, 8, 10, 0, tzinfo=SHANGHAI)
BONUS = Typed(
    ground="city-bonus",
    work="河长制创新案例",
    points="0.5",
    reason="市级年度考评通报加分",
    happened_on=date(2020, 11, 3),
    document_number="京考〔2020〕7号",
)
LAST = Typed(
    ground="city-last",
    work="垃圾分类",
    points="0.5",
    reason="未完成市级任务，全市排名末位",
    happened_on=date(2020, 12, 30),
    city_task="垃圾分类示范片区创建",
    bottom_place=1,
    ranking_scope="全市 16 个区，共 16 家",
)


def code(name: str) -> int:
    return Organisation.objects.get(code=name).pk


def propose(who: str = "beizhuang", typed: Typed = BONUS, organisation: str = "beizhuang-zhen") -> Adjustment:
    return services.propose_adjustment(
        actor=actor_named(who), organisation_id=code(organisation), year=2020, typed=typed, at=AT
    )


def check(row: Adjustment, who: str = "zhengfuban1", *, passed: bool = True, **kwargs: str) -> Adjustment:
    fields = {"note": ""} | kwargs
    return services.check_adjustment(
        actor=actor_named(who), adjustment_id=row.pk, version=row.version, passed=passed, at=AT, **fields
    )


@pytest.mark.parametrize("track", ["department", "township"])
def test_every_quoted_ground_stands_in_the_note_of_its_track(gazette, track):
    document, ref = document_of("evaluation"), CLAUSE_OF[track]
    text = squeeze(Clause.objects.get(document__ref=document, ref=ref).text)
    for ground in GROUNDS.values():
        assert squeeze(ground.quotes[track]) in text, (track, ground.code)
    # 全市 is printed for departments alone.
    assert ("全市" in text) is (track == "department")


@pytest.mark.parametrize(
    ("ground", "typed", "points"),
    [
        ("city-bonus", "0.5", "0.5"),
        ("city-bonus", "0.001", "0.001"),
        ("promotion", "０．２５", "0.25"),
        ("harm", "0.5", "-0.5"),
        ("harm", "0.1", "-0.1"),
        ("city-last", "0.5", "-0.5"),
        ("city-near-last", "0.3", "-0.3"),
    ],
)
def test_points_within_the_limit_take_the_sign_of_their_ground(ground, typed, points):
    assert read_points(GROUNDS[ground], typed) == Decimal(points)


@pytest.mark.parametrize(
    ("ground", "typed", "word"),
    [
        ("city-bonus", "0.501", "不超过 0.5"),
        ("city-top", "1", "不超过 0.5"),
        ("harm", "0.6", "不超过 0.5"),
        ("promotion", "0", "大于 0"),
        ("promotion", "0.0005", "3 位小数"),
        ("harm", "-0.3", "负数"),
        ("city-last", "0.3", "印定扣 0.5"),
        ("city-near-last", "0.5", "印定扣 0.3"),
        ("city-near-last", "", "空的"),
        ("city-bonus", "半分", "不是数字"),
    ],
)
def test_points_outside_the_clause_are_refused_with_the_limit(ground, typed, word):
    with pytest.raises(Refused, match=word) as refused:
        read_points(GROUNDS[ground], typed)
    assert "没有保存" in refused.value.message


@pytest.mark.parametrize("ground", [ground.code for ground in GROUNDS.values() if ground.ranked])
@pytest.mark.parametrize(
    ("track", "word"), [("department", "请写这个全市排名排的是"), ("township", "请写这个排名排的是")]
)
def test_every_ranked_ground_says_its_ranking_and_the_city_only_where_it_is_printed(ground, track, word):
    place = (GROUNDS[ground].places or (None,))[0]
    entry = Entry(track, ground, "垃圾分类", "市级考评通报", "示范片区创建", place, "")
    (problem,) = entry_problems(entry)
    assert (problem.field, problem.code) == ("ranking_scope", "bad-scope") and problem.message.startswith(word)
    assert entry_problems(replace(entry, ranking_scope="全市 16 个区，共 16 家")) == []


def test_the_meeting_may_take_the_other_printed_amount_of_the_bottom_places_and_no_third():
    assert decided_problem(GROUNDS["city-last"], Decimal("-0.3")) == ""
    assert decided_problem(GROUNDS["city-near-last"], Decimal("-0.5")) == ""
    assert "只印扣" in decided_problem(GROUNDS["city-last"], Decimal("-0.4"))
    assert decided_problem(GROUNDS["city-last"], Decimal("0.5"))
    assert decided_problem(GROUNDS["city-bonus"], Decimal("0.2")) == ""
    assert "不超过" in decided_problem(GROUNDS["city-bonus"], Decimal("0.501"))
    assert points_problem(GROUNDS["city-bonus"], Decimal("-0.1"))


def test_the_same_fact_is_found_by_work_number_or_file_and_blanks_never_match():
    def fact(pk, work="", number="", digests=()):
        return Fact(pk, 1, "harm", work, number, frozenset(digests))

    own = fact(1, "甲", "京1号", ["a"])
    assert [
        hit.other for hit in same_facts(own, [own, fact(2, "甲"), fact(3, "乙", "京1号"), fact(4, "丙", "", ["a"])])
    ] == [2, 3, 4]
    assert same_facts(fact(1), [fact(2)]) == []


def test_an_entry_goes_from_the_unit_to_the_second_person_of_the_office(demo):
    row = propose()
    assert (row.state, row.points, row.version) == (AdjustmentState.PROPOSED, Decimal("0.5"), 1)
    checked = check(row)
    assert (checked.state, checked.checked_by) == (AdjustmentState.CHECKED, actor_named("zhengfuban1").label)
    acts = AuditEntry.objects.filter(subject=f"adjustment:{row.pk}").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["evaluation.adjustment.proposed", "evaluation.adjustment.checked"]


def test_everything_lacking_is_said_at_once_and_nothing_is_saved(demo):
    with pytest.raises(Refused) as refused:
        propose(typed=replace(LAST, work="", reason="短", city_task="", bottom_place=2, ranking_scope="", points="0.4"))
    assert {e.field for e in refused.value.errors} == {
        "work",
        "reason",
        "city_task",
        "bottom_place",
        "ranking_scope",
        "points",
    }
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize(
    ("day", "stands"), [("2020-01-01", True), ("2019-12-31", False), ("2021-01-08", True), ("2021-01-09", False)]
)
def test_a_fact_lies_in_the_year_or_has_come_out_since_but_not_in_the_future(demo, day, stands):
    typed = replace(BONUS, happened_on=date.fromisoformat(day))
    if stands:
        assert propose(typed=typed).pk
    else:
        with pytest.raises(Refused):
            propose(typed=typed)


def test_a_second_press_does_nothing_twice(demo):
    propose()
    with pytest.raises(Conflict, match="已经提出"), transaction.atomic():
        propose()
    assert Adjustment.objects.count() == 1


def test_a_unit_proposes_only_for_itself_and_an_evaluator_for_anybody(demo):
    with pytest.raises(NotAllowed):
        propose(organisation="bulaotun-zhen")
    assert propose("shuiwu", LAST, "bulaotun-zhen").points == Decimal("-0.5")
    with pytest.raises(NotAllowed):
        propose("guanliyuan")
    with pytest.raises(NotAllowed):
        propose("lingdao")


def test_who_entered_it_does_not_check_it_and_the_store_refuses_it_too(demo):
    row = propose("zhengfuban1")
    with pytest.raises(NotAllowed, match="另一个人"):
        check(row, "zhengfuban1")
    assert check(row, "zhengfuban2").state == AdjustmentState.CHECKED
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.filter(pk=row.pk).update(checked_by_id=row.entered_by_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.filter(pk=row.pk).update(points=Decimal("0.501"))


def test_a_returned_entry_is_mended_and_comes_back(demo):
    row = propose()
    with pytest.raises(Refused, match="意见"):
        check(row, passed=False)
    back = check(row, passed=False, note="请补市级通报")
    assert back.state == AdjustmentState.RETURNED
    with pytest.raises(Conflict):
        check(back)
    mended = services.amend_adjustment(
        actor=actor_named("beizhuang"),
        adjustment_id=row.pk,
        version=back.version,
        typed=replace(BONUS, points="0.4"),
        at=AT,
    )
    assert (mended.state, mended.points) == (AdjustmentState.PROPOSED, Decimal("0.4"))
    with pytest.raises(Conflict, match="刚有变动"):
        services.amend_adjustment(
            actor=actor_named("beizhuang"), adjustment_id=row.pk, version=back.version, typed=BONUS, at=AT
        )
    assert check(mended).state == AdjustmentState.CHECKED
    with pytest.raises(Conflict):
        services.withdraw_adjustment(actor=actor_named("beizhuang"), adjustment_id=row.pk, version=4, at=AT)


def test_what_waits_for_the_city_is_not_checked_before_the_city_has_said_it(demo):
    row = propose(typed=replace(BONUS, awaits_city=True))
    assert row.state == AdjustmentState.CITY
    with pytest.raises(Refused, match="等市级结果"):
        check(row)
    answered = services.receive_city_result(
        actor=actor_named("zhengfuban1"),
        adjustment_id=row.pk,
        version=row.version,
        result="市级通报加 0.2 分",
        result_on=date(2021, 1, 7),
        points="0.2",
        document_number="京考〔2021〕1号",
        at=AT,
    )
    assert (answered.state, answered.points) == (AdjustmentState.PROPOSED, Decimal("0.2"))
    # Whoever typed the city's figure is not the second person any more.
    with pytest.raises(NotAllowed):
        check(answered, "zhengfuban1")
    assert check(answered, "zhengfuban2").state == AdjustmentState.CHECKED


def test_the_same_fact_by_two_units_is_kept_only_with_a_reason(demo):
    first = check(propose())
    second = propose("shuiwu", replace(BONUS, work="另一个名称"), "bulaotun-zhen")
    with pytest.raises(Refused, match="依据文号相同") as refused:
        check(second)
    assert refused.value.code == "same-fact" and "北庄镇" in refused.value.message
    kept = check(second, keep_reason="两镇各自的河段，通报分别列名")
    assert kept.state == AdjustmentState.CHECKED and first.state == AdjustmentState.CHECKED


def test_one_sees_ones_own_and_the_office_all_of_its_tracks(demo):
    own, other = propose(), propose("shuiwu", LAST, "bulaotun-zhen")
    seen = {
        name: set(adjustments_visible_to(actor_named(name)).values_list("pk", flat=True))
        for name in ("beizhuang", "shuiwu", "weijian", "zhengfuban1", "lingdao", "shenji", "guanliyuan")
    }
    both = {own.pk, other.pk}
    assert seen == {
        "beizhuang": {own.pk},
        "shuiwu": {other.pk},
        "weijian": set(),
        "zhengfuban1": both,
        "lingdao": both,
        "shenji": both,
        "guanliyuan": set(),
    }
    with pytest.raises(NotFound):
        services.withdraw_adjustment(actor=actor_named("weijian"), adjustment_id=own.pk, version=1, at=AT)
    with pytest.raises(NotAllowed, match="由.*提出"):
        services.withdraw_adjustment(actor=actor_named("zhengfuban1"), adjustment_id=own.pk, version=1, at=AT)


def test_a_ranked_co_office_has_no_say_over_the_departments(demo):
    fagai = replace(actor_named("zhengfuban1"), organisation_id=code("fagai-wei"), user_id=99)
    with pytest.raises(NotAllowed, match="区发改委"):
        services.propose_adjustment(actor=fagai, organisation_id=code("shuiwu-ju"), year=2020, typed=BONUS, at=AT)
    row = propose("zhengfuban1", BONUS, "shuiwu-ju")
    with pytest.raises(NotFound):
        services.check_adjustment(actor=fagai, adjustment_id=row.pk, version=1, passed=True, note="", at=AT)


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name), backend="miyun_kpi.accounts.authentication.PeopleBackend")
    return client


def test_the_form_keeps_what_was_typed_and_names_each_field(demo):
    client = client_of("beizhuang")
    data = {
        "year": "2020",
        "organisation": str(code("beizhuang-zhen")),
        "ground": "city-last",
        "work": "垃圾分类",
        "points": "0.4",
        "happened_on": "2020-12-30",
        "reason": "未完成市级任务",
        "bottom_place": "2",
    }
    answer = client.post(reverse("evaluation:propose-adjustment"), data)
    text = answer.content.decode()
    assert answer.status_code == 422 and "印定扣 0.5 分" in text and "倒数第 1 名" in text and 'value="0.4"' in text
    data |= {
        "points": "0.5",
        "bottom_place": "1",
        "city_task": "示范片区",
        "ranking_scope": "全市 16 个区",
        "tied": "on",
    }
    answer = client.post(reverse("evaluation:propose-adjustment"), data)
    row = Adjustment.objects.get()
    assert answer["Location"] == reverse("evaluation:adjustment", args=[row.pk])
    shown = one_line(client.get(answer["Location"]).content.decode())
    assert "倒数第 1 名（全市 16 个区）" in shown and "有并列" in shown and "严禁上传、处理涉密信息" in shown
    listed = client.get(reverse("evaluation:adjustments"), {"state": "proposed", "year": "2020"}).content.decode()
    assert "垃圾分类" in listed and "−0.5" in listed
    assert client.get(reverse("evaluation:adjustments"), {"state": "granted"}).content.decode().count("垃圾分类") == 0
    assert client.get(reverse("evaluation:adjustments-sheet")).status_code == 200


def test_another_unit_learns_only_that_there_is_one_like_it(demo):
    row = propose()
    propose("shuiwu", BONUS, "bulaotun-zhen")
    text = client_of("beizhuang").get(reverse("evaluation:adjustment", args=[row.pk])).content.decode()
    assert "另有 1 条写的像是同一事实" in text and "不老屯镇" not in text
    assert "不老屯镇" in client_of("zhengfuban1").get(reverse("evaluation:adjustment", args=[row.pk])).content.decode()


def test_evidence_is_read_by_whoever_reads_the_entry_and_stays_once_checked(demo, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    row = propose()
    client = client_of("beizhuang")
    file = io.BytesIO(b"%PDF-1.4\n%%EOF\n")
    file.name = "tongbao.pdf"
    answer = client.post(reverse("evaluation:add-adjustment-evidence", args=[row.pk]), {"file": file})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    kept = Attachment.objects.get(kind="evaluation.adjustment", subject_id=row.pk)
    fetch = reverse("attachments:fetch", args=[kept.pk])
    assert client.get(fetch).status_code == 200 and client_of("weijian").get(fetch).status_code == 404
    check(row)
    with pytest.raises(Conflict):
        services.remove_adjustment_evidence(actor=actor_named("beizhuang"), attachment_id=kept.pk, at=AT)


def test_a_client_proposes_with_strings_and_an_unknown_field_is_refused(demo):
    _, text = issue_token(actor=SYSTEM, client="shuiwu-sync", organisation=resolve("区水务局"), role="evaluator", at=AT)
    headers = {"authorization": f"Token {text}"}
    assert ApiToken.objects.filter(client="shuiwu-sync").exists()
    body = {
        "year": 2020,
        "organisation": "北庄镇",
        "ground": "city-top",
        "work": "水源保护",
        "points": "0.25",
        "reason": "全市第二名",
        "happened_on": "2020-11-11",
        "ranking_scope": "全市 16 个区",
    }
    client, address = Client(), "/api/v1/adjustments/"
    answer = client.post(address, body, content_type="application/json", headers=headers | {"Idempotency-Key": "k1"})
    assert answer.status_code == 201 and answer.json()["points"] == "0.25"
    again = client.post(address, body, content_type="application/json", headers=headers | {"Idempotency-Key": "k1"})
    assert again.json() == answer.json() and Adjustment.objects.count() == 1
    bad = client.post(
        address, body | {"points": 0.25, "work": "别的"}, content_type="application/json", headers=headers
    )
    assert bad.status_code == 400
    assert client.get(address, {"organisaton": "x"}, headers=headers).status_code == 400
    assert client.get(address, {"organisation": "北庄镇", "state": "proposed"}, headers=headers).json()["count"] == 1
