"""环保一票否决 and a black grade reach the library: the firm stops, its 复核 is due at once, the office is told.

What is given follows the days by itself (queries.granting); the stage and the notice only say so where people look.
"""

from collections.abc import Sequence
from datetime import datetime

from finance_policy.enums import DOCUMENT, SubsidyState
from finance_policy.models import Subsidy
from finance_policy.queries.granting import KINDS, halted, of_code
from finance_policy.rules.kinds.library import HALTED, IN_LIBRARY
from finance_policy.services.settling import settle, to_office
from miyun_kpi.acts.acting import Act, acting, lock_all
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.citations import cite
from miyun_kpi.registers.enums import Act as Deed
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.registry import kind_of, record_address
from miyun_kpi.registers.services.records import write

CLAUSE = cite(DOCUMENT, "三（一）1")


def lock_firm(code: str) -> Sequence[Record]:
    """Enterprise and projects of a code, before anything of 19号 is locked."""
    return lock_all(of_code(code))


def follow(act: Act, code: str, rows: Sequence[Record], cause: str) -> None:
    """After the fact: the stage of every row, then the money. `rows` as `lock_firm` gave them."""
    why = halted(code)
    for row in rows:
        if why and row.stage == IN_LIBRARY:
            _halt(act, row, why)
        elif not why and row.stage == HALTED:
            _move(act, row, IN_LIBRARY, "恢复支持（随登记）", "resume", cause, {})
    settle(act, [row.pk for row in rows], cause)


def settle_firm(code: str, at: datetime) -> None:
    """Every night: a firm that came into the library while it was stopped, and what a 勘正 of the library changed."""
    with acting(SYSTEM, at) as act:
        follow(act, code, lock_firm(code), "当晚核对")


def codes() -> list[str]:
    """Firms in the library, and firms with a released 贴息."""
    stands = Record.objects.filter(kind__in=KINDS, stage__in=[IN_LIBRARY, HALTED], struck_at__isnull=True)
    given = Subsidy.objects.filter(state=SubsidyState.RELEASED).values_list("code", flat=True)
    return sorted({values.get("code", "") for values in stands.values_list("values", flat=True)} | set(given))


def _halt(act: Act, row: Record, why: str) -> None:
    due = {"review_on": min(row.values.get("review_on") or act.today.isoformat(), act.today.isoformat())}
    _move(act, row, HALTED, "停止支持（随登记）", "halt", why, due)
    kind, _ = kind_of(row)
    to_office(
        act,
        key=f"finance-halt:{row.pk}:{row.version}",
        title=f"停止支持，请即复核：{row.values['name']}",
        body=f"{why}。贴息自那一天起不再计，请在库里复核，或移出。",
        url=record_address(kind, row.pk),
        clause=CLAUSE,
    )


def _move(act: Act, row: Record, stage: str, word: str, code: str, reason: str, changed: dict[str, str]) -> None:
    kind, _ = kind_of(row)
    before = {name: row.values.get(name, "") for name in changed}
    row.stage = stage
    write(kind, row, {**row.values, **changed}, act.actor, act.at, read=[])
    RecordEvent.objects.create(
        record=row,
        act=Deed.STEPPED,
        step=word,
        step_code=code,
        at=act.at,
        by=act.actor.label,
        by_id=act.actor.user_id,
        reason=reason[:500],
        before=before,
    )
    act.record("finance.library.halted" if code == "halt" else "finance.library.resumed", row, reason=reason)
