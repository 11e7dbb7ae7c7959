"""{% tight %}: lines of a template that are one line on the page."""

from django.template import Context, Template


def shown(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


def test_line_breaks_and_indentation_are_dropped():
    source = "<p>{% tight %}\n  甲，\n  {% if a %}\n    乙 {{ a }}\n  {% endif %}\n  丙\n{% endtight %}</p>"
    assert shown(source, a="1") == "<p>甲，乙 1丙</p>"
    assert shown(source) == "<p>甲，丙</p>"


def test_loops_and_values_are_reached_and_what_a_value_holds_is_kept():
    source = '<a title="{% tight %}\n{% for a in b %}\n  {{ a }}、\n{% empty %}\n  没有\n{% endfor %}\n{% endtight %}">'
    assert shown(source, b=["一\n二", "三"]) == '<a title="一\n二、三、">'
    assert shown(source, b=[]) == '<a title="没有">'
