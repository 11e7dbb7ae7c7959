"""Duties of the demonstration: 会议开放 and 低保 of one quarter around the day of installation, some of it reported."""

from datetime import datetime

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import DutyPeriod, DutyUnit, ProgressReport, Statement
from miyun_kpi.lib.citations import code_of, document_label, document_of

INVENTED = "演示数据"


def _named(subject: str) -> str:
    return document_label(document_of(subject))


ACCOUNTS = (
    DemoAccount(
        "zhengwu",
        "政务服务中心（演示）",
        (("区政务服务中心", Role.REGISTER_OFFICE, "政务公开科"),),
        f"{_named('disclosure')}政务公开的主管：维护任务、审核进展",
    ),
    DemoAccount(
        "anwei",
        "安委会办公室（演示）",
        (("区安委会办公室", Role.REGISTER_OFFICE, "综合科"),),
        f"{_named('safety')}城市安全的主管",
    ),
    DemoAccount(
        "shuiwuban",
        "水务局治理科（演示）",
        (("区水务局", Role.REGISTER_OFFICE, "治理科"),),
        f"{_named('water')}水环境的总体协调",
    ),
    DemoAccount("minzheng", "民政填报（演示）", (("区民政局", Role.REPORTER, "办公室"),), "报低保、会议开放等任务进展"),
)
# Key, span, and every how many-th unit has reported.
CODE = code_of(document_of("disclosure"))
OPENED = (
    (f"{CODE}/三（六）/1/1", "2020Q3", 3),
    (f"{CODE}/二（五）/3/1", "2020-09", 0),
    (f"{CODE}/三（三）/2/1", "2020", 0),
)


def load(at: datetime, window: DemoWindow) -> None:
    dates = {name: getattr(window, name) for name in ("starts_at", "due_at", "late_until", "locks_at")}
    for key, code, step in OPENED:
        units = DutyUnit.objects.filter(duty__key=key, active=True).order_by("pk")
        rows = [DutyPeriod(unit=unit, period=code, **dates) for unit in units]
        for index, row in enumerate(rows):
            if step and index % step == 0:
                row.state = ReportState.FILED
        DutyPeriod.objects.bulk_create(rows)
        ProgressReport.objects.bulk_create(
            ProgressReport(
                duty_period=row,
                version=2,
                course="done",
                progress="（演示）开放镇长办公会一次，列席代表 5 人，收到意见 3 条。",
                saved_at=at,
                saved_by=INVENTED,
                submitted_at=at,
                submitted_by=INVENTED,
            )
            for row in rows
            if row.state == ReportState.FILED
        )
    stated = DutyPeriod.objects.filter(unit__duty__key=OPENED[0][0], state=ReportState.EXPECTED).last()
    if stated:
        Statement.objects.create(
            duty_period=stated,
            reason="（演示）本单位职责不涉及公共利益和公众权益，本季度不开展会议开放。",
            filed_at=at,
            filed_by=INVENTED,
        )


PART = DemoPart(ACCOUNTS, load)
