"""效果评价 (13号 四（三）3): sealed forms, sums only after the end and with three forms."""

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from evaluation.models import LeaderParticipation, LeaderSurvey, LeaderTally, Scheme
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.year.desk.year_close import year_close_items
from evaluation.year.queries.leader_survey import effect_of
from evaluation.year.rules.effect import Item, average, read_form, read_items, released
from evaluation.year.services.leader_survey import close_survey, fill_form, open_survey
from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.queries import resolve
from tests.accounts.people import actor as actor_of_user
from tests.accounts.people import person
from tests.evaluation.conftest import actor_named

AT = datetime(2021, 1, 8, 10, 0, tzinfo=SHANGHAI)


def survey(items: str = "全面履职总体评价 100") -> LeaderSurvey:
    scheme = Scheme.objects.get(track="township", year=2020)
    return open_survey(
        actor=actor_named("zhengfuban1"),
        scheme_id=scheme.pk,
        items=items,
        basis="区政府办工作安排",
        due_on=date(2021, 1, 15),
        at=AT,
    )


def leaders(number: int) -> list[Actor]:
    return [actor_of_user(person(f"lingdao-{n}", "leader")) for n in range(number)]


def unit() -> int:
    found = resolve("北庄镇")
    assert found
    return found.pk


def fill(actor: Actor, found: LeaderSurvey, mark: str) -> None:
    fill_form(actor=actor, survey_id=found.pk, typed={(unit(), 0): mark}, at=AT)


def test_the_quoted_sentence_stands_in_the_text(gazette):
    text = squeeze(Clause.objects.get(document__ref="2020-13", ref="四（三）").text)
    assert squeeze("区政府办协助组织区政府领导评价，配合公众满意度评价，评价结果报区委办汇总") in text


def test_who_stands_in_for_a_leader_gives_no_judgement(demo):
    """四（三）3: 区政府领导 themselves; else one would count twice, and deputies make up the three forms."""
    found = survey()
    (one,) = leaders(1)
    with pytest.raises(NotAllowed) as refusal:
        fill(replace(one, stands_for=unit()), found, "90")
    assert refusal.value.code == "in-person" and not LeaderParticipation.objects.exists()
    assert [row.title for row in year_close_items(one, AT)] and not year_close_items(replace(one, stands_for=1), AT)
    fill(one, found, "90")


def test_sums_are_read_after_the_end_and_from_three_forms_only(demo):
    found = survey()
    first, second, third = leaders(3)
    fill(first, found, "90")
    fill(second, found, "85.5")
    assert not effect_of(found.scheme).released
    fill(third, found, "80.001")
    # Still open: the difference of two readings would be a form.
    assert not any(u.averages for u in effect_of(found.scheme).units)
    close_survey(actor=actor_named("zhengfuban1"), survey_id=found.pk, version=1, at=AT)
    effect = effect_of(found.scheme)
    (own,) = [u for u in effect.units if u.organisation.pk == unit()]
    assert (own.averages[0].total, own.averages[0].value) == (Decimal("255.501"), Decimal("85.1670"))
    other = next(u for u in effect.units if u.organisation.pk != unit())
    assert (other.averages[0].total, other.averages[0].value) == (None, None)


def test_closed_with_two_forms_nothing_is_ever_released(demo):
    found = survey()
    for actor in leaders(2):
        fill(actor, found, "90")
    close_survey(actor=actor_named("zhengfuban1"), survey_id=found.pk, version=1, at=AT)
    effect = effect_of(found.scheme)
    assert (effect.released, effect.forms) == (False, 2)
    assert not any(u.averages for u in effect.units)
    with pytest.raises(Conflict):
        fill(leaders_more(), found, "90")


def leaders_more() -> Actor:
    return actor_of_user(person("lingdao-late", "leader"))


def test_no_row_joins_a_person_and_a_mark(demo):
    found = survey()
    actor = leaders(1)[0]
    fill(actor, found, "87.123")
    # Who: no number. Marks: no person, no time, no row of its own.
    names = {f.name for f in LeaderParticipation._meta.get_fields()}
    assert names == {"id", "survey", "user_id", "person", "filled_on"}
    assert {f.name for f in LeaderTally._meta.get_fields()} == {
        "id",
        "survey",
        "organisation",
        "item",
        "total_thousandths",
        "forms",
    }
    assert LeaderTally.objects.filter(survey=found).count() == len(effect_of(found.scheme).units)
    entry = AuditEntry.objects.filter(action="evaluation.leader-survey.filled").get()
    assert "87" not in json.dumps(entry.data)


