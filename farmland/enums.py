from django.db.models import TextChoices

from miyun_kpi.lib.citations import document_of

DOCUMENT = document_of("farmland")
POOL_OFFICE, MONEY_OFFICE = "guizi-fenju", "caizheng-ju"


class Builder(TextChoices):
    """第五条: who carried out the project that made the land."""

    TOWN = "town", "镇政府"
    SOE = "soe", "区管国企"


class Investor(TextChoices):
    NATIONAL = "national", "国家投资"
    CITY = "city", "市级投资"
    DISTRICT = "district", "区级投资"
    SOCIAL = "social", "其他社会投资"


class State(TextChoices):
    REGISTERED = "registered", "已登记"
    RESERVED = "reserved", "已预留"
    POSTED = "posted", "已核销"
    RECLAIMED = "reclaimed", "已收回"
    REVOKED = "revoked", "已撤销"


class EntryKind(TextChoices):
    OPENING = "opening", "期初入库"
    OPENING_USED = "opening_used", "期初已使用"
    OPENING_TRANSFERRED = "opening_out", "期初已转让"
    ACCEPT = "accept", "验收入库"
    RESERVE = "reserve", "预留"
    RELEASE = "release", "撤回预留"
    POST = "post", "核销"
    RECLAIM = "reclaim", "无偿收回"
    TRANSFER = "transfer", "转让外区"
    REVERSED = "reversed", "冲正"


class FeeKind(TextChoices):
    RECLAMATION = "reclamation", "耕地开垦费"
    COMPENSATION = "compensation", "耕地保护补偿费"


class RateKind(TextChoices):
    """Dated figures. Only the compensation fee has no printed value."""

    RECLAMATION = "reclamation", "耕地开垦费单价表"
    COMPENSATION = "compensation", "耕地保护补偿费单价表"
    REWARD_FIRST = "reward_first", "第九条（一）奖励单价表"
    REWARD_SECOND = "reward_second", "第九条（二）奖励单价表"
    MAINTENANCE = "maintenance", "矿区管护费单价表"
    PROFIT_CAP = "profit_cap", "国企利润上限表"


RATE_UNITS: dict[str, str] = dict.fromkeys(RateKind.values, "元/亩") | {RateKind.PROFIT_CAP: "% 成本"}


class MoneyKind(TextChoices):
    """What 区财政局 alone records (第十一至十三条).

    IN_… come in, OUT_… go out, REFUND_… give back what was paid above a fee that was put right, USE_… spend the fee,
    TOWN_… spend a town's reward.
    """

    IN_RECLAMATION = "in_reclamation", "收：耕地开垦费"
    IN_COMPENSATION = "in_compensation", "收：耕地保护补偿费"
    IN_TRANSFER = "in_transfer", "收：转让外区补偿费"
    IN_BACK_FIRST = "in_back_first", "收：追回奖励 第九条（一）"
    IN_BACK_SECOND = "in_back_second", "收：追回奖励 第九条（二）"
    OUT_REWARD_FIRST = "out_reward_first", "支：奖励 第九条（一）"
    OUT_REWARD_SECOND = "out_reward_second", "支：奖励 第九条（二）"
    OUT_REWARD_TRANSFER = "out_reward_transfer", "支：转让奖励 第九条（三）"
    OUT_SOE_COST = "out_soe_cost", "支：国企开发复垦成本"
    OUT_SOE_PROFIT = "out_soe_profit", "支：国企利润"
    OUT_MAINTENANCE = "out_maintenance", "支：矿区管护费"
    REFUND_RECLAMATION = "refund_reclamation", "支：退还耕地开垦费"
    REFUND_COMPENSATION = "refund_compensation", "支：退还耕地保护补偿费"
    USE_FARMLAND = "use_farmland", "补偿费用于耕地保护"
    USE_AGRICULTURE = "use_agriculture", "补偿费用于农业生产和农村经济社会发展"
    USE_CITY = "use_city", "补偿费用于城市基础建设"
    USE_ECOLOGY = "use_ecology", "补偿费用于生态保护"
    TOWN_RECULTIVATION = "town_recultivation", "镇奖励用于保障复耕和耕地保护"
    TOWN_AGRICULTURE = "town_agriculture", "镇奖励用于农业生产和农村经济社会发展"
    TOWN_PUBLIC = "town_public", "镇奖励用于镇域公共基础建设"
    TOWN_ECOLOGY = "town_ecology", "镇奖励用于生态保护"


