"""Holds docs/glossary.md against the code and the gazette: one code a term, and that code where the term is shown.

Run as `python -m scripts.glossary`; the lint does. What is wrong is said one line each.
"""

import ast
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from miyun_kpi.lib.citations import cite

ROOT = Path(__file__).resolve().parent.parent
CODED = re.compile(r"`([^`\n]+)`")
# Labels of these are not states or kinds but what a role may do: a right is named by a verb and its object.
NOT_STATES = {"Verb"}


@dataclass(frozen=True)
class Row:
    terms: tuple[str, ...]
    code: str
    meaning: str
    clauses: tuple[str, ...]
    also: str

    @property
    def codes(self) -> list[str]:
        """Every code it names, the one and those still to be brought together with it."""
        return CODED.findall(f"{self.code} {self.meaning} {self.also}")


def rows_of(text: str) -> tuple[list[Row], list[str]]:
    """The rows of all tables, and the lines that are none."""
    found, wrong = [], []
    for line in re.findall(r"^\| (.+) \|$", text, re.M):
        cells = [cell.strip() for cell in f"{line} ".split(" |")]
        if len(cells) != 5 or not re.fullmatch(r"Code|`\w+`", cells[1]):
            wrong.append(line)
        elif cells[0] != "Term":
            term, code, meaning, clauses, also = cells
            found.append(Row(tuple(term.split("/")), code, meaning, tuple(clauses.split("; ")), also))
    return found, wrong


def trees() -> Iterator[tuple[Path, ast.Module]]:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    for path in sorted(path for top in packages for path in (ROOT / top).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text())


def words_of(path: Path, tree: ast.Module) -> set[str]:
    """Names, and texts that are one word: what a reader can search for."""
    found = {path.stem, path.parent.name}
    for node in ast.walk(tree):
        said = [getattr(node, field, None) for field in ("id", "attr", "name", "arg", "value")]
        found |= {one for one in said if isinstance(one, str)}
    return found


def labels_of(tree: ast.Module) -> Iterator[tuple[str, str, str, str]]:
    """Enumeration, member, value and Chinese label."""
    for one in ast.walk(tree):
        if not isinstance(one, ast.ClassDef) or one.name in NOT_STATES:
            continue
        if not any("Choices" in ast.unparse(base) for base in one.bases):
            continue
        for line in one.body:
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Tuple) and len(line.value.elts) == 2:
                value, label = (part.value for part in line.value.elts if isinstance(part, ast.Constant))
                yield one.name, ast.unparse(line.targets[0]), str(value), str(label)


def alike(code: str) -> str:
    """`SelfReport`, `SELF_REPORT` and `self-report` are one word."""
    return re.sub(r"[_-]", "", code.rpartition(".")[2]).lower()


def problems() -> Iterator[str]:
    rows, wrong = rows_of((ROOT / "docs" / "glossary.md").read_text())
    yield from (f"读不懂的一行：{line}" for line in wrong)
    counted = Counter(term for row in rows for term in row.terms)
    yield from (f"{term}：写了 {number} 次" for term, number in counted.items() if number > 1)

    words: set[str] = set()
    labels = []
    for path, tree in trees():
        words |= words_of(path, tree)
        labels += labels_of(tree)
    for row in rows:
        yield from (f"{row.terms[0]}：代码里没有 {code}" for code in row.codes if not set(code.split(".")) <= words)

    clauses = [row for file in ROOT.glob("fixtures/gazettes/*/clauses.json") for row in json.loads(file.read_text())]
    known = {cite(clause["document"], clause["ref"]) for clause in clauses} | {"–"}
    for row in rows:
        yield from (f"{row.terms[0]}：公报里没有 {clause}" for clause in row.clauses if clause not in known)

    by_term = {term: row for row in rows for term in row.terms}
    for enumeration, member, value, label in labels:
        row = by_term.get(label)
        if row and not {alike(member), alike(value)} & {alike(code) for code in row.codes}:
            yield f"{label}：{enumeration}.{member} 不叫 {row.code}"


def main() -> int:
    found = list(problems())
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
