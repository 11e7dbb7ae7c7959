"""Settings of 19号 have days: two persons, nothing released moves, what was mistyped is struck and settled by difference."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from finance_policy.models import Bank, BankReturn, DatedSettings, Subsidy
from finance_policy.queries.subsidy import settings_on
from finance_policy.queries.trial import tried
from finance_policy.rules.settings import Settings
from finance_policy.services import releasing, settings
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide, propose
from tests.finance_policy.test_granting import NOW, D, colleague, firm, give, given, lend, pay, rated
from tests.finance_policy.test_granting_pages import confirm
from tests.registers.test_records import client_of

__all__ = ["colleague", "firm", "given"]
YEAR = Settings(day_basis=365)


def enter(actor, held=YEAR, starts_on="2021-01-01", basis="区金融办某次会议"):
    return settings.enter_settings(actor=actor, held=held, starts_on=D(starts_on), basis=basis, at=NOW)


def strike(actor, row, **more):
    given = {"row_id": row.pk, "version": 1, "reason": "天数录错了", "at": NOW}
    return settings.strike_settings(actor=actor, **(given | more))


def test_the_row_that_began_last_holds_and_before_the_first_the_defaults(office):
    enter(office)
    enter(office, Settings(count_last_day=True, fewest_banks=4, due_days=20), "2021-02-01")
    assert settings_on(D("2020-12-31")) == Settings()
    assert settings_on(D("2021-01-31")) == YEAR
    assert settings_on(D("2021-02-01")) == Settings(360, True, 4, 20)
    rated(office)
    span = {"level": "1", "principal": Decimal(1000000), "to_on": D("2021-02-10"), "on": None}
    # 10 days of January on 365; 10 days of February, the last counted, on 360.
    assert str(tried(from_on=D("2021-01-31"), **span).amount) == "410.96"
    assert str(tried(from_on=D("2021-02-01"), **span).amount) == "416.67"


@pytest.mark.parametrize(
    ("held", "basis", "said"),
    [
        (Settings(day_basis=364), "某文", "360 或 365"),
        (Settings(fewest_banks=2), "某文", "至少 3 家"),
        (Settings(due_days=0), "某文", "1 至 60"),
        (Settings(due_days=61), "某文", "1 至 60"),
        (Settings(), " x ", "依据"),
    ],
)
def test_what_is_out_of_range_or_rests_on_nothing_is_refused(office, held, basis, said):
    with pytest.raises(Refused, match=said):
        enter(office, held, basis=basis)
    assert not DatedSettings.objects.exists()


def test_only_the_office_and_one_row_a_day(office, second):
    with pytest.raises(NotAllowed):
        enter(second)
    enter(office)
    with pytest.raises(Conflict, match="已有一次设定"):
        enter(office, Settings())
    row = DatedSettings.objects.get()
    with pytest.raises(NotAllowed):
        strike(second, row)
    with pytest.raises(IntegrityError), transaction.atomic():
        DatedSettings.objects.filter(pk=row.pk).update(fewest_banks=2)


def test_a_new_row_moves_nothing_that_was_released(office, given):
    with pytest.raises(Refused, match="不能追溯改"):
        enter(office, starts_on="2020-11-01")
    # Of other figures than those a 贴息 is counted by, and of later days, nothing stands in the way.
    enter(office, Settings(due_days=20), "2020-11-01")
    enter(office, starts_on="2020-11-02")
    given.refresh_from_db()
    assert (str(given.due), given.day_basis, given.lines.count()) == ("3833.33", 360, 0)


def test_what_was_mistyped_is_struck_and_settled_by_difference(office, colleague, firm):
    row = enter(office, starts_on="2020-10-01")
    rated(office)
    lend(office, firm)
    one = give(office, firm)
    # 1,000,000 × 1.5% × 92 ÷ 365
    assert (str(one.due), one.day_basis) == ("3780.82", 365)
    pay(office, one)
    made = propose(
        actor=office,
        code="finance-settings-strike",
        row_id=row.pk,
        version=1,
        reason="天数录错了",
        held=Settings(360, True),
        starts_on=None,
        basis="某文更正",
        at=NOW,
    )
    # 93 days on 360.
    assert "由 3,780.82 元 变为 3,875.00 元" in made.warned[0] and "待拨付 94.18 元" in made.warned[0]
    assert DatedSettings.objects.get().struck_at is None
    with pytest.raises(NotAllowed):
        decide(actor=office, proposal_id=made.pk, version=made.version, confirm=True, note="", at=NOW)
    decide(actor=colleague, proposal_id=made.pk, version=made.version, confirm=True, note="", at=NOW)
    one.refresh_from_db()
    assert (str(one.due), str(one.outstanding), one.day_basis, one.count_last) == ("3875.00", "94.18", 360, True)
    assert (str(one.amount), one.progress[1]) == ("3780.82", "待补")
    right = DatedSettings.objects.get(struck_at=None)
    assert (right.starts_on, right.basis) == (D("2020-10-01"), "某文更正")
    with pytest.raises(Conflict, match="刚被作废"):
        strike(office, row)


def test_only_struck_what_was_before_counts_again_and_the_right_row_may_come_later(office, colleague, firm):
    row = enter(office, starts_on="2020-10-01")
    rated(office)
    lend(office, firm)
    one = give(office, firm)
    strike(office, row)
    one.refresh_from_db()
    assert (str(one.due), one.day_basis) == ("3833.33", 360)
    given = {"held": Settings(count_last_day=True), "starts_on": D("2020-10-01"), "basis": "某文"}
    made = propose(actor=office, code="finance-settings", at=NOW, **given)
    assert [said[said.index("由") :] for said in made.warned] == [
        "由 3,833.33 元 变为 3,875.00 元，已拨付 0.00 元，待拨付 3,875.00 元。"
    ], "both read what it moves"
    one.refresh_from_db()
    assert str(one.due) == "3833.33"
    decide(actor=colleague, proposal_id=made.pk, version=made.version, confirm=True, note="", at=NOW)
    one.refresh_from_db()
    assert str(one.due) == "3875.00"
    later = given | {"starts_on": D("2021-03-01")}
    assert propose(actor=office, code="finance-settings", at=NOW, **later).warned == []


def test_two_spans_do_not_come_to_share_a_day(office, firm, given):
    row = enter(office, Settings(due_days=20), "2020-10-01")
    other = give(office, firm, first="2021-02-01", last="2021-02-20")
    with pytest.raises(Refused, match="都计 2021-02-01 这一天"):
        strike(office, row, held=Settings(count_last_day=True), basis="某文更正")
    given.refresh_from_db()
    row.refresh_from_db()
    assert (given.count_last, row.struck_at, Subsidy.objects.get(pk=other.pk).count_last) == (False, None, False)


def test_the_quarter_is_summed_by_the_number_of_its_last_day(office):
    for number in range(3):
        bank = Bank.objects.create(code=f"b-{number}", name=f"{number}银行", changed_at=NOW, changed_by="甲")
        for period in ("2020Q3", "2020Q4"):
            BankReturn.objects.create(bank=bank, period=period, state="accepted", saved_at=NOW, saved_by="甲", loans=1)
    enter(office, Settings(fewest_banks=4), "2020-12-31")
    releasing.release(actor=office, period="2020Q3", at=NOW)
    with pytest.raises(Refused, match="少于 4 家"):
        releasing.release(actor=office, period="2020Q4", at=NOW)


def test_in_the_browser_two_persons_enter_and_strike(office, given):
    one, two = client_of("区金融办", "register_office"), client_of("区金融办", "register_office", "finance2")
    typed = {"day_basis": "365", "fewest_banks": "3", "due_days": "15", "basis": "某次会议"}
    wrong = one.post("/finance/settings/", typed | {"starts_on": "2020-11-01"})
    assert wrong.status_code == 422 and "不能追溯改" in wrong.content.decode() and "某次会议" in wrong.content.decode()
    answer = one.post("/finance/settings/", typed | {"starts_on": "2021-02-01"})
    assert not DatedSettings.objects.exists()
    assert confirm(one, two, answer) == "finance-settings"
    row = DatedSettings.objects.get()
    assert "某次会议" in two.get("/finance/settings/").content.decode()
    address = f"/finance/settings/{row.pk}/strike/"
    undone = {"version": "1", "reason": "x", "starts_on": "2021-02-01", "only": "on"} | typed
    short = one.post(address, undone)
    assert short.status_code == 422 and 'value="x"' in short.content.decode()
    assert confirm(one, two, one.post(address, undone | {"reason": "日期录错了"})) == "finance-settings-strike"
    row.refresh_from_db()
    assert row.struck_reason == "日期录错了" and settings_on(date(2021, 3, 1)) == Settings()
    assert "日期录错了" in one.get("/finance/settings/").content.decode()
    assert [one.said[-1] for one in Proposal.objects.order_by("pk")] == [["依据", "某次会议"], ["理由", "日期录错了"]]
