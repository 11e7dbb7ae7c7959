from dataclasses import replace

import pytest

from miyun_kpi.acts.days import Late
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services import records
from tests.duties.conftest import AT, acting

LATE = Late("收件登记本", "档案补登进系统")
ITEM = {
    "title": "9月低保特困",
    "unit": "区民政局",
    "year": "2020",
    "month": "09",
    "low_income": "12",
    "low_income_money": "100.5",
    "destitute": "3",
    "destitute_money": "7",
    "channel": "site",
    "agencies": "否",
    "third": "否",
}


def somebody(name, role, user_id):
    return replace(acting(name, role), user_id=user_id, label=f"某人{user_id}")


@pytest.fixture
def author(gazette):
    return somebody("区民政局", "reporter", 11)


@pytest.fixture
def head(gazette):
    return somebody("区民政局", "unit_head", 12)


@pytest.fixture
def office(gazette):
    return somebody("区政务服务中心", "register_office", 13)


def create(actor, kind="welfare", **changed):
    return records.create_record(actor=actor, app="disclosure", kind=kind, typed=ITEM | changed, at=AT)


def step(actor, row, code, reason=""):
    now = Record.objects.get(pk=row.pk)
    return records.take_step(
        actor=actor,
        app="disclosure",
        kind=now.kind.split(".")[1],
        record_id=now.pk,
        version=now.version,
        step=code,
        reason=reason,
        at=AT,
    )
