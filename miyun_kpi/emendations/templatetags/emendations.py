"""The 勘正 of a thing on its own page: those there are, and the way to a new one."""

from typing import Any

from django.template import Context, Library
from django.utils.html import format_html

from miyun_kpi.acts.enums import STATUS, TwoPersonState
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.emendations.registry import emendable
from miyun_kpi.routes import to

register = Library()


@register.inclusion_tag("emendations/_panel.html", takes_context=True)
def emendations(context: Context, subject: str, thing: Any) -> dict[str, Any]:
    """Nothing for whoever may not put it right; where it may simply be changed, only those there were."""
    kind, actor = emendable(subject), context["request"].actor
    if not kind.may(actor, thing):
        return {"shown": False}
    rows = list(Emendation.objects.filter(subject=subject, subject_id=thing.pk))
    offered = kind.open_refusal(actor, thing) is None and not any(row.is_open for row in rows)
    return {
        "shown": offered or bool(rows),
        "rows": [(row, STATUS[TwoPersonState(row.state)]) for row in rows],
        "offered": offered,
        "subject": subject,
        "thing": thing,
    }


@register.simple_tag(takes_context=True)
def emend_link(context: Context, subject: str, thing: Any) -> str:
    """Beside one of many things on a page: the way to a new 勘正, or nothing for whoever may not."""
    kind, actor = emendable(subject), context["request"].actor
    if not kind.may(actor, thing) or kind.open_refusal(actor, thing) is not None:
        return ""
    return format_html('<a href="{}">勘正</a>', to("emendations:new", subject, thing.pk))
