"""What the API answers about 绿色金融 besides its registers."""

from typing import Any

from rest_framework import serializers

from finance_policy.enums import EntryKind, Grade, Level, ReturnState, SubsidyState
from miyun_kpi.acts.days import Late
from miyun_kpi.api.answers import Answer, Code, Exact, Fraction, NamedSerializer
from miyun_kpi.api.bodies import Body

# “三个不低于”, in the order of 附件·6.
CONDITIONS = (("growth", "增速"), ("increment", "增量"), ("customers", "客户数"))


class SubsidyRateSerializer(Answer):
    level = Code(Level)
    percent = Exact()
    from_on = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    basis = serializers.CharField()


class SubsidySerializer(Answer):
    """贴息试算。"""

    rate_changes_on = serializers.DateField(allow_null=True, help_text="期间内贴息率变动的一天")
    amount = Exact(places=2)
    principal = Exact()
    rate = SubsidyRateSerializer()
    on = serializers.DateField()
    days = serializers.IntegerField()
    day_basis = serializers.IntegerField()
    clause = serializers.CharField()
    exact = Fraction(help_text="舍入以前的数")
    assumed = serializers.BooleanField(help_text="推定")


class SubsidySettingsSerializer(Answer):
    day_basis = serializers.IntegerField()
    count_last_day = serializers.BooleanField()


class SubsidyRatesSerializer(Answer):
    results = SubsidyRateSerializer(many=True)
    settings = SubsidySettingsSerializer()


class GreenGradeSerializer(Answer):
    id = serializers.IntegerField()
    grade = Code(Grade)
    decided_on = serializers.DateField()
    basis = serializers.CharField()
    corrects = serializers.IntegerField(allow_null=True)


class GradedEnterpriseSerializer(Answer):
    enterprise = serializers.IntegerField()
    name = serializers.CharField()
    code = serializers.CharField()
    grade = GreenGradeSerializer(allow_null=True, help_text="未评的没有")
    demo = serializers.BooleanField()


class BankFiguresSerializer(Answer):
    """万元、户；没有填的为 null。"""

    loans = Exact(allow_null=True)
    loans_before = Exact(allow_null=True)
    green = Exact(allow_null=True)
    green_before = Exact(allow_null=True)
    increment = Exact(allow_null=True)
    increment_before = Exact(allow_null=True)
    customers = Exact(allow_null=True)
    customers_before = Exact(allow_null=True)


class LendingConditionSerializer(Answer):
    code = Code(CONDITIONS)
    name = serializers.CharField()
    holds = serializers.BooleanField(allow_null=True, help_text="不能判断的没有")
    why = serializers.CharField(allow_null=True)
    left = Fraction(allow_null=True)
    right = Fraction(allow_null=True)
    left_percent = Exact(places=4, allow_null=True)
    right_percent = Exact(places=4, allow_null=True)


class BankReturnSerializer(Answer):
    id = serializers.IntegerField()
    bank = NamedSerializer()
    period = serializers.CharField()
    state = Code(ReturnState)
    figures = BankFiguresSerializer()
    conditions = LendingConditionSerializer(many=True)
    note = serializers.CharField()
    opinion = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    demo = serializers.BooleanField()


class LendingReleaseSerializer(Answer):
    period = serializers.CharField()
    number = serializers.IntegerField()
    banks = serializers.IntegerField(help_text="家数")
    silent = serializers.ListField(child=serializers.CharField(), help_text="汇总时未报的银行，合计不含它们")
    figures = BankFiguresSerializer()
    conditions = LendingConditionSerializer(many=True)
    reason = serializers.CharField(allow_null=True)
    released_at = serializers.DateTimeField()
    demo = serializers.BooleanField()


class FundEntrySerializer(Answer):
    number = serializers.IntegerField()
    kind = Code(EntryKind)
    amount = Exact()
    balance = Exact()
    on = serializers.DateField(help_text="办理日期")
    late = serializers.CharField(help_text="补登的依据和理由，没有为空")
    party = serializers.CharField()
    basis = serializers.CharField()
    reverses = serializers.IntegerField(allow_null=True, help_text="冲正第几笔")
    demo = serializers.BooleanField()


class CoverSerializer(Answer):
    insured = serializers.IntegerField()
    listed = serializers.IntegerField()
    percent = Exact(places=2, allow_null=True, help_text="名单为空的没有")


class TownCoverSerializer(CoverSerializer):
    town = serializers.CharField()


class InsuranceCoverSerializer(CoverSerializer):
    on = serializers.DateField()
    target = serializers.DateField()
    towns = TownCoverSerializer(many=True)


class InterestSubsidySerializer(Answer):
    """一笔贴息：核定时的算式，和按现在的事实应贴、已拨付多少。"""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    record = serializers.IntegerField(help_text="库里的企业或项目")
    name = serializers.CharField()
    payee = serializers.CharField()
    code = serializers.CharField()
    level = Code(Level)
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    percent = Exact()
    amount = Exact(places=2, help_text="核定时算出的贴息额，元")
    sum = serializers.CharField(help_text="算式")
    due = Exact(places=2, help_text="按现在的事实应贴，元")
    paid = Exact(places=2)
    outstanding = Exact(places=2, help_text="待拨付；负数为待追回")
    state = Code(SubsidyState)
    version = serializers.IntegerField()
    demo = serializers.BooleanField()


class GreenLoanSerializer(Answer):
    id = serializers.IntegerField()
    record = serializers.IntegerField(help_text="库里的企业或项目")
    lender = serializers.CharField()
    contract = serializers.CharField()
    principal = Exact(places=2)
    drawn_on = serializers.DateField()
    due_on = serializers.DateField()
    repaid_on = serializers.DateField(allow_null=True)
    struck = serializers.BooleanField()
    version = serializers.IntegerField()
    demo = serializers.BooleanField()


class PaperBody(Body):
    """Of an act whose original is paper."""

    on = serializers.DateField(required=False, allow_null=True, default=None, help_text="办理日期，不给为今天")
    late_source = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    late_reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


def with_late(given: dict[str, Any]) -> dict[str, Any]:
    """Its fields as a service takes them."""
    return given | {"late": Late(given.pop("late_source"), given.pop("late_reason"))}
