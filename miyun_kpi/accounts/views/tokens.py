from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.accounts.forms import TokenForm
from miyun_kpi.accounts.views._acts import organisation_named
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    require(request.actor, Verb.MANAGE_TOKENS)
    context = {"rows": queries.tokens(), "form": form_of(request, TokenForm), "now": timezone.now()}
    return shown(request, "accounts/tokens.html", context, refusal)


@never_cache
@page_act(_page, opens=True)
def tokens(request: KpiRequest) -> HttpResponse:
    """The list and the form that issues one; the answer to the form shows the text of the token, once."""
    require(request.actor, Verb.MANAGE_TOKENS)
    given = sent(request, TokenForm)
    name = given["organisation"]
    token, text = services.issue_token(
        actor=request.actor,
        client=given["client"],
        organisation=organisation_named(name) if name else None,
        role=given["role"],
        lifetime=timedelta(days=given["days"]),
        at=timezone.now(),
    )
    return render(request, "accounts/token_shown.html", {"token": token, "text": text})


@require_POST
def revoke(request: KpiRequest, key: str) -> HttpResponse:
    services.revoke_token(actor=request.actor, key=key, at=timezone.now())
    return redirect("accounts:tokens")
