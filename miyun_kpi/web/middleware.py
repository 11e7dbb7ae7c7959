"""A refusal raised by a service becomes a page, or for htmx a fragment, with its own status."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from miyun_kpi.lib.errors import Refused
from miyun_kpi.web.views import refused

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefusedPages:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The API renders its refusals itself; anything that is not a refusal is an error of ours."""
        if not isinstance(exception, Refused) or request.path.startswith("/api/"):
            return None
        return refused(request, exception)
