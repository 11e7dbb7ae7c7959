"""27号 by two persons: decisions over money are proposed, payments are vouchers, review and payment are two offices."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from openpyxl import load_workbook

from miyun_kpi.acts.days import Late
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Affiliation, Organisation
from miyun_kpi.organisations.queries import MERGED, resolve
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import by_two, decide, propose
from postdoc.desk import desk_items
from postdoc.models import BudgetYear, LedgerLine
from postdoc.queries.money import balance_of, months
from postdoc.services import applications, clawback, course, ledger, names
from postdoc.services.settling import effects_of
from tests.factories.rankings import BACKEND, person
from tests.postdoc.conftest import AT, LATE, WHO, act, enter, somebody
from tests.postdoc.test_money import TODAY, apply, approved, budget, living, review

__all__ = ["approved", "budget", "living"]


@pytest.fixture
def purse(gazette):
    return somebody("区财政局", "register_office", 33)


def line(actor, row, kind, at=AT, **more):
    row.refresh_from_db()
    return ledger.write_line(
        actor=actor, application_id=row.pk, version=row.version, kind=kind, at=at, **({"proof": "凭甲1"} | more)
    )


def test_sum_and_payee_follow_from_the_approval(approved, treasury, park, handler):
    paid = line(treasury, approved, "paid")
    assert (paid.amount, paid.payee, paid.on) == (Decimal(48000), "某公司", TODAY)
    with pytest.raises(Refused, match="税款要填金额"):
        line(park, approved, "tax")
    line(park, approved, "tax", amount=Decimal(1440))
    assert line(park, approved, "handed").amount == Decimal(46560)
    approved.refresh_from_db()
    claw = {"application_id": approved.pk, "version": approved.version, "proof": "追1号", "note_text": "虚假材料骗取"}
    made = clawback.claw_back(actor=handler, ground="fraud", amount=None, at=AT, **claw)
    assert made.amount == Decimal(48000)
    assert line(treasury, approved, "recovered", proof="凭甲2").amount == Decimal(48000)


def test_a_voucher_of_the_treasury_stands_once(approved, treasury, park, station, stay, handler):
    line(treasury, approved, "paid")
    other = apply(park, station, "station")
    review(handler, other)
    with pytest.raises(Conflict, match="凭证号已经用过"):
        line(treasury, other, "paid")
    # A unit numbers its papers as it likes.
    line(park, approved, "tax", amount=Decimal(1))
    first = approved.lines.get(kind="paid")
    approved.refresh_from_db()
    reverse = {"application_id": approved.pk, "version": approved.version, "reason": "凭证号录错"}
    with pytest.raises(Refused, match="为前提"):
        ledger.reverse_line(actor=treasury, line_id=first.pk, at=AT, **reverse)
    tax = approved.lines.get(kind="tax")
    ledger.reverse_line(actor=park, line_id=tax.pk, at=AT, **reverse)
    approved.refresh_from_db()
    ledger.reverse_line(actor=treasury, line_id=first.pk, at=AT, **(reverse | {"version": approved.version}))
    assert line(treasury, other, "paid").voucher == "凭甲1"


def test_the_paper_of_an_earlier_day_is_entered_with_its_day(living, handler, treasury, budget):
    """Approved and paid on Tuesday by paper, typed on Friday: neither is too early, both say 补登."""
    friday, tuesday = AT + timedelta(days=4), AT.date() + timedelta(days=1)
    late = Late("京密人社函5号", "原件今天才转来")
    living.refresh_from_db()
    given = {"application_id": living.pk, "version": living.version, "decision": "approve", "opinion": ""}
    with pytest.raises(Refused, match="补登"):
        applications.review(actor=handler, on=tuesday, at=friday, **given)
    with pytest.raises(Refused, match="早于报送日期"):
        applications.review(actor=handler, on=AT.date() - timedelta(days=3), late=late, at=friday, **given)
    with pytest.raises(Refused, match="晚于今天"):
        applications.review(actor=handler, on=friday.date() + timedelta(days=1), at=friday, **given)
    row = applications.review(actor=handler, on=tuesday, late=late, at=friday, **given)
    assert row.reviewed_on == tuesday and row.reviewed_late == "补登，依据京密人社函5号；原件今天才转来"
    with pytest.raises(Refused, match="拨付日期早于审核日期"):
        line(treasury, row, "paid", on=AT.date(), late=late, at=friday)
    paid = line(treasury, row, "paid", on=tuesday, late=late, at=friday)
    assert paid.on == tuesday and paid.late.startswith("补登") and BudgetYear.objects.get().used == 48000
    page = Client()
    page.force_login(person("rs", "区人社保局", "register_office"), backend=BACKEND)
    shown = page.get(f"/postdoc/applications/{row.pk}/").content.decode()
    assert shown.count("补登，依据京密人社函5号") >= 2


def test_review_and_payment_are_two_offices_also_after_a_merger(approved, handler, treasury):
    approved.refresh_from_db()
    assert approved.reviewed_office_id == handler.organisation_id
    bureau, purse = resolve("区人社局"), resolve("区财政局")
    Organisation.objects.filter(pk=bureau.pk).update(valid_to=TODAY)
    Affiliation.objects.create(organisation_id=bureau.pk, other_id=purse.pk, kind=MERGED, note="机构改革")
    with pytest.raises(NotAllowed, match="审核和拨付不能由同一单位办理"):
        line(treasury, approved, "paid")
    assert not approved.lines.exists()


def test_what_is_decided_over_money_waits_for_the_second(approved, treasury, purse, handler, park):
    line(treasury, approved, "paid")
    approved.refresh_from_db()
    given = {"application_id": approved.pk, "version": approved.version}
    row = propose(
        actor=handler,
        code="postdoc-clawback",
        at=AT,
        ground="wrong",
        amount=Decimal(8000),
        proof="追1号",
        note_text="重复申报查实",
        **given,
    )
    assert ["追回金额", "8,000.00 元"] in row.said
    approved.refresh_from_db()
    assert balance_of(approved).clawback == 0
    with pytest.raises(NotAllowed):
        decide(actor=handler, proposal_id=row.pk, version=row.version, confirm=True, note="", at=AT)
    with pytest.raises(NotFound):
        decide(actor=treasury, proposal_id=row.pk, version=row.version, confirm=True, note="", at=AT)
    second = somebody("区人社局", "register_office", 29)
    decide(actor=second, proposal_id=row.pk, version=row.version, confirm=True, note="", at=AT)
    approved.refresh_from_db()
    assert balance_of(approved).clawback == 8000
    undone = {"line_id": approved.lines.get(kind="clawback").pk, "reason": "追回决定撤销"}
    with pytest.raises(NotAllowed):
        propose(
            actor=park, code="postdoc-reversal", at=AT, version=approved.version, application_id=approved.pk, **undone
        )
    by_two(
        first=treasury,
        second=purse,
        code="postdoc-reversal",
        at=AT,
        application_id=approved.pk,
        version=approved.version,
        **undone,
    )
    approved.refresh_from_db()
    assert balance_of(approved).clawback == 0


def test_a_budget_and_a_figure_wait_for_the_second(treasury, purse, handler):
    given = {"year": 2026, "amount": Decimal(1000), "document": "批复一号", "on": TODAY}
    with pytest.raises(NotAllowed):
        propose(actor=handler, code="postdoc-budget", at=AT, **given)
    row = propose(actor=treasury, code="postdoc-budget", at=AT, **given)
    assert not BudgetYear.objects.filter(total__gt=0).exists()
    decide(actor=purse, proposal_id=row.pk, version=row.version, confirm=True, note="", at=AT)
    assert BudgetYear.objects.get().total == 1000


def test_the_month_is_reconciled_by_the_treasury(approved, treasury, purse, handler):
    line(treasury, approved, "paid")
    later = AT + timedelta(days=40)
    (found,) = months()
    assert (found.month, found.count, found.sums.paid.net, found.sums.received.net, found.state[1]) == (
        "2026-03",
        1,
        Decimal(48000),
        Decimal(0),
        "未对账",
    )
    said = {"month": "2026-03", "digest": found.digest}
    with pytest.raises(NotAllowed):
        propose(actor=handler, code="postdoc-reconciliation", at=later, **said)
    by_two(first=treasury, second=purse, code="postdoc-reconciliation", at=later, **said)
    assert months()[0].state[1] == "已对账"
    paid = approved.lines.get(kind="paid")
    approved.refresh_from_db()
    ledger.reverse_line(
        actor=treasury,
        application_id=approved.pk,
        version=approved.version,
        line_id=paid.pk,
        reason="凭证号录错",
        at=later,
    )
    # The reversal stands in the month in which it was made; what was reconciled stays as it was.
    newer, older = months()
    assert (newer.month, newer.sums.paid.reversed, older.state[1]) == ("2026-04", Decimal(48000), "已对账")
    assert newer.sums.received.count == 0, "what is reversed was never received"
    page = Client()
    page.force_login(person("cz", "区财政局", "register_office"), backend=BACKEND)
    shown = page.get("/postdoc/money/months/").content.decode()
    assert "未对账" in shown and "已对账" in shown and "凭甲1" in shown
    other = Client()
    other.force_login(person("bz", "北庄镇", "reporter"), backend=BACKEND)
    assert other.get("/postdoc/money/months/").status_code == 403


def test_the_keeper_of_a_station_opens_its_own_people_with_a_reason(park, handler, stay, stranger):
    shown = names.reveal(actor=park, stay_id=stay.pk, reason="核对拨付账号", at=AT)
    assert ("姓名", "赵某某") in shown.rows
    listed = names.open_names(actor=park, reason="每月核对名单", at=AT)
    assert [one.name for one in listed] == ["赵某某"] and "赵" not in repr(listed)
    entry = AuditEntry.objects.get(action="postdoc.people.listed")
    assert "每月核对名单" in str(entry.data) and "赵某某" not in str(entry.data)
    with pytest.raises(Refused, match="理由"):
        names.open_names(actor=park, reason="看", at=AT)
    with pytest.raises(Refused, match="不写个人信息"):
        names.open_names(actor=park, reason="找赵某某的账号", at=AT)
    for other in (handler, stranger):
        with pytest.raises(NotAllowed):
            names.open_names(actor=other, reason="每月核对名单", at=AT)
    with pytest.raises(NotFound):
        names.reveal(actor=stranger, stay_id=stay.pk, reason="核对拨付账号", at=AT)


def test_the_ground_of_a_withdrawal_is_not_opened_to_the_station(park, handler, stay):
    left = {"left_on": date(2021, 3, 1), "noticed_on": date(2021, 2, 1)}
    act(course.withdraw, park, stay, ground="04", notice="told", explanation="因病（虚构）", **left)
    assert "退站情形和说明" not in dict(names.reveal(actor=park, stay_id=stay.pk, reason="核对拨付账号", at=AT).rows)
    assert (
        "因病"
        in dict(names.reveal(actor=handler, stay_id=stay.pk, reason="核对拨付账号", at=AT).rows)["退站情形和说明"]
    )


def test_the_list_of_names_is_a_page_and_a_workbook_after_a_reason(park, station, stay):
    user = person("yq", "中关村密云园", "reporter")
    page = Client()
    page.force_login(user, backend=BACKEND)
    assert "赵某某" not in page.get("/postdoc/stays/names/").content.decode()
    assert page.post("/postdoc/stays/names/", {"reason": "看"}).status_code == 422
    assert "赵某某" in page.post("/postdoc/stays/names/", {"reason": "每月核对名单"}).content.decode()
    answer = page.post("/postdoc/stays/names/", {"reason": "每月核对名单", "do": "workbook"})
    cells = [str(cell.value) for row in load_workbook(io.BytesIO(answer.content)).active.rows for cell in row]
    assert "赵某某" in cells and not any(WHO["document_number"] in one for one in cells)
    assert AuditEntry.objects.filter(action="postdoc.people.listed").count() == 2
    masked = page.get("/postdoc/stays/workbook/")
    told = [str(cell.value) for row in load_workbook(io.BytesIO(masked.content)).active.rows for cell in row]
    assert "赵某某" not in told


def test_what_a_leaving_does_to_money_is_said_before_and_told_after(approved, treasury, park, handler, stay):
    line(treasury, approved, "paid")
    stay.refresh_from_db()
    (said,) = effects_of(stay, date(2021, 5, 31), TODAY)
    assert "已拨付 48,000.00 元" in said[0] and "自动追回 16,000.00 元" in said[1] and "4 个月" in said[1]
    stay.refresh_from_db()
    assert stay.left_on is None and not LedgerLine.objects.filter(kind="clawback").exists()
    page = Client()
    page.force_login(person("yq", "中关村密云园", "reporter"), backend=BACKEND)
    shown = page.get(f"/postdoc/stays/{stay.pk}/?leaving_on=2021-05-31").content.decode()
    assert "自动追回 16,000.00 元" in shown and "没有登记" in shown
    assert page.get(f"/postdoc/stays/{stay.pk}/?leaving_on=x").status_code == 400
    left = {"left_on": date(2021, 5, 31), "noticed_on": date(2021, 5, 1)}
    act(course.withdraw, park, stay, ground="11", notice="told", explanation="", **left)
    found = LedgerLine.objects.get(kind="clawback")
    assert found.amount == Decimal(16000)
    told = Notice.objects.get(title__startswith="离站后多领，自动追回 16,000.00 元")
    assert told.organisation_id == handler.organisation_id
    items = [item for item in desk_items(handler, AT) if item.action == "通知退回"]
    assert len(items) == 1 and "16,000.00" in items[0].context
    approved.refresh_from_db()
    line(treasury, approved, "recovered", proof="凭甲9")
    assert not [item for item in desk_items(handler, AT) if item.action == "通知退回"]


def test_entry_leaving_and_milestones_that_lie_back_name_their_paper(park, station, stay):
    assert stay.entered_late == "补登，依据批准文件的存档；以前的事，这次一并登记"
    with pytest.raises(Refused, match="补登"):
        act(course.leave, park, stay, left_on=date(2022, 9, 14), late=Late())
    with pytest.raises(Refused, match="补登"):
        act(
            course.record_milestone,
            park,
            stay,
            code="proposal",
            done_on=date(2020, 12, 1),
            result="passed",
            late=Late(),
        )
    done = act(course.record_milestone, park, stay, code="proposal", done_on=date(2020, 12, 1), result="passed")
    assert done.late.startswith("补登")
    row = act(course.leave, park, stay, left_on=date(2022, 9, 14))
    assert row.left_late.startswith("补登") and LATE.source in row.left_late
    in_time = enter(
        park,
        station,
        entered_on=TODAY,
        ends_on=TODAY + timedelta(days=900),
        degree_on=TODAY,
        exception="急需人才",
        who=WHO | {"document_number": "E55555"},
    )
    assert in_time.entered_late == ""


def test_by_the_pages_a_clawback_and_a_strike_wait(approved, treasury, handler):
    line(treasury, approved, "paid")
    clients = []
    for name in ("rs1", "rs2"):
        client = Client()
        client.force_login(person(name, "区人社保局", "register_office"), backend=BACKEND)
        clients.append(client)
    approved.refresh_from_db()
    address = f"/postdoc/applications/{approved.pk}/clawback/"
    sent = {"version": approved.version, "ground": "fraud", "amount": "", "proof": "追1号", "note_text": "虚假材料骗取"}
    wrong = clients[0].post(address, sent | {"amount": "100"})
    assert wrong.status_code == 422 and "虚假材料骗取" in wrong.content.decode()
    assert clients[0].post(address, sent).status_code == 302
    row = Proposal.objects.get(code="postdoc-clawback")
    assert "双人办理" in clients[0].get(f"/postdoc/applications/{approved.pk}/").content.decode()
    sure = {"version": row.version, "decision": "confirm", "note": ""}
    assert clients[1].post(f"/proposals/{row.pk}/decide/", sure).status_code == 302
    approved.refresh_from_db()
    assert balance_of(approved).clawback == 48000
