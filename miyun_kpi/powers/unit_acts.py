"""What the 联络员 of a unit proposes and the administrator who would decide it carries out; and posts of listed accounts.

Accounts are the system administrator's and posts the security administrator's, so that a new account takes both: when
the first is released, the second waits in the name of the same 联络员. Each act goes through the service by which an
administrator does it alone; what two administrators decide is none of these (powers/deciding.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from miyun_kpi.accounts import services
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.powers import access
from miyun_kpi.powers.deciding import OWN, power
from miyun_kpi.powers.queries import LISTED_POST, NEW_ACCOUNT, NEW_POST
from miyun_kpi.proposals.declaring import DAY
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.registry import Decision, Given
from miyun_kpi.routes import to as page

Said = Sequence[tuple[str, str]]
Run = Callable[..., object]


def _on(at: datetime) -> date:
    return at.astimezone().date()


def require_not_past(day: date, at: datetime) -> None:
    if day < _on(at):
        raise Refused("too-early", f"从哪天起最早可填 {_on(at):%Y-%m-%d}，没有提请。")


# ── the acts ─────────────────────────────────────────────────────────────────────────────────────


def open_account(
    *, actor: Actor, at: datetime, organisation: str, username: str, display_name: str, role: str, **later: Any
) -> User:
    unit = access.standing(organisation, _on(at))
    access.require_role(unit, role, _on(at))
    return services.open_account(actor=actor, username=username, display_name=display_name, at=at)


def grant(
    *, actor: Actor, at: datetime, organisation: str, username: str, role: str, starts_on: date, **given: Any
) -> object:
    """From the day of the release, where that comes after the day that was proposed: nobody held the post before."""
    on = _on(at)
    unit = access.standing(organisation, on)
    access.require_role(unit, role, on)
    access.colleague(unit, username, on)
    day = max(starts_on, on)
    common: dict[str, Any] = {"actor": actor, "username": username, "organisation": unit, "role": role, "ends_on": None}
    return services.grant_post(starts_on=day, at=at, **common, **given)


def grant_listed(
    *, actor: Actor, at: datetime, organisation: str, username: str, role: str, starts_on: date, **given: Any
) -> object:
    """Of a unit that may have nobody yet; what two administrators grant is none of a list's."""
    if role not in access.WEAK_ROLES:
        word = f"“{Role(role).label}”" if role in Role.values else "所选的"
        raise Refused("strong-post", f"{word}的岗位由两名管理员逐个授予，不能批量提请，没有执行。请告知安全管理员。")
    unit, day = access.standing(organisation, _on(at)), max(starts_on, _on(at))
    common: dict[str, Any] = {"actor": actor, "username": username, "organisation": unit, "role": role, "ends_on": None}
    return services.grant_post(starts_on=day, at=at, **common, **given)


def try_listed(*, actor: Actor, at: datetime, starts_on: date, **given: Any) -> object:
    require_not_past(starts_on, at)
    return grant_listed(actor=actor, at=at, starts_on=starts_on, **given)


def try_account(*, actor: Actor, at: datetime, **given: Any) -> None:
    """The account and then its post, as both administrators would do it."""
    require_not_past(given["starts_on"], at)
    unit = access.standing(given["organisation"], _on(at))
    access.refuse_namesake_waiting(unit, given["username"], given["display_name"])
    user = open_account(actor=actor, at=at, **given)
    words = {name: given[name] for name in ("role", "title", "starts_on")}
    services.grant_post(actor=actor, username=user.username, organisation=unit, ends_on=None, at=at, **words)


def try_grant(*, actor: Actor, at: datetime, starts_on: date, **given: Any) -> object:
    require_not_past(starts_on, at)
    return grant(actor=actor, at=at, starts_on=starts_on, **given)


