from django.db import models

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import User
from miyun_kpi.organisations.models import Organisation


class Notice(models.Model):
    """A notice to everybody in an organisation who holds a role. `key` makes sending it twice one notice."""

    key = models.CharField("键", max_length=120, unique=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="notices", verbose_name="收件单位")
    role = models.CharField("收件岗位", max_length=20, choices=Role.choices, blank=True)
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容", blank=True)
    url = models.CharField("去处", max_length=200, blank=True)
    clause = models.CharField("条款", max_length=60, blank=True)
    sent_at = models.DateTimeField("发出时间", db_index=True)

    class Meta:
        verbose_name = "消息"
        ordering = ["-sent_at", "-id"]


class NoticeRead(models.Model):
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="reads", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    read_at = models.DateTimeField("阅读时间")

    class Meta:
        verbose_name = "已读"
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "user"],
                name="one_reading_per_notice_and_user",
                violation_error_message="这条消息已读过。",
            )
        ]
