"""`{% load paper_codes %}{% paper_code code %}`: a 核验码 with its QR, for the foot of a printed page."""

from typing import Any

from django.template import Context, Library
from django.urls import reverse

from miyun_kpi.web.qr import qr_svg

register = Library()


@register.inclusion_tag("evaluation/papers/_code.html", takes_context=True)
def paper_code(context: Context, code: str) -> dict[str, Any]:
    """Nothing where the paper was never sealed. The QR leads to the page 核验 of this site."""
    if not code:
        return {}
    address = f"{reverse('evaluation:check-paper')}?code={code.replace('-', '')}"
    return {"code": code, "address": address, "qr": qr_svg(context["request"].build_absolute_uri(address))}
