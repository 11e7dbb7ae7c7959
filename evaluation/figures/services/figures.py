"""Confirming and replacing figures of a scheme: proposed by one person, checked by a second (engine 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from evaluation.enums import BatchState, FigureKind
from evaluation.figures.services.following import bring_sheets_along
from evaluation.periods.services import scheme_moved
from evaluation.scheme.access.office import offices_of, require_office, takes_back
from evaluation.scheme.models.scheme import Figure, FigureBatch, FigureChange, Scheme
from evaluation.scheme.queries.figures import organisation_names, subject_words, value_words
from evaluation.scheme.queries.schemes import SchemeView, scheme_view
from evaluation.scheme.queries.waiting import waiting_in, waiting_words
from evaluation.scheme.rules.figures import check_dimension_sums, check_shares, normalise, split_share
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import Act, acting, locked, require_other_hand
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, NotFound, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.routes import to


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
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    require_office(actor, Verb.CONFIRM_FIGURES, track=scheme.track)
    if scheme.copied_from_id is not None:
        raise Refused("amend", "这个方案是审定印发的，数字都已定，没有提交。要改，请在方案页提出修订。")
    if actor.user_id is None:
        raise NotAllowed("no-person", "确认单要由具名的人提出，没有提交。请登录后办理。")
    original_page, reason = original_page.strip(), reason.strip()
    if not original_page or len(original_page) > 60:
        raise Refused("page-missing", "请写明印发原件的页码或文件名（60 字以内），没有提交。")
    if not reason:
        raise Refused("reason-missing", "请写明依据（哪份文件、谁答复），没有提交。")
    if not wanted:
        raise Refused("nothing-chosen", "没有选中任何数字，没有提交。请先在表里选中要确认的格。")
    with acting(actor, at) as act:
        # The scheme's row stands for its figures: proposals and checks of one scheme go one after the other.
        scheme = locked(Scheme.objects.all(), scheme.pk)
        found = Figure.objects.filter(scheme=scheme, pk__in={w.figure_id for w in wanted})
        figures = {f.pk: f for f in found.select_related("indicator", "organisation")}
        _require_free(scheme, figures)
        changes = read_changes(figures, wanted)
        require_consistent(scheme, {change.figure_id: change.new_value for change in changes})
        batch = FigureBatch.objects.create(
            scheme=scheme,
            source=source,
            original_page=original_page,
            reason=reason,
            proposed_by_id=actor.user_id,
            proposed_by=actor.label,
            proposed_at=at,
        )
        for change in changes:
            change.batch = batch
        FigureChange.objects.bulk_create(changes, batch_size=500)
        act.record(
            "evaluation.figures.proposed",
            f"figure-batch:{batch.pk}",
            count=len(changes),
            page=original_page,
            reason=reason,
            source=source,
        )
    return batch


def _require_free(scheme: Scheme, figures: dict[int, Figure]) -> None:
    """One figure waits in one 确认单. The scheme is locked, so that of two proposals the second finds the first."""
    held = waiting_in(scheme, figures)
    if not held:
        return
    errors = [FieldError(waiting_words(figures[pk], held[pk]), "waiting", field=figures[pk].key) for pk in held]
    if len(errors) == 1:
        message = f"{errors[0].message}没有提交。"
    else:
        numbers = "、".join(f"{pk} 号" for pk in sorted({batch.pk for batch in held.values()}))
        message = f"有 {len(errors)} 个数字已在 {numbers}确认单里等复核，不能再提，整批没有提交。"
    raise Conflict("waiting", message, errors=errors)


def read_changes(figures: dict[int, Figure], wanted: Sequence[Wanted]) -> list[FigureChange]:
    resolve = resolver()
    if len({w.figure_id for w in wanted}) != len(wanted):
        raise Refused("chosen-twice", "同一个数字在一张确认单里出现了两次，没有提交。请只留一处。")
    changes: list[FigureChange] = []
    errors: list[FieldError] = []
    stale = False
    names = organisation_names(figures.values())
    for w in wanted:
        figure = figures.get(w.figure_id)
        if figure is None:
            raise NotFound
        if figure.version != w.version:
            stale = True
            now = value_words(figure.kind, figure.value, names)
            errors.append(FieldError(f"“{subject_words(figure)}”刚被改过，现为 {now}。", "stale", field=figure.key))
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
            message = f"{subject_words(figure)}：{refusal.message}"
            errors.append(FieldError(message, refusal.code, field=figure.key))
            continue
        changes.append(
            FigureChange(figure=figure, old_value=figure.value, new_value=value, seen_version=figure.version)
        )
    if errors:
        kind = Conflict if stale else Refused
        message = errors[0].message if len(errors) == 1 else f"有 {len(errors)} 处不能提交，整批没有提交。"
        raise kind(errors[0].code, message, errors=errors)
    return changes


def require_consistent(scheme: Scheme, new_values: dict[int, str]) -> None:
    """Refuse a set of values that breaks a printed total or the sum of an indicator's shares."""
    view = scheme_view(scheme)
    problems = consistency_problems(view, new_values)
    if problems:
        raise Refused(
            "sums-differ",
            f"{problems[0]}没有提交，请一起改定。" if len(problems) == 1 else f"有 {len(problems)} 处不合，没有提交。",
            clause=scheme.cite(scheme.clause),
            errors=[FieldError(problem, "sums-differ") for problem in problems],
        )


