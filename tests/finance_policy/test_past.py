"""The old register of 贴息: read by everybody, brought to its end by its keepers, and nothing new in it."""

import pytest

from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.registers.desk import desk_items
from tests.factories.records import bare_record
from tests.finance_policy.conftest import AT, code_of, make, step
from tests.registers.test_records import client_of

TYPED = {
    "project": "某项目",
    "code": code_of(3),
    "from_on": "2020-01-01",
    "to_on": "2020-06-30",
    "loan": "1000000",
    "rate": "2",
    "amount": "9917.81",
}


@pytest.mark.parametrize("stage", ["asked", "decided"])
def test_what_was_open_is_ended_and_not_paid(office, second, stage):
    row = bare_record(app="finance", kind="subsidies", typed=TYPED, at=AT, stage=stage)
    assert [one.action for one in desk_items(office, AT) if one.url.endswith(f"/subsidies/{row.pk}/")] == ["不予贴息"]
    with pytest.raises(Refused):
        step(office, row, "pay", paid_on="2020-10-01")
    assert step(second, row, "refuse", "改按测算另行核定").stage == "refused"


def test_nothing_new_is_entered_at_any_door(office):
    with pytest.raises(NotAllowed):
        make(office, "subsidies", **TYPED)
    client = client_of("区金融办", "register_office")
    assert client.get("/finance/records/subsidies/new/").status_code == 403
    assert client.get("/finance/records/subsidies/import/").status_code == 403
    page = client.get("/finance/records/subsidies/").content.decode()
    assert "旧登记" in page and "登记贴息" not in page
