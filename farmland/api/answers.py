"""What the API answers about 耕地占补: areas with four decimals, sums of money with two, as strings."""

from rest_framework import serializers

from farmland.enums import Builder, EntryKind, FeeKind, Investor, MoneyKind, RateKind, RewardPart, State
from miyun_kpi.api.answers import Answer, Code, Exact, NamedSerializer
from miyun_kpi.proposals.api_months import SIDES


class PoolCheckSerializer(Answer):
    at = serializers.DateTimeField()
    entries = serializers.IntegerField()
    equal = serializers.BooleanField(help_text="重放的与存着的一致")


class PoolCheckFindingsSerializer(PoolCheckSerializer):
    findings = serializers.ListField(child=serializers.CharField())


class BucketsSerializer(Answer):
    accepted = Exact(places=4)
    reserved = Exact(places=4)
    used = Exact(places=4)
    transferred = Exact(places=4)
    free = Exact(places=4)


class PoolBalancesSerializer(BucketsSerializer):
    check = PoolCheckSerializer(allow_null=True, help_text="最近一次重放核对")


class FarmlandLotSerializer(BucketsSerializer):
    id = serializers.IntegerField()
    record_number = serializers.CharField()
    name = serializers.CharField()
    town = NamedSerializer()
    builder = Code(Builder)
    builder_name = serializers.CharField()
    mining = serializers.BooleanField()
    area = Exact(places=4)
    accepted_on = serializers.DateField()
    acceptance_number = serializers.CharField()
    quality = serializers.CharField()
    paddy = Exact(places=4, allow_null=True)
    capacity = serializers.CharField()
    reversed = serializers.BooleanField(help_text="已冲正")
    version = serializers.IntegerField()
    demo = serializers.BooleanField()
    cost = Exact(places=2, required=False, allow_null=True, help_text="只给能看全部的岗位")
    profit = Exact(places=2, required=False, allow_null=True, help_text="只给能看全部的岗位")


class LedgerEntrySerializer(Answer):
    number = serializers.IntegerField()
    act = serializers.IntegerField()
    lot = serializers.IntegerField()
    application = serializers.IntegerField(allow_null=True)
    transfer = serializers.IntegerField(allow_null=True)
    kind = Code(EntryKind)
    area = Exact(places=4)
    change = Exact(places=4)
    lot_free = Exact(places=4)
    pool_free = Exact(places=4, allow_null=True)
    reverses = serializers.IntegerField(allow_null=True, help_text="冲正第几笔")
    reason = serializers.CharField()
    clause = serializers.CharField()
    done_on = serializers.DateField(help_text="办理日期")
    late = serializers.CharField(help_text="补登的依据和理由；按时登记的为空")
    at = serializers.DateTimeField(help_text="登记时间")
    demo = serializers.BooleanField()


class FarmlandFeeSerializer(Answer):
    kind = Code(FeeKind)
    rate = Exact(places=2, allow_null=True)
    amount = Exact(places=2)
    waived = Exact(places=2)
    returned = Exact(places=2, help_text="因不可抗力收回以后协调退还的")
    paid = Exact(places=2)
    over = Exact(places=2, help_text="待退：勘正、减免或协调退还以后多缴的")
    void = serializers.BooleanField(help_text="单价或规则已勘正，或协调意见已改，待重新核费")
    assessed_on = serializers.DateField()


