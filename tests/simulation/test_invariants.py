"""Every invariant sees its harm: the data are broken by hand, and it alone says so."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from disclosure.models import Application as Inquiry
from evaluation.models import Mark, SupervisionItem, SupervisionUnit
from evaluation.tasks.access.supervision import registers
from farmland.models import Entry, Fee, Lot, Money, Rate
from farmland.services import striking
from finance_policy.models import BankReturn, FundEntry
from miyun_kpi.audit.models import AuditHead
from miyun_kpi.jobs.models import Job, Slot
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Affiliation, Organisation
from personnel.models import Act, Notice
from personnel.services import drafts, issue
from postdoc.enums import Entry as Line
from postdoc.models import Application, BudgetYear, ClaimedMonth, LedgerLine, Stay
from tests.evaluation.conftest import actor_named
from tests.races.mixed.hands import Hand
from tests.simulation import holding_desks, holding_land
from tests.simulation.acts_house import hazard
from tests.simulation.holding import INVARIANTS, Seen
from tests.simulation.mutants import put_back
from tests.simulation.steps import PLAIN, Step
from tests.simulation.world import BEGINS, FIRST, Staff, at_moment

pytestmark = [pytest.mark.timeout(600), pytest.mark.once]
AT = FIRST + timedelta(hours=2)
Monkey = pytest.MonkeyPatch


@pytest.fixture
def seen(begun: None) -> Seen:
    """What the invariant of the test keeps to compare with."""
    return Seen(AT)


def said(seen: Seen, name: str) -> str:
    one = next(one for one in INVARIANTS if one.name == name)
    return "; ".join(one.check(seen))


def hand() -> Hand:
    return Hand(Staff(BEGINS.date()), Step(1, 1, PLAIN, "", AT).chance, "k", AT)


def without_triggers(table: str) -> None:
    """The guard of the audit is taken off, as somebody with the database in hand would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def gone_into(source: str, target: str) -> Organisation:
    """As a merger that moves nothing."""
    one, other = (Organisation.objects.get(code=code) for code in (source, target))
    Organisation.objects.filter(pk=one.pk).update(valid_to=AT.date() + timedelta(days=1))
    Affiliation.objects.create(organisation=one, other=other, kind="并入")
    return one


def pool(monkeypatch: Monkey) -> None:
    Lot.objects.filter(pk=Lot.objects.order_by("-accepted")[0].pk).update(accepted=Decimal("0.5"))


def replay(monkeypatch: Monkey) -> None:
    row = Entry.objects.filter(kind="post").order_by("-number")[0]
    Lot.objects.filter(pk=row.lot_id).update(used=Decimal("0.1"))


def land_money(monkeypatch: Monkey) -> None:
    row = Money.objects.exclude(fee=None).order_by("pk")[0]
    Fee.objects.filter(pk=row.fee_id).update(amount=row.amount / 2, waived=0)


def rewards(monkeypatch: Monkey) -> None:
    """Whatever prices a reward, it gives half of what it gave."""
    plain = holding_land.rewards.lines

    def halved() -> list[Any]:
        found = plain()
        for one in found:
            one.first.due /= 2
        return found

    monkeypatch.setattr(holding_land.rewards, "lines", halved)


def grants(monkeypatch: Monkey) -> None:
    Application.objects.filter(received__gt=0).update(received=1, passed=0)


def budgets(monkeypatch: Monkey) -> None:
    BudgetYear.objects.update(used=7)


def months(monkeypatch: Monkey) -> None:
    ClaimedMonth.objects.filter(pk=ClaimedMonth.objects.order_by("pk")[0].pk).delete()


def paid_twice(monkeypatch: Monkey) -> None:
    row = Application.objects.filter(received__gt=0, grant="living")[0]
    Application.objects.filter(pk=row.pk).update(asked=row.asked * 2)


