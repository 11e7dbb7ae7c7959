"""The trial of 贴息 that page and API ask alike; it stores nothing."""

from typing import Any

from finance_policy.enums import Level
from finance_policy.queries.subsidy import rates, settings_on
from finance_policy.rules.subsidy import Subsidy, compute


def tried(*, level: str, **given: Any) -> Subsidy:
    held = settings_on(given["from_on"])
    return compute(
        rates(),
        level=level,
        level_words=Level(level).label,
        day_basis=held.day_basis,
        count_last=held.count_last_day,
        **given,
    )
