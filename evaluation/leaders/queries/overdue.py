"""What the evaluation itself says for 领导首页: sheets nobody has filed and 督办 past its day, by who has to do it."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from evaluation.engine.models.ranking import Ranking
from evaluation.enums import DOCUMENT, RankingKind, SheetState, SupervisionRole, SupervisionState
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.sheets.access import sheets_visible_to
from evaluation.sheets.models.marks import MarkSheet
from evaluation.tasks.access.supervision import items_visible_to
from evaluation.tasks.models.supervision import SupervisionUnit
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.organisations.leader_parts import Overdue, Reading, gathered
from miyun_kpi.routes import to


def overdue(reading: Reading) -> Sequence[Overdue]:
    return [*_sheets(reading), *_supervision(reading)]


def _sheets(reading: Reading) -> list[Overdue]:
    """That a sheet is missing is told to who sees the ranking before 通报, as its page does; else to its evaluator."""
    actor = reading.actor
    whole = actor.may(Verb.READ_UNPUBLISHED) and not actor.may(Verb.READ_ALL_MARKS)
    found = MarkSheet.objects.all() if whole else sheets_visible_to(actor)
    late = Q(period__due_at__lte=reading.at, reopened_until__isnull=True) | Q(reopened_until__lte=reading.at)
    # Once it is computed officially, the office has decided about what was missing.
    computed = Ranking.objects.filter(scheme=OuterRef("scheme"), period=OuterRef("period"), kind=RankingKind.OFFICIAL)
    found = found.filter(late, ~Exists(computed)).exclude(state=SheetState.FILED)
    if reading.units is not None:
        found = found.filter(evaluator__in=reading.units)
    rows = found.select_related("evaluator", "indicator", "period", "scheme").order_by("period__due_at", "pk")
    return gathered(reading, [_sheet(one) for one in rows])


def _sheet(sheet: MarkSheet) -> Overdue:
    return Overdue(
        document=sheet.scheme.document_id or DOCUMENT,
        what="打分表",
        number=1,
        unit_id=sheet.evaluator_id,
        unit=sheet.evaluator.name,
        title=f"打分表：{sheet.indicator.short_name}",
        due=sheet.period.due_at.astimezone(SHANGHAI).date(),
        address=to("evaluation:sheets"),
    )


def _supervision(reading: Reading) -> list[Overdue]:
    """By the unit that leads it."""
    today = reading.at.astimezone(SHANGHAI).date()
    items = items_visible_to(reading.actor).filter(state=SupervisionState.RUNNING, due_on__lt=today)
    parts = SupervisionUnit.objects.filter(item__in=items.order_by().values("pk"), role=SupervisionRole.LEAD)
    if reading.units is not None:
        parts = parts.filter(organisation__in=reading.units)
    rows = parts.select_related("item__indicator__scheme", "organisation").order_by("item__due_on", "item__number")
    return gathered(reading, [_item(one) for one in rows])


def _item(part: SupervisionUnit) -> Overdue:
    return Overdue(
        document=part.item.indicator.scheme.document_id or DOCUMENT,
        what="督办",
        number=1,
        unit_id=part.organisation_id,
        unit=part.organisation.name,
        title=f"督办：{part.item.title}",
        due=part.item.due_on,
        address=to("evaluation:supervision-item", part.item_id),
    )
