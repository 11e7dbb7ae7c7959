"""A bank is reported from the organisation that goes on, unless that has a bank of its own."""

from finance_policy.models import Bank
from finance_policy.services.banks import move_on_merge
from miyun_kpi.organisations.registry import moves, register_relations


def register() -> None:
    bank = moves("银行", why="由接收的单位报季报；它已有一家的，由区金融办决定。", mover=move_on_merge)
    register_relations(Bank, {"organisation": bank})
