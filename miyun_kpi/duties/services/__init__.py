from miyun_kpi.duties.services.opening import DutyWindow, WantedDuty, open_due, open_monthly, open_past, withdraw
from miyun_kpi.duties.services.reports import (
    ReportInput,
    Seen,
    accept_reports,
    lock_own_open,
    return_report,
    save_report,
    save_reports,
    submit_reports,
)

__all__ = [
    "DutyWindow",
    "ReportInput",
    "Seen",
    "WantedDuty",
    "accept_reports",
    "lock_own_open",
    "open_due",
    "open_monthly",
    "open_past",
    "return_report",
    "save_report",
    "save_reports",
    "submit_reports",
    "withdraw",
]
