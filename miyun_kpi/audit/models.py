from django.db import models


class AuditEntry(models.Model):
    """One act, chained to the one before; the store refuses UPDATE and DELETE (guard.py)."""

    seq = models.BigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    # Plain columns: the audit outlives accounts and stands below them in the import order.
    actor_user_id = models.BigIntegerField("用户编号", null=True)
    actor_label = models.CharField("经办", max_length=200)
    action = models.CharField("动作", max_length=100, db_index=True)
    subject = models.CharField("对象", max_length=200, db_index=True)
    data = models.TextField("内容")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        verbose_name = "审计记录"


class AuditHead(models.Model):
    """The single row that serialises appends; its hash printed on paper is the outside anchor of the chain."""

    last_seq = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = "审计链头"
