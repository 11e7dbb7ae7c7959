from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.serializers import Serializer

from miyun_kpi.lib.errors import FieldError, Malformed
from miyun_kpi.requests import ApiRequest

PAGING = frozenset({"page", "page_size"})


class RenamedChoiceField(serializers.ChoiceField):
    """A choice whose codes were called otherwise once: `once` maps old to new. Only answers changed for old clients."""

    def __init__(self, *, once: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.once = once

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(self.once.get(data, data) if isinstance(data, str) else data)


class NoFilters(Serializer[Any]):
    """No filters at all: a parameter is a mistake."""


def read_params(request: ApiRequest, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
    """The query parameters checked by a serializer. An unknown one is refused (400): a typo must not widen a list."""
    serializer = serializer_class(data=request.query_params)
    unknown = sorted(set(request.query_params) - set(serializer.fields) - PAGING)
    if unknown:
        known = "、".join(serializer.fields) or "无"
        rows = [FieldError("没有这个参数。", code="unknown-parameter", field=name) for name in unknown]
        raise Malformed("unknown-parameter", f"不认识的参数：{'、'.join(unknown)}。可用的参数：{known}。", errors=rows)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
