"""Nothing is cut in silence: a list that shows only its first rows says so, or is not cut."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "miyun_kpi",
    "evaluation",
    "disclosure",
    "safety",
    "finance_policy",
    "farmland",
    "water",
    "postdoc",
    "personnel",
)
# A slice of fewer is a sentence that names some and counts the rest, or the parts of a code.
FEW = 5
# Names that hold text: a text cut to what its column holds is no list.
TEXTS = {
    "label",
    "title",
    "text",
    "words",
    "said",
    "note",
    "reason",
    "opinion",
    "heading",
    "name",
    "file_name",
    "unit",
    "number",
    "raw",
    "code",
    "month",
    "opened",
    "body",
    "paid",
    "address",
    "request_id",
}
TEXT_METHODS = {"strip", "join", "isoformat", "get", "lower", "upper", "hexdigest"}

# Where a constant cut is right, and how its reader knows: file and expression → why.
KNOWN = {
    ("miyun_kpi/drafts/middleware.py", '.split(".")[:services.MOST_MARKS]'): "marks of a form, which carries no more",
    ("miyun_kpi/drafts/services.py", "list(replaces)[:MOST_MARKS]"): "the same",
    (
        "miyun_kpi/inbox/queries.py",
        'found.order_by("read", "-sent_at", "-id")[:limit]',
    ): "消息 has its own page with all",
    ("miyun_kpi/organisations/queries.py", "filtered(words=words)[:12]"): "a search: the page of 机构 lists all",
    ("miyun_kpi/api/feed.py", "found[:size + 1]"): "a page of the feed says whether there is more, and from where",
    ("miyun_kpi/api/feed.py", "rows[:size]"): "the same",
    ("personnel/citing.py", "[:MOST]"): "a search: the page of people lists all",
    ("miyun_kpi/sheets/read.py", "cells[:5]"): "the sentence counts the rest",
    ("miyun_kpi/lib/lists.py", "[:most"): "the one place that cuts, and counts",
    ("miyun_kpi/lib/lists.py", "[:COUNTED + 1]"): "a longer list says that it is longer",
    ("miyun_kpi/lib/lists.py", "[:size"): "a portion leads to what is newer and older",
    ("miyun_kpi/registers/queries/overview.py", "self.waiting[:SHOWN]"): "the page shows the rest behind one sign",
    ("miyun_kpi/inbox/queries.py", "self.rows[:SHOWN]"): "a group of the desk says how many follow, and shows them",
    ("evaluation/year/rules/effect.py", "full[:6]"): "digits of a typed number",
    ("evaluation/tasks/queries/data_tables.py", 'row["name"][:7]'): "a month",
    ("evaluation/figures/excel.py", "own[:table.identifying]"): "the columns that name a row",
    ("miyun_kpi/lib/errors.py", "[:most]"): "the last line counts the rest",
    ("miyun_kpi/gazette/rules/texts.py", "hits[:most]"): "the page says how many places a clause has besides",
    ("miyun_kpi/registers/services/records.py", "problems[:5]"): "the sentence counts the rest",
    ("evaluation/sheets/rules/checks.py", "[:6]"): "the sentence counts the rest",
    ("evaluation/sheets/forms/workbook.py", "missing[:6]"): "the sentence counts them",
    ("evaluation/sheets/forms/workbook.py", "[:width]"): "columns of a sheet without deductions",
    ("evaluation/sheets/services/workbooks.py", "since[:5]"): "the sentence counts them",
    ("evaluation/sheets/services/sheets.py", "blank[:5]"): "the sentence says 等, and its errors name every one",
    ("evaluation/ranking/queries/receipts.py", "[:own_at]"): "the neighbours of one place",
    ("evaluation/sheets/queries/paste.py", "[:5]"): "the sentence counts them",
    ("evaluation/drafting/services/indicators.py", "rest[:number - 1]"): "all before a place",
    ("evaluation/sheets/views/columns.py", "one.where[:8]"): "an address of a cell",
    ("disclosure/views/reviews.py", "[:20]"): "more boxes than the form has",
    ("farmland/views/pool.py", '.order_by("-number")[:5]'): "账本最近几笔, with a link to all",
    ("evaluation/scheme/queries/carriers.py", "lines[:n]"): "all before a place, behind all after it",
    ("evaluation/demo/year/own_rule.py", "marks[:BLANK_FROM]"): "the demonstration leaves the rest blank",
    ("farmland/views/flow.py", "[:MOST]"): "the rest goes together as 其余, its area counted",
}


def _is_text(value: ast.expr) -> bool:
    match value:
        case ast.JoinedStr() | ast.BoolOp():
            return True
        case ast.BinOp():
            return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in ast.walk(value))
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in TEXTS
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in TEXT_METHODS
        case ast.Call(func=ast.Name(id=name)):
            return name in {"str", "squeeze", "urlencode", "_words", "_title"}
    return False


def _cuts(source: str) -> list[str]:
    """Slices from the beginning to a constant that may hide rows."""
    tree, found = ast.parse(source), []
    shown = {one for form in ast.walk(tree) if isinstance(form, ast.FormattedValue) for one in ast.walk(form)}
    for one in ast.walk(tree):
        if not (isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Slice)) or one.slice.lower is not None:
            continue
        upper = one.slice.upper
        if upper is None or isinstance(upper, ast.UnaryOp):
            continue
        if isinstance(upper, ast.Constant) and upper.value < FEW:
            continue
        in_words = one in shown and not isinstance(one.value, ast.Call)
        if not _is_text(one.value) and not in_words:
            found.append(ast.get_source_segment(source, one) or "")
    return found


def _all() -> list[tuple[str, str]]:
    files = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
    return [(str(path.relative_to(ROOT)), cut) for path in files for cut in _cuts(path.read_text())]


def _known(file: str, cut: str) -> bool:
    said = " ".join(cut.split()).replace("[: ", "[:")
    return any(file == where and what in said for where, what in KNOWN)


def test_every_cut_of_a_list_says_what_it_leaves_out():
    silent = [f"{file}: {cut}" for file, cut in _all() if not _known(file, cut)]
    assert not silent, "Use miyun_kpi.lib.lists.first and components/rest.html, or a pager: " + "; ".join(silent)


def test_no_permission_outlives_its_cut():
    cuts = _all()
    stale = [key for key in KNOWN if not any(file == key[0] and _known(file, cut) for file, cut in cuts)]
    assert not stale


@pytest.mark.parametrize(
    "source",
    ["rows = found.order_by('pk')[:300]", "rows = list(found[:MOST])", "for one in waiting.filter(x=1)[:60]: pass"],
)
def test_a_silent_cut_is_seen(source):
    assert _cuts(source)


@pytest.mark.parametrize("source", ["label[:200]", "f'{text[:20]}'", "row.reason[:500]", "names[:4]", "x.strip()[:60]"])
def test_a_text_is_no_list(source):
    assert not _cuts(source)


def test_what_is_cut_by_first_is_said_on_its_page():
    """Every First that a view hands to a page is shown with components/rest.html."""
    pages = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    said = set(re.findall(r'components/rest\.html" with rows=([\w.]+)', pages))
    given = set()
    for app in APPS:
        for path in (ROOT / app).rglob("views/*.py"):
            text = path.read_text()
            given |= set(re.findall(r'"(\w+)": first\(', text))
            given |= {name for name in re.findall(r"(\w+) = first\(", text) if f'"{name}": {name}' in text}
    assert given and given <= {one.split(".")[0] for one in said}, given - said
