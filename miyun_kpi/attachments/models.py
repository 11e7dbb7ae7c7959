from django.db import models


class Attachment(models.Model):
    """An evidence file. `kind` names the owning app's thing and `subject_id` which one; that app says who may fetch it.

    The same content stored twice is two rows and two files: removing one never takes the other.
    """

    kind = models.CharField("用途", max_length=40)
    subject_id = models.BigIntegerField("所属")
    name = models.CharField("文件名", max_length=120)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64)
    # Relative to the evidence folder; made by us, never from what was sent.
    path = models.CharField("存放位置", max_length=80, unique=True)
    stored_at = models.DateTimeField("上传时间")
    stored_by_id = models.BigIntegerField("上传人编号", null=True)
    stored_by = models.CharField("上传人", max_length=200)

    class Meta:
        verbose_name = "佐证材料"
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "subject_id"], name="attachment_by_subject")]
