"""单位页: what each reader is shown of a unit, as of a day, and what is not even named."""

from datetime import date, timedelta

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from disclosure.models import Application
from evaluation.engine.models.ranking import Ranking
from farmland.models import Lot
from miyun_kpi.accounts.models import User
from miyun_kpi.db.sealed import seal
from miyun_kpi.duties.models import DutyDocument, DutyPeriod
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.overview import title_of
from miyun_kpi.registers.registry import all_kinds, record_address
from postdoc.models import Stay
from tests.factories.rankings import BACKEND, person

# The year is told to whichever of the folder comes first.
pytestmark = pytest.mark.timeout(600)

NAMED = {"概况", "考评", "任务", "登记簿", "人员", "名称沿革"}


def client_of(who):
    client = Client()
    client.force_login(who if isinstance(who, User) else User.objects.get(username=who), backend=BACKEND)
    return client


def page(who, code, tab="overview", on="", status=200):
    client = who if isinstance(who, Client) else client_of(who)
    asked = {"tab": tab} | ({"on": on} if on else {})
    answer = client.get(reverse("organisations:organisation", args=[code]), asked)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer


def tabs(answer):
    return {label for _, label, _ in answer.context["tabs"]}


def block(answer, title):
    return next(one for one in answer.context["record"].blocks if one.title == title)


def keeper_of(document):
    office = DutyDocument.objects.get(document=document).office
    return person(f"keeps-{document}", office.name, "register_office")


@pytest.fixture
def office(told):
    return person("asks-of-units", "区政府办公室", "evaluation_office")


@pytest.fixture
def published(told):
    ranking = Ranking.objects.filter(state="published", scheme__track="township", corrected_by=None).first()
    assert ranking is not None
    return ranking


def test_one_s_own_unit_is_whole(published):
    answer = page("beizhuang", "beizhuang-zhen")
    assert tabs(answer) >= {"概况", "考评", "任务", "名称沿革"}
    counts = {one.label: one for one in answer.context["record"].counts}
    seen = DutyPeriod.objects.filter(unit__organisation__code="beizhuang-zhen", unit__duty__document="2020-13")
    assert seen.exists() and "13号" in counts
    dimensions = block(page("beizhuang", "beizhuang-zhen", "evaluation"), "各维度得分率")
    assert len(dimensions.columns) == 5 and dimensions.rows


def test_of_another_town_only_what_the_scope_of_the_bulletin_allows(published, office):
    assert published.disclosure_scope == "total"
    answer = page("beizhuang", "taishitun-zhen", "evaluation")
    titles = [one.title for one in answer.context["record"].blocks]
    assert titles == ["历次名次"], "no dimensions of others"
    row = block(answer, "历次名次").rows[0]
    assert "/rows/" not in row[0].address, "its 得分明细 is not offered"
    duties = page("beizhuang", "taishitun-zhen", "duties")
    assert [one.title for one in duties.context["record"].blocks] == ["承担的任务"], "its reports are not named"
    whole = page(office, "taishitun-zhen", "evaluation")
    assert [one.title for one in whole.context["record"].blocks] == ["历次名次", "各维度得分率"]


def test_a_tab_of_which_nothing_may_be_seen_is_not_named(told):
    keeper = keeper_of("2020-14")
    """A record of a unit whose register is read by its office alone."""
    unit = Organisation.objects.create(code="new-body", name="区新设中心", category="body", order=990, evaluated=False)
    answer = page("beizhuang", unit.code)
    assert tabs(answer) == {"概况", "名称沿革"} and not answer.context["record"].blocks
    page("beizhuang", unit.code, "registers", status=404)
    page("beizhuang", unit.code, "nothing-like-it", status=404)
    asked = {"received_on": date(2020, 7, 1), "way": "mail", "applicant_kind": "citizen", "content": "某事"}
    now = {"created_at": timezone.now(), "changed_at": timezone.now()}
    Application.objects.create(organisation=unit, number=1, applicant=seal("张三丰"), **asked, **now)
    assert "登记簿" not in tabs(page("beizhuang", unit.code))
    page("beizhuang", unit.code, "registers", status=404)
    answer = page(keeper, unit.code, "registers")
    assert block(answer, "依申请公开：没有答复的").rows[0][0].text == "第 1 号"
    assert "张三丰" not in answer.content.decode() and "某事" not in answer.content.decode()
    counted = {(one.what, one.open, one.overdue) for one in page(keeper, unit.code).context["record"].counts}
    assert counted == {("依申请公开", 1, 1)}


