"""我的登录: one's own sessions, on this machine and elsewhere."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from miyun_kpi.accounts import services
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, shown, whole


def _key(request: KpiRequest) -> str:
    return request.session.session_key or ""


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    found = services.sessions_of(request.user.pk, timezone.now())
    context = {"found": found, "own": _key(request), "most": settings.SESSIONS_MOST}
    return shown(request, "accounts/sessions.html", context, refusal)


@page_act(_page, opens=True)
def sessions(request: KpiRequest) -> HttpResponse:
    actor, username, at = request.actor, request.user.username, timezone.now()
    number = whole(request, "session")
    if number is None:
        services.end_other_sessions(actor=actor, username=username, key=_key(request), at=at)
    else:
        services.end_session(actor=actor, username=username, number=number, key=_key(request), at=at)
    return redirect("accounts:sessions")
