"""Fields of requests and of answers that every subject reads and says the same way."""

from typing import Any

from rest_framework import serializers

from evaluation.enums import FigureStatus
from miyun_kpi.api.answers import Answer

# How firmly a figure stands: as loaded, or confirmed by two persons since.
STANDINGS = (*FigureStatus.choices, ("confirmed", "已确认"))


class IndicatorNameSerializer(Answer):
    number = serializers.IntegerField()
    name = serializers.CharField()


class ExactString(serializers.CharField):
    """A decimal as a string: a JSON number would pass through binary floating point on its way."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError('得分请写成字符串，例如 "88.5"。', code="not-a-string")
        return super().to_internal_value(data)


class WholeNumber(serializers.IntegerField):
    """A JSON integer; true, 1.0 and "1" are none."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError("须为整数。", code="not-an-integer")
        return super().to_internal_value(data)
