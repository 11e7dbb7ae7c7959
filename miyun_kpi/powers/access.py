"""How far a 联络员 reaches: the own unit, its people, and the posts it has. Asked when something is proposed and again when
it is released."""

from datetime import date

from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import STRONG_ROLES, Role, Verb
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.lib.names import same_name
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.powers import queries

# What nobody proposes by a list: two administrators grant it, one by one.
WEAK_ROLES = [role for role in Role if role not in STRONG_ROLES]


def own_unit(actor: Actor) -> Organisation:
    """Of whoever proposes; raises for everybody else."""
    require(actor, Verb.PROPOSE_ACCOUNTS)
    return one_of(Organisation.objects.filter(pk=actor.organisation_id or 0))


def listing(actor: Actor, on: date) -> tuple[Organisation | None, list[Role]]:
    """Who proposes accounts by a list: a 联络员 for the own unit and its roles, the system administrator for every unit."""
    if actor.may(Verb.PROPOSE_ACCOUNTS):
        unit = own_unit(actor)
        return unit, queries.roles_here(unit, on)
    require(actor, Verb.MANAGE_ACCOUNTS)
    return None, WEAK_ROLES


def require_own(actor: Actor, code: str) -> None:
    if own_unit(actor).code != code:
        raise NotAllowed("other-unit", "联络员只提请本单位的账号和岗位，没有提请。请由那个单位的联络员办理。")


def standing(code: str, on: date) -> Organisation:
    unit = one_of(Organisation.objects.filter(code=code))
    if unit.valid_to is not None and unit.valid_to <= on:
        raise Refused(
            "organisation-gone",
            f"{unit.name}已于 {unit.valid_to:%Y-%m-%d} 撤并，没有执行。请退回，由承接单位的联络员按现在的情况提请。",
        )
    return unit


def require_role(unit: Organisation, role: str, on: date) -> None:
    roles = queries.roles_here(unit, on)
    if role not in roles:
        here = "、".join(one.label for one in roles) or "没有"
        word = f"“{Role(role).label}”" if role in Role.values else "所选的"
        raise Refused(
            "role-not-here",
            f"联络员只能提请本单位现有的岗位（{here}），{word}不在其中，没有执行。要新设的请安全管理员授予。",
        )


def colleague(unit: Organisation, username: str, on: date) -> User:
    user = queries.of_the_unit(unit, on).filter(username=username.strip()).first()
    if user is None:
        raise Refused(
            "not-of-the-unit",
            f"“{username.strip()[:30]}”现在不是{unit.name}的人，没有执行。请选本单位的人，外单位调来的由管理员办理。",
        )
    return user


def refuse_namesake_waiting(unit: Organisation, username: str, name: str) -> None:
    """Beside those who hold posts there already (accounts.services.namesakes)."""
    for waits, other in queries.names_waiting(unit).items():
        if waits != username and same_name(other, name):
            raise Refused(
                "namesake",
                f"{unit.name}已提请过一位“{name}”（{waits}），没有提请。不是同一个人的，请在姓名后加上区别，"
                f"例如“{name}（综合科）”。",
            )


def post_within(unit: Organisation, post_id: int) -> Post:
    row = Post.objects.select_related("user", "organisation").filter(pk=post_id).first()
    if row is None or row.organisation_id != unit.pk:
        raise Refused("other-unit", f"这个岗位不是{unit.name}的，没有执行。请由那个单位的联络员提请。")
    if row.role in STRONG_ROLES:
        raise Refused(
            "strong-post",
            f"{row.get_role_display()}的岗位由两名管理员办理，联络员不能提请，没有执行。请告知安全管理员。",
        )
    return row


def account_within(unit: Organisation, username: str, on: date) -> User:
    """Whose every post is one that the 联络员 of the unit may propose something about."""
    user = colleague(unit, username, on)
    for row in Post.objects.from_day(on).filter(user=user):
        post_within(unit, row.pk)
    return user
