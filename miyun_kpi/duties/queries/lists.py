"""Duties of a document as a list, one duty with everything around it, and what a unit owes over all documents."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from miyun_kpi.duties.enums import CadenceBasis, PhraseKind, UnitRole
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod, DutyPhrase, DutyUnit
from miyun_kpi.duties.queries.reports import standing_of
from miyun_kpi.duties.registry import own_scopes
from miyun_kpi.duties.rules.cadence import label_of
from miyun_kpi.duties.rules.standing import Tally
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.lib.lists import First, first

ROLES: list[tuple[str, str]] = [(value, label) for value, label in UnitRole.choices]


def documents() -> QuerySet[DutyDocument]:
    return DutyDocument.objects.select_related("office").order_by("code")


def document_by(code: str) -> DutyDocument:
    found = documents().filter(code=code.removesuffix("号")).first()
    if found is None:
        raise NotFound("没有这个文件的任务。")
    return found


def duties_of(
    *, document: str = "", organisation_id: int | None = None, role: str = "", kind: str = "", cadence: str = "",
    words: str = "", withdrawn: bool = False, open_lists: bool = False,
) -> QuerySet[Duty]:  # fmt: skip
    """In the order of the document; with units and printed phrases, in two further queries for any number of duties."""
    found = Duty.objects.filter(parent__isnull=True) if not organisation_id else Duty.objects.all()
    found = found.filter(document=document) if document else found.exclude(document__in=list(own_scopes()))
    if not withdrawn:
        found = found.filter(withdrawn_on__isnull=True)
    if organisation_id:
        mine = DutyUnit.objects.filter(duty=OuterRef("pk"), organisation_id=organisation_id, active=True)
        found = found.filter(Exists(mine.filter(role=role) if role else mine))
    if kind:
        found = found.filter(kind=kind)
    if cadence:
        found = found.filter(cadence=cadence)
    if words:
        found = found.filter(Q(title__contains=words) | Q(requirement__contains=words) | Q(clause__contains=words))
    if open_lists:
        found = found.filter(Exists(DutyPhrase.objects.filter(duty=OuterRef("pk"), kind=PhraseKind.OPEN)))
    return with_units(found).order_by("document", "pk")


def with_units(found: QuerySet[Duty]) -> QuerySet[Duty]:
    units = DutyUnit.objects.select_related("organisation", "phrase").order_by(
        "phrase__order", "organisation__order", "pk"
    )
    return found.prefetch_related(
        Prefetch("phrases", DutyPhrase.objects.order_by("order")), Prefetch("units", units)
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


def cadence_words(duty: Duty) -> str:
    """ "按季（原文）", "2021-12-31 前（原文）", "原文未写周期"."""
    if duty.basis == CadenceBasis.ASSUMED:
        return CadenceBasis.ASSUMED.label
    when = f"{duty.due_on:%Y-%m-%d} 前" if duty.due_on else duty.get_cadence_display()
    return f"{when}（{duty.get_basis_display()}）"


@dataclass
class DutyView:
    duty: Duty
    roles: list[RoleView]
    periods: First[tuple[DutyPeriod, str, str]] = First((), 0)
    parts: list[Duty] = field(default_factory=list)

    @property
    def units(self) -> int:
        return sum(unit.active for unit in self.duty.units.all())

    @property
    def waiting(self) -> list[DutyPhrase]:
        return [view.phrase for role in self.roles for view in role.phrases if view.waiting]

    @property
    def cadence(self) -> str:
        return cadence_words(self.duty)


def view_duty(duty_id: int, visible: QuerySet[DutyPeriod], at: datetime) -> DutyView:
    """One duty with its printed list, parts, and the periods the actor may see: (row, standing, label), newest first."""
    duty = with_units(Duty.objects.filter(pk=duty_id).exclude(document__in=list(own_scopes()))).first()
    if duty is None:
        raise NotFound
    shown = first(visible.filter(unit__duty=duty).order_by("-due_at", "unit__organisation__order", "pk"), 400)
    rows = [(row, standing_of(row, at), label_of(row.period)) for row in shown]
    periods = First(rows, shown.number)
    parts = list(Duty.objects.filter(parent=duty).order_by("pk"))
    return DutyView(duty, roles_of(duty), periods, parts)


@dataclass(frozen=True)
class Owed:
    """One line of “what my unit owes”: the row, its standing, label of the span, role of the unit."""

    row: DutyPeriod
    standing: str
    label: str


def owed_lines(found: QuerySet[DutyPeriod], at: datetime) -> list[Owed]:
    return [Owed(row, standing_of(row, at), label_of(row.period)) for row in found]


@dataclass(frozen=True)
class DocumentCounts:
    document: DutyDocument
    duties: int
    waiting: int
    tally: Tally


def document_counts(tallies_by_document: dict[str, Tally]) -> list[DocumentCounts]:
    """Numbers of duties and of duties with an open list nobody has named, by document."""
    rows = Duty.objects.filter(withdrawn_on__isnull=True, parent__isnull=True).values("document")
    numbers = {row["document"]: row["n"] for row in rows.annotate(n=Count("pk")).order_by()}
    named = DutyUnit.objects.filter(phrase=OuterRef("pk"), active=True)
    waiting = DutyPhrase.objects.filter(kind=PhraseKind.OPEN, duty__parent__isnull=True).exclude(Exists(named))
    open_lists = {
        row["duty__document"]: row["n"]
        for row in waiting.values("duty__document").annotate(n=Count("duty", distinct=True)).order_by()
    }
    return [
        DocumentCounts(
            one, numbers.get(one.code, 0), open_lists.get(one.code, 0), tallies_by_document.get(one.code, Tally())
        )
        for one in documents()
    ]
