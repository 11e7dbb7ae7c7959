"""领导首页 over the eight documents: what is overdue with whom, within each reader's scope, and what is only counted."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from disclosure.access import visible_applications
from disclosure.queries.applications import line_of
from evaluation.leaders.access import about
from evaluation.leaders.queries.page import page
from evaluation.models import Scheme
from finance_policy.leader_part import goals as finance_goals
from miyun_kpi.accounts.models import User
from miyun_kpi.duties.access import reports_visible_to
from miyun_kpi.duties.models import Duty
from miyun_kpi.duties.queries.reports import standing_of
from miyun_kpi.gazette.services import document_issued
from miyun_kpi.lib.citations import DocumentName
from miyun_kpi.organisations.leader_parts import Reading, overdue_of
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers import leader_part
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.overview import title_of
from miyun_kpi.registers.registry import all_kinds
from tests.evaluation.conftest import actor_named
from tests.factories.markup import one_line
from tests.factories.rankings import BACKEND, actor_of, person
from water.enums import Target
from water.leader_part import goals as water_goals
from water.models import Judgement, Measure
from water.rules.targets import END

# The year is told to whichever of the folder comes first.
pytestmark = pytest.mark.timeout(600)

BEFORE, AFTER = datetime(2021, 6, 1, tzinfo=UTC), datetime(2023, 6, 1, tzinfo=UTC)


@pytest.fixture
def leader(told):
    return actor_named("lingdao")


@pytest.fixture
def head(told):
    return actor_of(person("heads-beizhuang", "北庄镇", "unit_head"))


def late_records(told):
    """Read one by one, with the words of the register and no query of the page."""
    today, kinds = told.astimezone().date().isoformat(), {kind.key: kind for kind, _ in all_kinds() if kind.due}
    for row in Record.objects.filter(kind__in=kinds, struck_at__isnull=True).select_related("owner", "town"):
        kind = kinds[row.kind]
        if kind.stages and row.stage not in kind.open_stages:
            continue
        if "" < row.values.get(kind.due, "") < today:
            yield kind, row


def test_what_is_overdue_of_duties_is_what_each_page_calls_so(told, leader):
    rows = reports_visible_to(leader).filter(starts_at__lte=told)
    late = [
        row
        for row in rows
        if standing_of(row, told) in ("late_open", "missing") and row.state in ("expected", "draft") and not row.missed
    ]
    expected = Counter((row.unit.duty.document, row.unit.organisation.name) for row in late)
    assert len(expected) > 10
    found = {(one.document, one.unit): one for one in overdue_of(Reading(leader, told)) if one.what == "任务"}
    assert {key: one.number for key, one in found.items()} == expected
    for key, one in found.items():
        oldest = min(row.due_at for row in late if (row.unit.duty.document, row.unit.organisation.name) == key)
        assert one.due == oldest.astimezone().date()


@pytest.fixture
def guarded(told, monkeypatch):
    """The register with most overdue records becomes a protected one; no protected one of today has days."""
    key = Counter(kind.key for kind, _ in late_records(told)).most_common(1)[0][0]
    kinds = [(replace(kind, protected=kind.protected or kind.key == key), rights) for kind, rights in all_kinds()]
    monkeypatch.setattr(leader_part, "all_kinds", lambda: kinds)
    return key


def of_registers(leader, told):
    whats = {kind.title for kind, _ in late_records(told)}
    return [one for one in overdue_of(Reading(leader, told)) if one.what in whats]


def test_records_past_their_day_are_told_by_unit(told, leader):
    expected = Counter(
        (kind.title, (row.owner or row.town).name if row.owner or row.town else "") for kind, row in late_records(told)
    )
    assert len(expected) > 5
    assert {(one.what, one.unit): one.number for one in of_registers(leader, told)} == expected
    assert not any(one.protected for one in of_registers(leader, told))


def test_of_a_protected_register_the_number_alone(told, leader, guarded):
    hidden = [row for kind, row in late_records(told) if kind.key == guarded]
    found = of_registers(leader, told)
    counted = [one for one in found if one.protected]
    assert [one.number for one in counted] == [len(hidden)]
    assert [(one.unit, one.unit_id, one.due, one.address, one.title) for one in counted] == [("", None, None, "", "")]
    assert any(not one.protected for one in found), "the control: others are told by unit"


def test_the_page_names_the_oldest_open_record_and_nothing_of_a_protected_one(told, leader, guarded, client):
    sheet = page(leader, "某领导", about(leader, "", date.today()).units, told)
    text = json.dumps(sheet, ensure_ascii=False)
    late = [(kind, row) for kind, row in late_records(told)]
    hidden = [title_of(kind, row) for kind, row in late if kind.key == guarded]
    assert sum(one["hidden"] for one in sheet["overdue"]) == len(hidden) > 0
    assert not [title for title in hidden if title in text]
    named = {one["oldest"]["title"] for one in sheet["overdue"] if one["oldest"]}
    assert named & {title_of(kind, row) for kind, row in late if kind.key != guarded}, "the control"
    assert len(sheet["overdue"]) == 8, "a line for each document, also where nothing is overdue"
    assert sum(one["number"] for one in sheet["overdue"]) == sum(
        one.number for one in overdue_of(Reading(leader, told))
    )
    client.force_login(User.objects.get(username="lingdao"), backend=BACKEND)
    html = client.get("/evaluation/leader/").content.decode()
    assert f"受保护的 {len(hidden)} 条，只计数" in html and not [title for title in hidden if title in html]


def test_of_applications_numbers_and_days_alone(told, leader):
    today = told.astimezone().date()
    rows = visible_applications(leader).filter(answered_on__isnull=True).prefetch_related("extensions")
    late = [row for row in rows if line_of(row, today).clock.state == "overdue"]
    found = [one for one in overdue_of(Reading(leader, told)) if one.what == "依申请公开"]
    assert late and sum(one.number for one in found) == len(late)
    told_words = " ".join(one.title for one in found)
    assert not any(row.content in told_words for row in late)


def test_the_head_of_a_unit_is_told_of_the_own_unit_alone(told, head, leader):
    unit = Organisation.objects.get(code="beizhuang-zhen")
    found = overdue_of(Reading(head, told, frozenset([unit.pk])))
    assert found and {one.unit for one in found if not one.protected} <= {unit.name, ""}
    others = {one.unit for one in overdue_of(Reading(leader, told))}
    assert len(others) > 10, "the control: others have their own"
    sheet = page(head, unit.name, [unit], told, alone=True)
    named = {one["name"] for line in sheet["overdue"] for one in line["units"]}
    assert named <= {unit.name} and sheet["progress"] == []
    assert sheet["units"][0]["overdue"] == sum(one.number for one in found if one.unit_id == unit.pk)


def measure(target, *points):
    Measure.objects.filter(target=target).delete()
    for day, share in points:
        Measure.objects.create(
            target=target,
            day=day,
            share=Decimal(share),
            source="（试）",
            source_kind="survey",
            version=1,
            entered_at=BEFORE,
        )


def water(target, at, actor):
    return next(one for one in water_goals(Reading(actor, at)) if one.title == target.label)


@pytest.mark.parametrize(
    ("points", "at", "missed", "ahead"),
    [
        ([(date(2020, 6, 1), "80"), (date(2021, 6, 1), "82")], BEFORE, True, True),
        ([(date(2020, 6, 1), "80"), (date(2021, 6, 1), "87")], BEFORE, False, True),
        ([(date(2020, 6, 1), "80"), (date(2021, 6, 1), "90")], BEFORE, False, False),
        ([(date(2021, 6, 1), "80")], BEFORE, None, False),
        ([], BEFORE, None, False),
        ([(date(2020, 6, 1), "80"), (date(2022, 11, 1), "89.99")], AFTER, True, True),
        ([(date(2020, 6, 1), "80"), (date(2022, 11, 1), "90")], AFTER, False, False),
    ],
)
def test_a_target_will_be_missed_by_its_line_and_was_missed_by_its_number(leader, points, at, missed, ahead):
    measure(Target.TREATED, *points)
    found = water(Target.TREATED, at, leader)
    assert found.missed is missed and bool(found.ahead) is ahead and found.by == END
    assert found.on == (points[-1][0] if points else None)
    assert (found.state == "overdue") is (missed is True)


@pytest.mark.parametrize(
    ("verdict", "at", "missed"),
    [
        ("reached", BEFORE, False),
        ("reached", AFTER, False),
        ("not_yet", BEFORE, None),
        ("not_yet", AFTER, True),
        ("open", AFTER, None),
    ],
)
def test_a_target_without_a_number_is_as_a_person_judged_it(leader, verdict, at, missed):
    Judgement.objects.all().delete()
    Judgement.objects.create(
        target=Target.MIXED, day=date(2021, 5, 1), verdict=verdict, reason="现场看过", made_at=BEFORE, made_by="某人"
    )
    assert water(Target.MIXED, at, leader).missed is missed
    Judgement.objects.all().delete()
    assert water(Target.MIXED, AFTER, leader).missed is None


def test_targets_of_finance_are_missed_only_after_their_day(leader):
    before, after = (finance_goals(Reading(leader, at)) for at in (BEFORE, AFTER))
    assert [one.title for one in before] == ["高风险企业强制责任保险", "绿色信贷专营机构", "绿色信贷三个不低于"]
    assert not any(one.missed for one in before)
    offices = Record.objects.filter(kind="finance.offices")
    assert offices.exists() and after[1].missed is False
    offices.delete()
    assert finance_goals(Reading(leader, AFTER))[1].missed is True
    assert finance_goals(Reading(leader, BEFORE))[1].missed is None


def test_what_is_overdue_of_a_plan_of_another_year_stands_with_its_subject(told, leader):
    """The plan of 2021 is printed by no gazette: its duties are those of the evaluation all the same."""
    before = page(leader, "某", (), told)["overdue"]
    document = document_issued(
        name=DocumentName("密政办字", 2021, 9),
        title="关于印发《2021年全面履职绩效考评工作方案》的通知",
        subject="evaluation",
        issued_on=date(2021, 1, 20),
    )
    assert Duty.objects.filter(scope="tracked").update(document=document.ref)
    Scheme.objects.update(document=document)
    after = page(leader, "某", (), told)["overdue"]
    assert [one["number"] for one in after] == [one["number"] for one in before]
    told_of = next(one for one in after if one["label"] == "考评")
    assert told_of["number"] > 0 and "〔2021〕9号" in told_of["documents"], told_of["documents"]


def test_each_holder_leads_to_its_unit_and_the_rest_to_the_list(told, leader, client):
    client.force_login(User.objects.get(username="lingdao"), backend=BACKEND)
    answer = client.get("/evaluation/leader/")
    html, lines = answer.content.decode(), answer.context["sheet"]["overdue"]
    named = [each for one in lines for each in one["units"] if each["name"] != "未写单位"]
    assert len(named) > 5
    for each in named:
        assert Organisation.objects.get(code=each["code"]).name == each["name"]
        assert f'href="/organisations/{each["code"]}/">{each["name"]}</a>' in html
    (many, *_) = [one for one in lines if one["many"] > len(one["units"])]
    assert one_line(f'<a href="{many["list"]}?leader=lingdao">等 {many["many"]} 家</a>') in one_line(html)


def test_the_list_holds_exactly_what_the_line_counts(told, leader, guarded, client):
    """Thing by thing, by unit, over all pages; of a protected register the number alone."""
    client.force_login(User.objects.get(username="lingdao"), backend=BACKEND)
    lines = client.get("/evaluation/leader/").context["sheet"]["overdue"]
    assert sum(one["number"] for one in lines) > 20 and any(one["hidden"] for one in lines)
    for one in lines:
        answer = client.get(one["list"])
        late, paged = answer.context["late"], answer.context["page"].paginator
        assert (late.number, late.hidden) == (one["number"], one["hidden"])
        held = Counter(each.unit or "未写单位" for each in late.things)
        assert len(held) == one["many"] and paged.count == one["number"] - one["hidden"]
        assert {each["name"]: each["number"] for each in one["units"]}.items() <= held.items()
        assert not any(each.protected for each in late.things)
        if late.things:
            assert one["oldest"]["title"] in {each.title for each in late.things}
    protected = [title_of(kind, row) for kind, row in late_records(told) if kind.key == guarded]
    pages = "".join(client.get(one["list"]).content.decode() for one in lines)
    assert protected and not [title for title in protected if title in pages]
    assert client.get("/evaluation/leader/overdue/nothing/").status_code == 404
    client.force_login(User.objects.get(username="shuiwu"), backend=BACKEND)
    assert client.get(lines[0]["list"]).status_code == 404


def test_a_target_judged_by_an_old_number_says_that_none_came_after(leader):
    measure(Target.TREATED, (date(2020, 6, 1), "80"), (date(2022, 11, 1), "89.99"))
    lines = {one["title"]: one for one in page(leader, "某领导", (), AFTER)["goals"]}
    assert lines[Target.TREATED.label]["word"] == "按旧数没有达到"
    measure(Target.TREATED, (date(2023, 1, 1), "89.99"))
    lines = {one["title"]: one for one in page(leader, "某领导", (), AFTER)["goals"]}
    assert lines[Target.TREATED.label]["word"] == "到期没有达到", "a later number is one"
