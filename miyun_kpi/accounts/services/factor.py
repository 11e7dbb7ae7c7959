"""The second factor: 动态口令 (RFC 6238) with recovery codes; lost, it is taken away by two administrators."""

import secrets
from datetime import datetime, timedelta

import pyotp
from django.utils.crypto import constant_time_compare, salted_hmac

from miyun_kpi.accounts.access import require_power
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.accounts.models import ClientCertificate, SecondFactor, User
from miyun_kpi.accounts.registry import Told, Waiting, proposed, tell
from miyun_kpi.accounts.services.shutting import account_locked, end_sessions
from miyun_kpi.acts.acting import acting, lock_one, record
from miyun_kpi.audit.models import Result
from miyun_kpi.db.sealed import seal
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.routes import to

STEP = 30
# The step of now and one to either side: clocks of telephones are seldom right to the second.
WINDOW = (0, -1, 1)
TRIES, PAUSE = 5, timedelta(minutes=15)
CODES = 10
ISSUER = "密云区绩效考评"
WRONG = "动态口令不对，或刚刚用过，没有通过。请等手机上换出下一个再输；手机时间要准。"


def begin_enrolment(*, actor: Actor, user: User, at: datetime) -> tuple[str, str]:
    """The secret of a factor that does not count before a code of it was shown; as base32 and as address of the QR."""
    with acting(actor, at) as act:
        _require_certificate(actor, user)
        account_locked(user.username)
        row = lock_one(SecondFactor.objects.filter(user=user))
        if row is not None and row.confirmed_at is not None:
            raise Conflict("enrolled", "动态口令已经登记，没有改动。换手机的，请管理员先取消原来的登记。")
        if row is None:
            row = SecondFactor.objects.create(user=user, secret=seal(pyotp.random_base32()))
            act.record("accounts.factor.begun", _subject(user))
        secret = row.secret.open()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)


def confirm_enrolment(*, actor: Actor, user: User, code: str, at: datetime) -> list[str]:
    """The first code makes it count; returns the recovery codes, which are shown once."""
    with acting(actor, at) as act:
        _require_certificate(actor, user)
        account_locked(user.username)
        row = lock_one(SecondFactor.objects.filter(user=user, confirmed_at=None))
        if row is None:
            raise Conflict("enrolled", "没有等待登记的动态口令，没有改动。请刷新后看过再办。")
        passed = shows(row, code, at)
        if passed:
            codes = [_recovery_code() for _ in range(CODES)]
            row.confirmed_at, row.recovery = at, [_digest(one) for one in codes]
            act.record("accounts.factor.enrolled", _subject(user))
            body = "登录和办理时要输动态口令。不是本人办的，请立即告知安全管理员。"
            tell(Told(f"factor:{user.pk}:{at.isoformat()}", user, f"已登记动态口令：{user}", body), at)
        row.save()
    if not passed:
        raise Refused("wrong-factor", WRONG)
    return codes


def _require_certificate(actor: Actor, user: User) -> None:
    """A stolen password enrols no second factor where there is one already."""
    if actor.proven_at is None and ClientCertificate.objects.filter(user=user).exists():
        raise Refused(
            "certificate-first", "本账号登记了证书，请先插上证书（UKey）重新打开本站，再登记动态口令，没有改动。"
        )


def prove(*, actor: Actor, user: User, code: str, at: datetime) -> None:
    """Shows the second factor: a code of now that was not used before, or a recovery code, which is used up."""
    with acting(actor, at) as act:
        account_locked(user.username)
        row = lock_one(SecondFactor.objects.filter(user=user, confirmed_at__isnull=False))
        if row is None:
            raise Refused("not-enrolled", "还没有登记动态口令，没有通过。请先登记。")
        if row.paused_until is not None and at < row.paused_until:
            until = f"{row.paused_until.astimezone():%H:%M}"
            raise Refused(
                "factor-paused", f"动态口令连续输错 {TRIES} 次，到 {until} 才能再输。手机丢了的，请找管理员。"
            )
        passed = shows(row, code, at) or _used_up(row, code)
        row.failures = 0 if passed else row.failures + 1
        if row.failures >= TRIES:
            row.failures, row.paused_until = 0, at + PAUSE
            record(actor=actor, action="accounts.factor.paused", subject=_subject(user), result=Result.REFUSED, at=at)
        row.save()
        if passed:
            act.record("accounts.factor.shown", _subject(user), left=len(row.recovery))
    if not passed:
        raise Refused("wrong-factor", WRONG)


def drop_factor(*, actor: Actor, username: str, reason: str, at: datetime, released: bool = False) -> User | Waiting:
    """The telephone is lost: two administrators take the factor away; sessions end, and a new one is enrolled at the next."""
    require_power(actor, Verb.MANAGE_ACCOUNTS, released=released)
    said = read_reason(reason, "请写取消动态口令的理由（如换手机、手机丢失，是谁来办的）")
    if actor is not SYSTEM and not released:
        return proposed("factor-dropped", actor=actor, at=at, username=username, reason=said)
    with acting(actor, at) as act:
        user = account_locked(username)
        if user.pk == actor.user_id:
            raise Refused("own-account", "不能取消自己的动态口令，没有执行。请由另一名管理员办理。")
        if not SecondFactor.objects.filter(user=user).delete()[0]:
            raise Conflict("not-enrolled", f"{user}没有登记动态口令，没有执行。")
        end_sessions(user, at)
        act.record("accounts.factor.dropped", _subject(user), reason=said)
        body = f"{actor.label}放行取消，理由：{said}。下次登录时重新登记。"
        tell(
            Told(
                f"factor-dropped:{user.pk}:{at.isoformat()}", user, f"动态口令已取消：{user}", body, to("accounts:me")
            ),
            at,
        )
    return user


def shows(row: SecondFactor, code: str, at: datetime) -> bool:
    """A code is good once: its step is remembered, and none before it is taken afterwards."""
    totp, now, typed = pyotp.TOTP(row.secret.open()), int(at.timestamp()) // STEP, code.strip().replace(" ", "")
    for step in (now + offset for offset in WINDOW):
        if step > row.last_step and constant_time_compare(totp.generate_otp(step), typed):
            row.last_step = step
            return True
    return False


def _used_up(row: SecondFactor, code: str) -> bool:
    wanted = _digest(code.strip().lower())
    if wanted not in row.recovery:
        return False
    row.recovery = [one for one in row.recovery if one != wanted]
    return True


def _recovery_code() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(3))


def _digest(code: str) -> str:
    return salted_hmac("accounts.recovery", code, algorithm="sha256").hexdigest()


def _subject(user: User) -> str:
    return f"user:{user.username}"
