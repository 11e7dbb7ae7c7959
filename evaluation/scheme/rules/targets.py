"""How a target is printed."""

from decimal import Decimal

from miyun_kpi.lib.decimals import plain


def shown_target(value: Decimal | None, unit: str, text: str) -> str:
    return text if value is None else f"{plain(value)} {unit}"
