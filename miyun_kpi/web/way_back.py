"""Where a page was that sent a form: an address that only takes what a form sends shows nothing."""

from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest) -> str:
    """The address itself where it can be opened; of a form the page that it stood on, without host."""
    page = request.headers.get("Referer", "")
    if request.method in ("GET", "HEAD") or not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return request.get_full_path()
    parts = urlsplit(page)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))
