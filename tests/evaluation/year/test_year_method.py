"""年度计算办法 and the arithmetic of the year (engine 16)."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from evaluation.engine.queries.year_results import locked_method
from evaluation.engine.rules.year_total import Closing, method_problem, method_total, read_weights, tie_groups
from evaluation.feedback.services.unit_checks import open_unit_check
from evaluation.models import Figure, Mark, MarkSheet, MethodWeight, Scheme, YearMethod
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.ranking.services import compute_official, compute_trial
from evaluation.sheets.services.certifying import certify_sheet
from evaluation.sheets.services.marks import RowInput, save_marks
from evaluation.sheets.services.periods import open_period
from evaluation.sheets.services.sheets import file_sheet
from evaluation.year.services.year_method import check_method, enter_method, method_periods
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from tests.consistency import oracle
from tests.factories.feedback import actor, client_of, feedback_of, people
from tests.factories.rankings import QUARTER, filed_quarter, person
from tests.factories.year_end import (
    BEFORE,
    ONLY_SPECIAL,
    YEAR,
    locked,
    township,
)


# ── rules ────────────────────────────────────────────────────────────────────────────────────────
def test_the_year_stays_exact_and_is_rounded_once_with_its_points():
    # 0.333 × 80.0001 + 0.667 × 90.0001 = 86.6701; the halves of single parts would round otherwise.
    parts = [(Fraction(333, 1000), Fraction(800001, 10000)), (Fraction(667, 1000), Fraction(900001, 10000))]
    assert method_total(parts) == Fraction(333 * 800001 + 667 * 900001, 10**7)
    closing = Closing("2020", {"2020": Fraction(1)}, {}, {"a": [500, -300], "b": [-1]})
    assert closing.close("a", Fraction(80)) == (Fraction(80), 200)
    assert closing.close("b", Fraction(1, 2000)) == (Fraction(1, 2000), -1)
    assert closing.close("c", None) == (None, 0)
    quarter = Closing(
        "2020", {"2020": Fraction(1, 3), "2020Q2": Fraction(2, 3)}, {"2020Q2": {"a": Fraction("80.1")}}, {}
    )
    assert quarter.close("a", Fraction(100, 3)) == (Fraction(100, 9) + Fraction("53.4"), 0)


def test_a_part_that_weighs_nothing_is_not_missed_and_one_that_does_is():
    assert method_total([(Fraction(1), Fraction(80))]) == 80
    assert method_total([(Fraction(1, 2), Fraction(80)), (Fraction(1, 2), None)]) is None
    closing = Closing("2020", {"2020": Fraction(1, 2), "2020Q2": Fraction(1, 2)}, {}, {})
    assert closing.close("a", Fraction(80)) == (None, 0)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"2020": "0.9"}, "之和为 0.9"),
        ({"2020": "1", "2020Q2": "0.001"}, "之和为 1.001"),
        ({"2020": "0", "2020Q2": "1"}, "专项考评的权重须大于 0"),
        ({"2020": ""}, "空的"),
        ({"2020": "1.1"}, "大于 1"),
        ({"2020": "0.3333", "2020Q2": "0.6667"}, "3 位小数"),
    ],
)
def test_weights_that_are_no_method_are_refused(changed, word):
    with pytest.raises(Refused) as refused:
        read_weights(ONLY_SPECIAL | changed, year="2020")
    assert word in "".join(error.message for error in refused.value.errors)


def test_a_method_counts_only_when_locked_before_the_first_quarter_opened():
    assert method_problem(BEFORE, waiting=False, first_quarter=None) == ""
    assert method_problem(BEFORE, waiting=False, first_quarter=BEFORE + timedelta(seconds=1)) == ""
    assert "晚于第一个季度" in method_problem(BEFORE, waiting=False, first_quarter=BEFORE)
    assert "没有拟定" in method_problem(None, waiting=False, first_quarter=None)
    assert "待第二人确认" in method_problem(None, waiting=True, first_quarter=None)


def test_ties_are_groups_of_equal_totals():
    assert tie_groups({"a": 5, "b": 7, "c": 5, "d": 7, "e": 1}) == [(7, ("b", "d")), (5, ("a", "c"))]


# ── method ───────────────────────────────────────────────────────────────────────────────────────
def test_a_method_is_locked_by_a_second_person_and_replaced_only_by_another(gazette):
    people()
    assert method_periods(2020) == ["2020", "2020Q1", "2020Q2", "2020Q3", "2020Q4"]
    method = enter_method(
        actor=actor("office1"),
        scheme_id=township().pk,
        weights=ONLY_SPECIAL,
        basis_document="纪要五号",
        basis_clause="第二项",
        at=BEFORE,
    )
    again = {
        "scheme_id": township().pk,
        "weights": ONLY_SPECIAL,
        "basis_document": "纪要五号",
        "basis_clause": "第二项",
    }
    with pytest.raises(Conflict, match="待第二人确认"):
        enter_method(actor=actor("office2"), at=BEFORE, **again)
    check = {"method_id": method.pk, "passed": True, "note": "", "at": BEFORE}
    with pytest.raises(NotAllowed, match="另一个人"):
        check_method(actor=actor("office1"), version=1, **check)
    with pytest.raises(Conflict):
        check_method(actor=actor("office2"), version=2, **check)
    assert check_method(actor=actor("office2"), version=1, **check).locked_at == BEFORE
    with pytest.raises(Conflict):
        check_method(actor=actor("office2"), version=2, **check)
    with pytest.raises(IntegrityError), transaction.atomic():
        YearMethod.objects.update(checked_by_id=method.entered_by_id)
    later = locked({"2020": "0.8", "2020Q1": "", "2020Q2": "0.2", "2020Q3": "", "2020Q4": ""})
    assert (YearMethod.objects.get(pk=method.pk).state, later.number) == ("replaced", 2)
    with pytest.raises(Refused, match="依据"):
        enter_method(actor=actor("office1"), at=BEFORE, **(again | {"basis_document": " "}))
    with pytest.raises(NotAllowed):
        enter_method(actor=actor("sysadmin"), at=BEFORE, **again)


def test_a_year_without_a_method_in_time_stays_a_trial_and_says_why(gazette):
    people()
    period = filed_quarter(YEAR)
    trial, _ = compute_trial(actor=SYSTEM, scheme=township(), period=period, at=timezone.now())
    assert "没有拟定" in json.loads(trial.document)["year"]["problems"][0]
    with pytest.raises(Refused, match="没有拟定"):
        compute_official(actor=actor("office1"), scheme=township(), period=period, at=timezone.now())
    filed_quarter()
    locked(at=timezone.now())
    with pytest.raises(Refused, match="晚于第一个季度开启"):
        compute_official(actor=actor("office1"), scheme=township(), period=period, at=timezone.now())


def test_a_quarter_that_weighs_something_must_be_published_first(gazette):
    people()
    locked({"2020": "0.7", "2020Q1": "", "2020Q2": "0.3", "2020Q3": "", "2020Q4": ""})
    quarter, period = filed_quarter(), filed_quarter(YEAR)
    compute_trial(actor=SYSTEM, scheme=township(), period=quarter, at=timezone.now())
    trial, _ = compute_trial(actor=SYSTEM, scheme=township(), period=period, at=timezone.now())
    document = json.loads(trial.document)
    assert document["year"]["problems"] == ["2020Q2 没有通报，只能试算"]
    row = document["rows"][0]
    parts = {part["period"]: part for part in row["closing"]["parts"]}
    expected = Decimal("0.7") * Decimal(parts["2020"]["total"]) + Decimal("0.3") * Decimal(parts["2020Q2"]["total"])
    assert abs(expected - Decimal(row["total"])) <= Decimal("0.00005")
    with pytest.raises(Refused, match="没有通报"):
        compute_official(actor=actor("office1"), scheme=township(), period=period, at=timezone.now())
    stored = {r.organisation.code: r.total for r in trial.rows.select_related("organisation")}
    assert stored == oracle.totals(json.loads(trial.inputs))


def test_the_special_evaluation_is_marked_certified_and_fed_back_like_a_quarter(gazette):
    people()
    locked()
    Figure.objects.update(confirmed=True)
    Scheme.objects.update(certification=True, problems_below_percent=0, reasons_required=False)
    person("certifier", "区水务局", "certifier")
    december = datetime(2020, 12, 15, 10, 0, tzinfo=SHANGHAI)
    period = open_period(actor=actor("office1"), code=YEAR, at=december).period
    sheet = MarkSheet.objects.get(period=period, scheme=township(), indicator__number=4)
    rows = [
        RowInput(organisation=m.organisation.code, version=0, value=str(80 + place % 15))
        for place, m in enumerate(sheet.marks.select_related("organisation"))
    ]
    with pytest.raises(Conflict):
        save_marks(
            actor=actor("water"), sheet_id=sheet.pk, rows=rows, at=datetime(2020, 11, 30, 23, 0, tzinfo=SHANGHAI)
        )
    save_marks(actor=actor("water"), sheet_id=sheet.pk, rows=rows, at=december)
    filed = file_sheet(actor=actor("water"), sheet_id=sheet.pk, version=1, at=december, reason="无异常，虚构数据")
    done = certify_sheet(actor=actor("certifier"), sheet_id=sheet.pk, version=filed.version, at=december)
    assert (done.state, done.late, done.receipt_number[:4]) == ("filed", False, "2020")
    others = Mark.objects.filter(sheet__period=period).exclude(sheet=sheet)
    others.update(value=Decimal(85))
    MarkSheet.objects.filter(period=period).update(state="filed", filed_at=december)
    ranking, _ = compute_official(actor=actor("office1"), scheme=township(), period=period, at=december)
    open_unit_check(actor=actor("office1"), ranking_id=ranking.pk, at=timezone.now())
    shown = client_of("town").get(reverse("evaluation:feedback", args=[feedback_of(ranking).pk])).content.decode()
    assert "专项考评反馈报告" in shown and "季度" not in shown.split("<article")[1].split("</article>")[0]


# ── a late method beside a timely one (engine 26) ────────────────────────────────────────────────
ANOTHER = {"2020": "0.8", "2020Q1": "", "2020Q2": "0.2", "2020Q3": "", "2020Q4": ""}


def test_a_method_locked_in_time_is_not_replaced_once_a_quarter_is_open(gazette):
    people()
    timely = locked()
    waiting = enter_method(
        actor=actor("office1"),
        scheme_id=township().pk,
        weights=ANOTHER,
        basis_document="纪要六号",
        basis_clause="第一项",
        at=BEFORE,
    )
    opened = open_period(actor=SYSTEM, code=QUARTER, at=BEFORE + timedelta(days=30)).period.opened_at
    late = opened + timedelta(days=1)
    check = {"actor": actor("office2"), "method_id": waiting.pk, "version": 1, "at": late}
    with pytest.raises(Refused, match="不能再换") as refused:
        check_method(passed=True, note="", **check)
    assert refused.value.code == "method-fixed" and "选“退回”" in refused.value.message
    assert YearMethod.objects.get(pk=waiting.pk).state == "proposed" and locked_method(township()) == timely
    assert check_method(passed=False, note="季度已经开启", **check).state == "returned"
    with pytest.raises(Refused, match="2020-06-01 09:00 锁定.*不能再换，没有保存"):
        locked(ANOTHER, at=late)
    assert YearMethod.objects.count() == 2
    office = client_of("office1")
    page = office.get(reverse("evaluation:year-end", args=[2020, "township"])).content.decode()
    assert "已锁定" in page and "另行拟定" not in page


def test_a_late_method_may_replace_a_late_one(gazette):
    people()
    filed_quarter()
    first, second = (locked(at=timezone.now() + timedelta(minutes=n)) for n in (1, 2))
    assert locked_method(township()) == second and YearMethod.objects.get(pk=first.pk).state == "replaced"


def test_a_year_whose_timely_method_was_once_displaced_is_official_again(gazette):
    """As the earlier version could leave it: the timely method replaced by one locked after the quarter opened."""
    people()
    timely = locked()
    quarter, period = filed_quarter(), filed_quarter(YEAR)
    YearMethod.objects.filter(pk=timely.pk).update(state="replaced")
    late = YearMethod.objects.create(
        scheme=township(),
        number=2,
        state="locked",
        basis_document="纪要六号",
        basis_clause="第一项",
        entered_by="甲",
        entered_by_id=1,
        entered_at=quarter.opened_at,
        checked_by="乙",
        checked_by_id=2,
        locked_at=quarter.opened_at + timedelta(hours=1),
    )
    MethodWeight.objects.create(method=late, period="2020", weight=Decimal("0.8"))
    MethodWeight.objects.create(method=late, period="2020Q2", weight=Decimal("0.2"))
    ranking, _ = compute_official(actor=actor("office1"), scheme=township(), period=period, at=timezone.now())
    said = json.loads(ranking.document)["year"]
    assert (said["number"], said["problems"], said["weights"]["2020"]) == (1, [], "1")
    page = client_of("office1").get(reverse("evaluation:year-end", args=[2020, "township"])).content.decode()
    assert page.index("锁定过晚，不生效") < page.index("已锁定")
    with pytest.raises(Refused, match="不能再换"):
        locked(ANOTHER, at=timezone.now())
