"""效果评价, 公众满意度 and 现场考评 of a year speak of its 考评对象, not of the units of today (engine 21)."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from evaluation.models import LeaderSurvey, LeaderTally, Scheme, SiteVisit
from evaluation.periods.rules.calendar import SHANGHAI, default_window
from evaluation.sheets.services.periods import open_period
from evaluation.year.access.visits import evaluated_by
from evaluation.year.excel.satisfaction import read_satisfaction
from evaluation.year.excel.year_close import satisfaction_template
from evaluation.year.queries.leader_survey import effect_of, units_of
from evaluation.year.queries.visits import visited_units
from evaluation.year.services.leader_survey import close_survey, fill_form, open_survey
from evaluation.year.services.satisfaction import keep_satisfaction
from evaluation.year.services.visits import cancel_visit, plan_visit
from miyun_kpi.accounts.models import User
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.services import (
    NewOrganisation,
    Seen,
    create_organisation,
    merge_organisations,
    rename_organisation,
)
from tests.accounts.people import actor as actor_of_user
from tests.accounts.people import person as somebody
from tests.factories.feedback import actor, client_of, people
from tests.factories.rankings import person

pytestmark = pytest.mark.django_db
# What ended, and what goes on, of each list.
TOWNS = ("bulaotun-zhen", "beizhuang-zhen")
DECEMBER = datetime(2020, 12, 10, 10, 0, tzinfo=SHANGHAI)
JANUARY = datetime(2021, 1, 8, 10, 0, tzinfo=SHANGHAI)
FEBRUARY = datetime(2021, 2, 1, 10, 0, tzinfo=SHANGHAI)
MARCH = datetime(2021, 3, 2, 10, 0, tzinfo=SHANGHAI)
JULY = datetime(2020, 7, 10, 10, 0, tzinfo=SHANGHAI)


def unit(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def seen(code: str) -> Seen:
    return Seen(code, unit(code).version)


def scheme(track: str = "township") -> Scheme:
    return Scheme.objects.get(track=track, year=2020)


def opened(code: str, at: datetime) -> None:
    period = PeriodCode.parse(code)
    open_period(actor=SYSTEM, code=period, at=at, window=default_window(period))


def merged(pair: tuple[str, str], at: datetime) -> None:
    merge_organisations(
        number="密编〔2021〕1号",
        actor=actor("sysadmin"),
        merged=[seen(pair[0])],
        into=seen(pair[1]),
        on=at.date(),
        at=at,
    )


def pairs(track: str) -> tuple[str, str]:
    """Two units of the list that mark nobody; the second goes on."""
    if track == "township":
        return TOWNS
    marking = scheme(track).figures.filter(kind="share", organisation__isnull=False).values("organisation")
    first, second = Organisation.objects.of_track(track).exclude(pk__in=marking).order_by("-code")[:2]
    return first.code, second.code


@pytest.fixture
def house(gazette):
    people()


@pytest.fixture(params=["township", "department"])
def after(house, request) -> tuple[str, str, str]:
    """A unit of the year merged on the first of February of the next."""
    old, new = pairs(request.param)
    opened("2020", DECEMBER)
    merged((old, new), FEBRUARY)
    return request.param, old, new


@pytest.fixture
def within(house) -> tuple[str, str]:
    """A town merged in July, that was ranked in the second quarter and is in the year no more."""
    opened("2020Q2", JULY)
    merged(TOWNS, JULY)
    opened("2020", DECEMBER)
    return TOWNS


def leaders(number: int) -> list[Actor]:
    return [actor_of_user(somebody(f"lingdao-{n}", "leader")) for n in range(number)]


def survey(track: str = "township", at: datetime = MARCH) -> LeaderSurvey:
    return open_survey(
        actor=actor("office1"),
        scheme_id=scheme(track).pk,
        items="全面履职总体评价 100",
        basis="区政府办工作安排",
        due_on=date(2021, 3, 15),
        at=at,
    )


def set_up() -> Organisation:
    """A town of after the year."""
    zone = unit(TOWNS[1]).zone
    new = NewOrganisation("xin-zhen", "新设镇", category="township", zone=zone, evaluated=True)
    return create_organisation(actor=actor("sysadmin"), new=new, valid_from=FEBRUARY.date(), at=FEBRUARY)


def renamed(name: str) -> None:
    given = {"seen": seen(TOWNS[1]), "number": "密编〔2021〕3号", "name": name, "on": FEBRUARY.date()}
    rename_organisation(actor=actor("sysadmin"), **given, at=FEBRUARY)


def codes(found) -> list[str]:
    return [one.code for one in found]


# ── 效果评价 ──────────────────────────────────────────────────────────────────────────────────────
def test_leaders_are_asked_of_the_units_of_the_year(after):
    track, old, _ = after
    found = survey(track)
    asked = set(LeaderTally.objects.filter(survey=found).values_list("organisation__code", flat=True))
    assert old in asked and asked == set(codes(units_of(scheme(track))))
    for leader in leaders(3):
        fill_form(actor=leader, survey_id=found.pk, typed={(unit(old).pk, 0): "88"}, at=MARCH)
    close_survey(actor=actor("office1"), survey_id=found.pk, version=found.version, at=MARCH)
    (line,) = [one for one in effect_of(scheme(track)).units if one.organisation.code == old]
    assert line.averages[0].value == Decimal(88) and line.asked


def test_one_that_ended_within_the_year_is_not_asked_of(within):
    old, new = within
    survey()
    asked = codes(one.organisation for one in effect_of(scheme()).units if one.asked)
    assert old not in asked and new in asked


def test_the_form_holds_whom_the_survey_asks_of_and_no_other(house):
    """Asked in December, before the year opened; since then one has ended and one has come."""
    found = survey(at=DECEMBER)
    merged(TOWNS, FEBRUARY)
    made = set_up()
    shown = effect_of(scheme()).units
    assert {one.organisation.code: one.asked for one in shown}[TOWNS[0]]
    assert not {one.organisation.code: one.asked for one in shown}[made.code]
    typed = {(one.organisation.pk, 0): "80" for one in shown if one.asked}
    fill_form(actor=leaders(1)[0], survey_id=found.pk, typed=typed, at=MARCH)
    assert found.participations.count() == 1


def test_a_unit_bears_its_name_of_the_year(house):
    opened("2020", DECEMBER)
    renamed("北庄新镇")
    survey()
    page = client_of("office1").get("/evaluation/year-end/2020/township/effect/")
    assert page.status_code == 200
    assert "北庄镇" in [one.organisation.name for one in effect_of(scheme()).units]


# ── 公众满意度 ────────────────────────────────────────────────────────────────────────────────────
def filled(content: bytes, name: str) -> bytes:
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    (row,) = [cell.row for cell in sheet["A"] if cell.value == name]
    sheet.cell(row, 2).value, sheet.cell(row, 3).value = 91.5, 300
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def brought_in(track: str, name: str):
    content = filled(satisfaction_template(units_of(scheme(track)), at=MARCH), name)
    preview = read_satisfaction(actor=actor("office1"), scheme=scheme(track), file_name="满意度.xlsx", content=content)
    given = {"survey": "某调查公司 2020 年 12 月电话调查", "file_name": "满意度.xlsx", "seen": 0, "at": MARCH}
    return keep_satisfaction(actor=actor("office1"), scheme=scheme(track), said=preview.said, **given)


def test_the_template_names_the_units_of_the_year_and_comes_back(after):
    track, old, _ = after
    table = brought_in(track, unit(old).name)
    assert [one.organisation.code for one in table.values.all()] == [old]
    (line,) = [one for one in effect_of(scheme(track)).units if one.organisation.code == old]
    assert (line.satisfaction, line.sample) == (Decimal("91.500"), 300)


def test_a_unit_renamed_since_is_found_by_its_name_of_the_year(house):
    opened("2020", DECEMBER)
    renamed("北庄新镇")
    assert brought_in("township", "北庄镇").values.get().organisation == unit(TOWNS[1])


def test_one_that_ended_within_the_year_is_not_in_the_template(within):
    assert within[0] not in codes(units_of(scheme()))


# ── 现场考评 ──────────────────────────────────────────────────────────────────────────────────────
def visitor(track: str) -> Actor:
    """Somebody of an evaluator of the list."""
    shares = scheme(track).figures.filter(kind="share").exclude(indicator=None).order_by("pk")
    share = next(one for one in shares if one.organisation.valid_to is None)
    if not User.objects.filter(username=f"visits-{track}").exists():
        person(f"visits-{track}", share.organisation.name, "evaluator")
    return actor(f"visits-{track}")


def planned(track: str, code: str, day: date, at: datetime) -> SiteVisit:
    by = visitor(track)
    own = list(evaluated_by(by, scheme(track)).values_list("indicator_id", flat=True))[:1]
    return plan_visit(
        actor=by,
        scheme_id=scheme(track).pk,
        organisation_id=unit(code).pk,
        starts_on=day,
        ends_on=day,
        indicator_ids=own,
        leader="张局长",
        at=at,
    )


def test_one_that_ended_since_is_visited_for_its_year_and_the_one_that_goes_on_is_told(after):
    track, old, new = after
    assert old in codes(visited_units(scheme(track)))
    visit = planned(track, old, date(2021, 3, 10), MARCH)
    assert visit.organisation == unit(old)
    told = Notice.objects.filter(url=f"/evaluation/visits/{visit.pk}/")
    assert told and set(told.values_list("organisation__code", flat=True)) == {new}
    cancel_visit(actor=actor(f"visits-{track}"), visit_id=visit.pk, version=visit.version, at=MARCH)
    assert set(told.all().values_list("organisation__code", flat=True)) == {new}


def test_one_that_ended_within_the_year_is_visited_in_the_quarter_in_which_it_was_ranked(within):
    old, _ = within
    assert old in codes(visited_units(scheme()))
    assert planned("township", old, date(2020, 6, 20), DECEMBER).organisation == unit(old)
    with pytest.raises(Refused) as refused:
        planned("township", old, date(2020, 12, 20), DECEMBER)
    assert refused.value.code == "not-ranked"


def test_one_set_up_since_is_not_offered_for_the_year_before(house):
    opened("2020", DECEMBER)
    made = set_up()
    assert made.code not in codes(visited_units(scheme())) and made.code not in codes(units_of(scheme()))
    with pytest.raises(NotFound):
        planned("township", made.code, date(2021, 3, 10), MARCH)
