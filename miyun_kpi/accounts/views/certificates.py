"""The client certificate of an account, as the security administrator proposes it."""

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from miyun_kpi.accounts import queries, services
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.accounts.forms import CertificateForm
from miyun_kpi.accounts.views._acts import on_to
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


def _page(request: KpiRequest, username: str, refusal: Refused | None = None) -> HttpResponse:
    require(request.actor, Verb.GRANT_POSTS)
    user = queries.account(username)
    context = {
        "person": user,
        "bound": queries.certificate_of(user.pk),
        "form": form_of(request, CertificateForm),
        "in_use": bool(settings.CLIENT_CERT_HEADER),
    }
    return shown(request, "accounts/certificate.html", context, refusal)


@never_cache
@page_act(_page, opens=True)
def certificate(request: KpiRequest, username: str) -> HttpResponse:
    require(request.actor, Verb.GRANT_POSTS)
    queries.account(username)
    given = sent(request, CertificateForm)
    done = services.bind_certificate(actor=request.actor, username=username, at=timezone.now(), **given)
    return on_to(done, "accounts:posts")
