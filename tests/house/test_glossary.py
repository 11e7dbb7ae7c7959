"""The glossary is held against code and gazette by scripts/glossary.py, which the lint runs too."""

import json

import pytest

from scripts import glossary

ENUMS = """
class State(TextChoices):
    RETURNED = "returned", "退回"
    SELF_REPORT = "self-report", "自查报告"
"""


def table(*rows):
    return "\n".join(["| Term | Code | Meaning | Clause | Also found |", "|---|---|---|---|---|", *rows])


RIGHT = ("| 退回 | `RETURNED` | given back | – | |", "| 自评/自查报告 | `SelfReport` | report | 13号 四 | |")


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A small house, and what the glossary of these rows is told in it."""
    for folder in ("app", "docs", "fixtures"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.importlinter]\nroot_packages = ["app"]')
    (tmp_path / "app" / "enums.py").write_text(ENUMS)
    (tmp_path / "app" / "models.py").write_text("class SelfReport: ...\ngive_back = 1")
    (tmp_path / "fixtures/gazettes/2020-02").mkdir(parents=True)
    rows = [{"document": "2020-13", "ref": "四"}]
    (tmp_path / "fixtures/gazettes/2020-02/clauses.json").write_text(json.dumps(rows))
    monkeypatch.setattr(glossary, "ROOT", tmp_path)

    def told(*rows):
        (tmp_path / "docs" / "glossary.md").write_text(table(*rows))
        return list(glossary.problems())

    return told


def test_the_glossary_agrees_with_the_code_and_the_gazette():
    rows, wrong = glossary.rows_of((glossary.ROOT / "docs" / "glossary.md").read_text())
    assert len(rows) > 100 and wrong == []
    assert list(glossary.problems()) == []


def test_a_right_glossary_is_told_nothing(house):
    assert house(*RIGHT) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("| 退回 | `RETURNED` | a second time | – | |", ["退回：写了 2 次"]),
        ("| 撤回 | `WITHDRAWN` | taken back | – | |", ["撤回：代码里没有 WITHDRAWN"]),
        ("| 撤回 | `give_back` | taken back | – | `recall` |", ["撤回：代码里没有 recall"]),
        ("| 撤回 | `give_back` | taken back | 13号 九 | |", ["撤回：公报里没有 13号 九"]),
        ("| 撤回 | give_back | taken back | – | |", ["读不懂的一行：撤回 | give_back | taken back | – |"]),
    ],
)
def test_a_row_that_is_wrong_is_named(house, row, said):
    assert house(*RIGHT, row) == said


def test_a_state_shown_as_a_term_must_have_the_code_of_the_term(house):
    assert house("| 退回 | `give_back` | given back | – | |") == ["退回：State.RETURNED 不叫 `give_back`"]
    assert house("| 退回 | `give_back` | given back | – | `RETURNED` |") == [], "said, and still to be brought together"