def test_a_leader_fills_once_and_nobody_else_fills(demo):
    found = survey()
    actor = leaders(1)[0]
    fill(actor, found, "90")
    with pytest.raises(Conflict):
        fill(actor, found, "10")
    assert LeaderTally.objects.get(survey=found, organisation=unit()).total_thousandths == 90_000
    for who in ("zhengfuban1", "shenji", "beizhuang", "shuiwu", "guanliyuan"):
        with pytest.raises(NotAllowed):
            fill(actor_named(who), found, "90")
    with pytest.raises(IntegrityError), transaction.atomic():
        LeaderParticipation.objects.create(survey=found, user_id=actor.user_id, person="甲", filled_on=AT.date())


def test_a_foreign_unit_is_not_found_and_leaves_nothing(demo):
    found = survey()
    outside = resolve("区水务局")
    assert outside
    with pytest.raises(NotFound):
        fill_form(actor=leaders(1)[0], survey_id=found.pk, typed={(outside.pk, 0): "90"}, at=AT)
    assert not found.participations.exists()


def test_only_the_office_opens_and_closes_and_opens_once(demo):
    scheme = Scheme.objects.get(track="department", year=2020)
    words = {"items": "总体评价 100", "basis": "区政府办工作安排", "due_on": date(2021, 1, 15), "at": AT}
    for who in ("lingdao", "shenji", "beizhuang"):
        with pytest.raises(NotAllowed):
            open_survey(actor=actor_named(who), scheme_id=scheme.pk, **words)
    found = open_survey(actor=actor_named("zhengfuban1"), scheme_id=scheme.pk, **words)
    with pytest.raises(Conflict):
        open_survey(actor=actor_named("zhengfuban1"), scheme_id=scheme.pk, **words)
    with pytest.raises(Conflict):
        close_survey(actor=actor_named("zhengfuban1"), survey_id=found.pk, version=9, at=AT)


@pytest.mark.parametrize(
    "lines",
    ["", "总体评价", "总体评价 0", "总体评价 一百", "甲乙 100\n甲乙 50", "\n".join(f"内容{n} 10" for n in range(9))],
)
def test_odd_items_are_refused(lines):
    with pytest.raises(Refused):
        read_items(lines)


@pytest.mark.parametrize("mark", ["-1", "100.001", "1.2345", "优", "１e2"])
def test_odd_marks_are_refused_by_cell(mark):
    with pytest.raises(Refused) as refused:
        read_form([Item("总体评价", 100)], {(1, 0): mark, (2, 0): "90"})
    assert [one.field for one in refused.value.errors] == ["m-1-0"]


def test_a_blank_is_no_opinion_and_a_blank_form_is_refused():
    items = [Item("总体评价", 100)]
    assert read_form(items, {(1, 0): "100", (2, 0): " ", (3, 0): "0"}) == {(1, 0): 100_000, (3, 0): 0}
    with pytest.raises(Refused):
        read_form(items, {(1, 0): ""})


def test_three_forms_and_the_end_release():
    assert [released(closed=c, forms=n) for c, n in ((True, 2), (True, 3), (False, 30))] == [False, True, False]
    assert average(250_000, 2) is None
    assert average(250_001, 3) == Decimal("83.3337")


def test_the_pages_say_it_and_show_no_form(demo):
    found = survey()
    client = Client()
    client.force_login(User.objects.get(username="lingdao"))
    page = "/evaluation/year-end/2020/township/effect/"
    assert "提交后即封存" in client.get(page).content.decode()
    wrong = client.post(f"{page}fill/", {f"m-{unit()}-0": "101"})
    assert wrong.status_code == 422
    assert 'value="101"' in wrong.content.decode()
    assert client.post(f"{page}fill/", {f"m-{unit()}-0": "88.7"}).status_code == 302
    assert "88.7" not in client.get(page).content.decode()
    client.force_login(User.objects.get(username="zhengfuban1"))
    assert "88.7" not in client.get(page).content.decode()
    assert client.get("/evaluation/year-end/2020/township/effect.xlsx").status_code == 200
    assert found.participations.count() == 1
