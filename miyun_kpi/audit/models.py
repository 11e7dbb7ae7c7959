from django.db import models


class Result(models.TextChoices):
    DONE = "done", "办成"
    REFUSED = "refused", "没有办成"


class AuditEntry(models.Model):
    """One act, chained to the one before in its stream; the store refuses UPDATE and DELETE (guards.py).

    `seq` numbers all entries for pages. It is drawn before the commit and says nothing of order between streams:
    `number` within the stream does. The entries of before the streams have neither stream nor number.
    """

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
    stream = models.CharField("分链", max_length=20, default="")
    number = models.BigIntegerField("分链内序号", null=True)
    # Without a result: written before these were kept.
    address = models.CharField("来自", max_length=45, default="")
    request_id = models.CharField("请求编号", max_length=32, default="")
    result = models.CharField("结果", max_length=8, default="", choices=Result.choices)
    reason = models.CharField("理由", max_length=500, default="")

    class Meta:
        ordering = ["seq"]
        verbose_name = "审计记录"
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "number"],
                name="one_audit_entry_per_stream_and_number",
                violation_error_message="分链内的这一条已经有了。",
            )
        ]
        # A list of some days, years ago, would walk through all that was written since.
        indexes = [models.Index(fields=["at"], name="audit_entry_at")]


class AuditHead(models.Model):
    """The row of a stream that serialises its appends. Keyed: who has not the key cannot set it back by hand."""

    stream = models.CharField("分链", max_length=20, default="", unique=True)
    count = models.BigIntegerField("条数", default=0)
    last_hash = models.CharField(max_length=64, default="")
    # Empty: not signed. It stays so for ever once the row was found not to hold, so that nothing signs a forgery.
    mac = models.CharField(max_length=64, default="")
    key_id = models.CharField("密钥指纹", max_length=16, default="")

    class Meta:
        verbose_name = "审计链头"


class AuditMaster(models.Model):
    """All heads of a moment, chained: what is printed and kept outside this database."""

    number = models.BigIntegerField("号", primary_key=True)
    at = models.DateTimeField("时间")
    # JSON, as it was hashed: stream → [count, hash of its last entry].
    heads = models.TextField("各分链链头")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    key_id = models.CharField("密钥指纹", max_length=16)

    class Meta:
        ordering = ["number"]
        verbose_name = "总链头"


class KeyLoss(models.Model):
    """A lost audit key: from here on another one writes. What the lost one wrote is 无钥，不能核对, which is not 不符.

    `segments` (JSON, as it lies under `mac`): stream → [count, hash of its last entry, digest of all its entries], as
    they stood when the new key took over, so that what is changed afterwards is found all the same.
    """

    at = models.DateTimeField("时间")
    lost = models.CharField("丢失的密钥的指纹", max_length=16)
    taken = models.CharField("新密钥的指纹", max_length=16)
    reason = models.CharField("理由", max_length=500)
    # Both administrators, as they are called.
    by = models.CharField("经办", max_length=400)
    segments = models.TextField("各分链所到")
    seals = models.PositiveIntegerField("无钥的封存件数")
    # Of the last look before: what was known not to hold when the key went.
    faults = models.PositiveIntegerField("此前核验不符处数", null=True)
    mac = models.CharField(max_length=64)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "审计密钥丢失"


class KeylessSeal(models.Model):
    """A seal of a lost key, with what lay under it when the new key took over."""

    loss = models.ForeignKey(KeyLoss, on_delete=models.PROTECT, related_name="affirmed", verbose_name="哪一次丢失")
    seal = models.CharField("封", max_length=64, db_index=True)
    mac = models.CharField(max_length=64)

    class Meta:
        verbose_name = "无钥的封"
        constraints = [
            models.UniqueConstraint(
                fields=["loss", "seal"],
                name="one_keyless_seal_per_loss",
                violation_error_message="这个封已经记过。",
            )
        ]
