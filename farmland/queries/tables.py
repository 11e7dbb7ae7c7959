"""The dated tables and settings of the office, as the rules read them: without what was struck."""

from collections.abc import Mapping
from datetime import date

from farmland.models import Rate, RulePeriod, Setting
from farmland.rules.fees import DatedRate, Span, span_on
from farmland.rules.tables import DatedChoice, Tables


def rates(without: int = 0) -> list[DatedRate]:
    rows = Rate.objects.filter(struck_at__isnull=True).exclude(pk=without).order_by("starts_on", "pk")
    return [DatedRate(one.kind, one.value, one.starts_on, one.ends_on, one.basis) for one in rows]


def spans(without: int = 0) -> list[Span]:
    rows = RulePeriod.objects.filter(struck_at__isnull=True).exclude(pk=without)
    return [Span(one.starts_on, one.ends_on, one.basis) for one in rows]


def chosen(without: int = 0) -> list[DatedChoice]:
    rows = Setting.objects.filter(struck_at__isnull=True).exclude(pk=without)
    return [DatedChoice(one.key, one.value, one.starts_on) for one in rows]


def read() -> Tables:
    return Tables(rates(), spans(), chosen())


def choices(on: date) -> Mapping[str, bool]:
    """The readings in force on a day."""
    return Tables([], [], chosen()).choices_on(on)


def period_on(day: date) -> Span | None:
    """The rule period (第十六条) of a day; None outside all of them."""
    return span_on(spans(), day)
