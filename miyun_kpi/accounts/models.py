from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from knox.models import AbstractAuthToken, AuthTokenManager

from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.models import Versioned
from miyun_kpi.organisations.models import Organisation


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, Versioned):  # type: ignore[django-manager-missing]  # the plugin does not see a manager made from a QuerySet
    """A person, or the technical account behind an API client (`is_client`, which can never sign in)."""

    called = "这个账号"

    username = models.CharField("用户名", max_length=60, unique=True)
    display_name = models.CharField("姓名", max_length=60, blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_client = models.BooleanField("接口客户端", default=False)
    must_change_password = models.BooleanField("须改密码", default=False)
    created_at = models.DateTimeField("建立时间", null=True)

    objects = UserManager()
    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = "账号"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username


class DatedQuerySet(models.QuerySet):
    def on(self, day: date) -> "DatedQuerySet":
        """Rows in force on `day`, both ends included."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class Post(Versioned):
    """A user in an organisation with a role, from a day to a day. One person may hold several."""

    called = "这个岗位"

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name="账号")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts", verbose_name="单位")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    title = models.CharField("职务", max_length=60, blank=True)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束", null=True, blank=True)
    # 代理复核: whose part it takes while that person is away; then it has a last day, and the trail says so.
    deputises = models.ForeignKey(User, models.PROTECT, null=True, related_name="deputies", verbose_name="代理谁")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        ordering = ["organisation__order", "role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "starts_on"],
                name="one_post_per_user_organisation_role_and_start",
                violation_error_message="这个人同一天在这个单位已经有这个岗位。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="post_ends_after_it_starts",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(deputises__isnull=True) | Q(ends_on__isnull=False) & ~Q(deputises=F("user")),
                name="a_deputy_has_a_last_day_and_is_another",
                violation_error_message="代理须有最后一天，代理人不能是本人。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.name} · {self.get_role_display()}"


class Portfolio(models.Model):
    """分管关系: which organisations a leader is in charge of, by date."""

    leader = models.ForeignKey(User, models.PROTECT, related_name="portfolios", verbose_name="区领导")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="portfolios", verbose_name="分管单位")
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "分管关系"
        constraints = [
            models.UniqueConstraint(
                fields=["leader", "organisation", "starts_on"],
                name="one_portfolio_per_leader_organisation_and_start",
                violation_error_message="这位领导同一天已经分管这个单位。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="portfolio_ends_after_it_starts",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]


class ApiToken(AbstractAuthToken):
    """A token of a client: hashed at rest, expiring, with the role and organisation it acts for (none: read-only)."""

    client = models.CharField("客户端", max_length=60)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    role = models.CharField("角色", max_length=20, blank=True, choices=Role.choices)
    last_used_at = models.DateTimeField("最近使用", null=True)
    issued_by = models.CharField("发放人", max_length=200, blank=True)

    objects = AuthTokenManager()

    class Meta:
        verbose_name = "接口令牌"


class Tries(models.Model):
    """How often something was tried in vain in one quarter of an hour: a counter that all web processes share.

    `key` names what is counted and the quarter, so a row is never begun anew, and may be thrown away when it is over.
    """

    key = models.CharField("计数", max_length=80, primary_key=True)
    until = models.DateTimeField("到何时", db_index=True)
    spent = models.PositiveIntegerField("次数", default=0)
    told = models.BooleanField("已记入审计", default=False)

    class Meta:
        verbose_name = "登录次数"


class PasswordRecord(models.Model):
    """A password that a person has or had, under the profile 等保: it is not taken again soon, and grows old."""

    user = models.ForeignKey(User, models.CASCADE, related_name="passwords", verbose_name="账号")
    encoded = models.CharField("密码的散列", max_length=128)
    # By the store: the hook of the framework that writes it has no clock of ours.
    set_at = models.DateTimeField("设定时间", db_default=Now())

    class Meta:
        verbose_name = "用过的密码"
        ordering = ["-set_at", "-id"]


class OpenSession(models.Model):
    """A sign-in that may still be used: where and when it began. The session itself is the framework's row of that key."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions", verbose_name="账号")
    key = models.CharField("会话", max_length=40, unique=True)
    since = models.DateTimeField("登录时间")
    address = models.CharField("登录地址", max_length=60, blank=True)
    browser = models.CharField("浏览器", max_length=40, blank=True)

    class Meta:
        verbose_name = "登录会话"
