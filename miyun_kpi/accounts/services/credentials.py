"""Passwords, tokens and the lock of the sign-in."""

import secrets
from datetime import datetime, timedelta
from ipaddress import ip_address

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from miyun_kpi.accounts.access import require, verbs_of
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import ApiToken, User
from miyun_kpi.acts.acting import acting, lock_only, record
from miyun_kpi.audit.models import Result
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.organisations.models import Organisation

TOKEN_LIFETIME = timedelta(days=365)


def change_own_password(*, actor: Actor, user: User, old: str, new: str, at: datetime) -> list[tuple[str, str]]:
    """Set a new password; returns (field, sentence) pairs when it is refused, and then changes nothing."""
    if not user.check_password(old):
        return [("old", "现在的密码不对，没有修改。请重新输入。")]
    if old == new:
        return [("new", "新密码与现在的一样，没有修改。请换一个。")]
    try:
        validate_password(new, user)
    except ValidationError as error:
        return [("new", message) for message in error.messages]
    with acting(actor, at) as act:
        user.set_password(new)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        act.record("accounts.password.changed", f"user:{user.username}")
    return []


def record_session(*, actor: Actor, event: str, username: str, address: str, at: datetime) -> None:
    """`event`: signed-in, signed-out or locked. Single failures are counted by the lock, not written here."""
    with acting(actor, at):
        record(
            actor=actor,
            action=f"accounts.session.{event}",
            subject=f"user:{username}",
            data={"address": address},
            result=Result.REFUSED if event == "locked" else Result.DONE,
            at=at,
        )


def issue_token(
    *,
    actor: Actor,
    client: str,
    organisation: Organisation | None,
    role: str,
    at: datetime,
    lifetime: timedelta = TOKEN_LIFETIME,
) -> tuple[ApiToken, str]:
    """Issue a token and return it with its plain text, which is shown once and never stored."""
    if actor is not SYSTEM:
        require(actor, Verb.MANAGE_TOKENS)
    client = client.strip()
    if not client or len(client) > 50:
        raise Refused("bad-client", "请写客户端名称，1 至 50 个字。")
    if role and role not in Role.values:
        raise Refused("bad-role", f"没有“{role[:20]}”这个角色。可用的角色：{'、'.join(Role.values)}。")
    if verbs_of(role) and actor is not SYSTEM:
        # Whoever issues tokens would otherwise hold every right himself.
        raise Refused(
            "role-on-server-only",
            f"“{Role(role).label}”的令牌能打分、办理或看未通报的结果，只能在服务器上用 issue_token 发放，没有发放。",
        )
    if role and organisation is None:
        raise Refused("organisation-missing", "给了角色就要同时给单位，没有发放令牌。")
    with acting(actor, at) as act:
        user, _ = User.objects.get_or_create(
            username=f"client:{client}",
            defaults={"display_name": client, "is_client": True, "created_at": at, "password": "!"},
        )
        token, text = ApiToken.objects.create(
            user=user,
            expiry=lifetime,
            client=client,
            organisation=organisation,
            role=role,
            issued_by=actor.label,
        )
        act.record(
            "accounts.token.issued",
            f"token:{token.token_key}",
            client=client,
            role=role,
            organisation=organisation.code if organisation else None,
        )
    return token, text


def revoke_token(*, actor: Actor, key: str, at: datetime) -> None:
    """End a token at once. `key` is its public beginning."""
    require(actor, Verb.MANAGE_TOKENS)
    with acting(actor, at) as act:
        token = lock_only(ApiToken.objects.filter(token_key=key))
        data = {"client": token.client, "role": token.role, "expiry": token.expiry}
        token.delete()
        act.record("accounts.token.revoked", f"token:{key}", **data)


def release_lock(*, actor: Actor, username: str, address: str, at: datetime) -> None:
    """Forget the failed sign-ins of one account from one address; other addresses keep theirs."""
    require(actor, Verb.GRANT_POSTS)
    try:
        ip_address(address)
    except ValueError as error:
        raise NotFound() from error
    with acting(actor, at) as act:
        removed = AxesProxyHandler.reset_attempts(username=username, ip_address=address)
        if not removed:
            raise NotFound("这个锁定已经不在了，可能已到 15 分钟或已被解开。")
        data = {"address": address, "attempts": removed}
        act.record("accounts.lock.released", f"user:{username}"[:200], **data)


def random_password() -> str:
    """Twelve readable characters (no 0/O, 1/l), about 70 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(3))
