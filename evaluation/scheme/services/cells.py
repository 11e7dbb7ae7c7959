"""Every unit of a track has a cell on every item of its scheme; who comes into the track carries nothing yet (engine 21).

修订, 任务表, 承担对照表 and the matrix of a draft go cell by cell: a unit without cells could be given nothing, and would take the
averages though it has 专项任务 (附件3·注, 附件5·注).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Max

from evaluation.enums import FigureKind, FigureStatus, PeriodKind, SchemeState
from evaluation.scheme.access.office import office_ids
from evaluation.scheme.models.scheme import Figure, Indicator, Scheme
from evaluation.scheme.rules.figures import draft_key
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import lock_all, record, tell
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import CATEGORIES_BY_TRACK
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to

LATE_IN_DRAFT = "拟定以后列入考评的单位，还没有定它承担哪几项。"
LATE_IN_FORCE = (
    "列入考评晚于方案印发，方案没有派给它专项任务：推算为不承担，取平均分。由它承担的，提出修订，写明自哪一季度起。"
)


def bring_cells(*, actor: Actor, scheme: Scheme, units: Iterable[Organisation], at: datetime) -> list[Organisation]:
    """The cells that these units lack, none of them carried; returns the units that lacked some.

    Within an act that holds the scheme or the units. What is there is not touched, and no total moves: without a cell a unit
    took the average already. In a scheme in force the cells are 推算 and hold nothing up; a draft settles them by its 审定.
    There a unit with some of its cells is left as it is: one that got lost must be found (E006), not read as 不承担.
    """
    found = Figure.objects.filter(scheme=scheme, kind=FigureKind.CARRIED).order_by()
    there = set(found.values_list("indicator_id", "organisation_id"))
    known = set() if scheme.is_draft else {unit for _, unit in there}
    items = list(scheme.indicators.order_by("number"))
    coming = [unit for unit in units if unit.pk not in known]
    lacking = [(item, unit) for unit in coming for item in items if (item.pk, unit.pk) not in there]
    if not lacking:
        return []
    note = LATE_IN_DRAFT if scheme.is_draft else LATE_IN_FORCE
    last = scheme.figures.aggregate(last=Max("order"))["last"] or 0
    # Two acts may bring the same cells: whoever comes second finds them there.
    Figure.objects.bulk_create(
        blank_cells(scheme, lacking, note=note, first=last + 1), batch_size=500, ignore_conflicts=True
    )
    came = list({unit.pk: unit for _, unit in lacking}.values())
    data = {"rows": [unit.code for unit in came]}
    record(actor=actor, action="evaluation.scheme.units-added", subject=f"scheme:{scheme.pk}", data=data, at=at)
    if not scheme.is_draft:
        _tell_offices(scheme, came, at)
    return came


def blank_cells(
    scheme: Scheme, lacking: Iterable[tuple[Indicator, Organisation]], *, note: str, first: int
) -> list[Figure]:
    """A cell each, not carried, numbered on from `first`; not stored yet."""
    return [
        Figure(
            scheme=scheme,
            key=_key(scheme, item, unit),
            kind=FigureKind.CARRIED,
            indicator=item,
            organisation=unit,
            value="no",
            status=FigureStatus.ASSUMED if scheme.is_draft else FigureStatus.DERIVED,
            clause=item.clause,
            note=note,
            order=order,
        )
        for order, (item, unit) in enumerate(lacking, start=first)
    ]


def follow_units(*, actor: Actor, scheme: Scheme, at: datetime) -> None:
    """The cells of a scheme follow who is in its track today; its row is held. A draft also drops those of units that have
    ended; in a scheme in force they are what was said, and stay."""
    units = list(Organisation.objects.of_track(scheme.track).in_printed_order())
    bring_cells(actor=actor, scheme=scheme, units=units, at=at)
    if not scheme.is_draft:
        return
    left = Figure.objects.filter(scheme=scheme, kind=FigureKind.CARRIED).exclude(organisation__in=units)
    codes = sorted(set(left.order_by().values_list("organisation__code", flat=True)))
    if codes:
        left.delete()
        subject = f"scheme:{scheme.pk}"
        record(actor=actor, action="evaluation.draft.units-left", subject=subject, data={"rows": codes}, at=at)


def units_came(actor: Actor, made: Sequence[Organisation], at: datetime) -> None:
    """Organisations that were made now: the cells of those that are evaluated come with them, in drafts and in every scheme
    of whose year somebody can still be ranked."""
    categories = {one.category for one in made if one.evaluated}
    tracks = [track for track, own in CATEGORIES_BY_TRACK.items() if categories & set(own)]
    if tracks:
        follow_everywhere(actor, tracks, at)


def follow_everywhere(actor: Actor, tracks: Iterable[str], at: datetime) -> None:
    """`follow_units` of every draft, and of every scheme in force whose year has not frozen its units yet."""
    states = (SchemeState.DRAFT, SchemeState.IN_FORCE)
    found = Scheme.objects.filter(track__in=tracks, state__in=states).exclude(units__period__kind=PeriodKind.YEAR)
    for scheme in lock_all(found):
        follow_units(actor=actor, scheme=scheme, at=at)


def _key(scheme: Scheme, item: Indicator, unit: Organisation) -> str:
    if scheme.is_draft:
        return draft_key(FigureKind.CARRIED, item.pk, unit.code)
    return f"{FigureKind.CARRIED}/{item.number}/{unit.code}"


def _tell_offices(scheme: Scheme, came: Sequence[Organisation], at: datetime) -> None:
    """Nobody but the office can say what a unit carries in the year that runs, or was left to be closed."""
    if scheme.year < at.astimezone().year - 1:
        return
    tell(
        [
            Message(
                key=f"scheme-unit/{scheme.pk}/{unit.pk}/{office}",
                organisation_id=office,
                role=Role.EVALUATION_OFFICE,
                title=f"{unit.name}列入{scheme.year}年考评，一项也还没有承担"[:120],
                body=f"{scheme.title}里它各项都记为不承担、取平均分。有专项任务的，请提出修订，写明自哪一季度起由它承担。",
                url=to("evaluation:carriers", scheme.year, scheme.track),
                clause=scheme.cite(scheme.clause),
            )
            for unit in came
            for office in office_ids(scheme.track)
        ],
        at=at,
    )
