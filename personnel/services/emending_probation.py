"""勘正 of the day and the basis of a 试用期满 decision; how it ended is decided anew by its own act."""

from collections.abc import Sequence
from datetime import date

from miyun_kpi.db.finding import one_of
from miyun_kpi.emendations.columns import Ended, moved
from miyun_kpi.emendations.registry import Facts, Place, Rest
from miyun_kpi.lib.citations import document_of
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.routes import to
from personnel import access
from personnel.enums import Outcome
from personnel.models import ProbationDecision
from personnel.rules.probation import probation_end


def check(row: ProbationDecision) -> list[FieldError]:
    """As when it was decided: not before the term began, and 正式任职 not before its last day."""
    since = row.act.on
    if since is None:
        return []
    if row.decided_on <= since:
        return [FieldError(f"决定日期须在任职日期 {since} 以后。", "too-early", field="decided_on")]
    last_day = probation_end(since, row.act.probation_months)
    if row.outcome == Outcome.CONFIRMED and row.decided_on < last_day:
        said = f"试用期到 {last_day} 才满，期满当天起才能决定正式任职。"
        return [FieldError(said, "too-early", field="decided_on")]
    return []


def rests(row: ProbationDecision, wanted: Facts, today: date) -> Sequence[Rest]:
    if row.removal_id is None or not moved(row, wanted, ("decided_on",)):
        return []
    return [Rest("免去试任职务的通知", "不变：任职到那份通知为止")]


PROBATION = Ended(
    model=ProbationDecision,
    code="probation",
    word="试用期满决定",
    columns=("decided_on", "basis"),
    action="personnel.probation.emended",
    subject=lambda row: f"act:{row.act_id}",
    place=lambda row: Place("personnel", document_of("personnel"), ""),
    find=lambda actor, pk: one_of(ProbationDecision.objects.select_related("act__person", "act__notice").filter(pk=pk)),
    may=lambda actor, row: access.is_office(actor),
    name=lambda row: f"{row.act.person.name}的试用期满决定",
    address=lambda row: to("personnel:person", row.act.person_id),
    ended=lambda row: True,
    rests=rests,
    check=check,
)
