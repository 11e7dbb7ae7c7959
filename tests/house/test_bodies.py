"""docs/security.md V4: what a client sends and nobody knows is refused, in every body and in whatever stands within it."""

from collections.abc import Iterator

import pytest
from django.urls import get_resolver
from rest_framework import serializers

from miyun_kpi.api.acts import sent_body
from miyun_kpi.api.bodies import Body


def bodies(of: type[Body] = Body) -> Iterator[type[Body]]:
    for one in of.__subclasses__():
        yield one
        yield from bodies(one)


def within(shape: serializers.BaseSerializer) -> Iterator[serializers.BaseSerializer]:
    """Every serializer that stands in the fields of this one, in lists too."""
    for field in getattr(shape, "fields", {}).values():
        inner = getattr(field, "child", field)
        if isinstance(inner, serializers.BaseSerializer):
            yield inner
            yield from within(inner)


def test_every_shape_within_a_body_is_one():
    assert get_resolver().url_patterns
    found = [one for one in bodies() if one.__module__.partition(".")[0] != "tests"]
    assert len(found) > 30
    assert [(one.__name__, inner) for one in found for inner in within(one()) if not isinstance(inner, Body)] == []


class Row(Body):
    number = serializers.IntegerField()


class Sheet(Body):
    rows = serializers.ListField(child=Row())


@pytest.mark.parametrize("sent", [{"rows": [], "other": 1}, {"rows": [{"number": 1, "other": 1}]}])
def test_an_unknown_field_is_named(rf, sent):
    request = rf.post("/")
    request.data = sent
    with pytest.raises(serializers.ValidationError, match="没有这个字段"):
        sent_body(request, Sheet)
    request.data = {"rows": [{"number": 1}]}
    assert sent_body(request, Sheet) == {"rows": [{"number": 1}]}
