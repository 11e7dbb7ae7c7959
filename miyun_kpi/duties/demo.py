"""Duties of the demonstration: 会议开放 and 低保 of one quarter around the day of installation, some of it reported."""

from datetime import datetime
from functools import partial

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.duties.enums import Course
from miyun_kpi.duties.services.opening import DutyWindow
from miyun_kpi.duties.telling import HEADS, MEETINGS, WELFARE, Owed, open_window, tell
from miyun_kpi.lib.citations import document_label, document_of


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
    DemoAccount(
        "xiwengzhuang",
        "溪翁庄镇综合办（演示）",
        (("溪翁庄镇", Role.REPORTER, "综合办"),),
        "报会议开放、路线图等任务进展",
    ),
    DemoAccount(
        "taishitun",
        "太师屯镇综合办（演示）",
        (("太师屯镇", Role.REPORTER, "综合办"),),
        "提交书面说明，改正被退回的进展",
    ),
)
OPENED = ((MEETINGS, "2020Q3"), (WELFARE, "2020-09"), (HEADS, "2020"))


def load(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    open_now = DutyWindow(window.starts_at, window.due_at, window.late_until, window.locks_at)
    for key, period in OPENED:
        timeline.on(7, partial(open_window, key, period, open_now))
    held = "（演示）开放镇长办公会一次，列席代表 5 人，收到意见 3 条。"
    Owed(timeline, "xiwengzhuang", MEETINGS, "2020Q3").saved(2, Course.DONE, held).filed(1)
    said = "（演示）本单位职责不涉及公共利益和公众权益，本季度不开展会议开放。"
    Owed(timeline, "taishitun", MEETINGS, "2020Q3").stated(1, said)
    timeline.tell()


PART = DemoPart(ACCOUNTS, load, tell)
