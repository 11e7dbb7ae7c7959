"""Tags around other markup: running text, signs, head rows, sections (builtins: no {% load %} needed)."""

import re

from django.template import Context, Library
from django.template.base import FilterExpression, Node, NodeList, Parser, TextNode, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = Library()


class TightNode(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        for text in nodelist.get_nodes_by_type(TextNode):
            if isinstance(text, TextNode):
                text.s = re.sub(r"[ \t]*\n[ \t]*", "", text.s)

    def render(self, context: Context) -> SafeString:
        return self.nodelist.render(context)


@register.tag
def tight(parser: Parser, token: Token) -> TightNode:
    """`{% tight %} … {% endtight %}` over several lines: line breaks and indentation are dropped when the page is read in.

    For running Chinese text, in which a space would be seen, and for long values of attributes.
    """
    nodelist = parser.parse(("endtight",))
    parser.delete_first_token()
    return TightNode(nodelist)


class SignNode(Node):
    def __init__(self, word: FilterExpression, nodelist: NodeList) -> None:
        self.word, self.nodelist = word, nodelist

    def render(self, context: Context) -> SafeString:
        return format_html(
            '<details class="sign"><summary>{}</summary><div class="sign-body">{}</div></details>',
            *(self.word.resolve(context), self.nodelist.render(context)),
        )


@register.tag
def sign(parser: Parser, token: Token) -> SignNode:
    """`{% sign "推定" %} … {% endsign %}`: what not everybody needs, behind a sign that opens in place.

    One word of the state or of what is behind it; without a script, by keyboard and for people who hear the page.
    """
    _, word = token.split_contents()
    nodelist = parser.parse(("endsign",))
    parser.delete_first_token()
    return SignNode(parser.compile_filter(word), nodelist)


HEAD = re.compile(r"(.*?)(?::([a-z][a-z0-9 -]*))?", re.S)


@register.simple_block_tag
def heads(content: str) -> SafeString:
    """`{% heads %} 序号:num | 日期 | {% if keeps %}办理{% endif %} {% endheads %}`: the head row of a table.

    Parted by bars; behind a colon the classes of a column; a head that is empty is left out.
    """
    cells = []
    for part in filter(None, map(str.strip, content.split("|"))):
        found = HEAD.fullmatch(part)
        assert found is not None
        classes = f' class="{found[2].strip()}"' if found[2] else ""
        cells.append(f'<th scope="col"{classes}>{found[1].strip()}</th>')
    return mark_safe(f"<thead><tr>{''.join(cells)}</tr></thead>")  # what a template said, its values escaped


def _section(content: str, title: str, classes: str, id: str, end: str, head: str = "") -> SafeString:
    return format_html(
        '<section class="{}"{}><header{}><h2>{}</h2>{}</header>{}</section>',
        classes.strip(),
        format_html(' id="{}"', id) if id else "",
        format_html(' class="{}"', head) if head else "",
        title,
        format_html('<span class="end">{}</span>', end) if end else "",
        content,
    )


@register.simple_block_tag
def panel(content: str, title: str, id: str = "", end: str = "", classes: str = "") -> SafeString:
    """`{% panel "经过" id="trail" end="近的在前" %} … {% endpanel %}`: a section that stands beside, with its head."""
    return _section(content, title, f"panel {classes}", id, end)


@register.simple_block_tag
def open_panel(content: str, title: str, id: str = "", end: str = "", classes: str = "") -> SafeString:
    """A panel in which something is done now."""
    return _section(content, title, f"panel open {classes}", id, end, "wash")


@register.simple_block_tag
def sheet(content: str, title: str, id: str = "", end: str = "", classes: str = "") -> SafeString:
    """A section that lies in the middle of a page."""
    return _section(content, title, f"sheet {classes}", id, end)
