"""运行: how the site stands, for those who answer for it: what is silent, waiting, failed, too old or nearly full.

What has not happened is what nobody sees: each line says itself when it is late, stands on the desk of the system
administrator, and is told once a day to the three and by mail.
"""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail

from miyun_kpi.accounts.enums import SEPARATED_ROLES, Verb
from miyun_kpi.accounts.models import Post
from miyun_kpi.db.room import MOST_PERCENT
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.inbox.services import Message, send
from miyun_kpi.jobs.clock import Run
from miyun_kpi.jobs.enums import SlotState, State
from miyun_kpi.jobs.models import Job, Slot
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.lists import First, first
from miyun_kpi.operations.key_sheet import copy
from miyun_kpi.operations.life import LATE_SECONDS, SILENT_SECONDS, signs
from miyun_kpi.operations.manifest import commit, release
from miyun_kpi.operations.models import Site, VerificationRun
from miyun_kpi.operations.standing import Fact, standing
from miyun_kpi.routes import to
from miyun_kpi.site import is_real

logger = logging.getLogger(__name__)
# 推定: a nightly backup and look, a weekly drill (deploy/systemd), each with room for one that was missed.
BACKUP, DRILL, LOOK = timedelta(hours=26), timedelta(days=8), timedelta(hours=26)
# A site that has just begun owes nothing yet.
FIRST_DAYS = timedelta(days=2)
MOST = 20
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """`late`: somebody has to do something, and `todo` says what."""

    code: str
    label: str
    said: str
    late: bool = False
    todo: str = ""


def lines(at: datetime) -> list[Line]:
    """Of this machine, where it is about files; of the whole site, where it is about rows."""
    begun = Site.objects.filter(pk=1).values_list("started_at", flat=True).first()
    owes = begun is not None and at - begun > FIRST_DAYS
    return [*_processes(at, owes), *_work(at), *_proof(at, owes), _disk()]


def failed_jobs(at: datetime) -> First[Job]:
    return first(Job.objects.filter(state=State.FAILED, created_at__gte=at - WEEK).order_by("-created_at"), MOST)


def versions() -> list[tuple[str, str]]:
    return [("版本", release()), ("提交", commit() or "–")]


def _processes(at: datetime, owes: bool) -> list[Line]:
    found = signs(at)
    restart = "请在服务器上看这个进程，重新启动；不启动，到点的事都不办。"
    made = []
    for code, label, seconds in (("beat", "定时", found.beat_seconds), ("worker", "后台", found.worker_seconds)):
        late = seconds > SILENT_SECONDS if seconds is not None else owes
        said = "从未有过动静" if seconds is None else f"{_ago(seconds)}前有过动静"
        made.append(Line(code, f"“{label}”进程", said, late, restart if late else ""))
    late = found.queue_seconds > LATE_SECONDS
    todo = "后台办不过来，或没有在办：请看“后台”进程。" if late else ""
    said = f"等得最久的一件等了{_ago(found.queue_seconds)}" if found.queue_seconds else "没有在等的"
    return [*made, Line("queue", "后台队列", said, late, todo)]


def _work(at: datetime) -> list[Line]:
    jobs = Job.objects.filter(state=State.FAILED, created_at__gte=at - WEEK).count()
    slots = Slot.objects.filter(state=SlotState.FAILED).count()
    return [
        Line(
            "jobs",
            "没有完成的后台任务",
            f"近 7 天 {jobs} 件",
            jobs > 0,
            "见下表；改好原因后由提出的人再办一次。" if jobs else "",
        ),
        Line("slots", "没有办成的定时的事", f"{slots} 件", slots > 0, "见“时钟”；会自动再试。" if slots else ""),
    ]


def _proof(at: datetime, owes: bool) -> list[Line]:
    way = standing()
    look = VerificationRun.objects.order_by("-at", "-id").first()
    faults = len(look.faults) if look else 0
    old = owes and (look is None or at - look.at > LOOK)
    said = f"{_day(look.at)}，不符 {faults} 处" if look else "还没有过"
    todo = "请看“核验”，查明以前不要引用不符的那一处。" if faults else "夜间核验没有做：请看“定时”进程。" if old else ""
    owes_backup = owes and is_real()
    return [
        _fact(
            "backup", "最近一次备份", way.backup, at, BACKUP, owes_backup, "请看备份的定时（miyun-kpi-backup.timer）。"
        ),
        _fact("drill", "最近一次恢复演练", way.drill, at, DRILL, owes_backup, "请运行 manage.py drill，看能不能恢复。"),
        _anchor(way.anchor, at, owes_backup),
        _copy(owes_backup),
        Line("look", "最近一次核验", said, faults > 0 or old, todo),
    ]


