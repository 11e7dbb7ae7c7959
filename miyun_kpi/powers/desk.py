"""What waits for an administrator: activations to release, and what units propose; and what came back to a 联络员."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from miyun_kpi.accounts import queries as accounts
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Part
from miyun_kpi.organisations.models import Reorganisation
from miyun_kpi.powers.unit_acts import waiting_for
from miyun_kpi.proposals.access import of_own_office
from miyun_kpi.proposals.registry import decision, proposed_by
from miyun_kpi.routes import to

# More than these are one line that leads to the list.
ONE_BY_ONE = 5
# 推定: what came back stays on the desk so long, unless it is proposed again.
CAME_BACK = timedelta(days=14)


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    return [
        *_activations(actor),
        *_to_ask(actor, at),
        *_of_units(actor),
        *_left_behind(actor, at),
        *_returned(actor, at),
    ]


def _turn(title: str, context: str, url: str, action: str, *, state: str = "to_confirm") -> DeskItem:
    return DeskItem(
        group="to-check",
        subject="desk",
        state=state,
        title=f"{title}"[:60],
        context=f"{context}"[:200],
        url=url,
        action=action,
        kind=ItemKind.TURN,
    )


def _activations(actor: Actor) -> Sequence[DeskItem]:
    if not actor.may(Verb.GRANT_POSTS):
        return []
    waiting = list(accounts.to_release(actor.user_id))
    if len(waiting) > ONE_BY_ONE:
        said = "新账号和重设密码，可以一次放行一批"
        return [_turn(f"激活待放行：{len(waiting)} 项", said, to("accounts:halves"), "核实后放行")]
    return [
        _turn(
            f"激活待放行：{row.user}",
            f"{row.recorded_by}提请，理由：{row.reason}",
            to("accounts:activation", row.pk),
            "核实后放行",
        )
        for row in waiting
    ]


def _to_ask(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if not actor.may(Verb.MANAGE_ACCOUNTS):
        return []
    number = accounts.shut_out(at).count()
    said = "已建立而没有在办的激活，或激活过了期，本人登录不了"
    return [_turn(f"待提请激活：{number} 个账号", said, to("accounts:halves"), "提请激活")] if number else []


def _of_units(actor: Actor) -> Sequence[DeskItem]:
    number = waiting_for(actor).count()
    said = "联络员和系统管理员提请的账号和岗位，可以一次放行一批"
    return [_turn(f"账号和岗位提请待放行：{number} 件", said, to("powers:waiting"), "核实后放行")] if number else []


def _left_behind(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    """Posts of a body that has ended: nobody acts from them until somebody has said where they go on."""
    if not actor.may(Verb.GRANT_POSTS):
        return []
    posts = list(accounts.left_behind(at.astimezone().date()).select_related("organisation"))
    found = []
    for unit in sorted({post.organisation for post in posts}, key=lambda one: one.code):
        changes = Reorganisation.objects.standing()
        change = changes.filter(units__organisation=unit, units__part=Part.ENDED).first()
        number = sum(post.organisation_id == unit.pk for post in posts)
        address = to("organisations:change", change.pk) if change else to("accounts:posts")
        said = f"自 {unit.valid_to} 撤并；这些人转过去以前什么也办不了"
        found.append(_turn(f"{unit.name}还有 {number} 个岗位待交接", said, address, "去交接", state="late"))
    return found


def _returned(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if actor.role != Role.LIAISON:
        return []
    found = of_own_office(actor).filter(code__in=proposed_by(Role.LIAISON))
    back = found.filter(state=TwoPersonState.RETURNED, confirmed_at__gt=at - CAME_BACK)
    since = {(row.code, row.thing): row.pk for row in found.order_by("pk")}
    return [
        DeskItem(
            group="returned",
            subject="desk",
            state="returned",
            title=f"{decision(row.code).word}被退回：{row.name}"[:60],
            context=f"{row.confirmed_by}：{row.note}"[:200],
            url=to("proposals:proposal", row.pk),
            action="看意见",
            kind=ItemKind.RETURNED,
        )
        for row in back.order_by("confirmed_at")
        if since[(row.code, row.thing)] == row.pk
    ]
