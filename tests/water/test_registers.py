"""The registers of 22号: quoted as printed, kept by the lead unit of their clause, 198 villages and no more without a reason."""

import re
from datetime import datetime

import pytest

from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.registers.excel import read_records, register_workbook
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by, kinds_of
from miyun_kpi.registers.services import records as services
from tests.duties.conftest import acting
from tests.registers.test_records import client_of
from water.rules.kinds import KINDS
from water.rules.kinds.villages import order_of_dates, stage_of

AT = datetime(2020, 10, 10, 10, tzinfo=SHANGHAI)
LEADS = {
    "village": "区农业农村局",
    "body": "区河长制办公室",
    "outfall": "区生态环境局",
    "crossing": "区城管委",
    "discharge": "区城管委",
    "nitrogen": "区水务局",
    "payment": "区生态环境局",
    "sludge": "区水务局",
    "network": "区城管委",
    "dredging": "区住建委",
    "livestock": "区农业农村局",
    "chemical": "区农业农村局",
    "permit": "区生态环境局",
    "rubbish": "区城管委",
    "case": "区水务局",
    "patrol": "区水务局",
    "opening": "区水务局",
}


def other(actor: Actor) -> Actor:
    return type(actor)(**(actor.__dict__ | {"user_id": 2}))


def create(actor, kind, /, **typed):
    return services.create_record(actor=actor, app="water", kind=kind, typed=typed, at=AT)


def step(actor, row, code, **options):
    version = Record.objects.get(pk=row.pk).version
    kind = row.kind.removeprefix("water.")
    return services.take_step(
        actor=actor, app="water", kind=kind, record_id=row.pk, version=version, step=code, at=AT, **options
    )


def test_every_quoted_word_stands_in_its_clause(gazette):
    for kind in KINDS:
        text = squeeze(Clause.objects.get(document__ref="2020-22", ref=kind.clause).text)
        for quoted in re.findall(r"“([^“”]+)”", kind.note):
            assert squeeze(quoted) in text or quoted in ("五无", "进度图", "清河行动"), (kind.code, quoted)
    case = squeeze(Clause.objects.get(document__ref="2020-22", ref="三（五）7").text)
    trades = [
        words for code, words in next(k for k in KINDS if k.code == "case").field("trade").choices if code != "other"
    ]
    assert all(word in case for word in trades)


def test_the_lead_unit_keeps_each_register_and_no_other_office_does(gazette):
    for code, name in LEADS.items():
        rights = kind_by("water", code)[1]
        assert rights.keeper(acting(name, "register_office")), code
        assert not rights.keeper(acting(name, "reporter")), code
        assert not rights.keeper(acting("区政务服务中心", "register_office")), code
    assert {kind.code for kind in kinds_of("water")} == {*LEADS, "reserve", "project"}
    assert not kind_by("water", "body")[1].keeper(acting("区水务局", "register_office"))


def test_each_lead_unit_enters_its_own_projects(gazette):
    haimian = acting("区海绵城市建设工作联席会议办公室", "register_office")
    row = create(haimian, "project", name="调蓄设施", task="三（三）2", unit="区海绵城市建设工作联席会议办公室")
    with pytest.raises(NotAllowed, match="本单位"):
        create(haimian, "project", name="别家的", task="三（四）3", unit="区水务局")
    water = acting("区水务局", "register_office")
    with pytest.raises(NotAllowed):
        services.change_record(
            actor=water, app="water", kind="project", record_id=row.pk, version=1, typed={"name": "改名"}, at=AT
        )
    with pytest.raises(NotAllowed):
        create(acting("区财政局", "register_office"), "reserve", name="某项目", unit="区财政局")


@pytest.mark.parametrize(
    ("dates", "stage"),
    [
        ({}, "idle"),
        ({"begun_on": "2020-05-01"}, "early"),
        ({"begun_on": "2020-05-01", "built_to": "2020-09-01"}, "built"),
        ({"running_on": "2021-01-01"}, "running"),
    ],
)
def test_the_stage_of_a_village_is_that_of_its_last_date(dates, stage):
    assert stage_of(dates) == stage


def test_dates_of_a_village_do_not_run_backwards():
    assert not order_of_dates({"begun_on": "2020-05-01", "built_from": "2020-05-01"})
    wrong = order_of_dates(
        {"begun_on": "2020-05-01", "designed_on": "", "built_from": "2020-04-30", "built_to": "2020-04-29"}
    )
    assert [one.field for one in wrong] == ["built_from", "built_to"]


