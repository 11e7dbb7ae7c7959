"""On the page of a thing: the acts on it that wait for a second person, and those that were decided."""

from django.template import Context, Library

from miyun_kpi.acts.enums import STATUS, TwoPersonState
from miyun_kpi.lib.lists import first
from miyun_kpi.proposals.access import of_own_office
from miyun_kpi.proposals.stored import given_of

register = Library()
MOST = 20


@register.inclusion_tag("proposals/_panel.html", takes_context=True)
def proposals(context: Context, thing: str) -> dict[str, object]:
    """`thing`: the key of the thing, as its decisions give it. Shown to the office that proposes; nothing without rows."""
    rows = of_own_office(context["request"].actor).filter(thing=thing)
    listed = first(rows, MOST)
    shown = [(row, given_of(row)[0].word, STATUS[TwoPersonState(row.state)]) for row in listed]
    return {"rows": shown, "listed": listed}
