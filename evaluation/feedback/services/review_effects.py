"""What follows a step of a 复核: the mark as decided, and the notices."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from evaluation.enums import SheetState
from evaluation.feedback.models.review import Review
from evaluation.periods.services import inputs_moved
from evaluation.scheme.access.office import office_ids
from evaluation.sheets.models.marks import DeductionLine, Mark
from evaluation.sheets.services.marks import bump, locked_sheet
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import lock_all, lock_one, record, tell
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.routes import to

CLAUSE = "五（三）"


def hold_mark(review: Review) -> None:
    """The sheet and the mark, locked before the review whose decision may change them."""
    locked_sheet(review.sheet_id)
    lock_all(Mark.objects.filter(sheet=review.sheet_id, organisation=review.feedback.organisation_id))


def filed_mark(review: Review) -> Mark | None:
    """The reviewed cell as it is filed now; None while the sheet is open again and the mark may still change."""
    filed = Mark.objects.filter(sheet=review.sheet_id, sheet__state=SheetState.FILED)
    return filed.filter(organisation=review.feedback.organisation_id).first()


def change_mark(review: Review, actor: Actor, at: datetime) -> None:
    """Write the decided mark into the filed sheet, which stays filed; the next computation takes it up.

    Refused when the sheet is open again or the mark is no longer the one that was reviewed: nobody's later word is
    overwritten by an older decision.
    """
    assert review.decided_value is not None
    put_mark(review, review.value_before, review.decided_value, actor, at)


def put_mark(review: Review, before: Decimal, wanted: Decimal, actor: Actor, at: datetime) -> None:
    """The mark of the reviewed cell from `before` to `wanted`, by the decision of the review.

    Where the evaluator has itself put `wanted` there, the decision stands and nothing is written.
    """
    sheet = locked_sheet(review.sheet_id)
    marks = Mark.objects.select_related("organisation")
    mark = lock_one(marks.filter(sheet=sheet, organisation=review.feedback.organisation_id))
    assert mark is not None
    if sheet.state != SheetState.FILED:
        raise Conflict("sheet-open", "这张打分表正退回重开，没有执行。请等考评部门重新报送后再确认。")
    if mark.value == wanted:
        return
    if mark.value != before:
        now = "空白" if mark.value is None else plain(mark.value)
        raise Conflict(
            "mark-moved",
            f"得分已由 {plain(before)} 变为 {now}，没有执行。请退回这项决定，按现在的得分重新提出。",
        )
    lines = [
        {"line": one.line.text, "points": plain(one.points), "reason": one.reason}
        for one in mark.deductions.select_related("line")
    ]
    DeductionLine.objects.filter(mark=mark).delete()
    mark.value, mark.version = wanted, mark.version + 1
    mark.reason = f"复核决定 {review.pk} 号"
    mark.saved_at, mark.saved_by, mark.saved_by_id = at, actor.label, actor.user_id
    mark.save()
    bump(sheet, SheetState.FILED)
    sheet.save(update_fields=["state", "version"])
    inputs_moved(sheet.scheme_id, [sheet.period_id])
    change = {
        "organisation": mark.organisation.code,
        "old": plain(before),
        "new": plain(wanted),
        "version": mark.version,
        "full": plain(mark.full_mark),
        "reason": mark.reason,
        **({"deductions_removed": lines} if lines else {}),
    }
    record(
        actor=actor,
        action="evaluation.marks.saved",
        subject=f"mark-sheet:{sheet.pk}",
        data={"rows": [change], "review": review.pk},
        at=at,
    )


def _message(review: Review, organisation_id: int, role: str, step: str, title: str, body: str) -> Message:
    # Whatever is handled on paper only is not named in a notice.
    name = f"第 {review.sheet.indicator.number} 项" + (
        "" if review.sheet.indicator.offline_only else f"“{review.sheet.indicator.short_name}”"
    )
    return Message(
        key=f"review/{review.pk}/{step}/{review.version}/{organisation_id}/{role}",
        organisation_id=organisation_id,
        role=role,
        title=f"{title}：{name}"[:120],
        body=body,
        url=to("evaluation:review", review.pk),
        clause=review.sheet.scheme.cite(CLAUSE),
    )


def tell_unit(review: Review, role: str, step: str, title: str, body: str, at: datetime) -> None:
    tell([_message(review, review.feedback.organisation_id, role, step, title, body)], at=at)


def tell_evaluator(review: Review, role: str, step: str, title: str, due_at: datetime | None, at: datetime) -> None:
    until = f"，请在{due_at.astimezone():%m月%d日 %H:%M}前答复" if due_at else ""
    body = f"{review.feedback.organisation.name} · {review.sheet.period.label}{until}。"
    tell([_message(review, review.sheet.evaluator_id, role, step, title, body)], at=at)


def to_above(review: Review, step: str, title: str) -> list[Message]:
    """To the head of the evaluator: whoever stands above the one who has not answered."""
    body = f"{review.feedback.organisation.name} · {review.sheet.period.label}，请督促经办答复。得分不因逾期而改变。"
    return [_message(review, review.sheet.evaluator_id, Role.UNIT_HEAD, step, title, body)]


def to_office(review: Review, step: str, title: str, *, role: str = Role.EVALUATION_OFFICE) -> list[Message]:
    """To the evaluation office, or to the leaders in its organisations."""
    body = f"{review.feedback.organisation.name} · {review.sheet.evaluator.name} · {review.sheet.period.label}。"
    return [_message(review, pk, role, step, title, body) for pk in office_ids(review.sheet.scheme.track)]


def tell_office(review: Review, step: str, title: str, at: datetime, *, hand: Actor | None = None) -> None:
    """`hand`: whose own act it is, in the office itself."""
    by = hand.user_id if hand is not None else None
    tell([replace(one, hand=by) for one in to_office(review, step, title)], at=at)
