from django.db import models

from miyun_kpi.accounts.models import Post, User
from miyun_kpi.db.sealed import SealedField


class Draft(models.Model):
    """What its owner has typed into one form of one opened page and not stored yet.

    `mark` names the opened page, so that two windows of the same form never write over each other. In the clear stands
    only where it was typed: `form` and `version` are digests that the browser makes of what tells forms and versions apart.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="drafts", db_index=False, verbose_name="账号")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="+", verbose_name="岗位")
    mark = models.CharField("标记", max_length=40)
    form = models.CharField("表单", max_length=40)
    address = models.CharField("地址", max_length=300)
    version = models.CharField("打开时的版本", max_length=40, blank=True)
    body = SealedField("内容")
    saved_at = models.DateTimeField("保存时间", db_index=True)

    class Meta:
        verbose_name = "草稿"
        ordering = ["-saved_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "mark"],
                name="one_draft_per_owner_and_opened_form",
                violation_error_message="这份草稿刚存过。",
            )
        ]
