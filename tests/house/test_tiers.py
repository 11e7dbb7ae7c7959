"""The commands around the suite: what `quick` chooses, what `night` writes, which guards `mutate` knows."""

import importlib.util
import sys
from types import ModuleType

import pytest

from tests.house import ROOT


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"scripts_{name}", ROOT / "scripts" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tiers, mutate = script("tiers"), script("mutate")


@pytest.mark.parametrize("guard", mutate.guards(), ids=lambda guard: guard["name"])
def test_a_listed_guard_and_its_test_stand_where_the_list_says(guard):
    assert mutate.wrong(guard) == ""
    assert guard["replacement"] != guard["text"]


def test_a_test_is_found_where_it_moved_and_a_lost_one_is_told(tmp_path):
    for name, text in {"app/x.py": "if due:\n", "tests/app/deep/test_x.py": "def test_due():\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    guard = {"file": "app/x.py", "text": "if due:", "test": "tests/app/test_x.py::test_due"}
    now = mutate.placed(guard, tmp_path)
    assert (now["file"], now["test"]) == ("app/x.py", "tests/app/deep/test_x.py::test_due")
    assert mutate.wrong(now, tmp_path) == ""
    (tmp_path / "app/x.py").write_text("if due:\nif due:\n")
    assert "2 times" in mutate.wrong(now, tmp_path)
    assert "0 times" in mutate.wrong(guard | {"text": "gone"}, tmp_path)
    (tmp_path / "app/x.py").write_text("if due:\n")
    assert "no such test" in mutate.wrong(now | {"test": "tests/app/deep/test_x.py::test_other"}, tmp_path)


@pytest.mark.parametrize(
    ("assertion", "red"), [("assert guarded()", True), ("assert True", False), ("import nothing_there", False)]
)
def test_only_a_test_that_ran_and_failed_is_red(tmp_path, monkeypatch, assertion, red):
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    (tmp_path / "app.py").write_text("def guarded():\n    return True\n")
    where = "    " if "import" not in assertion else ""
    (tmp_path / "test_app.py").write_text(
        f"from app import guarded\n{assertion if not where else ''}\ndef test_it():\n    {assertion if where else 'pass'}\n"
    )
    guard = {"file": "app.py", "text": "return True", "replacement": "return False", "test": "test_app.py::test_it"}
    assert (mutate.tried(guard, tmp_path) == "red") is red
    assert "return True" in (tmp_path / "app.py").read_text()


def test_tests_near_a_change_are_those_changed_and_those_that_name_the_module():
    near = tiers.tests_of(["tests/operations/test_backup.py", "miyun_kpi/operations/supervisor.py", "README.md"])
    assert near[0] == "tests/operations/test_backup.py" and all((ROOT / name).exists() for name in near)
    assert all("operations.supervisor" in (ROOT / name).read_text() for name in near[1:])
    assert "tests/audit/test_guard.py" in tiers.tests_of(["miyun_kpi/audit/guards.py"])
    assert tiers.tests_of(["README.md"]) == []


def test_every_quick_file_exists_and_asks_no_database_by_itself():
    chosen, _ = tiers.quick_selection()
    assert all((ROOT / name).exists() for name in chosen)
    assert len([name for name in chosen if "rules" in name]) >= 5


def test_a_night_leaves_a_row_with_day_commit_and_figures(tmp_path, monkeypatch):
    monkeypatch.setattr(tiers, "NIGHT", tmp_path / "night.md")
    for number in (1, 2):
        tiers.note("prove", tiers.figures(f"....\n==== {number} passed, 3 deselected in 4.0s ====\n"))
    rows = (tmp_path / "night.md").read_text().splitlines()
    assert [row.split("|")[3:5] for row in rows[-2:]] == [
        [" prove ", f" {number} passed, 3 deselected in 4.0s "] for number in (1, 2)
    ]
    assert tiers.figures("Traceback") == "no figures"


@pytest.mark.parametrize("part", ["", "nonsense"])
def test_a_part_that_does_not_exist_says_so_and_fails(part, capsys, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
    monkeypatch.setenv("PART", part)
    dev = script("dev")
    with pytest.raises(SystemExit) as ended:
        dev.night([])
    assert ended.value.code == 2
    assert "用法" in capsys.readouterr().err


def test_the_kills_begin_with_the_mixed_acts_once(monkeypatch):
    monkeypatch.setenv("ROUNDS", "3")
    (mixed,), *rounds = tiers.runs_of("kills")
    assert "tests/races/test_mixed_acts.py" in mixed[0] and mixed[1]["KPI_TEST_MIXED"] == "10000"
    assert len(rounds) == 3 and all("test_broker_kills" in one[0][0][0] for one in rounds)


def test_a_whole_night_is_a_hundred_kills_over_both_ways(monkeypatch):
    monkeypatch.delenv("ROUNDS", raising=False)
    (before,), *rounds = tiers.runs_of("kills")
    assert "tests/operations/behind_nginx.py" in before[0]
    # Five in each round: tests/jobs/test_broker_kills.py counts them.
    assert int(before[1]["KPI_TEST_KILLS"]) + 5 * len(rounds) == 100


def test_what_sqlite_tells_apart_is_proved_on_both():
    assert [extra.get("KPI_TEST_DB") for _, extra in tiers.runs_of("prove")[0]] == ["sqlite", None]


def test_the_night_plays_twenty_years_and_says_which_faults_it_finds():
    (years,), *rounds = tiers.runs_of("simulate")
    assert years[1]["KPI_TEST_YEARS"].split(",") == [str(seed) for seed in range(1, 21)]
    assert (years[1]["KPI_TEST_STEPS"], years[1]["KPI_TEST_MUTANTS"]) == ("300", "all") and len(rounds) == 1
    wanted = tiers.FIGURES["simulate"]
    lines = [
        "simulated in all: 20 seeds",
        "simulated, seed 1: 300 steps",
        *(f"mutant A{n}: found" for n in range(1, 8)),
    ]
    assert [bool(wanted.search(line)) for line in lines] == [True, False, *[True] * 7]
    assert tiers.MOST_FIGURES["simulate"] == 8


def test_a_simulation_is_asked_for_by_seed_steps_replay_or_mutants():
    arguments, extra = tiers.simulation({"SEED": "7", "STEPS": "300"})
    assert arguments == ["tests/simulation/test_year.py"]
    assert extra == {"KPI_TEST_YEARS": "7", "KPI_TEST_STEPS": "300", "KPI_TEST_REPLAY": ""}
    assert tiers.simulation({"REPLAY": "7:3,19"})[1]["KPI_TEST_REPLAY"] == "7:3,19"
    arguments, extra = tiers.simulation({"MUTANTS": "A1"})
    assert arguments == ["tests/simulation/test_mutants.py"] and extra == {"KPI_TEST_MUTANTS": "A1"}
