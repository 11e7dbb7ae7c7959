"""Confirming and replacing figures of a scheme: proposed by one person, checked by a second (engine 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from evaluation.access import require_office
from evaluation.enums import BatchState, FigureKind, SheetState
from evaluation.models import Figure, FigureBatch, FigureChange, Mark, MarkSheet, Scheme
from evaluation.queries.schemes import IndicatorView, SchemeView, ShareView, scheme_view
from evaluation.rules.figures import check_dimension_sums, check_shares, normalise, split_share
from evaluation.services.periods import full_mark_of
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver


@dataclass(frozen=True)
class Wanted:
    """A figure with the version seen and the value wanted (the stored one: a plain confirmation)."""

    figure_id: int
    version: int
    value: str


def propose_figures(
    *,
    actor: Actor,
    scheme_id: int,
    wanted: Sequence[Wanted],
    original_page: str,
    reason: str,
    at: datetime,
    source: str = "",
) -> FigureBatch:
    """Propose confirmations and replacements, naming the page of the printed original.

    Refuses what would break a printed total (13号三（一）表、三（二）表) or the sum of shares; all problems at once.
    """
    scheme = Scheme.objects.filter(pk=scheme_id).first()
    if scheme is None:
        raise NotFound
    require_office(actor, Verb.CONFIRM_FIGURES, track=scheme.track)
    original_page, reason = original_page.strip(), reason.strip()
    if not original_page or len(original_page) > 60:
        raise Refused("page-missing", "请写明印发原件的页码或文件名（60 字以内），没有提交。")
    if not reason:
        raise Refused("reason-missing", "请写明依据（哪份文件、谁答复），没有提交。")
    if not wanted:
        raise Refused("nothing-chosen", "没有选中任何数字，没有提交。请先在表里选中要确认的格。")
    with transaction.atomic():
        figures = {f.pk: f for f in Figure.objects.filter(scheme=scheme, pk__in=[w.figure_id for w in wanted])}
        changes = _changes(figures, wanted)
        _require_consistent(scheme, {change.figure_id: change.new_value for change in changes})
        batch = FigureBatch.objects.create(
            scheme=scheme,
            source=source,
            original_page=original_page,
            reason=reason,
            proposed_by_id=actor.user_id or 0,
            proposed_by=actor.label,
            proposed_at=at,
        )
        for change in changes:
            change.batch = batch
        FigureChange.objects.bulk_create(changes, batch_size=500)
        record(
            actor=actor,
            action="evaluation.figures.proposed",
            subject=f"figure-batch:{batch.pk}",
            data={"count": len(changes), "page": original_page, "reason": reason, "source": source},
            at=at,
        )
    return batch


def _changes(figures: dict[int, Figure], wanted: Sequence[Wanted]) -> list[FigureChange]:
    resolve = resolver()
    changes: list[FigureChange] = []
    errors: list[FieldError] = []
    stale = False
    for w in wanted:
        figure = figures.get(w.figure_id)
        if figure is None:
            raise NotFound
        if figure.version != w.version:
            stale = True
            errors.append(FieldError(f"{figure.key} 刚被改为 {figure.value}。", "stale", field=figure.key))
            continue
        try:
            value = normalise(figure.kind, w.value)
            if figure.kind == FigureKind.SHARE:
                code, share = split_share(value)
                organisation = resolve(code)
                if organisation is None:
                    raise Refused("unknown-organisation", f"没有叫“{code[:30]}”的单位，没有提交。")
                value = f"{organisation.code}:{share}"
        except Refused as refusal:
            errors.append(FieldError(refusal.message, refusal.code, field=figure.key))
            continue
        changes.append(
            FigureChange(figure=figure, old_value=figure.value, new_value=value, seen_version=figure.version)
        )
    if errors:
        kind = Conflict if stale else Refused
        message = errors[0].message if len(errors) == 1 else f"有 {len(errors)} 处不能提交，整批没有提交。"
        raise kind(errors[0].code, message, errors=errors)
    return changes


def _require_consistent(scheme: Scheme, new_values: dict[int, str]) -> None:
    """Refuse a set of values that breaks a printed total or the sum of an indicator's shares."""
    view = scheme_view(scheme)
    problems = consistency_problems(view, new_values)
    if problems:
        raise Refused(
            "sums-differ",
            problems[0] if len(problems) == 1 else f"有 {len(problems)} 处合计不符，没有提交。{problems[0]}",
            clause=f"{scheme.document}号 {scheme.clause}",
            errors=[FieldError(problem, "sums-differ") for problem in problems],
        )


