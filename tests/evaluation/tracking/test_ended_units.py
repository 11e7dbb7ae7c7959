"""月报 that a unit left when it ended: seen, put right and reported by the one that goes on, and by nobody else (0141)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.models import Period, Rectification
from evaluation.tracking.access import tracked_visible_to
from evaluation.tracking.desk import desk_items
from evaluation.tracking.services import tracking
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.services import ReportInput, Seen, submit_reports
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.services import Seen as SeenUnit
from miyun_kpi.organisations.services import merge_organisations
from tests.evaluation.conftest import actor_named
from tests.evaluation.tracking.test_tracking import MONTH, save, water_line
from tests.factories.rankings import person as made
from tests.factories.sheets import person

pytestmark = pytest.mark.usefixtures("demo")
OLD, NEW = "bulaotun-zhen", "beizhuang-zhen"
PAGE = f"/evaluation/tracking/{OLD}/{MONTH}/"


def saved(who: str, line: DutyPeriod, text: str, version: int = 0) -> None:
    report = ReportInput(version=version, course="on-course", progress=text)
    tracking.save_line(actor=actor_named(who), duty_period_id=line.pk, report=report, at=timezone.now())


def merged() -> None:
    now = timezone.now()
    old, new = (Organisation.objects.get(code=code) for code in (OLD, NEW))
    merge_organisations(
        number="密编〔2020〕1号",
        actor=actor_named("guanliyuan"),
        merged=[SeenUnit(old.code, old.version)],
        into=SeenUnit(new.code, new.version),
        on=now.astimezone().date(),
        at=now,
    )


@pytest.fixture
def line() -> DutyPeriod:
    """Reported by both; that of the town that ended was given back."""
    made("bulaotun", "不老屯镇", "reporter")
    made("dachengzi", "大城子镇", "reporter")
    row, own = water_line(OLD), water_line(NEW)
    saved("bulaotun", row, "不老屯已完成 3 处清淤")
    saved("beizhuang", own, "北庄已完成 2 处清淤")
    period = Period.objects.get(code=MONTH)
    for who in ("bulaotun", "beizhuang"):
        tracking.submit_month(actor=actor_named(who), period=period, at=timezone.now(), partly=True)
    version = DutyPeriod.objects.select_related("report").get(pk=row.pk).report.version
    tracking.return_line(
        actor=actor_named("shuiwu"), seen=Seen(row.pk, version), observation="请写位置", at=timezone.now()
    )
    merged()
    return DutyPeriod.objects.select_related("report", "unit__organisation").get(pk=row.pk)


def test_it_stands_on_the_desk_of_the_one_that_goes_on_and_is_reported_there(line):
    assert (line.unit.organisation.code, line.state) == (OLD, "returned")
    items = {one.title: one.url for one in desk_items(actor_named("beizhuang"), timezone.now())}
    assert items["不老屯镇（已撤并）2020年9月月报退回 1 项"] == PAGE
    client = person("beizhuang")
    assert "不老屯已完成 3 处清淤" in client.get(PAGE).content.decode()
    assert save(client, line, version=line.report.version, progress="不老屯河口 3 处").status_code == 200
    own = DutyPeriod.objects.get(unit__organisation__code=NEW, period=MONTH, unit__duty=line.unit.duty)
    assert client.post(f"{PAGE}submit/", {"partly": "1"}).status_code == 302
    line.refresh_from_db()
    assert line.state == "filed"
    # Its own month is reported by itself.
    own.refresh_from_db()
    assert own.state == "filed"
    assert client.get("/evaluation/tracking/")["Location"] == PAGE.replace(OLD, NEW)


def test_nobody_else_sees_or_writes_it(line):
    for who in ("dachengzi", "bulaotun"):
        assert not tracked_visible_to(actor_named(who)).filter(pk=line.pk).exists()
        assert person(who).get(PAGE).status_code == 404
        with pytest.raises(NotFound):
            saved(who, line, "别人写的", line.report.version)


def test_given_back_once_more_the_one_that_goes_on_is_told(line):
    saved("beizhuang", line, "不老屯河口 3 处", line.report.version)
    period_lines = DutyPeriod.objects.filter(pk=line.pk)
    submit_reports(actor=actor_named("beizhuang"), found=period_lines, at=timezone.now())
    version = DutyPeriod.objects.select_related("report").get(pk=line.pk).report.version
    before = Notice.objects.filter(organisation__code=OLD).count()
    tracking.return_line(
        actor=actor_named("shuiwu"), seen=Seen(line.pk, version), observation="再写清楚", at=timezone.now()
    )
    assert Notice.objects.filter(organisation__code=NEW, key__startswith=f"report-returned/{line.pk}/").exists()
    assert Notice.objects.filter(organisation__code=OLD).count() == before


def test_a_rectification_of_it_is_answered_on_its_page(line):
    rectification = Rectification.objects.create(
        unit=line.unit,
        period=MONTH,
        requirement="限期清淤",
        due_at=timezone.now() + timedelta(days=5),
        opened_at=timezone.now(),
        opened_by="水务局",
        opened_for=Organisation.objects.get(code="shuiwu-ju"),
        opened_role="evaluator",
    )
    page = f"/evaluation/rectifications/{rectification.pk}/"
    assert f"{page}answer/" in person("beizhuang").get(page).content.decode()


def test_pages_lead_to_what_the_ended_unit_left_and_back(line):
    client, mine = person("beizhuang"), PAGE.replace(OLD, NEW)
    assert f'href="{PAGE}">不老屯镇（已撤并）的月报</a>' in client.get(mine).content.decode()
    assert f'href="{mine}">北庄镇的月报</a>' in client.get(PAGE).content.decode()
    own = DutyPeriod.objects.get(unit__organisation__code=NEW, period=MONTH, unit__duty=line.unit.duty)
    for one, other in ((line, own), (own, line)):
        page = client.get(f"/evaluation/tracking/lines/{one.pk}/").content.decode()
        assert f'href="/evaluation/tracking/lines/{other.pk}/"' in page
    # Who reviews it is led by its own list.
    assert "名下的" not in person("shuiwu").get(f"/evaluation/tracking/lines/{own.pk}/").content.decode()


def test_a_line_that_was_laid_down_says_so(line):
    DutyPeriod.objects.filter(pk=line.pk).update(state="exempt", reopened_until=None)
    page = person("beizhuang").get(f"/evaluation/tracking/lines/{line.pk}/").content.decode()
    assert "这一期由接手的单位报送" in page and "不老屯已完成 3 处清淤" in page


def test_the_page_of_a_month_asks_no_more_with_more_lines(line, django_assert_max_num_queries):
    client, mine = person("beizhuang"), PAGE.replace(OLD, NEW)
    client.get(mine)
    with django_assert_max_num_queries(100) as whole:
        client.get(mine)
    left = DutyPeriod.objects.filter(unit__organisation__code__in=(OLD, NEW), period=MONTH, report__isnull=True)
    assert left.count() > 20
    left.delete()
    with django_assert_max_num_queries(len(whole)) as few:
        assert "不老屯镇（已撤并）" in client.get(mine).content.decode()
    assert len(few) == len(whole)
