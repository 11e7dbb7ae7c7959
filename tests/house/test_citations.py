"""No document is named by a literal number: code and templates take it from the data (lib.citations), so that a year can follow."""

import ast
import json
import re
from pathlib import Path

import pytest

from tests.house import CODE, ROOT, files, name

NUMBERS = sorted(
    {row["number"] for file in ROOT.glob("fixtures/gazettes/*/documents.json") for row in json.loads(file.read_text())}
)
_ANY = "|".join(map(str, NUMBERS))
# 13号, 密政办字〔2020〕13号, "13" alone, /gazette/13/ and the keys of duties.
NAMED = re.compile(
    rf"(?<![0-9〕（(一-鿿])(?:{_ANY})号|密政[^〔]*〔2020〕\s*(?:{_ANY})\s*号|^(?:2020-)?(?:{_ANY})$|^(?:{_ANY})/\D"
    rf"|/(?:gazette|duties)/(?:2020-)?(?:{_ANY})/"
)
IN_TEMPLATES = re.compile(
    rf"(?<![0-9〕])(?:{_ANY})号|密政[^〔]*〔2020〕\s*(?:{_ANY})\s*号|(?:clause_link|termed \S+|year_clause)\s+\"(?:2020-)?(?:{_ANY})\""
    rf"|/(?:gazette|duties)/(?:2020-)?(?:{_ANY})/"
)
# Said to people as an example of how a number is written.
EXAMPLES = {
    "miyun_kpi/lib/citations.py": 1,
    "personnel/forms.py": 1,
    "personnel/services/drafts.py": 1,
    # Titles of the manual's chapters, word for word; a test holds that the manual has them.
    "miyun_kpi/web/help_pages.py": 8,
}


def sources() -> list[Path]:
    return [path for path in files(".py", under=CODE) if "migrations" not in path.parts]


def literals(text: str) -> list[str]:
    """Strings that name a document, docstrings left out: they cite their source for who reads the code."""
    tree = ast.parse(text)
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
        if NAMED.search(node.value)
    ]


def test_no_code_names_a_document_by_its_number():
    found = {name(path): literals(path.read_text(encoding="utf-8")) for path in sources()}
    assert {path: texts for path, texts in found.items() if len(texts) > EXAMPLES.get(path, 0)} == {}


def test_no_template_names_a_document_by_its_number():
    found = {
        name(path): IN_TEMPLATES.findall(path.read_text(encoding="utf-8"))
        for path in files(".html", under=("templates",))
    }
    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "code",
    [
        'CLAUSE = "13号 四（二）"', 'f"{x}　22号 三"', 'Duty.objects.filter(document="14")', 'x = "2020-21"',
        'url = "/gazette/13/"', 'key = "14/三（六）/1"', 'x = "按照密政办字〔2020〕13 号文件"',
    ],
)  # fmt: skip  # a table of words
def test_a_literal_would_be_found(code):
    assert literals(code)


@pytest.mark.parametrize("text", ['{% clause_link "13" "四（二）" %}', "依据 27号", 'href="/duties/14/"'])
def test_a_literal_in_a_template_would_be_found(text):
    assert IN_TEMPLATES.search(text)


def test_docstrings_may_cite():
    assert literals('"""13号 四（二）."""\ndef f():\n    """Source: 22号 三."""\n') == []
