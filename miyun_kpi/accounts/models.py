from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from knox.models import AbstractAuthToken, AuthTokenManager

from miyun_kpi.accounts.enums import ActivationState, Role
from miyun_kpi.acts.models import Versioned, apart
from miyun_kpi.db.sealed import SealedField
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

    # Not stored: what a session's person was read with (authentication.PeopleBackend).
    posts_of_the_day: "list[Post] | None" = None

    objects = UserManager()
    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = "账号"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username


class Activation(Versioned):
    """The way to a first or a new password in two halves: each is shown once, to one administrator, and kept as a digest.

    Neither of them knows both; the owner, who is given both, chooses the password.
    """

    called = "这次激活"
    OPEN = (ActivationState.ASKED, ActivationState.RELEASED)

    user = models.ForeignKey(User, models.CASCADE, related_name="activations", verbose_name="账号")
    state = models.CharField("状态", max_length=10, choices=ActivationState.choices, default=ActivationState.ASKED)
    reason = models.CharField("理由", max_length=500)
    first_half = models.CharField("前半摘要", max_length=64)
    second_half = models.CharField("后半摘要", max_length=64, blank=True)
    failures = models.PositiveSmallIntegerField("输错次数", default=0)
    recorded_by = models.CharField("提请人", max_length=200)
    recorded_by_id = models.BigIntegerField("提请人编号", null=True)
    recorded_at = models.DateTimeField("提请时间")
    confirmed_by = models.CharField("放行人", max_length=200, blank=True)
    confirmed_by_id = models.BigIntegerField("放行人编号", null=True)
    confirmed_at = models.DateTimeField("放行时间", null=True)
    expires_at = models.DateTimeField("激活截止", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    note = models.CharField("作废的理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "激活"
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=[ActivationState.ASKED, ActivationState.RELEASED]),
                name="one_open_activation_per_account",
                violation_error_message="这个账号已有一次激活在办。",
            ),
            apart("recorded", "confirmed", name="activation_is_released_by_another", said="放行人不能是提请人本人。"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class SecondFactor(models.Model):
    """动态口令 of one account: the secret sealed at rest, the last step that was used, digests of the recovery codes.

    It counts from `confirmed_at`, when a first code of it was shown.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="factor", verbose_name="账号")
    secret = SealedField("密钥")
    confirmed_at = models.DateTimeField("登记时间", null=True)
    last_step = models.BigIntegerField("用过的时间步", default=0)
    failures = models.PositiveSmallIntegerField("连续输错次数", default=0)
    paused_until = models.DateTimeField("停到", null=True)
    recovery = models.JSONField("恢复码摘要", default=list)

    class Meta:
        verbose_name = "动态口令"


class ClientCertificate(models.Model):
    """The certificate whose holder, beside the password, this account is; of the certificate only its fingerprint."""

    user = models.OneToOneField(User, models.CASCADE, related_name="certificate", verbose_name="账号")
    fingerprint = models.CharField("指纹", max_length=64, unique=True)
    bound_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "客户端证书"


class DatedQuerySet(models.QuerySet):
    def on(self, day: date) -> "DatedQuerySet":
        """Rows in force on `day`, both ends included."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class PostQuerySet(DatedQuerySet):
    def on(self, day: date) -> "PostQuerySet":
        """Posts in force on `day`; one that was taken back counts no more from the day on which it was."""
        found = super().on(day).filter(Q(revoked_on__isnull=True) | Q(revoked_on__gt=day))
        assert isinstance(found, PostQuerySet)
        return found

    def from_day(self, day: date) -> "PostQuerySet":
        """Posts in force on `day` or later, those taken back not among them."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), revoked_on__isnull=True)


class Post(Versioned):
    """A user in an organisation with a role, from a day to a day. One person may hold several."""

    called = "这个岗位"

    user = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name="账号")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts", verbose_name="单位")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    title = models.CharField("职务", max_length=60, blank=True)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束", null=True, blank=True)
    # 立即收回: from the moment, though its last day is that very day.
    revoked_on = models.DateField("收回日期", null=True, blank=True)
    # 代理复核: whose part it takes while that person is away; then it has a last day, and the trail says so.
    deputises = models.ForeignKey(User, models.PROTECT, null=True, related_name="deputies", verbose_name="代理谁")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        ordering = ["organisation__order", "role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "starts_on"],
                condition=Q(revoked_on__isnull=True),
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
    """A token of a client: hashed at rest, expiring, with the role and organisation it acts for (none: read-only).

    `owner` answers for it: what it does counts as done by that person, and its rights end with the owner's post. One
    that writes is released by two administrators and then fetched by the owner; until then nobody knows its text.
    """

    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="owned_tokens", verbose_name="负责人")
    fetched = models.BooleanField("已领取", default=True)
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
