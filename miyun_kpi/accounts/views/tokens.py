from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.accounts.forms import TokenForm
from miyun_kpi.accounts.models import ApiToken
from miyun_kpi.accounts.registry import Waiting
from miyun_kpi.accounts.views._acts import organisation_named
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    require(request.actor, Verb.MANAGE_TOKENS)
    context = {"rows": queries.tokens(), "form": form_of(request, TokenForm), "now": timezone.now()}
    context["people"] = queries.people_to_choose()
    return shown(request, "accounts/tokens.html", context, refusal)


@never_cache
@page_act(_page, opens=True)
def tokens(request: KpiRequest) -> HttpResponse:
    """The list and the form that issues one; the answer to the form shows the text of the token, once."""
    require(request.actor, Verb.MANAGE_TOKENS)
    given = sent(request, TokenForm)
    name = given["organisation"]
    issued = services.issue_token(
        actor=request.actor,
        client=given["client"],
        organisation=organisation_named(name) if name else None,
        role=given["role"],
        owner=given["owner"],
        lifetime=timedelta(days=given["days"]),
        at=timezone.now(),
    )
    return redirect(issued.address) if isinstance(issued, Waiting) else _text_shown(request, *issued)


def _text_shown(request: KpiRequest, token: ApiToken, text: str) -> HttpResponse:
    return render(request, "accounts/token_shown.html", {"token": token, "text": text})


def _own_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    context = {"rows": queries.tokens_of(request.user.pk), "now": timezone.now()}
    return shown(request, "accounts/own_tokens.html", context, refusal)


@require_safe
def own(request: KpiRequest) -> HttpResponse:
    """Those one answers for."""
    return _own_page(request)


@never_cache
@page_act(_own_page)
def fetch(request: KpiRequest, key: str) -> HttpResponse:
    """The answer shows the text of the token, once, to its owner alone."""
    return _text_shown(request, *services.fetch_token(actor=request.actor, key=key, at=timezone.now()))


@require_POST
def revoke(request: KpiRequest, key: str) -> HttpResponse:
    services.revoke_token(actor=request.actor, key=key, at=timezone.now())
    return redirect("accounts:tokens")
