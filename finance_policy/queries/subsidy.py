"""Settings and the dated table of 贴息率."""

from datetime import date

from finance_policy.models import DatedSettings, SubsidyRate
from finance_policy.rules.settings import Dated, Settings, in_force
from finance_policy.rules.subsidy import Rate
from miyun_kpi.lib.periods import PeriodCode


def chosen(without: int = 0) -> list[Dated]:
    rows = DatedSettings.objects.filter(struck_at__isnull=True).exclude(pk=without)
    return [Dated(one.starts_on, held_in(one)) for one in rows]


def held_in(row: DatedSettings) -> Settings:
    return Settings(row.day_basis, row.count_last_day, row.fewest_banks, row.due_days)


def settings_on(day: date) -> Settings:
    """Of a 贴息 those of its first day count, as its rate does; of a quarter those of its last day (推定)."""
    return in_force(chosen(), day)


def settings_of(period: str) -> Settings:
    return settings_on(PeriodCode.parse(period).last_day)


def rates() -> list[Rate]:
    """Invented rates are for the accounts of the demonstration alone."""
    rows = SubsidyRate.objects.filter(struck_at__isnull=True).order_by("level", "from_on")
    return [Rate(row.level, row.from_on, row.until, row.percent, row.basis) for row in rows]
