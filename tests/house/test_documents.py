"""The documents of the house: short, with no way that leads nowhere, every decision with its reason, one word for one thing."""

import ast
import json
import re
from pathlib import Path

import pytest

from tests.house import CODE

# The tree the documents speak of; another one may be put here to try them on it.
ROOT = Path(__file__).resolve().parents[2]
DECISIONS = ROOT / "docs" / "decisions"
PARTS = ("Decision", "Reason", "Consequences")
ONE_PAGE = 60  # lines
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted(DECISIONS.glob("*.md")),
]
PAGES = [path for path in DOCUMENTS if path.parent == DECISIONS and path.name != "README.md"]
# Not text: a fenced block may show what does not exist yet.
FENCED = re.compile(r"^```.*?^```", re.S | re.M)
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
CODED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.,/{}-]+")
BRACES = re.compile(r"\{([^{}]*)\}")


def label(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    return FENCED.sub("", path.read_text())


def spelled_out(path: str) -> list[str]:
    """`a/{b,c}/` is two paths."""
    found = BRACES.search(path)
    if not found:
        return [path]
    return [one for part in found[1].split(",") for one in spelled_out(path.replace(found[0], part, 1))]


def paths_in(text: str) -> list[str]:
    """What stands in backticks and begins with a folder or is a file of the tree's top."""
    # What a site makes for itself may be there or not.
    top = {path.name for path in ROOT.iterdir()} - {"var"}
    found = [code for code in CODED.findall(text) if PATH.fullmatch(code) and "/" in code]
    found += [
        code for code in CODED.findall(text) if re.fullmatch(r"[A-Z]+\.md|manage\.py|pyproject\.toml|Makefile", code)
    ]
    wanted = [path for one in found for path in spelled_out(one)]
    return [path for path in wanted if "/" not in path or path.split("/")[0] in top]


def links_in(text: str) -> list[str]:
    return [link.partition("#")[0] for link in LINK.findall(text) if not re.match(r"[a-z]+:|#", link)]


def test_the_readme_is_read_at_a_sitting():
    assert len((ROOT / "README.md").read_bytes()) <= 8192


@pytest.mark.parametrize("path", DOCUMENTS, ids=label)
def test_every_link_and_every_path_of_a_document_leads_somewhere(path):
    text = text_of(path)
    lost = [link for link in links_in(text) if not (path.parent / link).exists()]
    assert lost + [named for named in paths_in(text) if not (ROOT / named).exists()] == []


def test_the_search_for_paths_sees_what_it_looks_for():
    text = "`docs/{manual,lost}.md` `docs/lost.md` `GET/POST` `LOST.md` `a b/c` [x](docs/lost.md#y) [z](https://x.cn/)"
    assert paths_in(text) == ["docs/manual.md", "docs/lost.md", "docs/lost.md", "LOST.md"]
    assert links_in(text) == ["docs/lost.md"]


@pytest.mark.parametrize("path", PAGES, ids=label)
def test_a_decision_has_its_date_and_its_reason_and_fits_on_a_page(path):
    text = path.read_text()
    number = re.fullmatch(r"(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.md", path.name)
    assert number and text.startswith(f"# {number[1]}. ")
    assert re.search(r"^Date: 20\d\d-[01]\d-[0-3]\d$", text, re.M)
    said = dict(re.findall(r"^## (\w+)\n\n(.+?)(?=\n## |\Z)", text, re.M | re.S))
    assert tuple(said) == PARTS and all(len(words.split()) > 3 for words in said.values())
    assert len(text.splitlines()) <= ONE_PAGE


def test_the_index_names_every_decision_once_under_its_title():
    index = re.findall(r"^- \[(\d{4})\]\((\S+)\) (.+)$", (DECISIONS / "README.md").read_text(), re.M)
    titles = {path.name: path.read_text().partition("\n")[0] for path in PAGES}
    assert {name: f"# {number}. {title}" for number, name, title in index} == titles
    assert len(index) == len(titles)
    assert sorted(number for number, _, _ in index) == [f"{n:04d}" for n in range(1, len(index) + 1)]


def glossary() -> list[list[str]]:
    rows = re.findall(r"^\| (.+) \|$", (ROOT / "docs" / "glossary.md").read_text(), re.M)
    cells = [[cell.strip() for cell in f"{row} ".split(" |")] for row in rows]
    return [row for row in cells if row[0] != "Term"]


def words_of_the_code() -> set[str]:
    """Names, and texts that are one word: what a reader can search for."""
    found: set[str] = set()
    for path in (path for top in CODE for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts):
        found |= {path.stem, path.parent.name}
        for node in ast.walk(ast.parse(path.read_text())):
            said = [getattr(node, field, None) for field in ("id", "attr", "name", "arg", "value")]
            found |= {one for one in said if isinstance(one, str)}
    return found


def test_a_chinese_term_has_one_code():
    rows = glossary()
    assert len(rows) > 100
    assert [row for row in rows if len(row) != 5] == []
    assert [row[0] for row in rows if not re.fullmatch(r"`\w+`", row[1])] == []
    terms = [term for row in rows for term in row[0].split("/")]
    assert sorted(term for term in set(terms) if terms.count(term) > 1) == []


def test_every_code_of_the_glossary_is_a_word_of_the_code():
    words = words_of_the_code()
    codes = {(row[0], code) for row in glossary() for cell in (row[1], row[2], row[4]) for code in CODED.findall(cell)}
    assert sorted(f"{term}: {code}" for term, code in codes if not set(code.split(".")) <= words) == []


def test_every_clause_of_the_glossary_stands_in_the_gazette():
    clauses = json.loads((ROOT / "fixtures" / "clauses.json").read_text())
    known = {f"{clause['document']}号 {clause['ref']}" for clause in clauses} | {"–"}
    assert sorted(f"{row[0]}: {one}" for row in glossary() for one in row[3].split("; ") if one not in known) == []
