"""REST of 21号: what puts right is proposed by a token and confirmed by nobody but a person; 对账 by month."""

from django.utils import timezone

from farmland.models import Entry, Money, MoneyCheck, Rate, RulePeriod, Setting
from farmland.services import tables
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide
from tests.farmland.conftest import AT, DAY, rate, settled, somebody
from tests.farmland.test_correcting_pages import text
from tests.farmland.test_pages import rest, signed_in

__all__ = ["rest"]
PURSE = "区财政局"


def confirmed(office):
    row = Proposal.objects.latest("pk")
    second = somebody(office, "register_office", 77)
    decide(actor=second, proposal_id=row.pk, version=row.version, confirm=True, note="", at=timezone.now())


def test_a_price_a_period_and_a_reading_are_struck_as_on_the_page(rest, pool, purse, four_lots):
    rate(purse)
    tables.enter_period(
        actor=purse, starts_on=DAY.replace(year=2030), ends_on=DAY.replace(year=2031), basis="后续办法", at=AT
    )
    tables.choose(actor=pool, key="rewards_add_up", value=False, starts_on=DAY, basis="会议", at=AT)
    _, found = rest("GET", "rates/?page_size=200")
    row = next(one for one in found["results"] if one["kind"] == "compensation")
    code, said = rest("POST", f"rates/{row['id']}/strike/", {"reason": "x"}, PURSE)
    assert code == 422 and not Proposal.objects.exists()
    right = {"reason": "多打一个零", "value": "2000.00", "basis": "密财发1号更正"}
    assert rest("POST", f"rates/{row['id']}/strike/", right)[0] == 403
    code, said = rest("POST", f"rates/{row['id']}/strike/", right, PURSE)
    assert (code, said["state"], said["act"]) == (202, "proposed", "farmland-strike-rate")
    assert Rate.objects.get(pk=row["id"]).struck_at is None
    assert rest("POST", f"rates/{row['id']}/strike/", right, PURSE)[0] == 409, "one waits already"
    confirmed(PURSE)
    assert Rate.objects.get(kind="compensation", struck_at=None).value == 2000
    _, held = rest("GET", "settings/")
    (period,) = [one for one in held["periods"] if one["basis"] == "后续办法"]
    (chosen,) = [one for one in held["rows"] if not one["struck"]]
    assert rest("POST", f"periods/{period['id']}/strike/", {"reason": "年份录错"}, PURSE)[0] == 202
    confirmed(PURSE)
    assert RulePeriod.objects.get(pk=period["id"]).struck_at
    assert (
        rest("POST", f"settings/{chosen['id']}/strike/", {"reason": "读法录错", "value": True, "basis": "会议"})[0]
        == 202
    )
    confirmed("区规自分局")
    assert [one.value for one in Setting.objects.filter(struck_at=None)] == [True]


def test_the_ledger_and_money_are_reversed_by_proposal(rest, pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse)
    number = Entry.objects.filter(application=row, kind="post").first().act
    assert rest("POST", f"entries/{number}/reverse/", {"reason": "项目录错"}, PURSE)[0] == 403
    assert rest("POST", f"entries/{number}/reverse/", {"reason": ""})[0] == 400
    assert rest("POST", f"entries/{number}/reverse/", {"reason": "项目录错"})[0] == 202
    confirmed("区规自分局")
    row.refresh_from_db()
    assert row.state == "reserved"
    money = Money.objects.get(kind="in_compensation")
    assert rest("POST", f"money/{money.number}/reverse/", {"reason": "票据录错"}, PURSE)[0] == 202
    confirmed(PURSE)
    assert Money.objects.filter(reverses=money.number).exists()
    assert rest("POST", "money/999999/reverse/", {"reason": "票据录错"}, PURSE)[0] == 422


def test_a_month_is_proposed_by_the_digest_that_was_read(rest, pool, purse, four_lots):
    rate(purse)
    settled(pool, purse)
    assert rest("GET", "months/")[0] == 403
    _, found = rest("GET", "months/", organisation=PURSE)
    (month,) = found["results"]
    assert (month["month"], month["count"], month["open"], month["number"]) == ("2020-10", 2, True, None)
    assert all(one["amount"].startswith("-") for one in month["vouchers"]) and month["paid"] == "0.00"
    asked = {"month": "2020-10", "digest": month["digest"]}
    assert rest("POST", "months/", asked | {"digest": "0" * 64}, PURSE)[0] == 409
    assert rest("POST", "months/", asked | {"month": "2020-13"}, PURSE)[0] == 400
    assert rest("POST", "months/", asked, PURSE)[0] == 202 and not MoneyCheck.objects.exists()
    confirmed(PURSE)
    assert MoneyCheck.objects.get().digest == month["digest"]
    _, found = rest("GET", "months/", organisation=PURSE)
    assert (found["results"][0]["open"], found["results"][0]["number"]) == (False, 1)
    assert "已对账" in text(signed_in(PURSE, "register_office").get("/farmland/money/months/"))
