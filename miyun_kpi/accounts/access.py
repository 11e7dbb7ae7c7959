from datetime import date
from functools import lru_cache

from miyun_kpi.accounts.enums import VERBS_BY_ROLE, Verb
from miyun_kpi.accounts.models import ApiToken, Post, User
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed


@lru_cache(maxsize=64)
def verbs_of(role: str) -> frozenset[str]:
    return frozenset(str(verb) for verb in VERBS_BY_ROLE.get(role, ()))


def require(actor: Actor, verb: Verb) -> None:
    if not actor.may(verb):
        raise NotAllowed("verb-lacking", f"您的岗位没有“{verb.label}”的权限，没有执行。请由有此权限的岗位办理。")


def actor_in_post(user: User, post: Post | None) -> Actor:
    if post is None:
        return Actor(label=str(user), user_id=user.pk)
    deputy = f"，代理{post.deputises}" if post.deputises is not None else ""
    return Actor(
        label=f"{user}（{post.organisation.name} {post.get_role_display()}{deputy}）",
        user_id=user.pk,
        organisation_id=post.organisation_id,
        role=post.role,
        post_id=post.pk,
        verbs=verbs_of(post.role),
    )


def actor_of_token(token: ApiToken) -> Actor:
    ended = token.organisation is not None and token.organisation.valid_to is not None
    return Actor(
        label=f"接口客户端 {token.client}（{token.token_key}）",
        user_id=token.user_id,
        organisation_id=token.organisation_id,
        role=token.role,
        token_id=token.digest,
        # Nobody acts in the name of a body that has ended; what it may read it goes on reading.
        verbs=frozenset() if ended else verbs_of(token.role),
    )


def posts_on(user: User, day: date) -> list[Post]:
    """The posts a person may act from on a day; one in a body that has ended waits to be handed over."""
    found = Post.objects.on(day).filter(user=user).exclude(organisation__valid_to__lte=day)
    return list(found.select_related("organisation", "deputises").order_by("id"))
