"""Stages of projects against their plan, printed milestones as markers, kept by the lead unit of the task."""

from datetime import date

import pytest
from django.test import Client

from miyun_kpi.acts.days import Late
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.duties.conftest import acting
from tests.factories.rankings import BACKEND, person
from tests.water.test_registers import AT, create
from water.models import Phase
from water.queries.projects import milestones, projects
from water.rules.phases import Dates, extent, slip, state_of
from water.services import phases as services
from water.views.gantt import gantt

TODAY = AT.date()
LATE = Late("项目月报", "月报月底才送来")


def dates(*days):
    return Dates(*(date(*day) if day else None for day in days))


@pytest.fixture
def office(gazette):
    return acting("区水务局", "register_office")


@pytest.fixture
def project(office):
    return create(office, "project", name="再生水厂二期", task="三（四）3", unit="区水务局")


def given(name="立项", start=date(2020, 5, 1), end=date(2020, 9, 30), began=None, ended=None, reason=""):
    return services.Given(name, start, end, began, ended, reason)


def add(actor, project, **what):
    return services.add_phase(actor=actor, project_id=project.pk, given=given(**what), late=LATE, at=AT)


@pytest.mark.parametrize(
    ("days", "on", "behind", "state"),
    [
        (((2020, 5, 1), (2020, 9, 30), (2020, 5, 1), (2020, 9, 30)), date(2020, 12, 1), 0, "done"),
        (((2020, 5, 1), (2020, 9, 30), (2020, 5, 1), (2020, 10, 1)), date(2020, 12, 1), 1, "done"),
        (((2020, 5, 1), (2020, 9, 30), (2020, 5, 1), None), date(2020, 9, 30), 0, "running"),
        (((2020, 5, 1), (2020, 9, 30), (2020, 5, 1), None), date(2020, 10, 1), 1, "late"),
        (((2020, 5, 1), (2020, 9, 30), None, None), date(2020, 5, 11), 10, "waiting"),
        (((2020, 5, 1), (2020, 9, 30), None, None), date(2020, 4, 1), 0, "waiting"),
    ],
)
def test_the_days_behind_plan(days, on, behind, state):
    assert (slip(dates(*days), on), state_of(dates(*days), on)) == (behind, state)


def test_the_sheet_of_time_holds_plans_acts_milestones_and_today():
    one = dates((2020, 5, 1), (2021, 9, 30), (2019, 12, 31), None)
    assert extent([one], [date(2022, 12, 31)], date(2020, 1, 1)) == (date(2019, 1, 1), date(2022, 12, 31))
    assert extent([one], [], date(2026, 5, 1))[1] == date(2026, 12, 31)
    done = dates((2020, 5, 1), (2021, 9, 30), (2020, 5, 1), (2021, 9, 30))
    assert extent([done], [], date(2026, 5, 1))[1] == date(2021, 12, 31)


def test_the_milestones_are_the_printed_ones(gazette):
    found = [(one.clause, one.day) for one in milestones()]
    assert found == [
        ("三（四）3（1）", date(2021, 12, 31)),
        ("三（四）3（2）", date(2022, 12, 31)),
        ("三（四）4（1）", date(2021, 12, 31)),
        ("三（四）4（2）", date(2022, 12, 31)),
    ]
    # A bare year is printed; that its last day is meant is not.
    assert milestones()[1].when == "2022 年（原文）· 按 2022-12-31 计（推定）"


def test_a_project_is_drawn_with_its_stages_and_milestones(office, project):
    add(office, project, began=date(2020, 5, 10))
    add(office, project, name="设计", start=date(2020, 10, 1), end=date(2021, 3, 31))
    [one] = projects(office, TODAY)
    assert [view.state for view in one.phases] == ["late", "waiting"] and one.slip == 10
    assert [mark.clause for mark in one.milestones] == ["三（四）3（1）", "三（四）3（2）"]
    chart = gantt([one], TODAY)
    plan, act = chart.projects[0].bars[0].plan, chart.projects[0].bars[0].act
    assert act[0] > plan[0] and act[0] + act[1] == pytest.approx(chart.today, abs=0.2)
    assert chart.projects[0].bars[1].act is None and len(chart.projects[0].marks) == 2


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"end": date(2020, 4, 30)}, "planned_to"),
        ({"ended": date(2020, 9, 1)}, "actual_from"),
        ({"began": date(2020, 9, 2), "ended": date(2020, 9, 1)}, "actual_to"),
        ({"began": date(2020, 10, 11)}, "actual_from"),
        ({"began": date(2020, 5, 1), "ended": date(2020, 10, 1)}, "reason"),
    ],
)
def test_dates_that_cannot_be_are_refused(office, project, what, field):
    with pytest.raises(Refused) as refusal:
        add(office, project, **what)
    assert [one.field for one in refusal.value.errors] == [field] and not Phase.objects.exists()


def test_a_stage_is_changed_by_version_removed_with_a_reason_and_entered_once(office, project):
    row = add(office, project)
    assert add(office, project).pk == row.pk  # the button pressed twice
    one = {"actor": office, "project_id": project.pk, "phase_id": row.pk, "at": AT}
    services.change_phase(version=1, given=given(began=date(2020, 5, 2)), late=LATE, **one)
    with pytest.raises(Conflict) as refusal:
        services.change_phase(version=1, given=given(), **one)
    assert refusal.value.errors[0].current["value"]["actual_from"] == "2020-05-02"
    other = create(office, "project", name="另一个", task="三（四）4", unit="区水务局")
    with pytest.raises(NotFound):
        services.change_phase(version=2, given=given(), **(one | {"project_id": other.pk}))
    with pytest.raises(Refused, match="理由"):
        services.remove_phase(version=2, reason="", **one)
    services.remove_phase(version=2, reason="并入下一阶段", **one)
    assert not Phase.objects.exists()
    assert AuditEntry.objects.filter(action="water.phase.removed").count() == 1


def test_only_the_lead_unit_that_entered_it_keeps_the_stages(office, project):
    for actor in (acting("区城管委", "register_office"), acting("区水务局", "reporter")):
        with pytest.raises(NotAllowed):
            add(actor, project)
    # A lead unit may not keep stages under a task it does not lead.
    wrong = create(acting("区城管委", "register_office"), "project", name="张冠李戴", task="三（四）3", unit="区城管委")
    with pytest.raises(NotAllowed):
        add(acting("区城管委", "register_office"), wrong)


def test_the_pages_show_the_sheet_and_keep_what_was_typed(office, project):
    add(office, project)
    client = Client()
    client.force_login(person("keeper", "区水务局", "register_office"), backend=BACKEND)
    assert "再生水厂二期" in client.get("/water/projects/").content.decode()
    sent = {"name": "某阶段", "planned_from": "2020-09-01", "planned_to": "2020-08-01"}
    bad = client.post(f"/water/projects/{project.pk}/", sent)
    assert (
        bad.status_code == 422 and "计划完成早于计划开始" in bad.content.decode() and "某阶段" in bad.content.decode()
    )
    edited = client.get(f"/water/projects/{project.pk}/?edit={Phase.objects.get().pk}").content.decode()
    assert 'value="2020-05-01"' in edited  # a box of dates shows only this form
    page = client.get(f"/water/records/project/{project.pk}/").content.decode()
    assert f"/water/projects/{project.pk}/" in page
