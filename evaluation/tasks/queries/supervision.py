"""The 督办台账 as pages, files and the API show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Q, QuerySet

from evaluation.enums import ExtensionState, SupervisionAct, SupervisionRole, SupervisionState
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tasks.rules.supervision import ITEM_WORDS, course_word

if TYPE_CHECKING:
    # The sheet stands above this subject, which only answers what lies beside its marks.
    # The stubs are there for the type checker alone.
    from django_stubs_ext import WithAnnotations

    from evaluation.sheets.models.marks import MarkSheet

    class Counts(TypedDict):
        urged: int
        extended: int

    CountedItem = WithAnnotations[SupervisionItem, Counts]


@dataclass(frozen=True)
class Listed:
    item: SupervisionItem
    state: str
    word: str
    urged: int
    extended: int

    @property
    def lead(self) -> str:
        return next((p.organisation.name for p in self.item.parts.all() if p.role == SupervisionRole.LEAD), "")

    @property
    def co(self) -> list[str]:
        return [part.organisation.name for part in self.item.parts.all() if part.role == SupervisionRole.CO]


def counted(found: QuerySet[SupervisionItem]) -> "QuerySet[CountedItem]":
    """With how often it was urged and extended."""
    return found.annotate(
        urged=Count("entries", filter=Q(entries__act=SupervisionAct.URGE), distinct=True),
        extended=Count("entries", filter=Q(entries__extension=ExtensionState.APPROVED), distinct=True),
    )


def listed(found: "Sequence[CountedItem]", today: date) -> list[Listed]:
    """Rows of a counted query."""
    return [
        Listed(
            item,
            *course_word(item.state, item.due_on, item.finished_on, today),
            item.urged,
            item.extended,
        )
        for item in found
    ]


def filtered(
    found: QuerySet[SupervisionItem], *, state: str = "", source: str = "", unit_id: int | None = None, today: date
) -> QuerySet[SupervisionItem]:
    """`state`: "" not struck off, "overdue", "all" or a state."""
    if state == "overdue":
        found = found.filter(state=SupervisionState.RUNNING, due_on__lt=today)
    elif state in SupervisionState.values:
        found = found.filter(state=state)
    elif state != "all":
        found = found.exclude(state=SupervisionState.CLOSED)
    if source:
        found = found.filter(source=source)
    if unit_id is not None:
        found = found.filter(pk__in=SupervisionItem.objects.filter(parts__organisation_id=unit_id).values("pk"))
    return found.order_by("due_on", "number")


def beside_the_mark(sheet: "MarkSheet", organisation_id: int, today: date) -> list[Listed]:
    """A unit's items, where the sheet is the one that the register stands beside."""
    if ITEM_WORDS not in sheet.indicator.name:
        return []
    # A unit that has ended is ranked on under its name, with what went from it to its successor.
    own = Q(parts__organisation_id=organisation_id)
    gone = Q(entries__act=SupervisionAct.HANDED_OVER, entries__organisation_id=organisation_id)
    found = SupervisionItem.objects.filter(own | gone, indicator=sheet.indicator)
    whole = SupervisionItem.objects.filter(pk__in=found.values("pk")).prefetch_related("parts__organisation")
    return listed(list(counted(whole).order_by("state", "due_on", "number")), today)
