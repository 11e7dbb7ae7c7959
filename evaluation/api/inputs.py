"""Shapes of what clients send: parameters and bodies. Values are checked here for form only; rules check the rest."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from evaluation.enums import RankingKind, SheetState
from evaluation.services.marks import LOOKS_LIKE_POINTS
from miyun_kpi.lib.errors import Malformed
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.enums import Track


class PeriodField(serializers.CharField):
    """`2020`, `2020Q3` or `2020-09`; else 400 bad-period."""

    def to_internal_value(self, data: Any) -> Any:
        return str(PeriodCode.parse(super().to_internal_value(data)))


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a typo must not be dropped in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({name: ["没有这个字段。"] for name in unknown})
        return super().to_internal_value(data)


class SheetFilters(serializers.Serializer[Any]):
    period = PeriodField(required=False)
    track = serializers.ChoiceField(required=False, choices=Track.choices)
    indicator = serializers.IntegerField(required=False, min_value=1, max_value=999)
    evaluator = serializers.CharField(required=False, help_text="单位代码、名称或别名")
    state = serializers.ChoiceField(required=False, choices=SheetState.choices)


class RankingFilters(serializers.Serializer[Any]):
    track = serializers.ChoiceField(required=False, choices=Track.choices)
    period = PeriodField(required=False)
    kind = serializers.ChoiceField(required=False, choices=RankingKind.choices)


class LatestFilters(serializers.Serializer[Any]):
    track = serializers.ChoiceField(choices=Track.choices)


class ConfirmParameter(serializers.Serializer[Any]):
    confirm = serializers.ChoiceField(
        required=False, choices=[(LOOKS_LIKE_POINTS, "确是按满分打的")], help_text="对“疑似按分值打分”的确认"
    )


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


class MarkRow(StrictSerializer):
    organisation = serializers.CharField(max_length=100)
    version = WholeNumber(min_value=0, max_value=2**31 - 1)
    value = ExactString(required=False, allow_null=True, allow_blank=True, max_length=60, trim_whitespace=False)
    not_applicable = serializers.BooleanField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)
    problems = serializers.CharField(required=False, allow_blank=True, max_length=4000, help_text="存在问题")
    suggestions = serializers.CharField(required=False, allow_blank=True, max_length=4000, help_text="改进建议")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = "value" in attrs or attrs.get("not_applicable") or "problems" in attrs or "suggestions" in attrs
        if not given:
            raise serializers.ValidationError({"value": ["请给 value，或给 not_applicable 和 reason。"]})
        return attrs


class MarkRows(serializers.ListSerializer[Any]):
    child = MarkRow()


class FileBody(StrictSerializer):
    version = WholeNumber(min_value=1, max_value=2**31 - 1)
    confirm = serializers.ListField(
        required=False, child=serializers.ChoiceField(choices=[LOOKS_LIKE_POINTS]), max_length=5
    )
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=500, help_text="对打分分布检查的说明，4 至 500 字"
    )


class CertifyBody(StrictSerializer):
    version = WholeNumber(min_value=1, max_value=2**31 - 1)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, help_text="审核意见；退回时必填")


class TrialBody(StrictSerializer):
    track = serializers.ChoiceField(choices=Track.choices)
    period = PeriodField()
    kind = serializers.ChoiceField(choices=[RankingKind.TRIAL])


def mark_rows(data: Any) -> list[dict[str, Any]]:
    if not isinstance(data, list):
        raise Malformed("not-a-list", '请求体须为行的列表：[{"organisation", "value", "version"}, …]。')
    if not 1 <= len(data) <= 500:
        raise Malformed("bad-length", "一次须保存 1 至 500 行。")
    serializer = MarkRow(data=data, many=True)
    serializer.is_valid(raise_exception=True)
    return list(serializer.validated_data)
