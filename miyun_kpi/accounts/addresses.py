"""The address a request came from, as far as it can be believed."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from miyun_kpi.lib.actors import Actor


def client_address(request: HttpRequest) -> str:
    """The entry that our outermost proxy wrote into X-Forwarded-For; without trusted proxies the connection itself.

    Entries further left are the client's own words. A shorter header than the chain of proxies is not believed.
    """
    entries = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    count = settings.TRUSTED_PROXIES
    if count and len(entries) >= count:
        return entries[-count]
    return str(request.META.get("REMOTE_ADDR", ""))


def come_by(actor: Actor, request: Any) -> Actor:
    """The actor with where the request came from and its number, as the audit keeps them."""
    return replace(actor, address=client_address(request), request_id=getattr(request, "request_id", ""))