def consistency_problems(view: SchemeView, new_values: dict[int, str]) -> list[str]:
    weights: dict[tuple[str, str], list[Decimal]] = {}
    shares: dict[int, list[Fraction]] = {}
    names: dict[tuple[str, str], tuple[str, str]] = {}
    doubled: list[str] = []
    for iv in view.indicators:
        dimension = iv.indicator.dimension
        for zone, figure in iv.weights.items():
            key = (zone, dimension.code)
            names[key] = (figure.get_zone_display() if zone else "", dimension.name)
            weights.setdefault(key, []).append(Decimal(new_values.get(figure.pk, figure.value)))
        marking: set[tuple[str, str]] = set()
        for share in iv.shares:
            code, fraction = split_share(new_values.get(share.figure.pk, share.figure.value))
            shares.setdefault(iv.indicator.number, []).append(fraction)
            if (code, share.figure.part) in marking:
                doubled.append(f"第 {iv.indicator.number} 项里同一考评部门出现了两次，一家只能占一份。")
            marking.add((code, share.figure.part))
    named_weights = {names[key]: values for key, values in weights.items()}
    named_totals = {names[key]: view.dimension_totals[key] for key in weights}
    return check_dimension_sums(named_weights, named_totals) + check_shares(shares) + doubled


def check_figures(*, actor: Actor, batch_id: int, approve: bool, note: str, at: datetime) -> FigureBatch:
    """The second person: approved, every figure takes its value and counts as confirmed; or the batch goes back."""
    with acting(actor, at) as act:
        batch = one_of(FigureBatch.objects.filter(pk=batch_id))
        # The scheme first, as in a proposal: two batches on one figure are applied one after the other.
        scheme = locked(Scheme.objects.all(), batch.scheme_id)
        batch = locked(FigureBatch.objects.all(), batch_id)
        batch.scheme = scheme
        require_office(actor, Verb.CONFIRM_FIGURES, track=batch.scheme.track)
        _require_open(batch)
        require_other_hand(
            actor, batch.proposed_by_id, "确认单要由另一个人复核，没有执行。请考评办的另一位同事办理。", at
        )
        if not approve and not note.strip():
            raise Refused("reason-missing", "退回要写意见，没有执行。")
        batch.state = BatchState.CHECKED if approve else BatchState.RETURNED
        batch.checked_by_id, batch.checked_by = actor.user_id, actor.label
        batch.checked_at, batch.check_note = at, note.strip()
        changes = list(
            batch.changes.select_related("figure", "figure__organisation", "figure__indicator").order_by(
                "figure__order"
            )
        )
        if approve:
            _apply(batch, changes, at)
            scheme_moved(scheme)
        batch.save()
        act.record(
            "evaluation.figures.checked" if approve else "evaluation.figures.returned",
            f"figure-batch:{batch.pk}",
            page=batch.original_page,
            note=batch.check_note,
            figures=[{"key": c.figure.key, "old": c.old_value, "new": c.new_value} for c in changes],
        )
        _tell_proposer(act, batch, len(changes))
    return batch


