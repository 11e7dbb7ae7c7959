"""Session limits and the acting post. Every page needs a signed-in person unless its view says otherwise."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from miyun_kpi.accounts.access import actor_in_post, posts_on
from miyun_kpi.accounts.addresses import client_address, come_by
from miyun_kpi.accounts.certificates import shows_certificate
from miyun_kpi.accounts.enums import SEPARATED_ROLES
from miyun_kpi.acts import proof
from miyun_kpi.audit import counting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.requests import OpenRequest
from miyun_kpi.web.answers import is_download
from miyun_kpi.web.views import refused
from miyun_kpi.web.way_back import way_back

GetResponse = Callable[[OpenRequest], HttpResponse]
OPEN_PREFIXES = ("/api/", "/static/", "/healthz", "/readyz", "/metrics", "/favicon")
# The page about the API is a page like others.
PAGES_UNDER_OPEN_PREFIXES = ("/api/v1/docs/",)


def is_open(request: OpenRequest) -> bool:
    """Addresses outside sessions: the API has its tokens, the rest shows nothing of anybody."""
    return request.path.startswith(OPEN_PREFIXES) and request.path not in PAGES_UNDER_OPEN_PREFIXES


class SessionLimits:
    """30 minutes idle, 10 hours absolute. The time last seen is written at most once a minute.

    Keys and clicks are signs of life; what a page asks by a timer says so (X-Quiet) and is none.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: OpenRequest) -> HttpResponse:
        if not is_open(request) and request.user.is_authenticated:
            now = int(time.time())
            started = request.session.setdefault("started_at", now)
            seen = request.session.setdefault("seen_at", now)
            if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif now - seen >= 60 and "X-Quiet" not in request.headers:
                request.session["seen_at"] = now
        return self.get_response(request)


class SamePost:
    """A page that was opened in one post does nothing in another: somebody has changed over in a second window.

    Each form carries the post it was drawn for (web.templatetags.forms), what htmx sends a header.
    """

    ANYWHERE = frozenset({"switch_post", "sign_out", "alive", "sign_in", "activate"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: OpenRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: OpenRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST" or request.actor is None or getattr(view, "__name__", "") in self.ANYWHERE:
            return None
        drawn_for = request.POST.get("acting_post") or request.headers.get("X-Acting-Post", "")
        if not drawn_for or drawn_for == str(request.actor.post_id):
            return None
        if drawn_for not in {str(post.pk) for post in request.posts}:
            said = (
                f"打开这一页时的岗位已经收回或到期，您现在是{request.actor.label}，没有执行。"
                "填写的内容还在，返回上一页可以抄下；要继续办，请联系安全管理员。"
            )
            return refused(request, Conflict("post-ended", said))
        said = (
            f"您在别的窗口换了岗位，现在是{request.actor.label}，这一页是以另一个岗位打开的，没有执行。"
            "要以原来的岗位办，请先换回去；填写的内容还在，返回上一页即可。"
        )
        return refused(request, Conflict("other-post", said))


class ActingPost:
    """Sets `request.actor` and `request.posts`; sends the unknown to sign in, without losing what htmx has on screen."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: OpenRequest) -> HttpResponse:
        request.actor, request.posts = None, []
        if not is_open(request) and request.user.is_authenticated:
            posts = request.user.posts_of_the_day
            if posts is None:
                posts = posts_on(request.user, timezone.localdate())
            chosen = request.session.get("post_id")
            post = next((p for p in posts if p.pk == chosen), posts[0] if posts else None)
            actor = come_by(actor_in_post(request.user, post), request)
            shown = request.session.get("proven_at")
            request.posts = posts
            if shows_certificate(request, request.user.pk):
                request.actor = replace(actor, proven_at=timezone.now())
            else:
                request.actor = replace(actor, proven_at=datetime.fromtimestamp(shown, UTC)) if shown else actor
        return self.get_response(request)

    BEFORE_THE_FACTOR = frozenset({"factor", "proof", "change_password", "sign_out", "alive"})

    @staticmethod
    def _factor_missing(request: OpenRequest) -> bool:
        """The three show it at the door of every session; with `all` everybody does."""
        if request.actor is None or settings.SECOND_FACTOR == proof.OFF or request.actor.proven_at is not None:
            return False
        return settings.SECOND_FACTOR == "all" or any(post.role in SEPARATED_ROLES for post in request.posts)

    def process_view(self, request: OpenRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.actor is not None or is_open(request):
            name = getattr(view, "__name__", "")
            if self._factor_missing(request) and name not in self.BEFORE_THE_FACTOR:
                return redirect(f"{reverse('accounts:proof')}?next={quote(way_back(request))}")
            if (
                request.actor is not None
                and getattr(request.user, "must_change_password", False)
                and name not in {"change_password", "sign_out"}
            ):
                return redirect("accounts:change-password")
            return None
        if not getattr(view, "login_required", True):
            return None
        if request.htmx:
            response = HttpResponse("登录已过期。您输入的内容仍在页面上，重新登录后可以继续。", status=401)
            response["X-Sign-In"] = settings.LOGIN_URL
            return response
        return redirect(f"{settings.LOGIN_URL}?next={quote(way_back(request))}")


def _who(request: OpenRequest) -> Actor:
    actor = request.actor
    return counting.NOBODY if actor is None else Actor(label=actor.label, user_id=actor.user_id)


def _typed(request: OpenRequest) -> str:
    """The name that was typed at the door; "" where the body was refused before anybody read it."""
    return request.POST.get("username", "")[:60] if "_post" in request.__dict__ else ""


class CountedAccess:
    """What was refused and what was carried away is counted for the audit, after the answer is made."""

    REFUSED = (401, 403, 404, 413, 429, 500, 503)
    # They say nothing of anybody, and are asked for every few seconds.
    UNCOUNTED = ("/static/", "/favicon", "/healthz", "/readyz", "/metrics")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: OpenRequest) -> HttpResponse:
        # Until the middleware further in, or the token, has said who it is.
        request.actor = None
        response = self.get_response(request)
        at = timezone.now()
        action = self._action(request, response)
        if action:
            failed = action == counting.FAILED
            who = counting.NOBODY if failed else _who(request)
            what = _typed(request) if failed else f"{request.path:.120}"
            counting.note(counting.Seen(action, who, client_address(request), what, response.status_code), at)
        if counting.due(at):
            counting.write(at)
        return response

    def _action(self, request: OpenRequest, response: HttpResponse) -> str:
        if request.path.startswith(self.UNCOUNTED):
            return ""
        if request.path == settings.LOGIN_URL:
            failed = request.method == "POST" and response.status_code in (403, 429)
            return counting.FAILED if failed else ""
        if response.status_code in self.REFUSED:
            return counting.REFUSED
        return counting.EXPORTED if is_download(response) and response.status_code == 200 else ""
