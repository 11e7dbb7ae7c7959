from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from miyun_kpi.jobs.enums import UNFINISHED, State
from miyun_kpi.lib.actors import Actor


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=UNFINISHED)

    def silent_since(self, moment: datetime) -> "JobQuerySet":
        """Running, but without a sign of life since `moment`: the worker was killed, or stands still."""
        return self.filter(state=State.RUNNING, heartbeat__lt=moment)

    def due_again(self, moment: datetime) -> "JobQuerySet":
        """Queued, and the message for it should have been taken by `moment`."""
        return self.filter(state=State.QUEUED, publish_after__lte=moment)


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
