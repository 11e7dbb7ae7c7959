"""年度进度: the printed steps, planned days (推定, moved by the office), states from the data."""

from datetime import date, datetime

import pytest
from django.test import Client

from evaluation.models import PlanDate, Scheme
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.year.queries.year_plan import planned_day, year_plan
from evaluation.year.rules.year_plan import (
    BY_CODE,
    STEPS,
    Standing,
    default_day,
    outside_stage,
    places,
    stage_words,
    state_of,
)
from evaluation.year.services.year_plan import set_planned_day
from miyun_kpi import site as sites
from miyun_kpi.accounts.models import User
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.evaluation.conftest import actor_named

AT = datetime(2020, 12, 10, 10, 0, tzinfo=SHANGHAI)


def test_every_quote_stands_in_the_text_and_the_stages_are_printed(gazette):
    text = "".join(squeeze(one.text) for one in Clause.objects.filter(document__ref="2020-13"))
    whole = text + "".join(
        squeeze(one.title) for one in Clause.objects.filter(document__ref="2020-13") if hasattr(one, "title")
    )
    for step in STEPS:
        assert squeeze(step.quote) in whole, step.code
    assert stage_words(BY_CODE["months"], 2020) == "2020年5月-11月"
    assert stage_words(BY_CODE["effect"], 2020) == "2020年12月-2021年1月"


def test_default_days_lie_in_their_stage_on_working_days():
    # The last month of 月跟踪 is reported in December, after its stage.
    assert [s.code for s in STEPS if outside_stage(s, 2020, default_day(s, 2020))] == ["months"]
    assert default_day(BY_CODE["self-report"], 2020) == date(2020, 12, 21)


@pytest.mark.parametrize(
    ("done", "wanted", "today", "state"),
    [
        (0, 3, 20, "not_started"),
        (1, 3, 20, "running"),
        (1, 3, 21, "overdue"),
        (3, 3, 25, "done"),
        (0, 0, 20, "not_started"),
        (0, 0, 21, "overdue"),
    ],
)
def test_a_step_is_late_from_the_day_after(done, wanted, today, state):
    assert state_of(Standing(done, wanted, ""), date(2020, 12, 20), date(2020, 12, today))[0] == state


def test_the_strip_keeps_the_order_of_days():
    found = places(2020, [date(2020, 1, 1), date(2020, 3, 1), date(2020, 8, 1), date(2021, 2, 1), date(2022, 1, 1)])
    assert found == sorted(found)
    assert (found[0], found[1], found[-1]) == (0, 0, 1000)


def test_states_come_from_the_data(demo):
    scheme = Scheme.objects.get(track="township", year=2020)
    lines = {line.step.code: line for line in year_plan(scheme, date(2020, 12, 10))}
    assert lines["scheme"].state[0] == "done"
    assert lines["self-report"].standing.wanted == 21
    assert lines["effect"].state[0] == "not_started"
    assert year_plan(scheme, date(2021, 3, 1))[-2].state[0] == "overdue"


def test_the_office_moves_a_day_with_a_reason(demo):
    scheme = Scheme.objects.get(track="township", year=2020)
    words = {"scheme_id": scheme.pk, "step": "self-report", "planned_on": date(2021, 1, 5), "at": AT}
    for who in ("lingdao", "shenji", "beizhuang"):
        with pytest.raises(NotAllowed):
            set_planned_day(actor=actor_named(who), version=0, reason="会议改期", **words)
    office = actor_named("zhengfuban1")
    with pytest.raises(Refused):
        set_planned_day(actor=office, version=0, reason="", **words)
    with pytest.raises(NotFound):
        set_planned_day(actor=office, version=0, reason="会议改期", **(words | {"step": "nothing"}))
    assert set_planned_day(actor=office, version=0, reason="会议改期", **words).version == 1
    assert planned_day(scheme, "self-report") == date(2021, 1, 5)
    with pytest.raises(Conflict):
        set_planned_day(actor=office, version=0, reason="会议改期", **words)
    assert PlanDate.objects.count() == 1


def test_only_the_demonstration_plays_its_year_in_a_later_one(demo, monkeypatch):
    office, at = actor_named("zhengfuban1"), datetime(2026, 11, 28, 9, tzinfo=SHANGHAI)
    scheme = Scheme.objects.get(track="township")

    def move(day: date) -> PlanDate:
        words = {"scheme_id": scheme.pk, "step": "self-report", "version": 0, "reason": "演示改期"}
        return set_planned_day(actor=office, planned_on=day, at=at, **words)

    with pytest.raises(Refused, match="2020 年至 2021 年"):
        move(date(2026, 12, 14))
    monkeypatch.setattr(sites, "_current", [sites.DEMO])
    with pytest.raises(Refused, match="2020 年至 2027 年"):
        move(date(2028, 1, 3))
    assert move(date(2026, 12, 14)).planned_on == planned_day(scheme, "self-report") == date(2026, 12, 14)


def test_the_page_names_every_step(demo):
    client = Client()
    client.force_login(User.objects.get(username="lingdao"))
    page = client.get("/evaluation/year-end/2020/township/plan/").content.decode()
    assert all(step.name in page for step in STEPS)
    assert client.get("/evaluation/year-end/2020/township/plan.xlsx").status_code == 200
