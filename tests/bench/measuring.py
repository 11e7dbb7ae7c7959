"""How the bench measures, keeps and judges.

Processor time of client, its children and the database's backend; both arms by turns in one process, the order swapped every round;
the ratio of every round, of these the median with the least and the most. The tables have been ANALYZEd. Nothing of the tests'
watching (schemas of answers, acts, sentences) runs in it: KPI_TEST_BENCH says so to tests/conftest.py.
"""

import gc
import json
import os
import platform
import re
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.db import connection

from miyun_kpi.operations.shared_load import leave_loaded_alone
from tests.bench.names import BY_NAME, NAMES, Name

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT, TOLD = ROOT / "var" / "bench.json", ROOT / "docs" / "performance.md"
# "write" by `make bench`, "gate" by `make night PART=bench`; else the figures are printed and nothing more.
WAY = os.environ.get("KPI_TEST_BENCH", "")
MARGIN = 1.5
HEAD = "| name | act ÷ limit | PostgreSQL | SQLite | target | stands | day |\n|---|---|---|---|---|---|---|\n"
TABLE = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", re.S)
Figures = dict[str, float]


def backend() -> str:
    """Where the kernel counts what the database's process has worked for this connection; "" for SQLite, which is in ours."""
    if connection.vendor != "postgresql":
        return ""
    connection.ensure_connection()
    return f"/proc/{connection.connection.info.backend_pid}/schedstat"


def processor(schedstat: str) -> int:
    """Nanoseconds of this process, of its children that have ended, and of the backend."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = time.process_time_ns() + int((children.ru_utime + children.ru_stime) * 1e9)
    return own + (int(Path(schedstat).read_text().split()[0]) if schedstat else 0)


def taken(act: Callable[[], object], schedstat: str) -> int:
    """Within the act the collector sees what the act has made, as in every process of the product: else one that keeps some ten
    thousand things would be measured with a walk through all that pytest has loaded. That walk is before it, so that both arms
    find the caches of the processor as somebody else has left them.
    """
    leave_loaded_alone()
    begun = processor(schedstat)
    act()
    spent = processor(schedstat) - begun
    gc.unfreeze()
    return spent


def by_turns(
    one: Callable[[], object], other: Callable[[], object], rounds: int, warm: int = 2
) -> tuple[list[float], list[float]]:
    """Milliseconds of both, a pair a round."""
    analyse()
    times: tuple[list[float], list[float]] = ([], [])
    schedstat = backend()
    for turn in range(warm + rounds):
        arms = [(times[0], one), (times[1], other)]
        for kept, act in arms if turn % 2 else reversed(arms):
            spent = taken(act, schedstat) / 1e6
            if turn >= warm:
                kept.append(spent)
    return times


def analyse() -> None:
    """Without statistics a plan is a guess, and a denominator that guesses wrong flatters: one made before is made anew."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            # Where ANALYZE finds as many rows as it found in a run that was rolled back, it takes no plan away.
            cursor.execute("DISCARD PLANS")


def spread(values: Sequence[float]) -> Figures:
    rounded = [round(value, 3) for value in values]
    return {"median": round(statistics.median(rounded), 3), "min": min(rounded), "max": max(rounded)}


@cache
def same_each_time() -> str:
    """Processor time of a loop that does the same each time: what the spread of all others owes to the machine alone."""
    times = [taken(lambda: sum(n * n for n in range(300_000)), "") / 1e6 for _ in range(50)]
    return f"{shown(spread(times))} ms"


class Measured:
    """`measured(name, numerator, denominator)`: a ratio. `measured.values(name, …)`: what was counted or read otherwise."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say

    def __call__(
        self,
        name: str,
        numerator: Callable[[], object],
        denominator: Callable[[], object],
        rounds: int = 11,
        warm: int = 2,
    ) -> float:
        over, under = by_turns(numerator, denominator, rounds, warm)
        milliseconds = f"{statistics.median(over):.2f} ms ÷ {statistics.median(under):.2f} ms"
        return self.values(name, [a / b for a, b in zip(over, under, strict=True)], milliseconds)

    def values(self, name: str, values: Sequence[float], beside: str = "") -> float:
        figures = spread(values)
        self.say(f"bench {name}, {connection.vendor}: {shown(figures)} {beside}".rstrip())
        if WAY == "write":
            keep(name, connection.vendor, figures)
        elif WAY == "gate":
            hold(BY_NAME[name], connection.vendor, figures["median"])
        return figures["median"]


def shown(figures: Figures) -> str:
    median, least, most = (f"{figures[one]:.4g}" for one in ("median", "min", "max"))
    return median if least == most else f"{median} ({least}–{most})"


def keep(name: str, vendor: str, figures: Figures) -> None:
    """Into var/bench.json, and the row of docs/performance.md; what was not measured in this run stays as it was."""
    found = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    found.setdefault(BY_NAME[name].name, {})[vendor] = figures
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n")
    rows = stored()
    rows.setdefault(name, {})[vendor] = shown(figures)
    rows[name]["day"] = date.today().isoformat()
    text = TOLD.read_text()
    TOLD.write_text(
        TABLE.sub(lambda _: f"\n{machine(text)}\n\n{HEAD}{''.join(map(line, NAMES, [rows] * len(NAMES)))}\n", text)
    )


def stored() -> dict[str, dict[str, str]]:
    """The rows of the table as they stand in the repository."""
    found = TABLE.search(TOLD.read_text())
    assert found, "docs/performance.md has no table between its marks"
    rows = {}
    for text in found[0].splitlines():
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        if text.startswith("|") and cells[0] in BY_NAME:
            rows[cells[0]] = {"postgresql": cells[2], "sqlite": cells[3], "day": cells[6]}
    return rows


def line(name: Name, rows: dict[str, dict[str, str]]) -> str:
    row = rows.get(name.name, {})
    postgresql, sqlite = (
        row.get(vendor) or ("–" if name.only in ("", vendor) else "not asked") for vendor in ("postgresql", "sqlite")
    )
    medians = [median for text in (postgresql, sqlite) if (median := median_of(text)) is not None]
    stands = ("holds" if max(medians) <= name.target else "**misses**") if medians else "not measured"
    target = f"≤ {name.target:g}{' MiB' if name.kind == 'MiB' else ''}"
    return f"| {name.name} | {name.act} | {postgresql} | {sqlite} | {target} | {stands} | {row.get('day', '')} |\n"


def median_of(text: str) -> float | None:
    found = re.match(r"[\d.]+(e\+\d+)?", text)
    return float(found[0]) if found else None


def hold(name: Name, vendor: str, median: float) -> None:
    """A ratio may be half as large again as the stored one, a count not larger at all."""
    before = median_of(stored().get(name.name, {}).get(vendor, ""))
    if before is not None:
        most = before * (1 if name.kind == "count" else MARGIN)
        assert median <= most, f"{name.name} on {vendor}: {median:g}, stored {before:g}, at most {most:g}"


def machine(text: str) -> str:
    """Of this run; a database that this run does not ask keeps the version that stood there."""
    # Of the line above the table: the words around it tell milliseconds “on PostgreSQL 51”.
    versions: dict[str, Any] = dict(re.findall(r"(PostgreSQL|SQLite) ([\d.]+)[,;]", text))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            versions["PostgreSQL"] = cursor.fetchone()[0].split()[0]
        else:
            cursor.execute("SELECT sqlite_version()")
            versions["SQLite"] = cursor.fetchone()[0]
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    databases = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    return (
        f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, Django {django.__version__}, {databases}; {date.today().isoformat()}. "
        f"A loop that does the same each time took {same_each_time()} of processor."
    )
