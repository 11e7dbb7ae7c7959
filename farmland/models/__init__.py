from farmland.models.money import Fee, Money, Rate, RulePeriod, Setting
from farmland.models.pool import Check, Entry, Lot, Pool
from farmland.models.work import Application, Event, Transfer

__all__ = [
    "Application",
    "Check",
    "Entry",
    "Event",
    "Fee",
    "Lot",
    "Money",
    "Pool",
    "Rate",
    "RulePeriod",
    "Setting",
    "Transfer",
]
