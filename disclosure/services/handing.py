"""移交 of an application to the organ that has to answer it: the clock runs on, the applicant stays sealed."""

from datetime import date, datetime

from disclosure import access
from disclosure.enums import DOCUMENT
from disclosure.models import Application, ApplicationEvent, FormerNumber
from disclosure.queries.applications import line_of, next_number
from disclosure.services.applications import CLAUSE, NUMBER_TAKEN
from miyun_kpi.acts.acting import acting, locked, require_version, unless_taken
from miyun_kpi.acts.days import IN_TIME, Late, late_words
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.routes import to as address


def hand_over(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    to: str,
    on: date,
    reason: str,
    late: Late = IN_TIME,
    at: datetime,
) -> Application:
    """By the handling organ, or by 区政务服务中心 where that has been split. It is numbered anew in its new organ."""
    said, today = reason.strip(), at.astimezone().date()
    access.require_hand_over(actor, access.visible_application(actor, application_id))
    said = read_reason(said, "移交要写理由", most=300)
    words = late_words(on, at, late, clause=CLAUSE)
    with acting(actor, at) as act:
        row = locked(Application.objects.all(), application_id)
        require_version(row, version)
        if row.answered_on is not None:
            raise Conflict("answered", "这件申请已经答复，不再移交，没有移交。")
        if on < row.received_on:
            raise Refused("too-early", f"移交日期 {on} 早于收到日期 {row.received_on}，没有移交。")
        source, target = row.organisation, _receiver(row, to)
        FormerNumber.objects.create(application=row, organisation=source, number=row.number)
        before, row.number = row.number, next_number(target.pk)
        row.organisation = target
        row.version, row.changed_at, row.changed_by = row.version + 1, at, actor.label
        with unless_taken(NUMBER_TAKEN):
            row.save()
        note = f"{on}　由{source.name}移交给{target.name}（原编号第 {before} 号）：{said}"
        ApplicationEvent.objects.create(application=row, act="移交", note=note[:500], late=words, at=at, by=actor.label)
        act.tell([told_of_transfer(row, source, today)])
        units = {"old_unit": source.code, "new_unit": target.code}
        data = {**units, "on": on.isoformat(), "reason": said, "number": row.number, "before": before}
        subject = f"application:{row.pk}"
        act.record("disclosure.application.handed-over", subject, **data)
    return row


def _receiver(row: Application, to: str) -> Organisation:
    found = resolve(to.strip()) if to.strip() else None
    if found is None:
        raise Refused("unknown-organisation", f"没有叫“{to.strip()[:30]}”的单位，没有移交。请写名称或别名。")
    if found.pk == row.organisation_id:
        raise Refused("same-unit", f"这件申请本来就由{found.name}办理，没有移交。请写另一个机关。")
    if found.valid_to is not None:
        raise Refused("ended-unit", f"{found.name}已于 {found.valid_to} 撤并，没有移交。请写现有的机关。")
    return found


def told_of_transfer(row: Application, source: Organisation, today: date) -> Message:
    """To the organ that has to answer now: by when, for the clock did not start anew."""
    due = line_of(row, today).clock.due_on
    return Message(
        key=f"application-handed-over/{row.pk}/{row.version}",
        organisation_id=row.organisation_id,
        title=f"转来依申请公开第 {row.number} 号",
        body=f"原由{source.name}办理，" + (f"答复期限 {due} 不变。" if due else "正在等申请人补正。"),
        url=address("disclosure:application", row.pk),
        clause=f"{DOCUMENT}·五（一）",
    )
