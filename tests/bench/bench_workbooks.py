"""Workbooks in and out: a stranger's file read in its own process, and the longest export."""

import ctypes
import gc
import io
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from miyun_kpi.duties.access import reports_visible_to
from miyun_kpi.duties.excel import duties_workbook
from miyun_kpi.duties.models import Duty, DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.lists import document_by, duties_of
from miyun_kpi.sheets.read import read_workbook
from miyun_kpi.sheets.write import Column, Sheet, workbook
from tests.bench.measuring import analyse
from tests.factories.rankings import actor_of, person

NOW = timezone.now
DOCUMENT, UNITS, MONTHS = "2020-14", 302, 240


def test_workbook_1900(measured, db):
    rows = [[f"第{n}行", "密云区某镇某村", *(n * 7 + k for k in range(8))] for n in range(1899)]
    columns = [Column(f"第{k}列") for k in range(10)]
    content = workbook([Sheet("表", columns, rows)], title="表", at=NOW())

    def calamine() -> None:
        found = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        assert len(found.to_python(skip_empty_area=False)) == 1900
        subprocess.run([sys.executable, "-I", "-X", "utf8", "-c", "pass"], check=True, env={})

    def ours() -> None:
        assert len(read_workbook(content)[0].rows) == 1900

    measured("workbook_1900", ours, calamine, 31)


def twenty_years() -> list[Duty]:
    """Units of 14号 owing monthly for twenty years."""
    first = datetime(2001, 1, 1, tzinfo=UTC)
    DutyPeriod.objects.bulk_create(
        (
            DutyPeriod(
                unit=unit,
                period=f"{2001 + n // 12}-{n % 12 + 1:02}",
                starts_at=(at := first + timedelta(days=30 * n)),
                due_at=at + timedelta(days=9),
                late_until=at + timedelta(days=12),
                locks_at=at + timedelta(days=12),
                missed=True,
            )
            for unit in DutyUnit.objects.filter(duty__document=DOCUMENT).order_by("pk")[:UNITS]
            for n in range(MONTHS)
        ),
        batch_size=500,
    )
    return list(duties_of(document=DOCUMENT))


@pytest.mark.django_db
def test_export_rows(gazette, measured):
    duties, document = twenty_years(), document_by(DOCUMENT)
    actor = actor_of(person("量", "区政府办公室", "evaluation_office"))
    analyse()

    def ours() -> bytes:
        periods = reports_visible_to(actor).filter(unit__duty__in=duties).order_by("unit__duty", "due_at", "pk")
        return duties_workbook(document, duties, periods, viewer="量", at=NOW())

    written, reserved = most_of(ours)
    book = CalamineWorkbook.from_filelike(io.BytesIO(written))
    pages = [book.get_sheet_by_index(n).to_python() for n in range(len(book.sheet_names))]
    assert len(pages[1]) - 3 == DutyPeriod.objects.filter(unit__duty__document=DOCUMENT).count() == 72_480

    def write_only() -> None:
        book = Workbook(write_only=True)
        for page in pages:
            sheet = book.create_sheet()
            for row in page:
                sheet.append(row)
        book.save(io.BytesIO())

    measured("export_rows", ours, write_only, 3, warm=0)
    measured.values("export_memory", [reserved])


def most_of(act):
    """What it gives, and how far the memory of the process has risen above where it stood, in MiB.

    What earlier benches freed is given back first: else the act would fill that, and seem to hold nothing.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    made = act()
    return made, (status("VmHWM") - before) / 1024


def status(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
    assert found
    return int(found[1])
