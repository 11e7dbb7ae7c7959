"""勘正 of a 督促整改 that was closed (销号): what it asked for, the number of its paper, what was answered."""

from evaluation.enums import RectificationState
from evaluation.tracking.access import is_opener, visible_rectification
from evaluation.tracking.models import Rectification
from evaluation.tracking.services.rectifications import CLAUSE
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.emendations.columns import Ended
from miyun_kpi.emendations.registry import Place
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.organisations.queries import acts_for
from miyun_kpi.routes import to


def certifies(actor: Actor, row: Rectification) -> bool:
    return actor.may(Verb.CERTIFY_SHEETS) and acts_for(actor.organisation_id, row.opened_for_id)


def find(actor: Actor, pk: int) -> Rectification:
    """Whoever sees it; the 审核人 of the evaluator that opened it too."""
    found = Rectification.objects.select_related("unit__duty", "unit__organisation", "opened_for")
    row = one_of(found.filter(pk=pk))
    return row if certifies(actor, row) else visible_rectification(actor, pk)


def may_emend(actor: Actor, row: Rectification) -> bool:
    """The post that opened it, and the 审核人 of its organisation as the second hand."""
    return is_opener(actor, row) or certifies(actor, row)


def check(row: Rectification) -> list[FieldError]:
    """The number of a paper stands where the material goes offline, and there alone."""
    if row.unit.duty.offline_only != bool(row.offline_number):
        words = "要填" if row.unit.duty.offline_only else "不填"
        return [FieldError(f"这项任务{words}线下文书编号。", "bad-number", field="offline_number")]
    return []


RECTIFICATION = Ended(
    model=Rectification,
    code="rectification",
    word="督促整改",
    columns=("requirement", "offline_number", "answer", "note"),
    action="evaluation.rectification.emended",
    place=lambda row: Place("evaluation", row.unit.duty.document, CLAUSE),
    find=find,
    may=may_emend,
    name=lambda row: f"{row.unit.organisation.name}的督促整改（第 {row.pk} 号）",
    address=lambda row: to("evaluation:rectification", row.pk),
    ended=lambda row: row.state == RectificationState.CLOSED,
    rests=lambda row, wanted, today: [],
    check=check,
)
