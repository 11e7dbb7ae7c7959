"""What static/kpi/keep.js asks of the server: keep what is typed, give it back, throw it away. No pages."""

import json

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.drafts import queries, services
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import takes_several, whole
from miyun_kpi.web.views import json_refusal


@takes_several("form")
@require_safe
def drafts(request: KpiRequest) -> HttpResponse:
    """One's own of the acting post: `form` (repeated) and `address` say which are wanted with what was typed."""
    forms = set(request.GET.getlist("form"))
    found = queries.offered(request.actor, forms=forms, address=request.GET.get("address", ""))
    return HttpResponse(json.dumps(found, ensure_ascii=False), content_type="application/json")


@require_POST
def keep(request: KpiRequest, mark: str) -> HttpResponse:
    """What was typed goes to its writer's account only: the page says whose it is, and the session may be another's."""
    sent = request.POST
    try:
        if sent.get("person") != str(request.actor.user_id):
            raise Conflict(
                "other-account", "这个浏览器里现在登录的是另一个账号，草稿没有存。请用原来的账号登录后再存。"
            )
        typed = services.Typed(
            form=sent.get("form", ""),
            version=sent.get("version", ""),
            body=sent.get("body", ""),
            post_id=whole(request, "post"),
        )
        replaces = sent.get("replaces", "").split(".")
        services.keep(actor=request.actor, mark=mark, typed=typed, replaces=replaces, at=timezone.now())
    except Refused as refusal:
        return json_refusal(refusal.status, refusal.code, refusal.message)
    return HttpResponse(status=204)


@require_POST
def drop(request: KpiRequest, mark: str) -> HttpResponse:
    services.drop(actor=request.actor, mark=mark)
    return HttpResponse(status=204)
