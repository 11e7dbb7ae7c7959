"""What the API answers about sheets and marks."""

from rest_framework import serializers

from evaluation.enums import ConditionKind, NotApplicable, SheetState
from evaluation.periods.api import IndicatorNameSerializer
from miyun_kpi.api.answers import Answer, Code, Exact, Fraction, NamedSerializer, Period
from miyun_kpi.organisations.enums import Track, Zone

# 不适用 as proposed or approved; null for a cell that is not.
NOT_APPLICABLE = [choice for choice in NotApplicable.choices if choice[0]]


class MarkSheetSerializer(Answer):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    period = Period()
    track = Code(Track)
    indicator = IndicatorNameSerializer()
    evaluator = NamedSerializer()
    share = Fraction()
    full_mark = Exact(allow_null=True, help_text="各行不同的没有，见各行")
    state = Code(SheetState)
    late = serializers.BooleanField()
    filed_at = serializers.DateTimeField(allow_null=True)
    receipt_number = serializers.CharField(allow_null=True, help_text="回执编号")
    starts_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    late_until = serializers.DateTimeField(allow_null=True)
    locks_at = serializers.DateTimeField(allow_null=True)
    reopened_until = serializers.DateTimeField(allow_null=True)
    demo = serializers.BooleanField()
    carried = serializers.IntegerField(help_text="要打的行数")
    marked = serializers.IntegerField(help_text="已打的行数")
    blank = serializers.IntegerField(help_text="未打的行数")


class OwnRuleLineSerializer(Answer):
    line = serializers.IntegerField(help_text="细则第几条")
    points = Exact(help_text="扣几分")
    sum = serializers.CharField(help_text="算式")


class OwnRuleSerializer(Answer):
    value = Exact(allow_null=True, help_text="细则算出的得分；空的不建议，理由在 sum")
    sum = serializers.CharField(help_text="算式，或为什么不建议")
    asks = serializers.BooleanField(help_text="打分要写理由")
    lines = OwnRuleLineSerializer(many=True)


class DifferenceSerializer(Answer):
    condition = Code(ConditionKind)
    words = serializers.CharField(help_text="哪里与本期记录不符")
    text = serializers.CharField(allow_null=True, help_text="差异说明；还没有写的为空")


class DifferencesGivenSerializer(Answer):
    organisations = serializers.ListField(child=serializers.CharField(), help_text="写到的单位代码")


class MarkSerializer(Answer):
    organisation = serializers.CharField()
    name = serializers.CharField()
    zone = Code(Zone, allow_null=True)
    weight = Exact()
    full_mark = Exact()
    value = Exact(allow_null=True)
    not_applicable = Code(NOT_APPLICABLE, allow_null=True)
    reason = serializers.CharField(allow_null=True)
    problems = serializers.CharField(allow_null=True)
    suggestions = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(help_text="从未保存过的为 0")
    own_rule = OwnRuleSerializer(
        allow_null=True, help_text="考评部门自己的细则算出的，只是建议；细则没有计分办法的为空"
    )
    data_moved = serializers.BooleanField(help_text="采纳以后数据已更新，未重算")
    differences = DifferenceSerializer(many=True, help_text="与本期记录不符；没有差异说明的不能报送")


class MarkSheetWithRowsSerializer(MarkSheetSerializer):
    rows = MarkSerializer(many=True)


class SavedMarkSerializer(Answer):
    organisation = serializers.CharField()
    value = Exact(allow_null=True)
    not_applicable = Code(NOT_APPLICABLE, allow_null=True)
    version = serializers.IntegerField()


class SavedMarksSerializer(Answer):
    rows = SavedMarkSerializer(many=True)


class SheetStandingSerializer(Answer):
    state = Code(SheetState)
    filed_at = serializers.DateTimeField(allow_null=True)
    late = serializers.BooleanField()
    receipt_number = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()
