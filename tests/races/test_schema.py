"""The first requests for the schema of the API come at once to a process that has just begun."""

import os
import subprocess
import sys

from tests.house import ROOT

ASK_AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from miyun_kpi.api.schema import schema_document

gate = Barrier(6)

def ask(number):
    gate.wait(30)
    return len(schema_document()["paths"])

with ThreadPoolExecutor(6) as pool:
    print("paths", *set(pool.map(ask, range(6))))
"""


def test_the_schema_asked_for_by_six_threads_at_once_is_made_for_each(tmp_path):
    """In a process of its own: the generator loads its extensions only once."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", ASK_AT_ONCE],
        cwd=ROOT,
        env=kept | {"KPI_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    word, *counts = done.stdout.split()
    assert word == "paths" and len(counts) == 1 and int(counts[0]) > 40
