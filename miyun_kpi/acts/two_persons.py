"""What one person proposes and another of the same office releases, gives back or later revokes.

The record has `state` of an enum with PROPOSED, CONFIRMED, RETURNED and REVOKED, a `note`, and the signatures `recorded`,
`confirmed` and, where it can be revoked, `revoked`.
"""

from collections.abc import Callable
from typing import Any

from miyun_kpi.acts.acting import Act
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.lib.reading import read_reason

ANOTHER = "确认要由登记人以外的另一个人办理，没有执行。请本办的另一位同事办理。"


def release(
    act: Act, row: Any, states: Any, *, confirm: bool, note: str, possible: Callable[[], object] | None = None
) -> None:
    """Confirmed, or given back with an observation, by another than who recorded it.

    `possible` raises what stands in the way of the confirmation today.
    """
    act.require_state(row, (states.PROPOSED,), "确认或退回")
    act.require_other_hand(row, "recorded", ANOTHER)
    row.note = read_reason(note, "退回要写意见", required=not confirm)
    if confirm and possible is not None:
        possible()
    row.state = states.CONFIRMED if confirm else states.RETURNED
    act.sign(row, "confirmed")
    act.save(row)


def revoke(act: Act, row: Any, states: Any, *, note: str) -> None:
    """No longer in force; the record stays and says why."""
    act.require_state(row, (states.CONFIRMED,), "撤销")
    row.note, row.state = read_reason(note, "撤销要写依据"), states.REVOKED
    act.sign(row, "revoked")
    act.save(row)


def withdraw(act: Act, row: Any, states: Any) -> None:
    """By whoever proposed it, while it waits."""
    act.require_state(row, (states.PROPOSED,), "撤回")
    if row.recorded_by_id != act.actor.user_id:
        raise NotAllowed("not-yours", f"{row.called}由提出的人撤回，没有执行。您可以退回它。")
    row.state = states.WITHDRAWN
    act.save(row)
