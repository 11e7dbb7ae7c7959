"""The table of weights of a draft: indicator × zone, with the totals of the dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from evaluation.drafting.services.lock import lock_draft, record_edit
from evaluation.enums import FigureKind
from evaluation.scheme.models.scheme import Dimension, DimensionTotal, Figure, Scheme
from evaluation.scheme.queries.figures import subject_words
from evaluation.scheme.rules.figures import normalise
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused


@dataclass(frozen=True)
class Typed:
    """A figure, or a dimension's total in a zone (then the dimension's version), as it was seen and typed."""

    id: int
    version: int
    text: str


def save_weights(
    *, actor: Actor, scheme_id: int, weights: Sequence[Typed], totals: Sequence[Typed] = (), at: datetime
) -> int:
    """Save what differs from the stored; all or nothing, everything wrong said at once. Returns how many changed.

    Sums need not hold yet: that is said by the check, and stands in the way of 印发 only.
    """
    with acting(actor, at):
        scheme = lock_draft(actor, scheme_id, at)
        errors: list[FieldError] = []
        figures = _changed_weights(scheme, weights, errors)
        changed_totals = _changed_totals(scheme, totals, errors)
        if errors:
            stale = any(error.code == "stale" for error in errors)
            message = errors[0].message if len(errors) == 1 else f"有 {len(errors)} 格不能保存，整张表没有保存。"
            raise (Conflict if stale else Refused)(errors[0].code, message, errors=errors)
        if not figures and not changed_totals:
            return 0
        data = [{"key": f.key, "old": old, "new": f.value} for f, old in figures]
        data += [
            {"total": t.dimension.code, "zone": t.zone, "old": o, "new": plain(t.total)} for t, o in changed_totals
        ]
        for figure, _ in figures:
            figure.version += 1
            figure.note = f"{scheme.year}年拟定。"
        Figure.objects.bulk_update([f for f, _ in figures], ["value", "version", "note"], batch_size=200)
        DimensionTotal.objects.bulk_update([t for t, _ in changed_totals], ["total"])
        dimensions = {t.dimension_id: t.dimension for t, _ in changed_totals}
        for dimension in dimensions.values():
            dimension.version += 1
        Dimension.objects.bulk_update(dimensions.values(), ["version"])
        record_edit(actor, "weights-changed", scheme, {"changes": data}, at)
    return len(data)


def _changed_weights(scheme: Scheme, rows: Sequence[Typed], errors: list[FieldError]) -> list[tuple[Figure, str]]:
    found = Figure.objects.filter(scheme=scheme, kind=FigureKind.WEIGHT, pk__in={row.id for row in rows})
    stored = {figure.pk: figure for figure in found.select_related("indicator")}
    changed = []
    for row in rows:
        figure = stored.get(row.id)
        if figure is None:
            raise NotFound("有一格已不在草案里（指标可能刚被删去），没有保存。请刷新后再填。")
        try:
            value = normalise(FigureKind.WEIGHT, row.text)
        except Refused as refusal:
            message = f"{subject_words(figure)}：{refusal.message}"
            errors.append(FieldError(message, refusal.code, field=f"w{row.id}"))
            continue
        if value == figure.value:
            continue
        if row.version != figure.version:
            errors.append(_stale(subject_words(figure), figure.value, row.text, f"w{row.id}", figure.version))
            continue
        changed.append((figure, figure.value))
        figure.value = value
    return changed


def _changed_totals(
    scheme: Scheme, rows: Sequence[Typed], errors: list[FieldError]
) -> list[tuple[DimensionTotal, str]]:
    found = DimensionTotal.objects.filter(dimension__scheme=scheme, pk__in={row.id for row in rows})
    stored = {total.pk: total for total in found.select_related("dimension")}
    one: dict[int, Dimension] = {}
    changed = []
    for row in rows:
        total = stored.get(row.id)
        if total is None:
            raise NotFound("有一个维度已不在草案里，没有保存。请刷新后再填。")
        # One object a dimension: its version is raised once however many zones changed.
        total.dimension = one.setdefault(total.dimension_id, total.dimension)
        name = f"{total.dimension.name}{total.get_zone_display() if total.zone else ''}合计"
        try:
            value = read_decimal(row.text, places=3, what="合计")
            if value > 100:
                raise Refused("bad-total", f"合计 {plain(value)} 超过 100，没有保存。请改正。")
        except Refused as refusal:
            errors.append(FieldError(f"{name}：{refusal.message}", refusal.code, field=f"t{row.id}"))
            continue
        if value == total.total:
            continue
        if row.version != total.dimension.version:
            errors.append(_stale(name, plain(total.total), row.text, f"t{row.id}", total.dimension.version))
            continue
        changed.append((total, plain(total.total)))
        total.total = Decimal(value)
    return changed


def _stale(name: str, stored: str, typed: str, field: str, version: int) -> FieldError:
    message = f"{name}刚被别人改成 {stored}，您写的 {typed.strip()[:20]} 没有保存。看过后仍要改，请再存一次。"
    return FieldError(message, "stale", field=field, current={"value": stored, "version": version})
