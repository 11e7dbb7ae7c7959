"""What the middleware and the token put on a request, declared once so that the type checker reads it too.

The classes are never made: the framework makes its own, and these say what lies on it by the time a view is called.
"""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from miyun_kpi.lib.actors import Actor

if TYPE_CHECKING:
    # Types alone: at run time nothing here knows the accounts above.
    from miyun_kpi.accounts.models import Post, User


class OpenRequest(HttpRequest):
    """A request that may come from nobody: what the middleware works on, and the pages that are served signed-out."""

    actor: Actor | None
    posts: "list[Post]"
    htmx: HtmxDetails
    request_id: str


class KpiRequest(OpenRequest):
    """A request of a signed-in person: what every other page gets, for the unknown never reach its view."""

    actor: Actor
    user: "User"


class ApiRequest(Request):
    """A request of the API, with the actor its token stands for."""

    actor: Actor
    request_id: str
