from farmland.models.money import Fee, Money, MoneyCheck
from farmland.models.pool import Check, Entry, Lot, LotUse, Pool
from farmland.models.rewards import Reward, Warrant
from farmland.models.tables import Rate, RulePeriod, Setting
from farmland.models.work import Application, Event, Transfer

__all__ = [
    "Application",
    "Check",
    "Entry",
    "Event",
    "Fee",
    "Lot",
    "LotUse",
    "Money",
    "MoneyCheck",
    "Pool",
    "Rate",
    "Reward",
    "RulePeriod",
    "Setting",
    "Transfer",
    "Warrant",
]
