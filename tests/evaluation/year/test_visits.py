"""现场考评 (13号 五（二）): close visits to one unit need a reason; who sees what."""

from datetime import date, datetime

import pytest
from django.test import Client

from evaluation.models import Indicator, Scheme, SiteVisit
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.year.access.visits import evaluated_by, reads_result, visits_visible_to
from evaluation.year.queries.visits import month_rows
from evaluation.year.rules.visits import Days, close_to, gap
from evaluation.year.services.visits import cancel_visit, note_result, plan_visit
from miyun_kpi.accounts.models import User
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.conftest import actor_named

AT = datetime(2020, 12, 10, 10, 0, tzinfo=SHANGHAI)


def plan(day: int, who: str = "shuiwu", month: int = 12, **fields: object) -> SiteVisit:
    actor, scheme = actor_named(who), Scheme.objects.get(track="township", year=2020)
    own = list(evaluated_by(actor, scheme).values_list("indicator_id", flat=True))[:1]
    values = {
        "starts_on": date(2020, month, day),
        "ends_on": date(2020, month, day),
        "indicator_ids": own,
        "leader": "张局长",
        "organisation_id": Organisation.objects.get(code="beizhuang-zhen").pk,
    }
    return plan_visit(actor=actor, scheme_id=scheme.pk, at=AT, **(values | fields))


def test_the_quoted_words_stand_in_the_text(gazette):
    text = squeeze(Clause.objects.get(document__ref="2020-13", ref="五（二）").text)
    assert "避免扎堆到基层考核" in text


@pytest.mark.parametrize(("day", "days"), [(10, 0), (11, 0), (12, 1), (18, 7), (19, 8)])
def test_the_gap_counts_from_end_to_start(day, days):
    one, other = Days(1, 1, date(2020, 12, 10), date(2020, 12, 11)), Days(2, 1, date(2020, 12, day), date(2020, 12, 25))
    assert gap(one, other) == gap(other, one) == days
    assert bool(close_to(one, [other], 7)) is (days <= 7)
    assert not close_to(one, [Days(3, 2, date(2020, 12, 10), date(2020, 12, 10))], 7)


def test_close_to_another_evaluator_needs_a_reason_that_is_kept(demo):
    plan(10)
    with pytest.raises(Refused) as refused:
        plan(17, "weijian")
    assert refused.value.code == "crowded"
    assert "区水务局" in refused.value.message
    assert plan(17, "weijian", crowd_reason="与年度督查合并进行").crowd_reason
    assert plan(25, "weijian").state == "planned"


def test_a_cancelled_visit_crowds_nobody(demo):
    one = plan(10)
    cancel_visit(actor=actor_named("shuiwu"), visit_id=one.pk, version=1, at=AT)
    assert plan(11, "weijian").pk


def test_the_unit_is_told(demo):
    before = Notice.objects.count()
    plan(10)
    assert Notice.objects.count() > before


def test_odd_plans_are_refused(demo):
    foreign = Indicator.objects.filter(scheme__track="department").first()
    assert foreign
    for fields in (
        {"ends_on": date(2020, 12, 1)},
        {"indicator_ids": []},
        {"indicator_ids": [foreign.pk]},
        {"leader": ""},
    ):
        with pytest.raises(Refused):
            plan(10, **fields)
    with pytest.raises(NotFound):
        plan(10, organisation_id=Organisation.objects.get(code="shuiwu-ju").pk)
    for who in ("zhengfuban1", "beizhuang", "shenji"):
        with pytest.raises(NotAllowed):
            plan(10, who)
    plan(10)
    with pytest.raises(Conflict):
        plan(10, crowd_reason="再安排一次看看")


def test_the_result_is_the_evaluators_and_not_before_the_day(demo):
    one = plan(11)
    words = {"visit_id": one.pk, "version": 1, "result": "台账齐全，一处不足"}
    with pytest.raises(Refused):
        note_result(actor=actor_named("shuiwu"), at=AT, **words)
    on_day = datetime(2020, 12, 11, 9, 0, tzinfo=SHANGHAI)
    with pytest.raises(NotAllowed):
        note_result(actor=actor_named("weijian"), at=on_day, **words)
    done = note_result(actor=actor_named("shuiwu"), at=on_day, **words)
    assert done.state == "done"
    with pytest.raises(Conflict):
        note_result(actor=actor_named("shuiwu"), at=on_day, **words)
    assert [reads_result(actor_named(who), done) for who in ("shuiwu", "beizhuang", "zhengfuban1", "weijian")] == [
        True,
        True,
        True,
        False,
    ]


def test_other_evaluators_see_dates_and_other_units_nothing(demo):
    one = plan(10)
    other = Organisation.objects.of_track("township").exclude(code="beizhuang-zhen").first()
    assert visits_visible_to(actor_named("weijian")).filter(pk=one.pk).exists()
    SiteVisit.objects.filter(pk=one.pk).update(organisation=other)
    assert not visits_visible_to(actor_named("beizhuang")).filter(pk=one.pk).exists()
    with pytest.raises(NotFound):
        visits_visible_to(actor_named("guanliyuan"))


def test_the_month_lists_units_with_their_days(demo):
    one = plan(30, ends_on=date(2021, 1, 2))
    (row,) = month_rows([one], date(2021, 1, 1))
    assert [bool(cell) for cell in row.cells[:3]] == [True, True, False]
    client = Client()
    client.force_login(User.objects.get(username="shuiwu"))
    assert "北庄镇" in client.get("/evaluation/visits/?month=2020-12").content.decode()
    assert client.get("/evaluation/visits/?month=x").status_code == 200
    assert client.get("/evaluation/visits.xlsx").status_code == 200
    form = client.post("/evaluation/visits/2020/township/plan/", {"leader": "张局长"})
    assert form.status_code == 422
    assert "张局长" in form.content.decode()
