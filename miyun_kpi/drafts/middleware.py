"""The one place that every form passes: what it has stored is no draft any more."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse
from django.urls import reverse

from miyun_kpi.drafts import services
from miyun_kpi.requests import OpenRequest

logger = logging.getLogger(__name__)
GetResponse = Callable[[OpenRequest], HttpResponse]
# A form on a page that shows once more what will be done, and has stored nothing yet.
WAITS = b"data-keep-waits"


class StoredForms:
    """A form carries the marks of its drafts (static/kpi/keep.js). An answer that is neither a refusal nor a way to the
    door throws them away, and tells the browser so by a cookie of ten minutes, for what only the browser has.

    Whatever else happens (the session over, the line cut, a refusal), nothing is forgotten.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: OpenRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code >= 400 or request.path.startswith("/api/"):
            return response
        # Whoever is turned away at the door has sent what nobody reads.
        if self._turned_away(response):
            return response
        said = request.POST.get("kept", "").split(".")[: services.MOST_MARKS]
        marks = [one for one in said if services.MARK.fullmatch(one)]
        if marks and not (not response.streaming and WAITS in response.content):
            self._stored(request, marks)
        for mark in marks:
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(f"kept-{mark}", "1", max_age=600, samesite="Lax", secure=secure)
        return response

    @staticmethod
    def _stored(request: OpenRequest, marks: list[str]) -> None:
        """The act is done: a draft that is left over is no reason to say that it is not."""
        if request.actor is None:
            return
        try:
            services.stored(actor=request.actor, marks=marks)
        except DatabaseError:
            logger.exception("drafts of what is stored were left")

    @staticmethod
    def _turned_away(response: HttpResponse) -> bool:
        doors = (settings.LOGIN_URL, reverse("accounts:change-password"))
        return response.headers.get("Location", "").split("?")[0] in doors
