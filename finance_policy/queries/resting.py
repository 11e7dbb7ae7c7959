"""What of 贴息 rests on a record of the library that is put right by 勘正."""

from collections.abc import Mapping, Sequence
from datetime import date

from finance_policy.queries.granting import KINDS, released
from miyun_kpi.emendations.registry import Rest, register_resting
from miyun_kpi.registers.models import Record

# The level of a released 贴息 is that of its release; what else it rests on is held against the facts every night.
LEVEL, DAYS = "level", ("recognised_on", "code")


def of_record(row: Record, wanted: Mapping[str, str], today: date) -> Sequence[Rest]:
    if row.kind not in KINDS:
        return []
    changed = {name for name, text in wanted.items() if text != row.values.get(name, "")}
    found = []
    for one in released([row.pk]).order_by("number"):
        if changed & set(DAYS):
            found.append(Rest(str(one), "当晚按改后的内容重算，差额待补或待追回"))
        elif LEVEL in changed:
            found.append(Rest(str(one), f"仍按核定时的{one.get_level_display()}；要按改后的级次，撤销后重新核定"))
    return found


def register() -> None:
    register_resting("record", of_record)
