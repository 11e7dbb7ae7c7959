"""The documents of the house: short, with no way that leads nowhere, every decision with its reason, one word for one thing."""

import re
from pathlib import Path

import pytest

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
