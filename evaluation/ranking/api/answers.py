"""What the API answers about rankings. A ranking and a 得分明细 are frozen documents: served as they were stored, described here.

They hold what `evaluation.engine.rules.documents` and `ranking_documents` put into them; a test reads every stored one.
"""

from rest_framework import serializers

from evaluation.engine.rules.attribution import CAUSE_WORDS
from evaluation.enums import (
    AdjustmentGround,
    DecisionKind,
    DisclosureScope,
    FigureStatus,
    RankingKind,
    RankingState,
    SheetState,
    SigningTitle,
    Standing,
    UnitChange,
    YearUnitKind,
)
from evaluation.periods.api import STANDINGS, IndicatorNameSerializer
from miyun_kpi.api.answers import Answer, Code, Exact, Fraction, NamedSerializer, Period
from miyun_kpi.organisations.enums import Category, Track, Zone

# Why a cell is missing: the state of a sheet that is not filed, or one of three.
GAPS = (
    *(choice for choice in SheetState.choices if choice[0] != SheetState.FILED),
    ("not-opened", "没有开启"),
    ("blank", "已报送，未打分"),
    ("no-carrier", "没有承担单位可取平均"),
)
BASES = (("marked", "打分"), ("average", "取平均分"), ("missing", "缺分"))
ITEM_BASES = (*BASES, ("out-of-scope", "本期不考"))


class UnconfirmedFigureSerializer(Answer):
    figure = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field here, an argument in the base class
    status = Code(FigureStatus)
    clause = serializers.CharField()


class RankingSummarySerializer(Answer):
    id = serializers.IntegerField()
    track = Code(Track)
    period = Period()
    kind = Code(RankingKind)
    number = serializers.IntegerField(help_text="这一期的第几次计算")
    state = Code(RankingState)
    demo = serializers.BooleanField()
    rule_version = serializers.CharField()
    digest = serializers.CharField()
    computed_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    corrects = serializers.IntegerField(allow_null=True, help_text="所更正的排名")
    corrected_by = serializers.IntegerField(allow_null=True, help_text="更正它的排名")


class ListedRankingSerializer(RankingSummarySerializer):
    in_force = serializers.BooleanField(help_text="现行：没有被更正的通报，已审签的核定，已审议或报区委的年度")
    holds = serializers.BooleanField(allow_null=True, help_text="仍据现在的打分、方案和决定成立；没有效力的为空")


class RankingHoldingSerializer(Answer):
    ranking = serializers.IntegerField()
    in_force = serializers.BooleanField()
    holds = serializers.BooleanField(allow_null=True)
    standing = Code(Standing, allow_null=True)
    corrected_by = serializers.IntegerField(allow_null=True)
    changed = serializers.ListField(child=serializers.CharField(), help_text="变动的格，只给考评办和审计")


class MissingCellSerializer(Answer):
    indicator = IndicatorNameSerializer()
    evaluator = NamedSerializer()
    organisation = serializers.CharField()
    sheet = Code(GAPS)


class NotApplicableCellSerializer(Answer):
    indicator = serializers.IntegerField()
    evaluator = serializers.CharField()
    organisation = serializers.CharField()
    reason = serializers.CharField()


class SheetDecisionSerializer(Answer):
    kind = Code(DecisionKind)
    words = serializers.CharField()
    indicator = IndicatorNameSerializer()
    evaluator = NamedSerializer()
    share = serializers.CharField(help_text="份额的键")
    reason = serializers.CharField()
    signer = serializers.CharField()
    signed_on = serializers.DateField()


class UnitDecisionSerializer(Answer):
    """考评对象调整决定。"""

    kind = Code(UnitChange)
    words = serializers.CharField()
    organisation = serializers.CharField()
    name = serializers.CharField()
    number = serializers.CharField()
    reason = serializers.CharField()
    confirmed_on = serializers.DateField()


class DimensionScoreSerializer(Answer):
    code = serializers.CharField()
    name = serializers.CharField()
    full = Exact(help_text="本单位所在分区的满分")
    score = Exact(places=4)


class CountedAdjustmentSerializer(Answer):
    id = serializers.IntegerField()
    ground = Code(AdjustmentGround)
    ground_name = serializers.CharField()
    clause = serializers.CharField()
    work = serializers.CharField()
    reason = serializers.CharField()
    happened_on = serializers.DateField()
    document_number = serializers.CharField()
    points = Exact(allow_null=True, help_text="审议决定的分数，扣分为负")


class ClosingPartSerializer(Answer):
    period = Period()
    weight = Exact()
    total = Exact(places=4, allow_null=True)
    examined_weight = Exact(allow_null=True)


