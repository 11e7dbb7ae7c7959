from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.access import require, require_administrator
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.forms import AccountForm, DropFactorForm, RenameForm, ResetForm, VersionForm
from miyun_kpi.accounts.models import User
from miyun_kpi.accounts.registry import Waiting
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, on_top, page_act, sent, shown
from miyun_kpi.web.forms.reading import unreadable

PER_PAGE = 50
RESET, DROP = "reset", "drop"
STATES = [("", "全部"), ("active", "启用"), ("disabled", "停用"), ("stale", "久未登录")]


@require_safe
def people(request: KpiRequest) -> HttpResponse:
    require(request.actor, Verb.MANAGE_ACCOUNTS)
    words, state, role = (request.GET.get(name, "").strip()[:60] for name in ("q", "state", "role"))
    role = role if role in {*Role.values, "none"} else ""
    today = timezone.localdate()
    found = queries.accounts(words=words, state=state, role=role, on=today)
    context = {
        "page": page_asked(request.GET, found, PER_PAGE),
        "words": words,
        "state": state,
        "states": STATES,
        "role": role,
        "roles": [("", "全部角色"), *Role.choices, ("none", "没有岗位")],
    }
    return render(request, "accounts/people.html", context)


def _create_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    require(request.actor, Verb.MANAGE_ACCOUNTS)
    return shown(request, "accounts/create.html", {"form": form_of(request, AccountForm)}, refusal)


@never_cache
@page_act(_create_page, opens=True)
def create(request: KpiRequest) -> HttpResponse:
    """The answer to the form shows the first half: it is stored nowhere, so there is no page to be sent to."""
    require(request.actor, Verb.MANAGE_ACCOUNTS)
    given = sent(request, AccountForm)
    user, half = services.create_account(actor=request.actor, at=timezone.now(), **given)
    return half_shown(request, user, half, "账号已建立")


def _person_page(request: KpiRequest, username: str, refusal: Refused | None = None) -> HttpResponse:
    """Read by both administrators, each being the other's second person; acts are those of the system administrator."""
    require_administrator(request.actor)
    user = queries.account(username)
    initial = {"display_name": user.display_name, "version": user.version}
    context = {
        "person": user,
        "form": on_top(form_of(request, RenameForm, initial=initial), user.version),
        "resetting": on_top(form_of(request, ResetForm, RESET, initial=initial), user.version),
        "activation": queries.open_activation(user.pk),
        "factor": queries.factor_of(user.pk),
        "certificate": queries.certificate_of(user.pk),
        "keeps_certificates": request.actor.may(Verb.GRANT_POSTS),
        "dropping": form_of(request, DropFactorForm, DROP),
        "posts": queries.posts_of(user.pk),
        "acts": queries.acts_on(username),
        "today": timezone.localdate(),
        "own": user.pk == request.actor.user_id,
        "acts_here": request.actor.may(Verb.MANAGE_ACCOUNTS),
    }
    return shown(request, "accounts/person.html", context, refusal)


@never_cache
@page_act(_person_page, opens=True)
def person(request: KpiRequest, username: str) -> HttpResponse:
    require(request.actor, Verb.MANAGE_ACCOUNTS)
    queries.account(username)
    common: dict[str, Any] = {"actor": request.actor, "username": username, "at": timezone.now()}
    act = request.POST.get("act", "")
    if act == "rename":
        done = services.rename_account(**common, **sent(request, RenameForm))
    elif act in ("enable", "disable"):
        done = services.set_active(**common, active=act == "enable", **sent(request, VersionForm))
    elif act == "reset":
        user, half = services.reset_access(**common, **sent(request, ResetForm, RESET))
        return half_shown(request, user, half, "已提请重设")
    elif act == "drop-factor":
        done = services.drop_factor(**common, **sent(request, DropFactorForm, DROP))
    else:
        raise unreadable()
    return redirect(done.address) if isinstance(done, Waiting) else redirect("accounts:person", username=username)


def half_shown(request: KpiRequest, user: User, half: str, title: str, *, second: bool = False) -> HttpResponse:
    context = {"person": user, "half": half, "title": title, "second": second}
    return render(request, "accounts/half_shown.html", context)
