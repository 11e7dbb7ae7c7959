"""时钟: every timed task with its last signs of life, what it could not do and what it has made up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.db.models import Count, Q

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.jobs.clock import Timed, timed_tasks
from miyun_kpi.jobs.enums import SlotState
from miyun_kpi.jobs.models import Slot, TimedTask
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.lib.lists import First, first

# Administrators, the auditor, and the evaluation office, whose periods hang on it.
READERS = (Verb.MANAGE_ACCOUNTS, Verb.MANAGE_TOKENS, Verb.READ_AUDIT, Verb.OPEN_PERIODS)
# A task is said to stand still when it has missed three calls and is not just starting.
MISSED, LEAST_SILENCE = 3, timedelta(minutes=5)
MOST = 50


def may_read(actor: Actor) -> bool:
    return any(actor.may(verb) for verb in READERS)


def require_reader(actor: Actor) -> None:
    if not may_read(actor):
        raise NotAllowed("verb-lacking", "时钟由管理员、审计员和考评办查看，您的岗位没有这个权限。")


@dataclass(frozen=True)
class Line:
    timed: Timed
    row: TimedTask | None
    failing: int
    made_up: int
    stands_still: bool

    @property
    def every(self) -> str:
        seconds = int(self.timed.interval.total_seconds())
        return f"{seconds // 60} 分钟" if seconds >= 60 else f"{seconds} 秒"

    @property
    def state(self) -> tuple[str, str]:
        if self.row is None:
            return "blank", "还没有到过"
        if self.stands_still:
            return "late", "停了"
        return ("returned", "有事没有办成") if self.failing else ("done", "正常")


def lines(at: datetime) -> list[Line]:
    """In three queries. The tasks register themselves when their modules load, which a web process has not done yet."""
    current_app.loader.import_default_modules()
    rows = {row.name: row for row in TimedTask.objects.all()}
    counted = {
        name: (failing, made_up)
        for name, failing, made_up in Slot.objects.values("task")
        .order_by()
        .annotate(
            failing=Count("pk", filter=Q(state=SlotState.FAILED)),
            made_up=Count("pk", filter=Q(state=SlotState.DONE, made_up=True)),
        )
        .values_list("task", "failing", "made_up")
    }
    found = []
    for timed in sorted(timed_tasks(), key=lambda one: one.name):
        row = rows.get(timed.name)
        silence = max(MISSED * timed.interval, LEAST_SILENCE)
        still = row is not None and not timedelta(0) <= at - row.seen_at + LEAST_SILENCE <= silence + LEAST_SILENCE
        found.append(Line(timed, row, *counted.get(timed.name, (0, 0)), still))
    return found


def failing() -> First[Slot]:
    return first(Slot.objects.filter(state=SlotState.FAILED).order_by("-failed_at", "pk"), MOST)


def made_up() -> First[tuple[Slot, str]]:
    """The last things that were done late, each with the name of its task."""
    labels = {timed.name: timed.label for timed in timed_tasks()}
    found = first(Slot.objects.filter(state=SlotState.DONE, made_up=True).order_by("-done_at", "pk"), MOST)
    return First([(slot, labels.get(slot.task, slot.task)) for slot in found.rows], found.number)
