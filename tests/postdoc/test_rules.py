"""27号 by article: each boundary from both sides."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miyun_kpi.lib.errors import Refused
from postdoc.enums import Entry, Grant
from postdoc.rules import leaving
from postdoc.rules.calendar import add_months, complete
from postdoc.rules.eligibility import Candidate, eligibility
from postdoc.rules.entitlement import (
    Contract,
    Stay,
    award,
    conversion,
    leaving_grant,
    living_months,
    station_grant,
    total,
)
from postdoc.rules.figures import BOUNDS, LABELS, RESTS, RETIRED, SETTINGS, TABLE, Figures, Line, value_problem
from postdoc.rules.identity import mask, read_number
from postdoc.rules.milestones import milestones, term_problem
from postdoc.rules.money import Balance, balance, lacking, line_problem
from postdoc.rules.money import Line as MoneyLine

ENTRY = date(2020, 9, 15)
PRINTED = Figures()


def d(text):
    return date.fromisoformat(text)


def person(**changed):
    return Candidate(
        **(
            {
                "entered_on": ENTRY,
                "born_on": d("1990-01-01"),
                "standing": "graduate",
                "own_employee": False,
                "upright": True,
                "degree_on": d("2020-07-01"),
                "agreement_on": d("2020-09-01"),
            }
            | changed
        )
    )


@pytest.mark.parametrize(
    ("changed", "code", "level"),
    [
        # 第七条（四）: 35周岁 includes 35 (推定) and is soft
        ({"born_on": d("1984-09-16")}, "age", "ok"),
        ({"born_on": d("1984-09-15")}, "age", "soft"),
        # 第七条（二）: 三年 included, soft; not limited after an earlier stay
        ({"degree_on": d("2017-09-15")}, "degree", "ok"),
        ({"degree_on": d("2017-09-14")}, "degree", "soft"),
        ({"degree_on": d("2010-01-01"), "again": True}, "degree", "ok"),
        ({"degree_on": d("2020-09-16")}, "degree", "hard"),
        # 第七条 last paragraph: hard
        ({"own_employee": True, "standing": "no-relation"}, "own-employee", "hard"),
        ({"own_employee": True, "standing": "employed"}, "own-employee", "ok"),
        ({"upright": False}, "upright", "hard"),
        # 第八条: 6个月内 with the proof
        ({"degree_on": None, "graduated_on": d("2020-03-15"), "proof": True}, "proof", "ok"),
        ({"degree_on": None, "graduated_on": d("2020-03-14"), "proof": True}, "proof", "hard"),
        ({"degree_on": None, "graduated_on": d("2020-03-15"), "proof": False}, "proof", "hard"),
        ({"degree_abroad": True}, "abroad", "hard"),
        ({"degree_abroad": True, "abroad_certified": True}, "abroad", "ok"),
        # 第九条: 高级 title, 三方协议 before the entry
        ({"mentor_title": "deputy"}, "mentor", "ok"),
        ({"mentor_title": "other"}, "mentor", "hard"),
        ({"agreement_on": ENTRY}, "agreement", "ok"),
        ({"agreement_on": d("2020-09-16")}, "agreement", "hard"),
    ],
)
def test_who_is_taken_in(changed, code, level):
    found = {one.code: one.level for one in eligibility(person(**changed))}
    assert found[code] == level
    assert all(other == "ok" for name, other in found.items() if name != code)


@pytest.mark.parametrize(
    ("left_on", "kind"),
    [
        ("2022-06-13", None),  # 20 months and 30 days: 不得低于21个月
        ("2022-06-14", "early"),
        ("2022-09-13", "early"),
        ("2022-09-14", "completed"),
        ("2024-09-14", "completed"),
    ],
)
def test_leaving_by_article_15(left_on, kind):
    assert leaving.leaving_kind(ENTRY, d("2022-09-14"), d(left_on)) == kind


def test_an_agreed_term_longer_than_two_years_is_full_at_its_own_end():
    assert leaving.leaving_kind(ENTRY, d("2023-09-14"), d("2023-09-13")) == "early"
    assert leaving.leaving_kind(ENTRY, d("2023-09-14"), d("2023-09-14")) == "completed"


@pytest.mark.parametrize(
    ("ends_on", "major", "until", "stands"),
    [
        ("2022-09-13", False, None, False),
        ("2022-09-14", False, None, True),
        ("2024-09-14", False, None, True),
        ("2024-09-15", False, None, False),
        ("2024-09-15", True, "2026-12-31", True),
        ("2024-09-15", True, None, False),
        ("2026-09-14", True, "2026-12-31", True),
        ("2026-09-15", True, "2026-12-31", False),
        ("2026-01-01", True, "2025-12-31", False),
    ],
)
def test_terms_of_2_to_4_and_at_most_6_years(ends_on, major, until, stands):
    assert (term_problem(ENTRY, d(ends_on), major, d(until) if until else None) == "") is stands


@pytest.mark.parametrize(
    ("on", "overdue", "too_long"), [("2021-03-31", 30, False), ("2021-04-01", 31, True), ("2021-03-01", 0, False)]
)
def test_abroad_for_more_than_30_days_after_the_approved_return(on, overdue, too_long):
    assert leaving.days_overdue(d("2021-03-01"), d(on)) == overdue
    assert leaving.abroad_too_long(d("2021-03-01"), d(on)) is too_long


FACTS = leaving.Facts(ENTRY, d("2022-09-14"), None, False, (d("2021-03-01"),))


@pytest.mark.parametrize(
    ("ground", "on", "changed", "stands"),
    [
        ("01", "2021-05-01", {}, False),
        ("01", "2021-05-01", {"failed": True}, True),
        ("05", "2021-03-31", {}, False),
        ("05", "2021-04-01", {}, True),
        ("06", "2021-03-15", {}, False),
        ("06", "2021-03-16", {}, True),
        ("06", "2021-03-16", {"degree_on": d("2021-01-01")}, False),
        ("09", "2022-09-14", {}, False),
        ("09", "2022-09-15", {}, True),
        ("09", "2026-09-14", {"ends_on": d("2030-01-01")}, False),
        ("09", "2026-09-15", {"ends_on": d("2030-01-01")}, True),
        ("04", "2020-10-01", {}, True),
        ("11", "2020-10-01", {}, True),
    ],
)
def test_grounds_of_article_16_against_the_record(ground, on, changed, stands):
    facts = leaving.Facts(**(FACTS.__dict__ | changed))
    assert (leaving.ground_problem(ground, facts, d(on)) == "") is stands


def test_milestones_from_the_day_of_entry():
    found = milestones(
        ENTRY, d("2022-09-14"), degree_pending=True, done={"half-1": (d("2021-03-20"), True)}, today=d("2021-03-16")
    )
    said = {one.code: (str(one.by), one.state) for one in found}
    assert said["proposal"] == ("2020-12-15", "overdue") and said["degree"] == ("2021-03-15", "overdue")
    assert said["half-1"] == ("2021-03-15", "late_done") and said["year-1"] == ("2021-09-15", "later")
    assert list(said)[-1] == "year-2" and "half-5" not in said
    on_the_day = milestones(ENTRY, d("2022-09-14"), degree_pending=True, done={}, today=d("2020-12-15"))
    assert on_the_day[0].state == "soon"


CONTRACT = Contract(True, d("2022-10-01"), d("2025-09-30"))


@pytest.mark.parametrize(
    ("way", "decided", "contract", "on", "entitled"),
    [
        ("completed", False, CONTRACT, "2025-10-01", True),
        ("completed", False, CONTRACT, "2025-09-30", False),  # 3年合同期满后
        ("completed", False, Contract(True, d("2022-10-01"), d("2025-09-29")), "2025-10-01", False),  # a day less
        ("completed", False, Contract(True, d("2022-10-01"), d("2027-09-30")), "2025-10-01", True),
        ("completed", False, Contract(False, d("2022-10-01"), d("2025-09-30")), "2025-10-01", False),
        ("completed", False, Contract(True, d("2022-10-01"), d("2025-09-30"), d("2025-09-29")), "2025-10-01", False),
        ("completed", False, None, "2025-10-01", False),
        ("early", False, CONTRACT, "2025-10-01", False),
        ("early", True, CONTRACT, "2025-10-01", True),
        ("withdrawn", False, CONTRACT, "2025-10-01", False),  # 第十七条
        ("", False, CONTRACT, "2025-10-01", False),
    ],
)
def test_the_grant_of_article_21(way, decided, contract, on, entitled):
    found = leaving_grant(way, decided, contract, PRINTED, d(on))
    assert found.entitled is entitled and found.amount == (100000 if entitled else 0)
    assert entitled or any(not one.met and one.clause for one in found.reasons)


@pytest.mark.parametrize(
    ("until", "on", "said", "ready"),
    [
        ("2025-03-30", "2026-01-01", [(False, "不满 3 年")], None),
        ("2025-03-30", "2024-01-01", [(False, "不满 3 年")], None),
        ("2025-03-31", "2025-04-01", [(True, "满 3 年"), (True, "到 2025-03-31 已满")], None),
        ("2025-03-31", "2025-03-31", [(True, "满 3 年"), (False, "到 2025-03-31 还没有满")], "2025-04-01"),
    ],
)
def test_three_years_are_over_only_of_a_contract_that_lasts_so_long(until, on, said, ready):
    found = leaving_grant("completed", False, Contract(True, d("2022-04-01"), d(until)), PRINTED, d(on))
    told = [one for one in found.reasons if " 年" in one.text]
    assert [one.met for one in told] == [met for met, _ in said]
    assert all(text in one.text for one, (_, text) in zip(told, said, strict=True))
    assert found.from_day == (d(ready) if ready else None)
    withdrawn = leaving_grant("withdrawn", False, Contract(True, d("2022-04-01"), d(until)), PRINTED, d(on))
    assert withdrawn.from_day is None


@pytest.mark.parametrize(("achieved", "entitled"), [("2025-09-14", True), ("2025-09-15", False), ("2022-09-14", True)])
def test_results_are_put_to_use_within_three_years(achieved, entitled):
    found = conversion("completed", False, d("2022-09-14"), CONTRACT, d(achieved), PRINTED, d("2026-01-01"))
    assert found.entitled is entitled
    assert not conversion("withdrawn", False, d("2022-09-14"), CONTRACT, d(achieved), PRINTED, d("2026-01-01")).entitled


def test_the_station_grant_needs_somebody_in_the_station():
    assert not station_grant(d("2020-07-01"), [], PRINTED, d("2020-12-01")).entitled
    assert not station_grant(d("2020-07-01"), [d("2020-12-02")], PRINTED, d("2020-12-01")).entitled
    assert station_grant(d("2020-07-01"), [d("2020-12-01")], PRINTED, d("2020-12-01")).amount == 100000
    assert award(Grant.EXCELLENT, "国家", d("2020-06-05"), PRINTED, d("2020-12-01")).amount == 50000
    assert award(Grant.STATION_AWARD, "国家", d("2020-06-04"), PRINTED, d("2020-12-01")).amount == 0


def test_every_figure_is_named_and_has_its_clause():
    assert {one.code for one in TABLE} == set(LABELS) and all(one.clause.startswith("第") for one in TABLE)


@pytest.mark.parametrize(
    ("code", "value", "stands"),
    [
        *[(one.code, one.value, True) for one in TABLE],
        *[
            ("living_month", value, stands)
            for value, stands in (("0", False), ("0.01", True), ("1000000", True), ("1000000.01", False))
        ],
        *[
            ("living_months", value, stands)
            for value, stands in (("0", False), ("1", True), ("120", True), ("121", False), ("1.5", False))
        ],
        *[
            ("contract_years", value, stands)
            for value, stands in (("0", False), ("1", True), ("10", True), ("11", False))
        ],
        *[("conversion_years", value, stands) for value, stands in (("0", False), ("10", True), ("11", False))],
        *[
            ("age_limit", value, stands)
            for value, stands in (("17", False), ("18", True), ("100", True), ("101", False))
        ],
        *[("degree_years", value, stands) for value, stands in (("0", False), ("20", True), ("21", False))],
        *[("second_stay", value, stands) for value, stands in (("0", True), ("1", True), ("2", False), ("0.5", False))],
    ],
)
def test_figures_have_bounds(code, value, stands):
    assert (value_problem(code, Decimal(value)) == "") is stands


def test_every_figure_says_what_rests_on_it():
    assert set(RESTS) == set(LABELS) | set(RETIRED)
    assert {code for code, (_, unit) in LABELS.items() if unit != "元"} - set(SETTINGS) == set(BOUNDS)


APPROVED = Decimal(100000)


@pytest.mark.parametrize(
    ("kind", "amount", "now", "instalments", "stands"),
    [
        (Entry.PAID, "100000", Balance(), False, True),
        (Entry.PAID, "100000.01", Balance(), True, False),
        (Entry.PAID, "50000", Balance(), False, False),  # 第二十三条
        (Entry.PAID, "50000", Balance(), True, True),
        (Entry.PAID, "100000", Balance(paid=APPROVED, failed=APPROVED), False, True),
        (Entry.FAILED, "100000", Balance(paid=APPROVED, handed=Decimal(1)), False, False),
        (Entry.TAX, "100000", Balance(paid=APPROVED), False, True),
        (Entry.HANDED, "90000.01", Balance(paid=APPROVED, tax=Decimal(10000)), False, False),
        (Entry.HANDED, "90000", Balance(paid=APPROVED, tax=Decimal(10000)), False, True),
        (Entry.CLAWBACK, "100000", Balance(paid=APPROVED), False, True),
        (Entry.CLAWBACK, "0.01", Balance(paid=APPROVED, clawback=APPROVED), False, False),
        (Entry.RECOVERED, "5000", Balance(paid=APPROVED, clawback=Decimal(5000)), False, True),
        (Entry.RECOVERED, "5000.01", Balance(paid=APPROVED, clawback=Decimal(5000)), False, False),
        (Entry.PAID, "0", Balance(), True, False),
    ],
)
def test_lines_of_the_ledger(kind, amount, now, instalments, stands):
    assert (line_problem(kind, Decimal(amount), now, APPROVED, instalments=instalments) == "") is stands


def test_money_waits_with_the_unit_until_it_is_passed_on():
    paid = MoneyLine(Entry.PAID, APPROVED, d("2021-01-04"))
    assert balance([paid]).days_held(d("2021-01-10")) == 6
    whole = [
        paid,
        MoneyLine(Entry.TAX, Decimal(20000), d("2021-01-07")),
        MoneyLine(Entry.HANDED, Decimal(80000), d("2021-01-08")),
    ]
    assert balance(whole).days_held(d("2021-12-31")) == 4 and balance(whole).held == 0
    assert balance([MoneyLine(Entry.PAID, APPROVED, d("2021-01-04"), reversed=True)]) == Balance()


def test_the_materials_of_article_24():
    assert len(lacking("living", [])) == 3 and lacking("leaving", ["form", "certificate", "contract"]) == []


DAYS = st.dates(d("2019-01-01"), d("2032-12-31"))


@settings(max_examples=40)
@given(st.lists(st.tuples(DAYS, st.integers(0, 1500)), max_size=4), DAYS, st.booleans())
def test_never_more_than_24_months_whatever_the_stays(spans, on, going_on):
    stays = [
        Stay(n, day, date.fromordinal(min(day.toordinal() + length, d("2035-12-31").toordinal())))
        for n, (day, length) in enumerate(spans)
    ]
    table = Figures([Line("second_stay", Decimal(int(going_on)), d("2020-06-06"), "x", "entered")])
    found = living_months(stays, table, on)
    assert total(found) <= 24 * 4000
    paid = [one.month for one in found if one.state in ("due", "future")]
    assert len(paid) == len(set(paid))
    slots = [one.slot for one in found if one.state in ("due", "future")]
    assert len(slots) == len(set(slots)) and all(1 <= slot <= 24 for slot in slots)


KINDS = st.sampled_from([Entry.PAID, Entry.FAILED, Entry.TAX, Entry.HANDED, Entry.CLAWBACK, Entry.RECOVERED])


@settings(max_examples=40)
@given(st.lists(st.tuples(KINDS, st.integers(1, 60000)), max_size=25))
def test_no_balance_goes_below_zero(tries):
    lines: list[MoneyLine] = []
    for kind, amount in tries:
        now = balance(lines)
        if not line_problem(kind, Decimal(amount), now, APPROVED, instalments=True):
            if kind in (Entry.TAX, Entry.HANDED):
                assert amount <= now.received - now.passed - now.clawback, "what is asked back is not the person's"
            lines.append(MoneyLine(kind, Decimal(amount), d("2021-01-01")))
    end = balance(lines)
    assert min(end.received, end.passed, end.received - end.passed, end.owed, end.received - end.clawback) >= 0
    assert end.sound and end.free <= end.held
    assert end.received <= APPROVED


@pytest.mark.parametrize(
    ("number", "born"), [("11010519491231002X", "1949-12-31"), ("11010519491231002x", "1949-12-31")]
)
def test_an_identity_card_tells_the_birthday(number, born):
    assert read_number("identity-card", number)[1] == d(born)


@pytest.mark.parametrize("number", ["110105194912310021", "11010519491231", "11010519490231002X", "abcdefghijklmnopqr"])
def test_a_wrong_number_is_refused_without_repeating_it(number):
    with pytest.raises(Refused) as refused:
        read_number("identity-card", number)
    assert number not in refused.value.message


def test_calendar_and_mask():
    assert add_months(d("2020-08-31"), 6) == d("2021-02-28") and complete(d("2020-01-31"), d("2020-02-28"), 1)
    assert mask("欧阳某某") == "欧**" and mask("") == ""
