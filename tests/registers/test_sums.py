"""Sums and files read every record, however many there are."""

import io

import pytest
from python_calamine import CalamineWorkbook

from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.models import Record
from tests.duties.conftest import AT
from tests.registers.test_records import client_of, office

__all__ = ["office"]


pytestmark = pytest.mark.urls("tests.registers.site")


def many(number):
    """Records of one register beyond any cut, as the years bring them."""
    assert (unit := resolve("北庄镇")) is not None
    Record.objects.bulk_create(
        Record(
            kind="sample.outfall",
            number=n,
            owner=unit,
            stage="open",
            created_at=AT,
            changed_at=AT,
            created_by="初始",
            hand="初始",
            values={"code": f"N-{n}", "unit": unit.code, "flow": "0.01", "kind": "rain"},
        )
        for n in range(1, number + 1)
    )


def test_sums_and_exports_hold_every_record(office):
    many(20_001)
    client = client_of("区生态环境局", "register_office")
    (_, summed) = client.get("/sample/records/outfall/").context["sums"][0]
    assert str(summed) == "200.01"
    assert [str(one) for one in client.get("/sample/records/outfall/counts/").context["sums"]] == ["200.01"]
    content = client.get("/sample/records/outfall/workbook/").content
    read = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sum(str(row[1]).startswith("N-") for row in read) == 20_001
