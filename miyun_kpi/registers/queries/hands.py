"""Whose hands did what on a record, and what a step makes of it: one answer for the service, the page and the desk."""

from collections import defaultdict
from collections.abc import Collection

from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.enums import Act
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.rules.kinds import Step

# What keeps a person from a step that the post may take.
LAST, BEFORE, FOR_HIM = "上一步由您办理", "前面的步骤由您办过", "前面的步骤由您代理的人办过"
IN_PERSON = "这一步要由本人登录办理"

# By record, the users who took each step (its code) or registered the record (`Act.CREATED`).
Hands = dict[str, set[int | None]]


def hands_on(records: Collection[int]) -> dict[int, Hands]:
    """One query, however many records."""
    found: dict[int, Hands] = defaultdict(lambda: defaultdict(set))
    if not records:
        return found
    events = RecordEvent.objects.filter(record__in=records).order_by("pk")
    for record, act, code, user, before in events.values_list("record_id", "act", "step_code", "by_id", "before"):
        if act == Act.STEPPED:
            found[record][code].add(user)
        elif act in (Act.CREATED, Act.IMPORTED) and before == {}:
            found[record][Act.CREATED].add(user)
    return found


def kept_from(actor: Actor, record: Record, step: Step, hands: Hands) -> str:
    """LAST, BEFORE, FOR_HIM (a deputy, of whom he stands in for), IN_PERSON (a client), or "": nothing keeps him from it."""
    if actor.token_id is not None and (step.second_person or step.apart_from):
        return IN_PERSON
    if step.second_person and (actor.user_id is None or record.hand_id == actor.user_id):
        return LAST
    did = {user for code in step.apart_from for user in hands.get(code, ())}
    if step.apart_from and (actor.user_id is None or actor.user_id in did):
        return BEFORE
    did |= {record.hand_id} if step.second_person else set()
    return FOR_HIM if actor.stands_for is not None and actor.stands_for in did else ""
