"""A line of 月报 that was let pass: made up by the unit, or entered from paper by the evaluator; it counts as missed for good."""

from datetime import timedelta

import pytest
from django.utils import timezone

from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.queries.reports import standing_of
from tests.evaluation.tracking.test_tracking import MONTH, lines, water_line
from tests.factories.markup import one_line
from tests.factories.sheets import person

pytestmark = pytest.mark.usefixtures("demo")
REASON = "经办人病休，没有人接手"


@pytest.fixture
def line() -> DutyPeriod:
    """The month was let pass ten days ago."""
    row = water_line()
    back = timezone.now() - timedelta(days=10) - row.locks_at
    for name in ("starts_at", "due_at", "late_until", "locks_at"):
        setattr(row, name, getattr(row, name) + back)
    row.save()
    assert row.state == "expected"
    return row


def typed(**more):
    return {"version": "0", "course": "on-course", "progress": "已完成 3 处清淤"} | more


def test_the_unit_makes_it_up_and_the_evaluator_decides(line):
    town, page = person("beizhuang"), f"/evaluation/tracking/lines/{line.pk}/"
    assert "统计里一直算逾期未报" in town.get(page).content.decode()
    refused = town.post(f"{page}made-up/", typed())
    assert refused.status_code == 422 and "已完成 3 处清淤" in refused.content.decode()
    assert town.post(f"{page}made-up/", typed(reason=REASON)).status_code == 302
    text = one_line(town.get(page).content.decode())
    assert "逾期补报，待审核" in text and REASON in text
    water = person("shuiwu")
    line = DutyPeriod.objects.select_related("report").get(pk=line.pk)
    sent = {"seen": f"{line.pk}:{line.report.version}", "from-line": "1"}
    assert water.post("/evaluation/tracking/review/accept/", sent).status_code == 302
    line.refresh_from_db()
    assert line.state == "accepted" and standing_of(line, timezone.now()) == "missing"
    assert "逾期未报，补报通过" in one_line(water.get(page).content.decode())


def test_the_evaluator_enters_the_paper_that_came_in_time(line):
    water, page = person("shuiwu"), f"/evaluation/tracking/lines/{line.pk}/"
    due = timezone.localtime(line.due_at).date().isoformat()
    given = typed(paper_number="北政函〔2020〕8号", received_on=due)
    assert "代录：单位报来的是纸质件" in water.get(page).content.decode()
    assert water.post(f"{page}paper/", given).status_code == 422
    assert water.post(f"{page}paper/", given | {"late_reason": "收发室漏转"}).status_code == 302
    line = DutyPeriod.objects.select_related("report").get(pk=line.pk)
    assert (line.state, line.late, line.missed) == ("filed", False, False)
    text = one_line(person("beizhuang").get(page).content.decode())
    assert "按纸质件 北政函〔2020〕8号 代录" in text and "收发室漏转" in text
    sent = {"seen": f"{line.pk}:{line.report.version}", "from-line": "1"}
    assert water.post("/evaluation/tracking/review/accept/", sent).status_code == 403, "not by who entered it"


def test_an_offline_line_is_made_up_without_a_word_of_text(line):
    row = lines(month=MONTH, unit__duty__offline_only=True).first()
    assert row is not None
    for name in ("starts_at", "due_at", "late_until", "locks_at"):
        setattr(row, name, getattr(line, name))
    row.save()
    town, page = person("beizhuang"), f"/evaluation/tracking/lines/{row.pk}/"
    text = town.get(page).content.decode()
    assert 'name="progress"' not in text and 'name="offline_number"' in text
    offline = {"offline_on": "2020-09-25", "offline_handler": "王某", "offline_number": "线-1"}
    sent = {"version": "0", "course": "on-course", "reason": REASON, **offline}
    assert town.post(f"{page}made-up/", sent).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.missed) == ("filed", True)


def test_a_foreign_unit_makes_nothing_up_and_no_unit_enters_paper(line):
    page = f"/evaluation/tracking/lines/{line.pk}/"
    assert person("shuiwu").post(f"{page}made-up/", typed(reason=REASON)).status_code == 404
    given = typed(paper_number="北政函〔2020〕8号")
    assert person("beizhuang").post(f"{page}paper/", given).status_code == 403
