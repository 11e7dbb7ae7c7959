"""The dated tables and settings of the office, as the rules read them."""

from django.db.models import Q

from farmland.enums import CHOICE_DEFAULTS
from farmland.models import Rate, RulePeriod, Setting
from farmland.rules.fees import DatedRate, Span


def _world(demo: bool) -> Q:
    """The demonstration reads the real tables and adds its own."""
    return Q(demo=False) | Q(demo=demo)


def rates(demo: bool) -> list[DatedRate]:
    rows = Rate.objects.filter(_world(demo)).order_by("starts_on", "demo")
    return [DatedRate(one.kind, one.value, one.starts_on, one.ends_on, one.basis) for one in rows]


def spans(demo: bool) -> list[Span]:
    rows = RulePeriod.objects.filter(_world(demo))
    return [Span(one.starts_on, one.ends_on, one.basis) for one in rows]


def choices(demo: bool) -> dict[str, bool]:
    found = {str(key): value for key, value in CHOICE_DEFAULTS.items()}
    for row in Setting.objects.filter(demo=demo).order_by("id"):
        found[row.key] = row.value
    return found
