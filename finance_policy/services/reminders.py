"""Notices of what comes near its day or is past it; each once, whatever the clock does."""

from datetime import date
from functools import partial

from finance_policy.enums import DOCUMENT
from finance_policy.models import Bank
from finance_policy.queries.due import Due, due_records
from finance_policy.queries.returns import owed
from finance_policy.queries.subsidy import settings_of
from finance_policy.rules.quarters import due_on
from finance_policy.services.halting import codes, settle_firm
from miyun_kpi.duties.models import DutyDocument
from miyun_kpi.duties.services.reminders import office_of
from miyun_kpi.inbox.services import Message, send_due
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib import workdays
from miyun_kpi.routes import to

SOON_DAYS = 3


@timed("finance_policy.send_notices", "绿色金融登记和银行季报的提醒", tells=lambda: office_of(DOCUMENT))
def send_notices(run: Run) -> None:
    """To 区金融办 for its registers, to each bank for its return."""
    today = run.at.astimezone().date()
    office = DutyDocument.objects.filter(document=DOCUMENT).values_list("office_id", flat=True).first()
    messages: list[Message] = []
    if office is not None:
        messages += run.gather(
            due_records(today),
            lambda due: _of_record(due, office, today),
            key=lambda due: f"record:{due.record.pk}",
        )
    messages += run.gather([today], _returns, key=lambda _: "returns")
    for code in codes():
        run.guard(f"settle:{code}", partial(settle_firm, code, run.at), what="贴息和库的当晚核对")
    send_due(run, messages)


def _of_record(due: Due, office: int, today: date) -> list[Message]:
    late = due.day < today
    if not late and workdays.working_days_between(today, due.day) > SOON_DAYS:
        return []
    word = "已逾期" if late else "将到期"
    return [
        Message(
            key=f"finance-{'late' if late else 'due'}:{due.record.pk}:{due.day}",
            organisation_id=office,
            title=f"{word}：{due.title}"[:100],
            body=f"{due.kind.title}，{due.kind.field(due.kind.due).label} {due.day}。",
            url=due.url,
            clause=f"{DOCUMENT}·{due.kind.clause}",
        )
    ]


def _returns(today: date) -> list[Message]:
    """To each bank for every quarter that it owes; one that was given back is on its desk.

    Not to a body that has ended: which bank goes on is for 区金融办 to say, on whose desk the list stands.
    """
    stands = Bank.objects.filter(active=True, organisation__isnull=False, organisation__valid_to__isnull=True)
    banks = stands.prefetch_related("returns")
    return [one for bank in banks for quarter in owed(bank, today) for one in _of_return(bank, quarter, today)]


def _of_return(bank: Bank, quarter: str, today: date) -> list[Message]:
    due = due_on(quarter, settings_of(quarter).due_days)
    late = due < today
    if not late and workdays.working_days_between(today, due) > SOON_DAYS:
        return []
    return [
        Message(
            key=f"finance-return-{'late' if late else 'due'}:{bank.pk}:{quarter}:{due}",
            organisation_id=bank.organisation_id or 0,
            title=f"{'已逾期' if late else '将到期'}：绿色信贷季报 {quarter}",
            body=f"报送截止 {due}。",
            url=to("finance_policy:returns"),
            clause=f"{DOCUMENT}·三（三）8",
        )
    ]
