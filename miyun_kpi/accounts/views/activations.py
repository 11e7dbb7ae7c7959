"""One-time activations: released by a second administrator, finished by whose account it is."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.access import require_administrator
from miyun_kpi.accounts.addresses import come_by
from miyun_kpi.accounts.enums import ActivationState, Verb
from miyun_kpi.accounts.forms import ActivateForm, ActivationForm, VersionForm
from miyun_kpi.accounts.views.people import half_shown
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest, OpenRequest
from miyun_kpi.web.acts import form_of, on_top, page_act, sent, shown

PER_PAGE = 50


@require_safe
def activations(request: KpiRequest) -> HttpResponse:
    require_administrator(request.actor)
    page = page_asked(request.GET, queries.activations(), PER_PAGE)
    return render(request, "accounts/activations.html", {"page": page, "now": timezone.now()})


def _page(request: KpiRequest, activation_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    require_administrator(actor)
    row = queries.activation(activation_id)
    other = actor.user_id not in (row.recorded_by_id, row.user_id)
    context = {
        "row": row,
        "releases": row.state == ActivationState.ASKED and other and actor.may(Verb.GRANT_POSTS),
        "asks_another": row.state == ActivationState.ASKED and not other,
        "form": on_top(form_of(request, ActivationForm, initial={"version": row.version}), row.version),
        "now": timezone.now(),
    }
    return shown(request, "accounts/activation.html", context, refusal)


@never_cache
@page_act(_page, opens=True)
def activation(request: KpiRequest, activation_id: int) -> HttpResponse:
    """The answer to a release shows the second half, once."""
    require_administrator(request.actor)
    queries.activation(activation_id)
    if request.POST.get("act") == "release":
        given = sent(request, VersionForm)
        row, half = services.release(actor=request.actor, activation_id=activation_id, at=timezone.now(), **given)
        return half_shown(request, row.user, half, "已放行", second=True)
    given = sent(request, ActivationForm)
    services.strike(actor=request.actor, activation_id=activation_id, at=timezone.now(), **given)
    return redirect("accounts:activation", activation_id=activation_id)


def _door(request: OpenRequest, refusal: Refused | None = None) -> HttpResponse:
    form = form_of(request, ActivateForm, initial={"username": request.GET.get("username", "")[:60]})
    return shown(request, "accounts/activate.html", {"form": form}, refusal)


@login_not_required
@never_cache
@sensitive_post_parameters()
@page_act(_door, opens=True, explains=True)
def activate(request: OpenRequest) -> HttpResponse:
    """Signed out, with both halves: the owner chooses the password."""
    given = sent(request, ActivateForm)
    given.pop("again")
    password = given.pop("new")
    user = services.finish(password=password, address=lambda actor: come_by(actor, request), at=timezone.now(), **given)
    return render(request, "accounts/activated.html", {"person": user})
