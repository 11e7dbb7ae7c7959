"""Notices of applications near or past their day and of the yearly reports; each once, whatever the clock does."""

from datetime import date

from disclosure.enums import DOCUMENT
from disclosure.models import Application
from disclosure.queries.applications import line_of
from miyun_kpi.duties.models import DutyDocument
from miyun_kpi.duties.services.reminders import office_of
from miyun_kpi.inbox.services import Message, send_due
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.organisations.queries import told_for
from miyun_kpi.routes import to

# 年报: 部门 01-31, 区 03-31 (推定: not printed; the days of 《政府信息公开条例》 第四十九条).
# Reminded of from the first day of the year on.
REPORTS = (("unit", 1, 31, "部门年报"), ("district", 3, 31, "区政府年报"))


@timed("disclosure.send_notices", "依申请公开和年报的提醒", tells=lambda: office_of(DOCUMENT))
def send_notices(run: Run) -> None:
    """One read of the open applications and their holds."""
    today = run.at.astimezone().date()
    found = Application.objects.filter(answered_on__isnull=True).prefetch_related("holds")
    messages = run.gather(found, lambda row: _of_application(row, today), key=lambda row: f"application:{row.pk}")
    messages += run.gather([today.year], lambda _: _reports(today), key=lambda year: f"reports:{year}")
    send_due(run, messages)


def _of_application(row: Application, today: date) -> list[Message]:
    line = line_of(row, today)
    if line.clock.state not in ("due", "overdue"):
        return []
    word = "将到期" if line.clock.state == "due" else "已逾期"
    return [
        Message(
            key=f"application-{line.clock.state}:{row.pk}:{line.clock.due_on}",
            organisation_id=row.organisation_id,
            title=f"{word}：依申请公开第 {row.number} 号",
            body=f"答复期限 {line.clock.due_on}。",
            url=to("disclosure:application", row.pk),
            clause=f"{DOCUMENT}·五（一）",
        )
    ]


def _reports(today: date) -> list[Message]:
    """To every organ with applications, and to the office for the district."""
    office = DutyDocument.objects.filter(document=DOCUMENT).values_list("office_id", flat=True).first()
    # A body that went on reports for those that ended into it.
    answered = Application.objects.order_by().values_list("organisation_id", flat=True).distinct()
    organs = {pk for several in told_for(answered).values() for pk in several}
    messages = []
    for code, month, day, name in REPORTS:
        due = date(today.year, month, day)
        if today > due or today < date(today.year, 1, 1):
            continue
        for organ in sorted(organs) if code == "unit" else [office]:
            if organ is not None:
                messages.append(
                    Message(
                        key=f"annual-{code}:{today.year}:{organ}",
                        organisation_id=organ,
                        title=f"{today.year - 1}年政府信息公开{name}",
                        body=f"{due} 前公布（推定）；办理情况表由登记的申请算出。",
                        url=to("disclosure:annual", year=today.year - 1),
                        clause=f"{DOCUMENT}·五（一）",
                    )
                )
    return messages
