from django.db import models

from miyun_kpi.api.enums import ChangeKind


class IdempotencyKey(models.Model):
    """The answer once given to a POST with this key, written in the same transaction as its effect; kept 24 hours."""

    token_id = models.CharField(max_length=128)
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "重复请求键"
        constraints = [
            models.UniqueConstraint(
                fields=["token_id", "key"],
                name="one_answer_per_token_and_idempotency_key",
                violation_error_message="这个 Idempotency-Key 正在使用，请稍后重试。",
            )
        ]


class Change(models.Model):
    """One line of the feed that clients follow: numbered in the order of commits, never changed."""

    seq = models.BigIntegerField("序号", primary_key=True)
    kind = models.CharField("种类", max_length=20, choices=ChangeKind.choices)
    data = models.JSONField("内容")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "变动"
        ordering = ["seq"]


class ChangeHead(models.Model):
    """The single row that gives the numbers, one transaction after the other."""

    last_seq = models.BigIntegerField("最后一条", default=0)

    class Meta:
        verbose_name = "变动的末条"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1), name="the_feed_has_one_head", violation_error_message="末条只有一行。"
            )
        ]
