"""A password that soon must be changed stands on the desk of its owner."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from miyun_kpi.accounts.services import REMIND_DAYS, password_until
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    until = password_until(actor.user_id)
    if until is None or until - at > timedelta(days=REMIND_DAYS):
        return []
    return [
        DeskItem(
            group="due-soon" if until - at <= timedelta(days=3) else "later",
            subject="desk",
            state="not_filed",
            title="密码快到期，请改密码",
            context="到期以后登录，须先改密码才能办理。",
            url=to("accounts:change-password"),
            action="改密码",
            due_at=until,
            kind=ItemKind.TERM,
        )
    ]
