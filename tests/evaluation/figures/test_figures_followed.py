"""What is open follows a replaced figure; a mark somebody gave stands in the way."""

from datetime import timedelta

import pytest
from django.test import Client

from evaluation.enums import NotApplicable, RankingKind, SheetEventKind, SheetState
from evaluation.figures.services.following import going_back
from evaluation.models import Figure, FigureBatch, Mark, MarkSheet, Period, Ranking
from evaluation.scheme.models.drafting import AmendmentChange
from evaluation.sheets.services.giving_back import GIVEN_BACK
from evaluation.sheets.services.periods import open_period
from miyun_kpi.accounts.models import User
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.figures.test_figures_proposed import AT, check, figure, propose
from tests.factories.rankings import BACKEND

pytestmark = pytest.mark.django_db


@pytest.fixture
def settle(actor_for):
    """Propose as one person, check as the other."""

    def run(*pairs, track="township"):
        batch = propose(actor_for("zhengfuban1"), *pairs, track=track)
        return check(actor_for("zhengfuban2"), batch)

    return run


@pytest.fixture
def real(demo):
    """Two quarters, the second blank."""
    return Period.objects.get(code="2020Q3")


@pytest.fixture
def blank_only(real):
    """Only the open, blank quarter."""
    MarkSheet.objects.filter(period__code="2020Q2").delete()
    return real


def carried(number, name, track="township"):
    return Figure.objects.get(scheme__track=track, kind="carried", indicator__number=number, organisation__name=name)


def sheet(number, period="2020Q3", track="township", place=0):
    found = MarkSheet.objects.filter(scheme__track=track, indicator__number=number, period__code=period)
    return list(found.order_by("share_figure__order"))[place]


def give(one, name, value="80", **other):
    row = one.marks.get(organisation__name=name)
    Mark.objects.filter(pk=row.pk).update(value=value, **other)


def test_a_weight_on_the_hundred_rule_changes_no_sheet_even_with_marks(real, settle):
    before = list(Mark.objects.order_by("pk").values_list("pk", "value", "full_mark"))
    settle((figure("weight/9/core"), "10"), (figure("weight/10/core"), "3"))
    assert list(Mark.objects.order_by("pk").values_list("pk", "value", "full_mark")) == before


def test_blank_sheets_go_to_the_new_evaluator(blank_only, settle):
    old = sheet(4)
    settle((figure("share/4/1"), "区生态环境局:1"))
    new = sheet(4)
    assert (new.pk, new.evaluator.name, new.version) == (old.pk, "区生态环境局", old.version + 1)
    assert figure("share/4/1").organisation.name == "区生态环境局"


def test_an_evaluator_whose_marks_exist_is_not_replaced(blank_only, settle):
    give(sheet(4), "北庄镇")
    with pytest.raises(Refused) as refusal:
        settle((figure("share/4/1"), "区生态环境局:1"))
    assert refusal.value.code == "marks-exist"
    assert "河长制" in refusal.value.message and "区水务局" in refusal.value.message
    assert sheet(4).evaluator.name == "区水务局"


def test_a_new_carrier_gets_a_blank_cell_in_printed_order(blank_only, settle):
    settle((carried(3, "鼓楼街道"), "yes"))
    row = sheet(3).marks.get(organisation__name="鼓楼街道")
    assert row.value is None and row.order == 1 and row.full_mark == 100


def test_a_filed_sheet_with_a_new_carrier_goes_back(blank_only, settle):
    one = sheet(3)
    MarkSheet.objects.filter(pk=one.pk).update(state=SheetState.FILED, filed_at=AT)
    Mark.objects.filter(sheet=one).update(value="80")
    settle((carried(3, "鼓楼街道"), "yes"))
    after = sheet(3)
    assert after.state == SheetState.RETURNED and after.version == one.version + 1 and after.reopen_reason
    assert after.marks.filter(value="80").count() == 16 and after.marks.get(value=None).organisation.name == "鼓楼街道"
    # Though the period be locked, its evaluator can fill the cell in, is told, and finds why in the trail.
    assert after.reopened_until >= AT + GIVEN_BACK and "鼓楼街道" in after.reopen_reason
    event = after.events.latest("pk")
    assert (event.kind, event.note) == (SheetEventKind.REOPENED, after.reopen_reason)
    assert Notice.objects.get(key=f"sheet-returned/{after.pk}/{after.version}").organisation == after.evaluator


