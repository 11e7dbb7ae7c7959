"""The layout of templates: a new line comes only where a browser drops it."""

import re
from pathlib import Path

import pytest

from scripts import templates
from scripts.template_gaps import Reader
from scripts.templates import WIDTH, laid_out

BASE = (
    "<body><div><h1>{% block heading %}{% endblock %}</h1></div><p>{% block words %}{% endblock %}：</p>"
    '<div class="acts">{% block acts %}{% endblock %}</div></body>'
)
LONG = "区政府办汇总后报区政府党组会研究审议按纪要登记在这里" * 2


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    root = tmp_path / "templates"
    root.mkdir()
    (root / "base.html").write_text(BASE)
    (root / "row.html").write_text("<tr><td>一</td></tr>")
    (root / "word.html").write_text("<b>一</b>")
    (root / "within.html").write_text('<div>{% include "_part.html" %}</div>')
    (root / "_part.html").write_text("{% if a %}<p>一</p>{% endif %}")
    return Reader(root)


def gaps(reader: Reader, source: str, name: str = "") -> str:
    """The source with | at every gap that may become a new line unseen, and _ at white space."""
    made = reader.template(source, name)
    marks = {"free": "|", "space": "_", "tight": "", "kept": " ", "loose": "/"}
    parts = [marks[gap] + atom.text for gap, atom in zip(made.gaps, made.atoms, strict=False)]
    return "".join(parts) + marks[made.gaps[-1]]


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>一<b>二</b> 三</p>", "|<p>|一<b>二</b>_三|</p>|"),
        ("<td>一</td><td>二</td>", "|<td>|一|</td>|<td>|二|</td>|"),
        # Both branches must end in an edge, and the way around an if without else counts.
        ("<p>一</p>{% if a %}<p>二</p>{% endif %}三", "|<p>|一|</p>|{% if a %}|<p>|二|</p>|{% endif %}|三"),
        ("一{% if a %}<p>二</p>{% endif %}三", "一{% if a %}|<p>|二|</p>|{% endif %}三"),
        (
            "一{% if a %}<p>二</p>{% else %}<p>三</p>{% endif %}四",
            "一|{% if a %}|<p>|二|</p>|{% else %}|<p>|三|</p>|{% endif %}|四",
        ),
        ("<p>{% if a %}一{% endif %}</p>", "|<p>|{% if a %}|一|{% endif %}|</p>|"),
        ("<p>{% if a %}一{% endif %}二</p>", "|<p>|{% if a %}|一{% endif %}二|</p>|"),
        # The end of a loop meets its start.
        ("<p>{% for a in b %}一{% endfor %}</p>", "|<p>|{% for a in b %}一{% endfor %}|</p>|"),
        (
            "<ul>{% for a in b %}<li>一</li>{% endfor %}</ul>",
            "|<ul>|{% for a in b %}|<li>|一|</li>|{% endfor %}|</ul>|",
        ),
        # What an include renders first and last.
        ('{% include "row.html" %}一', '|{% include "row.html" %}|一'),
        ('<p>一{% include "word.html" %}二</p>', '|<p>|一{% include "word.html" %}二|</p>|'),
        # What is not shown takes no part; a button is seen outside and an edge inside.
        ('<p>{% csrf_token %}<input type="hidden">一</p>', '|<p>|{% csrf_token %}|<input type="hidden">|一|</p>|'),
        ("<p>一<button>二</button>三</p>", "|<p>|一<button>|二|</button>三|</p>|"),
        # The children of a flex box are blocks; words in it are not.
        ('<div class="acts"><a>一</a>{{ b }}</div>', '|<div class="acts">|<a>|一|</a>|{{ b }}|</div>|'),
        # An element that is hidden while empty is not filled with white space.
        (
            '<div class="acts">{% if a %}<b>一</b>{% endif %}</div>',
            '|<div class="acts">{% if a %}|<b>|一|</b>|{% endif %}</div>|',
        ),
        ('<td data-label="甲"><p>{{ b }}</p></td>', '|<td data-label="甲">|<p>|{{ b }}|</p>|</td>|'),
        ('<td data-label="甲">{{ b }}</td>', '|<td data-label="甲">{{ b }}</td>|'),
        ("<p>一<br>二</p>", "|<p>|一|<br>|二|</p>|"),
    ],
)
def test_where_a_new_line_cannot_be_seen(reader, source, seen):
    assert gaps(reader, source) == seen