class ClosingSerializer(Answer):
    """总分怎样由各部分和加减分得出。"""

    parts = ClosingPartSerializer(many=True)
    base = Exact(places=4, allow_null=True)
    added = Exact(places=4, allow_null=True)
    own_percent = Exact(places=4, allow_null=True, help_text="本期的折算百分")


class RankingRowSerializer(Answer):
    organisation = serializers.CharField()
    name = serializers.CharField()
    zone = Code(Zone, allow_null=True)
    category = Code(Category)
    total = Exact(
        places=(2, 4),
        allow_null=True,
        help_text="折算百分加加减分，按名次精度四舍五入一次，按它排名；有缺分或不公开的没有",
    )
    sum = Exact(places=4, allow_null=True, help_text="得分合计，不折算；有缺分或不公开的没有")
    rounding_difference = Exact(
        places=4, allow_null=True, help_text="尾差：各项印出的得分加它等于合计（有折算的，等于得分合计）"
    )
    rank = serializers.IntegerField(allow_null=True)
    zone_rank = serializers.IntegerField(allow_null=True)
    category_rank = serializers.IntegerField(allow_null=True)
    previous_rank = serializers.IntegerField(allow_null=True)
    adjustments = CountedAdjustmentSerializer(many=True)
    closing = ClosingSerializer(required=False, help_text="只在总分不只由打分得出时有")
    examined_weight = Exact()
    partial_total = Exact(places=4, allow_null=True)
    partial_weight = Exact(allow_null=True)
    dimensions = DimensionScoreSerializer(many=True, allow_null=True, help_text="不公开的没有")


class PreviousRankingSerializer(Answer):
    period = Period()
    ranking = serializers.IntegerField()


class StoodOnSerializer(Answer):
    ranking = serializers.IntegerField()
    digest = serializers.CharField()


class YearUnitSerializer(Answer):
    organisation = serializers.CharField()
    kind = Code(YearUnitKind)
    words = serializers.CharField()
    predecessor = serializers.CharField(allow_null=True)
    meeting = serializers.CharField()
    minutes_number = serializers.CharField()
    reason = serializers.CharField()


class YearMethodSerializer(Answer):
    number = serializers.IntegerField(allow_null=True)
    basis = serializers.CharField(allow_null=True)
    weights = serializers.DictField(child=Exact(), help_text="各期间的权重")
    problems = serializers.ListField(child=serializers.CharField())
    quarters = serializers.DictField(
        child=StoodOnSerializer(), required=False, help_text="所据季度的排名；1.0.0 算的没有"
    )
    units = YearUnitSerializer(many=True, required=False, help_text="没有全年在考评的单位怎样处理；1.0.0 算的没有")


class RankingSerializer(RankingSummarySerializer):
    rank_precision = serializers.IntegerField(help_text="名次精度：合计的小数位数")
    converted = serializers.BooleanField(help_text="有的单位实考满分不是 100，合计是折算百分")
    first = serializers.BooleanField(help_text="已通报而之前没有通报")
    previous = PreviousRankingSerializer(allow_null=True)
    missing = MissingCellSerializer(many=True)
    unconfirmed = UnconfirmedFigureSerializer(many=True)
    not_applicable = NotApplicableCellSerializer(many=True)
    decisions = SheetDecisionSerializer(many=True, help_text="缺表处理决定")
    unit_decisions = UnitDecisionSerializer(many=True, required=False, help_text="考评对象调整决定；1.0.0 算的没有")
    averages = serializers.IntegerField(help_text="取平均分的格数")
    own_marks = serializers.IntegerField(help_text="评本单位的格数")
    rows = RankingRowSerializer(many=True)
    year = YearMethodSerializer(required=False, help_text="年度计算办法，只在年度排名里有")
    disclosure_scope = Code(DisclosureScope, required=False, help_text="只看得到公开范围以内的令牌才有")


class ShareScoreSerializer(Answer):
    evaluator = NamedSerializer()
    share = Fraction()
    basis = Code(BASES)
    value = Exact(allow_null=True)
    full_mark = Exact(allow_null=True)
    own_unit = serializers.BooleanField(help_text="评本单位")
    sum = Exact(allow_null=True)
    divisor = Exact(allow_null=True)
    carriers = serializers.IntegerField(allow_null=True)


class ScoredIndicatorSerializer(IndicatorNameSerializer):
    dimension = serializers.CharField()


