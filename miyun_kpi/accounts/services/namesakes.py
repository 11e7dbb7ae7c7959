"""Two people of one name in one unit: every trail must tell them apart, so one of them bears a word."""

from datetime import date

from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.names import same_name
from miyun_kpi.organisations.models import Organisation


def refuse_namesake(name: str, user: User, unit: Organisation, day: date) -> None:
    """Raises while somebody else who holds a post in the unit, now or to come, is called the same."""
    others = Post.objects.from_day(day).filter(organisation=unit).exclude(user=user).select_related("user")
    for post in others:
        if same_name(post.user.display_name, name):
            raise Refused(
                "namesake",
                f"{unit.name}已有一位“{name}”（{post.user.username}），没有执行。请由系统管理员给其中一位的姓名加上区别，"
                f"例如“{name}（综合科）”。",
            )
