"""What runs goes on at the successor: it sees and acts, under the same dates; the ended unit does neither."""

import json
from datetime import date, datetime, timedelta

import pytest

import farmland.access as land
import postdoc.access as postdoc
from disclosure.access import visible_applications
from disclosure.queries.applications import line_of
from disclosure.services import applications
from farmland.models import Application as LandApplication
from farmland.queries.pool import proof_of
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.models import DutyDocument
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.affairs import affairs_of
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import Seen, merge_organisations
from miyun_kpi.registers.access import visible_to
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_of
from miyun_kpi.registers.services import records
from personnel.models import Position
from postdoc.services import stations
from tests.disclosure.conftest import LATE, create, somebody
from tests.disclosure.conftest import step as publish
from tests.farmland.conftest import apply, put, reserved
from tests.finance_policy.conftest import ENTERPRISE, code_of, make
from tests.postdoc.conftest import STATION
from tests.water.test_registers import create as water
from tests.water.test_registers import step as mend

AT = datetime(2020, 11, 2, 10, tzinfo=SHANGHAI)
DAY = AT.date()
pytestmark = pytest.mark.usefixtures("gazette")


@pytest.fixture
def merged(administrator):
    def merge(source, into, at=AT):
        one, other = resolve(source), resolve(into)
        merge_organisations(
            number="密编〔2020〕1号",
            actor=administrator,
            merged=[Seen(one.code, one.version)],
            into=Seen(other.code, other.version),
            on=at.astimezone(SHANGHAI).date(),
            at=at,
        )
        return Organisation.objects.get(pk=one.pk), Organisation.objects.get(pk=other.pk)

    return merge


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def sees(actor, record):
    kind, rights = kind_of(record)
    return visible_to(actor, kind, rights).filter(pk=record.pk).exists()


def take(actor, record, step, typed=None, at=AT, reason=""):
    app, kind = record.kind.split(".")
    now = fresh(record)
    one = {"record_id": now.pk, "version": now.version, "step": step, "typed": typed, "reason": reason}
    return records.take_step(actor=actor, app=app, kind=kind, at=at, **one)


def received(actor, content="低保标准"):
    return applications.receive(
        actor=actor,
        received_on=DAY - timedelta(days=5),
        way="net",
        applicant_kind="natural",
        applicant="王某某",
        contact="",
        content=content,
        late=LATE,
        at=AT,
    )


def test_an_application_runs_on_under_the_same_limit(merged):
    old, new = somebody("区民政局", "reporter", 11), somebody("区退役军人局", "reporter", 14)
    received(new, "安置"), received(new, "抚恤")
    row = received(old)
    due = line_of(row, DAY).clock.due_on
    merged("区民政局", "区退役军人局")
    row = fresh(row)
    assert line_of(row, DAY).clock.due_on == due
    # Numbered within its organ: 1 and 2 are taken there, and what it was is written down.
    assert (row.organisation.name, row.number) == ("区退役军人局", 3)
    event = row.events.last()
    assert event.act == "机构并入" and "区民政局" in event.note and "原编号第 1 号" in event.note
    assert Notice.objects.get(key__startswith="application-handed-over/").organisation_id == new.organisation_id
    answer = {"application_id": row.pk, "version": row.version, "on": DAY, "outcome": "granted", "note": "", "at": AT}
    assert visible_applications(new).filter(pk=row.pk).exists()
    assert not visible_applications(old).filter(pk=row.pk).exists()
    with pytest.raises(NotFound):
        applications.answer(actor=old, **answer)
    applications.answer(actor=new, **answer)
    assert fresh(row).answered_on == DAY
    with pytest.raises(NotAllowed):
        received(old)


def test_a_filed_application_stays_and_its_heir_reads_it(merged):
    old, new = somebody("区民政局", "reporter", 11), somebody("区退役军人局", "reporter", 14)
    row = received(old)
    applications.answer(actor=old, application_id=row.pk, version=1, on=DAY, outcome="granted", note="", at=AT)
    applications.archive(actor=old, application_id=row.pk, version=2, on=DAY, at=AT)
    before = fresh(row).__dict__.copy()
    merged("区民政局", "区退役军人局")
    kept = fresh(row)
    assert {name: kept.__dict__[name] for name in before if name != "_state"} == {
        name: value for name, value in before.items() if name != "_state"
    }
    assert visible_applications(new).filter(pk=row.pk).exists()
    assert not visible_applications(old).filter(pk=row.pk).exists()


