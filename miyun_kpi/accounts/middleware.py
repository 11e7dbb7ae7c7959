"""Session limits and the acting post. Every page needs a signed-in person unless its view says otherwise."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from miyun_kpi.accounts.access import actor_in_post, posts_on
from miyun_kpi.accounts.addresses import come_by
from miyun_kpi.requests import OpenRequest

GetResponse = Callable[[OpenRequest], HttpResponse]
OPEN_PREFIXES = ("/api/", "/static/", "/healthz", "/readyz", "/metrics", "/favicon")
# The page about the API is a page like others.
PAGES_UNDER_OPEN_PREFIXES = ("/api/v1/docs/",)


def is_open(request: OpenRequest) -> bool:
    """Addresses outside sessions: the API has its tokens, the rest shows nothing of anybody."""
    return request.path.startswith(OPEN_PREFIXES) and request.path not in PAGES_UNDER_OPEN_PREFIXES


def _way_back(request: OpenRequest) -> str:
    """Where to go after signing in. An address that only takes what a form sends shows nothing: then the form's page."""
    page = request.headers.get("Referer", "")
    if request.method in ("GET", "HEAD") or not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return request.get_full_path()
    parts = urlsplit(page)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


class SessionLimits:
    """30 minutes idle, 10 hours absolute. The time last seen is written at most once a minute."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: OpenRequest) -> HttpResponse:
        if not is_open(request) and request.user.is_authenticated:
            now = int(time.time())
            started = request.session.setdefault("started_at", now)
            seen = request.session.setdefault("seen_at", now)
            if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif now - seen >= 60:
                request.session["seen_at"] = now
        return self.get_response(request)


class ActingPost:
    """Sets `request.actor` and `request.posts`; sends the unknown to sign in, without losing what htmx has on screen."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: OpenRequest) -> HttpResponse:
        request.actor, request.posts = None, []
        if not is_open(request) and request.user.is_authenticated:
            posts = posts_on(request.user, timezone.localdate())
            chosen = request.session.get("post_id")
            post = next((p for p in posts if p.pk == chosen), posts[0] if posts else None)
            request.posts, request.actor = posts, come_by(actor_in_post(request.user, post), request)
        return self.get_response(request)

    def process_view(self, request: OpenRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.actor is not None or is_open(request):
            if (
                request.actor is not None
                and getattr(request.user, "must_change_password", False)
                and getattr(view, "__name__", "") not in {"change_password", "sign_out"}
            ):
                return redirect("accounts:change-password")
            return None
        if not getattr(view, "login_required", True):
            return None
        if request.htmx:
            response = HttpResponse("登录已过期。您输入的内容仍在页面上，重新登录后可以继续。", status=401)
            response["X-Sign-In"] = settings.LOGIN_URL
            return response
        return redirect(f"{settings.LOGIN_URL}?next={quote(_way_back(request))}")