def _tell_proposer(act: Act, batch: FigureBatch, count: int) -> None:
    """What became of it, to the office that proposed it. One that waits stands on the desk of who may check it, and goes
    from there when it is withdrawn: nobody was told of it by a notice."""
    passed = batch.state == BatchState.CHECKED
    what = f"{count} 处已取新值并算作已确认" if passed else f"{count} 处没有改动，可以重新提出"
    note = f"意见：{batch.check_note}" if batch.check_note else "没有写意见。"
    act.tell(
        [
            Message(
                key=f"figure-batch/{batch.pk}/{batch.state}/{pk}",
                organisation_id=pk,
                role=Role.EVALUATION_OFFICE,
                title=f"{batch.pk} 号方案数字确认单{'已通过' if passed else '已退回'}"[:120],
                body=f"{batch.proposed_by}提出，{batch.checked_by}复核，{what}。{note}",
                url=to("evaluation:batch", batch.pk),
                clause=batch.scheme.cite(batch.scheme.clause),
                hand=act.actor.user_id,
            )
            for pk in offices_of(batch, act.today)
        ]
    )


def _require_open(batch: FigureBatch) -> None:
    if batch.state != BatchState.PROPOSED:
        raise Conflict("already-checked", f"这张确认单{batch.get_state_display()}（{batch.ended_by}），没有再次执行。")


def withdraw_figures(*, actor: Actor, batch_id: int, reason: str, at: datetime) -> FigureBatch:
    """Taken back while it waits: its figures are free again."""
    reason = read_reason(reason, "撤回要写理由", most=300)
    with acting(actor, at) as act:
        batch = one_of(FigureBatch.objects.filter(pk=batch_id))
        scheme = locked(Scheme.objects.all(), batch.scheme_id)
        batch = locked(FigureBatch.objects.all(), batch_id)
        require_office(actor, Verb.CONFIRM_FIGURES, track=scheme.track)
        _require_open(batch)
        if not takes_back(actor, batch, act.today):
            raise NotAllowed("not-yours", "确认单由提出的人撤回，没有执行。您可以写明意见退回它。")
        batch.state, batch.withdraw_reason = BatchState.WITHDRAWN, reason
        act.sign(batch, "withdrawn")
        batch.save()
        act.record("evaluation.figures.withdrawn", f"figure-batch:{batch.pk}", reason=reason)
    return batch


def _apply(batch: FigureBatch, changes: Sequence[FigureChange], at: datetime) -> None:
    stale = [change for change in changes if change.figure.version != change.seen_version]
    if stale:
        names = organisation_names([c.figure for c in stale])
        raise Conflict(
            "stale",
            f"有 {len(stale)} 个数字在提出之后又被改过，整单没有执行。请退回后重新提出。",
            errors=[
                FieldError(
                    f"“{subject_words(c.figure)}”现为 {value_words(c.figure.kind, c.figure.value, names)}。",
                    "stale",
                    field=c.figure.key,
                )
                for c in stale
            ],
        )
    require_consistent(batch.scheme, {change.figure_id: change.new_value for change in changes})
    replaced = [change.figure for change in changes if change.figure.value != change.new_value]
    evaluators = evaluators_named([c.new_value for c in changes if c.figure.kind == FigureKind.SHARE])
    for change in changes:
        figure = change.figure
        figure.value, figure.confirmed, figure.version = change.new_value, True, figure.version + 1
        if figure.kind == FigureKind.SHARE:
            figure.organisation = evaluators[split_share(figure.value)[0]]
    Figure.objects.bulk_update(
        [c.figure for c in changes], ["value", "confirmed", "version", "organisation"], batch_size=200
    )
    if replaced:
        bring_sheets_along(batch.scheme, replaced, at)


def evaluators_named(shares: Sequence[str]) -> dict[str, Organisation]:
    """The organisations that values of shares name, by code."""
    return {o.code: o for o in Organisation.objects.filter(code__in={split_share(value)[0] for value in shares})}
