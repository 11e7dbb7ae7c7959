"""Tags around other markup: running text, signs, head rows, sections (builtins: no {% load %} needed)."""

import re

from django.template import Context, Library
from django.template.base import FilterExpression, Node, NodeList, Parser, TextNode, Token, token_kwargs
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


def _head_row(text: str) -> SafeString:
    """`text` is safe: what a template said, its values escaped."""
    cells = []
    for part in filter(None, map(str.strip, text.split("|"))):
        found = HEAD.fullmatch(part)
        assert found is not None
        classes = f' class="{found[2].strip()}"' if found[2] else ""
        cells.append(f'<th scope="col"{classes}>{found[1].strip()}</th>')
    return mark_safe(f"<thead><tr>{''.join(cells)}</tr></thead>")


class HeadsNode(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        fixed = all(isinstance(node, TextNode) for node in nodelist)
        self.fixed = _head_row("".join(node.s for node in nodelist if isinstance(node, TextNode))) if fixed else None

    def render(self, context: Context) -> SafeString:
        return self.fixed or _head_row(self.nodelist.render(context))


@register.tag
def heads(parser: Parser, token: Token) -> HeadsNode:
    """`{% heads %} 序号:num | 日期 | {% if keeps %}办理{% endif %} {% endheads %}`: the head row of a table.

    Parted by bars; behind a colon the classes of a column; a head that is empty is left out.
    """
    nodelist = parser.parse(("endheads",))
    parser.delete_first_token()
    return HeadsNode(nodelist)


# Name of the tag, classes of the section, class of its head.
SECTIONS = {"panel": ("panel", ""), "open_panel": ("panel open", "wash"), "sheet": ("sheet", "")}


class SectionNode(Node):
    def __init__(self, kind: str, title: FilterExpression, given: dict[str, FilterExpression], inner: NodeList) -> None:
        self.kind, self.title, self.given, self.nodelist = kind, title, given, inner

    def render(self, context: Context) -> SafeString:
        said = {name: value.resolve(context) for name, value in self.given.items()}
        classes, head = SECTIONS[self.kind]
        return format_html(
            '<section class="{}"{}><header{}><h2>{}</h2>{}</header>{}</section>',
            f"{classes} {said.get('classes', '')}".strip(),
            format_html(' id="{}"', said["id"]) if "id" in said else "",
            format_html(' class="{}"', head) if head else "",
            self.title.resolve(context),
            format_html('<span class="end">{}</span>', said["end"]) if "end" in said else "",
            self.nodelist.render(context),
        )


def _section(parser: Parser, token: Token) -> SectionNode:
    """`{% panel "办理" id="act" end="须由另一人确认" %} … {% endpanel %}`: a section with its head.

    `panel` stands beside, `open_panel` is one in which something is done, `sheet` lies in the middle; `classes` adds to
    its own, `end` stands at the end of the head.
    """
    kind, *bits = token.split_contents()
    title, given = parser.compile_filter(bits[0]), token_kwargs(bits[1:], parser)
    inner = parser.parse((f"end{kind}",))
    parser.delete_first_token()
    return SectionNode(kind, title, given, inner)


for _kind in SECTIONS:
    register.tag(_kind, _section)
