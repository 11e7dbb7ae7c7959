"""Against what they would use instead: the same quarter recalculated by LibreOffice from our own exported workbooks, and by a
plain loop over the ORM. Equal ranks first, then the processor time of each against ours (docs/performance.md)."""

import csv
import io
import shutil
import statistics
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.enums import RankingKind
from evaluation.models import Figure, Mark, Period, Scheme
from evaluation.periods.models import PeriodUnit
from evaluation.ranking.excel.rankings import receipt_workbook
from evaluation.ranking.queries.rankings import Viewer
from evaluation.ranking.queries.receipts import receipt_page
from evaluation.ranking.services import compute_trial
from miyun_kpi.lib.actors import SYSTEM
from tests.bench.ground import grown
from tests.bench.measuring import analyse, backend, taken

LACKING = "LibreOffice is not installed, so that nothing is compared with it: apt-get install -y --no-install-recommends libreoffice-calc"
pytestmark = pytest.mark.django_db
Ranks = dict[str, int]


def test_libreoffice_and_a_plain_loop_rank_the_same_quarter(gazette, tmp_path, capsys):
    office = shutil.which("soffice")
    if office is None:
        pytest.fail(LACKING)
    scheme, period = grown(71)
    document, places = _spreadsheet(scheme, period, tmp_path / "quarter.xlsx")

    def ours() -> Ranks:
        return {
            row.organisation.code: row.rank for row in build(engine_inputs(scheme, period), kind=RankingKind.TRIAL).rows
        }

    ways: list[tuple[str, Callable[[], Ranks], int]] = [
        ("reading, ranking, 得分明细, both engines", ours, 7),
        ("LibreOffice, one file opened, recalculated, closed", lambda: _by_libreoffice(office, document), 5),
        ("a loop over the ORM", lambda: _by_loop(scheme, period, places), 3),
    ]
    wanted = ours()
    assert len(wanted) == 71 and None not in wanted.values()
    for name, way, _ in ways:
        assert way() == wanted, name
    analyse()
    spent = {name: statistics.median(taken(way, backend()) for _ in range(rounds)) / 1e6 for name, way, rounds in ways}
    own = spent[ways[0][0]]
    with capsys.disabled():
        print()
        for name, milliseconds in spent.items():
            print(f"| {name} | {milliseconds:,.0f} ms | {milliseconds / own:.1f} |")


def _spreadsheet(scheme: Scheme, period: Period, path: Path) -> tuple[Path, int]:
    """Every 得分明细 as it is exported, in one book; weight × share × rate, sum, rounding and rank are formulas."""
    ranking, _ = compute_trial(actor=SYSTEM, scheme=scheme, period=period, at=timezone.now())
    rows, places = list(ranking.rows.all()), scheme.rank_precision
    book = Workbook()
    ranks, inputs, last = book.active, book.create_sheet("inputs"), 0
    for row in rows:
        page = receipt_page(ranking, rows, row.organisation.code, Viewer("whole", ""))
        content = receipt_workbook(ranking, page, viewer="bench", at=timezone.now(), code="")
        for line in _lines(content):
            _, _, _, weight, _, _, share, _, value, full, total, number, *_ = line
            last += 1
            counts = f"=B{last}*C{last}*IF(G{last}>0,F{last}/G{last},D{last})/E{last}"
            inputs.append([row.organisation.code, weight, f"={share}", value, full, total, number, counts])
    for at, row in enumerate(rows, start=1):
        total = f"=ROUND(SUMIFS(inputs!H$1:H${last},inputs!A$1:A${last},A{at}),{places})"
        ranks.append([row.organisation.code, total, f"=RANK(B{at},B$1:B${len(rows)})"])
    book.save(path)
    return path, places


def _lines(content: bytes) -> list[tuple]:
    rows = list(load_workbook(io.BytesIO(content))["输入清单"].iter_rows(values_only=True))
    begins = next(number for number, row in enumerate(rows) if row[0] == "序") + 1
    return [row for row in rows[begins:] if isinstance(row[0], int) and row[9] is not None]


def _by_libreoffice(office: str, document: Path) -> Ranks:
    folder = document.parent
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [office, profile, "--headless", "--convert-to", "csv", "--outdir", str(folder), str(document)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with open(document.with_suffix(".csv"), encoding="utf-8", newline="") as file:
        return {code: int(rank) for code, _, rank in csv.reader(file)}


def _by_loop(scheme: Scheme, period: Period, places: int) -> Ranks:
    """As somebody writes it who does not count queries."""
    totals: dict[str, Fraction] = {}
    for unit in PeriodUnit.objects.filter(scheme=scheme, period=period).select_related("organisation"):
        total = Fraction(0)
        for weight in Figure.objects.filter(scheme=scheme, kind="weight", zone=unit.zone):
            for share in Figure.objects.filter(scheme=scheme, kind="share", indicator=weight.indicator_id):
                marks = Mark.objects.filter(sheet__share_figure=share, sheet__period=period, value__isnull=False)
                own = marks.filter(organisation=unit.organisation_id).first()
                rates = [Fraction(one.value) / Fraction(one.full_mark) for one in ([own] if own else marks)]
                part = Fraction(share.value.partition(":")[2] or share.value)
                total += Fraction(weight.value) * part * sum(rates) / len(rates) if rates else 0
        totals[unit.organisation.code] = Fraction(int(total * 10**places + Fraction(1, 2)), 10**places)
    return {code: 1 + sum(other > total for other in totals.values()) for code, total in totals.items()}
