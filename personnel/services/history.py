"""History: notices issued before this system, read from a workbook and recorded as issued."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from miyun_kpi.acts.acting import acting, unless_taken
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from personnel import access
from personnel.enums import ActKind, NoticeState
from personnel.models import Act, Notice
from personnel.services.drafts import hold_named, holder_of, number_taken, person_named, position_named, read_number
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
    # Of a 更正通知 of before: the number of the paper it corrects, and from when; by default from its own day.
    corrects: str = ""
    effective_on: date | None = None

    @property
    def effective(self) -> date | None:
        return (self.effective_on or self.decided_on or self.dated) if self.corrects else None


DAYS = ("dated", "decided_on", "effective_on")


def packed(row: HistoryRow) -> list[Any]:
    """As a row waits, for the next page or for the second person."""
    return [str(one) if isinstance(one, date) else one for one in astuple(row)]


def unpacked(values: Sequence[Any]) -> HistoryRow:
    given = dict(zip((one.name for one in fields(HistoryRow)), values, strict=True))
    return HistoryRow(**given | {name: date.fromisoformat(given[name]) for name in DAYS if given[name]})


def head_of(row: HistoryRow) -> tuple[date | None, str, date | None, str, date | None]:
    """What all rows of one number say alike."""
    return row.dated, row.meeting, row.decided_on, row.corrects, row.effective


def require_link(row: HistoryRow, heads: Mapping[str, HistoryRow], stored: Notice | None) -> None:
    """Of a row that names the paper it corrects: it is issued here (`stored`) or among the rows, and the days follow each other."""
    if not row.corrects:
        if row.effective_on is not None:
            raise _unlinked("effective_on", "没有写更正的文号，不写更正自何日起。请补文号或留空。")
        return
    if not row.number:
        raise _unlinked("corrects", "期初任职没有文号，也不更正别的通知。请留空。")
    before = heads.get(row.corrects)
    if before is None and stored is None:
        said = f"没有登记过“{row.corrects[:30]}”，文件里也没有。请先录被更正的通知，或核对文号。"
        raise _unlinked("corrects", said, "unknown-number")
    passed = {row.number}
    while before is not None:
        if before.number in passed:
            raise _unlinked("corrects", "更正的是自己，或互相更正。请核对文号。")
        passed.add(before.number)
        before = heads.get(before.corrects)
    before = heads.get(row.corrects)
    since = stored.on if stored else before and (before.effective or before.decided_on or before.dated)
    if row.effective and since and row.effective < since:
        raise _unlinked("effective_on", f"更正自 {row.effective} 起，早于被更正的通知（{since}）。请核对日期。")
    if row.effective and row.dated and row.effective > row.dated:
        raise _unlinked("effective_on", f"更正自 {row.effective} 起，晚于成文日期 {row.dated}。请核对日期。")


def _unlinked(field: str, said: str, code: str = "bad-link") -> Refused:
    return Refused(code, said, errors=[FieldError(said, code, field=field)])


def record_history(*, actor: Actor, rows: Sequence[HistoryRow], at: datetime) -> int:
    """All or nothing; returns the number of acts recorded."""
    access.require_office(actor)
    rows = [replace(row, number=read_number(row.number), corrects=read_number(row.corrects)) for row in answered(rows)]
    heads = {row.number: row for row in rows if row.number}
    for row in heads.values():
        require_link(row, heads, _issued(row.corrects))
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
                    notice=None if opening else _notice(actor, notices, heads, row, at),
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


def _issued(number: str) -> Notice | None:
    found = holder_of(number)
    return found if found is not None and found.state == NoticeState.ISSUED else None


def _made(**fields: Any) -> Notice:
    with unless_taken(number_taken(fields["number"])):
        return Notice.objects.create(**fields)


def _notice(
    actor: Actor, notices: dict[str, Notice], heads: Mapping[str, HistoryRow], row: HistoryRow, at: datetime
) -> Notice:
    """The notice of the row; what it corrects is made first where it stands further down."""
    if row.number not in notices:
        if holder_of(row.number) is not None:
            raise Conflict("number-taken", f"“{row.number}”刚刚已经登记，没有导入。请重新上传后再看。")
        wrong = heads.get(row.corrects)
        corrects = _notice(actor, notices, heads, wrong, at) if wrong else _issued(row.corrects)
        notices[row.number] = _made(
            number=row.number,
            dated=row.dated,
            decided_on=row.decided_on,
            meeting=row.meeting,
            corrects=corrects,
            effective_on=row.effective,
            state=NoticeState.ISSUED,
            created_at=at,
            created_by=actor.label,
            created_by_id=actor.user_id or 0,
            issued_at=at,
            issued_by=f"历史导入　{actor.label}",
            issued_by_id=actor.user_id or 0,
        )
    return notices[row.number]
