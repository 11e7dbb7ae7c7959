"""Notices to 人事 of probations that end; each once, whatever the clock does."""

from datetime import datetime

from miyun_kpi.inbox.services import Message, send
from miyun_kpi.lib.citations import cite
from miyun_kpi.routes import to
from personnel.queries.terms import book, office_id, probations


def send_notices(*, at: datetime) -> int:
    office = office_id()
    if office is None:
        return 0
    messages = []
    for one in probations(book(), at.astimezone().date()):
        if one.state not in ("due", "overdue"):
            continue
        act, word = one.line.began, "将满" if one.state == "due" else "已满，没有决定"
        assert act is not None
        clause = cite(act.notice.document, act.clause) if act.notice and act.clause else ""
        messages.append(
            Message(
                key=f"probation-{one.state}:{act.pk}",
                organisation_id=office,
                title=f"试用期{word}：{one.line.person.name}",
                body=f"{one.line.printed}，试用到 {one.last_day}。",
                url=to("personnel:probations"),
                clause=clause,
            )
        )
    return send(messages, at=at)
