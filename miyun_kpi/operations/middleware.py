"""While a site is being prepared, whoever asks for anything of it is told so, and nothing can be entered."""

import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from miyun_kpi.operations import loading
from miyun_kpi.operations.loading import Loading
from miyun_kpi.operations.metrics import REQUESTS

AGAIN_SECONDS = 3
GetResponse = Callable[[HttpRequest], HttpResponse]


class Counted:
    """Every answer, static files too, for `/metrics`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        REQUESTS.count(response.status_code, time.monotonic() - began)
        return response


class LoadingPage:
    """Above everything that reads the database. The page asks again by itself and becomes what was asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = loading.current(Path(settings.VAR_DIR))
        if now is None or request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        response = self._answer(request, now)
        response["Retry-After"] = str(AGAIN_SECONDS)
        response["Cache-Control"] = "no-store"
        # Expected, and asked for every few seconds: no line of the log each.
        response._has_been_logged = True  # type: ignore[attr-defined]  # how Django's own handler marks it
        return response

    def _answer(self, request: HttpRequest, now: Loading) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("failed" if now.failed else "loading", content_type="text/plain")
        if request.path == "/readyz":
            return JsonResponse({"site": "failed" if now.failed else "loading"}, status=503)
        if request.path.startswith("/api/"):
            said = now.failed or f"正在{now.what}，{now.since} 开始，这次请求没有执行。请稍后再试。"
            return JsonResponse({"code": "loading", "message": said, "clause": None, "errors": []}, status=503)
        # What was sent is not sent again.
        again = "" if request.method in ("GET", "HEAD") else "; url=/"
        context = {"loading": now, "refresh": f"{AGAIN_SECONDS}{again}", "sent": bool(again)}
        return HttpResponse(render_to_string("operations/loading.html", context), status=503)
