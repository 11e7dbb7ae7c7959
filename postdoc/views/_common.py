from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest

PAGE = 50


def shown_here(refusal: Refused) -> Refused:
    """A refusal that belongs on the page it came from; the others have pages of their own."""
    if refusal.status in (400, 403, 404):
        raise refusal
    return refusal


def answer(request: KpiRequest, template: str, context: dict[str, Any], refusal: Refused | None) -> HttpResponse:
    """The page, with the refusal's status where there is one. Never kept by a browser: it may hold what was opened."""
    response = render(request, template, context | {"refusal": refusal}, status=refusal.status if refusal else 200)
    response["Cache-Control"] = "private, no-store"
    return response


def outside(request: KpiRequest, title: str) -> HttpResponse:
    """Instead of an empty list, for who has no station here."""
    return answer(request, "postdoc/outside.html", {"title": title}, None)


def bind(form: type[forms.Form], act: str, typed: tuple[str, forms.Form] | None, /, **initial: Any) -> forms.Form:
    """What was typed into this act, else a fresh form."""
    return typed[1] if typed and typed[0] == act else form(initial=initial, auto_id=f"{act}-%s")
