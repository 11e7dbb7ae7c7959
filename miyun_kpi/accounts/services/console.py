"""Who stands at the server: an administrator shown by password and 动态口令, where the site itself cannot be started."""

from datetime import datetime

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, SecondFactor, User
from miyun_kpi.accounts.services.factor import shows
from miyun_kpi.acts.acting import lock_one
from miyun_kpi.db.sealed import KeyMissing
from miyun_kpi.lib.errors import NotAllowed

WRONG = "{username} 的用户名、密码或动态口令不对，没有执行。请核对后再试。"


def at_the_console(*, username: str, password: str, code: str, role: Role, at: datetime) -> User:
    """The account of somebody who holds `role` today; inside an act, which says so in its own record.

    Without the key of personal data a 动态口令 cannot be looked at; then the password is what there is.
    """
    user = lock_one(User.objects.filter(username=username.strip().lower(), is_active=True))
    if user is None or not user.check_password(password) or not _shown(user, code, at):
        raise NotAllowed("not-shown", WRONG.format(username=username.strip()[:30]))
    if not Post.objects.on(at.astimezone().date()).filter(user=user, role=role).exists():
        raise NotAllowed("not-in-post", f"{user}（{user.username}）今天不是{role.label}，没有执行。")
    return user


def _shown(user: User, code: str, at: datetime) -> bool:
    factor = lock_one(SecondFactor.objects.filter(user=user, confirmed_at__isnull=False))
    if factor is None:
        return True
    try:
        passed = shows(factor, code, at)
    except KeyMissing:
        return True
    if passed:
        factor.save(update_fields=["last_step"])
    return passed
