"""Reads of accounts, posts, tokens and locks for the pages of administration."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Case, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Sum, When
from django.utils.timezone import make_aware

from miyun_kpi.accounts.enums import SEPARATED_ROLES, ActivationState
from miyun_kpi.accounts.models import Activation, ApiToken, ClientCertificate, Portfolio, Post, SecondFactor, User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.telling import Teller
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.lists import First, first


def accounts(*, words: str = "", state: str = "", role: str = "", on: date) -> QuerySet[User]:
    """People (no API clients) with the posts of the day; `words` are looked for in names and organisations."""
    found = User.objects.filter(is_client=False)
    if state in ("active", "disabled"):
        found = found.filter(is_active=state == "active")
    elif state == "stale":
        found = stale(found, on)
    if role == "none":
        found = found.exclude(pk__in=Post.objects.on(on).values("user_id"))
    elif role:
        found = found.filter(pk__in=Post.objects.on(on).filter(role=role).values("user_id"))
    if words:
        there = Post.objects.on(on).filter(organisation__name__icontains=words).values("user_id")
        found = found.filter(Q(username__icontains=words) | Q(display_name__icontains=words) | Q(pk__in=there))
    held = Post.objects.on(on).select_related("organisation")
    return found.prefetch_related(Prefetch("posts", held, to_attr="posts_now")).order_by("username")


def stale(found: QuerySet[User], on: date) -> QuerySet[User]:
    """Of these the enabled people who have not signed in for the days that the site allows, or never since then."""
    since = make_aware(datetime.combine(on - timedelta(days=settings.STALE_ACCOUNT_DAYS), time.min))
    never = Q(last_login__isnull=True, created_at__lt=since)
    return found.filter(is_active=True, is_client=False).filter(Q(last_login__lt=since) | never)


def account(username: str) -> User:
    user = one_of(User.objects.filter(username=username, is_client=False))
    return user


def username_of(user_id: int) -> str:
    return one_of(User.objects.filter(pk=user_id, is_client=False)).username


def posts_of(user_id: int) -> list[Post]:
    """All posts of a person, those in force and to come first."""
    return list(
        Post.objects.filter(user_id=user_id).select_related("organisation", "deputises").order_by("-starts_on", "id")
    )


def portfolios_of(user_id: int, on: date) -> list[Portfolio]:
    return list(Portfolio.objects.on(on).filter(leader_id=user_id).select_related("organisation").order_by("pk"))


@dataclass(frozen=True)
class Act:
    at: datetime
    who: str
    what: str


def acts_on(username: str) -> First[Act]:
    """What was done to an account and its posts, the last twenty, newest first, from the audit."""
    found = first(AuditEntry.objects.filter(subject=f"user:{username}").order_by("-seq"), 20)
    told = zip(found, Teller(found).sentences(), strict=True)
    return First([Act(entry.at, one.who, one.act) for entry, one in told], found.number)


def posts(*, words: str = "", role: str = "", time: str = "", on: date) -> QuerySet[Post]:
    """`time`: "" in force on the day, "coming", "ended", "all"."""
    found = Post.objects.select_related("user", "organisation", "deputises").filter(user__is_client=False)
    if time == "coming":
        found = found.filter(starts_on__gt=on)
    elif time == "ended":
        found = found.filter(Q(ends_on__lt=on) | Q(revoked_on__lte=on))
    elif time != "all":
        found = found.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, revoked_on__isnull=True)
    if role:
        found = found.filter(role=role)
    if words:
        found = found.filter(
            Q(user__username__icontains=words)
            | Q(user__display_name__icontains=words)
            | Q(organisation__name__icontains=words)
        )
    return found.order_by("organisation__category", "organisation__order", "role", "id")


def left_behind(on: date) -> QuerySet[Post]:
    """Posts that stand on the day in a body that has ended, and do not go on elsewhere from a later day already."""
    after = Post.objects.filter(
        user=OuterRef("user"), role=OuterRef("role"), starts_on__gt=on, organisation__valid_to__isnull=True
    )
    return Post.objects.on(on).filter(organisation__valid_to__isnull=False).exclude(Exists(after))


def post(post_id: int) -> Post:
    row = one_of(
        Post.objects.select_related("user", "organisation", "deputises").filter(pk=post_id, user__is_client=False)
    )
    return row


def portfolios() -> list[Portfolio]:
    found = Portfolio.objects.select_related("leader", "organisation")
    return list(found.order_by("leader__username", "starts_on", "pk"))


def tokens() -> list[ApiToken]:
    return list(ApiToken.objects.select_related("organisation", "owner").order_by("-created"))


def tokens_of(user_id: int) -> list[ApiToken]:
    """Those a person answers for."""
    return list(ApiToken.objects.select_related("organisation").filter(owner_id=user_id).order_by("-created"))


@dataclass(frozen=True)
class Lock:
    username: str
    address: str
    failures: int
    until: datetime


def locks(at: datetime) -> list[Lock]:
    """Accounts locked at an address now: as many failures as the limit, the last within the cool-off."""
    cool_off = timedelta(hours=settings.AXES_COOLOFF_TIME)
    rows = (
        AccessAttempt.objects.filter(attempt_time__gt=at - cool_off)
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
        .order_by("-last")
    )
    return [Lock(row["username"] or "", row["ip_address"], row["failures"], row["last"] + cool_off) for row in rows]


def people_to_choose() -> list[tuple[str, str]]:
    found = User.objects.filter(is_client=False, is_active=True).order_by("username")
    return list(found.values_list("username", "display_name"))


def certificate_of(user_id: int) -> ClientCertificate | None:
    return ClientCertificate.objects.filter(user_id=user_id).first()


def factor_of(user_id: int) -> SecondFactor | None:
    return SecondFactor.objects.filter(user_id=user_id).first()


def open_activation(user_id: int) -> Activation | None:
    return Activation.objects.filter(user_id=user_id, state__in=Activation.OPEN).first()


def activations() -> QuerySet[Activation]:
    """The open ones first, those to be released before all others."""
    order = Case(When(state=ActivationState.ASKED, then=0), When(state=ActivationState.RELEASED, then=1), default=2)
    return Activation.objects.select_related("user").order_by(order, "-recorded_at", "-pk")


def to_release(user_id: int | None) -> QuerySet[Activation]:
    """What waits for a second administrator, who neither asked for it nor is its owner; the oldest first."""
    waiting = Activation.objects.filter(state=ActivationState.ASKED).select_related("user")
    return waiting.exclude(recorded_by_id=user_id).exclude(user_id=user_id or 0).order_by("recorded_at", "pk")


def shut_out(at: datetime) -> QuerySet[User]:
    """Accounts without a password for which no activation is under way, or one that lapsed: the owner cannot get in."""
    lapsed = Q(state=ActivationState.RELEASED, expires_at__lte=at)
    underway = Activation.objects.filter(state__in=Activation.OPEN).exclude(lapsed)
    found = User.objects.filter(is_client=False, is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return found.exclude(pk__in=underway.values("user_id")).order_by("username")


def activation(activation_id: int) -> Activation:
    return one_of(Activation.objects.select_related("user").filter(pk=activation_id))


def has_administrators() -> bool:
    """Whether each of the three was active once: then no account is made or opened on the server in silence."""
    active = User.objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    once = User.objects.filter(Q(pk__in=active) | Q(activations__state=ActivationState.USED))
    held = Post.objects.filter(role__in=SEPARATED_ROLES, user__in=once)
    return set(held.values_list("role", flat=True)) == SEPARATED_ROLES