def on_a_post(act: Run) -> Run:
    """A post that changed since it was proposed is another one than the 联络员 spoke of."""

    def run(*, actor: Actor, at: datetime, organisation: str, post_id: int, version: int, **given: Any) -> object:
        unit = access.standing(organisation, _on(at))
        row = access.post_within(unit, post_id)
        if "to" in given:
            access.colleague(unit, given["to"], _on(at))
        if row.version != version and actor is not SYSTEM:
            said = f"提出以后，{row.user}的这个岗位已有变动，没有执行。请退回，由联络员按现在的情况再提。"
            raise Conflict("changed-since", said)
        return act(actor=actor, at=at, on=_on(at), post_id=post_id, version=version, **given)

    return run


def shut(*, actor: Actor, at: datetime, organisation: str, username: str, reason: str) -> object:
    """Whatever was changed in between, but not who has another unit's post by now."""
    read_reason(reason, "请写停用的理由（如调离、退休）")
    user = access.account_within(access.standing(organisation, _on(at)), username, _on(at))
    return services.set_active(actor=actor, username=username, active=False, version=user.version, at=at)


# ── how they are proposed and released ───────────────────────────────────────────────────────────


def _unit(given: Given) -> str:
    row = Organisation.objects.filter(code=given["organisation"]).first()
    return row.name if row else str(given["organisation"])


def _called(username: str) -> str:
    user = User.objects.filter(username=username.strip()).first()
    return f"{user or username}（{username.strip()}）"


def _post(given: Given) -> Post:
    return one_of(Post.objects.select_related("user", "organisation").filter(pk=given["post_id"]))


def _of_post(given: Given) -> str:
    row = _post(given)
    return f"{_unit(given)}{row.user}（{row.user.username}）的{row.get_role_display()}岗位"


def _of_person(given: Given) -> str:
    return f"{_unit(given)}{_called(given['username'])}"


def _people(*names: str) -> Callable[[Given], Sequence[User]]:
    return lambda given: list(
        User.objects.filter(username__in=[given[name].strip() for name in names], is_client=False)
    )


def _holder_and(name: str = "") -> Callable[[Given], Sequence[User]]:
    return lambda given: [_post(given).user, *(_people(name)(given) if name else ())]


def unit_act(
    code: str,
    word: str,
    verb: Verb,
    takes: Mapping[str, Callable[[Any], Any]],
    run: Run,
    *,
    trial: Run | None = None,
    follows: Callable[[Given], tuple[str, Given]] | None = None,
    thing: Callable[[Given], str] = lambda given: str(given["post_id"]),
    whom: Callable[[Given], Sequence[User]],
    about: Callable[[Given], str],
    said: Callable[[Given], Said],
) -> Decision:
    """`verb` is that of the administrator who releases it; `trial` is tried as the site itself, when it is proposed."""

    def releases(actor: Actor, given: Given) -> None:
        require(actor, verb)
        if actor.user_id in {user.pk for user in whom(given)}:
            raise NotAllowed("second-person", OWN)

    tried = trial or run
    made = power(
        code,
        word,
        verb,
        {"organisation": str, **takes},
        run,
        about=about,
        whom=whom,
        address=lambda given: page("proposals:index"),
        said=lambda given: [("单位", _unit(given)), *said(given)],
    )
    return replace(
        made,
        may=lambda actor, given: access.require_own(actor, given["organisation"]),
        key=lambda given: f"{code}:{thing(given)}"[:80],
        releases=releases,
        proposed_by=Role.LIAISON,
        trial=lambda *, actor, at, **given: tried(actor=SYSTEM, at=at, **given),
        follows=follows,
    )


def _new_post(given: Given) -> Said:
    return [("角色", Role(given["role"]).label), ("职务", given["title"]), ("自", str(given["starts_on"]))]


def _then_its_post(given: Given) -> tuple[str, Given]:
    return NEW_POST, {name: given[name] for name in ("organisation", "username", "role", "title", "starts_on")}


