"""What docs/security.md leans on is there."""

import re

from tests.house import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()


def test_every_test_and_folder_that_is_named_exists():
    named = set(re.findall(r"`((?:tests|deploy)/[\w./-]+)`", PAGE))
    assert len(named) > 20
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


def test_every_row_bears_a_state():
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| item")]
    assert {row[2].strip() for row in rows if row[1].strip() not in ("chapter",)} <= {"M", "P", "O", "–"}