def test_a_draft_of_public_information_is_submitted_by_the_successor(merged):
    old, new = somebody("区民政局", "reporter", 11), somebody("区退役军人局", "reporter", 14)
    row = create(old)
    version = row.version
    merged("区民政局", "区退役军人局")
    row = fresh(row)
    assert (row.owner.name, row.values["unit"], row.version) == ("区退役军人局", "tuiyijunren-ju", version + 1)
    assert row.unique_key.startswith("tuiyijunren-ju") and "区退役军人局" in row.words
    event = row.events.last()
    assert (event.act, event.step, event.before) == ("handed", "机构并入", {"unit": "minzheng-ju"})
    assert "区民政局于2020-11-02并入区退役军人局" in event.reason
    entry = AuditEntry.objects.get(action="registers.record.handed-over")
    assert json.loads(entry.data)["new_unit"] == "tuiyijunren-ju"
    with pytest.raises(NotFound):
        publish(old, row, "submitted")
    publish(new, row, "submitted")
    assert fresh(row).stage == "submitted"
    with pytest.raises(NotAllowed):
        create(old, month="10")


def test_what_was_published_keeps_the_unit_that_published_it(merged):
    old, new = somebody("区民政局", "reporter", 11), somebody("区退役军人局", "reporter", 14)
    row = create(old)
    Record.objects.filter(pk=row.pk).update(stage="published")
    before = (fresh(row).values, fresh(row).owner_id, fresh(row).version)
    merged("区民政局", "区退役军人局")
    assert (fresh(row).values, fresh(row).owner_id, fresh(row).version) == before
    publish(new, row, "take-down", "数据有更正，先撤下")
    assert fresh(row).stage == "taken-down"


def test_what_both_have_already_waits_for_the_office(merged):
    old, new = somebody("区民政局", "reporter", 11), somebody("区退役军人局", "reporter", 14)
    row = create(old)
    create(new, unit="区退役军人局")
    source, _ = merged("区民政局", "区退役军人局")
    assert fresh(row).owner_id == source.pk
    data = json.loads(AuditEntry.objects.get(action="organisations.organisation.merged").data)
    assert data["undecided"] == {"台账登记": 1} and "台账登记" not in data["moved"]
    assert [(one.label, one.number) for one in affairs_of([source]).moving] == [("台账登记", 1)]


def test_a_hazard_and_an_outfall_go_to_the_town_that_goes_on(merged):
    board = somebody("区安委会办公室", "register_office", 31)
    old, new = somebody("北庄镇", "reporter", 32), somebody("太师屯镇", "reporter", 33)
    hazard = records.create_record(
        actor=board,
        app="safety",
        kind="hazards",
        typed={
            "title": "消防通道被占",
            "place": "某液化气站",
            "town": "北庄镇",
            "unit": "北庄镇",
            "listed_by": "区应急局",
            "requirement": "清除占道物",
            "due_on": "2020-12-30",
        },
        at=AT,
    )
    lister = somebody("区应急局", "register_office", 34)
    take(lister, hazard, "list", {"number": "密应急〔2020〕1号"})
    bureau = somebody("区生态环境局", "register_office", 35)
    outfall = water(bureau, "outfall", code="MY-7", name="北桥", water="某河", town="北庄镇", direct="是")
    mend(bureau, outfall, "start", typed={"unit": "北庄镇", "measure": "截污纳管", "due_on": "2021-06-30"})
    due = (fresh(hazard).values["due_on"], fresh(outfall).values["due_on"])
    merged("北庄镇", "太师屯镇")
    assert (fresh(hazard).values["due_on"], fresh(outfall).values["due_on"]) == due
    for row in (hazard, outfall):
        assert fresh(row).owner.name == fresh(row).town.name == "太师屯镇"
    assert sees(new, hazard) and not sees(old, hazard)
    with pytest.raises(NotFound):
        take(old, hazard, "ask", {"done": "已清除并画线"})
    with pytest.raises(NotAllowed):
        take(old, outfall, "report", {"finished_on": "2020-10-09"})
    assert take(new, hazard, "ask", {"done": "已清除并画线"}).stage == "asked"
    assert take(new, outfall, "report", {"finished_on": "2020-10-09"}).stage == "mended"
    told = Notice.objects.filter(key__startswith="records-merged/", organisation=resolve("太师屯镇"))
    assert {one.title.split("，")[1][:8] for one in told} == {"“重大隐患挂牌督", "“入河（库）排污"}


