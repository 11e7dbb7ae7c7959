"""办理日期 of 五无 checks, numbers of targets and stages: later than the next working day they are 补登 for good."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from miyun_kpi.acts.days import IN_TIME, Late
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Refused
from tests.duties.conftest import acting
from tests.factories.rankings import BACKEND, person
from tests.water.test_registers import AT, create
from water.models import Measure, Phase, Round
from water.rules.rounds import FIVE
from water.services import phases, rounds, targets

LATE = Late("现场核查记录表", "记录表按季汇总")
WORDS = "补登，依据现场核查记录表；记录表按季汇总"
FRIDAY, EARLIER = date(2020, 10, 9), date(2020, 9, 1)  # AT is 2020-10-10, a working Saturday


@pytest.fixture
def water(gazette):
    return acting("区水务局", "register_office")


@pytest.fixture
def body(gazette):
    office = acting("区河长制办公室", "register_office")
    return create(office, "body", name="村东坑塘", town="北庄镇", kind="坑塘", source="散排污水")


@pytest.fixture
def project(water):
    return create(water, "project", name="再生水厂二期", task="三（四）3", unit="区水务局")


def check(body, day, late=IN_TIME) -> Round:
    return rounds.enter_round(
        actor=acting("北庄镇", "reporter"),
        body_id=body.pk,
        day=day,
        found={name: True for name, _ in FIVE},
        note="",
        next_on=None,
        checked_by="某人",
        late=late,
        at=AT,
    )


def measure(water, on=None, late=IN_TIME) -> Measure:
    given = targets.Given(date(2020, 8, 31), Decimal("88"), None, None, "", "statistics", "八月统计表")
    return targets.enter_measure(actor=water, target="treated", given=given, on=on, late=late, at=AT)


def stage(**days) -> phases.Given:
    return replace(phases.Given("立项", date(2020, 5, 1), date(2020, 9, 30), None, None, ""), **days)


def test_a_check_is_of_its_day_and_says_so_when_it_is_registered_late(body):
    assert check(body, FRIDAY).late == ""
    with pytest.raises(Refused, match="核查日期 2020-09-01 早于上一个工作日") as refusal:
        check(body, EARLIER)
    assert refusal.value.code == "late-entry" and Round.objects.count() == 1
    row = check(body, EARLIER, LATE)
    assert (row.day, row.late, row.entered_at) == (EARLIER, WORDS, AT)
    assert "记录表按季汇总" in AuditEntry.objects.get(subject=f"round:{row.pk}").data
    # The newest check decides the stage, whatever is registered after it.
    assert Round.objects.get(day=FRIDAY).late == ""


def test_a_number_has_the_day_of_its_paper_beside_the_day_it_speaks_of(water):
    today = measure(water)
    assert (today.done_on, today.late, today.day) == (AT.date(), "", date(2020, 8, 31))
    targets.strike_measure(actor=water, target="treated", measure_id=today.pk, version=1, reason="重新录入一次", at=AT)
    with pytest.raises(Refused) as refusal:
        measure(water, on=date(2020, 9, 10))
    assert refusal.value.code == "late-entry"
    with pytest.raises(Refused, match="早于数据的截至日期") as refusal:
        measure(water, on=date(2020, 8, 1), late=LATE)
    assert refusal.value.code == "too-early"
    row = measure(water, on=date(2020, 9, 10), late=LATE)
    assert (row.done_on, row.late) == (date(2020, 9, 10), WORDS)
    given = targets.Given(row.day, Decimal("89"), None, None, "", "statistics", "八月统计表")
    changed = targets.change_measure(actor=water, target="treated", measure_id=row.pk, version=1, given=given, at=AT)
    assert (changed.done_on, changed.late) == (date(2020, 9, 10), WORDS), "for good"


def test_a_number_put_right_later_keeps_the_day_of_its_paper(water):
    row = measure(water)
    one = {"actor": water, "target": "treated", "measure_id": row.pk, "at": AT + timedelta(days=60)}
    given = targets.Given(row.day, Decimal("89"), None, None, "", "statistics", "八月统计表（更正）")
    for version, on in enumerate((None, AT.date()), start=1):
        changed = targets.change_measure(version=version, given=given, on=on, **one)
        assert (changed.done_on, changed.late) == (AT.date(), "")
    with pytest.raises(Refused) as refusal:
        targets.change_measure(version=3, given=given, on=date(2020, 9, 10), **one)
    assert refusal.value.code == "late-entry"


def test_what_is_new_of_a_stage_is_asked_about_and_what_stood_is_not(water, project):
    planned = phases.add_phase(actor=water, project_id=project.pk, given=stage(), at=AT)
    assert planned.late == "", "a plan is no act"
    one = {"actor": water, "project_id": project.pk, "phase_id": planned.pk, "at": AT}
    with pytest.raises(Refused) as refusal:
        phases.change_phase(version=1, given=stage(actual_from=EARLIER), **one)
    assert refusal.value.code == "late-entry"
    begun = phases.change_phase(version=1, given=stage(actual_from=EARLIER), late=LATE, **one)
    assert begun.late == WORDS
    done = phases.change_phase(version=2, given=stage(actual_from=EARLIER, actual_to=FRIDAY, reason="雨天多"), **one)
    assert (done.actual_to, done.late) == (FRIDAY, WORDS), "the day that stood is not asked about again"
    assert Phase.objects.get().version == 3


def test_the_pages_fold_the_boxes_away_and_keep_them(body, project):
    town = Client()
    town.force_login(person("town", "北庄镇", "reporter"), backend=BACKEND)
    sent = {"day": "2020-09-01", "checked_by": "甲", **dict.fromkeys([name for name, _ in FIVE], "yes")}
    address = f"/water/bodies/{body.pk}/"
    assert "不是今天办的，补登" in town.get(address).content.decode()
    refused = town.post(address, sent | {"late_source": LATE.source})
    assert refused.status_code == 422 and LATE.source in refused.content.decode()
    assert town.post(address, sent | {"late_source": LATE.source, "late_reason": LATE.reason}).status_code == 302
    page = town.get(address).content.decode()
    assert "补登" in page and LATE.reason in page
    keeper = Client()
    keeper.force_login(person("keeper", "区水务局", "register_office"), backend=BACKEND)
    late = {"late_source": LATE.source, "late_reason": LATE.reason}
    stage_ = {"name": "设计", "planned_from": "2020-05-01", "planned_to": "2020-09-30", "actual_from": "2020-05-02"}
    assert keeper.post(f"/water/projects/{project.pk}/", stage_).status_code == 422
    assert keeper.post(f"/water/projects/{project.pk}/", stage_ | late).status_code == 302
    assert LATE.reason in keeper.get(f"/water/projects/{project.pk}/").content.decode()
    number = {"day": "2020-08-31", "share": "88", "source_kind": "statistics", "source": "八月统计表"}
    number |= {"done_on": "2020-09-10"}
    assert keeper.post("/water/targets/treated/save/", number).status_code == 422
    assert keeper.post("/water/targets/treated/save/", number | late).status_code == 302
    assert LATE.reason in keeper.get("/water/targets/treated/").content.decode()
