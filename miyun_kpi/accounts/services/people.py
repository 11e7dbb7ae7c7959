"""Accounts: create, rename, disable, reset. None of these acts gives anybody a right; posts do."""

import re
from datetime import datetime

from django.contrib.sessions.models import Session

from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import SEPARATED_ROLES, Verb
from miyun_kpi.accounts.models import ApiToken, Post, User
from miyun_kpi.accounts.services.credentials import random_password
from miyun_kpi.acts.acting import acting, lock_only, require_version
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Refused

# No colon: names with one belong to API clients.
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,29}", re.ASCII)
LONGEST_NAME = 30


def create_account(*, actor: Actor, username: str, display_name: str, at: datetime) -> tuple[User, str]:
    """A new account without any post, with a random password that must be changed at the first sign-in."""
    _require(actor)
    username, display_name = username.strip().lower(), _checked_name(display_name)
    if not _USERNAME.fullmatch(username):
        raise Refused(
            "bad-username", "用户名用 2 至 30 个小写字母、数字、点、连字符或下划线，以字母或数字开头，没有建立。"
        )
    password = random_password()
    with acting(actor, at) as act:
        if User.objects.filter(username=username).exists():
            raise Refused(
                "username-taken", f"用户名“{username}”已有人用，没有建立。请换一个；若刚刚建立过，可以重设密码。"
            )
        user = User.objects.create_user(
            username, password, display_name=display_name, must_change_password=True, created_at=at
        )
        data = {"display_name": display_name}
        act.record("accounts.account.created", f"user:{username}", **data)
    return user, password


def rename_account(*, actor: Actor, username: str, display_name: str, version: int, at: datetime) -> User:
    _require(actor)
    display_name = _checked_name(display_name)
    with acting(actor, at) as act:
        user = _locked(username)
        if user.display_name == display_name:
            return user
        _check_version(user, version)
        before, user.display_name = user.display_name, display_name
        _save(user, "display_name")
        data = {"from": before, "to": display_name}
        act.record("accounts.account.renamed", f"user:{username}", **data)
    return user


def set_active(*, actor: Actor, username: str, active: bool, version: int, at: datetime) -> User:
    """Enable or disable. Disabling ends every session and token of the account; enabling brings none of them back."""
    _require(actor)
    with acting(actor, at) as act:
        user = _locked(username)
        if user.is_active == active:
            return user
        if not active and user.pk == actor.user_id:
            raise Refused("own-account", "不能停用自己的账号，没有停用。请由另一位系统管理员办理。")
        _check_version(user, version)
        user.is_active = active
        _save(user, "is_active")
        data = {} if active else {"sessions": _end_sessions(user, at), "tokens": _end_tokens(user)}
        action = "accounts.account.enabled" if active else "accounts.account.disabled"
        act.record(action, f"user:{username}", **data)
    return user


def reset_password(*, actor: Actor, username: str, version: int, at: datetime) -> tuple[User, str]:
    """A new random password, to be changed at the next sign-in; sessions opened with the old one end."""
    _require(actor)
    password = random_password()
    with acting(actor, at) as act:
        user = _locked(username)
        if user.pk == actor.user_id:
            raise Refused("own-account", "自己的密码请在“我的账号”里修改，没有重设。")
        _check_version(user, version)
        _require_resettable(actor, user, at)
        user.set_password(password)
        user.must_change_password = True
        _save(user, "password", "must_change_password")
        ended = _end_sessions(user, at)
        data = {"sessions": ended}
        act.record("accounts.password.reset", f"user:{username}", **data)
    return user, password


def _require_resettable(actor: Actor, user: User, at: datetime) -> None:
    """A reset password is a way in: the other two of the three are reset on the server only (三权分立)."""
    held = Post.objects.on(at.astimezone().date()).filter(user=user, role__in=SEPARATED_ROLES)
    if actor is not SYSTEM and held.exists():
        raise Refused(
            "separated-account",
            f"{user}是{held[0].get_role_display()}，其密码不能在页面上重设。请在服务器上运行 manage.py reset_password。",
        )


def _require(actor: Actor) -> None:
    if actor is not SYSTEM:
        require(actor, Verb.MANAGE_ACCOUNTS)


def _checked_name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refused("bad-name", f"请写姓名，1 至 {LONGEST_NAME} 个字。")
    return name


def _locked(username: str) -> User:
    user = lock_only(User.objects.filter(username=username, is_client=False))
    return user


def _check_version(user: User, version: int) -> None:
    require_version(user, version)


def _save(user: User, *fields: str) -> None:
    user.version += 1
    user.save(update_fields=[*fields, "version"])


def _end_sessions(user: User, at: datetime) -> int:
    """The person of a session stands inside its signed data, so each living one is opened and looked at."""
    own = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=at).iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return Session.objects.filter(pk__in=own).delete()[0]


def _end_tokens(user: User) -> int:
    return ApiToken.objects.filter(user=user).delete()[0]
