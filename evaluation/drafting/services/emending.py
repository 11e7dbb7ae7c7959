"""勘正 of who approved a 印发 or a 修订, and when: what the scheme says is not touched."""

from typing import Any

from evaluation.drafting.queries.pages import ISSUE_FILES
from evaluation.enums import ActState
from evaluation.scheme.access.drafts import may_draft, visible_amendment
from evaluation.scheme.models.drafting import Amendment, SchemeIssue
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.emendations.columns import Ended
from miyun_kpi.emendations.registry import Place, Rest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to

CLAUSE = "四（一）"
UNTOUCHED = Rest("方案的数字和文字", "不变；审定的内容有误的，另行修订")


def find_issue(actor: Actor, pk: int) -> SchemeIssue:
    require(actor, Verb.READ_UNPUBLISHED)
    return one_of(SchemeIssue.objects.select_related("scheme").filter(pk=pk))


def may(actor: Actor, row: Any) -> bool:
    return may_draft(actor, row.scheme.track)


ISSUE = Ended(
    model=SchemeIssue,
    code="scheme-issue",
    subject=lambda row: f"{ISSUE_FILES}:{row.pk}",
    word="印发",
    columns=("organ", "approved_on"),
    action="evaluation.scheme.issue-emended",
    place=lambda row: Place("evaluation", row.scheme.document_id, CLAUSE),
    find=find_issue,
    may=may,
    name=lambda row: f"{row.title}的审定",
    address=lambda row: to("evaluation:scheme", row.scheme.year, row.scheme.track),
    ended=lambda row: row.state == ActState.CONFIRMED,
    rests=lambda row, wanted, today: [UNTOUCHED],
)
AMENDMENT = Ended(
    model=Amendment,
    code="amendment",
    word="修订",
    columns=("organ", "approved_on", "document_number", "reason"),
    action="evaluation.amendment.emended",
    place=lambda row: Place("evaluation", row.scheme.document_id, CLAUSE),
    find=visible_amendment,
    may=may,
    name=lambda row: f"第 {row.number} 次修订的审定",
    address=lambda row: to("evaluation:amendment", row.pk),
    ended=lambda row: row.state == ActState.CONFIRMED,
    rests=lambda row, wanted, today: [UNTOUCHED],
)
