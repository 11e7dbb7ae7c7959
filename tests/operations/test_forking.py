"""A child that is forked: it ends as a process does, is told to end in order, and is started again when it is killed."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from miyun_kpi.operations.forking import Forked

SLEEPS = "import time\nwhile True:\n time.sleep(0.1)\n"


def in_child(code):
    return lambda: exec(compile(code, "child", "exec"), {})


def ended(code):
    return Forked("kpi-test", in_child(code)).wait(10)


def test_it_ends_with_the_code_of_what_it_ran():
    assert [ended(code) for code in ("pass", "raise SystemExit(3)", "raise SystemExit('说明')", "1/0")] == [0, 3, 1, 1]


def test_it_has_a_name_and_none_of_what_it_shall_not_hold(tmp_path):
    kept = os.open(tmp_path / "held", os.O_CREAT)
    child = Forked("kpi-test", in_child(SLEEPS), closes=(kept,))
    try:
        deadline = time.monotonic() + 10
        held = f"/proc/{child.pid}/fd/{kept}"
        while os.path.lexists(held) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not os.path.lexists(held) and child.poll() is None
        assert open(f"/proc/{child.pid}/comm").read() == "kpi-test\n"
    finally:
        child.kill()
        os.close(kept)
    assert child.wait(10) == -signal.SIGKILL


def test_a_signal_between_fork_and_start_is_not_lost():
    """The supervisor's own handler, inherited, would count it and go on."""
    kept = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        for _ in range(20):
            child = Forked("kpi-test", in_child(SLEEPS))
            child.terminate()
            assert child.wait(10) == -signal.SIGTERM
            child.terminate()
    finally:
        signal.signal(signal.SIGTERM, kept)


def test_what_is_loaded_for_all_leaves_no_thread_and_no_connection(tmp_path):
    program = (
        "import django, gc, threading; django.setup();"
        "from miyun_kpi.operations.shared_load import load_for_all; load_for_all();"
        "from django.db import connections; from django.urls import get_resolver;"
        "print(threading.active_count(), [c.connection for c in connections.all(initialized_only=True)],"
        " 'url_patterns' in vars(get_resolver()), gc.get_freeze_count() > 100_000)"
    )
    given = os.environ | {"KPI_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "miyun_kpi.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=given, capture_output=True, text=True, timeout=120
    )
    threads, _, rest = done.stdout.partition(" ")
    assert (threads, rest.strip()[-9:]) == ("1", "True True") and "object" not in rest, done.stdout + done.stderr


@pytest.mark.parametrize(
    "loading",
    [
        "import miyun_kpi.wsgi",
        "from celery.signals import worker_before_create_process; worker_before_create_process.send(sender=None)",
    ],
    ids=["web", "queue"],
)
def test_what_forks_leaves_what_is_loaded_alone(tmp_path, loading):
    """Else a full collection walks through all the code while somebody waits for a page, and nothing stays shared."""
    program = f"import django, gc; django.setup(); {loading}; print(gc.get_freeze_count() > 100_000)"
    given = os.environ | {"KPI_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "miyun_kpi.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=given, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "True\n", done.stdout + done.stderr
