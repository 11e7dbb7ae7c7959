"""The way to a first or a new password: asked for by one administrator, released by another, finished by the owner.

Each half is shown once to one of the two and kept as a digest; whoever has only one of them cannot get in.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare, salted_hmac

from miyun_kpi.accounts.access import require, require_administrator
from miyun_kpi.accounts.enums import SEPARATED_ROLES, ActivationState, Verb
from miyun_kpi.accounts.models import Activation, Post, User
from miyun_kpi.accounts.registry import Told, tell
from miyun_kpi.accounts.services.shutting import account_locked, end_sessions
from miyun_kpi.acts.acting import Act, acting, lock_all, lock_one, require_version
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import FieldError, NotAllowed, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.routes import to

# 推定: no document of ours says how long a code may lie in somebody's drawer.
VALID_FOR = timedelta(hours=72)
TRIES = 5
# Of each half: 54 characters without 0/O and 1/l, about 46 bits, and five tries at both together.
ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"
OTHER_HAND = "放行要由提请人以外的另一个人办理，没有放行。请由安全管理员办理。"
# One sentence for every way to be wrong: nobody learns here which accounts there are.
WRONG = "用户名或激活码不对，或者已经过期、作废，没有设置密码。请核对前半和后半；一次激活输错 5 次即作废。"


def new_half() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(2))


def ask(act: Act, user: User, reason: str) -> str:
    """Within an act that holds the account: an activation in place of an open one; returns its first half."""
    for earlier in lock_all(user.activations.filter(state__in=Activation.OPEN)):
        _end(act, earlier, ActivationState.STRUCK, "重新提请")
    half = new_half()
    signed = act.signed(Activation, "recorded")
    row = Activation.objects.create(user=user, reason=reason, first_half=digest(half), **signed)
    act.record("accounts.activation.asked", _subject(user), reason=reason)
    _tell(act, row, "asked", "提请激活", f"{row.recorded_by}提请，理由：{reason}。放行并由本人设置密码以后才能登录。")
    return half


def reset_access(*, actor: Actor, username: str, reason: str, version: int, at: datetime) -> tuple[User, str]:
    """A new way in, for who has lost it. The old password and what was opened with it end at once.

    One of the three keeps the old password until the second person has released it: nobody locks out another alone.
    """
    require(actor, Verb.MANAGE_ACCOUNTS)
    said = read_reason(reason, "请写重设的理由（如忘记密码、疑似泄露、是谁来办的）")
    with acting(actor, at) as act:
        user = account_locked(username)
        if user.pk == actor.user_id:
            raise Refused("own-account", "自己的密码请在“我的账号”里修改，没有重设。")
        require_version(user, version)
        user.version += 1
        if not _is_one_of_the_three(user, at):
            _shut(user, at)
        user.save(update_fields=["password", "version"])
        half = ask(act, user, said)
    return user, half


def release(*, actor: Actor, activation_id: int, version: int, at: datetime) -> tuple[Activation, str]:
    """By another administrator, who is shown the second half; from now on the owner has three days."""
    require(actor, Verb.GRANT_POSTS)
    with acting(actor, at) as act:
        row = _held(act, activation_id, version)
        act.require_state(row, (ActivationState.ASKED,), "放行")
        if row.user_id == actor.user_id:
            raise NotAllowed("second-person", "这是您自己的账号，没有放行。请由另一位安全管理员办理。")
        act.require_other_hand(row, "recorded", OTHER_HAND)
        half = _release(act, row)
    return row, half


def strike(*, actor: Actor, activation_id: int, version: int, reason: str, at: datetime) -> Activation:
    """Neither half opens anything any more; the account stays shut until a new one is asked for."""
    require_administrator(actor)
    said = read_reason(reason, "请写作废的理由")
    with acting(actor, at) as act:
        row = _held(act, activation_id, version)
        act.require_state(row, Activation.OPEN, "作废")
        _end(act, row, ActivationState.STRUCK, said)
        act.record("accounts.activation.struck", _subject(row.user), reason=said)
        _tell(act, row, "struck", "激活已作废", f"{actor.label}作废，理由：{said}。")
    return row


def finish(
    *, username: str, first: str, second: str, password: str, address: Callable[[Actor], Actor], at: datetime
) -> User:
    """The owner, signed out, with both halves: sets the password. A wrong code counts, and the fifth makes it void.

    `address` gives the actor where the request came from.
    """
    user = User.objects.filter(username=username.strip().lower(), is_client=False, is_active=True).first()
    if user is None:
        raise Refused("wrong-code", WRONG)
    owner = address(Actor(label=str(user), user_id=user.pk))
    problem = _weak(password, user)
    with acting(owner, at) as act:
        user = account_locked(user.username)
        row = lock_one(user.activations.filter(state=ActivationState.RELEASED))
        right = row is not None and row.expires_at is not None and at < row.expires_at and _opens(row, first, second)
        if row is not None and right and not problem:
            user.set_password(password)
            user.must_change_password = False
            user.version += 1
            user.save(update_fields=["password", "must_change_password", "version"])
            end_sessions(user, at)
            _end(act, row, ActivationState.USED, "")
            act.record("accounts.activation.used", _subject(user))
            _tell(act, row, "used", "已激活", "本人已用激活码设置密码，可以登录。不是本人办的，请立即告知安全管理员。")
        elif row is not None and not right:
            _count_failure(act, row)
    if not right:
        raise Refused("wrong-code", WRONG)
    if problem:
        raise Refused("weak-password", problem[0].message, errors=problem)
    return user


def break_glass(*, username: str, reason: str, at: datetime) -> tuple[User, str, str]:
    """On the server, when no two administrators can act: both halves at once, and all three are told by whom and why."""
    said = read_reason(reason, "请写动用应急口的理由")
    with acting(SYSTEM, at) as act:
        user = account_locked(username)
        first, second = by_console(act, user, said)
        act.record("accounts.activation.glass-broken", _subject(user), reason=said)
        title, body = "动用应急口：服务器上直接发放激活码", f"在服务器上为{user}发放了激活码，理由：{said}。"
        tell(Told(f"glass:{user.pk}:{at.isoformat()}", user, title, body, to("accounts:activations")), at)
    return user, first, second


def by_console(act: Act, user: User, reason: str) -> tuple[str, str]:
    """Both halves of an activation that the server itself asks for and releases."""
    assert act.actor is SYSTEM
    _shut(user, act.at)
    user.version += 1
    user.save(update_fields=["password", "version"])
    first = ask(act, user, reason)
    row = user.activations.get(state=ActivationState.ASKED)
    return first, _release(act, row)


def _release(act: Act, row: Activation) -> str:
    half = new_half()
    row.second_half, row.state, row.expires_at = digest(half), ActivationState.RELEASED, act.at + VALID_FOR
    act.sign(row, "confirmed")
    act.save(row)
    _shut(row.user, act.at)
    row.user.version += 1
    row.user.save(update_fields=["password", "version"])
    act.record("accounts.activation.released", _subject(row.user), until=row.expires_at)
    until = f"{row.expires_at.astimezone():%Y-%m-%d %H:%M}"
    _tell(
        act,
        row,
        "released",
        "激活已放行",
        f"{row.confirmed_by or '服务器'}放行，{until} 前由本人用前后两半激活码设置密码。",
    )
    return half


def _held(act: Act, activation_id: int, version: int) -> Activation:
    """The activation, after its account: accounts come first in the order of locks."""
    lock_one(User.objects.filter(activations=activation_id))
    return act.lock(Activation.objects.select_related("user"), activation_id, version)


def _count_failure(act: Act, row: Activation) -> None:
    row.failures += 1
    if row.failures >= TRIES:
        _end(act, row, ActivationState.STRUCK, "输错次数到限")
        act.record("accounts.activation.struck", _subject(row.user), reason=row.note)
        _tell(act, row, "struck", "激活已作废", f"激活码输错 {TRIES} 次。是谁在试，请查；要用请重新提请。")
    else:
        act.save(row)


def _end(act: Act, row: Activation, state: ActivationState, note: str) -> None:
    row.state, row.note, row.ended_at = state, note, act.at
    act.save(row)


def _opens(row: Activation, first: str, second: str) -> bool:
    """Both are compared whatever the first says: how long it takes tells nothing."""
    one = constant_time_compare(row.first_half, digest(first.strip()))
    other = constant_time_compare(row.second_half, digest(second.strip()))
    return one and other


def digest(half: str) -> str:
    """What is kept of a half: with the key of the site, so that nobody tries halves against a copy of the database."""
    return salted_hmac("accounts.activation", half, algorithm="sha256").hexdigest()


def _weak(password: str, user: User) -> list[FieldError]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [FieldError(message, "weak-password", field="new") for message in error.messages]
    return []


def _shut(user: User, at: datetime) -> None:
    """The old password opens nothing any more, and neither does what was opened with it. The caller saves."""
    user.set_unusable_password()
    end_sessions(user, at)


def _is_one_of_the_three(user: User, at: datetime) -> bool:
    return Post.objects.on(at.astimezone().date()).filter(user=user, role__in=SEPARATED_ROLES).exists()


def _subject(user: User) -> str:
    return f"user:{user.username}"


def _tell(act: Act, row: Activation, what: str, title: str, body: str) -> None:
    key = f"activation:{row.pk}:{what}"
    tell(Told(key, row.user, f"{title}：{row.user}（{row.user.username}）", body, to("accounts:activations")), act.at)
