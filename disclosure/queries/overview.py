"""Counts over all kinds, by stage and by unit, in the scope of whoever looks."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from disclosure.enums import APP, Stage
from disclosure.rules.kinds import KINDS, PUBLISHED
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.rules.kinds import Kind

COUNTED = (Stage.DRAFT, Stage.SUBMITTED, Stage.REVIEWED, Stage.PUBLISHED)


@dataclass(frozen=True)
class KindLine:
    """`stages` in the order of COUNTED, empty for a ledger that publishes nothing."""

    kind: Kind
    number: int
    stages: Sequence[int]
    share: int


def kind_lines(found: QuerySet[Record]) -> list[KindLine]:
    rows = found.order_by().values("kind", "stage").annotate(n=Count("pk"))
    counted = {(row["kind"], row["stage"]): row["n"] for row in rows}
    totals = {kind.key: sum(n for (key, _), n in counted.items() if key == kind.key) for kind in KINDS}
    most = max([1, *totals.values()])
    return [
        KindLine(
            kind,
            totals[kind.key],
            [counted.get((kind.key, stage), 0) for stage in COUNTED] if kind.code in PUBLISHED else [],
            round(100 * totals[kind.key] / most),
        )
        for kind in KINDS
    ]


def unit_lines(found: QuerySet[Record]) -> list[tuple[str, str, int, int, int]]:
    """Code, name, items, of them published, share of the longest bar in per cent."""
    items = found.filter(kind__in=[f"{APP}.{code}" for code in PUBLISHED], owner__isnull=False)
    rows = (
        items.order_by()
        .values("owner__code", "owner__name", "owner__order")
        .annotate(n=Count("pk"), out=Count("pk", filter=Q(stage=Stage.PUBLISHED)))
    )
    ordered = sorted(rows, key=lambda row: (-row["n"], row["owner__order"]))
    most = max([1, *(row["n"] for row in ordered)])
    return [(r["owner__code"], r["owner__name"], r["n"], r["out"], round(100 * r["n"] / most)) for r in ordered]
