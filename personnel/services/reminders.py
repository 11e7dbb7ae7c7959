"""Notices to 人事 of probations that end; each once, whatever the clock does."""

from miyun_kpi.inbox.services import Message, send_due
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib.citations import cite
from miyun_kpi.routes import to
from personnel.queries.terms import ProbationLine, book, office_id, probations


def _office() -> list[tuple[int, str]]:
    office = office_id()
    return [] if office is None else [(office, "")]


@timed("personnel.send_notices", "试用期将满、已满的提醒", tells=_office)
def send_notices(run: Run) -> None:
    office = office_id()
    if office is None:
        return
    found = probations(book(), run.at.astimezone().date(), office=True)
    messages = run.gather(found, lambda one: _messages(one, office), key=lambda one: f"probation:{one.line.person.pk}")
    send_due(run, messages)


def _messages(one: ProbationLine, office: int) -> list[Message]:
    if one.state not in ("due", "overdue"):
        return []
    act, word = one.line.began, "将满" if one.state == "due" else "已满，没有决定"
    assert act is not None
    clause = cite(act.notice.document, act.clause) if act.notice and act.clause else ""
    return [
        Message(
            key=f"probation-{one.state}:{act.pk}",
            organisation_id=office,
            title=f"试用期{word}：{one.line.person.name}",
            body=f"{one.line.printed}，试用到 {one.last_day}。",
            url=to("personnel:probations"),
            clause=clause,
        )
    ]
