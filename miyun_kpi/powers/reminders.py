"""Once a month: accounts that nobody signs in with, and people without a post. Nothing is disabled but by a person's act."""

from datetime import date

from django.conf import settings
from django.db.models import QuerySet

from miyun_kpi.accounts import queries as accounts
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.inbox.services import Message, send_due
from miyun_kpi.jobs.clock import Offices, Run, timed
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.powers.queries import of_the_unit
from miyun_kpi.routes import to

NAMED = 10
TO_DO = "不再用的，请提请停用；还在用的，请本人登录一次。系统不自动停用。"


def _administrators() -> Offices:
    """Today's and those to come: whoever ended is not told."""
    held = Post.objects.filter(role=Role.SYSTEM_ADMIN, ends_on__isnull=True)
    return sorted(set(held.values_list("organisation_id", "role")))


@timed("powers.send_notices", "久未登录的账号的提醒", tells=_administrators)
def send_notices(run: Run) -> None:
    """To the 联络员 of each unit its own, to the system administrators all of them."""
    today = run.at.astimezone().date()
    held = Post.objects.on(today).filter(role=Role.LIAISON)
    units = Organisation.objects.filter(pk__in=held.values("organisation_id")).exclude(valid_to__lte=today)
    messages = run.gather(units.order_by("pk"), lambda unit: _of_unit(unit, today), key=lambda unit: unit.code)
    everybody = User.objects.filter(is_client=False)
    for organisation_id, role in _administrators():
        url = to("accounts:people", state="stale")
        messages += _told("all", organisation_id, role, url, everybody, today)
    send_due(run, messages)


def _of_unit(unit: Organisation, today: date) -> list[Message]:
    return _told("unit", unit.pk, Role.LIAISON, to("powers:unit"), of_the_unit(unit, today), today)


def _told(whose: str, organisation_id: int, role: str, url: str, people: QuerySet[User], today: date) -> list[Message]:
    unused = accounts.stale(people, today)
    idle = people.filter(is_active=True).exclude(pk__in=Post.objects.from_day(today).values("user_id"))
    if not unused and not idle:
        return []
    days = settings.STALE_ACCOUNT_DAYS
    said = [f"{days} 天没有登录的：{_names(unused)}"] if unused else []
    said += [f"现在没有岗位的：{_names(idle)}"] if idle else []
    return [
        Message(
            key=f"stale/{today:%Y-%m}/{whose}/{organisation_id}",
            organisation_id=organisation_id,
            role=role,
            title=f"久未登录的账号 {unused.count()} 个，没有岗位的 {idle.count()} 个",
            body=f"{'；'.join(said)}。{TO_DO}",
            url=url,
        )
    ]


def _names(people: QuerySet[User]) -> str:
    """The first of many, and how many there are besides."""
    found = first(people.order_by("username"), NAMED)
    rest = f"，另有 {found.rest} 人" if found.rest else ""
    return "、".join(f"{one}（{one.username}）" for one in found) + rest
