"""Tags and filters of every template (builtins: no {% load %} needed). The list for authors stands in templates/base.html."""

from typing import Any

from django.template import Context, Library
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from miyun_kpi.lib.citations import cite, document_label, has_text, named_document, split_citation
from miyun_kpi.web import formats
from miyun_kpi.web.formats import MISSING, points, score
from miyun_kpi.web.help_pages import help_for
from miyun_kpi.web.registry import Notice, graver
from miyun_kpi.web.repair import repair_code
from miyun_kpi.web.shapes import SHAPES, STATES, ZONES
from miyun_kpi.web.way_back import way_back

register = Library()
MARKS = {"disc": "●", "block": "■", "triangle": "▲", "diamond": "◆"}


# ── shapes and words ─────────────────────────────────────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def page_before(context: Context) -> str:
    """The page whose form was refused, for whoever has to go somewhere else first and come back."""
    request = context.get("request")
    return way_back(request) if request is not None else "/"


@register.simple_tag
def shape_sprite() -> SafeString:
    """Every shape once a page as a symbol; scripts draw with the same `#sh-…` names."""
    symbols = "".join(
        f'<symbol id="sh-{name}" viewBox="0 0 14 14">{drawing}</symbol>' for name, drawing in SHAPES.items()
    )
    return mark_safe(f'<svg class="shapes" aria-hidden="true" focusable="false">{symbols}</svg>')  # our own constants


@register.simple_tag
def shape(name: str, classes: str = "") -> SafeString:
    if name not in SHAPES:
        raise ValueError(f"no shape called {name!r}")
    return format_html(
        '<svg class="sh {}" aria-hidden="true" focusable="false"><use href="#sh-{}"/></svg>', classes, name
    )


@register.simple_tag
def status(name: str, word: object = "", quiet: bool = False) -> SafeString:
    """Shape and word of a state. `quiet`: the shape alone (dense cells with a legend), the word stays in the accessible text."""
    if name not in STATES:
        raise ValueError(f"no state called {name!r}")
    state = STATES[name]
    drawn = shape(state.shape, "spin" if state.shape == "ring" else "")
    if quiet:
        return format_html(
            '<span class="state alone is-{}" title="{}">{}<span class="hear">{}</span></span>',
            *(state.colour, word or state.word, drawn, word or state.word),
        )
    return format_html('<span class="state is-{}">{}<span>{}</span></span>', state.colour, drawn, word or state.word)


@register.simple_tag
def zone(name: str, short: bool = False, word: object = None) -> SafeString:
    """A zone with its shape and colour; `short` leaves out 区-wide words (新城, 绿色, 生态, 经济). No zone: a dash."""
    if not name:
        return mark_safe(f'<span class="quiet">{MISSING}</span>')
    label, drawn = ZONES[name]
    text = label[:2] if short else label
    return format_html(
        '<span class="zone"><span class="zone-{}">{}</span>{}</span>',
        name,
        shape(drawn),
        text if word is None else word,
    )


@register.simple_tag
def zone_shape(name: str) -> SafeString:
    """The shape alone, with the zone's name for people who hear the page."""
    label, drawn = ZONES[name]
    return format_html('<span class="zone-{}">{}<span class="hear">{}</span></span>', name, shape(drawn), label)


@register.simple_tag
def zone_mark(name: str) -> SafeString:
    """The sign of a zone as text, for what is printed without the shapes of a page; "" without a zone."""
    if not name:
        return mark_safe("")
    label, drawn = ZONES[name]
    return format_html('<span class="zone-{}" title="{}">{}</span>', name, label, MARKS[drawn])


@register.simple_tag
def zone_symbol(name: str) -> str:
    return ZONES[name][1] if name else "disc"


@register.simple_tag
def figure(value: object, status: str, places: int | None = None) -> SafeString:
    """A figure of the gazette followed by the shape of its status; see `figure_cell` for the tint of its cell."""
    state = STATES[status]
    text = points(value) if places is None else score(value, places)
    return format_html(
        '<span class="fig">{}<span class="is-{}" title="{}">{}<span class="hear">{}</span></span></span>',
        *(text, state.colour, state.word, shape(state.shape), state.word),
    )


@register.filter
def figure_cell(status: str) -> str:
    """Class of the cell around a figure: derived, assumed and unreadable ones are tinted."""
    return "" if status == "printed" else f"cell-{status}"


@register.simple_tag
def movement(rank: int | None, previous: int | None) -> SafeString:
    """Places won or lost against the ranking before; without one a dash."""
    if rank is None or previous is None:
        return mark_safe(f'<span class="quiet">{MISSING}</span>')
    if rank == previous:
        return format_html('<span class="move is-grey">{}平</span>', shape("level"))
    word, colour, drawn = ("升", "green", "up") if rank < previous else ("降", "red", "down")
    return format_html(
        '<span class="move is-{}">{}<span class="hear">{}</span>{}</span>',
        colour,
        shape(drawn),
        word,
        abs(previous - rank),
    )


