from dataclasses import replace
from datetime import date, datetime
from inspect import signature

import pytest

from miyun_kpi.acts.days import Late
from miyun_kpi.duties.rules.cadence import SHANGHAI
from postdoc.services import stations, stays
from tests.duties.conftest import acting

AT = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
# What is registered long after its day names its paper and says why.
LATE = Late("批准文件的存档", "以前的事，这次一并登记")
ENTRY = date(2020, 9, 15)
STATION = {
    "name": "某公司分站",
    "kind": "park-branch",
    "host": "某公司",
    "keeper": "中关村密云园",
    "approved_on": date(2019, 1, 10),
    "approval": "京人社〔2019〕1号",
    "department": "人力部",
    "rules_on": None,
}
FACTS = {
    "entered_on": ENTRY,
    "ends_on": date(2022, 9, 14),
    "approval": "1号",
    "project": "课题",
    "flow_station": "某大学",
    "station_mentor": "导师甲",
    "station_mentor_title": "full",
    "flow_mentor": "",
    "agreement_on": date(2020, 9, 1),
    "contract_on": ENTRY,
    "relation_moved": True,
    "standing": "graduate",
    "own_employee": False,
    "again": False,
    "degree_on": date(2020, 7, 1),
    "graduated_on": None,
    "degree_abroad": False,
    "upright": True,
    "major_project": False,
    "project_until": None,
    "exception": "",
}
WHO = {
    "name": "赵某某",
    "document_kind": "passport",
    "document_number": "E12345678",
    "born_on": date(1990, 1, 1),
    "phone": "13800000000",
    "account": "6222000011112222",
}


def somebody(name, role, user_id):
    return replace(acting(name, role), user_id=user_id, label=f"某人{user_id}")


@pytest.fixture
def park(gazette):
    return somebody("中关村密云园", "reporter", 21)


@pytest.fixture
def handler(gazette):
    return somebody("区人社局", "register_office", 22)


@pytest.fixture
def treasury(gazette):
    return somebody("区财政局", "register_office", 23)


@pytest.fixture
def stranger(gazette):
    return somebody("北庄镇", "reporter", 24)


@pytest.fixture
def station(handler):
    return stations.register_station(actor=handler, given=STATION, at=AT)


def enter(actor, station, at=AT, who=WHO, **changed):
    facts = FACTS | changed
    if "entered_on" in changed and "agreement_on" not in changed:
        facts["agreement_on"] = changed["entered_on"]
    who = stays.Identity(**who)
    return stays.register_stay(actor=actor, station_id=station.pk, who=who, given=facts, late=LATE, at=at)


@pytest.fixture
def stay(park, station):
    return enter(park, station)


def act(service, actor, row, at=AT, **given):
    row.refresh_from_db()
    if "late" in signature(service).parameters:
        given = {"late": LATE} | given
    return service(actor=actor, stay_id=row.pk, version=row.version, at=at, **given)