def test_a_block_stands_where_the_base_puts_it(reader):
    source = '{% extends "base.html" %}{% block heading %}一{% endblock %}{% block words %}二{% endblock %}'
    assert gaps(reader, source) == (
        '|{% extends "base.html" %}|{% block heading %}|一|{% endblock %}|{% block words %}|二{% endblock %}|'
    )
    hidden = '{% extends "base.html" %}{% block acts %}{% if a %}<a>一</a>{% endif %}{% endblock %}'
    assert "{% block acts %}{% if a %}|<a>" in gaps(reader, hidden)


def test_an_included_template_stands_where_others_include_it(reader):
    source = "{% if a %}<p>一</p>{% endif %}"
    assert gaps(reader, source) == "{% if a %}|<p>|一|</p>|{% endif %}"
    assert gaps(reader, source, "_part.html") == "|{% if a %}|<p>|一|</p>|{% endif %}|"


@pytest.mark.parametrize(
    "source",
    [
        f"<p>{LONG}<b>{LONG}</b>{LONG}</p>",
        f'<div class="body"><p title="{LONG}" class="a">{LONG}</p><p>二</p></div>',
        f'<td data-label="甲">{{% if a %}}{LONG}{{% elif b %}} {LONG}{{% endif %}} {LONG} {LONG}</td>',
        f"<p>{{% tight %}}{LONG}。{LONG}，{LONG} 一{{% if a %}}{LONG}{{% endif %}}{{% endtight %}}</p>",
        f'<a href="{{% tight %}}{{% if a %}}{LONG}{{% else %}}{LONG}{{% endif %}}{{% endtight %}}">一</a>',
        f"<textarea>\n{LONG}\n  二</textarea>",
        f'{{% include "row.html" with a="{LONG}" b="{LONG}" %}}',
        f"{{% comment %}} {'word ' * 60}{{% endcomment %}}<p>一</p>",
    ],
)
def test_lines_are_short_and_a_second_run_changes_nothing(reader, source):
    made = laid_out(source, reader, "")
    assert max(len(line) for line in made.split("\n")) <= WIDTH
    assert laid_out(made, reader, "") == made


def test_long_values_of_an_include_go_to_with(reader):
    made = laid_out(f'{{% include "row.html" with a="{LONG}" b="{LONG}" %}}', reader, "")
    assert "".join(line.strip() for line in made.split("\n")) == (
        f'{{% with a="{LONG}" %}}{{% with b="{LONG}" %}}{{% include "row.html" %}}{{% endwith %}}{{% endwith %}}'
    )


def test_no_white_space_comes_or_goes_beside_words(reader):
    inner = f"{{% if a %}}<a>{LONG}</a>{{% else %}}<b>{LONG}</b>{{% endif %}}"
    for source in (
        f'<td data-label="甲">{{% tight %}}{inner}{{% if b %}} <b>{{% if c %}}{LONG}{{% endif %}}{LONG}</b> {{% endif %}}{{% endtight %}}</td>',
        f"<p>{{% tight %}}甲{{% for a in b %}} <b>{inner}</b> {{% endfor %}}{{% endtight %}}</p>",
    ):
        made = laid_out(source, reader, "")
        assert re.sub(r"\n *", "", made) == source


def test_typed_text_stays_as_it_is(reader):
    source = "<pre>一\n   二</pre>"
    assert laid_out(source, reader, "") == source + "\n"


def test_check_names_what_is_not_laid_out(reader, monkeypatch, capsys):
    monkeypatch.setattr(templates, "ROOT", reader.root)
    file = reader.root / "row.html"
    assert templates.main(["--check", str(file)]) == 1 and "row.html: is not laid out" in capsys.readouterr().out
    assert templates.main([str(file)]) == 0 and templates.main(["--check", str(file)]) == 0