class FarmlandApplicationSerializer(Answer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    applicant = serializers.CharField()
    investor = Code(Investor)
    commercial = serializers.BooleanField()
    district_pays = serializers.BooleanField()
    public = serializers.BooleanField()
    town = NamedSerializer()
    area = Exact(places=4)
    approval_number = serializers.CharField(allow_null=True)
    approval_on = serializers.DateField(allow_null=True)
    request_number = serializers.CharField(allow_null=True)
    coordination = serializers.CharField(allow_null=True)
    state = Code(State)
    force_majeure = serializers.BooleanField(allow_null=True, help_text="收回的属不属于不可抗力；没有收回的为空")
    fees = FarmlandFeeSerializer(many=True)
    version = serializers.IntegerField()
    demo = serializers.BooleanField()


class AllocationStepSerializer(Answer):
    lot = serializers.IntegerField()
    lot_name = serializers.CharField()
    town = serializers.CharField()
    accepted_on = serializers.DateField()
    need = Exact(places=4)
    available = Exact(places=4)
    taken = Exact(places=4)
    left = Exact(places=4)
    reason = serializers.CharField()
    clause = serializers.CharField()
    assumed = serializers.BooleanField(help_text="推定")


class ReservationProofSerializer(Answer):
    steps = AllocationStepSerializer(many=True)
    agrees = serializers.BooleanField(help_text="按当日账本重放一致")
    act = serializers.IntegerField()


class FarmlandApplicationWithProofSerializer(FarmlandApplicationSerializer):
    allocation = ReservationProofSerializer(allow_null=True)
    reward_paid = serializers.CharField(allow_null=True)


class FarmlandAllocationSerializer(Answer):
    application = serializers.IntegerField()
    name = serializers.CharField()
    state = Code(State)
    area = Exact(places=4)
    act = serializers.IntegerField()
    agrees = serializers.BooleanField()
    steps = AllocationStepSerializer(many=True)


class TrialAllocationSerializer(Answer):
    steps = AllocationStepSerializer(many=True)
    short = Exact(places=4, help_text="不足的面积")
    beyond_town = serializers.BooleanField()
    flag = serializers.CharField(allow_null=True)
    request = serializers.CharField(allow_null=True, help_text="预留时要的请示")


class TrialRefusalSerializer(Answer):
    code = serializers.CharField()
    message = serializers.CharField()


class TrialFeeSerializer(Answer):
    kind = Code(FeeKind)
    amount = Exact(places=2, allow_null=True)
    reason = serializers.CharField()
    clause = serializers.CharField()
    refusal = TrialRefusalSerializer(allow_null=True)


class TrialRewardSerializer(Answer):
    town = serializers.CharField()
    lot = serializers.IntegerField()
    area = Exact(places=4)
    first = Exact(places=2)
    second = Exact(places=2)
    applied = Exact(places=2)
    other_reading = Exact(places=2)
    reason = serializers.CharField()


class FarmlandTrialSerializer(Answer):
    on = serializers.DateField()
    allocation = TrialAllocationSerializer()
    fees = TrialFeeSerializer(many=True)
    rewards = TrialRewardSerializer(many=True)


class TownRewardSerializer(Answer):
    town = NamedSerializer()
    waiting = Exact(places=4)
    first = Exact(places=2)
    second = Exact(places=2)
    applied = Exact(places=2)
    other_reading = Exact(places=2)
    paid = Exact(places=2, help_text="第九条（一）（二）已付")
    paid_transfer = Exact(places=2, help_text="第九条（三）转让奖励已付")
    taken_back = Exact(places=2)
    used = Exact(places=2, help_text="镇登记的用途（第十二条）")
    over = Exact(places=2)
    fund = Exact(places=2, help_text="余额：paid + paid_transfer − taken_back − over − used，不小于 0")
    left = Exact(places=2)
    problems = serializers.IntegerField()


class RewardPartSerializer(Answer):
    part = Code(RewardPart)
    rate = Exact(places=2, allow_null=True, help_text="固定时的单价")
    whole = Exact(places=2, help_text="面积 × 单价")
    due = Exact(places=2, help_text="应奖，含差额")
    paid = Exact(places=2)
    taken_back = Exact(places=2)
    left = Exact(places=2, help_text="未付")
    over = Exact(places=2, help_text="待追回")
    reason = serializers.CharField()
    ground = serializers.CharField(allow_null=True, help_text="追回的事由")


class RewardLineSerializer(Answer):
    entry = serializers.IntegerField(help_text="核销的一笔（账本笔号）")
    town = NamedSerializer()
    lot = serializers.IntegerField()
    lot_name = serializers.CharField()
    application = serializers.IntegerField(allow_null=True, help_text="哪个项目；其他镇的项目为空")
    name = serializers.CharField(allow_null=True)
    area = Exact(places=4)
    on = serializers.DateField(help_text="核销的办理日期")
    stands = serializers.BooleanField(help_text="核销还在；冲正、收回的为否")
    parts = RewardPartSerializer(many=True)
    problem = serializers.CharField(allow_null=True, help_text="还没有固定的原因")


class WarrantSerializer(Answer):
    id = serializers.IntegerField()
    kind = Code(MoneyKind)
    amount = Exact(places=2)
    payee = serializers.CharField()
    entry = serializers.IntegerField(allow_null=True, help_text="核销的一笔（账本笔号）")
    lot = serializers.IntegerField(allow_null=True)
    transfer = serializers.IntegerField(allow_null=True)
    application = serializers.IntegerField(allow_null=True)
    money = serializers.IntegerField(allow_null=True, help_text="凭证的收支笔号；空为待登记")
    cancelled = serializers.BooleanField(help_text="已撤销")
    note = serializers.CharField()
    at = serializers.DateTimeField()


class FarmlandMoneySerializer(Answer):
    number = serializers.IntegerField()
    kind = Code(MoneyKind)
    amount = Exact(places=2, help_text="不带符号，冲正的一笔也是；是哪一边的看 side")
    side = serializers.ChoiceField(choices=SIDES, help_text="收到、付出，或镇使用；冲正的一笔（reverses）从这一边减去")
    day = serializers.DateField()
    ticket = serializers.CharField()
    application = serializers.IntegerField(allow_null=True)
    lot = serializers.IntegerField(allow_null=True)
    transfer = serializers.IntegerField(allow_null=True)
    town = serializers.CharField(allow_null=True)
    reverses = serializers.IntegerField(allow_null=True, help_text="冲正第几笔")
    note = serializers.CharField()
    late = serializers.CharField(help_text="补登的依据和理由；不是补登的为空")
    at = serializers.DateTimeField()
    demo = serializers.BooleanField()


class FarmlandTransferSerializer(Answer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    district = serializers.CharField()
    area = Exact(places=4)
    price = Exact(places=2)
    amount = Exact(places=2)
    agreement = serializers.CharField()
    approval_number = serializers.CharField()
    approval_on = serializers.DateField()
    reward = Exact(places=2, allow_null=True)
    reversed = serializers.BooleanField(help_text="已冲正")
    version = serializers.IntegerField()
    demo = serializers.BooleanField()


class FarmlandRateSerializer(Answer):
    id = serializers.IntegerField(min_value=1)
    kind = Code(RateKind)
    table = serializers.CharField()
    value = Exact(places=2)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    basis = serializers.CharField()
    printed = serializers.BooleanField(help_text="公报印出的")
    struck = serializers.BooleanField(help_text="已勘正划去，不再适用")
    demo = serializers.BooleanField()


class FarmlandChoicesSerializer(Answer):
    rewards_add_up = serializers.BooleanField()
    soe_lots_rewarded = serializers.BooleanField()
    old_lots_rewarded = serializers.BooleanField()
    second_after_waiver = serializers.BooleanField()
    maintenance_once = serializers.BooleanField()


class FarmlandChoiceRowSerializer(Answer):
    id = serializers.IntegerField(min_value=1)
    key = serializers.CharField()
    value = serializers.BooleanField()
    starts_on = serializers.DateField()
    basis = serializers.CharField()
    struck = serializers.BooleanField(help_text="已勘正划去")


class RulePeriodSerializer(Answer):
    id = serializers.IntegerField(min_value=1)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    basis = serializers.CharField()


class FarmlandSettingsSerializer(Answer):
    choices = FarmlandChoicesSerializer()
    rows = FarmlandChoiceRowSerializer(many=True)
    periods = RulePeriodSerializer(many=True)