def test_the_199th_village_needs_a_reason(gazette):
    office = acting("区水务局", "register_office")
    first = create(office, "village", name="一村", town="北庄镇", way="管网")
    rows = [
        Record(kind="water.village", number=n, values={}, created_at=AT, created_by="甲", changed_at=AT, hand="甲")
        for n in range(2, 198)
    ]
    Record.objects.bulk_create(rows)
    assert create(office, "village", name="一百九十八村", town="北庄镇", way="管网").number == 198
    with pytest.raises(Refused, match="198") as refusal:
        create(office, "village", name="又一村", town="北庄镇", way="管网")
    assert refusal.value.errors[0].field == "beyond"
    assert create(office, "village", name="又一村", town="北庄镇", way="管网", beyond="市级批复增加一村").number == 199
    # A change of one already there is no further village, and its stage follows the dates.
    changed = services.change_record(
        actor=office,
        app="water",
        kind="village",
        record_id=first.pk,
        version=1,
        typed={"built_from": "2020-08-01"},
        at=AT,
    )
    assert changed.stage == "building"


def test_an_outfall_is_closed_by_a_second_person_with_the_code_as_entered(gazette):
    office = acting("区生态环境局", "register_office")
    typed = {"name": "北桥", "water": "某河", "town": "北庄镇", "direct": "是"}
    with pytest.raises(Refused, match="编码"):
        create(office, "outfall", **typed)
    row = create(office, "outfall", code="MY-7", **typed)
    with pytest.raises(Refused, match="管理单位"):
        step(office, row, "start")
    step(office, row, "start", typed={"unit": "北庄镇", "measure": "截污纳管", "due_on": "2021-06-30"})
    step(acting("北庄镇", "reporter"), row, "report", typed={"finished_on": "2020-10-09"})
    with pytest.raises(NotAllowed, match="另一个人"):
        step(office, row, "close", typed={"result": "现场无污水"})
    water = other(acting("区水务局", "register_office"))
    assert step(water, row, "close", typed={"result": "现场无污水"}).stage == "closed"


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("sludge", {"plant": "甲厂", "period": "2021-03", "made": "10", "used": "10.001"}, "used"),
        ("sludge", {"plant": "甲厂", "period": "2021-03", "made": "10", "used": "5", "garden": "6"}, "garden"),
        (
            "payment",
            {"facility": "甲站", "operator": "乙公司", "period": "2021Q1", "due": "100", "paid": "100.01"},
            "paid",
        ),
    ],
)
def test_a_part_is_never_above_its_whole(gazette, kind, typed, field):
    office = acting("区水务局", "register_office")
    with pytest.raises(Refused) as refusal:
        create(office, kind, **typed)
    assert [one.field for one in refusal.value.errors] == [field]
    whole = {"used": "made", "garden": "used", "paid": "due"}[field]
    assert create(office, kind, **(typed | {field: typed[whole]})).number == 1


def test_negative_growth_is_strictly_less_than_the_year_before(gazette):
    office = acting("区农业农村局", "register_office")
    row = {"kind": "化肥", "town": "北庄镇", "year": "2020", "used": "12.5"}
    assert create(office, "chemical", **row, before="12.5").stage == "more"
    assert create(office, "chemical", **(row | {"kind": "农药"}), before="12.501").stage == "less"
    assert create(office, "chemical", **(row | {"year": "2021"})).stage == "unknown"


def test_the_page_of_villages_counts_against_the_printed_number(gazette):
    office = acting("区水务局", "register_office")
    create(office, "village", name="一村", town="北庄镇", way="管网", built_from="2020-08-01")
    create(office, "village", name="二村", town="太师屯镇", way="非管网")
    client = client_of("区水务局", "register_office")
    page = client.get("/water/villages/").content.decode()
    assert "已录 <b>2</b> / 198" in page and "还差 196 个" in page and "北庄镇：在建 1" in page
    assert client.get("/water/").status_code == 200


def test_an_export_comes_back_with_its_notes(gazette):
    """The field is called 备注, and so was what an export says of every record beside its fields."""
    keeper = acting(LEADS["village"], "register_office")
    create(keeper, "village", name="某村", town="北庄镇", way="管网", note="雨季后复核")
    kind, _ = kind_by("water", "village")
    standing = Record.objects.filter(kind=kind.key)
    content = register_workbook(kind, standing, secrets=True, viewer="甲", at=AT)
    read = read_records(kind, content, standing, services.organisation_resolver(), today=AT.date())
    assert (read.unchanged, read.rows, read.errors) == (1, [], [])
