"""Passwords, tokens and the lock of the sign-in."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from miyun_kpi.accounts.access import require, require_power, verbs_of
from miyun_kpi.accounts.enums import SEPARATED_ROLES, Role, Verb
from miyun_kpi.accounts.models import ApiToken, Post, User
from miyun_kpi.accounts.registry import Waiting, proposed
from miyun_kpi.acts.acting import acting, lock_only, record
from miyun_kpi.audit.counting import NOBODY
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
    """`event`: signed-in, signed-out or locked; whoever is locked out has signed in as nobody, whatever name was typed.

    Single failures are counted (audit.counting), not written here.
    """
    if event == "locked":
        actor = replace(NOBODY, address=actor.address, request_id=actor.request_id)
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
    owner: str,
    at: datetime,
    lifetime: timedelta = TOKEN_LIFETIME,
    released: bool = False,
) -> tuple[ApiToken, str] | Waiting:
    """Issue a token; returned with its plain text, which is shown once and never stored.

    One with a role that writes waits for another administrator. When that one has released it (then the text is ""),
    its owner fetches it.
    """
    require_power(actor, Verb.MANAGE_TOKENS, released=released)
    client = client.strip()
    if not client or len(client) > 50:
        raise Refused("bad-client", "请写客户端名称，1 至 50 个字。")
    if role and role not in Role.values:
        raise Refused("bad-role", f"没有“{role[:20]}”这个角色。可用的角色：{'、'.join(Role.values)}。")
    if role in SEPARATED_ROLES:
        raise Refused("no-such-token", f"“{Role(role).label}”没有接口令牌，没有发放。管理由本人登录办理。")
    if role and organisation is None:
        raise Refused("organisation-missing", "给了角色就要同时给单位，没有发放令牌。")
    person = _owner(owner, organisation, role, at)
    if verbs_of(role) and actor is not SYSTEM and not released:
        place = organisation.code if organisation else None
        given = {"client": client, "organisation": place, "role": role, "owner": person.username}
        return proposed("token-issued", actor=actor, at=at, days=lifetime.days, **given)
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
            owner=person,
            fetched=not released,
            issued_by=actor.label,
        )
        data = {"client": client, "role": role, "organisation": organisation.code if organisation else None}
        act.record("accounts.token.issued", f"token:{token.token_key}", owner=person.username, **data)
    return token, "" if released else text


def fetch_token(*, actor: Actor, key: str, at: datetime) -> tuple[ApiToken, str]:
    """By its owner, once: from now on there is somebody who knows the text."""
    with acting(actor, at) as act:
        token = lock_only(ApiToken.objects.filter(token_key=key, owner_id=actor.user_id or 0, fetched=False))
        kept = {name: getattr(token, name) for name in ("user", "client", "organisation", "role", "owner", "issued_by")}
        expiry = token.expiry
        token.delete()
        fresh, text = ApiToken.objects.create(**kept)
        fresh.expiry = expiry
        fresh.save(update_fields=["expiry"])
        act.record("accounts.token.fetched", f"token:{fresh.token_key}", client=fresh.client, role=fresh.role)
    return fresh, text


def _owner(username: str, organisation: Organisation | None, role: str, at: datetime) -> User:
    """Who answers for a token: a person, and of one with a role somebody who holds that post."""
    person = User.objects.filter(username=username.strip(), is_client=False, is_active=True).first()
    if person is None:
        raise Refused("no-such-person", f"没有启用的账号“{username.strip()[:30]}”，没有发放。请写负责人的用户名。")
    held = Post.objects.on(at.astimezone().date()).filter(user=person, role=role, organisation=organisation)
    if role and not held.exists():
        place = organisation.name if organisation else ""
        raise Refused(
            "owner-without-post",
            f"{person}现在不是{place}的{Role(role).label}，没有发放。负责人要有这个岗位，岗位结束令牌即失效。",
        )
    return person


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
