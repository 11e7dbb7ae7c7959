"""Accounts: create, rename, disable. None of these acts gives anybody a right; posts do."""

import re
from datetime import datetime

from miyun_kpi.accounts.access import needs_two, require, require_power
from miyun_kpi.accounts.enums import SEPARATED_ROLES, Verb
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.registry import Waiting, proposed
from miyun_kpi.accounts.services.activations import ask, by_console
from miyun_kpi.accounts.services.namesakes import refuse_namesake
from miyun_kpi.accounts.services.shutting import account_locked, end_sessions, end_tokens
from miyun_kpi.acts.acting import Act, acting, require_version, unless_taken
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.names import read_display_name
from miyun_kpi.organisations.models import Organisation

# No colon: names with one belong to API clients.
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,29}", re.ASCII)


def create_account(
    *, actor: Actor, username: str, display_name: str, reason: str = "新建账号", at: datetime
) -> tuple[User, str]:
    """A new account without post and password; returns the first half of its activation, which is shown once."""
    _require(actor)
    with acting(actor, at) as act:
        user = new_account(act, username, display_name)
        half = ask(act, user, reason)
    return user, half


def open_account(*, actor: Actor, username: str, display_name: str, at: datetime) -> User:
    """A new account without post, password and activation: nobody gets in before one is asked for and released."""
    _require(actor)
    with acting(actor, at) as act:
        return new_account(act, username, display_name)


def begin_account(*, username: str, display_name: str, at: datetime) -> tuple[User, str, str]:
    """On the server, while there are no three administrators yet: both halves at once."""
    with acting(SYSTEM, at) as act:
        user = new_account(act, username, display_name)
        first, second = by_console(act, user, "首批管理员")
    return user, first, second


def read_username(text: str) -> str:
    username = text.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Refused(
            "bad-username", "用户名用 2 至 30 个小写字母、数字、点、连字符或下划线，以字母或数字开头，没有建立。"
        )
    return username


def new_account(act: Act, username: str, display_name: str) -> User:
    """Within an act: the row, which nobody can sign in with."""
    username, display_name = read_username(username), read_display_name(display_name)
    taken = Refused("username-taken", f"用户名“{username}”已有人用，没有建立。请换一个；若刚刚建立过，可以重设密码。")
    if User.objects.filter(username=username).exists():
        raise taken
    with unless_taken(taken):
        user = User.objects.create_user(username, None, display_name=display_name, created_at=act.at)
    act.record("accounts.account.created", f"user:{username}", display_name=display_name)
    return user


def rename_account(
    *, actor: Actor, username: str, display_name: str, version: int, at: datetime, released: bool = False
) -> User | Waiting:
    """Another name for the same person; of one of the three by two administrators."""
    require_power(actor, Verb.MANAGE_ACCOUNTS, released=released)
    display_name = read_display_name(display_name)
    if needs_two(actor, _separated(username, at), released=released):
        given = {"username": username, "display_name": display_name, "version": version}
        return proposed("account-renamed", actor=actor, at=at, **given)
    with acting(actor, at) as act:
        user = account_locked(username)
        if user.display_name == display_name:
            return user
        _check_version(user, version)
        for unit in Organisation.objects.filter(
            posts__in=Post.objects.from_day(at.astimezone().date()).filter(user=user)
        ).distinct():
            refuse_namesake(display_name, user, unit, at.astimezone().date())
        before, user.display_name = user.display_name, display_name
        _save(user, "display_name")
        data = {"from": before, "to": display_name}
        act.record("accounts.account.renamed", f"user:{username}", **data)
    return user


def set_active(
    *, actor: Actor, username: str, active: bool, version: int, at: datetime, released: bool = False
) -> User | Waiting:
    """Enable or disable, one of the three by two administrators.

    Disabling ends every session and token of the account; enabling brings none of them back.
    """
    require_power(actor, Verb.MANAGE_ACCOUNTS, released=released)
    if needs_two(actor, _separated(username, at), released=released):
        given = {"username": username, "active": active, "version": version}
        return proposed("account-shut", actor=actor, at=at, **given)
    with acting(actor, at) as act:
        user = account_locked(username)
        if user.is_active == active:
            return user
        if not active and user.pk == actor.user_id:
            raise Refused("own-account", "不能停用自己的账号，没有停用。请由另一位系统管理员办理。")
        _check_version(user, version)
        user.is_active = active
        _save(user, "is_active")
        data = {} if active else {"sessions": end_sessions(user, at), "tokens": end_tokens(user)}
        action = "accounts.account.enabled" if active else "accounts.account.disabled"
        act.record(action, f"user:{username}", **data)
    return user


def _require(actor: Actor) -> None:
    if actor is not SYSTEM:
        require(actor, Verb.MANAGE_ACCOUNTS)


def _separated(username: str, at: datetime) -> set[str]:
    """Which of the three this account is, today or from a day to come."""
    held = Post.objects.from_day(at.astimezone().date()).filter(user__username=username, role__in=SEPARATED_ROLES)
    return set(held.values_list("role", flat=True))


def _check_version(user: User, version: int) -> None:
    require_version(user, version)


def _save(user: User, *fields: str) -> None:
    user.version += 1
    user.save(update_fields=[*fields, "version"])
