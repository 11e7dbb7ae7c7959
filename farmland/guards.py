"""What the store refuses to change: every line of the ledger and of the money."""

from miyun_kpi.audit.guards import Guard, register_guard


def register() -> None:
    register_guard(Guard("farmland_entry", "耕地指标账本"), Guard("farmland_money", "耕地收支账"))
