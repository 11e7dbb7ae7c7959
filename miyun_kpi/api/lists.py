from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response

from miyun_kpi.lib.errors import Malformed
from miyun_kpi.requests import ApiRequest

DEFAULT_SIZE, MAX_SIZE = 100, 200


def _positive(request: ApiRequest, name: str, default: int, limit: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= limit):
        raise Malformed("bad-page", f"参数 {name} 须为 1 至 {limit} 的整数。")
    return int(text)


def paginate(
    request: ApiRequest,
    found: "QuerySet[Any] | Sequence[Any]",
    to_json: Callable[[Any], Any],
    *,
    first: Callable[[list[Any]], object] | None = None,
) -> Response:
    """{count, next, previous, results}; `page`, `page_size` up to 200. `first` is told the rows of the page: what stands
    beside them is read of these, not of all pages."""
    size = _positive(request, "page_size", DEFAULT_SIZE, MAX_SIZE)
    page = _positive(request, "page", 1, 10**6)
    count = found.count() if isinstance(found, QuerySet) else len(found)
    pages = max(1, -(-count // size))
    if page > pages:
        raise Malformed("bad-page", f"只有 {pages} 页，没有第 {page} 页。")
    rows = list(found[(page - 1) * size : page * size])

    def link(target: int) -> str | None:
        if not 1 <= target <= pages:
            return None
        query = request.query_params.copy()
        query["page"] = str(target)
        return request.build_absolute_uri(f"?{query.urlencode()}")

    if first is not None:
        first(rows)
    results = [to_json(row) for row in rows]
    return Response({"count": count, "next": link(page + 1), "previous": link(page - 1), "results": results})
