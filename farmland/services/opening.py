"""期初和历史 before go-live: lots with what was used and transferred already, all rows or none, by two persons of the pool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from farmland import access
from farmland.enums import EntryKind
from farmland.services.ledger import Move, append, lock_pool
from farmland.services.lots import NewLot, checked_lot, put_lot
from miyun_kpi.acts.acting import acting, tried
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError, Refused


@dataclass(frozen=True)
class OpeningRow:
    """`number`: the row of the workbook."""

    number: int
    record_number: str
    name: str
    town: str
    builder: str
    builder_name: str
    mining: bool
    area: Decimal
    accepted_on: date
    acceptance_number: str
    used: Decimal
    transferred: Decimal
    cost: Decimal | None
    profit: Decimal | None
    quality: str
    paddy: Decimal | None
    capacity: str
    coordination: str


CODE = "farmland-opening"
DECIMALS = ("area", "used", "transferred", "cost", "profit", "paddy")


def unpacked(given: Mapping[str, Any]) -> OpeningRow:
    """A row as it was stored while it waited: figures and days as text."""
    numbers = {name: None if given[name] is None else Decimal(given[name]) for name in DECIMALS}
    return OpeningRow(**{**given, **numbers, "accepted_on": date.fromisoformat(given["accepted_on"])})


def rehearse(*, actor: Actor, rows: Sequence[OpeningRow], at: datetime) -> list[FieldError]:
    """What the import would say, with nothing written."""
    try:
        with tried(actor, at):
            _put(actor, rows, at)
    except Refused as refusal:
        return list(refusal.errors)
    return []


def import_opening(*, actor: Actor, rows: Sequence[OpeningRow], at: datetime) -> int:
    """Carried out by who confirms it; returns how many lots came in."""
    access.require_pool(actor)
    with acting(actor, at) as act:
        _put(actor, rows, at)
        act.record("farmland.ledger.opened", "farmland-ledger", lots=len(rows))
    return len(rows)


def _put(actor: Actor, rows: Sequence[OpeningRow], at: datetime) -> None:
    access.require_pool(actor)
    pool = lock_pool()
    problems: list[FieldError] = []
    moves: list[Move] = []
    for row in rows:
        facts = {name: value for name, value in row.__dict__.items() if name not in ("number", "used", "transferred")}
        try:
            if row.used + row.transferred > row.area:
                raise Refused(
                    "below-zero",
                    f"已使用和已转让共 {row.used + row.transferred:.4f} 亩，超过验收 {row.area:.4f} 亩，没有导入。请核对。",
                )
            lot = put_lot(actor, checked_lot(NewLot(**facts), at), at)
        except Refused as refusal:
            said = refusal.message.replace("，没有保存", "").replace("，没有入库", "").replace("，没有导入", "")
            problems.append(
                FieldError(f"第 {row.number} 行（{row.record_number}）：{said}", refusal.code, field=str(row.number))
            )
            continue
        reason, clause = f"上线前的期初，{lot.accepted_on} 验收（{lot.acceptance_number}）", "21·第五条"
        moves.append(Move(lot, EntryKind.OPENING, row.area, reason, clause))
        if row.used:
            moves.append(Move(lot, EntryKind.OPENING_USED, row.used, "上线前已使用", "21·第七条"))
        if row.transferred:
            moves.append(Move(lot, EntryKind.OPENING_TRANSFERRED, row.transferred, "上线前已转让外区", "21·第七条"))
    if problems:
        raise Refused(
            "rows-refused", f"有 {len(problems)} 行不能写入，一行也没有导入。请改好后再上传。", errors=problems
        )
    append(actor=actor, pool=pool, moves=moves, at=at)
