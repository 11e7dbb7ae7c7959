"""期初登记: what already runs when the system begins is taken in at its stage, with the day since which it stands there.

By two persons of the keeping office: its steps were taken on paper, so nobody's hand stands on it here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.lib.reading import require_past
from miyun_kpi.registers.enums import Act
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import Rights, kind_by
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.registers.services.records import checked, day_of, insert, organisation_resolver

CODE = "registers-opening"


def opens(kind: Kind) -> bool:
    """Registers with steps of their own whose stage is not computed, whose points may be imported at all, and by this door."""
    online = any(step.online for step in kind.steps)
    apart = kind.protected or kind.opened_apart
    return bool(kind.steps) and kind.stage_of is None and not apart and not online


def require_opening(kind: Kind, stage: str, on: date, basis: str, values: Mapping[str, str], today: date) -> str:
    """The code of the stage, by its label or code. Refused for one that is closed, or that asks for what is not filled."""
    found = next((one for one in kind.stages if stage in (one.code, one.label)), None)
    said = "、".join(one.label for one in kind.stages if not one.closed)
    if found is None or found.closed:
        raise Refused("bad-stage", f"期初阶段只能是：{said}。不认识“{stage[:20]}”。")
    require_past(on, today, "期初日期")
    if not 2 <= len(basis.strip()) <= 200:
        raise Refused("no-basis", "期初依据请写台账或文书的名称（2 至 200 字）。")
    lacking = [[kind.field(name).label for name in needs if not values.get(name)] for needs in _ways(kind, found.code)]
    if lacking and all(lacking):
        raise Refused(
            "not-filled", f"到“{found.label}”以前须填{'、'.join(sorted(lacking, key=lambda one: len(one))[0])}。"
        )
    return found.code


def _ways(kind: Kind, stage: str) -> list[tuple[str, ...]]:
    """What each step asks for that leads on to the stage; those that lead back to it do not count."""
    order = {one.code: at for at, one in enumerate(kind.stages)}
    return [
        step.needs
        for step in kind.steps
        if step.target == stage and all(order[source] < order[stage] for source in step.sources)
    ]


def may(actor: Actor, kind: Kind, rights: Rights) -> None:
    if not rights.keeper(actor):
        raise NotAllowed("not-the-keeper", f"“{kind.title}”的期初登记由主管单位办理，没有执行。请交主管单位导入。")
    if not opens(kind):
        raise Refused("no-opening", f"“{kind.title}”没有期初登记，没有执行。请逐条登记。")


def open_records(*, actor: Actor, app: str, kind: str, rows: Sequence[Mapping[str, Any]], at: datetime) -> int:
    """`rows`: {"values", "stage", "on", "basis"} each, what is sealed as its token: they wait in the store for the second
    person. All or nothing; returns how many were taken in.
    """
    declared, rights = kind_by(app, kind)
    may(actor, declared, rights)
    resolve = organisation_resolver()
    with acting(actor, at) as act:
        for one in rows:
            on = date.fromisoformat(one["on"])
            kept = {field.name: one["values"].get(field.name, "") for field in declared.fields if field.sealed}
            values = checked(declared, one["values"], day_of(at), resolve, kept)
            stage = require_opening(declared, one["stage"], on, one["basis"], values, day_of(at))
            row = insert(declared, values, actor, at, Act.OPENED)
            Record.objects.filter(pk=row.pk).update(stage=stage, hand_id=None, hand="期初")
            row.events.update(done_on=on, reason=one["basis"].strip())
        act.record("registers.records.opened", f"register:{declared.key}", kind=declared.key, new=len(rows))
    return len(rows)