def _anchor(fact: Fact | None, at: datetime, owes: bool) -> Line:
    label, todo = "总链头存到库外", "请设 KPI_ANCHOR：另一块盘上的文件，或 syslog。没有它，整个库退回到从前查不出来。"
    if not settings.ANCHORS:
        return Line("anchor", label, "没有设", owes, todo if owes else "")
    return _fact("anchor", label, fact, at, LOOK, owes, "请看 KPI_ANCHOR 所写的地方能不能写。")


def _copy(owes: bool) -> Line:
    kept = copy()
    if kept.at is not None:
        return Line("keys", "密钥打印存档", f"{_day(kept.at)}，{kept.by}")
    todo = "请用 manage.py key_sheet 打印两份封存，在“密钥存档”登记。机器坏了而没有它，结果核验不了。"
    return Line("keys", "密钥打印存档", "现在这把还没有", owes, todo if owes else "")


def _fact(code: str, label: str, fact: Fact | None, at: datetime, most: timedelta, owes: bool, todo: str) -> Line:
    if fact is None:
        return Line(code, label, "本机还没有过", owes, todo if owes else "")
    late = bool(fact.why) or (owes and at - fact.at > most)
    said = f"{_day(fact.at)}，没有办成：{fact.why}" if fact.why else _day(fact.at)
    return Line(code, label, said, late, todo if late else "")


def _disk() -> Line:
    usage = shutil.disk_usage(settings.VAR_DIR)
    percent = usage.used * 100 // max(usage.used + usage.free, 1)
    late = percent >= MOST_PERCENT
    todo = "已不收文件：请腾出地方，或把旧备份移走。" if late else ""
    return Line("disk", "磁盘", f"已用 {percent}%，还有 {usage.free / 2**30:.0f} G", late, todo)


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    """Looked at whenever the desk is: what is told by beat alone is not told when beat stands still."""
    if not actor.may(Verb.MANAGE_ACCOUNTS):
        return []
    return [
        DeskItem(
            group="late",
            subject="desk",
            state="not_filed",
            title=f"运行：{line.label}",
            context=f"{line.said}。{line.todo}"[:200],
            url=to("operations:running"),
            action="去看",
            kind=ItemKind.TURN,
        )
        for line in lines(at)
        if line.late
    ]


def watch(run: Run) -> None:
    """Each late line once a day, to the posts of the three and to KPI_ALARM_MAIL."""
    day = run.at.astimezone().date()
    late = [line for line in lines(run.at) if line.late]
    held = Post.objects.on(day).filter(role__in=SEPARATED_ROLES)
    places = sorted(set(held.values_list("organisation_id", "role")))
    fresh = [line for line in late if send(_messages(line, day.isoformat(), places), at=run.at)]
    if fresh:
        run.did([f"{line.code}/{day}" for line in fresh])
        _mail(fresh)


def _messages(line: Line, day: str, places: Sequence[tuple[int, str]]) -> list[Message]:
    return [
        Message(
            key=f"watch/{line.code}/{day}/{organisation}/{role}",
            organisation_id=organisation,
            role=role,
            title=f"运行：{line.label}"[:120],
            body=f"{line.said}。{line.todo}",
            url=to("operations:running"),
        )
        for organisation, role in places
    ]


def _mail(found: Sequence[Line]) -> None:
    if not settings.ALARM_MAIL:
        return
    text = "\n".join(f"{line.label}：{line.said}。{line.todo}" for line in found)
    try:
        send_mail("密云区绩效考评：运行提醒", text, None, settings.ALARM_MAIL)
    except OSError:
        logger.exception("the alarm could not be mailed")


def _ago(seconds: int) -> str:
    return (
        f" {seconds} 秒"
        if seconds < 120
        else f" {seconds // 60} 分钟"
        if seconds < 7200
        else f" {seconds // 3600} 小时"
    )


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
