"""Growth with the number of units, doubled up to 2,272: what it costs per doubling in one run. Above 2.3 something is not linear."""

import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.engine.queries.second_engine import engines_agree
from evaluation.engine.rules.impact import reaches
from evaluation.engine.rules.ranking import rank
from evaluation.enums import RankingKind
from evaluation.models import Figure, Mark, MarkSheet, Period, Scheme
from miyun_kpi.organisations.models import Organisation
from tests.factories.rankings import filed_quarter

SIZES = (71, 142, 284, 568, 1136, 2272)
pytestmark = pytest.mark.django_db


def _grow(scheme: Scheme, period: Period, size: int) -> None:
    """Copies of the units there are, carrying and marked as they are, until there are `size`."""
    there = list(Organisation.objects.of_track(scheme.track).in_printed_order())
    copies = [
        Organisation(
            code=f"{there[n % 21].code}-x{n}",
            name=f"{there[n % 21].name}{n}",
            key=f"{there[n % 21].key}{n}",
            category=there[n % 21].category,
            zone=there[n % 21].zone,
            evaluated=True,
            order=n,
        )
        for n in range(len(there), size)
    ]
    made = Organisation.objects.bulk_create(copies, batch_size=200)
    carried = {}
    for figure in Figure.objects.filter(scheme=scheme, kind="carried", organisation__in=there[:21]):
        carried.setdefault(figure.organisation_id, []).append(figure)
    marks = {}
    for mark in Mark.objects.filter(sheet__scheme=scheme, sheet__period=period, organisation__in=there[:21]):
        marks.setdefault(mark.organisation_id, []).append(mark)
    figures, cells = [], []
    for n, one in enumerate(made, start=len(there)):
        source = there[n % 21].pk
        for figure in carried[source]:
            number = figure.indicator.number
            fields = {"kind": "carried", "status": figure.status, "clause": figure.clause, "order": 10_000 + n}
            key = f"carried/{number}/{one.code}"[:80]
            figures.append(
                Figure(
                    scheme=scheme,
                    key=key,
                    indicator_id=figure.indicator_id,
                    organisation=one,
                    value=figure.value,
                    confirmed=True,
                    **fields,
                )
            )
        for mark in marks[source]:
            value = mark.value - Decimal(n % 7) / 10 if mark.value and mark.value > 1 else mark.value
            cells.append(Mark(sheet_id=mark.sheet_id, organisation=one, order=n, full_mark=mark.full_mark, value=value))
    Figure.objects.bulk_create(figures, batch_size=400)
    Mark.objects.bulk_create(cells, batch_size=400)


def _taken(act: Callable[[], object]) -> float:
    best = None
    for _ in range(3):
        begun = time.process_time()
        act()
        taken = time.process_time() - begun
        best = taken if best is None else min(best, taken)
    assert best is not None
    return best * 1000


def test_growth_of_computing_with_the_number_of_units(gazette, capsys):
    period = filed_quarter()
    scheme = Scheme.objects.get(track="township")
    lines, before, first = [], {}, {}
    for size in SIZES:
        _grow(scheme, period, size)
        inputs = engine_inputs(scheme, period)
        result = rank(inputs.units, inputs.items, inputs.cells)
        blank = {key: cell for key, cell in inputs.cells.items() if key[0] != "share/4/1"}
        acts = {
            "read": lambda: engine_inputs(scheme, period),
            "rank": lambda i=inputs: rank(i.units, i.items, i.cells),
            "build": lambda i=inputs: build(i, kind=RankingKind.TRIAL),
            "second engine": lambda i=inputs, r=result: engines_agree(i, r),
            "缺表影响": lambda i=inputs, b=blank: reaches(i.units, i.items, b, floor=Fraction(60, 100)),
        }
        assert engines_agree(inputs, result).agrees
        now = {name: _taken(act) for name, act in acts.items()}
        lines.append(
            f"{size:5}  "
            + "  ".join(
                f"{name} {taken:8.1f} ms" + (f" ×{taken / before[name]:.2f}" if before else "      ")
                for name, taken in now.items()
            )
        )
        first, before = first or now, now
    doublings = len(SIZES) - 1
    means = {name: (before[name] / first[name]) ** (1 / doublings) for name in first}
    lines.append("per doubling  " + "  ".join(f"{name} ×{mean:.2f}" for name, mean in means.items()))
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert MarkSheet.objects.filter(scheme=scheme, period=period).exists()