def consistency_problems(view: SchemeView, new_values: dict[int, str]) -> list[str]:
    weights: dict[tuple[str, str], list[Decimal]] = {}
    shares: dict[int, list[Fraction]] = {}
    names: dict[tuple[str, str], tuple[str, str]] = {}
    for iv in view.indicators:
        dimension = iv.indicator.dimension
        for zone, figure in iv.weights.items():
            key = (zone, dimension.code)
            names[key] = (figure.get_zone_display() if zone else "", dimension.name)
            weights.setdefault(key, []).append(Decimal(new_values.get(figure.pk, figure.value)))
        for share in iv.shares:
            _, fraction = split_share(new_values.get(share.figure.pk, share.figure.value))
            shares.setdefault(iv.indicator.number, []).append(fraction)
    named_weights = {names[key]: values for key, values in weights.items()}
    named_totals = {names[key]: view.dimension_totals[key] for key in weights}
    return check_dimension_sums(named_weights, named_totals) + check_shares(shares)


def check_figures(*, actor: Actor, batch_id: int, approve: bool, note: str, at: datetime) -> FigureBatch:
    """The second person: approved, every figure takes its value and counts as confirmed; or the batch is rejected."""
    with transaction.atomic():
        batch = FigureBatch.objects.select_for_update(of=("self",)).select_related("scheme").filter(pk=batch_id).first()
        if batch is None:
            raise NotFound
        require_office(actor, Verb.CONFIRM_FIGURES, track=batch.scheme.track)
        if batch.state != BatchState.PROPOSED:
            raise Conflict("already-checked", f"这张确认单{batch.get_state_display()}，没有再次执行。")
        if batch.proposed_by_id == actor.user_id:
            raise NotAllowed("second-person", "确认单要由另一个人复核，没有执行。请考评办的另一位同事办理。")
        if not approve and not note.strip():
            raise Refused("reason-missing", "不通过要写意见，没有执行。")
        batch.state = BatchState.CHECKED if approve else BatchState.REJECTED
        batch.checked_by_id, batch.checked_by = actor.user_id, actor.label
        batch.checked_at, batch.check_note = at, note.strip()
        changes = list(batch.changes.select_related("figure", "figure__organisation", "figure__indicator"))
        if approve:
            _apply(batch, changes)
        batch.save()
        record(
            actor=actor,
            action="evaluation.figures.checked" if approve else "evaluation.figures.rejected",
            subject=f"figure-batch:{batch.pk}",
            data={
                "page": batch.original_page,
                "note": batch.check_note,
                "figures": [{"key": c.figure.key, "old": c.old_value, "new": c.new_value} for c in changes],
            },
            at=at,
        )
    return batch


def _apply(batch: FigureBatch, changes: Sequence[FigureChange]) -> None:
    stale = [change for change in changes if change.figure.version != change.seen_version]
    if stale:
        raise Conflict(
            "stale",
            f"有 {len(stale)} 个数字在提出之后又被改过，整单没有执行。请退回后重新提出。",
            errors=[FieldError(f"{c.figure.key} 现为 {c.figure.value}", "stale", field=c.figure.key) for c in stale],
        )
    _require_consistent(batch.scheme, {change.figure_id: change.new_value for change in changes})
    replaced = [change.figure for change in changes if change.figure.value != change.new_value]
    for change in changes:
        figure = change.figure
        figure.value, figure.confirmed, figure.version = change.new_value, True, figure.version + 1
        if figure.kind == FigureKind.SHARE:
            figure.organisation = Organisation.objects.get(code=split_share(figure.value)[0])
    Figure.objects.bulk_update(
        [c.figure for c in changes], ["value", "confirmed", "version", "organisation"], batch_size=200
    )
    if replaced:
        _bring_sheets_along(batch.scheme, replaced)


