"""Tags that draw what miyun_kpi.charts has placed (builtins: no {% load %} needed)."""

from datetime import datetime
from typing import Any

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from miyun_kpi import charts
from miyun_kpi.web import formats
from miyun_kpi.web.shapes import ZONES

register = Library()


@register.inclusion_tag("charts/window.html")
def window_bar(window: Any, now: datetime, until: datetime | None = None) -> dict[str, Any]:
    """Countdown of a filing window (`starts_at`, `due_at`, `late_until`, `locks_at`) at the server's `now`.

    `until` is the end for one sheet that was given back; while it lasts it is the one counted down to.
    """
    dates = [_local(value) for value in (window.starts_at, window.due_at, window.late_until, window.locks_at)]
    starts, due, late, locks = dates
    bar = charts.window(starts, due, late, locks, now=_local(now), until=_local(until) if until else None)
    return {"bar": bar, "dates": dates, "now": _local(now)}


@register.inclusion_tag("charts/window_line.html")
def window_line(window: Any, now: datetime, until: datetime | None = None) -> dict[str, Any]:
    """The countdown in one line, for a page where every row counts; its dates unfold below it."""
    return window_bar(window, now, until)


def _local(moment: datetime) -> datetime:
    local = formats.local(moment)
    assert isinstance(local, datetime)
    return local


@register.simple_tag
def strip(
    values: Any, own: Any, low: Any, high: Any, mean: Any = None, of_zone: str = "", width: int = 130
) -> SafeString:
    """Dot strip of a table cell: the others as grey ticks, the mean as a line, one's own value in the zone's shape."""
    drawn = charts.strip(values, own=own, low=low, high=high, mean=mean, width=width)
    parts = [f'<path class="c-base" d="M0 10H{width}"/>']
    if drawn.ticks:
        parts.append(f'<path class="c-tick" d="{drawn.ticks}"/>')
    if drawn.mean is not None:
        parts.append(f'<path class="c-mean" d="M{drawn.mean} 3V17"/>')
    colour, mark = (f"zone-{of_zone}", ZONES[of_zone][1]) if of_zone else ("", "disc")
    if drawn.own is not None:
        parts.append(
            f'<use class="{colour or "own"}" href="#sh-{mark}" x="{drawn.own - 4.5:g}" y="5.5" width="9" height="9"/>'
        )
    return format_html(
        '<svg class="strip" width="{0}" height="20" viewBox="0 0 {0} 20" role="img" aria-label="{1}">{2}</svg>',
        *(width, drawn.sentence, mark_safe("".join(parts))),  # numbers and constants only
    )


@register.inclusion_tag("charts/rows_chart.html")
def rows_chart(
    rows: Any, low: Any, high: Any, ticks: Any, title: str, width: int = 300, sentence: str = ""
) -> dict[str, Any]:
    """Rows of dots, bands and means on one shared scale; `rows` are charts.Row."""
    return {
        "chart": charts.rows(rows, low=low, high=high, ticks=ticks, width=width),
        "title": title,
        "sentence": sentence,
    }


@register.inclusion_tag("charts/trend.html")
def trend(values: Any, low: Any, high: Any, of_zone: str = "", mean: Any = None, title: str = "") -> dict[str, Any]:
    """A few periods of one's own value; `values` are (label, value or None, firm); the last unfirm one is hollow."""
    return {"chart": charts.trend(values, low=low, high=high, mean=mean), "zone": of_zone, "title": title}