def paid_out(monkeypatch: Monkey) -> None:
    """Handed on a second time while all of it is asked back."""
    row = Application.objects.filter(received__gt=0)[0]
    given = {"application": row, "on": AT.date(), "proof": "凭2", "by": "某人", "at": AT, "amount": row.received}
    LedgerLine.objects.create(kind=Line.CLAWBACK, ground="wrong", **given)
    LedgerLine.objects.create(kind=Line.HANDED, **given)


def kept_money(monkeypatch: Monkey) -> None:
    row = Stay.objects.filter(applications__received__gt=0)[0]
    Stay.objects.filter(pk=row.pk).update(left_on=row.entered_on + timedelta(days=40), leaving="withdrawn")


def fund(monkeypatch: Monkey) -> None:
    FundEntry.objects.filter(pk=FundEntry.objects.order_by("-number")[0].pk).update(balance=1)


def heads(monkeypatch: Monkey) -> None:
    AuditHead.objects.filter(stream="postdoc").update(count=1)


def sealed(monkeypatch: Monkey) -> None:
    mark = Mark.objects.filter(sheet__state="filed", value__gt=1).order_by("pk")[0]
    Mark.objects.filter(pk=mark.pk).update(value=mark.value - 1)


def slot(monkeypatch: Monkey) -> None:
    Slot.objects.create(task="x", key="y", state="failed", failed_at=AT, cause="KeyError")


def job(monkeypatch: Monkey) -> None:
    Job.objects.create(key="z", name="x", title="x", created_at=AT, publish_after=AT + timedelta(days=9))


def mark(monkeypatch: Monkey) -> None:
    row = Mark.objects.filter(sheet__state="filed").order_by("pk")[0]
    Mark.objects.filter(pk=row.pk).update(value=None, not_applicable="")


def issued_here() -> Notice:
    one, two = actor_named("renshi"), actor_named("renshi2")
    row = drafts.create_draft(actor=one, meeting="第3次会议", at=AT)
    given = drafts.ActInput("appoint", "某人甲", "区体育局", "科长")
    drafts.add_act(actor=one, notice_id=row.pk, version=row.version, given=given, at=AT)
    row.refresh_from_db()
    drafts.submit(actor=one, notice_id=row.pk, version=row.version, at=AT)
    row.refresh_from_db()
    issue.issue(actor=two, notice_id=row.pk, version=row.version, number="密政任〔2026〕7号", dated=AT.date(), at=AT)
    return Notice.objects.get(pk=row.pk)


def paper(monkeypatch: Monkey) -> None:
    row = issued_here()
    assert not said(KEPT[0], "issued papers do not change")
    Act.objects.filter(notice=row).update(printed="区体育局局长")


def number(monkeypatch: Monkey) -> None:
    """The constraint of the store stands before it: taken away."""
    with connection.cursor() as cursor:
        cursor.execute('DROP INDEX "one_notice_per_number"')
    one = Notice.objects.filter(state="issued").order_by("pk")[0]
    Notice.objects.create(number=one.number, state="draft", created_at=AT, created_by="某人")


def terms(monkeypatch: Monkey) -> None:
    """Somebody is appointed to the post that he holds."""
    row = issued_here()
    act = Act.objects.get(notice=row)
    again = Notice.objects.create(
        number="密政任〔2026〕8号", dated=AT.date(), state="issued", created_at=AT, created_by="某人", issued_at=AT
    )
    Act.objects.create(
        notice=again, line=1, order=1, kind="appoint", person=act.person, position=act.position, printed=act.printed
    )


def desk(monkeypatch: Monkey) -> None:
    hazard(hand())
    monkeypatch.setattr(holding_desks, "desk_items", lambda actor, at: [])


def left_behind(monkeypatch: Monkey) -> None:
    gone_into("minzheng-ju", "shuiwu-ju")


def supervised(monkeypatch: Monkey) -> None:
    place = gone_into("minzheng-ju", "shuiwu-ju")
    item = SupervisionItem.objects.create(
        indicator=registers()[0],
        number="督1号",
        source="work_report",
        title="某事",
        registered_on=date(2026, 1, 1),
        due_on=date(2026, 12, 31),
        first_due_on=date(2026, 12, 31),
        saved_at=AT,
        saved_by="某人",
    )
    SupervisionUnit.objects.create(item=item, organisation=place, role="lead", order=0)


