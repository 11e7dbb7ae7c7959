"""What answers of the API are made of: each field with its type, so that a client made from the schema knows it.

Serializers here say what an answer holds; a field that is always there is required, one that is not known is null. Tests
hold every answer they get against them (tests/answers.py).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.drainage import set_override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from miyun_kpi.api.params import in_pages

Filters = serializers.Serializer[Any]
Decorator = Callable[[Any], Any]


class Answer(serializers.Serializer[Any]):
    # No docstring: those without one of their own would show it to clients as theirs.
    pass


class Patterned(serializers.CharField):
    """A string of one printed form, said in the schema as a pattern."""

    pattern = ""
    said: dict[str, str] = {}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        set_override(self, "field", {"type": "string", **self.said, "pattern": self.pattern})


class Exact(Patterned):
    """A decimal as a string, with exactly so many `places`, or between two numbers of them, or, without, as people write it."""

    said = {"format": "decimal"}

    def __init__(self, *, places: int | tuple[int, int] | None = None, **options: Any) -> None:
        least, most = places if isinstance(places, tuple) else (places, places)
        many = f"{least}" if least == most else f"{least},{most}"
        self.pattern = r"^-?\d+(\.\d+)?$" if places is None else rf"^-?\d+\.\d{{{many}}}$"
        super().__init__(**options)


class Fraction(Patterned):
    """An exact share as it is written: 1, 3/10."""

    pattern = r"^-?\d+(/\d+)?$"


class Period(Patterned):
    """2020, 2020Q3 or 2020-09."""

    pattern = r"^\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?$"


class Code(serializers.ChoiceField):
    """One of the codes of an enumeration, of a table {code: words}, of a list of both or of codes alone."""

    def __init__(self, choices: Iterable[Any], **options: Any) -> None:
        known = choices.items() if isinstance(choices, Mapping) else getattr(choices, "choices", choices)
        super().__init__(choices=list(known), **options)


class NamedSerializer(Answer):
    """An organisation by code and name."""

    code = serializers.CharField()
    name = serializers.CharField()


_pages: dict[type[serializers.BaseSerializer[Any]], type[Answer]] = {}


def page_of(row: type[serializers.BaseSerializer[Any]]) -> type[Answer]:
    """The envelope of a list, as miyun_kpi.api.lists.paginate makes it; named after its rows, one for each kind of row."""
    return _pages.setdefault(row, _page_of(row))


def _page_of(row: type[serializers.BaseSerializer[Any]]) -> type[Answer]:

    class Page(Answer):
        count = serializers.IntegerField(min_value=0, help_text="一共多少，不止这一页")
        next = serializers.URLField(allow_null=True, help_text="下一页的地址")
        previous = serializers.URLField(allow_null=True, help_text="上一页的地址")
        results = row(many=True)

    Page.__name__ = f"{row.__name__.removesuffix('Serializer')}PageSerializer"
    return Page


def paged(operation_id: str, row: type[serializers.BaseSerializer[Any]], *filters: type[Filters]) -> Decorator:
    """The schema of a GET that answers with pages of `row`."""
    said = extend_schema(operation_id=operation_id, parameters=[*filters, *PAGES], responses=page_of(row))
    return lambda method: said(in_pages(method))


PAGES = [
    OpenApiParameter("page", {"type": "integer", "minimum": 1, "default": 1}, description="第几页"),
    OpenApiParameter(
        "page_size", {"type": "integer", "minimum": 1, "maximum": 200, "default": 100}, description="一页多少，至多 200"
    ),
]
# Of a POST that miyun_kpi.api.idempotency.once runs.
ONCE = [
    OpenApiParameter(
        "Idempotency-Key",
        {"type": "string", "maxLength": 100},
        OpenApiParameter.HEADER,
        description="24 小时内同一个键只办一次，再发得到第一次的回答；所办的此后又有变动的，得到 409 done-and-moved",
    ),
    OpenApiParameter(
        "Idempotent-Replay",
        {"type": "string", "enum": ["true"]},
        OpenApiParameter.HEADER,
        response=[200, 201, 202],
        description="这是先前同一个键得到的回答",
    ),
]
# Of an answer that a client may keep: rankings.
CONDITIONAL = [
    OpenApiParameter(
        "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="上次得到的 ETag；没有变的回 304"
    ),
    OpenApiParameter("ETag", OpenApiTypes.STR, OpenApiParameter.HEADER, response=[200, 304]),
]
NOT_MODIFIED = OpenApiResponse(description="与上次的相同，没有内容")


def moment(at: datetime | None) -> str | None:
    """A moment as every answer writes it: with the offset of Beijing."""
    return timezone.localtime(at).isoformat() if at is not None else None
