"""Which page of a long list an address asks for."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page, Paginator

from miyun_kpi.lib.reading import read_whole


def page_asked(asked: Mapping[str, str], found: Any, size: int) -> Page[Any]:
    """The page `asked["page"]` of a QuerySet or a sequence, of `size` rows: beyond the last page the last one, and the
    first for whatever is no number of a page.

    Django answers 0 and −1 with the last page, though nobody who writes them means the oldest rows.
    """
    number = read_whole(asked.get("page", ""), most=10**10) or 1
    return Paginator(found, size).get_page(number)
