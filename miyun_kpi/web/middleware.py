"""A refusal raised by a service becomes a page, or for htmx a fragment, with its own status."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any, cast
from urllib.parse import quote
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from miyun_kpi.acts.ports import opening
from miyun_kpi.lib.encodings import takes_gzip
from miyun_kpi.lib.errors import Malformed, Refused, SealBroken
from miyun_kpi.lib.logs import REQUEST
from miyun_kpi.lib.reading import visible
from miyun_kpi.requests import OpenRequest
from miyun_kpi.site import named, tag
from miyun_kpi.web.forms.reading import sent_twice, twice
from miyun_kpi.web.once import Claim, led_to, moved_since, waited_for
from miyun_kpi.web.views import json_refusal, refused, too_large

ONLY_SENT = Refused(
    "only-sent", "这个地址只收表单提交，不能直接打开，没有执行任何操作。请返回上一页，或从上面的栏目重新进入。"
)
ONLY_SENT.status = 405
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIds:
    """Each request has a number of its own, which the audit keeps and the answer carries; a client's own is not believed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: OpenRequest) -> HttpResponse:
        number = request.request_id = f"{uuid4().int >> 64:016x}"
        token = REQUEST.set(number)
        try:
            response = self.get_response(request)
        finally:
            REQUEST.reset(token)
        response.headers["X-Request-ID"] = number
        return response


class RefusedPages:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """An address that only takes what a form sends answers a pasted link or F5 with a page, not with nothing."""
        response = self.get_response(request)
        if response.status_code == 405 and not request.path.startswith("/api/") and getattr(request, "actor", None):
            allowed, response = response.headers["Allow"], refused(request, ONLY_SENT)
            response.headers["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The API renders its refusals itself; anything that is not a refusal is an error of ours."""
        if not isinstance(exception, Refused) or request.path.startswith("/api/"):
            return None
        if isinstance(exception, SealBroken):
            exception = exception.told_to(getattr(request, "actor", None))
        return refused(request, exception)


class Compressed(GZipMiddleware):
    """Pages and answers go out compressed in every way of running, with the random padding of Django.

    Workbooks, archives and pictures are compressed already; what streams keeps its own way.
    """

    KINDS = re.compile(r"text/|application/(.+\+)?json|application/javascript|image/svg\+xml")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        text = self.KINDS.match(response.headers.get("Content-Type", ""))
        if response.streaming or not text or not takes_gzip(request.headers.get("Accept-Encoding", "")):
            if text and not response.streaming:
                patch_vary_headers(response, ("Accept-Encoding",))
            return response
        return super().process_response(request, response)


class PrivatePages:
    """What one person sees is not kept for the next on the same machine, unless the view has said otherwise.

    A client of the API keeps answers for itself and asks with their ETag whether they still hold. No page needs a device.
    """

    NOTHING = ", ".join(f"{one}=()" for one in ("camera", "geolocation", "microphone", "midi", "payment", "usb"))

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = self.NOTHING
        if not request.path.startswith("/static/"):
            kept = "no-cache" if request.path.startswith("/api/") else "no-store"
            response.headers.setdefault("Cache-Control", f"private, {kept}")
        return response


class NamedAnswers:
    """What the API of the demonstration or of a rehearsal answers is stored under a name that says so.

    Beside the body, for frozen documents are bytes that are compared; a real site gives no names.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if tag() and request.path.startswith("/api/") and kind.startswith("application/json"):
            name = "-".join(request.path.strip("/").split("/")[2:])
            response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(named(f'{name}.json'))}"
        return response


class BodyLimits:
    """What is too large is refused by what it says of its length, before anything of it is read or put on disk.

    More than that length is never read: Django's stream ends there, and a body without a length is empty to it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or ""
        sent = int(length) if length.isascii() and length.isdigit() else 0
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if not request.path.startswith("/api/"):
            if getattr(request, "actor", None) is None:
                most = settings.BODY_OPEN
            elif getattr(view, "takes_files", False):
                most = settings.BODY_WITH_FILES
        return too_large(request, most) if sent > most else None


class NoNullCharacters:
    """An address with a null character names nothing, and PostgreSQL breaks on it: refused before any view sees it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            refusal = Malformed(
                "bad-character", "地址里有不能用的字符，没有执行。请从页面上的链接进入，或删去那个字符。"
            )
            if request.path.startswith("/api/"):
                return json_refusal(refusal.status, refusal.code, refusal.message)
            return refused(request, refusal)
        return self.get_response(request)


class OneOfEach:
    """A page is asked with one value a name: of two nobody knows which was meant, and the last would win unsaid.

    A view that takes several of a name says so (`web.acts.takes_several`); of what is sent by a form its fields know
    (`web.acts.sent`), and of a decision everybody.
    """

    ONCE_IN_FORMS = frozenset({"decision"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        names = twice(request.GET, set(request.GET) - getattr(view, "several", frozenset()))
        if names:
            said = f"地址里的“{names[0][:40]}”写了两次，不知道用哪一个，没有照办。请只留一个，或从页面上重新选。"
            return refused(request, Malformed("doubled-parameter", said))
        return (
            refused(request, sent_twice())
            if request.method == "POST" and twice(request.POST, self.ONCE_IN_FORMS)
            else None
        )


class VisibleText:
    """What a page sends comes without signs that nobody sees (lib.reading.visible); a password stays as it is typed."""

    SECRET = frozenset({"password", "old", "new", "again", "first", "second"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method != "POST" or request.path.startswith("/api/"):
            return
        changed = {
            name: seen
            for name, values in request.POST.lists()
            if name not in self.SECRET and (seen := [visible(one) for one in values]) != values
        }
        if changed:
            sent = request.POST.copy()
            for name, values in changed.items():
                sent.setlist(name, values)
            # Settable, as the handler itself sets it.
            cast(Any, request).POST = sent


class SentOnce:
    """The same form sent again, because the answer did not arrive or at the very same moment, leads to where it led; it
    is not done twice.

    The same is: of one person and one drawing of the page (its CSRF field), to the same address, with the same contents.
    The act itself claims the form (web.once); what was refused may be sent again. Where what it did was undone or
    changed since, the act says so instead, on the page with what was typed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = opening.set(None)
        try:
            response = self.get_response(request)
        finally:
            opening.reset(token)
        claim = request.META.get("kpi.once")
        if claim is None:
            return response
        if claim.met:
            where = waited_for(claim.key, claim.at)
            return redirect(where) if where else response
        led = response.status_code in (302, 303)
        if claim.taken or led:
            claim.led(response["Location"] if led else None)
        return response

    def process_view(self, request: OpenRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        drawn = request.POST.get("csrfmiddlewaretoken") if request.method == "POST" else None
        if not drawn or not request.user.is_authenticated or getattr(request, "htmx", False):
            return None
        files = [(name, file.name, file.size) for name, several in request.FILES.lists() for file in several]
        said = sorted(one for one in request.POST.lists() if one[0] != "kept")
        told = repr((request.user.pk, request.get_full_path(), said, sorted(files)))
        claim = Claim(sha256(told.encode()).hexdigest(), timezone.now(), request.request_id)
        if (where := led_to(claim.key, claim.at)) and moved_since(claim.key, claim.at) is None:
            return redirect(where)
        request.META["kpi.once"] = claim
        opening.set(claim.take)
        return None
