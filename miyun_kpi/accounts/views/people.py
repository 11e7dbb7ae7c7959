from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.forms import AccountForm, RenameForm, VersionForm
from miyun_kpi.accounts.models import User
from miyun_kpi.accounts.views._acts import Outcome, carry_out
from miyun_kpi.requests import KpiRequest

PER_PAGE = 50
STATES = [("", "全部"), ("active", "启用"), ("disabled", "停用")]


@require_safe
def people(request: KpiRequest) -> HttpResponse:
    require(request.actor, Verb.MANAGE_ACCOUNTS)
    words, state, role = (request.GET.get(name, "").strip()[:60] for name in ("q", "state", "role"))
    role = role if role in {*Role.values, "none"} else ""
    today = timezone.localdate()
    found = queries.accounts(words=words, state=state, role=role, on=today)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "state": state,
        "states": STATES,
        "role": role,
        "roles": [("", "全部角色"), *Role.choices, ("none", "没有岗位")],
    }
    return render(request, "accounts/people.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: KpiRequest) -> HttpResponse:
    """The answer to the form shows the password: it is stored nowhere, so there is no page to be sent to."""
    actor = request.actor
    require(actor, Verb.MANAGE_ACCOUNTS)
    form, outcome = AccountForm(request.POST or None), Outcome()
    if request.method == "POST":
        outcome = carry_out(form, lambda values: services.create_account(actor=actor, at=timezone.now(), **values))
        if outcome.done:
            user, password = outcome.result
            return _password_shown(request, user, password, "账号已建立")
    context = {"form": form, "refusal": outcome.refusal}
    return render(request, "accounts/create.html", context, status=outcome.status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: KpiRequest, username: str) -> HttpResponse:
    actor = request.actor
    require(actor, Verb.MANAGE_ACCOUNTS)
    user, today = queries.account(username), timezone.localdate()
    form: forms.Form = RenameForm(initial={"display_name": user.display_name, "version": user.version})
    outcome = Outcome()
    if request.method == "POST":
        form, outcome = _act(request, user)
        if outcome.done:
            if isinstance(outcome.result, tuple):
                _, password = outcome.result
                return _password_shown(request, user, password, "密码已重设")
            return redirect("accounts:person", username=username)
        user = queries.account(username)
    context = {
        "person": user,
        "form": form,
        "refusal": outcome.refusal,
        "posts": queries.posts_of(user.pk),
        "acts": queries.acts_on(username),
        "today": today,
        "own": user.pk == actor.user_id,
    }
    return render(request, "accounts/person.html", context, status=outcome.status)


def _act(request: KpiRequest, user: User) -> tuple[forms.Form, Outcome]:
    """The form to show again, and what came of the pressed button."""
    common: dict[str, Any] = {"actor": request.actor, "username": user.username, "at": timezone.now()}
    act = request.POST.get("act", "")
    if act == "rename":
        form: forms.Form = RenameForm(request.POST)
        return form, carry_out(form, lambda values: services.rename_account(**common, **values))
    shown = RenameForm(initial={"display_name": user.display_name, "version": user.version})
    pressed = VersionForm(request.POST)
    if act == "reset":
        return shown, carry_out(pressed, lambda values: services.reset_password(**common, **values))
    if act in ("enable", "disable"):
        active = act == "enable"
        return shown, carry_out(pressed, lambda values: services.set_active(**common, active=active, **values))
    return shown, Outcome(status=422)


def _password_shown(request: KpiRequest, user: User, password: str, title: str) -> HttpResponse:
    return render(request, "accounts/password_shown.html", {"person": user, "password": password, "title": title})
