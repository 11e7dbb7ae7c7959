from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.db.models import Exists, OuterRef, QuerySet

from miyun_kpi.accounts.enums import STRONG_ROLES, VERBS_BY_ROLE, Verb
from miyun_kpi.accounts.models import ApiToken, Post, PostQuerySet, User
from miyun_kpi.db.asked import asked
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import NotAllowed

# A program enters and proposes; it releases nothing, publishes nothing and governs nobody.
NEVER_BY_TOKEN = frozenset(
    str(verb)
    for verb in (
        Verb.MANAGE_ORGANISATIONS,
        Verb.MANAGE_ACCOUNTS,
        Verb.GRANT_POSTS,
        Verb.MANAGE_TOKENS,
        Verb.PROPOSE_ACCOUNTS,
        Verb.READ_AUDIT,
        Verb.CONFIRM_FIGURES,
        Verb.CERTIFY_SHEETS,
        Verb.PUBLISH_RANKINGS,
    )
)


@lru_cache(maxsize=64)
def verbs_of(role: str) -> frozenset[str]:
    return frozenset(str(verb) for verb in VERBS_BY_ROLE.get(role, ()))


def require(actor: Actor, verb: Verb) -> None:
    if not actor.may(verb):
        raise NotAllowed("verb-lacking", f"您的岗位没有“{verb.label}”的权限，没有执行。请由有此权限的岗位办理。")


def require_administrator(actor: Actor) -> None:
    """System or security administrator: each is the other's second person."""
    if not actor.may(Verb.MANAGE_ACCOUNTS):
        require(actor, Verb.GRANT_POSTS)


def require_power(actor: Actor, verb: Verb, *, released: bool) -> None:
    """An act over powers: by who holds its verb; what one proposed and another releases, by either administrator."""
    if actor is SYSTEM:
        return
    if released:
        require_administrator(actor)
    else:
        require(actor, verb)


def needs_two(actor: Actor, roles: Iterable[str], *, released: bool) -> bool:
    """Whether the act has to wait for another administrator: it is about a strong role and nobody released it yet."""
    return actor is not SYSTEM and not released and not STRONG_ROLES.isdisjoint(roles)


def actor_in_post(user: User, post: Post | None) -> Actor:
    """Named with the account where another person bears the same name (docs/decisions/0107), as `posts_on` has found."""
    if post is None:
        return Actor(label=str(user), user_id=user.pk)
    name = f"{user}（{user.username}）" if getattr(post, "has_namesake", False) else str(user)
    deputy = f"，代理{post.deputises}" if post.deputises is not None else ""
    return Actor(
        label=f"{name}（{post.organisation.name} {post.get_role_display()}{deputy}）",
        user_id=user.pk,
        organisation_id=post.organisation_id,
        role=post.role,
        post_id=post.pk,
        verbs=verbs_of(post.role),
        stands_for=post.deputises_id,
        known_code=(post.organisation_id, post.organisation.code),
    )


@asked
def tokens_as_held(token_key: str, on: date) -> QuerySet[ApiToken]:
    """Tokens with this key, with all that `actor_of_token` asks about one, so that a request by token reads it at once:
    `held` is whether the owner is in the token's post on that day."""
    people = (f"{who}__{field}" for who in ("user", "owner") for field in ("username", "display_name", "is_active"))
    place = (f"organisation__{field}" for field in ("code", "name", "valid_to"))
    own = ("digest", "token_key", "expiry", "client", "role", "last_used_at")
    read = ApiToken.objects.filter(token_key=token_key).select_related("user", "owner", "organisation")
    return read.only(*own, *people, *place).annotate(held=Exists(_post_of_token(on)))


def _post_of_token(on: date) -> QuerySet[Post]:
    return Post.objects.on(on).filter(
        user=OuterRef("owner"), role=OuterRef("role"), organisation=OuterRef("organisation")
    )


def _is_held(token: ApiToken, on: date) -> bool:
    return ApiToken.objects.filter(Exists(_post_of_token(on)), pk=token.pk).exists()


def actor_of_token(token: ApiToken, on: date) -> Actor:
    """Its owner, by a program: with what the token's role may, as long as the owner holds that post; after it what is public.

    Nobody acts in the name of a body that has ended; what it may read it goes on reading, and so does a token of before
    there were owners.
    """
    owner, place = token.owner, token.organisation
    held = token.__dict__["held"] if "held" in token.__dict__ else _is_held(token, on)
    ended = place is not None and place.valid_to is not None and place.valid_to <= on
    acts = bool(held and not ended and owner is not None and owner.is_active and token.role)
    if owner is not None and token.role and not held:
        place = None
    return Actor(
        label=f"接口客户端 {token.client}（{owner or '未写负责人'}，{token.token_key:.8}）",
        user_id=token.owner_id or token.user_id,
        organisation_id=place.pk if place is not None else None,
        role=token.role if place is not None else "",
        token_id=token.digest,
        verbs=verbs_of(token.role) - NEVER_BY_TOKEN if acts else frozenset(),
        known_code=(place.pk, place.code) if place is not None else None,
    )


@asked
def _posts_on(user: int, day: date) -> QuerySet[Post]:
    return _acted_from(day).filter(user=user)


@asked
def posts_with_person(user: int, day: date) -> QuerySet[Post]:
    """`posts_on`, each with its person."""
    return _acted_from(day).filter(user=user).select_related("user")


def posts_on(user: User, day: date) -> list[Post]:
    """The posts a person may act from on a day; one in a body that has ended waits to be handed over."""
    return _posts_on(user.pk, day)


def _acted_from(day: date) -> PostQuerySet:
    called = User.objects.filter(display_name__iexact=OuterRef("user__display_name"), is_client=False)
    others = called.exclude(pk=OuterRef("user_id")).exclude(display_name="")
    named = Post.objects.on(day).exclude(organisation__valid_to__lte=day).annotate(has_namesake=Exists(others))
    return named.select_related("organisation", "deputises").order_by("id")
