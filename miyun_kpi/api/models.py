from django.db import models


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