class ItemScoreSerializer(Answer):
    indicator = ScoredIndicatorSerializer()
    weight = Exact()
    weight_status = Code(STANDINGS, required=False, help_text="只说分值；2026 年 12 月以前冻结的没有这一栏")
    status = Code(STANDINGS, help_text="分值、份额、承担与否中依据最弱的；没有 weight_status 的只说分值")
    clause = serializers.CharField()
    average_clause = serializers.CharField(allow_null=True)
    basis = Code(ITEM_BASES)
    shares = ShareScoreSerializer(many=True)
    sum = Exact(allow_null=True)
    divisor = Exact(allow_null=True)
    carriers = serializers.IntegerField(allow_null=True)
    score = Exact(places=4, allow_null=True)


class ReceiptSerializer(RankingRowSerializer):
    """一个单位的得分明细。"""

    ranking = serializers.IntegerField()
    period = Period()
    kind = Code(RankingKind)
    digest = serializers.CharField()
    items = ItemScoreSerializer(many=True)
    gap_above = Exact(places=4, allow_null=True)
    gap_below = Exact(places=4, allow_null=True)
    ranked = serializers.IntegerField(help_text="有名次的单位数")
    decisions = SheetDecisionSerializer(many=True)
    unit_decisions = UnitDecisionSerializer(many=True, required=False, help_text="考评对象调整决定；1.0.0 算的没有")


class MovedRowSerializer(Answer):
    organisation = serializers.CharField()
    name = serializers.CharField()
    rank_before = serializers.IntegerField(allow_null=True)
    rank_after = serializers.IntegerField(allow_null=True)
    total_before = Exact(places=4, allow_null=True)
    total_after = Exact(places=4, allow_null=True)
    items = serializers.ListField(child=serializers.CharField(), help_text="得分不同的各项")


class RankingChangesSerializer(Answer):
    ranking = serializers.IntegerField()
    compared_with = serializers.IntegerField()
    moved = serializers.IntegerField(help_text="名次变动的单位数")
    rows = MovedRowSerializer(many=True)


class AttributedPartSerializer(Answer):
    """合计之差的一个部分；各部分相加等于差。"""

    cause = Code(CAUSE_WORDS)
    words = serializers.CharField(help_text="原因的说法")
    number = serializers.IntegerField(allow_null=True, help_text="第几项；不属于哪一项的为空")
    subject = serializers.CharField(help_text="考评内容，或季度、加减分的工作名称")
    clause = serializers.CharField(allow_blank=True)
    before = serializers.CharField()
    after = serializers.CharField()
    effect = Exact(places=4, help_text="对合计的影响，四位小数；印出的各部分相加等于差")
    exact = Fraction(help_text="精确的影响")


class PassingSerializer(Answer):
    """超过本单位，或被本单位超过、追平的单位。"""

    organisation = serializers.CharField()
    name = serializers.CharField()
    level = serializers.BooleanField(help_text="追平，名次相同")
    rank_before = serializers.IntegerField(allow_null=True)
    rank_after = serializers.IntegerField(allow_null=True)
    total_before = Exact(places=(2, 4), allow_null=True, help_text="不公开的没有")
    total_after = Exact(places=(2, 4), allow_null=True, help_text="不公开的没有")
    dimension = serializers.CharField(allow_null=True, help_text="相对本单位变动最多的维度；不公开的没有")
    gained = Exact(places=4, allow_null=True, help_text="在这个维度上比本单位多变动的百分点")


class RankingAttributionSerializer(Answer):
    ranking = serializers.IntegerField()
    compared_with = serializers.IntegerField()
    organisation = serializers.CharField()
    rank_before = serializers.IntegerField(allow_null=True)
    rank_after = serializers.IntegerField(allow_null=True)
    total_before = Exact(places=(2, 4))
    total_after = Exact(places=(2, 4))
    difference = Exact(places=(2, 4))
    sentence = serializers.CharField()
    parts = AttributedPartSerializer(many=True)
    over = PassingSerializer(many=True, help_text="现在名次在前、原来不在前的单位")
    under = PassingSerializer(many=True, help_text="原来名次在前、现在不在前的单位")


class SigningSerializer(Answer):
    id = serializers.IntegerField()
    title = Code(SigningTitle)
    signer = serializers.CharField()
    signed_on = serializers.DateField()
    digest = serializers.CharField(help_text="签的是哪一个结果")
    own_act = serializers.BooleanField(help_text="领导本人在系统里审签")
    scan_sha256 = serializers.CharField(allow_null=True, help_text="签过字的呈批件扫描件")
    recorded_by = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    void_at = serializers.DateTimeField(allow_null=True)
    void_by = serializers.CharField(allow_null=True)
    void_reason = serializers.CharField(allow_null=True)


class RankingSigningsSerializer(Answer):
    ranking = serializers.IntegerField()
    results = SigningSerializer(many=True)
