from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.access import require, require_administrator
from miyun_kpi.accounts.enums import STRONG_ROLES, Role, Verb
from miyun_kpi.accounts.forms import (
    DeputyForm,
    EndForm,
    EndPortfolioForm,
    GrantForm,
    HandOverForm,
    MovePostsForm,
    PortfolioForm,
)
from miyun_kpi.accounts.models import Post
from miyun_kpi.accounts.registry import Waiting
from miyun_kpi.accounts.views._acts import on_to, organisation_named
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown

PER_PAGE = 50
DEPUTY = "deputy"
# What a button of the page does, with its form and, where two forms ask alike, the form's name.
ON_A_POST: dict[str, tuple[Callable[..., Post | Waiting], type[forms.Form], str]] = {
    "hand-over": (services.hand_over, HandOverForm, ""),
    DEPUTY: (services.name_deputy, DeputyForm, DEPUTY),
}
TIMES = [("", "现任"), ("coming", "将任"), ("ended", "已结束"), ("all", "全部")]


def _posts_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    require(request.actor, Verb.GRANT_POSTS)
    today = timezone.localdate()
    words, role, time = (request.GET.get(name, "").strip()[:60] for name in ("q", "role", "time"))
    role, time = role if role in Role.values else "", time if time in dict(TIMES) else ""
    found = queries.posts(words=words, role=role, time=time, on=today)
    context = {
        "page": page_asked(request.GET, found, PER_PAGE),
        "words": words,
        "role": role,
        "roles": [("", "全部角色"), *Role.choices],
        "time": time,
        "times": TIMES,
        "today": today,
        "form": form_of(request, GrantForm, initial={"starts_on": today, "username": request.GET.get("username", "")}),
        "people": queries.people_to_choose(),
        "strong": "、".join(role.label for role in Role if role in STRONG_ROLES),
    }
    return shown(request, "accounts/posts.html", context, refusal)


@page_act(_posts_page, opens=True)
def posts(request: KpiRequest) -> HttpResponse:
    """The list, and the form that grants one."""
    require(request.actor, Verb.GRANT_POSTS)
    granted = services.grant_post(actor=request.actor, at=timezone.now(), **_of_unit(request, GrantForm))
    return on_to(granted, "accounts:posts")


def _of_unit(request: KpiRequest, form_class: type[forms.Form]) -> dict[str, Any]:
    given = sent(request, form_class)
    return given | {"organisation": organisation_named(given["organisation"])}


def _post_page(request: KpiRequest, post_id: int, refusal: Refused | None = None) -> HttpResponse:
    """One post: end it, or hand it over; read by both administrators."""
    require_administrator(request.actor)
    row, today = queries.post(post_id), timezone.localdate()
    context = {
        "row": row,
        "ending": form_of(request, EndForm, initial={"ends_on": row.ends_on or today}),
        "handing": form_of(request, HandOverForm, initial={"first_day": today}),
        "deputising": form_of(request, DeputyForm, DEPUTY, initial={"first_day": today}),
        "acts": queries.acts_on(row.user.username),
        "people": queries.people_to_choose(),
        "today": today,
        "own": row.user_id == request.actor.user_id,
        "acts_here": request.actor.may(Verb.GRANT_POSTS),
        "over": bool(row.revoked_on or (row.ends_on and row.ends_on < today)),
        "strong": row.role in STRONG_ROLES,
    }
    return shown(request, "accounts/post.html", context, refusal)


@page_act(_post_page, opens=True)
def post(request: KpiRequest, post_id: int) -> HttpResponse:
    require(request.actor, Verb.GRANT_POSTS)
    act, given, name = ON_A_POST.get(request.POST.get("act", ""), (services.end_post, EndForm, ""))
    common: dict[str, Any] = {
        "actor": request.actor,
        "post_id": post_id,
        "on": timezone.localdate(),
        "at": timezone.now(),
    }
    return on_to(act(**common, **sent(request, given, name)), "accounts:posts")


@page_act(_posts_page)
def move_posts(request: KpiRequest) -> HttpResponse:
    """From the page of a 机构改革, to which it goes back."""
    require(request.actor, Verb.GRANT_POSTS)
    given = sent(request, MovePostsForm)
    done = services.move_posts(
        actor=request.actor,
        posts=given["posts"],
        to=organisation_named(given["to"]),
        first_day=given["first_day"],
        on=timezone.localdate(),
        at=timezone.now(),
    )
    if isinstance(done, Waiting):
        return redirect(done.address)
    return redirect("organisations:change", reorganisation_id=given["change"])


def _portfolios_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    require(request.actor, Verb.GRANT_POSTS)
    today = timezone.localdate()
    context = {
        "rows": queries.portfolios(),
        "form": form_of(request, PortfolioForm, initial={"starts_on": today}),
        "people": queries.people_to_choose(),
        "today": today,
    }
    return shown(request, "accounts/portfolios.html", context, refusal)


@page_act(_portfolios_page, opens=True)
def portfolios(request: KpiRequest) -> HttpResponse:
    require(request.actor, Verb.GRANT_POSTS)
    actor, at = request.actor, timezone.now()
    if request.POST.get("act") == "end":
        given = sent(request, EndPortfolioForm)
        services.end_portfolio(actor=actor, portfolio_id=given["portfolio"], ends_on=given["ends_on"], at=at)
    else:
        services.add_portfolio(actor=actor, at=at, **_of_unit(request, PortfolioForm))
    return redirect("accounts:portfolios")


@require_safe
def locks(request: KpiRequest) -> HttpResponse:
    require(request.actor, Verb.GRANT_POSTS)
    return render(request, "accounts/locks.html", {"rows": queries.locks(timezone.now())})


@require_POST
def release(request: KpiRequest) -> HttpResponse:
    username, address = (request.POST.get(name, "").replace("\x00", "") for name in ("username", "address"))
    services.release_lock(actor=request.actor, username=username, address=address, at=timezone.now())
    return redirect("accounts:locks")
