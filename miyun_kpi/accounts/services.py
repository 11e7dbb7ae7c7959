import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import ApiToken, User
from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Refused
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
    with transaction.atomic():
        user.set_password(new)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        record(actor=actor, action="accounts.password.changed", subject=f"user:{user.username}", at=at)
    return []


def issue_token(
    *,
    actor: Actor,
    client: str,
    organisation: Organisation | None,
    role: str,
    at: datetime,
    lifetime: timedelta = TOKEN_LIFETIME,
    demo: bool = False,
) -> tuple[ApiToken, str]:
    """Issue a token and return it with its plain text, which is shown once and never stored."""
    if actor is not SYSTEM:
        require(actor, Verb.MANAGE_TOKENS)
    client = client.strip()
    if not client or len(client) > 50:
        raise Refused("bad-client", "请写客户端名称，1 至 50 个字。")
    if role and role not in Role.values:
        raise Refused("bad-role", f"没有“{role[:20]}”这个角色。可用的角色：{'、'.join(Role.values)}。")
    if role and organisation is None:
        raise Refused("organisation-missing", "给了角色就要同时给单位，没有发放令牌。")
    with transaction.atomic():
        user, _ = User.objects.get_or_create(
            username=f"client:{client}",
            defaults={"display_name": client, "is_client": True, "created_at": at, "demo": demo, "password": "!"},
        )
        token, text = ApiToken.objects.create(
            user=user,
            expiry=lifetime,
            client=client,
            organisation=organisation,
            role=role,
            issued_by=actor.label,
        )
        record(
            actor=actor,
            action="accounts.token.issued",
            subject=f"token:{token.token_key}",
            data={"client": client, "role": role, "organisation": organisation.code if organisation else None},
            at=at,
        )
    return token, text


def random_password() -> str:
    """Twelve readable characters (no 0/O, 1/l), about 70 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(3))
