"""An account held for an act, and what ends with it: its sessions and its tokens."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import Q

from miyun_kpi.accounts.models import ApiToken, User
from miyun_kpi.acts.acting import lock_only


def account_locked(username: str) -> User:
    return lock_only(User.objects.filter(username=username, is_client=False))


def end_sessions(user: User, at: datetime) -> int:
    """The person of a session stands inside its signed data, so each living one is opened and looked at."""
    own = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=at).iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return Session.objects.filter(pk__in=own).delete()[0]


def end_tokens(user: User) -> int:
    """Those it answers for."""
    return ApiToken.objects.filter(Q(user=user) | Q(owner=user)).delete()[0]
