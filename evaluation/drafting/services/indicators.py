"""Indicators of a draft: added, changed, moved, removed; numbers always run 1, 2, 3 … without gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Max

from evaluation.drafting.services.lock import lock_draft, record_edit, require_version
from evaluation.enums import FigureKind, FigureStatus, Scope
from evaluation.scheme.models.scheme import Dimension, DimensionTotal, Figure, Indicator, Scheme
from evaluation.scheme.queries.figures import ended_evaluator
from evaluation.scheme.rules.figures import draft_key, normalise
from evaluation.scheme.services.cells import blank_cells
from miyun_kpi.acts.acting import acting
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver


@dataclass(frozen=True)
class IndicatorInput:
    """`number`: the place wanted; those behind it move. `dimension`: its code in the draft."""

    short_name: str
    name: str
    basis: str
    clause: str
    dimension: str
    number: int
    scope: str
    offline_only: bool


def add_indicator(
    *,
    actor: Actor,
    scheme_id: int,
    version: int,
    wanted: IndicatorInput,
    weights: Mapping[str, str],
    evaluator: str,
    at: datetime,
) -> Indicator:
    """A new indicator with its weight in every zone ("" for departments) and one evaluator; nobody carries it yet."""
    with acting(actor, at):
        scheme = lock_draft(actor, scheme_id, at)
        require_version(scheme.version, version, "草案的指标")
        errors: list[FieldError] = []
        dimension = _check(scheme, wanted, errors)
        read: dict[str, str] = {}
        for zone, text in weights.items():
            try:
                read[zone] = normalise(FigureKind.WEIGHT, text)
            except Refused as refusal:
                errors.append(FieldError(refusal.message, refusal.code, field=f"weight_{zone or 'all'}"))
        organisation = resolver()(evaluator.strip())
        if organisation is None:
            sentence = f"没有叫“{evaluator.strip()[:30]}”的单位，没有保存。请从列出的单位中选。"
            errors.append(FieldError(sentence, "unknown-organisation", field="evaluator"))
        elif gone := ended_evaluator(organisation):
            errors.append(FieldError(gone, "ended-unit", field="evaluator"))
        _refuse(errors)
        assert dimension is not None and organisation is not None
        count = scheme.indicators.count()
        indicator = Indicator.objects.create(
            scheme=scheme,
            dimension=dimension,
            number=count + 1,
            name=wanted.name.strip(),
            short_name=wanted.short_name.strip(),
            basis=wanted.basis.strip(),
            clause=wanted.clause.strip(),
            offline_only=wanted.offline_only,
        )
        _create_figures(scheme, indicator, read, organisation, wanted.scope)
        _move(scheme, indicator, wanted.number)
        _raise_version(scheme)
        record_edit(actor, "indicator-added", scheme, _facts(indicator) | {"weights": read}, at)
    return indicator


def change_indicator(
    *, actor: Actor, scheme_id: int, indicator_id: int, version: int, wanted: IndicatorInput, at: datetime
) -> Indicator:
    """Its words, dimension, place, 考评范围 and 材料线下报送."""
    with acting(actor, at):
        scheme = lock_draft(actor, scheme_id, at)
        indicator = _indicator(scheme, indicator_id)
        require_version(indicator.version, version, f"“{indicator.short_name}”")
        errors: list[FieldError] = []
        dimension = _check(scheme, wanted, errors, indicator)
        _refuse(errors)
        assert dimension is not None
        before = _facts(indicator)
        indicator.dimension = dimension
        indicator.name, indicator.short_name = wanted.name.strip(), wanted.short_name.strip()
        indicator.basis, indicator.clause = wanted.basis.strip(), wanted.clause.strip()
        indicator.offline_only = wanted.offline_only
        scope = Figure.objects.get(scheme=scheme, indicator=indicator, kind=FigureKind.SCOPE)
        old_scope = scope.value
        if scope.value != wanted.scope:
            scope.value, scope.version, scope.note = wanted.scope, scope.version + 1, f"{scheme.year}年拟定。"
            scope.save(update_fields=["value", "version", "note"])
        moved = wanted.number != indicator.number
        after = _facts(indicator)
        if before == after and not moved and old_scope == wanted.scope:
            return indicator
        indicator.version += 1
        indicator.save()
        if moved:
            _move(scheme, indicator, wanted.number)
            _raise_version(scheme)
        data = {"old": before | {"scope": old_scope}, "new": _facts(indicator) | {"scope": wanted.scope}}
        record_edit(actor, "indicator-changed", scheme, data, at)
    return indicator


def remove_indicator(*, actor: Actor, scheme_id: int, indicator_id: int, version: int, at: datetime) -> None:
    """With all its figures; those behind it move up. A scheme keeps at least one."""
    with acting(actor, at):
        scheme = lock_draft(actor, scheme_id, at)
        indicator = _indicator(scheme, indicator_id)
        require_version(indicator.version, version, f"“{indicator.short_name}”")
        if scheme.indicators.count() == 1:
            raise Refused("last-indicator", "方案至少要有一项指标，没有删去。请先添上新的再删这一项。")
        facts = _facts(indicator)
        facts["figures"] = list(indicator.figures.exclude(kind=FigureKind.CARRIED).values_list("key", "value"))
        indicator.delete()
        _renumber(list(scheme.indicators.order_by("number")))
        _raise_version(scheme)
        record_edit(actor, "indicator-removed", scheme, facts, at)


def add_dimension(*, actor: Actor, scheme_id: int, version: int, name: str, at: datetime) -> Dimension:
    """A new 考评维度 behind the others, its totals still 0."""
    with acting(actor, at):
        scheme = lock_draft(actor, scheme_id, at)
        require_version(scheme.version, version, "草案的维度")
        _check_dimension_name(scheme, name)
        existing = list(scheme.dimensions.all())
        code = next(c for c in (f"d{n}" for n in range(len(existing) + 1, 99)) if c not in {d.code for d in existing})
        order = max((d.order for d in existing), default=0) + 1
        dimension = Dimension.objects.create(
            scheme=scheme, code=code, name=name.strip(), order=order, clause=scheme.clause
        )
        DimensionTotal.objects.bulk_create(
            DimensionTotal(dimension=dimension, zone=zone, total=Decimal(0)) for zone in _zones(scheme)
        )
        _raise_version(scheme)
        record_edit(actor, "dimension-added", scheme, {"code": code, "name": dimension.name}, at)
    return dimension


def change_dimension(
    *, actor: Actor, scheme_id: int, dimension_id: int, version: int, name: str, remove: bool = False, at: datetime
) -> None:
    """Rename it, or remove one that holds no indicator."""
    with acting(actor, at):
        scheme = lock_draft(actor, scheme_id, at)
        dimension = one_of(scheme.dimensions.filter(pk=dimension_id))
        require_version(dimension.version, version, f"“{dimension.name}”")
        old = dimension.name
        if remove:
            if dimension.indicators.exists():
                raise Refused("dimension-in-use", f"“{old}”下面还有指标，没有删去。请先把它们移到别的维度。")
            dimension.delete()
            record_edit(actor, "dimension-removed", scheme, {"name": old}, at)
            return
        if name.strip() == old:
            return
        _check_dimension_name(scheme, name)
        dimension.name, dimension.version = name.strip(), version + 1
        dimension.save()
        record_edit(actor, "dimension-changed", scheme, {"old": old, "new": dimension.name}, at)


# ── parts of the acts ─────────────────────────────────────────────────────────────────────────────


def _check_dimension_name(scheme: Scheme, name: str) -> None:
    if not 1 <= len(name.strip()) <= 20:
        raise Refused("bad-name", "维度名称须为 1 至 20 字，没有保存。")
    if scheme.dimensions.filter(name=name.strip()).exists():
        raise Refused("doubled-name", f"已经有叫“{name.strip()}”的维度，没有保存。请换一个名称。")


def _indicator(scheme: Scheme, indicator_id: int) -> Indicator:
    found = one_of(
        scheme.indicators.select_related("dimension").filter(pk=indicator_id),
        "没有这一项指标，可能刚被删去，没有保存。",
    )
    return found


def _check(
    scheme: Scheme, wanted: IndicatorInput, errors: list[FieldError], own: Indicator | None = None
) -> Dimension | None:
    def wrong(field: str, message: str) -> None:
        errors.append(FieldError(message, "bad-indicator", field=field))

    for field, label, most in (("short_name", "简称", 40), ("name", "考评内容", 500), ("clause", "条款", 60)):
        text = getattr(wanted, field).strip()
        if not 1 <= len(text) <= most or "\x00" in text:
            wrong(field, f"{label}须为 1 至 {most} 字，没有保存。")
    if len(wanted.basis) > 2000 or "\x00" in wanted.basis:
        wrong("basis", "考评依据超过 2000 字，没有保存。请精简。")
    others = scheme.indicators.exclude(pk=own.pk if own else 0)
    if others.filter(short_name=wanted.short_name.strip()).exists():
        wrong("short_name", f"已经有简称“{wanted.short_name.strip()}”的指标，没有保存。请换一个简称。")
    most_number = scheme.indicators.count() + (0 if own else 1)
    if not 1 <= wanted.number <= most_number:
        wrong("number", f"序号须在 1 至 {most_number} 之间，没有保存。")
    if wanted.scope not in Scope.values:
        wrong("scope", "考评范围须是季考、半年考或年考，没有保存。")
    dimension = scheme.dimensions.filter(code=wanted.dimension).first()
    if dimension is None:
        wrong("dimension", "没有选考评维度，没有保存。请选一个。")
    return dimension


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        message = errors[0].message if len(errors) == 1 else f"有 {len(errors)} 处要改，没有保存。"
        raise Refused(errors[0].code, message, errors=errors)


def _zones(scheme: Scheme) -> list[str]:
    found = DimensionTotal.objects.filter(dimension__scheme=scheme).order_by("pk").values_list("zone", flat=True)
    return list(dict.fromkeys(found))


def _create_figures(
    scheme: Scheme, indicator: Indicator, weights: Mapping[str, str], evaluator: Organisation, scope: str
) -> None:
    order = scheme.figures.aggregate(last=Max("order"))["last"] or 0
    rows: list[Figure] = []

    def add(kind: str, rest: str, value: str, **fields: object) -> None:
        rows.append(
            Figure(
                scheme=scheme,
                key=draft_key(kind, indicator.pk, rest),
                kind=kind,
                indicator=indicator,
                value=value,
                status=FigureStatus.ASSUMED,
                clause=indicator.clause,
                note=f"{scheme.year}年新拟。",
                order=order + len(rows) + 1,
                **fields,
            )
        )

    if set(weights) != set(_zones(scheme)):
        raise Refused("zones-missing", "每个分区都要有分值，没有保存。请补齐。")
    for zone, value in weights.items():
        add(FigureKind.WEIGHT, zone or "all", value, zone=zone)
    add(FigureKind.SHARE, "1", f"{evaluator.code}:1", organisation=evaluator)
    add(FigureKind.SCOPE, "", scope)
    units = Organisation.objects.of_track(scheme.track).in_printed_order()
    lacking = [(indicator, unit) for unit in units]
    rows += blank_cells(scheme, lacking, note=f"{scheme.year}年新拟。", first=order + len(rows) + 1)
    Figure.objects.bulk_create(rows, batch_size=500)


def _move(scheme: Scheme, indicator: Indicator, number: int) -> None:
    rest = list(scheme.indicators.exclude(pk=indicator.pk).order_by("number"))
    _renumber([*rest[: number - 1], indicator, *rest[number - 1 :]])


def _renumber(ordered: list[Indicator]) -> None:
    """In two steps, for no two may have one number even for a moment."""
    for start in (20_000, 0):
        for number, indicator in enumerate(ordered, start=start + 1):
            indicator.number = number
        Indicator.objects.bulk_update(ordered, ["number"])


def _raise_version(scheme: Scheme) -> None:
    scheme.version += 1
    scheme.save(update_fields=["version"])


def _facts(indicator: Indicator) -> dict[str, object]:
    return {
        "number": indicator.number,
        "short_name": indicator.short_name,
        "name": indicator.name,
        "basis": indicator.basis,
        "clause": indicator.clause,
        "dimension": indicator.dimension.code,
        "offline_only": indicator.offline_only,
    }
