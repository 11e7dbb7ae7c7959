"""修订 of a scheme in force: figures changed from a quarter on, proposed by one person and confirmed by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError
from django.db.models import Max

from evaluation.drafting.services.issuing import decide, require_approval, require_person
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import ActState, FigureKind, RankingKind, SchemeState
from evaluation.figures.services.figures import Wanted, evaluators_named, read_changes, require_consistent
from evaluation.figures.services.following import bring_sheets_along, hold_sheets
from evaluation.periods.services import scheme_moved
from evaluation.scheme.access.drafts import require_drafting
from evaluation.scheme.models.drafting import Amendment, AmendmentChange
from evaluation.scheme.models.scheme import Figure, FigureChange, Scheme
from evaluation.scheme.queries.figures import ended_evaluator, subject_words
from evaluation.scheme.rules.amendments import holds
from evaluation.scheme.rules.figures import split_share
from evaluation.scheme.services.cells import follow_units
from miyun_kpi.acts.acting import Act, acting, locked
from miyun_kpi.api.enums import ChangeKind
from miyun_kpi.api.feed import announce
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation


@dataclass(frozen=True)
class CarrierWanted:
    """A row of 承担单位的改动: the name of a unit, the number of an item, and what becomes of the cell where they cross.

    Not by the cell: a unit that came into the track late has none before it is asked for.
    """

    row: int
    unit: str
    item: str
    value: str


def propose_amendment(
    *,
    actor: Actor,
    scheme_id: int,
    effective_from: PeriodCode,
    wanted: Sequence[Wanted],
    carriers: Sequence[CarrierWanted] = (),
    reason: str,
    organ: str,
    approved_on: date,
    document_number: str,
    at: datetime,
) -> Amendment:
    """Only what differs is taken up. Sums and shares must hold afterwards; periods already computed stay untouched."""
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    require_drafting(actor, scheme.track)
    person = require_person(actor)
    words = {"organ": organ.strip(), "document_number": document_number.strip()}
    require_approval(words, approved_on, at)
    read_reason(reason, "请写修订理由", most=1000)
    try:
        with acting(actor, at) as act:
            scheme = locked(Scheme.objects.all(), scheme.pk)
            _require_period(scheme, effective_from)
            wanted = [*wanted, *_cells_wanted(actor, scheme, carriers, at)]
            found = Figure.objects.filter(scheme=scheme, pk__in={w.figure_id for w in wanted})
            figures = {f.pk: f for f in found.select_related("indicator", "organisation")}
            changes = [c for c in read_changes(figures, wanted) if c.old_value != c.new_value]
            if not changes:
                raise Refused("nothing-changed", "没有改动任何数字，没有提出。请先在表里改。")
            _require_settled(changes)
            _require_standing(changes)
            require_consistent(scheme, {c.figure_id: c.new_value for c in changes})
            amendment = Amendment.objects.create(
                scheme=scheme,
                effective_from=str(effective_from),
                reason=reason.strip(),
                **words,
                approved_on=approved_on,
                proposed_at=at,
                proposed_by=actor.label,
                proposed_by_id=person,
            )
            AmendmentChange.objects.bulk_create(
                AmendmentChange(
                    amendment=amendment,
                    figure_id=c.figure_id,
                    old_value=c.old_value,
                    new_value=c.new_value,
                    old_confirmed=c.figure.confirmed,
                    seen_version=c.seen_version,
                )
                for c in changes
            )
            data = {"from": str(effective_from), "changes": [[c.figure.key, c.old_value, c.new_value] for c in changes]}
            _record(act, "proposed", amendment, data)
    except IntegrityError:
        raise Conflict("amendment-waiting", "这个方案已有一件修订待确认，没有再提。请先办完那一件。") from None
    return amendment


def decide_amendment(*, actor: Actor, amendment_id: int, confirm: bool, note: str, at: datetime) -> Amendment:
    """The second person: confirmed, it takes its number and the figures hold from its quarter on; or sent back."""
    with acting(actor, at) as act:
        found = one_of(Amendment.objects.filter(pk=amendment_id))
        scheme = locked(Scheme.objects.all(), found.scheme_id)
        require_drafting(actor, scheme.track)
        if confirm:
            hold_sheets(scheme)
        amendment = locked(Amendment.objects.all(), amendment_id)
        if amendment.state != ActState.PROPOSED:
            state = amendment.get_state_display()
            raise Conflict("already-decided", f"这件修订{state}（{amendment.decided_by}），没有再次执行。")
        decide(actor, amendment, confirm, note, at)
        if confirm:
            last = scheme.amendments.aggregate(last=Max("number"))["last"] or 0
            amendment.number = last + 1
        amendment.save()
        if confirm:
            _apply(scheme, amendment, at)
            scheme_moved(scheme)
        data = {"number": amendment.number, "note": amendment.note}
        _record(act, "confirmed" if confirm else "returned", amendment, data)
        if confirm:
            about = {"scheme": scheme.pk, "track": scheme.track, "year": scheme.year, "number": amendment.number}
            about |= {"effective_from": amendment.effective_from}
            announce(kind=ChangeKind.SCHEME_AMENDED, data=about, at=at)
    return amendment


def _cells_wanted(actor: Actor, scheme: Scheme, carriers: Sequence[CarrierWanted], at: datetime) -> list[Wanted]:
    """Of a cell that two rows name the later one holds. Who is ranked today has cells from now on."""
    if not carriers:
        return []
    follow_units(actor=actor, scheme=scheme, at=at)
    units = Organisation.objects.of_track(scheme.track).filter(name__in={one.unit for one in carriers})
    cells = Figure.objects.filter(scheme=scheme, kind=FigureKind.CARRIED, organisation__in=units)
    found = {
        (cell.organisation.name, str(cell.indicator.number)): cell
        for cell in cells.select_related("organisation", "indicator")
        if cell.organisation and cell.indicator
    }
    wanted: dict[int, Wanted] = {}
    for one in carriers:
        cell = found.get((one.unit, one.item))
        if cell is None:
            raise Refused(
                "unknown-cell", f"承担第 {one.row} 行：没有“{one.unit[:30]}”或没有选指标，没有提出。请从列出的选。"
            )
        wanted[cell.pk] = Wanted(cell.pk, cell.version, one.value)
    return list(wanted.values())


def _apply(scheme: Scheme, amendment: Amendment, at: datetime) -> None:
    effective = PeriodCode.parse(amendment.effective_from)
    _require_period(scheme, effective)
    changes = list(amendment.changes.select_related("figure", "figure__organisation", "figure__indicator"))
    stale = [c for c in changes if c.figure.version != c.seen_version]
    if stale:
        raise Conflict(
            "stale",
            f"有 {len(stale)} 个数字在提出之后又被改过，没有执行。请退回后重新提出。",
            errors=[FieldError(subject_words(c.figure), "stale", field=c.figure.key) for c in stale],
        )
    _require_standing(changes)
    require_consistent(scheme, {c.figure_id: c.new_value for c in changes})
    evaluators = evaluators_named([c.new_value for c in changes if c.figure.kind == FigureKind.SHARE])
    figures = []
    for change in changes:
        figure = change.figure
        figure.value, figure.confirmed, figure.version = change.new_value, True, figure.version + 1
        if figure.kind == FigureKind.SHARE:
            figure.organisation = evaluators[change.new_value.rpartition(":")[0]]
        figures.append(figure)
    Figure.objects.bulk_update(figures, ["value", "confirmed", "version", "organisation"], batch_size=200)
    bring_sheets_along(scheme, figures, at, effective)


def _require_settled(changes: Sequence[FigureChange]) -> None:
    """An assumed figure is first confirmed as it stands, else earlier periods could never be computed officially."""
    loose = [c.figure for c in changes if c.figure.unsettled]
    if loose:
        raise Refused(
            "not-settled",
            f"有 {len(loose)} 个数字还是推定或不可读、没有确认，没有提出修订。请先确认原来的数，再修订。",
            errors=[FieldError(f"{subject_words(f)}没有确认。", "not-settled", field=f.key) for f in loose],
        )


def _require_standing(changes: Sequence[FigureChange | AmendmentChange]) -> None:
    """Nobody marks in the name of a body that has ended; one that ended where it was keeps its share, whatever that becomes."""
    shares = [c for c in changes if c.figure.kind == FigureKind.SHARE]
    bodies = evaluators_named([c.new_value for c in shares])
    errors = []
    for change in shares:
        body = bodies[split_share(change.new_value)[0]]
        if body.pk != change.figure.organisation_id and (gone := ended_evaluator(body)):
            errors.append(FieldError(gone, "ended-unit", field=change.figure.key))
    if errors:
        raise Refused("ended-unit", errors[0].message, errors=errors)


def _require_period(scheme: Scheme, effective: PeriodCode) -> None:
    """From a quarter of the year on, none earlier than an earlier 修订, none already computed officially."""
    if scheme.state != SchemeState.IN_FORCE:
        raise Refused("not-in-force", "只能修订在用的方案，没有执行。")
    if effective.year != scheme.year or not effective.quarter:
        raise Refused("bad-period", f"修订须自 {scheme.year} 年的某一季度起，没有执行。请选一个季度。")
    earlier = scheme.amendments.filter(number__isnull=False).values_list("effective_from", flat=True)
    latest = max(earlier, default="")
    if latest > str(effective):
        label = PeriodCode.parse(latest).label
        raise Refused("before-the-last", f"上一次修订自{label}起，这一次不能更早，没有执行。请选{label}或以后。")
    computed = Ranking.objects.filter(scheme=scheme, kind=RankingKind.OFFICIAL).values_list("period__code", flat=True)
    touched = [code for code in map(PeriodCode.parse, set(computed)) if holds(effective, code)]
    if touched:
        labels = "、".join(code.label for code in sorted(touched, key=str))
        raise Refused("computed", f"{labels}已经正式核定，修订不能从那时起，没有执行。请选以后的季度。")


def _record(act: Act, what: str, amendment: Amendment, data: Mapping[str, object]) -> None:
    subject = f"amendment:{amendment.pk}"
    about = {"scheme": amendment.scheme_id}
    act.record(f"evaluation.amendment.{what}", subject, **({**about, **data}))
