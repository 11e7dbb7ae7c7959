"""What waits on “my desk” for the units of 19号 besides the steps of its registers."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from finance_policy.access import keeps_clause
from finance_policy.enums import DOCUMENT, SUBJECT
from finance_policy.queries.due import due_records
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor

SOON_DAYS = 3


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if actor.organisation_id is None:
        return []
    return _reviews(actor, at) if actor.may(Verb.KEEP_REGISTERS) else []


def _reviews(actor: Actor, at: datetime) -> list[DeskItem]:
    """Whether the actor keeps a clause is asked once for each, however many records are due."""
    today = at.astimezone().date()
    keeps = cache(lambda clause: keeps_clause(actor, clause))
    items = []
    for due in due_records(today):
        if not keeps(due.kind.clause):
            continue
        late = due.day < today
        soon = workdays.working_days_between(today, due.day) <= SOON_DAYS
        items.append(
            DeskItem(
                group="late" if late else "due-soon" if soon else "later", subject=SUBJECT,
                state="overdue" if late else "due", title=due.title,
                context=f"{due.kind.title} · {due.kind.field(due.kind.due).label} {due.day}", url=due.url,
                action="办理", document=DOCUMENT, clause=due.kind.clause,
            )
        )  # fmt: skip
    return items
