"""其余同上月: what it fills and what it leaves, and who is told when a unit says the same twice (13号 四（二）)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluation.models import Period
from evaluation.tracking.access import tracked_reviewed_by
from evaluation.tracking.queries.tracking import unit_month
from evaluation.tracking.rules import as_before, repeated, why_not_as_before
from evaluation.tracking.services.tracking import accept_lines, fill_as_before, save_line, submit_month
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.services import ReportInput, Seen
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from tests.evaluation.conftest import actor_named
from tests.evaluation.tracking.test_tracking import MONTH, PAGE, lines, save
from tests.factories.sheets import person

pytestmark = pytest.mark.usefixtures("demo")
HERE = f"{PAGE}as-before/"


def said(**changed):
    return SimpleNamespace(
        **({"course": "on-course", "progress": "清淤", "problem": "", "next_step": "植草"} | changed)
    )


def month():
    row = lines().first()
    visible = DutyPeriod.objects.select_related("unit__duty", "unit__organisation", "report")
    return unit_month(visible, row.unit.organisation, Period.objects.get(code=MONTH), timezone.now())


def fillable():
    return [line for line in month().lines if not line.why_not_as_before]


def seen_of(found):
    return [Seen(line.duty_period.pk, line.before.version) for line in found]


def fill(found, who="beizhuang"):
    period = Period.objects.get(code=MONTH)
    return fill_as_before(actor=actor_named(who), period=period, seen=seen_of(found), at=timezone.now())


@pytest.mark.parametrize(
    "changed", [{"course": "lagging"}, {"progress": "清淤二段"}, {"problem": "资金"}, {"next_step": ""}]
)
def test_as_before_is_word_for_word(changed):
    assert as_before(said(), said()) and as_before(said(progress=" 清淤 "), said())
    assert not as_before(said(**changed), said()) and not as_before(said(), None)


def test_what_is_left_is_left_with_its_reason():
    free = {"writable": True, "saved": False, "offline": False, "told_before": True}
    assert why_not_as_before(**free) == ""
    assert why_not_as_before(**free | {"saved": True}) == "已填，不动"
    assert why_not_as_before(**free | {"writable": False}) == "现在不能填"
    assert why_not_as_before(**free | {"offline": True}) == "材料线下报送，日期和编号逐月填"
    assert why_not_as_before(**free | {"told_before": False}) == "上月没有报"
    assert not repeated([True]) and not repeated([True, False]) and repeated([False, True, True])


def test_the_rest_is_filled_as_shown_and_nothing_written_is_touched():
    client = person("beizhuang")
    written, *rest = fillable()
    assert len(rest) > 5
    assert save(client, written.duty_period, progress="三段清淤完成").status_code == 200
    shown = client.get(HERE).content.decode()
    assert f"将照上月填写 {len(rest)} 项" in shown and "已填，不动" in shown and rest[0].before.progress in shown
    seen = [f"{line.duty_period.pk}:{line.before.version}" for line in rest]
    assert client.post(HERE, {"seen": seen})["Location"] == PAGE
    for line in rest:
        report = ProgressReport.objects.get(duty_period=line.duty_period)
        assert report.unchanged and as_before(report, line.before) and report.duty_period.state == "draft"
    kept = ProgressReport.objects.get(duty_period=written.duty_period)
    assert (kept.progress, kept.unchanged, kept.version) == ("三段清淤完成", False, 1)
    assert "照上月" in client.get(PAGE).content.decode() and fillable() == []


def test_a_line_written_between_the_preview_and_the_press_keeps_its_words():
    found = fillable()
    save(person("beizhuang"), found[0].duty_period, progress="刚写的")
    assert fill(found) == len(found) - 1
    assert ProgressReport.objects.get(duty_period=found[0].duty_period).progress == "刚写的"


def test_words_of_last_month_that_moved_since_are_looked_at_again_and_nothing_is_filled():
    found = fillable()
    ProgressReport.objects.filter(pk=found[-1].before.pk).update(version=found[-1].before.version + 1)
    with pytest.raises(Conflict, match="上月所报刚有变动"):
        fill(found)
    assert not ProgressReport.objects.filter(duty_period__in=lines()).exists()
    answer = person("beizhuang").post(HERE, {"seen": [f"{one.duty_period_id}:{one.version}" for one in seen_of(found)]})
    assert answer.status_code == 409 and "上月所报刚有变动" in answer.content.decode()


def test_another_units_lines_a_closed_month_and_an_empty_press_are_refused():
    found = fillable()
    foreign = lines("gulou-jiedao").first()
    with pytest.raises(NotFound):
        fill_as_before(
            actor=actor_named("beizhuang"),
            period=Period.objects.get(code=MONTH),
            seen=[Seen(foreign.pk, 2)],
            at=timezone.now(),
        )
    with pytest.raises(Refused, match="没有可以照上月填的行"):
        fill([])
    late = max(line.duty_period.locks_at for line in found) + timedelta(days=1)
    with pytest.raises(Conflict):
        fill_as_before(
            actor=actor_named("beizhuang"), period=Period.objects.get(code=MONTH), seen=seen_of(found), at=late
        )
    assert person("shuiwu").get(HERE).status_code == 404


def test_the_mark_is_what_the_words_are_not_what_the_page_says():
    one, other, *_ = fillable()
    actor, at = actor_named("beizhuang"), timezone.now()
    claimed = ReportInput(0, "on-course", "另写的进展", unchanged=True)
    assert not save_line(actor=actor, duty_period_id=one.duty_period.pk, report=claimed, at=at).unchanged
    b = other.before
    same = ReportInput(0, b.course, b.progress, b.problem, b.next_step, unchanged=False)
    assert save_line(actor=actor, duty_period_id=other.duty_period.pk, report=same, at=at).unchanged


def test_two_months_without_a_word_are_named_to_who_reviews_and_not_refused():
    line = next(one for one in fillable() if one.indicator.number == 4)
    ProgressReport.objects.filter(pk=line.before.pk).update(unchanged=True)
    fill(fillable())
    client = person("beizhuang")
    client.post(f"{PAGE}submit/", {"partly": "1"})
    assert DutyPeriod.objects.get(pk=line.duty_period.pk).state == "filed"
    page = person("shuiwu").get("/evaluation/tracking/review/").content.decode()
    assert "连续两个月照上月、没有新内容的 1 项" in page and "北庄镇（" in page
    assert (
        "连续两个月照上月"
        in person("shuiwu").get(f"/evaluation/tracking/lines/{line.duty_period.pk}/").content.decode()
    )


def test_filling_many_lines_asks_no_more_of_the_database_than_filling_few():
    def statements(found):
        with CaptureQueriesContext(connection) as queries:
            assert fill(found) == len(found)
        return len(queries)

    few, many = fillable()[:2], fillable()[2:]
    assert len(many) > 5
    assert statements(many) <= statements(few) + 1
    saved = AuditEntry.objects.filter(action="duties.report.saved", actor_label__contains="北庄")
    assert saved.count() == len(few) + len(many)


def test_handing_in_and_accepting_write_what_the_lines_share_in_plain_updates():
    """An UPDATE with a CASE for every line took most of the time of both."""
    found = fillable()
    fill(found)
    period = Period.objects.get(code=MONTH)
    with CaptureQueriesContext(connection) as queries:
        ready = submit_month(actor=actor_named("beizhuang"), period=period, at=timezone.now(), partly=True)
        water = tracked_reviewed_by(actor_named("shuiwu")).filter(pk__in=[row.pk for row in ready])
        seen = [Seen(row.pk, row.report.version) for row in water]
        assert accept_lines(actor=actor_named("shuiwu"), seen=seen, at=timezone.now()) == len(seen) > 0
    assert not [query["sql"] for query in queries if "CASE WHEN" in query["sql"]]
    rows = DutyPeriod.objects.filter(pk__in=[row.pk for row in ready]).select_related("report")
    assert {(row.state, row.late, row.report.version) for row in rows} == {
        ("filed", False, 2),
        ("accepted", False, 3),
    }
    assert {row.report.submitted_by for row in rows} == {actor_named("beizhuang").label}