# ── numbers and dates: web.formats ───────────────────────────────────────────────────────────────

for _filter in (
    *(formats.score, formats.points, formats.signed, formats.percent, formats.money, formats.area, formats.minus),
    *(formats.missing, formats.day, formats.weekday, formats.day_week, formats.short_day, formats.stamp),
    *(formats.short_stamp, formats.clock, formats.period, formats.periods),
):
    register.filter(_filter.__name__, _filter)


# ── links and acts ───────────────────────────────────────────────────────────────────────────────


def clause_address(document: str, ref: str) -> str:
    if not ref:
        return reverse("gazette:document", kwargs={"document": document})
    return reverse("gazette:clause", kwargs={"document": document, "ref": ref})


@register.filter(name="document_label")
def label_of_document(document: object) -> str:
    """13号, 〔2021〕9号: of a ref, of anything that names a document, or of the document of a subject ("farmland")."""
    return document_label(named_document(document))


@register.simple_tag
def clause_link(document: object, ref: str = "", short: bool = False, text: str = "") -> SafeString:
    """Link to a clause: `{% clause_link scheme.document_id "附件4·4" %}`, `{% clause_link "farmland" "第六条" %}` for the
    document of a subject, or one argument as refusals, figures and frozen documents write it, "13号 附件4·4".

    A script opens the quotation in the side panel where the page has one; otherwise the link goes to the reader. A clause
    that no gazette prints (of a document known by its 印发 alone, of a draft) is cited without a link.
    """
    code, ref = (named_document(document), ref) if ref else split_citation(str(document or ""))
    if not code and not ref:
        return mark_safe(f'<span class="quiet">{MISSING}</span>')
    label = text or (ref if short and ref else cite(code, ref))
    if not has_text(code, ref):
        return format_html('<span class="clause">{}<span>{}</span></span>', shape("page"), label)
    return format_html(
        '<a class="clause" href="{}" data-clause>{}<span>{}</span></a>', clause_address(code, ref), shape("page"), label
    )


@register.simple_tag
def blocked_button(label: str, lacking: str, href: str = "", classes: str = "") -> SafeString:
    """A button that cannot act yet: dashed, says what is lacking, and pressing it goes to the first such place."""
    text = f"{label}（{lacking}）"
    if href:
        return format_html('<a class="btn btn-blocked {}" href="{}">{}</a>', classes, href, text)
    return format_html(
        '<button class="btn btn-blocked {}" type="button" aria-disabled="true">{}</button>', classes, text
    )


@register.simple_tag
def second_person(act: str, did: str, who: str = "另一位同事", to: str = "") -> SafeString:
    """Where somebody else has to act: the act as a button that cannot, what the reader did, who may do it instead.

    `{% second_person "复核" "由您提出" "考评办的另一位同事" %}`; `to` where what is asked of them is not called as the act.
    """
    return blocked_button(act, f"{did}，请{who}{to or act}")


@register.simple_tag(name="repair_code")
def repair_code_of(code: str) -> SafeString:
    """The 报修码 of a refusal, small; its code is in the page's source."""
    return format_html('<span class="repair" data-code="{}">报修码 {}</span>', code, repair_code(code))


@register.simple_tag(takes_context=True)
def help_sign(context: Context) -> SafeString:
    """“?”: the chapter of the manual that belongs to this page."""
    match = getattr(context.get("request"), "resolver_match", None)
    address, title = help_for(match.view_name if match else "")
    return format_html(
        '<a class="help-sign no-print" href="{}" title="帮助：{}" aria-label="帮助：{}">?</a>', address, title, title
    )


@register.simple_tag(takes_context=True)
def sub_link(context: Context, address: str, label: str, exact: bool = False) -> SafeString:
    """One page of the sub bar; it is the current one when the path starts with its address."""
    path = context["request"].path if "request" in context else ""
    here = path == address if exact else path.startswith(address)
    if here and path != address:
        remember_list(context, label, address)
    return format_html(
        '<li><a href="{}"{}>{}</a></li>', address, mark_safe(' aria-current="page"') if here else "", label
    )


# Where the sub bar leaves for the breadcrumb the list that the page stands below; the bar is rendered before it.
_LISTS = "_lists_above"


def remember_list(context: Context, label: str, address: str) -> None:
    if "request" in context:
        setattr(context["request"], _LISTS, [(label, address)])