def test_the_body_that_listed_a_hazard_is_followed_too(merged):
    board = somebody("区安委会办公室", "register_office", 31)
    typed = {"title": "隐患", "place": "某处", "unit": "北庄镇", "listed_by": "区应急局", "requirement": "清除占道物"}
    hazard = records.create_record(
        actor=board, app="safety", kind="hazards", typed=typed | {"due_on": "2020-12-30"}, at=AT
    )
    old, new = somebody("区应急局", "register_office", 34), somebody("区城管委", "register_office", 36)
    merged("区应急局", "区城管委")
    assert fresh(hazard).values["listed_by"] == resolve("区城管委").code
    assert sees(new, hazard) and not sees(old, hazard)
    assert take(new, hazard, "list", {"number": "密应急〔2020〕1号"}).stage == "working"


def test_a_project_of_the_library_is_where_its_town_is_now(merged):
    office, second = somebody("区金融办", "register_office", 10), somebody("区发改委", "register_office", 11)
    make(office, "enterprises", **ENTERPRISE)
    typed = {"name": "再生水", "code": code_of(1), "focus": "6", "more_focus": "四（一）", "amount": "1200.50"}
    project = make(office, "projects", **typed, town="北庄镇")
    merged("北庄镇", "太师屯镇")
    assert fresh(project).town.name == "太师屯镇" and fresh(project).values["town"] == "taishitun-zhen"
    step = kind_of(project)[0].steps[0]
    actor = next(one for one in (office, second) if kind_of(project)[1].steps(one, fresh(project), step))
    assert (
        take(actor, project, step.code, dict.fromkeys(step.needs, "绿色产业指导目录"), reason="材料齐全").stage
        == step.target
    )


def test_an_application_for_farmland_moves_until_lots_are_reserved(merged):
    office = somebody("区规自分局", "register_office", 41)
    put(office, "十里堡-01", "十里堡镇", "60", date(2019, 6, 28))
    held, waiting = reserved(office, name="已预留"), apply(office, name="未预留")
    old, new = somebody("十里堡镇", "reporter", 42), somebody("太师屯镇", "reporter", 43)
    merged("十里堡镇", "太师屯镇")
    assert LandApplication.objects.get(pk=held.pk).town.name == "十里堡镇"
    moved = LandApplication.objects.get(pk=waiting.pk)
    assert moved.town.name == "太师屯镇" and moved.version == waiting.version + 1
    assert moved.events.last().act == "机构并入"
    assert {one.name for one in land.visible_applications(new)} == {"已预留", "未预留"}
    assert land.visible_lots(new).count() == 1 and not land.visible_lots(old).exists()
    # The proof of what is reserved names the town it was worked out for.
    assert proof_of(LandApplication.objects.get(pk=held.pk)).agrees


def test_a_station_is_entered_by_the_keeper_that_goes_on(merged):
    handler = somebody("区人社局", "register_office", 22)
    row = stations.register_station(actor=handler, given=STATION, at=AT)
    old, new = somebody("中关村密云园", "reporter", 21), somebody("区水务局", "reporter", 23)
    merged("中关村密云园", "区水务局")
    row.refresh_from_db()
    assert row.keeper.name == "区水务局" and postdoc.visible_station(new, row.pk)
    postdoc.require_enter(new, row)
    with pytest.raises(NotFound):
        postdoc.visible_station(old, row.pk)


def test_posts_of_persons_and_of_accounts_are_asked_about_and_not_moved(merged):
    unit = resolve("区政务服务局")
    before = list(Position.objects.filter(organisation=unit).values_list("pk", "version"))
    source, _ = merged(unit.name, "区城管委")
    assert before and list(Position.objects.filter(organisation=source).values_list("pk", "version")) == before
    asked = {one.label: one for one in affairs_of([source]).asking}
    assert asked["现任职务"].url == "/personnel/" and 1 <= asked["现任职务"].number <= len(before)


def test_the_office_of_a_document_keeps_it_under_its_new_roof(merged):
    document = DutyDocument.objects.get(document="2020-14")
    _, target = merged(document.office.name, "区财政局")
    assert DutyDocument.objects.get(pk=document.pk).office == target
    office = somebody("区财政局", "register_office", 51)
    assert create(office, month="11").owner.name == "区民政局"
