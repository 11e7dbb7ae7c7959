"""On the page of a 机构改革: whose posts stand in an ended organisation, and where they go on."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.template import Context, Library

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.accounts.queries import left_behind
from miyun_kpi.organisations.models import Organisation

register = Library()


@register.simple_tag(takes_context=True)
def ended_unit(context: Context, on: date) -> Organisation | None:
    """The body that has ended in which whoever looks at the page still has a post: nobody acts from there any more."""
    request = context["request"]
    held = left_behind(on).filter(user=request.user).select_related("organisation").first()
    return held.organisation if held else None


@register.inclusion_tag("accounts/_posts_to_hand_over.html", takes_context=True)
def posts_to_hand_over(
    context: Context, ended: Sequence[Organisation], successors: Sequence[Organisation], on: date
) -> dict[str, Any]:
    """`on`: from when the change holds. Whoever grants posts moves them from here, several at once."""
    today = context["today"]
    standing = left_behind(today).filter(organisation__in=ended).select_related("user", "organisation")
    return {
        "rows": standing.order_by("organisation__code", "user__username", "role"),
        "successors": successors,
        "first_day": max(on, today),
        "grants": context["request"].actor.may(Verb.GRANT_POSTS),
        "csrf_token": context.get("csrf_token"),
        "change": context["row"].pk,
    }