A_POST: Mapping[str, Callable[[Any], Any]] = {"role": str, "title": str, "starts_on": DAY}
DECISIONS = (
    unit_act(
        NEW_ACCOUNT,
        "新账号",
        Verb.MANAGE_ACCOUNTS,
        {"username": str, "display_name": str, **A_POST},
        open_account,
        trial=try_account,
        follows=_then_its_post,
        thing=lambda given: given["username"],
        whom=lambda given: [],
        about=lambda given: f"{_unit(given)}{given['display_name']}（{given['username']}）",
        said=lambda given: [("姓名", given["display_name"]), ("用户名", given["username"]), *_new_post(given)],
    ),
    unit_act(
        NEW_POST,
        "授予岗位",
        Verb.GRANT_POSTS,
        {"username": str, **A_POST},
        grant,
        trial=try_grant,
        thing=lambda given: f"{given['username']}:{given['role']}",
        whom=_people("username"),
        about=_of_person,
        said=_new_post,
    ),
    unit_act(
        "unit-hand-over",
        "换人交接",
        Verb.GRANT_POSTS,
        {"post_id": int, "to": str, "first_day": DAY, "version": int},
        on_a_post(services.hand_over),
        whom=_holder_and("to"),
        about=_of_post,
        said=lambda given: [("交给", _called(given["to"])), ("自", str(given["first_day"]))],
    ),
    unit_act(
        "unit-deputy",
        "请假代理",
        Verb.GRANT_POSTS,
        {"post_id": int, "to": str, "first_day": DAY, "last_day": DAY, "reason": str, "version": int},
        on_a_post(services.name_deputy),
        whom=_holder_and("to"),
        about=_of_post,
        said=lambda given: [
            ("代理人", _called(given["to"])),
            ("理由", given["reason"]),
            ("自", str(given["first_day"])),
            ("至", str(given["last_day"])),
        ],
    ),
    unit_act(
        "unit-post-ended",
        "结束岗位",
        Verb.GRANT_POSTS,
        {"post_id": int, "ends_on": DAY, "at_once": bool, "version": int},
        on_a_post(services.end_post),
        whom=_holder_and(),
        about=_of_post,
        said=lambda given: [("生效", "放行时立即收回")] if given["at_once"] else [("最后一天", str(given["ends_on"]))],
    ),
    unit_act(
        "unit-account-shut",
        "停用账号",
        Verb.MANAGE_ACCOUNTS,
        {"username": str, "reason": str},
        shut,
        thing=lambda given: given["username"],
        whom=_people("username"),
        about=_of_person,
        said=lambda given: [("理由", given["reason"])],
    ),
    # The system administrator opens the account alone, by a list; its post is the security administrator's as ever.
    replace(
        unit_act(
            LISTED_POST,
            "授予新账号的岗位",
            Verb.GRANT_POSTS,
            {"username": str, **A_POST},
            grant_listed,
            trial=try_listed,
            thing=lambda given: f"{given['username']}:{given['role']}",
            whom=_people("username"),
            about=_of_person,
            said=_new_post,
        ),
        may=lambda actor, given: require(actor, Verb.MANAGE_ACCOUNTS),
        proposed_by=Role.SYSTEM_ADMIN,
    ),
)
# By the verb of who releases them.
RELEASED_BY: dict[Verb, list[str]] = {
    Verb.MANAGE_ACCOUNTS: [NEW_ACCOUNT, "unit-account-shut"],
    Verb.GRANT_POSTS: [NEW_POST, LISTED_POST, "unit-hand-over", "unit-deputy", "unit-post-ended"],
}


def waiting_for(actor: Actor) -> QuerySet[Proposal]:
    """What units have proposed and this administrator may release, the oldest first."""
    codes = [code for verb, those in RELEASED_BY.items() if actor.may(verb) for code in those]
    found = Proposal.objects.filter(code__in=codes, state=TwoPersonState.PROPOSED).select_related("organisation")
    return found.exclude(recorded_by_id=actor.user_id).order_by("recorded_at", "pk")
