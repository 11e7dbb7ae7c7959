from django.db import models


class Site(models.Model):
    """What this database belongs to: written when a site is first started, compared at every start (see identity).

    `first_steps`: the site began empty and its first administrators are still led through what comes first.
    """

    name = models.CharField("站点", max_length=10)
    audit_key = models.CharField("审计密钥的指纹", max_length=16)
    personal_key = models.CharField("个人信息密钥的指纹", max_length=16)
    started_at = models.DateTimeField("首次启动")
    first_steps = models.BooleanField("首次启动的几步还没有办完", default=False)
    organisations_checked_at = models.DateTimeField("机构名单核对时间", null=True)
    organisations_checked_by = models.CharField("机构名单核对人", max_length=200, blank=True)

    # The audit key of which somebody says that it lies printed in two places; another one is to be printed again.
    printed_key = models.CharField("已打印存档的审计密钥的指纹", max_length=16, blank=True)
    printed_at = models.DateTimeField("密钥打印存档时间", null=True)
    printed_by = models.CharField("密钥打印存档人", max_length=200, blank=True)

    class Meta:
        verbose_name = "站点"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="a_database_is_of_one_site",
                violation_error_message="一个数据库只属于一个站点。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class VerificationRun(models.Model):
    """One look over everything that can be verified: at night, or when somebody asks for it."""

    at = models.DateTimeField("开始时间")
    by = models.CharField("经办", max_length=200)
    entries = models.PositiveBigIntegerField("审计条数")
    master = models.PositiveBigIntegerField("总链头", default=0)
    # Each is [where, what].
    faults = models.JSONField("问题", default=list)

    class Meta:
        verbose_name = "核验"
        ordering = ["-at", "-id"]
