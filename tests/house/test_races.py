"""Every race has a control arm: the same race with its guard taken out, which shows the harm. Or it says why not."""

import ast
from pathlib import Path

import pytest

from tests.house import ROOT

RACES = sorted((ROOT / "tests" / "races").glob("test_*.py"))
Test = ast.FunctionDef | ast.AsyncFunctionDef


def races_in(module: ast.Module) -> list[Test]:
    return [one for one in module.body if isinstance(one, Test) and one.name.startswith("test_")]


def said(test: Test, marker: str) -> list[str] | None:
    """The words of `@pytest.mark.<marker>(…)`; None where it is not marked."""
    for one in test.decorator_list:
        if isinstance(one, ast.Call) and ast.unparse(one.func) == f"pytest.mark.{marker}":
            return [ast.literal_eval(word) for word in one.args]
    return None


def problems_of(text: str) -> list[str]:
    tests = races_in(ast.parse(text))
    controlled = {name for one in tests for name in said(one, "control") or []}
    problems = [f"{name} has a control arm and is not there" for name in controlled - {one.name for one in tests}]
    for one in tests:
        why, controls = said(one, "no_control"), said(one, "control")
        if why is not None and (len(why) != 1 or len(why[0]) < 20):
            problems.append(f"{one.name} does not say why it has no control arm")
        if controls is not None and not controls:
            problems.append(f"{one.name} is the control arm of nothing")
        if why is None and controls is None and one.name not in controlled:
            problems.append(f"{one.name} has no control arm")
    return problems


@pytest.mark.parametrize("file", RACES, ids=lambda file: file.stem)
def test_every_race_has_a_control_arm_or_says_why_not(file: Path) -> None:
    assert problems_of(file.read_text()) == []


def test_the_lint_finds_what_it_looks_for() -> None:
    race, mark = "def test_race(): ...\n", "@pytest.mark."
    assert problems_of(race) == ["test_race has no control arm"]
    assert problems_of(f'{race}{mark}control("test_race")\ndef test_without(): ...\n') == []
    assert problems_of(f'{race}{mark}control("test_other")\ndef test_without(): ...\n') == [
        "test_other has a control arm and is not there",
        "test_race has no control arm",
    ]
    assert problems_of(f'{mark}no_control("no")\n{race}') == ["test_race does not say why it has no control arm"]
    assert problems_of(f"{race}{mark}control()\ndef test_without(): ...\n") == [
        "test_race has no control arm",
        "test_without is the control arm of nothing",
    ]
