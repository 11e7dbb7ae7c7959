from datetime import datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.addresses import come_by
from miyun_kpi.accounts.forms import ChangePasswordForm, SignInForm
from miyun_kpi.accounts.models import User
from miyun_kpi.accounts.tour import tour
from miyun_kpi.gazette.queries import newest_plan
from miyun_kpi.lib.actors import Actor
from miyun_kpi.requests import KpiRequest, OpenRequest
from miyun_kpi.web.context import Frame

LOCKED = "这个账号在这个地址连续 5 次没有登录成功，已锁定 15 分钟。请稍后再试，或请安全管理员解锁。"

__all__ = ["alive", "change_password", "list_session", "locked_out", "me", "sign_in", "sign_out", "switch_post"]


def _next(request: OpenRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    # A bare word would be taken for the name of a view.
    return target if allowed and target.startswith("/") else settings.LOGIN_REDIRECT_URL


def _door(request: OpenRequest) -> dict[str, Any]:
    return {"next": _next(request), "plan": newest_plan(), "tour": tour(request)}


def locked_out(request: OpenRequest, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    context = {"form": SignInForm(), "failure": LOCKED} | _door(request)
    return render(request, "accounts/sign_in.html", context, status=429)


def _record(request: OpenRequest, event: str, username: str) -> None:
    actor = come_by(Actor(label=username, user_id=request.user.pk), request)
    services.record_session(actor=actor, event=event, username=username, address=actor.address, at=timezone.now())


def _paused(request: OpenRequest, form: SignInForm, refusal: services.TooManyTries) -> HttpResponse:
    context = {"form": form, "failure": refusal.message} | _door(request)
    response = render(request, "accounts/sign_in.html", context, status=refusal.status)
    response["Retry-After"] = str(refusal.seconds)
    return response


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: OpenRequest) -> HttpResponse:
    form, failure, status = SignInForm(request.POST or None), "", 200
    if request.method == "POST" and form.is_valid():
        username, at = form.cleaned_data["username"], timezone.now()
        who = come_by(Actor(label=username), request)
        # What is locked is not looked at, counts nowhere and has been recorded.
        if AxesProxyHandler.is_locked(request, form.cleaned_data):
            return locked_out(request)
        try:
            services.take_try(actor=who, username=username, at=at)
        except services.TooManyTries as refusal:
            return _paused(request, form, refusal)
        user = authenticate(request, **form.cleaned_data)
        if user is not None:
            services.right_password(actor=who, username=username, at=at)
            assert isinstance(user, User)
            services.check_age(actor=who, user=user, at=at)
            before = user.last_login
            login(request, user)
            request.session["previous_sign_in"] = before.isoformat() if before else ""
            _record(request, "signed-in", user.get_username())
            list_session(request, user)
            return redirect(_next(request))
        if AxesProxyHandler.is_locked(request, form.cleaned_data):
            _record(request, "locked", username)
            return locked_out(request)
        failures = AxesProxyHandler.get_failures(request, {"username": username})
        left = max(settings.AXES_FAILURE_LIMIT - failures, 0)
        failure, status = f"用户名或密码不对。还可以试 {left} 次，之后锁定 15 分钟。", 403
    context = {"form": form, "failure": failure} | _door(request)
    return render(request, "accounts/sign_in.html", context, status=status)


def list_session(request: OpenRequest, user: User, *, alone: bool = False) -> None:
    """After every `login`: the key is a new one, and after a change of the password there is none before it is saved."""
    if not request.session.session_key:
        request.session.save()
    services.session_opened(
        actor=come_by(Actor(label=str(user), user_id=user.pk), request),
        user=user,
        key=request.session.session_key or "",
        agent=request.headers.get("User-Agent", ""),
        at=timezone.now(),
        alone=alone,
    )


@require_POST
def sign_out(request: KpiRequest) -> HttpResponse:
    _record(request, "signed-out", request.user.get_username())
    logout(request)
    response = redirect("accounts:sign-in")
    # Pages of this session, those behind the back button too. Not "cookies", which reaches every host of the domain; not
    # "storage", where what was typed is kept by account (the page drops its own before it sends this).
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@require_POST
def switch_post(request: KpiRequest) -> HttpResponse:
    """The acting post is kept in the session; somebody else's post is simply not among one's own."""
    chosen = request.POST.get("post", "")
    if any(str(post.pk) == chosen for post in request.posts):
        request.session["post_id"] = int(chosen)
    return redirect(_next(request))


def _change(request: KpiRequest, form: ChangePasswordForm, at: datetime) -> list[tuple[str, str]]:
    actor, user = request.actor, request.user
    try:
        services.take_old_password(actor=actor, username=user.username, at=at)
    except services.TooManyTries as refusal:
        return [("old", refusal.message)]
    old, new = form.cleaned_data["old"], form.cleaned_data["new"]
    errors = services.change_own_password(actor=actor, user=user, old=old, new=new, at=at)
    if "old" not in dict(errors):
        services.right_old_password(actor=actor, username=user.username, at=at)
    return errors


@never_cache
@sensitive_post_parameters()
def change_password(request: KpiRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        errors = _change(request, form, timezone.now())
        for field, message in errors:
            form.add_error(field, message)
        if not errors:
            login(request, request.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
            list_session(request, request.user, alone=True)
            return redirect("/")
    until = services.password_until(request.user.pk)
    context = {
        "form": form,
        "expired": until is not None and until <= timezone.now(),
        "strict": settings.PASSWORD_PROFILE == "dengbao",
        "days": settings.PASSWORD_DAYS,
    }
    return render(request, "accounts/change_password.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
def alive(request: KpiRequest) -> HttpResponse:
    """Whose session this is, asked by a page before it sends a long text; the signed-out are sent to the door."""
    return HttpResponse(Frame(request).person_key, content_type="text/plain; charset=utf-8")


@require_safe
def me(request: KpiRequest) -> HttpResponse:
    """One's own posts, what one is in charge of, and what was done to one's account and by whom."""
    user, today = request.user, timezone.localdate()
    context = {
        "posts": queries.posts_of(user.pk),
        "portfolios": queries.portfolios_of(user.pk, today),
        "acts": queries.acts_on(user.username),
        "today": today,
    }
    return render(request, "accounts/me.html", context)
