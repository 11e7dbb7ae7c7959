"""2,850 districts of 71 units in one database: one pass over all rankings by the SQL engine, and by workers (docs/scale.md).

A district is a period of one scheme with its own units, sheets and marks: what a pass reads of it is what it would read of a district.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.second_engine import second_engine
from evaluation.engine.rules.ranking import rank
from evaluation.models import Mark, MarkSheet, Period, Scheme
from evaluation.periods.models import PeriodUnit
from tests.bench.country_tasks import DONE, rank_district
from tests.bench.ground import grown
from tests.services_plugin import SERVICES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.timeout(3600)]
DISTRICTS = int(os.environ.get("KPI_TEST_DISTRICTS", "2850"))
# Of them ranked by workers, for each number of processes; the whole country is told from it.
SAMPLE = int(os.environ.get("KPI_TEST_SAMPLE", "120"))
ROOT = Path(__file__).resolve().parents[2]


def columns(model: type[models.Model], **instead: str) -> tuple[str, str]:
    """Names of the columns without the key, and what is selected for each."""
    names = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    return ", ".join(f'"{name}"' for name in names), ", ".join(instead.get(name, f'old."{name}"') for name in names)


def settle(scheme: Scheme, period: Period, number: int) -> list[Period]:
    """So many districts more, each a copy of the first."""
    dates = {
        name: getattr(period, name) for name in ("kind", "starts_at", "due_at", "late_until", "locks_at", "opened_at")
    }
    made = Period.objects.bulk_create(Period(code=f"{2100 + n}Q2", **dates) for n in range(number))
    keys = [one.pk for one in made]
    for model, instead, joined in (
        (PeriodUnit, {"period_id": "new.id"}, ""),
        (MarkSheet, {"period_id": "new.id", "receipt_number": "old.receipt_number || '-' || new.id"}, ""),
        (
            Mark,
            {"sheet_id": "sheet.id"},
            """JOIN evaluation_marksheet first ON first.id = old.sheet_id
               JOIN evaluation_marksheet sheet ON sheet.period_id = new.id AND sheet.share_figure_id = first.share_figure_id""",
        ),
    ):
        names, chosen = columns(model, **instead)
        of = "first.period_id = %s AND first.scheme_id = %s" if joined else "old.period_id = %s AND old.scheme_id = %s"
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {table} old CROSS JOIN evaluation_period new {joined} "
                f"WHERE {of} AND new.id = ANY(%s)",
                [period.pk, scheme.pk, keys],
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


@contextmanager
def workers(number: int, folder: Path) -> Iterator[None]:
    """Each a process of its own under a host name of its own, as on machines of their own."""
    url = SERVICES.database_url().replace("/kpi?", f"/{connection.settings_dict['NAME']}?")
    environment = os.environ | {"KPI_DATABASE_URL": url}
    started = []
    for one in range(number):
        options = ("-P", "solo", "-l", "WARNING", "-n", f"worker@host-{one}", "-I", "tests.bench.country_tasks")
        command = [sys.executable, "-m", "celery", "-A", "miyun_kpi.celery", "worker", *options, "--without-mingle"]
        with open(folder / f"{number}-{one}.log", "ab") as log:
            started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log))
    try:
        from miyun_kpi.celery import app

        waited = time.monotonic() + 90
        while len(app.control.inspect(timeout=1).ping() or {}) < number:
            assert time.monotonic() < waited, (folder / f"{number}-0.log").read_text()[-2000:]
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def pass_of(scheme: Scheme, districts: list[Period], number: int, folder: Path) -> float:
    """Seconds of the wall from the first message to the last row."""
    round_ = f"{number}"
    with workers(number, folder):
        begun = time.monotonic()
        for one in districts:
            rank_district.delay(scheme.pk, one.pk, round_)
        while ContentType.objects.filter(app_label=f"{DONE}-{round_}").count() < len(districts):
            assert time.monotonic() < begun + 1200, (folder / f"{number}-0.log").read_text()[-2000:]
            time.sleep(0.2)
        return time.monotonic() - begun


def test_one_pass_over_the_country(gazette: None, broker: str, tmp_path: Path, capsys: Any) -> None:
    scheme, period = grown(71)
    begun = time.monotonic()
    districts = settle(scheme, period, DISTRICTS)
    lines = [f"{DISTRICTS} districts, {Mark.objects.count():,} marks, filled in {time.monotonic() - begun:.0f} s"]
    for one in (districts[0], districts[-1]):
        inputs = engine_inputs(scheme, one)
        held = second_engine(scheme, one, closing=None, own=1000)
        assert len(held) == 71 and len(rank(inputs.units, inputs.items, inputs.cells).units) == 71
    begun, spent = time.monotonic(), time.process_time()
    for one in districts:
        assert len(second_engine(scheme, one, closing=None, own=1000)) == 71
    wall = time.monotonic() - begun
    lines.append(
        f"SQL engine: {wall:.0f} s of the wall, {time.process_time() - spent:.0f} s of them here, {1000 * wall / DISTRICTS:.1f} ms a district"
    )
    sample = districts[:: max(1, DISTRICTS // SAMPLE)][:SAMPLE]
    for number in (1, 2, 4):
        wall = pass_of(scheme, sample, number, tmp_path)
        whole = wall * DISTRICTS / len(sample)
        lines.append(
            f"{number} worker(s): {len(sample)} districts in {wall:.0f} s, the country in {whole / 60:.0f} min"
        )
    with connection.cursor() as cursor:
        for table in ("evaluation_mark", "evaluation_marksheet", "evaluation_periodunit"):
            cursor.execute("SELECT pg_total_relation_size(%s) / 1e6", [table])
            lines.append(f"{table}: {cursor.fetchone()[0]:,.0f} MB")
    with capsys.disabled():
        print("\n" + "\n".join(lines))
