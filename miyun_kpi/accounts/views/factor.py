"""动态口令: enrolled once, shown at sign-in or at an act."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.forms import CodeForm
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown
from miyun_kpi.web.qr import qr_svg


def _next(request: KpiRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed and target.startswith("/") else "/"


def _passed(request: KpiRequest) -> None:
    """Another key of the session, as at every step up."""
    at, old = timezone.now(), request.session.session_key or ""
    request.session["proven_at"] = at.timestamp()
    request.session.cycle_key()
    services.session_rekeyed(actor=request.actor, old=old, new=request.session.session_key or "", at=at)


def _enrol_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    context: dict[str, Any] = {"form": form_of(request, CodeForm), "next": _next(request)}
    context["factor"] = factor = queries.factor_of(request.user.pk)
    if factor is not None and factor.confirmed_at is None:
        secret, address = services.begin_enrolment(actor=request.actor, user=request.user, at=timezone.now())
        context |= {"secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), "qr": qr_svg(address)}
    return shown(request, "accounts/factor.html", context, refusal)


@never_cache
@sensitive_post_parameters()
@page_act(_enrol_page, opens=True, explains=True)
def factor(request: KpiRequest) -> HttpResponse:
    """First the secret is asked for, then a code of it; the answer to that shows the recovery codes, once."""
    if request.POST.get("act") == "begin":
        services.begin_enrolment(actor=request.actor, user=request.user, at=timezone.now())
        return _enrol_page(request)
    given = sent(request, CodeForm)
    codes = services.confirm_enrolment(actor=request.actor, user=request.user, at=timezone.now(), **given)
    _passed(request)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": _next(request)})


def _proof_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    found, certificate = queries.factor_of(request.user.pk), queries.certificate_of(request.user.pk)
    by_code = found is not None and found.confirmed_at is not None
    if not by_code and certificate is None:
        return redirect("accounts:factor")
    form = form_of(request, CodeForm)
    context = {"form": form, "next": _next(request), "by_code": by_code, "certificate": certificate}
    return shown(request, "accounts/proof.html", context, refusal)


@never_cache
@sensitive_post_parameters()
@page_act(_proof_page, opens=True, explains=True)
def proof(request: KpiRequest) -> HttpResponse:
    given = sent(request, CodeForm)
    services.prove(actor=request.actor, user=request.user, at=timezone.now(), **given)
    _passed(request)
    return redirect(_next(request))
