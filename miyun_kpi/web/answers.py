"""Files as answers."""

from urllib.parse import quote

from django.http import HttpResponse

from miyun_kpi.site import named


def download(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to be kept under its name, whatever its characters; no copy stays on the way.

    Of the demonstration and of a rehearsal the name says so.
    """
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(named(name))}"
    response["Cache-Control"] = "private, no-store"
    return response


def is_download(response: HttpResponse) -> bool:
    """Whether the answer is a file that is carried away."""
    return str(response.headers.get("Content-Disposition", "")).startswith("attachment")
