"""19号 三（一）1: on which days a firm was in the library, by its papers; what was so stays so, whatever is written later."""

from datetime import date, timedelta

import pytest

from finance_policy.queries.granting import stays_in_library
from finance_policy.services.halting import settle_firm
from miyun_kpi.acts.days import Late
from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.enums import Act
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.services import records
from miyun_kpi.registers.services.opening import open_records
from tests.finance_policy.conftest import AT, ENTERPRISE, code_of, make
from tests.finance_policy.test_granting import NOW, firm, give, lend, pay, rated

__all__ = ["firm"]
D = date.fromisoformat
PAPER = Late("移出通知", "通知月底才送来")


def stays(row):
    return stays_in_library(Record.objects.get(pk=row.pk))


def take(actor, row, code, at, reason="", on=None, **typed):
    now = Record.objects.get(pk=row.pk)
    given = {"app": "finance", "kind": "enterprises", "record_id": row.pk, "version": now.version, "step": code}
    late = {"on": on, "late": PAPER} if on else {}
    return records.take_step(actor=actor, reason=reason, typed=typed or None, at=at, **given, **late)


def removed(actor, row, at=NOW - timedelta(days=30), on=None):
    return take(actor, row, "remove", at, "企业已经停产", on)


def back(office, second, row, recognised_on, at=NOW):
    """Applied for again, checked, recognised."""
    take(office, row, "again", at, "恢复生产，重新申报")
    take(office, row, "check", at, standard="绿色产业指导目录 2.1")
    days = {"level": "1", "recognised_on": recognised_on, "review_on": "2022-02-01"}
    return take(second, row, "recognise", at, **days)


def test_a_removal_counts_from_the_day_of_its_paper(office, firm):
    rated(office)
    lend(office, firm)
    removed(office, firm, on=D("2020-12-01"))
    assert stays(firm) == [(D("2020-10-20"), D("2020-12-01"))]
    with pytest.raises(Refused, match="不在绿色产业（项目）库"):
        give(office, firm, last="2020-12-15")
    assert give(office, firm, last="2020-12-01").amount > 0


def test_a_second_entry_moves_nothing_of_the_first(office, second, firm):
    rated(office)
    lend(office, firm)
    given = give(office, firm, last="2020-12-31")
    pay(office, given)
    removed(office, firm)
    back(office, second, firm, "2021-02-20")
    assert stays(firm) == [(D("2020-10-20"), D("2021-01-30")), (D("2021-02-20"), None)]
    settle_firm(code_of(1), at=NOW)
    given.refresh_from_db()
    assert (given.due, given.back) == (given.paid, 0)


def test_nor_does_what_one_person_writes_over_the_day_once_it_has_left(office, firm):
    removed(office, firm)
    take(office, firm, "again", NOW, "恢复生产，重新申报")
    row = Record.objects.get(pk=firm.pk)
    given = {"app": "finance", "kind": "enterprises", "record_id": row.pk, "version": row.version}
    for day in ("2020-12-30", ""):
        row = records.change_record(actor=office, typed={"recognised_on": day}, at=NOW, **given)
        given["version"] = row.version
        assert stays(firm) == [(D("2020-10-20"), D("2021-01-30"))]


def test_the_register_s_own_opening_leaves_the_library_to_its_door(office):
    values = ENTERPRISE | {"standard": "目录", "level": "1", "recognised_on": "2020-06-01", "review_on": "2021-06-01"}
    row = {"values": values, "stage": "已入库", "on": "2020-06-01", "basis": "认定公告"}
    with pytest.raises(Refused) as refusal:
        open_records(actor=office, app="finance", kind="enterprises", rows=[row], at=AT)
    assert refusal.value.code == "no-opening"


@pytest.mark.parametrize("stage", ["declared", "recognised"])
def test_what_came_in_by_it_before_is_read_by_its_stage(office, second, stage):
    row = make(office, "enterprises", **ENTERPRISE)
    values = row.values | {"level": "1", "recognised_on": "2020-06-01", "review_on": "2021-06-01", "standard": "目录"}
    Record.objects.filter(pk=row.pk).update(stage=stage, values=values, hand_id=None)
    RecordEvent.objects.filter(record=row).update(act=Act.OPENED, done_on=D("2020-06-03"))
    if stage == "declared":
        assert stays(row) == []
        return
    assert stays(row) == [(D("2020-06-01"), None)]
    removed(office, row)
    assert stays(row) == [(D("2020-06-01"), D("2021-01-30"))]
    back(office, second, row, "2021-02-20")
    assert stays(row) == [(D("2020-06-01"), D("2021-01-30")), (D("2021-02-20"), None)]
