"""A step by a paper of an earlier day; what is finished after its limit is 迟 for good; a closed outfall discharges nothing."""

from datetime import date, datetime

import pytest
from django.test import Client

from miyun_kpi.acts.days import Late
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.services.records import create_record, take_step
from tests.disclosure.conftest import create as publishable
from tests.disclosure.conftest import somebody
from tests.factories.rankings import BACKEND, person

AT = datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)
WHY = Late("验收单第 5 号", "验收单月底才送来")
OUTFALL = {
    "code": "P-01",
    "name": "东门口",
    "water": "潮河",
    "town": "北庄镇",
    "unit": "北庄镇",
    "direct": "是",
    "measure": "截污",
    "due_on": "2026-10-30",
}


@pytest.fixture
def keepers(gazette):
    return [somebody("区水务局", "register_office", number) for number in (31, 32)]


@pytest.fixture
def row(keepers):
    return create_record(actor=keepers[0], app="water", kind="outfall", typed=OUTFALL, at=AT)


def take(actor, row, step, at=AT, **more):
    row = Record.objects.get(pk=row.pk)
    kind = row.kind.partition(".")[2]
    return take_step(
        actor=actor,
        app=row.kind.partition(".")[0],
        kind=kind,
        record_id=row.pk,
        version=row.version,
        step=step,
        at=at,
        **more,
    )


def test_a_step_takes_the_day_of_its_paper_and_shows_it(row, keepers):
    with pytest.raises(Refused, match="属于补登"):
        take(keepers[0], row, "start", on=date(2026, 11, 2))
    with pytest.raises(Refused, match="晚于今天"):
        take(keepers[0], row, "start", on=date(2026, 11, 21), late=WHY)
    take(keepers[0], row, "start", on=date(2026, 11, 2), late=WHY)
    event = row.events.order_by("pk").last()
    assert event.done_on == date(2026, 11, 2) and event.late == "补登，依据验收单第 5 号；验收单月底才送来"
    with pytest.raises(Refused, match="早于上一步“开始整治”的日期 2026-11-02"):
        take(keepers[0], row, "report", on=date(2026, 11, 1), late=WHY, typed={"finished_on": "2026-11-05"})
    with pytest.raises(Refused, match="在今天以后"):
        take(keepers[0], row, "report", on=date(2026, 11, 4), late=WHY, typed={"finished_on": "2026-11-05"})
    take(keepers[0], row, "report", on=date(2026, 11, 6), late=WHY, typed={"finished_on": "2026-11-05"})


def test_without_a_day_it_is_done_now(row, keepers):
    take(keepers[0], row, "start")
    event = row.events.order_by("pk").last()
    assert (event.done_on, event.late) == (None, "")


def test_closing_an_outfall_ends_the_discharge_and_late_is_late(row, keepers):
    kind, _ = kind_by("water", "outfall")
    take(keepers[0], row, "start")
    take(keepers[0], row, "report", typed={"finished_on": "2026-11-09"})
    done = take(keepers[1], row, "close", typed={"result": "已截污"})
    assert done.values["direct"] == "no" and done.stage == "closed"
    assert kind.days_late(done.values) == 10
    assert kind.days_late(done.values | {"finished_on": "2026-10-30"}) == 0
    assert kind.days_late(done.values | {"finished_on": ""}) == 0


def test_what_is_published_here_has_no_paper_of_an_earlier_day(gazette):
    author = somebody("区民政局", "reporter", 11)
    with pytest.raises(Refused, match="只认系统时间"):
        take(author, publishable(author), "submitted", on=date(2020, 9, 1), late=WHY)


def test_in_the_browser(row):
    client = Client()
    client.force_login(person("shuiwu1", "区水务局", "register_office"), backend=BACKEND)
    address = f"/water/records/outfall/{row.pk}/"
    assert "不是今天办的，补登" in client.get(address).content.decode()
    sent = {"version": 1, "step": "start", "paper-done_on": "2026-11-02"}
    refused = client.post(f"{address}step/", sent)
    said = refused.content.decode()
    assert refused.status_code == 422 and "属于补登" in said and 'value="2026-11-02"' in said
    assert (
        client.post(
            f"{address}step/", sent | {"paper-late_source": "开工单", "paper-late_reason": "开工单后补"}
        ).status_code
        == 302
    )
    page = client.get(address).content.decode()
    assert "2026-11-02 办理" in page and "补登，依据开工单" in page
    # The box of the register and that of the paper have names of their own.
    sent = {"version": 2, "step": "report", "finished_on": "2026-11-09", "paper-done_on": ""}
    assert client.post(f"{address}step/", sent).status_code == 302
    assert "晚于期限 10 天" in client.get(address).content.decode()
    assert ">迟<" in client.get("/water/records/outfall/").content.decode().replace(" ", "")
