"""The dated tables and settings of the office, as the rules read them."""

from farmland.enums import CHOICE_DEFAULTS
from farmland.models import Rate, RulePeriod, Setting
from farmland.rules.fees import DatedRate, Span


def rates() -> list[DatedRate]:
    rows = Rate.objects.order_by("starts_on", "pk")
    return [DatedRate(one.kind, one.value, one.starts_on, one.ends_on, one.basis) for one in rows]


def spans() -> list[Span]:
    rows = RulePeriod.objects.all()
    return [Span(one.starts_on, one.ends_on, one.basis) for one in rows]


def choices() -> dict[str, bool]:
    found = {str(key): value for key, value in CHOICE_DEFAULTS.items()}
    for row in Setting.objects.order_by("id"):
        found[row.key] = row.value
    return found
