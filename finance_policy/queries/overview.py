"""The registers of 19号 with how many rows stand, for the first page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from finance_policy.enums import APP
from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by, kinds_of
from miyun_kpi.registers.rules.kinds import Kind


@dataclass(frozen=True)
class Ledger:
    """`open` is None where a register has no stages."""

    kind: Kind
    number: int
    open: int | None
    writes: bool


def ledgers_of(actor: Actor) -> Sequence[Ledger]:
    counted: dict[str, dict[str, int]] = {}
    rows = Record.objects.filter(kind__startswith=f"{APP}.", struck_at__isnull=True).order_by()
    for row in rows.values("kind", "stage").annotate(n=Count("pk")):
        counted.setdefault(row["kind"], {})[row["stage"]] = row["n"]
    made = []
    for kind in kinds_of(APP):
        stages = counted.get(kind.key, {})
        still = sum(stages.get(code, 0) for code in kind.open_stages) if kind.stages else None
        made.append(Ledger(kind, sum(stages.values()), still, kind_by(APP, kind.code)[1].adds(actor)))
    return made