def test_the_second_person_reads_which_filed_sheets_go_back(blank_only, actor_for):
    one = sheet(3)
    MarkSheet.objects.filter(pk=one.pk).update(state=SheetState.FILED, filed_at=AT)
    there = propose(actor_for("zhengfuban1"), (carried(3, "鼓楼街道"), "yes"))
    settled = propose(actor_for("zhengfuban1"), (carried(3, "巨各庄镇"), "no"))
    client = Client()
    client.force_login(User.objects.get(username="zhengfuban2"), backend=BACKEND)
    page = client.get(f"/evaluation/batches/{there.pk}/").content.decode()
    assert "1 张已报送的打分表要补打" in page and f"/evaluation/sheets/{one.pk}/" in page
    assert "退回重开" not in client.get(f"/evaluation/batches/{settled.pk}/").content.decode()


def test_of_a_revision_only_sheets_from_its_quarter_on_go_back(blank_only):
    one = sheet(3)
    MarkSheet.objects.filter(pk=one.pk).update(state=SheetState.FILED, filed_at=AT)
    change = AmendmentChange(figure=carried(3, "鼓楼街道"), new_value="yes")
    assert [back.sheet for back in going_back(one.scheme, [change], PeriodCode(2020, quarter=3))] == [one]
    assert going_back(one.scheme, [change], PeriodCode(2020, quarter=4)) == []
    assert going_back(one.scheme, [AmendmentChange(figure=carried(3, "巨各庄镇"), new_value="yes")]) == [], (
        "it is there"
    )


def test_a_struck_out_carrier_loses_its_blank_cell(blank_only, settle):
    settle((carried(3, "巨各庄镇"), "no"))
    assert not sheet(3).marks.filter(organisation__name="巨各庄镇").exists()
    assert sheet(3).marks.count() == 15


@pytest.mark.parametrize(
    "given",
    [{"value": "0"}, {"value": None, "not_applicable": NotApplicable.PROPOSED}, {"value": None, "problems": "缺材料"}],
)
def test_a_carrier_with_something_given_is_not_struck_out(blank_only, settle, given):
    give(sheet(3), "巨各庄镇", **given)
    with pytest.raises(Refused) as refusal:
        settle((carried(3, "巨各庄镇"), "no"))
    assert refusal.value.code == "marks-exist" and "巨各庄镇" in refusal.value.message
    assert carried(3, "巨各庄镇").value == "yes"
    assert sheet(3).marks.filter(organisation__name="巨各庄镇").exists()


def test_every_mark_in_the_way_is_named(blank_only, settle):
    for name in ("巨各庄镇", "穆家峪镇"):
        give(sheet(3), name)
    with pytest.raises(Refused) as refusal:
        settle((carried(3, "巨各庄镇"), "no"), (carried(3, "穆家峪镇"), "no"), (carried(3, "河南寨镇"), "no"))
    assert len(refusal.value.errors) == 2
    assert sheet(3).marks.filter(organisation__name="河南寨镇").exists()


def test_a_period_with_an_official_ranking_keeps_its_sheets(real, settle):
    two = Period.objects.get(code="2020Q2")
    trial = Ranking.objects.get(period=two, scheme__track="township")
    Ranking.objects.filter(pk=trial.pk).update(kind=RankingKind.OFFICIAL)
    settle((carried(3, "巨各庄镇"), "no"))
    assert sheet(3, "2020Q2").marks.filter(organisation__name="巨各庄镇").exists()
    assert not sheet(3, "2020Q3").marks.filter(organisation__name="巨各庄镇").exists()


def test_by_points_a_weight_follows_into_blank_cells(blank_only, settle):
    settle((figure("full-mark"), "points"))
    assert sheet(9).marks.get(organisation__name="鼓楼街道").full_mark == 8
    settle((figure("weight/9/core"), "10"), (figure("weight/10/core"), "3"))
    assert sheet(9).marks.get(organisation__name="鼓楼街道").full_mark == 10
    assert sheet(9).marks.get(organisation__name="石城镇").full_mark == 5


