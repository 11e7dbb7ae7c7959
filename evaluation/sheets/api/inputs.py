"""What the API takes about sheets and marks."""

from typing import Any

from rest_framework import serializers

from evaluation.enums import SheetState
from evaluation.periods.api import ExactString, WholeNumber
from evaluation.sheets.services.marks import LOOKS_LIKE_POINTS
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.params import PeriodField
from miyun_kpi.lib.errors import Malformed
from miyun_kpi.organisations.api import OrganisationField
from miyun_kpi.organisations.enums import Track

CONFIRMATIONS = [(LOOKS_LIKE_POINTS, "确是按满分打的")]


class SheetFilters(serializers.Serializer[Any]):
    period = PeriodField(required=False)
    track = serializers.ChoiceField(required=False, choices=Track.choices)
    indicator = serializers.IntegerField(required=False, min_value=1, max_value=999)
    evaluator = OrganisationField(required=False)
    state = serializers.ChoiceField(required=False, choices=SheetState.choices)


class ConfirmParameter(serializers.Serializer[Any]):
    confirm = serializers.ChoiceField(required=False, choices=CONFIRMATIONS, help_text="对“疑似按分值打分”的确认")


class MarkRow(Body):
    organisation = serializers.CharField(max_length=100)
    version = WholeNumber(min_value=0, max_value=2**31 - 1)
    value = ExactString(required=False, allow_null=True, allow_blank=True, max_length=60, trim_whitespace=False)
    not_applicable = serializers.BooleanField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)
    problems = serializers.CharField(required=False, allow_blank=True, max_length=4000, help_text="存在问题")
    suggestions = serializers.CharField(required=False, allow_blank=True, max_length=4000, help_text="改进建议")

    replaces_deductions = serializers.BooleanField(
        required=False, help_text="这一格有扣分明细的，确认直接改分并删去它们；不给则不保存（replaces-deductions）"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = "value" in attrs or attrs.get("not_applicable") or "problems" in attrs or "suggestions" in attrs
        if not given:
            raise serializers.ValidationError({"value": ["请给 value，或给 not_applicable 和 reason。"]})
        return attrs


class SeenRow(Body):
    organisation = serializers.CharField(max_length=100, help_text="单位代码")
    version = WholeNumber(min_value=0, max_value=2**31 - 1)


class DifferenceBody(Body):
    rows = serializers.ListField(child=SeenRow(), min_length=1, max_length=500)
    text = serializers.CharField(max_length=500, help_text="差异说明，4 至 500 字")


class FileBody(Body):
    version = WholeNumber(min_value=1, max_value=2**31 - 1)
    confirm = serializers.ListField(required=False, child=serializers.ChoiceField(choices=CONFIRMATIONS), max_length=5)
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=500, help_text="对打分分布检查的说明，4 至 500 字"
    )


def mark_rows(data: Any) -> list[dict[str, Any]]:
    if not isinstance(data, list):
        raise Malformed("not-a-list", '请求体须为行的列表：[{"organisation", "value", "version"}, …]。')
    if not 1 <= len(data) <= 500:
        raise Malformed("bad-length", "一次须保存 1 至 500 行。")
    serializer = MarkRow(data=data, many=True)
    serializer.is_valid(raise_exception=True)
    return list(serializer.validated_data)
