"""月跟踪 for the office: the heat map, a unit's year, 督促整改 to 验收销号, reminders, the workbook and the API."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from evaluation.models import Rectification
from evaluation.tracking.services.tracking_reminders import remind_units, tell_overdue
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.rules.standing import Tally
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.tracking.test_tracking import MONTH, lines
from tests.factories.sheets import person
from tests.factories.tokens import issue_token

pytestmark = pytest.mark.usefixtures("demo")
MAP = "/evaluation/tracking/heat-map/"


def counts(month, **where):
    return DutyPeriod.objects.filter(period=month, unit__duty__key__contains="/township/", **where).count()


def test_the_heat_map_counts_what_the_table_holds():
    page = person("zhengfuban1").get(MAP)
    whole = page.context["map"].whole
    late = counts("2020-07", late=True) + counts("2020-08", late=True)
    missing = counts("2020-07", state="expected") + counts("2020-08", state="expected")
    assert (whole.late, whole.missing) == (late, missing) and late and missing
    assert whole.owed == sum(counts(month) for month in ("2020-07", "2020-08", MONTH))
    text = page.content.decode()
    assert "未开" in text and "heat-none" in text and "heat-2" in text


def test_a_cell_lists_what_is_wrong_in_it():
    row = DutyPeriod.objects.filter(period="2020-08", state="expected", unit__duty__key__contains="/township/").first()
    code = row.unit.organisation.code
    page = person("zhengfuban1").get(MAP, {"cell": f"{code}:2020-08"})
    assert row.pk in {line.duty_period.pk for line in page.context["troubled"]}


@pytest.mark.parametrize("sort", ["", "rate", "missing", "nonsense"])
@pytest.mark.parametrize("track", ["township", "department"])
def test_every_order_shows_every_unit(track, sort):
    page = person("zhengfuban1").get(MAP, {"track": track, "sort": sort})
    assert len(page.context["map"].rows) == {"township": 21, "department": 49}[track]


def test_the_heat_map_asks_as_often_for_one_report_as_for_two_thousand(django_assert_max_num_queries):
    client, query = person("zhengfuban1"), {"track": "department"}
    client.get(MAP, query)
    with django_assert_max_num_queries(25) as full:
        client.get(MAP, query)
    ProgressReport.objects.all().delete()
    DutyPeriod.objects.exclude(
        pk=DutyPeriod.objects.filter(unit__duty__key__contains="/department/").first().pk
    ).delete()
    with django_assert_max_num_queries(len(full)):
        client.get(MAP, query)


@pytest.mark.parametrize(
    ("tally", "heat"),
    [
        (Tally(on_time=18), 0),
        (Tally(on_time=17, returned=1), 1),
        (Tally(late=3), 2),
        (Tally(missing=1), 2),
        (Tally(late=2, missing=1, returned=1), 3),
        (Tally(missing=5, returned=1), 4),
    ],
)
def test_the_tint_grows_with_what_is_late_and_lacking(tally, heat):
    assert tally.heat == heat


def test_the_workbook_says_the_same_as_the_page():
    client = person("zhengfuban1")
    book = load_workbook(BytesIO(client.get("/evaluation/tracking/heat-map.xlsx").content))
    rows = [row for row in book["明细"].iter_rows(values_only=True) if row[1] and str(row[1]).startswith("2020-")]
    whole = client.get(MAP).context["map"].whole
    assert sum(row[3] for row in rows) == whole.late and sum(row[4] for row in rows) == whole.missing


@pytest.mark.parametrize("who", ["beizhuang", "shuiwu", "guanliyuan", "anquan", "shenji"])
def test_only_the_office_and_the_leaders_see_all_units(who):
    assert person(who).get(MAP).status_code == 404
    assert person(who).get("/evaluation/tracking/heat-map.xlsx").status_code == 404


def test_a_unit_sees_its_own_year_and_no_other():
    client = person("beizhuang")
    page = client.get("/evaluation/tracking/beizhuang-zhen/year/")
    assert (
        page.status_code == 200
        and page.context["year"].whole.owed
        == DutyPeriod.objects.filter(unit__organisation__code="beizhuang-zhen", unit__duty__scope="tracked").count()
    )
    assert client.get("/evaluation/tracking/gulou-jiedao/year/").status_code == 404
    mine = person("shuiwu").get("/evaluation/tracking/gulou-jiedao/year/")
    assert {row.indicator.number for row in mine.context["year"].rows} == {4}


# ── 督促整改 ──────────────────────────────────────────────────────────────────────────────────────


def tomorrow(days=7):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def pressed(who="shuiwu", key="tracked/2020/township/4", **fields):
    line = lines(month="2020-08").get(unit__duty__key=key)
    data = {"requirement": "补齐清淤台账并附照片", "due_on": tomorrow()} | fields
    return person(who).post(f"/evaluation/tracking/lines/{line.pk}/rectification/", data)


def act(who, row, act, **fields):
    row.refresh_from_db()
    data = {"version": row.version} | fields
    return person(who).post(f"/evaluation/rectifications/{row.pk}/{act}/", data)


def test_a_rectification_goes_from_opening_over_the_answer_to_closing_by_who_opened_it():
    assert pressed().status_code == 302
    row = Rectification.objects.get()
    assert Notice.objects.filter(url=f"/evaluation/rectifications/{row.pk}/").count() == 2
    assert act("shuiwu", row, "decide", decision="pass").status_code == 409
    assert act("beizhuang", row, "answer", answer="无").status_code == 422
    assert act("beizhuang", row, "answer", answer="台账已补齐，照片附后").status_code == 302
    assert act("zhengfuban1", row, "decide", decision="pass").status_code == 403
    assert act("shuiwu", row, "decide", decision="returned", note="").status_code == 422
    assert act("shuiwu", row, "decide", decision="returned", note="还差两个河段").status_code == 302
    assert act("beizhuang", row, "answer", answer="两个河段已补").status_code == 302
    assert act("shuiwu", row, "decide", decision="pass").status_code == 302
    row.refresh_from_db()
    assert row.state == "closed" and row.closed_at
    assert act("shuiwu", row, "decide", decision="pass").status_code == 409


def test_opening_twice_opens_one():
    assert pressed().status_code == 302
    assert pressed().status_code == 409
    assert Rectification.objects.count() == 1


@pytest.mark.parametrize("fields", [{"requirement": "少"}, {"due_on": ""}, {"due_on": "2020-01-01"}])
def test_a_rectification_lacking_something_is_refused_and_keeps_what_was_typed(fields):
    answer = pressed(**fields)
    assert answer.status_code == 422 and not Rectification.objects.exists()
    assert fields.get("requirement", "补齐清淤台账并附照片") in answer.content.decode()


def test_an_offline_indicator_is_pressed_by_number_only():
    key = DutyPeriod.objects.filter(unit__duty__offline_only=True, unit__organisation__code="beizhuang-zhen").first()
    key = key.unit.duty.key
    assert pressed("zhengfuban1", key).status_code == 422
    assert pressed("zhengfuban1", key, requirement="", offline_number="督〔2020〕7号").status_code == 302
    row = Rectification.objects.get()
    assert act("beizhuang", row, "answer", answer="写点什么").status_code == 422
    assert act("beizhuang", row, "answer", answer="").status_code == 302


@pytest.mark.parametrize(("who", "status"), [("beizhuang", 403), ("weijian", 404), ("lingdao", 403), ("shenji", 403)])
def test_who_neither_marks_nor_oversees_a_line_presses_nobody(who, status):
    assert pressed(who).status_code == status
    assert not Rectification.objects.exists()


def test_a_foreign_rectification_is_not_found():
    pressed()
    row = Rectification.objects.get()
    assert person("weijian").get(f"/evaluation/rectifications/{row.pk}/").status_code == 404
    for who in ("beizhuang", "shuiwu", "zhengfuban1", "lingdao"):
        assert person(who).get(f"/evaluation/rectifications/{row.pk}/").status_code == 200
        assert row in [one for one, *_ in person(who).get("/evaluation/rectifications/").context["rows"]]


# ── the desk, the clock ───────────────────────────────────────────────────────────────────────────


def titles(who, at=None):
    return [row.item.title for group in person(who).get("/").context["desk"].groups for row in group.rows]


def test_the_desk_names_the_month_to_report_and_the_reports_to_read():
    assert any("2020年9月月报" in title for title in titles("beizhuang"))
    assert any("月报待审核" in title for title in titles("shuiwu"))


def test_an_overdue_rectification_stands_late_on_both_desks_and_is_told_once():
    pressed()
    Rectification.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert any(title.startswith("整改：") for title in titles("beizhuang"))
    assert any(title.startswith("整改逾期") for title in titles("shuiwu"))
    assert tell_overdue(at=timezone.now()) == 3 and tell_overdue(at=timezone.now()) == 0


def test_units_are_reminded_once_a_rule():
    due = DutyPeriod.objects.filter(period=MONTH).first().due_at
    owing = DutyPeriod.objects.filter(period=MONTH, state="expected").values("unit__organisation").distinct().count()
    assert remind_units(at=due - timedelta(days=9)) == 0
    assert remind_units(at=due - timedelta(hours=2)) == 2 * owing
    assert remind_units(at=due - timedelta(hours=1)) == 0
    assert remind_units(at=due + timedelta(hours=1)) == 2 * owing


# ── API ──────────────────────────────────────────────────────────────────────────────────────────


def api(of, role, **query):
    found = resolve(of) if of else None
    _, token = issue_token(actor=SYSTEM, client="x", organisation=found, role=role, at=timezone.now())
    return Client().get("/api/v1/duty-periods/", query, headers={"authorization": f"Token {token}"})


def test_the_api_lists_a_units_own_duties_with_what_it_reported():
    answer = api("北庄镇", "reporter", period="2020-08", document="13号").json()
    assert answer["count"] == lines(month="2020-08").count()
    assert {row["organisation"]["code"] for row in answer["results"]} == {"beizhuang-zhen"}
    assert any(row["report"] and row["report"]["progress"] for row in answer["results"])
    assert {row["standing"] for row in answer["results"]} <= {"on_time", "late", "missing", "returned"}


@pytest.mark.parametrize(("of", "role"), [("", ""), ("区卫健委", "evaluator"), ("区政府办公室", "evaluation_office")])
def test_the_api_shows_a_token_its_scope(of, role):
    answer = api(of, role, organisation="北庄镇", period=MONTH).json()
    expected = {"": 0, "evaluation_office": lines().count()}.get(role)
    if expected is None:
        assert 0 < answer["count"] < lines().count()
    else:
        assert answer["count"] == expected


@pytest.mark.parametrize("query", [{"period": "2020-13"}, {"organisation": "没有这家"}, {"units": "1"}])
def test_the_api_refuses_what_it_does_not_know(query):
    assert api("北庄镇", "reporter", **query).status_code == 400


def test_the_row_panel_of_a_sheet_shows_the_months_beside_the_mark():
    from tests.factories.sheets import water_sheet

    page = person("shuiwu").get(f"/evaluation/sheets/{water_sheet().pk}/rows/beizhuang-zhen/").content.decode()
    assert "本期月报" in page and "以上只列记录，不计算分数" in page and page.count("/evaluation/tracking/lines/") == 3
