"""An exported register without a unique field is imported again: its rows are known by their 编号."""

import io

from openpyxl import load_workbook

from miyun_kpi.registers.excel import read_records, register_workbook
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import organisation_resolver
from safety.rules.kinds import HAZARD
from tests.safety.test_safety import AT, HAZARD_VALUES, listed, make, office, second

__all__ = ["office", "second"]


def test_an_export_of_a_register_without_a_unique_field_comes_back_to_the_same_records(office, second):
    first, other = listed(office, second), make(office, "hazards", **HAZARD_VALUES | {"title": "另一处隐患"})
    standing = Record.objects.filter(kind="safety.hazards")
    content = register_workbook(HAZARD, standing.order_by("number"), secrets=True, viewer="量", at=AT)

    def read(**changed):
        book = load_workbook(io.BytesIO(content))
        heads = [cell.value for cell in book.active[3]]
        for title, value in changed.items():
            book.active.cell(row=4, column=heads.index(title) + 1).value = value
        again = io.BytesIO()
        book.save(again)
        return read_records(HAZARD, again.getvalue(), standing, organisation_resolver(), today=AT.date())

    same = read()
    assert (same.new, same.changed, same.unchanged, same.errors) == ([], [], 2, [])
    moved = read(**{HAZARD.field("place").label: "换了地方"})
    assert moved.new == [] and [(row.pk, list(differing)) for row, differing in moved.changed] == [
        (first.pk, ["place"])
    ]
    assert "没有编号 999 的登记" in read(编号=999).errors[0].message
    assert "重复" in read(编号=other.number).errors[0].message
    assert len(read(编号=None).new) == 1, "without a number it is another one"
