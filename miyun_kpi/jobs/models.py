from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from miyun_kpi.jobs.enums import UNFINISHED, SlotState, State
from miyun_kpi.lib.actors import Actor


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=UNFINISHED)

    def silent_since(self, moment: datetime, latest: datetime) -> "JobQuerySet":
        """Running, but without a sign of life since `moment`: the worker was killed, or stands still.

        A heartbeat after `latest` was left by a clock that ran ahead, and says nothing.
        """
        return self.filter(Q(heartbeat__lt=moment) | Q(heartbeat__gt=latest), state=State.RUNNING)

    def due_again(self, moment: datetime, latest: datetime) -> "JobQuerySet":
        """Queued, and the message for it should have been taken by `moment`; or never will be: nothing waits beyond
        `latest` but what a clock that ran ahead put off."""
        return self.filter(Q(publish_after__lte=moment) | Q(publish_after__gt=latest), state=State.QUEUED)


class Job(models.Model):
    """One piece of background work. The row is the truth, the broker's message only the call to look at it."""

    key = models.CharField("标识", max_length=200, unique=True)
    name = models.CharField("任务", max_length=100)
    title = models.CharField("名称", max_length=200)
    arguments = models.JSONField("参数", default=dict)
    queue = models.CharField("队列", max_length=50, default="default")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField("已办", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    unit = models.CharField("单位", max_length=10, default="项")
    step = models.CharField("步骤", max_length=100, default="")
    step_number = models.PositiveSmallIntegerField("第几步", default=0)
    step_count = models.PositiveSmallIntegerField("共几步", default=0)
    # The attempt is the fence: a runner whose attempt is no longer the row's writes nothing more.
    attempt = models.PositiveSmallIntegerField("次数", default=0)
    heartbeat = models.DateTimeField("心跳", null=True)
    published = models.PositiveSmallIntegerField("已发消息", default=0)
    publish_after = models.DateTimeField("再发时间")
    created_at = models.DateTimeField("提出时间")
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    message = models.TextField("说明", default="")
    # Plain columns: jobs stand below accounts in the import order and outlive them.
    actor_id = models.BigIntegerField("用户编号", null=True)
    actor_label = models.CharField("提出人", max_length=200)
    actor_data = models.JSONField("提出时的岗位与权限", default=dict)
    cancel_requested = models.BooleanField("要求停止", default=False)
    stoppable = models.BooleanField("可以停止", default=False)
    result = models.JSONField("结果", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "后台任务"
        indexes = [
            models.Index(
                fields=["state", "publish_after"], name="jobs_unfinished", condition=Q(state__in=["queued", "running"])
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="jobs_state_known", violation_error_message="任务状态不对。"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"]) | Q(finished_at__isnull=False),
                name="jobs_finished_has_time",
                violation_error_message="结束的任务必须有结束时间。",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def finished(self) -> bool:
        return self.state not in UNFINISHED

    @property
    def actor(self) -> Actor:
        """Who asked, with the rights of that moment."""
        data: dict[str, Any] = {k: v for k, v in self.actor_data.items() if k != "verbs"}
        return Actor(
            label=self.actor_label,
            user_id=self.actor_id,
            verbs=frozenset(self.actor_data.get("verbs", ())),
            **data,
        )


class TimedTask(models.Model):
    """The last signs of life of one thing that the clock does; the page 时钟 shows them."""

    name = models.CharField("任务", max_length=60, primary_key=True)
    seen_at = models.DateTimeField("最近一次到点")
    done_at = models.DateTimeField("最近一次办了事", null=True)
    failed_at = models.DateTimeField("最近一次没有办成", null=True)

    class Meta:
        verbose_name = "定时任务"

    def __str__(self) -> str:
        return self.name


class Slot(models.Model):
    """One thing that was due: done, or failing still. Its key makes doing it twice one doing."""

    task = models.CharField("任务", max_length=60)
    key = models.CharField("到期的事", max_length=160)
    state = models.CharField("状态", max_length=10, choices=SlotState.choices)
    due_at = models.DateTimeField("应办时间", null=True)
    done_at = models.DateTimeField("办成时间", null=True)
    made_up = models.BooleanField("补办", default=False)
    failed_at = models.DateTimeField("没有办成的时间", null=True)
    attempts = models.PositiveIntegerField("没有办成的次数", default=0)
    cause = models.CharField("原因代码", max_length=200, blank=True)
    message = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "定时任务的一件事"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "key"],
                name="one_slot_per_task_and_thing",
                violation_error_message="这件到期的事已经记过。",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SlotState.DONE, done_at__isnull=False)
                | models.Q(state=SlotState.FAILED, failed_at__isnull=False),
                name="slot_has_the_time_of_its_state",
                violation_error_message="办成或没有办成须有时间。",
            ),
        ]
        indexes = [
            models.Index(fields=["task"], name="slots_failing", condition=models.Q(state=SlotState.FAILED)),
            models.Index(fields=["task", "-done_at"], name="slots_done"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.key}"

    def may_retry(self, at: datetime, longest: timedelta) -> bool:
        """After n failures n minutes, at most `longest`; a failure of the future comes from a clock that ran ahead."""
        if self.failed_at is None or self.failed_at > at:
            return True
        return at - self.failed_at >= min(timedelta(minutes=self.attempts), longest)
