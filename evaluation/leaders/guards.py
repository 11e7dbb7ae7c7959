"""A 领导首页 that was kept at 通报 is never changed (engine 23)."""

from evaluation.leaders.models import LeaderPaper
from miyun_kpi.audit.guards import Guard, register_guard


def register() -> None:
    register_guard(Guard(LeaderPaper._meta.db_table, "通报时的领导首页"))
