"""Duties of a document as a list, one duty with everything around it, and what a unit owes over all documents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.enums import Cadence, CadenceBasis, DutyKind, PhraseKind, UnitRole
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod, DutyPhrase, DutyUnit
from miyun_kpi.duties.queries.reports import standing_of
from miyun_kpi.duties.queries.when import Timing, timing_of
from miyun_kpi.duties.registry import own_scopes
from miyun_kpi.duties.rules.cadence import label_of
from miyun_kpi.duties.rules.standing import Tally
from miyun_kpi.lib.citations import ref_of
from miyun_kpi.lib.lists import First, first


def documents() -> QuerySet[DutyDocument]:
    return DutyDocument.objects.select_related("office").order_by("document")


def document_by(text: str) -> DutyDocument:
    """By 2020-14, 14 or 14号."""
    found = one_of(documents().filter(document=ref_of(text)), "没有这个文件的任务。")
    return found


def duties_of(
    *,
    document: str = "",
    organisation_id: int | None = None,
    role: str = "",
    kind: str = "",
    cadence: str = "",
    words: str = "",
    withdrawn: bool = False,
    open_lists: bool = False,
) -> QuerySet[Duty]:
    """In the order of the document, parts and milestones below their whole; a fixed number of queries for any number of duties."""
    found = Duty.objects.filter(document=document) if document else Duty.objects.exclude(scope__in=list(own_scopes()))
    if not withdrawn:
        found = found.filter(withdrawn_on__isnull=True)
    if organisation_id or role:
        named = DutyUnit.objects.filter(duty=OuterRef("pk"), active=True)
        named = named.filter(organisation_id=organisation_id) if organisation_id else named
        found = found.filter(Exists(named.filter(role=role) if role else named))
    if kind:
        found = found.filter(kind=kind)
    if cadence:
        found = _of_cadence(found, cadence)
    if words:
        found = found.filter(Q(title__contains=words) | Q(requirement__contains=words) | Q(clause__contains=words))
    if open_lists:
        found = found.filter(Exists(DutyPhrase.objects.filter(duty=OuterRef("pk"), kind=PhraseKind.OPEN)))
    whole = Coalesce("parent_id", "pk")
    return with_units(found).order_by("document", whole, F("parent_id").asc(nulls_first=True), "number", "pk")


def _of_cadence(found: QuerySet[Duty], cadence: str) -> QuerySet[Duty]:
    """A whole that leaves its cadence to its parts is found by none of its own: the parts are found by theirs."""
    parts = Duty.objects.filter(parent=OuterRef("pk"), basis=CadenceBasis.PRINTED, withdrawn_on__isnull=True)
    return found.filter(cadence=cadence).exclude(Q(Exists(parts)) & Q(basis=CadenceBasis.ASSUMED))


@dataclass(frozen=True)
class Choices:
    """What a filter of a document's list can find anything by."""

    kinds: list[tuple[str, str]]
    cadences: list[tuple[str, str]]
    roles: list[tuple[str, str]]


def choices_of(document: str) -> Choices:
    found = duties_of(document=document, withdrawn=True).order_by()
    kinds = set(found.values_list("kind", flat=True).distinct())
    cadences = {code for code in Cadence.values if _of_cadence(found, code).exists()}
    roles = set(DutyUnit.objects.filter(duty__document=document, active=True).values_list("role", flat=True).distinct())
    return Choices(
        kinds=[one for one in DutyKind.choices if one[0] in kinds],
        cadences=[one for one in Cadence.choices if one[0] in cadences],
        roles=[one for one in UnitRole.choices if one[0] in roles],
    )


def with_units(found: QuerySet[Duty]) -> QuerySet[Duty]:
    units = DutyUnit.objects.select_related("organisation", "phrase").order_by(
        "phrase__order", "organisation__order", "pk"
    )
    return found.prefetch_related(
        Prefetch("phrases", DutyPhrase.objects.order_by("order")),
        Prefetch("units", units),
        Prefetch("parts", Duty.objects.order_by("number", "pk")),
    ).select_related("parent")


@dataclass(frozen=True)
class PhraseView:
    """One printed name with the units it means now; `waiting`: an open group nobody has named yet."""

    phrase: DutyPhrase
    units: Sequence[DutyUnit]

    @property
    def waiting(self) -> bool:
        return self.phrase.kind == PhraseKind.OPEN and not any(unit.active for unit in self.units)

    @property
    def is_group(self) -> bool:
        return self.phrase.kind != PhraseKind.ORGANISATION

    @property
    def active(self) -> int:
        return sum(unit.active for unit in self.units)