def test_as_of_a_day_names_holders_and_bulletins_are_those_of_the_day(published, office):
    unit = Organisation.objects.get(code="beizhuang-zhen")
    before = page("beizhuang", unit.code, on="2019-01-01")
    assert "考评" not in tabs(before), "nothing had gone out yet"
    people = page(office, "zhengwufuwu-ju", "people", on="2020-07-06")
    held = {row[1].text for row in people.context["record"].blocks[0].rows}
    assert "仇燕红" in held
    earlier = page(office, "zhengwufuwu-ju", "people", on="2020-07-01")
    assert "仇燕红" not in {row[1].text for row in earlier.context["record"].blocks[0].rows}
    page("beizhuang", unit.code, on="2999-01-01", status=400)
    page("beizhuang", unit.code, on="昨天", status=400)


def test_records_of_a_protected_register_are_counted_and_not_listed(told):
    """Each is opened by itself with a reason; the keeper sees here how many there are and nothing of them."""
    protected = {kind.key: kind for kind, _ in all_kinds() if kind.protected}
    row = Record.objects.filter(kind__in=protected, struck_at=None, town__isnull=False).first()
    assert row is not None
    kind = protected[row.kind]
    answer = page(keeper_of("2020-15"), row.town.code, "registers")
    counted = {line[1].text: line[2].text for line in block(answer, "登记簿里有它的").rows}
    assert counted[kind.title] >= 1
    addresses = {cell.address for one in answer.context["record"].blocks for line in one.rows for cell in line}
    assert record_address(kind, row.pk) not in addresses
    assert title_of(kind, row) not in answer.content.decode()
    other = "xiwengzhuang" if row.town.code == "beizhuang-zhen" else "beizhuang"
    address = reverse("organisations:organisation", args=[row.town.code])
    foreign = client_of(other).get(address, {"tab": "registers"}).content.decode()
    assert kind.title not in foreign, "of another town not even counted"


@pytest.mark.parametrize("tab", ["overview", "evaluation", "duties", "registers", "names"])
def test_a_page_asks_a_fixed_number_of_times(published, office, tab, django_assert_max_num_queries):
    client = client_of(office)
    page(client, "beizhuang-zhen", tab)
    with django_assert_max_num_queries(34):
        page(client, "beizhuang-zhen", tab)


def test_lots_of_a_town_stand_on_its_page_for_who_sees_them(told):
    lot = Lot.objects.filter(struck_at=None).select_related("town").order_by("pk")[0]
    town, title = lot.town, "21号指标库里的批次（亩，现在的余额）"
    keeper = person("keeps-pool", "区规自分局", "register_office")
    own = person("reports-town", town.name, "reporter")
    for who in (keeper, own):
        rows = block(page(who, town.code, "registers"), title).rows
        (told_of,) = [row for row in rows if row[0].text == lot.name]
        assert [one.text for one in told_of[2:]] == [lot.accepted, lot.reserved, lot.used, lot.transferred, lot.free]
    before = lot.accepted_on - timedelta(days=1)
    earlier = page(keeper, town.code, "registers", on=before.isoformat()).context["record"].blocks
    assert all(lot.name != row[0].text for one in earlier if one.title == title for row in one.rows)
    other = Organisation.objects.filter(category="township").exclude(pk=town.pk).order_by("pk")[0]
    stranger = person("reports-other", other.name, "reporter")
    assert lot.name not in page(stranger, town.code).content.decode()
    tab = client_of(stranger).get(reverse("organisations:organisation", args=[town.code]), {"tab": "registers"})
    assert lot.name not in tab.content.decode()


def test_stations_of_a_unit_stand_on_its_page_and_nobody_in_them(told):
    stay = Stay.objects.select_related("station__keeper", "person").order_by("pk")[0]
    station, unit = stay.station, stay.station.keeper
    keeper = person("keeps-stations", Organisation.objects.get(code="renshebao-ju").name, "register_office")

    def there(day):
        answer = page(keeper, unit.code, "registers", on=day.isoformat())
        assert stay.person.name.open() not in answer.content.decode()
        rows = block(answer, f"27号 {day} 的工作站").rows
        return next(row[3].text for row in rows if row[0].text == station.name)

    day, before = stay.entered_on, stay.entered_on - timedelta(days=1)
    held = Stay.objects.filter(station=station, entered_on__lte=day)
    assert there(day) == held.filter(Q(left_on=None) | Q(left_on__gt=day)).count() >= 1
    if station.approved_on <= before:
        joined = Stay.objects.filter(station=station, entered_on=day).count()
        left = Stay.objects.filter(station=station, left_on=day).count()
        assert there(day) - there(before) == joined - left
    stranger = person("reports-elsewhere", "北庄镇", "reporter")
    tab = client_of(stranger).get(reverse("organisations:organisation", args=[unit.code]), {"tab": "registers"})
    assert station.name not in tab.content.decode()
