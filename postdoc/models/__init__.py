from postdoc.models.money import (
    Application,
    ApplicationEvent,
    Arrangement,
    BudgetChange,
    BudgetYear,
    ClaimedMonth,
    Figure,
    LedgerCheck,
    LedgerLine,
)
from postdoc.models.people import Person
from postdoc.models.stations import Award, Station
from postdoc.models.stays import Employment, MilestoneDone, Stay, StayEvent, Trip

__all__ = [
    "Application",
    "ApplicationEvent",
    "Arrangement",
    "Award",
    "BudgetChange",
    "BudgetYear",
    "ClaimedMonth",
    "Employment",
    "Figure",
    "LedgerCheck",
    "LedgerLine",
    "MilestoneDone",
    "Person",
    "Station",
    "Stay",
    "StayEvent",
    "Trip",
]
