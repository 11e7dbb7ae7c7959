"""勘正 of what hangs on a case or a publication: days of 征求意见, of an extension, of 协商确认."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from disclosure import access
from disclosure.enums import DOCUMENT
from disclosure.models import Application, Consultation, Extension, Hold
from disclosure.queries.applications import facts_of
from disclosure.rules.clocks import Hold as Pause
from disclosure.rules.clocks import clock
from disclosure.services.emending import CLAUSE, may
from miyun_kpi.db.finding import one_of
from miyun_kpi.emendations.columns import Ended, moved
from miyun_kpi.emendations.registry import Facts, Place, Rest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.registry import kind_of, record_address
from miyun_kpi.routes import to


def find_hold(actor: Actor, pk: int) -> Hold:
    row = one_of(Hold.objects.select_related("application__organisation").filter(pk=pk))
    access.visible_application(actor, row.application_id)
    return row


def find_extension(actor: Actor, pk: int) -> Extension:
    row = one_of(Extension.objects.select_related("application__organisation").filter(pk=pk))
    access.visible_application(actor, row.application_id)
    return row


def find_consultation(actor: Actor, pk: int) -> Consultation:
    row = one_of(Consultation.objects.select_related("record__owner", "organisation").filter(pk=pk))
    access.published_record(actor, row.record_id)
    return row


def rests_of_hold(row: Hold, wanted: Facts, today: date) -> Sequence[Rest]:
    """The clock stood between the two days."""
    if not moved(row, wanted, ("sent_on", "returned_on")):
        return []
    facts = facts_of(row.application)
    before = clock(facts, today).due_on
    sent, back = (date.fromisoformat(wanted[name]) for name in ("sent_on", "returned_on"))
    own = Pause(row.get_kind_display(), row.sent_on, row.returned_on)
    holds = [replace(one, sent_on=sent, returned_on=back) if one == own else one for one in facts.holds]
    after = clock(replace(facts, holds=holds), today).due_on
    return [Rest("答复期限", f"由 {before} 变为 {after}" if before != after else f"不变，{before}")]


def page_of_case(row: Hold | Extension) -> str:
    return to("disclosure:application", row.application_id)


def case_name(application: Application) -> str:
    return f"{application.organisation.name}依申请公开第 {application.number} 号"


def page_of_record(row: Consultation) -> str:
    kind, _ = kind_of(row.record)
    return record_address(kind, row.record_id)


HOLD = Ended(
    model=Hold,
    code="hold",
    word="征求意见",
    columns=("sent_on", "returned_on"),
    action="disclosure.application.emended",
    subject=lambda row: f"application:{row.application_id}",
    place=lambda row: Place("disclosure", DOCUMENT, CLAUSE),
    find=find_hold,
    may=lambda actor, row: may(actor, row.application),
    name=lambda row: f"{case_name(row.application)}的征求意见",
    address=page_of_case,
    ended=lambda row: row.returned_on is not None,
    rests=rests_of_hold,
)
EXTENSION = Ended(
    model=Extension,
    code="extension",
    word="延期",
    columns=("reason", "asked_on", "opinion", "decided_on"),
    action="disclosure.application.emended",
    subject=lambda row: f"application:{row.application_id}",
    place=lambda row: Place("disclosure", DOCUMENT, CLAUSE),
    find=find_extension,
    may=lambda actor, row: may(actor, row.application),
    name=lambda row: f"{case_name(row.application)}的延期",
    address=page_of_case,
    ended=lambda row: row.approved is not None,
    rests=lambda row, wanted, today: [Rest("答复期限", "不变：延长的工作日照批准的天数")],
)
CONSULTATION = Ended(
    model=Consultation,
    code="consultation",
    word="协商确认",
    columns=("asked_on", "confirmed_on", "confirmed_by"),
    action="disclosure.organ.emended",
    subject=lambda row: f"record:{row.record_id}",
    place=lambda row: Place("disclosure", DOCUMENT, "二（六）"),
    find=find_consultation,
    may=lambda actor, row: access.may_publish(actor, row.record),
    name=lambda row: f"与{row.organisation.name}的协商确认",
    address=page_of_record,
    ended=lambda row: row.confirmed_on is not None,
    rests=lambda row, wanted, today: [],
)