def test_by_points_a_share_follows_too(blank_only, settle):
    settle((figure("full-mark"), "points"))
    settle((figure("share/2/1"), "区环境办:1/4"), (figure("share/2/2"), "区城管委:3/4"))
    fulls = [sheet(2, place=n).marks.get(organisation__name="鼓楼街道").full_mark for n in (0, 1)]
    assert fulls == [1, 3]


def test_by_points_a_weight_with_marks_stays(blank_only, settle):
    settle((figure("full-mark"), "points"))
    give(sheet(9), "鼓楼街道", "7")
    with pytest.raises(Refused) as refusal:
        settle((figure("weight/9/core"), "10"), (figure("weight/10/core"), "3"))
    assert refusal.value.code == "marks-exist" and "财源建设" in refusal.value.message
    assert figure("weight/9/core").value == "8"


def test_by_points_is_refused_where_it_needs_more_than_three_decimals(blank_only, settle):
    with pytest.raises(Refused) as refusal:
        settle(
            (figure("share/2/1"), "区环境办:1/7"),
            (figure("share/2/2"), "区城管委:6/7"),
            (figure("full-mark"), "points"),
        )
    assert refusal.value.code == "points-not-exact"
    assert figure("full-mark").value == "hundred"


@pytest.mark.parametrize(("key", "value"), [("full-mark", "points"), ("own-mark", "average")])
def test_the_settings_are_fixed_by_the_first_mark(blank_only, settle, actor_for, key, value):
    give(sheet(4), "北庄镇")
    with pytest.raises(Refused) as refusal:
        settle((figure(key), value))
    assert refusal.value.code == "marks-exist" and "第一张表" in refusal.value.message
    check(actor_for("zhengfuban2"), FigureBatch.objects.get(), approve=False, note="已经打过分")
    settle((figure(key), None))
    assert figure(key).confirmed


def test_an_item_no_longer_examined_loses_its_blank_sheets_and_gets_them_back(blank_only, settle):
    settle((figure("scope/4"), "year"))
    assert not MarkSheet.objects.filter(indicator__number=4, scheme__track="township").exists()
    settle((figure("scope/4"), "quarter"))
    assert sheet(4).marks.count() == 20 and sheet(4).state == SheetState.OPEN


def test_an_item_with_marks_stays_in_its_period(blank_only, settle):
    give(sheet(4), "北庄镇")
    with pytest.raises(Refused) as refusal:
        settle((figure("scope/4"), "half"))
    assert refusal.value.code == "marks-exist" and "本期不考" in refusal.value.message


def test_monthly_rows_follow_the_carriers(blank_only, settle):
    period = open_period(actor=SYSTEM, code=PeriodCode(2020, month=9), at=AT).period
    dates = {"starts_at": -5, "due_at": 7, "late_until": 8, "locks_at": 9}
    Period.objects.filter(pk=period.pk).update(**{name: AT + timedelta(days=days) for name, days in dates.items()})
    rows = DutyPeriod.objects.filter(period="2020-09", unit__duty__key="tracked/2020/township/3")
    assert rows.count() == 16
    # A row that nothing was reported in yet: what somebody has written stays.
    struck = rows.filter(state="expected").order_by("pk")[0].unit.organisation.name
    settle((carried(3, struck), "no"), (carried(3, "鼓楼街道"), "yes"))
    names = set(rows.values_list("unit__organisation__name", flat=True))
    assert struck not in names and "鼓楼街道" in names and len(names) == 16
    assert DutyPeriod.objects.filter(period="2020-09", unit__organisation__name="巨各庄镇").count() > 0


def test_a_refused_check_leaves_no_trace(blank_only, actor_for):
    give(sheet(4), "北庄镇")
    batch = propose(actor_for("zhengfuban1"), (figure("share/4/1"), "区生态环境局:1"), (carried(3, "鼓楼街道"), "yes"))
    with pytest.raises(Refused):
        check(actor_for("zhengfuban2"), batch)
    assert not sheet(3).marks.filter(organisation__name="鼓楼街道").exists()
    assert figure("share/4/1").organisation == Organisation.objects.get(name="区水务局")
    assert figure("share/4/1").version == 1
