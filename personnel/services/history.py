"""History: notices issued before this system, read from a workbook and recorded as issued."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict
from personnel import access
from personnel.enums import ActKind, NoticeState
from personnel.models import Act, Notice
from personnel.services.drafts import hold_named, holder_of, person_named, position_named, read_number
from personnel.services.issue import require_consistent, standing_of
from personnel.services.namesakes import told_apart


@dataclass(frozen=True)
class HistoryRow:
    """One act of a past notice; a 期初任职 has no number, and its date may be empty."""

    number: str
    dated: date | None
    meeting: str
    person: str
    note: str
    organisation: str
    title: str
    kind: str
    probation_months: int = 0
    printed: str = ""
    decided_on: date | None = None
    same: str = ""


def record_history(*, actor: Actor, rows: Sequence[HistoryRow], at: datetime) -> int:
    """All or nothing; returns the number of acts recorded."""
    access.require_office(actor)
    rows = [replace(row, number=read_number(row.number)) for row in answered(rows)]
    with acting(actor, at) as act:
        hold_named(rows)
        people = [person_named(row.person, row.note) for row in rows]
        standing = standing_of({one.pk for one in people})
        notices: dict[str, Notice] = {}
        made: list[Act] = []
        for order, (row, person) in enumerate(zip(rows, people, strict=True), start=1):
            position = position_named(row.organisation, row.title)
            opening = row.kind == ActKind.OPENING
            made.append(
                Act.objects.create(
                    notice=None if opening else _notice(actor, notices, row, at),
                    line=order if not opening else 0,
                    order=1,
                    kind=row.kind,
                    person=person,
                    position=position,
                    printed=row.printed or str(position),
                    probation_months=row.probation_months,
                    since=row.dated if opening else None,
                    basis="历史导入" if opening else "",
                    entered_by_id=actor.user_id or 0,
                )
            )
        require_consistent(standing, made, None)
        act.record("personnel.history.recorded", "personnel", acts=len(made), notices=sorted(notices))
    return len(made)


def answered(rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Each as 同一人？ was answered; one answer in the file holds for all its rows of that name and 区别."""
    said = {(row.person, row.note): row.same for row in rows if row.same}
    return [told_apart(replace(row, same=row.same or said.get((row.person, row.note), ""))) for row in rows]


def _notice(actor: Actor, notices: dict[str, Notice], row: HistoryRow, at: datetime) -> Notice:
    if row.number not in notices:
        if holder_of(row.number) is not None:
            raise Conflict("number-taken", f"“{row.number}”刚刚已经登记，没有导入。请重新上传后再看。")
        notices[row.number] = Notice.objects.create(
            number=row.number,
            dated=row.dated,
            decided_on=row.decided_on,
            meeting=row.meeting,
            state=NoticeState.ISSUED,
            created_at=at,
            created_by=actor.label,
            created_by_id=actor.user_id or 0,
            issued_at=at,
            issued_by=f"历史导入　{actor.label}",
            issued_by_id=actor.user_id or 0,
        )
    return notices[row.number]
