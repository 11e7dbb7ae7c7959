"""期初导入: enterprises and projects that were recognised before go-live enter the library in one workbook, as they stood.

By two persons of the office, and all rows or none.
"""

from collections.abc import Sequence
from datetime import datetime

from finance_policy import access
from finance_policy.enums import APP
from finance_policy.rules.kinds.library import IN_LIBRARY
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError, NotFound, Refused
from miyun_kpi.registers.enums import Act
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.services.records import ImportRow, import_records

CODE = "finance-opening"
KINDS = ("enterprises", "projects")
NEEDED = ("standard", "level", "recognised_on", "review_on")


def open_library(*, actor: Actor, kind: str, rows: Sequence[ImportRow], basis: str, at: datetime) -> int:
    """All or nothing, by who confirms it; returns how many came in. `basis`: the paper list behind it."""
    access.require_office(actor, "期初导入")
    said = basis.strip()
    if not 4 <= len(said) <= 300:
        raise Refused("no-basis", "请写期初名单的依据（4 至 300 字），例如某次认定公告；没有导入。")
    require_openable(kind, rows)
    declared, _ = kind_by(APP, kind)
    new = [row.values for row in rows]
    with acting(actor, at) as act:
        import_records(actor=actor, app=APP, kind=kind, rows=rows, at=at)
        keys = ["\x1f".join(values[name] for name in declared.unique)[:300] for values in new]
        made = Record.objects.filter(kind=declared.key, unique_key__in=keys)
        number = made.update(stage=IN_LIBRARY)
        RecordEvent.objects.bulk_create(
            RecordEvent(
                record_id=pk,
                act=Act.STEPPED,
                step="期初入库",
                step_code="opening",
                at=at,
                by=actor.label,
                by_id=actor.user_id,
                reason=said,
            )
            for pk in made.values_list("pk", flat=True)
        )
        data = {"kind": kind, "rows": number, "basis": said}
        act.record("finance.library.opened", f"register:{declared.key}", **data)
    return number


def require_openable(kind: str, rows: Sequence[ImportRow], problems: Sequence[FieldError] = ()) -> None:
    """Every row must say on what standard, at which level and when it was recognised; all that is wrong is said at once.

    `problems`: what was wrong with the workbook itself. Rows that are registered already are refused: history is added,
    not changed.
    """
    if kind not in KINDS:
        raise NotFound
    declared, _ = kind_by(APP, kind)
    wrong, new = list(problems), [row.values for row in rows if row.record_id is None]
    for values in new:
        lacking = [declared.field(name).label for name in NEEDED if not values.get(name)]
        if lacking:
            wrong.append(FieldError(f"“{values['name']}”没有填{'、'.join(lacking)}。", "missing"))
    wrong += [
        FieldError(f"“{row.values['name']}”已经登记过，期初导入不改已有的。", "twice") for row in rows if row.record_id
    ]
    if wrong or not new:
        first = wrong[0].message if len(wrong) == 1 else f"有 {len(wrong)} 处要改。"
        raise Refused(
            "rows-refused", f"{first if wrong else '没有新的登记。'}全部没有导入，请改好后再上传。", errors=wrong
        )