@register.simple_block_tag(takes_context=True)
def breadcrumbs(context: Context, content: str) -> SafeString:
    """`{% breadcrumbs %} <li> … {% endbreadcrumbs %}`: the subject and the list above a page, then what the page adds.

    Above it stand `crumbs` of the view, (label, address), else the page of the sub bar.
    """
    frame, more = context.get("frame"), content.strip()
    above = context.get("crumbs") or getattr(context.get("request"), _LISTS, [])
    here = next((item for item in frame.nav if item.current), None) if frame is not None and (above or more) else None
    subject = [(here.label, here.address)] if here and here.address not in [address for _, address in above] else []
    return render_to_string("components/breadcrumbs.html", {"crumbs": [*subject, *above], "more": mark_safe(more)})


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: object) -> str:
    """The present address with some query values changed (None or "" drops one): filters live in the address.

    Where the view says which names its list knows (`known_in_address`), nothing else of the address goes on.
    """
    query = context["request"].GET.copy()
    if (known := context.get("known_in_address")) is not None:
        for name in set(query) - set(known) - {"page"}:
            del query[name]
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else context["request"].path


@register.simple_tag(takes_context=True)
def sort_head(
    context: Context, name: str, label: str, classes: str = "", down: bool = False, note: str = ""
) -> SafeString:
    """Head of a column by which the server sorts; the order lives in the address as `sort`, "-" first for descending, and
    the filters stay. `down`: the first press shows the greatest first (marks, dates). `note`: a second line under the name.
    """
    current = context["request"].GET.get("sort", "") if "request" in context else ""
    up, falling = name, f"-{name}"
    state = {up: "ascending", falling: "descending"}.get(current, "")
    wanted = falling if current == up or (down and current != falling) else up
    arrow = {"ascending": " ↑", "descending": " ↓"}.get(state, "")
    return format_html(
        '<th scope="col" class="{}"{}><a href="{}">{}<span aria-hidden="true">{}</span></a>{}</th>',
        *(f"sorts {classes}".strip(), mark_safe(f' aria-sort="{state}"') if state else ""),
        *(with_query(context, sort=wanted, page=None), label, arrow, format_html("<br>{}", note) if note else ""),
    )


@register.inclusion_tag("components/segments.html", takes_context=True)
def segments(context: Context, name: str, options: Any, current: object = "", label: str = "") -> dict[str, Any]:
    """Segmented filter. `options`: (value, word) or (value, word, count) or (value, word, count, zone)."""
    items = []
    for option in options:
        value, word, count, of_zone = (*option, None, None)[:4]
        first_page = dict.fromkeys(("page", "older", "newer", "oldest"))
        address = with_query(context, **{**first_page, name: value})
        items.append(
            {
                "address": address,
                "word": word,
                "count": count,
                "zone": of_zone,
                "current": str(value) == str(current or ""),
            }
        )
    return {"items": items, "label": label}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Any) -> dict[str, Any]:
    """Pages of a Django Page object; the numbers stay in the address."""
    numbers = [
        n if isinstance(n, int) else None
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    return {"page": page, "pages": [(n, with_query(context, page=n) if n else "") for n in numbers]}


@register.simple_tag(takes_context=True)
def page_notice(context: Context) -> Notice | None:
    """The one notice of this page: the view's own (`notice` in its context) or the one apps registered, the graver wins."""
    frame = context.get("frame")
    return graver(context.get("notice"), frame.notice if frame is not None else None)


@register.simple_tag
def stripes() -> SafeString:
    """Diagonal stripes as a drawing, because browsers drop backgrounds when they print."""
    return mark_safe(
        '<svg aria-hidden="true" focusable="false"><defs><pattern id="stripes" width="14" height="14" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="14" height="14" fill="#7d4b00"/>'
        '<rect width="7" height="14" fill="#5c3800"/></pattern></defs><rect width="100%" height="100%" fill="url(#stripes)"/></svg>'
    )


@register.simple_tag
def hatch(colour: str = "grey") -> SafeString:
    """Hatch of a 不适用 cell (grey) or an unreadable figure (red), as a drawing so that it prints."""
    name = "hatch-red" if colour == "red" else "hatch"
    line = "hatch-line-red" if colour == "red" else "hatch-line"
    return format_html(
        '<svg class="hatch" aria-hidden="true" focusable="false"><defs><pattern id="{0}" width="7" height="7" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="{1}" d="M0 0V7"/></pattern></defs>'
        '<rect width="100%" height="100%" fill="url(#{0})"/></svg>',
        *(name, line),
    )


@register.simple_tag
def watermark(words: str = "试算　演示数据") -> SafeString:
    """Drawn over the sheet (its parent must be positioned, e.g. .sheet), so that it prints too."""
    return format_html(
        '<svg class="watermark" aria-hidden="true" focusable="false"><defs><pattern id="watermark" width="330" height="210" '
        'patternUnits="userSpaceOnUse"><text x="70" y="190" transform="rotate(-28 70 190)">{}</text></pattern></defs>'
        '<rect width="100%" height="100%" fill="url(#watermark)"/></svg>',
        words,
    )


@register.simple_tag
def query(**values: object) -> str:
    """A query string from the values that are given."""
    given = {key: str(value) for key, value in values.items() if value not in (None, "")}
    return f"?{urlencode(given)}" if given else ""
