from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from rest_framework import serializers
from rest_framework.serializers import Serializer

from miyun_kpi.lib.errors import FieldError, Malformed
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.requests import ApiRequest

PAGING = frozenset({"page", "page_size"})
M = TypeVar("M", bound=Callable[..., Any])


def in_pages(method: M) -> M:
    """Marks a view's method that answers page by page: it alone takes `page` and `page_size`."""
    method.__dict__["in_pages"] = True
    return method


class RenamedChoiceField(serializers.ChoiceField):
    """A choice whose codes were called otherwise once: `once` maps old to new. Only answers changed for old clients."""

    def __init__(self, *, once: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.once = once

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(self.once.get(data, data) if isinstance(data, str) else data)


class PeriodField(serializers.CharField):
    """`2020`, `2020Q3`, `2020-09`, or the words for one (2020年第三季度); else 400 bad-period."""

    def to_internal_value(self, data: Any) -> Any:
        return str(PeriodCode.read(super().to_internal_value(data)))


class NoFilters(Serializer[Any]):
    """No filters at all: a parameter is a mistake."""


def read_params(request: ApiRequest, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
    """The query parameters checked by a serializer. An unknown one is refused (400): a typo must not widen a list. So is one
    that is given twice: of two values nobody knows which was meant."""
    serializer = serializer_class(data=request.query_params)
    method = getattr(request.parser_context["view"], (request.method or "").lower(), None)
    paging = PAGING if getattr(method, "in_pages", False) else frozenset()
    unknown = sorted(set(request.query_params) - set(serializer.fields) - paging)
    if unknown:
        known = "、".join([*serializer.fields, *sorted(paging)]) or "无"
        rows = [FieldError("没有这个参数。", code="unknown-parameter", field=name) for name in unknown]
        raise Malformed("unknown-parameter", f"不认识的参数：{'、'.join(unknown)}。可用的参数：{known}。", errors=rows)
    doubled = sorted(name for name, values in request.query_params.lists() if len(values) > 1)
    if doubled:
        rows = [FieldError("这个参数写了两次。", code="doubled-parameter", field=name) for name in doubled]
        raise Malformed("doubled-parameter", f"参数写了两次：{'、'.join(doubled)}。每个参数只写一次。", errors=rows)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
