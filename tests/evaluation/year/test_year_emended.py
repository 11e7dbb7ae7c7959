"""勘正 of 自查报告 and 现场考评 that have ended, through the pages (13号 四（三）1, 五（二）; 0091)."""

from datetime import date, datetime

import pytest
from django.test import Client

from evaluation.models import SelfReport, SiteVisit
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.year.services import self_reports
from evaluation.year.services.visits import note_result
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.emendations.services import propose
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Refused
from tests.emendations.test_pages import text
from tests.evaluation.conftest import actor_named
from tests.evaluation.year.test_self_reports import AT, PLACE, signed
from tests.evaluation.year.test_visits import plan
from tests.factories.rankings import BACKEND
from tests.factories.rankings import person as somebody
from tests.factories.sheets import person

pytestmark = pytest.mark.usefixtures("demo")
WHY = {"basis": "entry", "paper": "考评记录第 2 页", "reason": "日期抄错一行，照记录改正"}
CONFIRM = {"version": 1, "decision": "confirm", "note": ""}


@pytest.fixture
def visit() -> SiteVisit:
    row = plan(11)
    on_day = datetime(2020, 12, 11, 9, 0, tzinfo=SHANGHAI)
    return note_result(actor=actor_named("shuiwu"), visit_id=row.pk, version=1, result="台账齐全，一处不足", at=on_day)


@pytest.fixture
def report() -> SelfReport:
    """Signed by the head of the unit and accepted by the office."""
    row = signed()
    return self_reports.decide_self_report(
        actor=actor_named("zhengfuban1"), report_id=row.pk, version=row.version, passed=True, note="", at=AT
    )


def of(name: str, organisation: str, role: str) -> Client:
    client = Client()
    client.force_login(somebody(name, organisation, role), backend=BACKEND)
    return client


def new(row: SiteVisit | SelfReport) -> str:
    return f"/emendations/{'visit' if isinstance(row, SiteVisit) else 'self-report'}/{row.pk}/new/"


# ── 现场考评 ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"starts_on": "2021-04-01", "ends_on": "2021-04-02"}, "日期须在 2020 年 1 月至次年 3 月之间"),
        ({"starts_on": "2019-12-31"}, "日期须在 2020 年 1 月至次年 3 月之间"),
        ({"ends_on": "2020-12-10"}, "结束日期不能早于开始日期"),
        ({"ends_on": "2021-02-01"}, "一次不超过 31 天"),
        ({"starts_on": "十二月"}, "开始日期"),
        ({"leader": ""}, "带队人不能留空"),
    ],
)
def test_a_visit_that_could_not_be_is_refused_in_words_and_nothing_typed_is_lost(visit, typed, words):
    client = person("shuiwu")
    sent = {f"fact-{name}": value for name, value in typed.items()} | WHY
    answer = client.post(new(visit), sent)
    page = text(answer)
    assert answer.status_code == 422 and words in page
    assert WHY["paper"] in page and WHY["reason"] in page
    assert all(f'value="{value}"' in page for value in typed.values() if value)
    assert not Emendation.objects.exists()
    visit.refresh_from_db()
    assert (visit.starts_on, visit.leader, visit.version) == (date(2020, 12, 11), "张局长", 2)


def test_looking_first_refuses_the_same_and_keeps_what_was_typed(visit):
    answer = person("shuiwu").post(new(visit), {"fact-starts_on": "2021-04-01", "reason": "抄错一行", "look": "1"})
    assert answer.status_code == 422 and "次年 3 月之间" in text(answer) and "抄错一行" in text(answer)


@pytest.mark.parametrize("lacking", ["paper", "reason", "basis"])
def test_paper_reason_and_what_was_wrong_are_asked_for(visit, lacking):
    sent = {"fact-leader": "李局长"} | WHY | {lacking: ""}
    answer = person("shuiwu").post(new(visit), sent)
    assert answer.status_code == 422 and 'value="李局长"' in text(answer) and not Emendation.objects.exists()


def test_a_number_of_a_paper_where_the_visit_has_none_is_not_taken(visit):
    """Only the columns of a visit are facts of it; what else is sent changes nothing, and is not told as done."""
    client = person("shuiwu")
    assert "fact-paper_number" not in text(client.get(new(visit)))
    answer = client.post(new(visit), {"fact-paper_number": "密水函〔2020〕8号"} | WHY)
    assert answer.status_code == 422 and "没有一栏与现在存的不同" in text(answer) and WHY["reason"] in text(answer)
    client.post(
        new(visit), {"fact-paper_number": "密水函〔2020〕8号", "fact-state": "planned", "fact-leader": "李局长"} | WHY
    )
    assert [one.field for one in Emendation.objects.get().emended.all()] == ["leader"]


