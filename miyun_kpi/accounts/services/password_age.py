"""How old a password may grow under the profile 等保."""

from datetime import datetime, timedelta

from django.conf import settings

from miyun_kpi.accounts.models import PasswordRecord, User
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor

REMIND_DAYS = 14


def password_until(user_id: int | None) -> datetime | None:
    """When the present password must be changed; None where passwords do not grow old, or nobody knows since when it is."""
    if not settings.PASSWORD_DAYS or user_id is None:
        return None
    last = PasswordRecord.objects.filter(user_id=user_id).first()
    return last.set_at + timedelta(days=settings.PASSWORD_DAYS) if last else None


def check_age(*, actor: Actor, user: User, at: datetime) -> None:
    """At the sign-in. One set before the profile counts from its first sign-in under it; one too old must be changed first."""
    if not settings.PASSWORD_DAYS:
        return
    until = password_until(user.pk)
    with acting(actor, at) as act:
        if until is None:
            PasswordRecord.objects.create(user=user, encoded=user.password, set_at=at)
        elif until <= at and not user.must_change_password:
            user.must_change_password = True
            user.save(update_fields=["must_change_password"])
            act.record("accounts.password.expired", f"user:{user.username}", days=settings.PASSWORD_DAYS)
