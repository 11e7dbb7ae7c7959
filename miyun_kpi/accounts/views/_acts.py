"""What the pages of administration share."""

from django.http import HttpResponse
from django.shortcuts import redirect

from miyun_kpi.accounts.models import Post
from miyun_kpi.accounts.registry import Waiting
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve


def organisation_named(text: str) -> Organisation:
    found = resolve(text)
    if found is None:
        raise Refused("no-such-organisation", f"没有叫“{text[:30]}”的单位，没有执行。请写机构页上的名称、别名或代码。")
    return found


def on_to(done: object, page: str) -> HttpResponse:
    """Where an act over powers leads: to the page on which it waits for another administrator, else on."""
    if isinstance(done, Waiting):
        return redirect(done.address)
    return redirect("accounts:post", post_id=done.pk) if isinstance(done, Post) else redirect(page)
