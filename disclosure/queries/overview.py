"""Counts of what is to be published, by stage and by unit, in the scope of whoever looks."""

from django.db.models import Count, Q, QuerySet

from disclosure.enums import APP, Stage
from disclosure.rules.kinds import PUBLISHED
from miyun_kpi.registers.models import Record


def stage_number(found: QuerySet[Record], stage: str) -> int:
    """Items to be published that stand in the stage."""
    return found.filter(kind__in=[f"{APP}.{code}" for code in PUBLISHED], stage=stage).count()


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
