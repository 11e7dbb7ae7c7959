"""What the store refuses to change: every line of the ledger, of the money and of the rewards, and what was reconciled."""

from miyun_kpi.audit.guards import Guard, register_guard


def register() -> None:
    register_guard(
        Guard("farmland_entry", "耕地指标账本"),
        Guard("farmland_money", "耕地收支账"),
        Guard("farmland_reward", "耕地奖励账"),
        Guard("farmland_moneycheck", "耕地收支对账"),
    )
