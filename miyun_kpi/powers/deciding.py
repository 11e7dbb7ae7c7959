"""Acts over powers, which one administrator proposes and another carries out: nobody holds the house alone.

The services of accounts say themselves when an act has to wait (accounts.access.needs_two) and are called again with
`released` by whoever releases it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from miyun_kpi.accounts import services
from miyun_kpi.accounts.access import require, require_administrator
from miyun_kpi.accounts.certificates import certificate_of, words_of
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.registry import Waiting
from miyun_kpi.acts.acting import lock_all
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.proposals.declaring import DAY
from miyun_kpi.proposals.registry import Decision, Given
from miyun_kpi.proposals.services import propose
from miyun_kpi.routes import to

Said = Sequence[tuple[str, str]]
# Whom an act is about is not who releases it.
OWN = "这件事是关于您自己的，没有执行。请由另一名管理员办理。"


def put_before_another(*, code: str, actor: Actor, at: datetime, **given: Any) -> Waiting:
    return Waiting(to("proposals:proposal", propose(actor=actor, code=code, at=at, **given).pk))


def power(
    code: str,
    word: str,
    verb: Verb,
    takes: Mapping[str, Callable[[Any], Any]],
    run: Callable[..., Any],
    *,
    about: Callable[[Given], str],
    whom: Callable[[Given], Sequence[User]],
    address: Callable[[Given], str],
    said: Callable[[Given], Said],
) -> Decision:
    """`whom`: the accounts it is about; `said` what beside their names is to be read before it is released."""

    def people(given: Given) -> list[tuple[str, str]]:
        return [("账号", f"{user}（{user.username}）") for user in whom(given)]

    def releases(actor: Actor, given: Given) -> None:
        require_administrator(actor)
        if actor.user_id in {user.pk for user in whom(given)}:
            raise NotAllowed("second-person", OWN)

    def holds(given: Given) -> None:
        """Accounts and posts come before proposals in the order of locks."""
        lock_all(User.objects.filter(pk__in=[user.pk for user in whom(given)]))
        posts = [pk for pk, _ in given["posts"]] if "posts" in given else [given.get("post_id")]
        lock_all(Post.objects.filter(pk__in=[pk for pk in posts if pk is not None]))

    return Decision(
        code,
        word,
        subject="desk",
        clause="",
        takes=takes,
        run=run,
        may=lambda actor, given: require(actor, verb),
        about=about,
        key=lambda given: f"{code}:{about(given)}"[:80],
        address=address,
        said=lambda given: [*people(given), *said(given)],
        placed=lambda given: ("desk", "", ""),
        releases=releases,
        holds=holds,
    )


def _user(name: str) -> Callable[[Given], Sequence[User]]:
    return lambda given: list(User.objects.filter(username=str(given[name]).strip(), is_client=False))


def _post(given: Given) -> Post:
    return one_of(Post.objects.select_related("user", "organisation").filter(pk=given["post_id"]))


def _place(code: str | None) -> Organisation | None:
    return one_of(Organisation.objects.filter(code=code)) if code else None


def _days(given: Given, first: str, last: str = "") -> Said:
    said = [("自", str(given[first]))]
    return [*said, ("至", str(given[last]))] if last and given.get(last) else said


def _about_post(given: Given) -> str:
    post = _post(given)
    return f"{post.user}的{post.organisation.name}{post.get_role_display()}"


def _on(at: datetime) -> date:
    return at.astimezone().date()


def grant(*, actor: Actor, at: datetime, organisation: str, **given: Any) -> object:
    place = _place(organisation)
    assert place is not None
    return services.grant_post(actor=actor, at=at, organisation=place, released=True, **given)


def move(*, actor: Actor, at: datetime, to: str, **given: Any) -> object:
    place = _place(to)
    assert place is not None
    return services.move_posts(actor=actor, at=at, on=_on(at), to=place, released=True, **given)


def issue(*, actor: Actor, at: datetime, organisation: str | None, days: int, **given: Any) -> object:
    place, lifetime = _place(organisation), timedelta(days=days)
    return services.issue_token(actor=actor, at=at, organisation=place, lifetime=lifetime, released=True, **given)


def on_a_post(act: Callable[..., object]) -> Callable[..., object]:
    return lambda *, actor, at, **given: act(actor=actor, at=at, on=_on(at), released=True, **given)


def released(act: Callable[..., object]) -> Callable[..., object]:
    return lambda *, actor, at, **given: act(actor=actor, at=at, released=True, **given)


def _grant_said(given: Given) -> Said:
    place = _place(given["organisation"])
    title = [("职务", given["title"])] if given.get("title") else []
    said = [("单位", place.name if place else ""), ("角色", Role(given["role"]).label), *title]
    return [*said, *_days(given, "starts_on", "ends_on")]


def _holder(given: Given) -> Sequence[User]:
    return [_post(given).user]


def _holder_and(name: str) -> Callable[[Given], Sequence[User]]:
    return lambda given: [*_holder(given), *_user(name)(given)]


def _pairs(stored: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    return [(pk, version) for pk, version in stored]


def _moved(given: Given) -> Sequence[User]:
    return list(User.objects.filter(posts__in=[pk for pk, _ in given["posts"]]).distinct().order_by("username"))


def _post_page(given: Given) -> str:
    return to("accounts:post", given["post_id"])


def _person_page(given: Given) -> str:
    return to("accounts:person", given["username"])


def _certificate(pem: str) -> Said:
    return words_of(certificate_of(pem)) if pem else [("证书", "取消登记")]


def _named(name: str) -> str:
    found = User.objects.filter(username=name.strip()).first()
    return f"{found or name}（{name.strip()}）"


DECISIONS = (
    power(
        "post-granted",
        "授予岗位",
        Verb.GRANT_POSTS,
        {"username": str, "organisation": str, "role": str, "title": str, "starts_on": DAY, "ends_on": DAY},
        grant,
        about=lambda given: f"{_named(given['username'])}{Role(given['role']).label}",
        whom=_user("username"),
        address=_person_page,
        said=_grant_said,
    ),
    power(
        "post-ended",
        "结束管理员的岗位",
        Verb.GRANT_POSTS,
        {"post_id": int, "ends_on": DAY, "at_once": bool, "version": int},
        on_a_post(services.end_post),
        about=_about_post,
        whom=_holder,
        address=_post_page,
        said=lambda given: [("生效", "立即收回")] if given["at_once"] else [("最后一天", str(given["ends_on"]))],
    ),
    power(
        "post-handed-over",
        "换人交接",
        Verb.GRANT_POSTS,
        {"post_id": int, "to": str, "first_day": DAY, "version": int},
        on_a_post(services.hand_over),
        about=_about_post,
        whom=_holder_and("to"),
        address=_post_page,
        said=lambda given: [("交给", _named(given["to"])), *_days(given, "first_day")],
    ),
    power(
        "post-deputised",
        "代理复核",
        Verb.GRANT_POSTS,
        {"post_id": int, "to": str, "first_day": DAY, "last_day": DAY, "reason": str, "version": int},
        on_a_post(services.name_deputy),
        about=_about_post,
        whom=_holder_and("to"),
        address=_post_page,
        said=lambda given: [
            ("代理人", _named(given["to"])),
            ("理由", given["reason"]),
            *_days(given, "first_day", "last_day"),
        ],
    ),
    power(
        "posts-moved",
        "岗位转到承接的单位",
        Verb.GRANT_POSTS,
        {"posts": _pairs, "to": str, "first_day": DAY},
        move,
        about=lambda given: f"{len(given['posts'])} 个岗位转到{given['to']}，自 {given['first_day']} 起",
        whom=_moved,
        address=lambda given: to("proposals:index"),
        said=lambda given: [("转到", place.name if (place := _place(given["to"])) else "")],
    ),
    power(
        "account-shut",
        "停用或启用管理员的账号",
        Verb.MANAGE_ACCOUNTS,
        {"username": str, "active": bool, "version": int},
        released(services.set_active),
        about=lambda given: f"{'启用' if given['active'] else '停用'}{_named(given['username'])}",
        whom=_user("username"),
        address=_person_page,
        said=lambda given: [("办理", "启用" if given["active"] else "停用，登录和令牌立即失效")],
    ),
    power(
        "account-renamed",
        "改管理员的姓名",
        Verb.MANAGE_ACCOUNTS,
        {"username": str, "display_name": str, "version": int},
        released(services.rename_account),
        about=lambda given: _named(given["username"]),
        whom=_user("username"),
        address=_person_page,
        said=lambda given: [("改为", given["display_name"])],
    ),
    power(
        "factor-dropped",
        "取消动态口令",
        Verb.MANAGE_ACCOUNTS,
        {"username": str, "reason": str},
        released(services.drop_factor),
        about=lambda given: _named(given["username"]),
        whom=_user("username"),
        address=_person_page,
        said=lambda given: [("理由", given["reason"])],
    ),
    power(
        "certificate-bound",
        "登记或取消客户端证书",
        Verb.GRANT_POSTS,
        {"username": str, "pem": str, "reason": str},
        released(services.bind_certificate),
        about=lambda given: _named(given["username"]),
        whom=_user("username"),
        address=_person_page,
        said=lambda given: [*_certificate(given["pem"]), ("理由", given["reason"])],
    ),
    power(
        "token-issued",
        "发放能办理的接口令牌",
        Verb.MANAGE_TOKENS,
        {"client": str, "organisation": str, "role": str, "owner": str, "days": int},
        issue,
        about=lambda given: f"客户端“{given['client']}”",
        whom=_user("owner"),
        address=lambda given: to("accounts:person", given["owner"]),
        said=lambda given: [
            ("单位", place.name if (place := _place(given["organisation"])) else ""),
            ("角色", Role(given["role"]).label),
            ("有效天数", str(given["days"])),
        ],
    ),
)
