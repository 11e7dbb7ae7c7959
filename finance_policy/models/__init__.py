from finance_policy.models.banks import Bank, BankReturn, Release, ReturnEvent
from finance_policy.models.ledgers import FundEntry, VetoNotice, VetoReceipt
from finance_policy.models.library import FinanceSettings, GradeDecision, SubsidyRate

__all__ = [
    "Bank",
    "BankReturn",
    "FinanceSettings",
    "FundEntry",
    "GradeDecision",
    "Release",
    "ReturnEvent",
    "SubsidyRate",
    "VetoNotice",
    "VetoReceipt",
]
