"""Settings and the dated table of 贴息率."""

from finance_policy.models import FinanceSettings, SubsidyRate
from finance_policy.rules.settings import Settings
from finance_policy.rules.subsidy import Rate


def settings() -> Settings:
    """Those the office has set, else the defaults; nothing is written."""
    row = FinanceSettings.objects.filter(pk=1).first()
    if row is None:
        return Settings()
    return Settings(row.day_basis, row.count_last_day, row.fewest_banks, row.due_days, row.version)


def rates() -> list[Rate]:
    """Invented rates are for the accounts of the demonstration alone."""
    rows = SubsidyRate.objects.filter(struck_at__isnull=True).order_by("level", "from_on")
    return [Rate(row.level, row.from_on, row.until, row.percent, row.basis) for row in rows]
