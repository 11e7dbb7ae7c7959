"""Activation codes of many accounts at once: each administrator has his own list, and the answer shows his halves, once."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.access import require_administrator
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.accounts.forms import AskForm
from miyun_kpi.accounts.models import User
from miyun_kpi.acts.in_turn import MOST, Outcome, in_turn
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown, tick_of, ticked

# The account whose half it is, by the row that was ticked.
Halves = list[Outcome[tuple[int, int], tuple[User, str]]]


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    require_administrator(actor)
    asks = actor.may(Verb.MANAGE_ACCOUNTS)
    found = queries.shut_out(at).exclude(pk=actor.user_id or 0) if asks else queries.to_release(actor.user_id)
    page = page_asked(request.GET, found, MOST)
    context = {
        "page": page,
        "rows": [(row, *tick_of(request, row)) for row in page],
        "asks": asks,
        "form": form_of(request, AskForm, initial={"reason": "新账号激活"}),
        "most": MOST,
    }
    return shown(request, "accounts/halves.html", context, refusal)


def _asked(request: KpiRequest, reason: str, at: datetime) -> Halves:
    def one(seen: tuple[int, int]) -> tuple[User, str]:
        username = queries.username_of(seen[0])
        return services.reset_access(actor=request.actor, username=username, reason=reason, version=seen[1], at=at)

    return in_turn(ticked(request), one, "提请")


def _released(request: KpiRequest, at: datetime) -> Halves:
    def one(seen: tuple[int, int]) -> tuple[User, str]:
        row, half = services.release(actor=request.actor, activation_id=seen[0], version=seen[1], at=at)
        return row.user, half

    return in_turn(ticked(request), one, "放行")


@never_cache
@page_act(_page, opens=True)
def halves(request: KpiRequest) -> HttpResponse:
    """The system administrator asks and has the first halves, the security administrator releases and has the second."""
    require_administrator(request.actor)
    asks, at = request.actor.may(Verb.MANAGE_ACCOUNTS), timezone.now()
    found = _asked(request, sent(request, AskForm)["reason"], at) if asks else _released(request, at)
    context = {
        "given": [one.done for one in found if one.done is not None],
        "refused": [(_name_of(one.key[0], asks), one.refusal) for one in found if one.refusal is not None],
        "second": not asks,
        "at": at,
    }
    return render(request, "accounts/halves_shown.html", context)


def _name_of(pk: int, asks: bool) -> str:
    row = User.objects.filter(pk=pk) if asks else User.objects.filter(activations=pk)
    user = row.first()
    return f"{user}（{user.username}）" if user else f"第 {pk} 号"