@dataclass(frozen=True)
class RoleView:
    role: str
    label: str
    phrases: Sequence[PhraseView]


def roles_of(duty: Duty) -> list[RoleView]:
    """The printed list by role, in printed order. The duty comes from `with_units`."""
    by_phrase: dict[int | None, list[DutyUnit]] = {}
    for unit in duty.units.all():
        by_phrase.setdefault(unit.phrase_id, []).append(unit)
    views: dict[str, list[PhraseView]] = {}
    for phrase in duty.phrases.all():
        views.setdefault(phrase.role, []).append(PhraseView(phrase, by_phrase.get(phrase.pk, [])))
    return [RoleView(role, label, views[role]) for role, label in UnitRole.choices if role in views]


def number_of(duty: Duty) -> str:
    """ "18", and "18-2" for the second part of it."""
    return f"{duty.parent.number}-{duty.number}" if duty.parent else str(duty.number)


@dataclass
class DutyView:
    duty: Duty
    roles: list[RoleView]
    periods: First[tuple[DutyPeriod, str, str]] = First((), 0)
    parts: list["DutyView"] = field(default_factory=list)

    @property
    def units(self) -> int:
        return sum(unit.active for unit in self.duty.units.all())

    @property
    def waiting(self) -> list[DutyPhrase]:
        return [view.phrase for role in self.roles for view in role.phrases if view.waiting]

    @property
    def timing(self) -> Timing:
        return timing_of(self.duty)

    @property
    def number(self) -> str:
        return number_of(self.duty)


def view_duty(duty_id: int, visible: QuerySet[DutyPeriod], at: datetime) -> DutyView:
    """One duty with its printed list, parts, and the periods the actor may see: (row, standing, label), newest first."""
    duty = one_of(with_units(Duty.objects.filter(pk=duty_id).exclude(scope__in=list(own_scopes()))))
    ordered = visible.filter(unit__duty=duty).order_by("-due_at", "unit__organisation__order", "pk")
    # By their keys first: what was reported is read of those that are shown, not of all years.
    shown = first(ordered.values_list("pk", flat=True), 400)
    known = visible.in_bulk(shown.rows)
    found = [known[pk] for pk in shown if pk in known]
    periods = First([(row, standing_of(row, at), label_of(row.period)) for row in found], shown.number)
    parts = [DutyView(part, []) for part in duty.parts.all()]
    return DutyView(duty, roles_of(duty), periods, parts)


@dataclass(frozen=True)
class Owed:
    """One line of “what my unit owes”: the row, its standing, label of the span, role of the unit."""

    row: DutyPeriod
    standing: str
    label: str


def owed_lines(found: Iterable[DutyPeriod], at: datetime) -> list[Owed]:
    return [Owed(row, standing_of(row, at), label_of(row.period)) for row in found]


@dataclass(frozen=True)
class DocumentCounts:
    """`duties` counts a whole once; `parts` are its parts and milestones."""

    document: DutyDocument
    duties: int
    parts: int
    waiting: int
    tally: Tally


def document_counts(tallies_by_document: dict[str, Tally]) -> list[DocumentCounts]:
    """Numbers of duties and of duties with an open list nobody has named, by document."""
    rows = Duty.objects.filter(withdrawn_on__isnull=True).values("document")
    whole = Count("pk", filter=Q(parent__isnull=True))
    numbers = {
        row["document"]: (row["n"], row["all"] - row["n"]) for row in rows.annotate(n=whole, all=Count("pk")).order_by()
    }
    named = DutyUnit.objects.filter(phrase=OuterRef("pk"), active=True)
    waiting = DutyPhrase.objects.filter(kind=PhraseKind.OPEN, duty__parent__isnull=True).exclude(Exists(named))
    open_lists = {
        row["duty__document"]: row["n"]
        for row in waiting.values("duty__document").annotate(n=Count("duty", distinct=True)).order_by()
    }
    return [
        DocumentCounts(
            one,
            *numbers.get(one.document, (0, 0)),
            open_lists.get(one.document, 0),
            tallies_by_document.get(one.document, Tally()),
        )
        for one in documents()
    ]