def test_put_right_by_the_evaluator_and_confirmed_by_its_certifier(visit):
    one, two = person("shuiwu"), of("shenhe", "区水务局", "certifier")
    assert f'href="{new(visit)}"' in text(one.get(f"/evaluation/visits/{visit.pk}/"))
    done = one.post(new(visit), {"fact-starts_on": "2020-12-10", "fact-ends_on": "2020-12-10"} | WHY)
    assert done.status_code == 302
    visit.refresh_from_db()
    assert visit.starts_on == date(2020, 12, 11), "nothing before the second person"
    assert one.post(f"{done.url}decide/", CONFIRM).status_code in (403, 422)
    assert Emendation.objects.get().state == "proposed"
    assert two.post(f"{done.url}decide/", CONFIRM).status_code == 302
    visit.refresh_from_db()
    assert (visit.starts_on, visit.ends_on, visit.state, visit.version) == (
        date(2020, 12, 10),
        date(2020, 12, 10),
        "done",
        3,
    )
    assert "开始日期" in AuditEntry.objects.get(action="evaluation.visit.emended").data


def test_neither_another_evaluator_nor_the_unit_puts_a_visit_right(visit):
    for client in (person("weijian"), person("beizhuang")):
        assert client.get(new(visit)).status_code in (403, 404)
        assert client.post(new(visit), {"fact-leader": "李局长"} | WHY).status_code in (403, 404)
    assert not Emendation.objects.exists()
    done = person("shuiwu").post(new(visit), {"fact-leader": "李局长"} | WHY)
    assert person("weijian").post(f"{done.url}decide/", CONFIRM).status_code in (403, 404)
    visit.refresh_from_db()
    assert visit.leader == "张局长"


def test_a_visit_that_is_only_planned_is_changed_and_not_put_right():
    row = plan(11)
    answer = person("shuiwu").post(new(row), {"fact-leader": "李局长"} | WHY)
    assert answer.status_code == 422 and "还没有办完" in text(answer) and not Emendation.objects.exists()


# ── 自查报告 ─────────────────────────────────────────────────────────────────────────────────────
def test_a_report_is_put_right_by_the_unit_confirmed_by_another_and_the_office_is_told(report):
    one, two = person("beizhuang"), of("beizhuang-li", "北庄镇", "reporter")
    assert f'href="{new(report)}"' in text(one.get(PLACE))
    facts = report.facts
    looked = text(one.post(new(report), {"fact-problems": "两项任务进度偏慢", "look": "1"}))
    assert "签发时的数据不变" in looked and "两项任务进度偏慢" in looked
    done = one.post(new(report), {"fact-problems": "两项任务进度偏慢"} | WHY)
    assert one.post(f"{done.url}decide/", CONFIRM).status_code in (403, 422)
    assert two.post(f"{done.url}decide/", CONFIRM).status_code == 302
    report.refresh_from_db()
    assert (report.problems, report.state, report.facts) == ("两项任务进度偏慢", "accepted", facts)
    assert Notice.objects.filter(key__startswith=f"self-report-emended/{report.pk}/").exists()
    assert "两项任务进度偏慢" in text(one.get(PLACE))


def test_given_back_it_stays_as_it_was_and_says_why(report):
    one, two = person("beizhuang"), of("beizhuang-li", "北庄镇", "reporter")
    done = one.post(new(report), {"fact-problems": "两项任务进度偏慢"} | WHY)
    silent = two.post(f"{done.url}decide/", {"version": 1, "decision": "returned", "note": ""})
    assert silent.status_code == 422 and "退回要写意见" in text(silent)
    assert (
        two.post(f"{done.url}decide/", CONFIRM | {"decision": "returned", "note": "原件也是这样写的"}).status_code
        == 302
    )
    report.refresh_from_db()
    assert report.problems == "个别任务进度偏慢" and "原件也是这样写的" in text(one.get(done.url))


def test_a_text_that_is_too_long_is_refused_and_kept(report):
    answer = person("beizhuang").post(new(report), {"fact-summary": "长" * 5001} | WHY)
    assert answer.status_code == 422 and WHY["reason"] in text(answer) and "长" * 200 in text(answer)
    assert not Emendation.objects.exists()


def test_neither_another_unit_nor_the_office_writes_in_a_report(report):
    clients = (person("zhengfuban1"), of("xiwengzhuang-x", "溪翁庄镇", "reporter"))
    for client in clients:
        answer = client.post(new(report), {"fact-problems": "没有问题"} | WHY)
        assert answer.status_code in (403, 404), text(answer)[:300]
    assert not Emendation.objects.exists()


def test_a_report_on_its_way_is_returned_and_not_put_right():
    row = signed()
    answer = person("beizhuang").post(new(row), {"fact-problems": "没有问题"} | WHY)
    assert answer.status_code == 422 and "还没有办完" in text(answer) and not Emendation.objects.exists()


def test_what_a_service_is_asked_for_is_checked_as_the_page_is(visit):
    with pytest.raises(Refused, match="次年 3 月之间"):
        typed = {"starts_on": "2022-01-01", "ends_on": "2022-01-01"}
        propose(
            actor=actor_named("shuiwu"),
            subject="visit",
            subject_id=visit.pk,
            typed=typed,
            at=AT.replace(year=2023),
            **WHY,
        )
