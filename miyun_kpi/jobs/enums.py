from django.db.models import TextChoices


class State(TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "正在办理"
    DONE = "done", "已完成"
    FAILED = "failed", "没有完成"
    STOPPED = "stopped", "已停止"


UNFINISHED = frozenset({State.QUEUED, State.RUNNING})


class SlotState(TextChoices):
    DONE = "done", "办成"
    FAILED = "failed", "没有办成"
