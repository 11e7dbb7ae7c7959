"""Pages load nothing from elsewhere, break no rule of the content policy, none lies about unused, and all can be read."""

import re

from django.apps import apps

from tests.house import CODE, ROOT, files, name

TEMPLATES = {p.relative_to(ROOT / "templates").as_posix(): p for p in files(".html", under=("templates",))}
# Names of namespaces, never fetched.
HARMLESS = re.compile(r"https?://www\.w3\.org/[\w/]+")
INLINE = re.compile(
    r"""<[^>]*\s(?:style|on[a-z]+|hx-on[:\w-]*)\s*=   # attributes that the policy forbids
      | <style\b
      | <script\b(?![^>]*\ssrc=)
      | javascript:""",
    re.X | re.I,
)


def without_template_comments(text: str) -> str:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", text, flags=re.S)
    return re.sub(r"{#.*?#}", "", text)


def test_no_page_or_asset_names_another_host():
    wrong = []
    for path in [*TEMPLATES.values(), *files(".css", ".js", ".svg", under=CODE)]:
        text = HARMLESS.sub("", without_template_comments(path.read_text()))
        wrong += [f"{name(path)}: {m}" for m in re.findall(r"""https?://[^\s"'<>{)]+|["'(]//[\w.]+""", text)]
    assert wrong == []


def test_no_template_has_inline_style_script_or_handler():
    wrong = []
    for path in TEMPLATES.values():
        found = INLINE.search(without_template_comments(path.read_text()))
        if found:
            wrong.append(f"{name(path)}: {found[0][:80]}")
    assert wrong == []


def test_the_inline_check_sees_what_it_looks_for():
    for bad in (
        '<p style="x">',
        "<a onclick='f()'>",
        "<style>",
        "<script>",
        '<a href="javascript:x">',
        "<p hx-on:click=1>",
    ):
        assert INLINE.search(bad), bad
    assert not INLINE.search('<script src="/static/a.js" defer></script>')


def test_no_template_has_a_line_of_more_than_120_characters():
    wrong = []
    for path in TEMPLATES.values():
        lines = enumerate(path.read_text().split("\n"), 1)
        wrong += [f"{name(path)}:{number}" for number, line in lines if len(line) > 120]
    assert wrong == []


def test_what_is_only_our_reading_stands_behind_a_sign():
    """Under the head of a page an officer needs what is to be done; why we read the text so is for who asks."""
    aside = re.compile(r"<p class=\"lines\">((?:(?!</p>).)*(?:（推定）|没有印|为推定|推定为)(?:(?!</p>).)*)</p>", re.S)
    first = {"finance/index.html", "water/index.html"}  # overviews, which say what they leave to others to enter
    wrong = [
        f"{n}: {' '.join(said.split())}" for n, path in TEMPLATES.items() for said in aside.findall(path.read_text())
    ]
    assert [one for one in wrong if one.partition(":")[0] not in first] == []
    assert sum('{% sign "推定" %}' in path.read_text() for path in TEMPLATES.values()) > 10


def test_every_template_is_laid_out():
    from scripts.templates import ROOT as PLACE
    from scripts.templates import Reader, laid_out

    reader = Reader(PLACE)
    wrong = [n for n, path in TEMPLATES.items() if laid_out(path.read_text(), reader, n) != path.read_text()]
    assert wrong == [], "python3 -m scripts.templates"


def test_no_template_asks_the_database():
    """Views and queries hand over what a page shows: no manager of a relation in a template."""
    relations = {
        relation.get_accessor_name() if relation.auto_created else relation.name
        for model in apps.get_models()
        for relation in model._meta.get_fields()
        if relation.one_to_many or relation.many_to_many
    } - {None}
    asks = re.compile(rf"\.(?:all|exists)\b|_set\b|\b(?:{'|'.join(sorted(relations))})\.(?:count|first|last)\b")
    found = {}
    for path in TEMPLATES.values():
        tags = re.findall(r"{[{%].*?[%}]}", without_template_comments(path.read_text()))
        number = sum(len(asks.findall(re.sub(r'"[^"]*"', "", tag))) for tag in tags)
        if number:
            found[path.relative_to(ROOT / "templates").as_posix()] = number
    assert found == {}


def test_every_template_is_used():
    """Its name stands in a view, a tag or another template."""
    sources = {p: p.read_text() for p in [*files(".py", under=(*CODE, "tests")), *TEMPLATES.values()]}
    unused = [n for n, path in TEMPLATES.items() if not any(n in text for p, text in sources.items() if p != path)]
    assert unused == []


def test_every_template_name_in_the_code_exists():
    wrong = []
    for path in [*files(".py", under=CODE), *TEMPLATES.values()]:
        for found in re.findall(r"""["']((?:\w+/)+\w+\.html|base\w*\.html)["']""", path.read_text()):
            if found not in TEMPLATES:
                wrong.append(f"{name(path)}: {found}")
    assert wrong == []
