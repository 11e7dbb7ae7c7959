"""The 勘正 of a thing on its own page: those there are, and the way to a new one."""

from typing import Any

from django.template import Context, Library

from miyun_kpi.acts.enums import STATUS, TwoPersonState
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.emendations.registry import emendable

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