def _bring_sheets_along(scheme: Scheme, replaced: Sequence[Figure]) -> None:
    """Sheets already open follow a replaced figure; where marks would change their meaning, the change is refused."""
    sheets = list(
        MarkSheet.objects.filter(scheme=scheme).select_related("share_figure", "indicator").prefetch_related("marks")
    )
    if not sheets:
        return
    view = scheme_view(scheme)
    kinds = {figure.kind for figure in replaced}
    touched_indicators = {figure.indicator_id for figure in replaced}
    marked = [s for s in sheets if any(m.value is not None or m.not_applicable for m in s.marks.all())]
    if FigureKind.FULL_MARK in kinds and marked:
        raise Refused(
            "marks-exist", f"已有 {len(marked)} 张打分表有分，打分满分不能再改，没有执行。须在第一张表开始前定下。"
        )
    if FigureKind.OWN_MARK in kinds and marked:
        raise Refused(
            "marks-exist",
            f"已有 {len(marked)} 张打分表有分，评本单位的办法不能再改，没有执行。须在第一张表开始前定下。",
        )
    for iv in view.indicators:
        if iv.indicator.pk not in touched_indicators and FigureKind.FULL_MARK not in kinds:
            continue
        for sheet in (s for s in sheets if s.indicator_id == iv.indicator.pk):
            share = next(s for s in iv.shares if s.figure.pk == sheet.share_figure_id)
            if sheet.evaluator_id != share.evaluator.pk:
                if sheet in marked:
                    raise Refused(
                        "marks-exist", f"“{iv.indicator.short_name}”已由原考评部门打分，不能换考评部门，没有执行。"
                    )
                MarkSheet.objects.filter(pk=sheet.pk).update(evaluator=share.evaluator, version=sheet.version + 1)
            rows = {m.organisation_id: m for m in sheet.marks.all()}
            _sync_rows(view, iv, share, sheet, rows)


def _sync_rows(view: SchemeView, iv: IndicatorView, share: ShareView, sheet: MarkSheet, rows: dict[int, Mark]) -> None:
    """Add blank cells of new carriers (a filed sheet is then incomplete and goes back); drop blank ones struck out."""
    added = [
        Mark(sheet=sheet, organisation=o, order=order, full_mark=full_mark_of(view, iv, share, o.zone))
        for order, o in enumerate(view.organisations, start=1)
        if o.pk in iv.carriers and o.pk not in rows
    ]
    Mark.objects.bulk_create(added)
    if added and sheet.state == SheetState.FILED:
        MarkSheet.objects.filter(pk=sheet.pk).update(
            state=SheetState.RETURNED, version=sheet.version + 1, reopen_reason="承担单位有增加，请补打空白格"
        )
    gone = [m.pk for pk, m in rows.items() if pk not in iv.carriers and m.value is None and not m.not_applicable]
    Mark.objects.filter(pk__in=gone).delete()
    for organisation in view.organisations:
        mark = rows.get(organisation.pk)
        if mark is None or organisation.pk not in iv.carriers:
            continue
        full = full_mark_of(view, iv, share, organisation.zone)
        if mark.full_mark != full:
            if mark.value is not None:
                raise Refused("marks-exist", f"“{iv.indicator.short_name}”按分值打分且已有分，分值不能再改，没有执行。")
            Mark.objects.filter(pk=mark.pk).update(full_mark=full)
