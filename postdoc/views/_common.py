from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from miyun_kpi.requests import KpiRequest
from miyun_kpi.web import acts
from postdoc.forms import checked

PAGE = 50

# Quotes nothing that was typed.
sent = partial(acts.sent, read=checked)
# Never kept by a browser: the page may hold what was opened.
shown = partial(acts.shown, kept=False)


def saved(name: str, **key: int) -> HttpResponse:
    """Back to the page of the thing, which says that it was done."""
    return redirect(f"{reverse(name, kwargs=key)}?saved=1")


def outside(request: KpiRequest, title: str) -> HttpResponse:
    """Instead of an empty list, for who has no station here."""
    return shown(request, "postdoc/outside.html", {"title": title})
