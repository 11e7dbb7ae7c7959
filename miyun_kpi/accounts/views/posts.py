from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.forms import EndForm, EndPortfolioForm, GrantForm, HandOverForm, PortfolioForm
from miyun_kpi.accounts.models import Post
from miyun_kpi.accounts.views._acts import Outcome, carry_out, organisation_named
from miyun_kpi.requests import KpiRequest

PER_PAGE = 50
TIMES = [("", "现任"), ("coming", "将任"), ("ended", "已结束"), ("all", "全部")]


@require_http_methods(["GET", "HEAD", "POST"])
def posts(request: KpiRequest) -> HttpResponse:
    """The list, and the form that grants one."""
    actor, today = request.actor, timezone.localdate()
    require(actor, Verb.GRANT_POSTS)
    form, outcome = GrantForm(initial={"starts_on": today, "username": request.GET.get("username", "")}), Outcome()
    if request.method == "POST":
        form = GrantForm(request.POST)
        outcome = carry_out(form, lambda values: _grant(request, values))
        if outcome.done:
            return redirect("accounts:post", post_id=outcome.result.pk)
    words, role, time = (request.GET.get(name, "").strip()[:60] for name in ("q", "role", "time"))
    role, time = role if role in Role.values else "", time if time in dict(TIMES) else ""
    found = queries.posts(words=words, role=role, time=time, on=today)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "role": role,
        "roles": [("", "全部角色"), *Role.choices],
        "time": time,
        "times": TIMES,
        "today": today,
        "form": form,
        "refusal": outcome.refusal,
        "people": queries.people_to_choose(),
    }
    return render(request, "accounts/posts.html", context, status=outcome.status)


def _grant(request: KpiRequest, values: dict[str, Any]) -> Post:
    organisation = organisation_named(values.pop("organisation"))
    return services.grant_post(actor=request.actor, organisation=organisation, at=timezone.now(), **values)


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: KpiRequest, post_id: int) -> HttpResponse:
    """One post: end it, or hand it over."""
    actor, today = request.actor, timezone.localdate()
    require(actor, Verb.GRANT_POSTS)
    row, outcome = queries.post(post_id), Outcome()
    ending, handing = EndForm(initial={"ends_on": row.ends_on or today}), HandOverForm(initial={"first_day": today})
    if request.method == "POST":
        common: dict[str, Any] = {"actor": actor, "post_id": post_id, "on": today, "at": timezone.now()}
        if request.POST.get("act") == "hand-over":
            handing = HandOverForm(request.POST)
            outcome = carry_out(handing, lambda values: services.hand_over(**common, **values))
        else:
            ending = EndForm(request.POST)
            outcome = carry_out(ending, lambda values: services.end_post(**common, **values))
        if outcome.done:
            return redirect("accounts:post", post_id=outcome.result.pk)
        row = queries.post(post_id)
    context = {
        "row": row,
        "ending": ending,
        "handing": handing,
        "refusal": outcome.refusal,
        "acts": queries.acts_on(row.user.username),
        "people": queries.people_to_choose(),
        "today": today,
        "own": row.user_id == actor.user_id,
        "over": bool(row.ends_on and row.ends_on < today),
    }
    return render(request, "accounts/post.html", context, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def portfolios(request: KpiRequest) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    require(actor, Verb.GRANT_POSTS)
    form, outcome = PortfolioForm(initial={"starts_on": today}), Outcome()
    if request.method == "POST":
        if request.POST.get("act") == "end":
            outcome = carry_out(
                EndPortfolioForm(request.POST),
                lambda v: services.end_portfolio(
                    actor=actor, portfolio_id=v["portfolio"], ends_on=v["ends_on"], at=timezone.now()
                ),
            )
        else:
            form = PortfolioForm(request.POST)
            outcome = carry_out(
                form,
                lambda values: services.add_portfolio(
                    actor=actor,
                    organisation=organisation_named(values.pop("organisation")),
                    at=timezone.now(),
                    **values,
                ),
            )
        if outcome.done:
            return redirect("accounts:portfolios")
    context = {
        "rows": queries.portfolios(),
        "form": form,
        "refusal": outcome.refusal,
        "people": queries.people_to_choose(),
        "today": today,
    }
    return render(request, "accounts/portfolios.html", context, status=outcome.status)


@require_safe
def locks(request: KpiRequest) -> HttpResponse:
    require(request.actor, Verb.GRANT_POSTS)
    return render(request, "accounts/locks.html", {"rows": queries.locks(timezone.now())})


@require_POST
def release(request: KpiRequest) -> HttpResponse:
    username, address = (request.POST.get(name, "").replace("\x00", "") for name in ("username", "address"))
    services.release_lock(actor=request.actor, username=username, address=address, at=timezone.now())
    return redirect("accounts:locks")
