"""Who carries what in a draft: the whole matrix at once, or a row or column of it."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Sum

from evaluation.drafting.services.lock import lock_draft, record_edit
from evaluation.enums import FigureKind
from evaluation.scheme.models.scheme import Figure, Scheme
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound
from miyun_kpi.organisations.models import Organisation


def matrix_version(scheme: Scheme) -> int:
    """Of the matrix of today's units as a whole: any change of a cell raises it, and a new or lost row or column moves it.

    A cell that is still lacking counts as it will stand, so that bringing it is nobody's change.
    """
    units = Organisation.objects.of_track(scheme.track)
    found = Figure.objects.filter(scheme=scheme, kind=FigureKind.CARRIED, organisation__in=units)
    there = found.aggregate(total=Sum("version"), cells=Count("pk"))
    lacking = units.count() * scheme.indicators.count() - there["cells"]
    return int(there["total"] or 0) + lacking


def save_carriers(
    *,
    actor: Actor,
    scheme_id: int,
    version: int,
    carried: Collection[int],
    row: str = "",
    column: int | None = None,
    value: bool = True,
    at: datetime,
) -> int:
    """Cells among `carried` (figures) are carried, the others not; then a whole row (organisation's code) or column
    (indicator) takes `value`. Returns how many cells changed."""
    with acting(actor, at):
        scheme = lock_draft(actor, scheme_id, at)
        found = Figure.objects.filter(scheme=scheme, kind=FigureKind.CARRIED)
        cells = list(found.select_related("organisation", "indicator"))
        # Ticks of a unit or an item that has gone since are nobody's; a cell that stands elsewhere is.
        gone = set(carried) - {cell.pk for cell in cells}
        if Figure.objects.filter(pk__in=gone).exists():
            raise NotFound("有一格不在这个草案里，没有保存。请刷新后再改。")
        wanted = {cell.pk: "yes" if cell.pk in carried else "no" for cell in cells}
        for cell in cells:
            assert cell.organisation is not None
            if cell.organisation.code == row or cell.indicator_id == column:
                wanted[cell.pk] = "yes" if value else "no"
        changed = [cell for cell in cells if cell.value != wanted[cell.pk]]
        if not changed:
            return 0
        if matrix_version(scheme) != version:
            raise Conflict(
                "stale",
                f"承担表刚被别人改过，与您的有 {len(changed)} 格不同（下面用蓝底标出），没有保存。看过后仍要改，请再存一次。",
            )
        data = [{"key": cell.key, "old": cell.value, "new": wanted[cell.pk]} for cell in changed]
        for cell in changed:
            cell.value, cell.version, cell.note = wanted[cell.pk], cell.version + 1, f"{scheme.year}年拟定。"
        Figure.objects.bulk_update(changed, ["value", "version", "note"], batch_size=200)
        record_edit(actor, "carriers-changed", scheme, {"changes": data}, at)
    return len(changed)
