"""The bench is not run here: what keeps its figures and refuses a worse one is."""

import json

import pytest
from django.db import connection

from tests.bench import measuring
from tests.bench.names import BY_NAME, NAMES


@pytest.fixture
def told(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "KEPT", tmp_path / "var" / "bench.json")
    monkeypatch.setattr(measuring, "TOLD", tmp_path / "performance.md")
    monkeypatch.setattr(measuring, "machine", lambda text: "a machine")
    measuring.TOLD.write_text("# Performance\n\n<!-- measured -->\n<!-- end -->\n\nwhat is missed\n")
    return measuring.TOLD


def test_the_table_in_the_repository_has_every_name_and_what_it_divides():
    (table,) = measuring.TABLE.findall(measuring.TOLD.read_text())
    rows = [row.strip("| ").split(" | ") for row in table.splitlines() if row.startswith("| ")]
    assert {row[0]: row[1] for row in rows[1:]} == {one.name: one.act for one in NAMES}


def test_what_was_measured_stands_in_both_files_and_the_rest_stays(told):
    measuring.keep("rank_71", "postgresql", measuring.spread([2.0, 3.0, 2.5]))
    measuring.keep("rank_71", "sqlite", measuring.spread([6.1]))
    measuring.keep("ledger_oversold", "postgresql", measuring.spread([0]))
    assert json.loads(measuring.KEPT.read_text())["rank_71"] == {
        "postgresql": {"median": 2.5, "min": 2.0, "max": 3.0},
        "sqlite": {"median": 6.1, "min": 6.1, "max": 6.1},
    }
    lines = {line.split(" | ")[0].strip("| "): line for line in told.read_text().splitlines() if line.startswith("| ")}
    assert "| 2.5 (2–3) | 6.1 | ≤ 2.5 | **misses** |" in lines["rank_71"]
    assert "| 0 | not asked | ≤ 0 | holds |" in lines["ledger_oversold"]
    assert "not measured" in lines["rank_500"] and told.read_text().endswith("what is missed\n")


def test_a_database_that_is_not_asked_keeps_the_version_that_stood_there(db, monkeypatch):
    monkeypatch.setattr(measuring, "same_each_time", lambda: "20 (19–21) ms")
    other = "SQLite" if connection.vendor == "postgresql" else "PostgreSQL"
    said = measuring.machine(
        f"Django 5, {other} 1.2.3, Linux; a day.\n\nIt takes on {other} 51 with what stands beside.\n"
    )
    assert f"{other} 1.2.3" in said


def test_the_gate_takes_a_ratio_up_to_half_as_large_again_and_a_count_that_has_not_grown(told):
    measuring.keep("rank_71", "sqlite", measuring.spread([4.0]))
    measuring.keep("cell_queries", "sqlite", measuring.spread([14]))
    measuring.hold(BY_NAME["rank_71"], "sqlite", 6.0)
    measuring.hold(BY_NAME["cell_queries"], "sqlite", 14)
    # Nothing is stored of the other database.
    measuring.hold(BY_NAME["rank_71"], "postgresql", 600)
    with pytest.raises(AssertionError, match="rank_71 on sqlite: 6.1, stored 4, at most 6"):
        measuring.hold(BY_NAME["rank_71"], "sqlite", 6.1)
    with pytest.raises(AssertionError, match="at most 14"):
        measuring.hold(BY_NAME["cell_queries"], "sqlite", 15)
