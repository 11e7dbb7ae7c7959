"""Notices of what comes near its day or is past it; each once, whatever the clock does."""

from datetime import date, datetime

from finance_policy.enums import DOCUMENT, ReturnState
from finance_policy.models import Bank, BankReturn
from finance_policy.queries.due import due_records
from finance_policy.queries.subsidy import settings
from finance_policy.rules.quarters import due_on, last_ended
from miyun_kpi.duties.models import DutyDocument
from miyun_kpi.inbox.services import Message, send
from miyun_kpi.lib import workdays
from miyun_kpi.routes import to

SOON_DAYS = 3


def send_notices(*, at: datetime) -> int:
    """To 区金融办 for its registers, to each bank for its return. Returns new notices."""
    today = at.astimezone().date()
    return send([*_registers(today), *_returns(today)], at=at)


def _registers(today: date) -> list[Message]:
    office = DutyDocument.objects.filter(document=DOCUMENT).values_list("office_id", flat=True).first()
    if office is None:
        return []
    made = []
    for due in due_records(today):
        late = due.day < today
        if late or workdays.working_days_between(today, due.day) <= SOON_DAYS:
            word = "已逾期" if late else "将到期"
            made.append(
                Message(
                    key=f"finance-{'late' if late else 'due'}:{due.record.pk}:{due.day}",
                    organisation_id=office,
                    title=f"{word}：{due.title}"[:100],
                    body=f"{due.kind.title}，{due.kind.field(due.kind.due).label} {due.day}。",
                    url=due.url,
                    clause=f"{DOCUMENT}·{due.kind.clause}",
                )
            )
    return made


def _returns(today: date) -> list[Message]:
    ended = str(last_ended(today))
    due = due_on(ended, settings().due_days)
    late = due < today
    if not late and workdays.working_days_between(today, due) > SOON_DAYS:
        return []
    sent = BankReturn.objects.filter(period=ended, state__in=[ReturnState.FILED, ReturnState.ACCEPTED])
    banks = Bank.objects.filter(active=True, organisation__isnull=False).exclude(pk__in=sent.values("bank_id"))
    word = "已逾期" if late else "将到期"
    return [
        Message(
            key=f"finance-return-{'late' if late else 'due'}:{bank.pk}:{ended}:{due}",
            organisation_id=bank.organisation_id or 0,
            title=f"{word}：绿色信贷季报 {ended}",
            body=f"报送截止 {due}。",
            url=to("finance_policy:returns"),
            clause=f"{DOCUMENT}·三（三）8",
        )
        for bank in banks
    ]