# A town's reward by area, and what it gives back of it. The text does not print a way back (推定, 第十四条): what was
# paid for an area that came back would otherwise be paid twice.
BACK_OF: dict[str, str] = {
    MoneyKind.OUT_REWARD_FIRST: MoneyKind.IN_BACK_FIRST,
    MoneyKind.OUT_REWARD_SECOND: MoneyKind.IN_BACK_SECOND,
}
REWARD_OF: dict[str, str] = {back: kind for kind, back in BACK_OF.items()}
FEE_OF: dict[str, str] = {
    MoneyKind.IN_RECLAMATION: FeeKind.RECLAMATION,
    MoneyKind.IN_COMPENSATION: FeeKind.COMPENSATION,
}
REFUND_OF: dict[str, str] = {
    MoneyKind.REFUND_RECLAMATION: FeeKind.RECLAMATION,
    MoneyKind.REFUND_COMPENSATION: FeeKind.COMPENSATION,
}


class RewardPart(TextChoices):
    FIRST = "first", "第九条（一）"
    SECOND = "second", "第九条（二）"


class RewardCause(TextChoices):
    """Why a line of rewards was written: the first one fixes what fell due, further ones are differences."""

    DUE = "due", "到期"
    AMENDED = "amended", "勘正差额"
    REVERSED = "reversed", "冲正"
    RECLAIM = "reclaim", "无偿收回"
    CARRIED = "carried", "升级时固定"


PART_OF: dict[str, str] = {
    MoneyKind.OUT_REWARD_FIRST: RewardPart.FIRST,
    MoneyKind.OUT_REWARD_SECOND: RewardPart.SECOND,
    MoneyKind.IN_BACK_FIRST: RewardPart.FIRST,
    MoneyKind.IN_BACK_SECOND: RewardPart.SECOND,
}
OUT_OF_PART: dict[str, str] = {
    RewardPart.FIRST: MoneyKind.OUT_REWARD_FIRST,
    RewardPart.SECOND: MoneyKind.OUT_REWARD_SECOND,
}
# Money that moves on a decision of two persons only (第十一条): what is paid out, and what is taken back.
BY_WARRANT: tuple[str, ...] = (
    MoneyKind.OUT_REWARD_FIRST,
    MoneyKind.OUT_REWARD_SECOND,
    MoneyKind.OUT_REWARD_TRANSFER,
    MoneyKind.OUT_SOE_COST,
    MoneyKind.OUT_SOE_PROFIT,
    MoneyKind.OUT_MAINTENANCE,
    MoneyKind.REFUND_RECLAMATION,
    MoneyKind.REFUND_COMPENSATION,
    MoneyKind.IN_BACK_FIRST,
    MoneyKind.IN_BACK_SECOND,
)
WARRANT_KINDS: list[tuple[str, str]] = [(str(kind), str(MoneyKind(kind).label)) for kind in BY_WARRANT]


class Choice(TextChoices):
    """Readings that the text leaves open (推定), each a dated setting of the office.

    By default the reading that adds no condition to the printed ones. After a full waiver there is no （二）, which asks for the
    compensation fee to have been paid; 管护费 is paid once, for no year is printed.
    """

    REWARDS_ADD_UP = "rewards_add_up", "第九条（一）（二）两项奖励累计"
    SOE_LOTS_REWARDED = "soe_lots_rewarded", "国企实施的批次也给属地镇奖励"
    OLD_LOTS_REWARDED = "old_lots_rewarded", "2020-04-21 以前验收的批次给奖励"
    SECOND_AFTER_WAIVER = "second_after_waiver", "补偿费全额减免后仍给第九条（二）奖励"
    MAINTENANCE_ONCE = "maintenance_once", "矿区管护费每批次只付一次"


CHOICE_DEFAULTS: dict[str, bool] = {
    Choice.REWARDS_ADD_UP: True,
    Choice.SOE_LOTS_REWARDED: True,
    Choice.OLD_LOTS_REWARDED: True,
    Choice.SECOND_AFTER_WAIVER: False,
    Choice.MAINTENANCE_ONCE: True,
}
