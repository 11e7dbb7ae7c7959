"""Pages are named by their route, also by what lies below them: services, desks, queries."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


def to(route: str, *places: Any, **query: Any) -> str:
    """The address of a page: `to("evaluation:sheet", sheet.pk)`, `to("evaluation:sheets", period="2020Q3")`.

    An unknown route breaks where it is named, not where somebody follows it. What is stored (a notice) keeps the
    address as it was resolved.
    """
    address = reverse(route, args=places)
    return f"{address}?{urlencode(query)}" if query else address
