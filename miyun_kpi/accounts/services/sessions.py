"""One's own sessions: which there are, ending one or all others, and no more than so many at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.sessions.models import Session

from miyun_kpi.accounts.models import OpenSession, User
from miyun_kpi.acts.acting import Act, acting, lock_only
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.lib.lists import First

BROWSERS = (
    ("QIHU", "360"),
    ("360SE", "360"),
    ("Qaxbrowser", "奇安信"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "安卓"),
    ("iPhone", "iPhone"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux（麒麟、统信等）"),
)


@dataclass(frozen=True)
class Own:
    """`number` names it on the page; the key of a session is shown to nobody."""

    number: int
    key: str
    since: datetime
    seen: datetime
    address: str
    browser: str


def browser_in_words(agent: str) -> str:
    """“Chrome，Windows”; what is not known is left out."""
    found = [next((word for sign, word in table if sign in agent), "") for table in (BROWSERS, SYSTEMS)]
    return "，".join(word for word in found if word) or "不认识的浏览器"


def sessions_of(user_id: int, at: datetime) -> First[Own]:
    """Those that a request could still use, last seen first."""
    rows = {row.key: row for row in OpenSession.objects.filter(user_id=user_id)}
    found = []
    for session in Session.objects.filter(session_key__in=rows, expire_date__gt=at):
        row, data = rows[session.session_key], session.get_decoded()
        seen = datetime.fromtimestamp(data.get("seen_at", row.since.timestamp()), tz=UTC)
        idle, age = (at - seen).total_seconds(), (at - row.since).total_seconds()
        if idle <= settings.SESSION_IDLE_SECONDS and age <= settings.SESSION_COOKIE_AGE:
            found.append(Own(row.pk, row.key, row.since, seen, row.address, row.browser))
    found.sort(key=lambda one: (one.seen, one.number), reverse=True)
    return First(found, len(found))


def session_opened(*, actor: Actor, user: User, key: str, agent: str, at: datetime, alone: bool = False) -> None:
    """A sign-in is listed. What is too many ends, the longest unseen first; `alone`: all others end (a new password)."""
    with acting(actor, at) as act:
        lock_only(User.objects.filter(pk=user.pk))
        others = [one for one in sessions_of(user.pk, at).rows if one.key != key]
        too_many = others if alone else others[max(settings.SESSIONS_MOST - 1, 0) :]
        OpenSession.objects.filter(user=user).exclude(key__in=[one.key for one in others]).delete()
        OpenSession.objects.create(user=user, key=key, since=at, address=actor.address, browser=browser_in_words(agent))
        _end(act, user.username, too_many, "" if alone else "accounts.session.displaced")


def session_rekeyed(*, actor: Actor, old: str, new: str, at: datetime) -> None:
    """A step up gives the session another key; on the list it stays the one that it was."""
    with acting(actor, at):
        OpenSession.objects.filter(key=old).update(key=new)


def end_session(*, actor: Actor, username: str, number: int, key: str, at: datetime) -> None:
    """One of one's own; `key` is the one that asks, and ends by signing out."""
    with acting(actor, at) as act:
        found = [one for one in sessions_of(_user(actor), at).rows if one.number == number and one.key != key]
        if not found:
            raise NotFound("这个登录已经不在了，或不是您的，没有办。请刷新这一页。")
        _end(act, username, found, "accounts.session.ended")


def end_other_sessions(*, actor: Actor, username: str, key: str, at: datetime) -> int:
    with acting(actor, at) as act:
        others = [one for one in sessions_of(_user(actor), at).rows if one.key != key]
        _end(act, username, others, "accounts.session.ended")
    return len(others)


def _user(actor: Actor) -> int:
    assert actor.user_id is not None, "whoever asks is signed in"
    return actor.user_id


def _end(act: Act, username: str, found: list[Own], action: str) -> None:
    keys = [one.key for one in found]
    Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(key__in=keys).delete()
    for one in found if action else ():
        act.record(action, f"user:{username}", address=one.address, browser=one.browser)
