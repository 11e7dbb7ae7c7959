"""The registers of 22号 with how many rows stand and are closed, for the first page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by, kinds_of
from miyun_kpi.registers.rules.kinds import Kind


@dataclass(frozen=True)
class Ledger:
    """`closed` is None where a register has no closing stage."""

    kind: Kind
    number: int
    closed: int | None
    writes: bool


def ledgers_of(actor: Actor) -> Sequence[Ledger]:
    counted: dict[str, dict[str, int]] = {}
    rows = Record.objects.filter(kind__startswith="water.", struck_at__isnull=True).order_by()
    for row in rows.values("kind", "stage").annotate(n=Count("pk")):
        counted.setdefault(row["kind"], {})[row["stage"]] = row["n"]
    made = []
    for kind in kinds_of("water"):
        stages = counted.get(kind.key, {})
        ends = [one.code for one in kind.stages if one.closed]
        closed = sum(stages.get(code, 0) for code in ends) if ends else None
        made.append(Ledger(kind, sum(stages.values()), closed, kind_by("water", kind.code)[1].adds(actor)))
    return made
