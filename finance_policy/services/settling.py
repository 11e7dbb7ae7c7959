"""A fact that a released 贴息 rests on has changed: the difference is to be paid or given back; nothing is re-priced in silence."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from finance_policy.enums import DOCUMENT, SubsidyLineKind
from finance_policy.models import Subsidy, SubsidyLine
from finance_policy.queries.granting import now_due, released
from finance_policy.queries.subsidy import rates
from finance_policy.rules.subsidy import Rate
from miyun_kpi.acts.acting import Act, lock_all
from miyun_kpi.duties.services.reminders import office_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.citations import cite
from miyun_kpi.routes import to

CLAUSE = cite(DOCUMENT, "三（一）1")


def settle(act: Act, record_ids: Iterable[int], cause: str) -> list[Subsidy]:
    """Every released 贴息 of these records against the facts as they stand now. Returns those whose sum changed."""
    return settle_rows(act, released(record_ids), cause)


def settle_rows(act: Act, found: QuerySet[Subsidy], cause: str) -> list[Subsidy]:
    """`cause` stands on the line of the difference: what was changed, in a few words."""
    rows = lock_all(found.select_related("record"))
    # Read once they are held: who corrects a rate has settled them by it, and is waited for.
    table = rates()
    return [row for row in rows if settle_row(act, row, cause, table)]


def settle_row(act: Act, row: Subsidy, cause: str, table: Sequence[Rate] | None = None) -> bool:
    """Whether the sum of a locked 贴息 is another one by now."""
    given = now_due(row, table)
    words = f"{cause}；{given.words}" if given else f"{cause}；{row.get_level_display()}在 {row.from_on} 没有贴息率"
    return differ(act, row, given.amount if given else Decimal(0), words)


def differ(act: Act, row: Subsidy, due: Decimal, words: str) -> bool:
    """Whether the sum of a locked 贴息 becomes another one; the difference is a line of its own."""
    difference = due - row.due
    if not difference:
        return False
    SubsidyLine.objects.create(
        subsidy=row,
        kind=SubsidyLineKind.CHANGED,
        amount=difference,
        on=act.today,
        note=words[:400],
        by=act.actor.label,
        by_id=act.actor.user_id,
        at=act.at,
    )
    row.due = due
    act.save(row)
    act.record("finance.subsidy.changed", row, amount=str(due), difference=str(difference), reason=words[:300])
    _tell(act, row)
    return True


def _tell(act: Act, row: Subsidy) -> None:
    left = row.outstanding
    if not left:
        return
    word = f"待补 {left:,.2f} 元" if left > 0 else f"待追回 {row.back:,.2f} 元"
    to_office(
        act,
        key=f"finance-subsidy:{row.pk}:{row.version}",
        title=f"{row}：{word}",
        body=f"{row.name} {row.from_on} 至 {row.to_on}：所依据的事实有变，差额已列出。",
        url=to("finance_policy:subsidy", row.pk),
        clause=CLAUSE,
    )


def to_office(act: Act, **said: Any) -> None:
    """A notice to 区金融办."""
    act.tell([Message(organisation_id=pk, role=role, **said) for pk, role in office_of(DOCUMENT)])
