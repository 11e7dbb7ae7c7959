"""The first requests for the schema of the API come at once to a process that has just begun."""

import os
import subprocess
import sys

import pytest

from tests.house import ROOT

ASK_AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from miyun_kpi.api.schema import schema_document

gate = Barrier(6)

def ask(number):
    gate.wait(30)
    try:
        return len(schema_document()["paths"])
    except AttributeError as error:
        return type(error).__name__

with ThreadPoolExecutor(6) as pool:
    print("paths", *set(pool.map(ask, range(6))))
"""


def asked(code, at):
    """In a process of its own: the generator loads its extensions only once."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=ROOT,
        env=kept | {"KPI_VAR": str(at)},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    word, *counts = done.stdout.split()
    assert word == "paths"
    return counts


def test_the_schema_asked_for_by_six_threads_at_once_is_made_for_each(tmp_path):
    counts = asked(ASK_AT_ONCE, tmp_path)
    assert len(counts) == 1 and int(counts[0]) > 40


@pytest.mark.control("test_the_schema_asked_for_by_six_threads_at_once_is_made_for_each")
def test_without_the_lock_somebody_is_answered_by_an_error(tmp_path):
    """How the threads fall is chance, so up to five processes are begun."""
    unlocked = (
        "from contextlib import nullcontext\nfrom miyun_kpi.api import schema\nschema._one_at_a_time = nullcontext()\n"
    )
    assert any("AttributeError" in asked(unlocked + ASK_AT_ONCE, tmp_path / str(n)) for n in range(5))