def scope(monkeypatch: Monkey) -> None:
    monkeypatch.setattr(holding_desks, "visible_returns", lambda actor: BankReturn.objects.all())


def counted(monkeypatch: Monkey) -> None:
    monkeypatch.setattr(holding_desks, "tallies", lambda found, at: {})


def back_whole(monkeypatch: Monkey) -> None:
    row = Application.objects.filter(received__gt=0)[0]
    given = {"application": row, "on": AT.date(), "proof": "凭1", "by": "某人", "at": AT, "amount": row.received}
    LedgerLine.objects.create(kind=Line.CLAWBACK, ground="wrong", **given)
    LedgerLine.objects.create(kind=Line.RECOVERED, **given)
    Application.objects.filter(pk=row.pk).update(clawback=row.received, recovered=row.received)


def dear_price(monkeypatch: Monkey) -> None:
    """Nobody may strike it."""
    Rate.objects.create(
        kind="compensation",
        value=1,
        starts_on=AT.date() + timedelta(days=9),
        basis="录错",
        created_at=AT,
        created_by="某",
    )

    def refuse(**given: Any) -> None:
        raise Refused("no-door", "没有这个办法。")

    monkeypatch.setattr(striking, "strike_rate", refuse)


HARM: dict[str, Callable[[Monkey], Any]] = {
    "the pool balances": pool,
    "the pool replays": replay,
    "money of land covers itself": land_money,
    "a reward due is never priced anew": rewards,
    "sums of grants are those of their lines": grants,
    "budgets hold what was approved": budgets,
    "months make the amount": months,
    "no month is paid twice": paid_twice,
    "a unit pays out what it holds": paid_out,
    "nobody keeps money of months after leaving": kept_money,
    "the fund replays": fund,
    "heads of the audit count their entries": heads,
    "verification finds nothing": sealed,
    "background work ends in no error": slot,
    "no job is lost": job,
    "marks are within their bounds": mark,
    "issued papers do not change": paper,
    "a number is issued once": number,
    "terms do not contradict each other": terms,
    "every waiting step is on a desk": desk,
    "nothing open is left with a body that went": supervised,
    "relations that move have moved": left_behind,
    "scopes hold": scope,
    "reports are counted once": counted,
    "what came back whole holds nothing": back_whole,
    "a wrong price can be struck": dear_price,
}
# What has a mutant of its own is broken by it.
BY_MUTANT = {
    "a leaving is always taken in": "A1",
    "every issued act can be put right": "A5",
    "every answer can be put right": "A6",
}
# What was seen before the harm.
KEPT: list[Seen] = []


def test_every_invariant_has_its_harm_and_says_why() -> None:
    names = {one.name for one in INVARIANTS}
    assert names == set(HARM) | set(BY_MUTANT) and len(names) == len(INVARIANTS) >= 25
    assert all(len(one.why) > 20 and one.clause for one in INVARIANTS)


@pytest.mark.parametrize("name", sorted(HARM))
def test_an_invariant_sees_its_harm(seen: Seen, monkeypatch: Monkey, name: str) -> None:
    KEPT[:] = [seen]
    before = said(seen, name)
    with at_moment(AT):
        HARM[name](monkeypatch)
    assert not before and said(seen, name), name


@pytest.mark.parametrize("name", sorted(BY_MUTANT))
def test_an_invariant_sees_its_mutant(seen: Seen, name: str) -> None:
    if BY_MUTANT[name] == "A6":
        Inquiry.objects.filter(pk=Inquiry.objects.order_by("pk")[0].pk).update(
            answered_on=AT.date(), outcome="granted", archived_on=AT.date()
        )
    assert not said(seen, name)
    with put_back(BY_MUTANT[name]):
        assert said(seen, name)
