from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.accounts.forms import TokenForm
from miyun_kpi.accounts.models import ApiToken
from miyun_kpi.accounts.views._acts import Outcome, carry_out, organisation_named
from miyun_kpi.requests import KpiRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: KpiRequest) -> HttpResponse:
    """The list and the form that issues one; the answer to the form shows the text of the token, once."""
    require(request.actor, Verb.MANAGE_TOKENS)
    form, outcome = TokenForm(), Outcome()
    if request.method == "POST":
        form = TokenForm(request.POST)
        outcome = carry_out(form, lambda values: _issue(request, values))
        if outcome.done:
            token, text = outcome.result
            return render(request, "accounts/token_shown.html", {"token": token, "text": text})
    context = {
        "rows": queries.tokens(),
        "form": form,
        "refusal": outcome.refusal,
        "now": timezone.now(),
    }
    return render(request, "accounts/tokens.html", context, status=outcome.status)


def _issue(request: KpiRequest, values: dict[str, Any]) -> tuple[ApiToken, str]:
    name, actor = values["organisation"], request.actor
    return services.issue_token(
        actor=actor,
        client=values["client"],
        organisation=organisation_named(name) if name else None,
        role=values["role"],
        lifetime=timedelta(days=values["days"]),
        at=timezone.now(),
    )


@require_POST
def revoke(request: KpiRequest, key: str) -> HttpResponse:
    services.revoke_token(actor=request.actor, key=key, at=timezone.now())
    return redirect("accounts:tokens")
