"""`{% load evaluation_places %}{% evaluation_places %}`: the sub bar of 绩效考评 for the post acted in."""

from typing import Any

from django.template import Context, Library

from evaluation.frame import places_of
from miyun_kpi.accounts.enums import Role
from miyun_kpi.organisations.enums import Category
from miyun_kpi.web.templatetags.kpi import remember_list

register = Library()


@register.inclusion_tag("evaluation/_places.html", takes_context=True)
def evaluation_places(context: Context) -> dict[str, Any]:
    """No query: the frame holds the post with its organisation."""
    frame = context["frame"]
    post, actor = frame.post, frame.actor
    heads = post is not None and post.role == Role.UNIT_HEAD and post.organisation.category != Category.TOWNSHIP
    places = places_of(actor.verbs if actor else (), context["request"].path, reads_sheets=heads)
    here = next((place for place in places if place.current), None)
    for page in here.pages if here else ():
        if page.current and page.address != context["request"].path:
            remember_list(context, page.label, page.address)
    return {"places": places, "here": here}
