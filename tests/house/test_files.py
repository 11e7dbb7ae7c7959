import ast
import io
import os
import re
import shutil
import subprocess
import tokenize

import pytest

from tests.house import ROOT, files, name

LONGEST, LONGEST_FUNCTION = 400, 60


def test_no_file_grows_beyond_what_one_reads_at_a_sitting():
    lengths = {name(p): len(p.read_text().splitlines()) for p in files(".py", ".html", ".js", ".css")}
    assert {n: count for n, count in lengths.items() if count > LONGEST and "/migrations/" not in n} == {}


@pytest.mark.parametrize("lock", ["bootstrap", "base", "test"])
def test_a_lock_holds_hashes_for_every_package_and_no_registry_address(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    assert not re.search(r"https?:|--index|--extra-index|--find-links|file:", text)
    packages = re.split(r"\n(?=\S+==)", "\n" + text)[1:]
    assert packages and all("--hash=sha256:" in package for package in packages)


def test_the_two_locks_agree():
    def versions(lock):
        return dict(re.findall(r"^(\S+)==([^\s;]+)", (ROOT / "requirements" / lock).read_text(), re.M))

    base, test = versions("base.txt"), versions("test.txt")
    assert base.items() <= test.items()


def test_no_third_party_code_and_no_data_of_a_site_is_committed():
    # An unpacked archive has no history, and a bare machine no git: then what lies there counts.
    git = shutil.which("git")
    listed = subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout if git else ""
    paths = listed.splitlines() or [name(p) for p in files(".js", ".css", ".sqlite3", ".db")]
    wrong = [p for p in paths if re.search(r"(\.min\.(js|css)|\.sqlite3|\.whl|^var/|node_modules/|\.pyc)$", p)]
    wrong += [p for p in paths if re.search(r"(^|/)(htmx|echarts|jquery|bootstrap)[^/]*\.(js|css)$", p)]
    assert wrong == []


def test_postgresql_is_reached_through_psycopg2():
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    assert not is_psycopg3


@pytest.mark.parametrize(
    "target", ["run", "quick", "test", "night", "prove", "fuzz", "simulate", "bench", "lint", "lock"]
)
def test_every_command_of_the_makefile_goes_to_the_script(target):
    # Not as a part of the `make test` that may have started us.
    environment = {"PATH": os.environ["PATH"]}
    command = ["make", "-n", target, "PYTHON=py"]
    shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["py", "scripts/dev.py", target]


def _sources():
    return [p for p in files(".py") if not {"migrations", "tests"} & set(p.relative_to(ROOT).parts)]


def test_no_function_is_longer_than_one_screen():
    long = {
        f"{name(p)}:{one.name}": one.end_lineno - one.lineno + 1
        for p in _sources()
        for one in ast.walk(ast.parse(p.read_text()))
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.end_lineno - one.lineno >= LONGEST_FUNCTION
    }
    assert long == {}


def _comments(path):
    """The comments of a file, not what its strings say of comments."""
    read = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return [one.string for one in read if one.type == tokenize.COMMENT]


def test_what_the_checker_is_told_to_pass_over_is_little_and_has_its_reason():
    told = [(name(p), one) for p in files(".py") for one in _comments(p) if "type: ignore" in one]
    assert len(told) <= 20
    assert [one for one in told if not re.match(r"# type: ignore\[[a-z-]+\]  # \w", one[1])] == []


def test_the_formatter_is_told_to_keep_off_only_with_a_reason():
    told = [(name(p), one) for p in files(".py") for one in _comments(p) if re.search(r"fmt: ?(skip|off)", one)]
    assert len(told) <= 20
    assert [one for one in told if not re.match(r"# fmt: (skip|off)  # \w", one[1])] == []
