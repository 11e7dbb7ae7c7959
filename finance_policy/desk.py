"""What waits on “my desk” for the units of 19号 besides the steps of its registers."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import cache

from finance_policy.access import SUBSIDY_CLAUSE, is_office, keeps_clause, own_bank, own_banks
from finance_policy.enums import DOCUMENT, SUBJECT, ReturnState
from finance_policy.models import Bank, BankReturn, VetoNotice
from finance_policy.queries.due import due_records
from finance_policy.queries.returns import outdated, owed
from finance_policy.queries.subsidies import found, sums
from finance_policy.queries.subsidy import settings_of
from finance_policy.rules.quarters import due_on
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.periods import label_of
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import stands_for
from miyun_kpi.routes import to

SOON_DAYS = 3
CLAUSE = "三（三）8"


def _end_of(day: date) -> datetime:
    """The last minute of the day; the day itself is still in time."""
    return datetime.combine(day, time(23, 59), SHANGHAI)


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if actor.organisation_id is None:
        return []
    items: list[DeskItem] = []
    if actor.may(Verb.KEEP_REGISTERS):
        items += _reviews(actor, at) + _to_check(actor) + _subsidies(actor) + _ended_banks(actor)
    bank = own_bank(actor) if actor.may(Verb.REPORT_PROGRESS) else None
    if bank is not None:
        gone = own_banks(actor).exclude(pk=bank.pk).prefetch_related("returns")
        items += _returns(bank, at) + _notices(bank)
        items += [one for other in gone for one in _came_back(other, other.returns.all())]
    return items


def concerns(actor: Actor, organisation: Organisation) -> list[str]:
    """A bank; units of a clause are told by its duties."""
    banks = Bank.objects.filter(organisation__in=stands_for(organisation.pk))
    bank = actor.may(Verb.REPORT_PROGRESS) and banks.exists()
    return [SUBJECT] if bank else []


def _reviews(actor: Actor, at: datetime) -> list[DeskItem]:
    """Whether the actor keeps a clause is asked once for each, however many records are due."""
    today = at.astimezone().date()
    keeps = cache(lambda clause: keeps_clause(actor, clause))
    items = []
    for due in due_records(today):
        if not keeps(due.kind.clause):
            continue
        late = due.day < today
        soon = workdays.working_days_between(today, due.day) <= SOON_DAYS
        items.append(
            DeskItem(
                group="late" if late else "due-soon" if soon else "later",
                subject=SUBJECT,
                state="overdue" if late else "due",
                title=due.title,
                context=f"{due.kind.title} · {due.kind.field(due.kind.due).label} {due.day}",
                url=due.url,
                action="办理",
                document=DOCUMENT,
                clause=due.kind.clause,
                due_at=_end_of(due.day),
            )
        )
    return items


def _to_check(actor: Actor) -> list[DeskItem]:
    if not is_office(actor):
        return []
    number = BankReturn.objects.filter(state=ReturnState.FILED).count()
    if not number:
        return []
    return [
        DeskItem(
            group="to-check",
            subject=SUBJECT,
            state="submitted",
            title=f"银行季报待审核 {number} 份",
            context="接受，或写意见退回",
            url=to("finance_policy:returns", state="filed"),
            action="审核",
            document=DOCUMENT,
            clause=CLAUSE,
            kind=ItemKind.REVIEW,
        )
    ]


def _ended_banks(actor: Actor) -> list[DeskItem]:
    """In the list as reporting, and nobody can open a return for it any more: 区金融办 says what becomes of it."""
    if not is_office(actor):
        return []
    return [
        DeskItem(
            group="to-check",
            subject=SUBJECT,
            state="due",
            title=f"银行名单：{bank.name}"[:60],
            context="它的机构已经撤并，请改为不再报，或换一个机构",
            url=to("finance_policy:banks", edit=bank.pk),
            action="改名单",
            document=DOCUMENT,
            clause=CLAUSE,
            kind=ItemKind.STANDING,
        )
        for bank in Bank.objects.filter(active=True, organisation__valid_to__isnull=False)
    ]


def _corrections() -> list[DeskItem]:
    """A late return, or one that came back, after the quarter was given out."""
    return [
        DeskItem(
            group="to-check",
            subject=SUBJECT,
            state="due",
            title=f"更正{label_of(code)}银行季报汇总",
            context=why,
            url=to("finance_policy:returns"),
            action="更正汇总",
            document=DOCUMENT,
            clause=CLAUSE,
            kind=ItemKind.TURN,
        )
        for code, why in outdated()
    ]


def _subsidies(actor: Actor) -> list[DeskItem]:
    """What was released and not paid, and what is to be given back, for 区金融办."""
    if not is_office(actor):
        return []
    return _corrections() + [
        DeskItem(
            group="to-check",
            subject=SUBJECT,
            state=state,
            title=f"贴息{words} {number} 笔",
            context=f"合计 {abs(due - paid):,.2f} 元",
            url=to("finance_policy:subsidies", state=code),
            action=action,
            document=DOCUMENT,
            clause=SUBSIDY_CLAUSE,
            kind=ItemKind.TURN,
        )
        for code, words, state, action in (
            ("waiting", "待拨付", "submitted", "登记拨付"),
            ("owed", "待追回", "overdue", "登记追回到账"),
        )
        if (number := found(code).count())
        for due, paid in [sums(found(code))]
    ]


def _returns(bank: Bank, at: datetime) -> list[DeskItem]:
    """What the bank owes of the quarters that have ended, and every return that came back."""
    today = at.astimezone().date()
    rows = {row.period: row for row in bank.returns.all()}
    items = _came_back(bank, rows.values())
    for quarter in owed(bank, today):
        row, due = rows.get(quarter), due_on(quarter, settings_of(quarter).due_days)
        soon = workdays.working_days_between(today, due) <= SOON_DAYS
        group, state = ("late", "overdue") if due < today else ("due-soon" if soon else "later", "not_filed")
        address = to("finance_policy:return", row.pk) if row else to("finance_policy:returns")
        items.append(
            _return_item(group, state, f"绿色信贷季报：{label_of(quarter)}", f"报送截止 {due}", address, "填报", due)
        )
    return items


def _came_back(bank: Bank, rows: Iterable[BankReturn]) -> list[DeskItem]:
    """Named with its bank: a post may act for several."""
    return [
        _return_item(
            "returned",
            "returned",
            f"季报被退回：{bank.name}{label_of(row.period)}",
            row.opinion[:60],
            to("finance_policy:return", row.pk),
            "改正",
        )
        for row in rows
        if row.state == ReturnState.RETURNED
    ]


def _return_item(
    group: str, state: str, title: str, context: str, url: str, action: str, due: date | None = None
) -> DeskItem:
    return DeskItem(
        group=group,
        subject=SUBJECT,
        state=state,
        title=title,
        context=context,
        url=url,
        action=action,
        document=DOCUMENT,
        clause=CLAUSE,
        due_at=_end_of(due) if due else None,
        kind=ItemKind.TERM if due else ItemKind.RETURNED,
    )


def _notices(bank: Bank) -> list[DeskItem]:
    number = VetoNotice.objects.filter(lifted_on__isnull=True).exclude(receipts__bank=bank).count()
    if not number:
        return []
    return [
        DeskItem(
            group="to-check",
            subject=SUBJECT,
            state="to_confirm",
            title=f"环保一票否决信息待签收 {number} 条",
            context="签收以后登记本行的处理",
            url=to("finance_policy:vetoes"),
            action="签收",
            document=DOCUMENT,
            clause="二（一）1",
            kind=ItemKind.SIGN,
        )
    ]
