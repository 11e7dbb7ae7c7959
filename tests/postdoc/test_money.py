"""From an application to the person's account: who does what, within the budget, nothing twice, nothing below zero."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.proposals.models import Proposal
from postdoc.desk import desk_items
from postdoc.models import Application, BudgetYear, ClaimedMonth, Figure
from postdoc.queries.entitlement import offers, people, whole_of
from postdoc.queries.figures import figures
from postdoc.queries.money import balance_of
from postdoc.services import applications, awards, clawback, course, ledger, money
from tests.factories.rankings import BACKEND, person
from tests.postdoc.conftest import AT, act, enter, somebody

ALL = {
    "station": ["form", "record", "rules"],
    "living": ["form", "record", "project"],
    "leaving": ["form", "certificate", "contract"],
    "conversion": ["form", "certificate", "contract", "benefit"],
}
TODAY = AT.date()
NUMBERS = count(1)


def apply(actor, station, grant, stay=None, **changed):
    given = {"materials": ALL.get(grant), "submit": True, "at": AT} | changed
    return applications.create_application(
        actor=actor, grant=grant, station_id=station.pk, stay_id=stay.pk if stay else None, **given
    )


def review(actor, row, decision="approve", opinion="同意资助", at=AT):
    row.refresh_from_db()
    return applications.review(
        actor=actor, application_id=row.pk, version=row.version, decision=decision, opinion=opinion, at=at
    )


def write(actor, row, kind, amount, on=TODAY, **more):
    row.refresh_from_db()
    given = {"proof": f"凭{next(NUMBERS)}", "at": AT} | more
    given |= {"actor": actor, "application_id": row.pk, "version": row.version, "amount": Decimal(amount)}
    if kind == "clawback":
        return clawback.claw_back(**({"ground": "", "note_text": ""} | given))
    return ledger.write_line(kind=kind, on=on, **given)


@pytest.fixture
def budget(treasury):
    money.change_budget(actor=treasury, year=2026, amount=Decimal(300000), document="预算批复", on=TODAY, at=AT)


@pytest.fixture
def living(park, station, stay):
    return apply(park, station, "living", stay, first="2020-09", last="2021-08")


@pytest.fixture
def approved(living, handler, budget):
    return review(handler, living)


def test_what_can_be_asked_for_is_offered_and_then_is_not(park, station, stay):
    act(course.leave, park, stay, left_on=date(2022, 9, 14))
    act(
        course.record_employment,
        park,
        stay,
        employer="某公司",
        in_miyun=True,
        from_day=date(2022, 10, 1),
        until=date(2025, 9, 30),
    )
    found = {one.grant: one for one in offers([station], figures(), TODAY)}
    assert {grant: int(one.amount) for grant, one in found.items()} == {
        "station": 100000,
        "living": 96000,
        "leaving": 100000,
    }
    assert (found["living"].first, found["living"].last) == ("2020-09", "2022-08")
    for grant in ("station", "living", "leaving"):
        apply(park, station, grant, None if grant == "station" else stay, first="2020-09", last="2022-08")
    assert offers([station], figures(), TODAY) == []
    with pytest.raises(Conflict, match="已经申报过"):
        apply(park, station, "station")
    with pytest.raises(Refused, match="没有可以申报的月份"):
        apply(park, station, "living", stay, first="2020-09", last="2022-08")


def test_conditions_that_are_not_met_are_all_named(park, station, stay):
    act(
        course.withdraw,
        park,
        stay,
        left_on=date(2022, 3, 1),
        ground="11",
        notice="told",
        noticed_on=date(2022, 2, 1),
        explanation="",
    )
    with pytest.raises(Refused) as refused:
        apply(park, station, "leaving", stay)
    said = [one.message for one in refused.value.errors]
    assert any("中途退站" in text and "第十七条" in text for text in said) and any("合同" in text for text in said)


def test_materials_are_complete_before_it_goes_out(park, station, stay):
    with pytest.raises(Refused, match="申报表"):
        apply(park, station, "living", stay, first="2020-09", last="2020-12", materials=["record", "project"])
    assert not Application.objects.exists() and not ClaimedMonth.objects.exists()
    row = apply(park, station, "living", stay, first="2020-09", last="2020-12", materials=[], submit=False)
    with pytest.raises(Refused, match="还缺"):
        applications.send(actor=park, application_id=row.pk, version=1, materials=["form"], submit=True, at=AT)
    sent = applications.send(actor=park, application_id=row.pk, version=1, materials=ALL["living"], submit=True, at=AT)
    assert sent.phase == "filed" and sent.amount == 16000
    with pytest.raises(Conflict):
        applications.send(actor=park, application_id=row.pk, version=1, materials=ALL["living"], submit=True, at=AT)


def test_another_person_of_the_office_reviews_within_the_budget(living, park, handler, treasury, stranger):
    for other in (park, treasury):
        with pytest.raises(NotAllowed):
            review(other, living)
    with pytest.raises(NotFound):
        review(stranger, living)
    with pytest.raises(NotAllowed, match="换一个人"):
        review(somebody("区人社局", "register_office", park.user_id), living)
    with pytest.raises(Refused, match="没有录入 2026 年度"):
        review(handler, living)
    money.change_budget(actor=treasury, year=2026, amount=Decimal("47999.99"), document="批复", on=TODAY, at=AT)
    with pytest.raises(Refused, match=r"还可核定 47,999.99"):
        review(handler, living)
    money.change_budget(actor=treasury, year=2026, amount=Decimal("0.01"), document="追加", on=TODAY, at=AT)
    assert any(item.action == "审核" for item in desk_items(handler, AT))
    assert review(handler, living).phase == "approved"
    with pytest.raises(Refused, match="不能减到"):
        money.change_budget(actor=treasury, year=2026, amount=Decimal("-0.01"), document="调减", on=TODAY, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetYear.objects.update(total=Decimal(1))
    with pytest.raises(Conflict, match="不在待审核"):
        review(handler, living)


def test_what_is_given_back_keeps_its_months_and_what_is_refused_frees_them(living, handler, park, station, stay):
    with pytest.raises(Refused, match="理由"):
        review(handler, living, "returned", "补")
    review(handler, living, "returned", "请补申报表")
    assert ClaimedMonth.objects.count() == 12
    assert any(item.action == "补正" for item in desk_items(park, AT))
    living.refresh_from_db()
    applications.send(
        actor=park, application_id=living.pk, version=living.version, materials=ALL["living"], submit=True, at=AT
    )
    review(handler, living, "refuse", "材料不实")
    assert not ClaimedMonth.objects.exists()
    assert apply(park, station, "living", stay, first="2020-09", last="2020-09").amount == 4000


def test_an_approval_is_checked_anew(handler, park, station, stay, budget):
    asked = apply(park, station, "station")
    figure(handler, "station_grant", 90000, TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="已经改变"):
        review(handler, asked, at=AT + timedelta(days=1))


def test_money_goes_to_the_unit_and_on_to_the_person(approved, treasury, park, handler):
    assert any(item.action == "拨付" for item in desk_items(treasury, AT))
    for other in (park, handler):
        with pytest.raises(NotAllowed):
            write(other, approved, "paid", 48000)
    with pytest.raises(Refused, match="分期"):
        write(treasury, approved, "paid", 24000)
    write(treasury, approved, "paid", 48000)
    assert any(item.action == "付给本人" for item in desk_items(park, AT))
    with pytest.raises(Refused, match="还可付出 48,000"):
        write(park, approved, "handed", "48000.01")
    with pytest.raises(Refused, match="个人所得税"):
        write(park, approved, "handed", 48000)
    write(park, approved, "tax", 1440)
    write(park, approved, "handed", 46560)
    approved.refresh_from_db()
    now = balance_of(approved)
    assert (now.held, now.owed, approved.passed) == (0, 0, 48000) and not desk_items(treasury, AT)
    with pytest.raises(Refused):
        write(treasury, approved, "failed", 1)


def test_a_failed_payment_is_paid_again(approved, treasury):
    write(treasury, approved, "paid", 48000)
    write(treasury, approved, "failed", 48000, note_text="账号有误")
    write(treasury, approved, "paid", 48000)
    approved.refresh_from_db()
    assert approved.received == 48000
    with pytest.raises(Refused):
        write(treasury, approved, "paid", "0.01")


def test_instalments_only_by_a_notice(approved, treasury, handler):
    money.enter_arrangement(actor=handler, title="安排通知", issued_on=TODAY, instalments=True, note_text="", at=AT)
    write(treasury, approved, "paid", 20000)
    write(treasury, approved, "paid", 28000)
    approved.refresh_from_db()
    assert approved.received == 48000


def test_a_clawback_has_a_balance_that_ends_at_zero(approved, treasury, handler, park):
    write(treasury, approved, "paid", 48000)
    with pytest.raises(Refused, match="理由"):
        write(handler, approved, "clawback", 8000, ground="wrong")
    with pytest.raises(NotAllowed):
        write(park, approved, "clawback", 8000, ground="wrong", note_text="挪用专项资金")
    write(handler, approved, "clawback", 8000, ground="wrong", note_text="挪用专项资金")
    with pytest.raises(Refused, match="8,000"):
        write(treasury, approved, "recovered", "8000.01")
    write(treasury, approved, "recovered", 5000)
    approved.refresh_from_db()
    assert balance_of(approved).owed == 3000
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=approved.pk).update(recovered=Decimal(9000))


def test_a_wrong_line_is_reversed_by_a_line_unless_others_rest_on_it(approved, treasury, park):
    paid = write(treasury, approved, "paid", 48000)
    tax = write(park, approved, "tax", 1440)

    def reverse(actor, line):
        approved.refresh_from_db()
        return ledger.reverse_line(
            actor=actor, application_id=approved.pk, version=approved.version, line_id=line.pk, reason="登记有误", at=AT
        )

    with pytest.raises(Refused, match="为前提"):
        reverse(treasury, paid)
    with pytest.raises(NotAllowed):
        reverse(treasury, tax)
    reverse(park, tax)
    with pytest.raises(Conflict):
        reverse(park, tax)
    reverse(treasury, paid)
    approved.refresh_from_db()
    assert (approved.received, approved.passed, approved.lines.count()) == (0, 0, 4)


def test_a_double_press_writes_once(approved, treasury):
    version = approved.version
    given = {"kind": "paid", "amount": Decimal(48000), "on": TODAY, "proof": "凭1", "at": AT}
    ledger.write_line(actor=treasury, application_id=approved.pk, version=version, **given)
    with pytest.raises(Conflict, match="刚被"):
        ledger.write_line(actor=treasury, application_id=approved.pk, version=version, **given)
    assert approved.lines.count() == 1


def test_cancelling_gives_the_budget_back(approved, handler, park):
    with pytest.raises(NotAllowed):
        applications.cancel(actor=park, application_id=approved.pk, version=approved.version, reason="填错月份", at=AT)
    applications.cancel(actor=handler, application_id=approved.pk, version=approved.version, reason="填错月份", at=AT)
    assert BudgetYear.objects.get().used == 0 and not ClaimedMonth.objects.exists()


def test_the_whole_of_a_person_over_two_stays(park, handler, station, stay):
    act(course.leave, park, stay, left_on=date(2022, 9, 14))
    second = enter(park, station, entered_on=date(2023, 1, 10), ends_on=date(2025, 1, 9))
    awards.add_award(
        actor=handler, stay_id=second.pk, level="city", awarded_on=date(2024, 5, 1), document="公布", at=AT
    )
    whole = whole_of(people(type(stay.person).objects.all()).get(), figures(), TODAY)
    assert (whole.counted, whole.due) == (24, 96000)
    assert {one.month.state for one in whole.months if one.stay.pk == second.pk} == {"once"}
    said = {one.finding.grant: one.finding.entitled for one in whole.once}
    assert said["excellent"] and not said["leaving"]
    with pytest.raises(Refused, match="没有可以申报"):
        apply(park, station, "living", second, first="2023-01", last="2026-01")


def figure(actor, code, value, day, document="京密人社〔2026〕9号"):
    return money.enter_figure(actor=actor, code=code, value=Decimal(value), starts_on=day, document=document, at=AT)


def test_a_later_figure_never_reaches_back_over_what_was_asked_for(living, handler, treasury, park, station, stay):
    """Months are claimed up to 2021-08; its last day decides the amount of a month."""
    for code, value in (("living_month", 5000), ("living_months", 12), ("rest_days", 2), ("second_stay", 1)):
        for day in (date(2020, 6, 5), date(2021, 8, 31)):
            with pytest.raises(Refused, match="申报 1 号，在站生活补贴，月份到2021年8月"):
                figure(handler, code, value, day)
    figure(handler, "leaving", 120000, date(2020, 7, 1))
    figure(handler, "living_month", 5000, date(2021, 9, 1))
    (later,) = (one for one in offers([station], figures(), TODAY) if one.grant == "living")
    assert later.first == "2021-09" and later.amount == 60000
    applications.cancel(actor=park, application_id=living.pk, version=living.version, reason="填错月份", at=AT)
    assert figure(handler, "living_month", 4500, date(2021, 8, 31)).value == 4500


def test_a_later_figure_never_reaches_back_over_a_grant_given_once(handler, treasury, park, station, stay, budget):
    asked = apply(park, station, "station")
    with pytest.raises(Refused, match="设站补助"):
        figure(handler, "station_grant", 90000, TODAY)
    later = AT + timedelta(days=3)
    review(handler, asked, at=later)
    for day in (date(2020, 6, 5), later.date()):
        with pytest.raises(Refused, match="设站补助"):
            figure(handler, "station_grant", 90000, day)
    figure(handler, "station_grant", 90000, later.date() + timedelta(days=1))
    figure(handler, "station_award", 90000, TODAY)


def test_a_figure_entered_by_mistake_is_struck_by_another_as_long_as_nothing_rests_on_it(handler, park, station, stay):
    other = somebody("区人社局", "register_office", 29)
    wrong = figure(handler, "living_month", 5000, date(2021, 1, 1))

    def strike(actor, row, reason="录错金额"):
        return money.strike_figure(actor=actor, figure_id=row.pk, reason=reason, at=AT)

    for actor, reason, refusal in (
        (park, "录错金额", NotAllowed),
        (other, "错", Refused),
    ):
        with pytest.raises(refusal):
            strike(actor, wrong, reason)
    assert strike(other, wrong).struck_reason == "录错金额"
    with pytest.raises(Conflict):
        strike(other, wrong)
    right = figure(handler, "living_month", 4500, date(2021, 1, 1))
    asked = apply(park, station, "living", stay, first="2020-12", last="2021-01")
    assert asked.amount == 8500
    with pytest.raises(Refused, match="没有撤销"):
        strike(other, right)


def test_the_page_strikes_and_keeps_what_was_struck(handler, park, station, stay):
    first, second = (person(f"renshe{n}", "区人社保局", "register_office") for n in (1, 2))
    by = replace(handler, user_id=first.pk)
    row = figure(by, "excellent", 60000, date(2026, 1, 1))
    pages = [Client(), Client()]
    for page, user in zip(pages, (first, second), strict=True):
        page.force_login(user, backend=BACKEND)
    address = f"/postdoc/money/figure/{row.pk}/strike/"
    assert address in pages[0].get("/postdoc/money/").content.decode()
    short = pages[1].post(address, {"reason": "错"})
    assert short.status_code == 422 and "理由" in short.content.decode()
    assert pages[1].post(address, {"reason": "文件尚未印发"}).status_code == 302
    waiting = Proposal.objects.get(code="postdoc-figure-strike")
    sure = {"version": waiting.version, "decision": "confirm", "note": ""}
    assert pages[1].post(f"/proposals/{waiting.pk}/decide/", sure).status_code == 403
    assert Figure.objects.get(pk=row.pk).struck_at is None
    assert pages[0].post(f"/proposals/{waiting.pk}/decide/", sure).status_code == 302
    said = pages[0].get("/postdoc/money/").content.decode()
    assert "已撤销的标准" in said and "文件尚未印发" in said and address not in said
    assert figures().value("excellent", TODAY) == 50000


def test_the_same_line_of_a_budget_is_entered_once(treasury):
    def enter_line(year=2026, amount="300000", document="京密财〔2026〕1号"):
        money.change_budget(actor=treasury, year=year, amount=Decimal(amount), document=document, on=TODAY, at=AT)

    enter_line()
    with pytest.raises(Conflict, match="同样的一笔预算已经录入"):
        enter_line(amount="300000.00", document=" 京密财〔2026〕1号 ")
    assert BudgetYear.objects.get().total == 300000
    enter_line(document="京密财〔2026〕2号")
    enter_line(amount="-1")
    enter_line(year=2027)
    assert BudgetYear.objects.get(year=2026).total == 599999


@pytest.mark.parametrize("decision", [None, "returned", "refuse"])
def test_nothing_is_paid_on_what_was_not_approved(living, handler, treasury, budget, decision):
    if decision:
        review(handler, living, decision, opinion="材料不全，请补")
    with pytest.raises(Conflict, match="没有核定，不能登记资金"):
        write(treasury, living, "paid", living.amount)
    assert not living.lines.exists()


def test_nothing_is_paid_before_the_day_of_the_review(approved, treasury):
    with pytest.raises(Refused, match="拨付日期早于审核日期"):
        write(treasury, approved, "paid", approved.amount, on=TODAY - timedelta(days=1))
    assert write(treasury, approved, "paid", approved.amount, on=TODAY).on == approved.reviewed_on
