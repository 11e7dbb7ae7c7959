from finance_policy.models.banks import Bank, BankReading, BankReturn, Release, ReturnEvent
from finance_policy.models.ledgers import FundEntry, VetoNotice, VetoReceipt
from finance_policy.models.library import DatedSettings, GradeDecision, SubsidyRate
from finance_policy.models.subsidies import Loan, Subsidy, SubsidyCheck, SubsidyLine

__all__ = [
    "Bank",
    "BankReading",
    "BankReturn",
    "DatedSettings",
    "FundEntry",
    "GradeDecision",
    "Loan",
    "Release",
    "ReturnEvent",
    "Subsidy",
    "SubsidyCheck",
    "SubsidyLine",
    "SubsidyRate",
    "VetoNotice",
    "VetoReceipt",
]
