"""本单位人员: what a 联络员 sees of the own unit and proposes for it."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.accounts.enums import STRONG_ROLES
from miyun_kpi.accounts.forms import DeputyForm, EndForm, HandOverForm
from miyun_kpi.accounts.models import Post
from miyun_kpi.accounts.queries import stale
from miyun_kpi.acts.enums import STATUS, TwoPersonState
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.powers import access, queries, services
from miyun_kpi.powers.forms import ShutForm, UnitAccountForm, UnitPostForm
from miyun_kpi.proposals.access import of_own_office
from miyun_kpi.proposals.registry import decision
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown
from miyun_kpi.web.forms.reading import unreadable

PER_PAGE = 50
PROPOSALS = 50
# A button of the page of a post: what it proposes, its form, and the form's name where two ask alike.
ON_A_POST: dict[str, tuple[str, type[forms.Form], str]] = {
    "hand-over": ("unit-hand-over", HandOverForm, ""),
    "deputy": ("unit-deputy", DeputyForm, "deputy"),
    "end": ("unit-post-ended", EndForm, ""),
}


@require_safe
def people(request: KpiRequest) -> HttpResponse:
    """Everybody of the unit, and what it has proposed, the waiting first."""
    unit, today = access.own_unit(request.actor), timezone.localdate()
    found = queries.with_posts(queries.of_the_unit(unit, today), unit, today)
    asked = first(queries.newest_first(of_own_office(request.actor)), PROPOSALS)
    context = {
        "unit": unit,
        "page": page_asked(request.GET, found, PER_PAGE),
        "stale": set(stale(found, today).values_list("pk", flat=True)),
        "stale_days": settings.STALE_ACCOUNT_DAYS,
        "today": today,
        "asked": asked,
        "rows": [(row, decision(row.code).word, STATUS[TwoPersonState(row.state)]) for row in asked],
    }
    return shown(request, "powers/unit.html", context)


def _new_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    unit, today = access.own_unit(request.actor), timezone.localdate()
    roles = queries.roles_here(unit, today)
    form = form_of(request, UnitAccountForm, initial={"starts_on": today}, roles=roles)
    return shown(request, "powers/unit_account.html", {"unit": unit, "form": form, "roles": roles}, refusal)


@page_act(_new_page, opens=True)
def new_account(request: KpiRequest) -> HttpResponse:
    roles = queries.roles_here(access.own_unit(request.actor), timezone.localdate())
    given = sent(request, UnitAccountForm, roles=roles)
    return _on_to(services.ask_account(actor=request.actor, at=timezone.now(), **given).pk)


def _person_page(request: KpiRequest, username: str, refusal: Refused | None = None) -> HttpResponse:
    unit, today = access.own_unit(request.actor), timezone.localdate()
    user = queries.person(unit, username, today)
    context = {
        "unit": unit,
        "person": user,
        "posts": queries.posts_here(unit, user),
        "granting": form_of(request, UnitPostForm, initial={"starts_on": today}, roles=queries.roles_here(unit, today)),
        "shutting": form_of(request, ShutForm),
        "today": today,
    }
    return shown(request, "powers/unit_person.html", context, refusal)


@page_act(_person_page, opens=True)
def person(request: KpiRequest, username: str) -> HttpResponse:
    unit, today = access.own_unit(request.actor), timezone.localdate()
    common: dict[str, Any] = {"actor": request.actor, "at": timezone.now()}
    common["username"] = queries.person(unit, username, today).username
    act = request.POST.get("act", "")
    if act == "post":
        given = sent(request, UnitPostForm, roles=queries.roles_here(unit, today))
        return _on_to(services.ask(code="unit-post", **common, **given).pk)
    if act == "shut":
        return _on_to(services.ask(code="unit-account-shut", **common, **sent(request, ShutForm)).pk)
    raise unreadable()


def _row(request: KpiRequest, post_id: int) -> tuple[Organisation, Post]:
    unit = access.own_unit(request.actor)
    return unit, queries.post(unit, post_id)


def _post_page(request: KpiRequest, post_id: int, refusal: Refused | None = None) -> HttpResponse:
    (unit, row), today = _row(request, post_id), timezone.localdate()
    colleagues = queries.of_the_unit(unit, today).filter(is_active=True).exclude(pk=row.user_id)
    context = {
        "unit": unit,
        "row": row,
        "ending": form_of(request, EndForm, initial={"ends_on": row.ends_on or today}),
        "handing": form_of(request, HandOverForm, initial={"first_day": today}),
        "deputising": form_of(request, DeputyForm, "deputy", initial={"first_day": today}),
        "people": list(colleagues.values_list("username", "display_name")),
        "over": bool(row.revoked_on or (row.ends_on and row.ends_on < today)),
        "strong": row.role in STRONG_ROLES,
    }
    return shown(request, "powers/unit_post.html", context, refusal)


@page_act(_post_page, opens=True)
def post(request: KpiRequest, post_id: int) -> HttpResponse:
    _, row = _row(request, post_id)
    if request.POST.get("act", "") not in ON_A_POST:
        raise unreadable()
    code, form_class, name = ON_A_POST[request.POST["act"]]
    given = sent(request, form_class, name)
    return _on_to(services.ask(actor=request.actor, code=code, post_id=row.pk, at=timezone.now(), **given).pk)


def _on_to(proposal_id: int) -> HttpResponse:
    return redirect("proposals:proposal", proposal_id=proposal_id)
