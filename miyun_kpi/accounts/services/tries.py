"""Budgets of failed sign-ins beside the lock of one account at one address (docs/decisions/0102).

A try is taken before the password is looked at and given back when it was right, so that many at once get no more than
many in turn. Each is one statement that raises the counter only below its limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db.models import F
from django.utils.timezone import get_current_timezone

from miyun_kpi.accounts.models import Tries
from miyun_kpi.acts.acting import acting, record
from miyun_kpi.audit.counting import NOBODY
from miyun_kpi.audit.models import Result
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Refused

WINDOW = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=30)
ACCOUNT, ADDRESS, ALL, OLD = "account", "address", "all", "old"
SENTENCES = {
    ACCOUNT: "这个账号这一刻钟里在各处没有登录成功的次数太多，没有登录。请在 {when} 以后再试；不是您本人试的，请告知安全管理员。",
    ADDRESS: "您所在的网络地址这一刻钟里没有登录成功的次数太多，没有登录。请在 {when} 以后再试，或换一处上网再登录。",
    ALL: "全站这一刻钟里没有登录成功的次数太多，没有登录。请在 {when} 以后再试，或在您最近登录过的电脑上登录。",
    OLD: "现在的密码输错的次数太多，没有修改。请在 {when} 以后再试；忘记了，请找系统管理员重设。",
}


SPENT = {
    ACCOUNT: "accounts.tries.account",
    ADDRESS: "accounts.tries.address",
    ALL: "accounts.tries.all",
    OLD: "accounts.tries.old",
}


class TooManyTries(Refused):
    """Nothing was looked at; `seconds` until the counters begin anew."""

    status = 429
    seconds = 0


@dataclass(frozen=True)
class Budget:
    kind: str
    key: str
    limit: int


def take_try(*, actor: Actor, username: str, at: datetime) -> None:
    """One try to sign in, or the refusal that says until when. `actor.address` is where it comes from."""
    budgets = [
        Budget(ADDRESS, _key(ADDRESS, actor.address, at=at), settings.SIGN_IN_TRIES[ADDRESS]),
    ]
    # Whoever signed in from there lately is not kept out by what strangers do elsewhere.
    if not Tries.objects.filter(key=_known(username, actor.address), until__gt=at).exists():
        budgets = [
            Budget(ACCOUNT, _key(ACCOUNT, username, at=at), settings.SIGN_IN_TRIES[ACCOUNT]),
            *budgets,
            Budget(ALL, _key(ALL, at=at), settings.SIGN_IN_TRIES[ALL]),
        ]
    _take(actor, username, budgets, at)


def right_password(*, actor: Actor, username: str, at: datetime) -> None:
    """The try is given back, and the account is at home at this address for a month."""
    with acting(actor, at):
        _give_back([_key(ACCOUNT, username, at=at), _key(ADDRESS, actor.address, at=at), _key(ALL, at=at)])
        Tries.objects.bulk_create(
            [Tries(key=_known(username, actor.address), until=at + KNOWN_FOR)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["until"],
        )


def take_old_password(*, actor: Actor, username: str, at: datetime) -> None:
    """One try at the present password, asked before it is changed: a session left open is no place to guess it."""
    _take(actor, username, [Budget(OLD, _key(OLD, username, at=at), settings.AXES_FAILURE_LIMIT)], at)


def right_old_password(*, actor: Actor, username: str, at: datetime) -> None:
    with acting(actor, at):
        _give_back([_key(OLD, username, at=at)])


def _take(actor: Actor, username: str, budgets: Sequence[Budget], at: datetime) -> None:
    ends = _end(at)
    try:
        with acting(actor, at):
            for one in budgets:
                if not _spend(one, ends):
                    raise _Spent(one)
    except _Spent as spent:
        one = spent.budget
        with acting(actor, at):
            # Once a quarter: a refusal that anybody can cause must not fill the audit.
            if Tries.objects.filter(key=one.key, told=False).update(told=True):
                record(
                    actor=actor if one.kind == OLD else replace(NOBODY, address=actor.address),
                    action=SPENT[one.kind],
                    subject=f"user:{username}"[:200],
                    data={"address": actor.address, "attempts": one.limit},
                    result=Result.REFUSED,
                    at=at,
                )
        when = f"{ends.astimezone(get_current_timezone()):%H:%M}"
        refusal = TooManyTries("too-many-tries", SENTENCES[one.kind].format(when=when))
        refusal.seconds = int((ends - at).total_seconds()) + 1
        raise refusal from None


class _Spent(Exception):
    def __init__(self, budget: Budget) -> None:
        self.budget = budget


def _spend(one: Budget, ends: datetime) -> bool:
    below = Tries.objects.filter(key=one.key, spent__lt=one.limit)
    if below.update(spent=F("spent") + 1):
        return True
    # The first of this quarter, or the budget is spent.
    Tries.objects.bulk_create([Tries(key=one.key, until=ends)], ignore_conflicts=True)
    return bool(below.update(spent=F("spent") + 1))


def _give_back(keys: Sequence[str]) -> None:
    for key in keys:
        Tries.objects.filter(key=key, spent__gt=0).update(spent=F("spent") - 1)


def forget_old_tries(*, at: datetime) -> int:
    """Counters that are over, some time after nobody raises them any more."""
    with acting(SYSTEM, at):
        return Tries.objects.filter(until__lt=at - WINDOW).delete()[0]


def _end(at: datetime) -> datetime:
    seconds = int(WINDOW.total_seconds())
    return datetime.fromtimestamp((int(at.timestamp()) // seconds + 1) * seconds, tz=at.tzinfo)


def _digest(*parts: str) -> str:
    """Not the name itself: people type their password into the wrong field."""
    return sha256("\x00".join(part.strip().casefold() for part in parts).encode("utf-8", "replace")).hexdigest()[:32]


def _key(kind: str, *parts: str, at: datetime) -> str:
    return f"{kind}:{_digest(*parts)}:{int(_end(at).timestamp())}"


def _known(username: str, address: str) -> str:
    return f"known:{_digest(username, address)}"
