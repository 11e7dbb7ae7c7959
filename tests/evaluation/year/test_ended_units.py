"""自查报告 of a unit that ended after its year opened: the one that goes on writes, signs and reads it (engine 21)."""

from datetime import datetime

import pytest
from django.utils import timezone

from evaluation.enums import SelfReportState
from evaluation.models import Scheme, SelfReport
from evaluation.periods.rules.calendar import SHANGHAI, default_window
from evaluation.sheets.services.periods import open_period
from evaluation.year.desk.year_close import year_close_items
from evaluation.year.queries.self_reports import facts_of
from evaluation.year.queries.year_plan import year_plan
from evaluation.year.services import self_reports as services
from evaluation.year.services.self_reports import Typed
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.ranking.test_population import merged
from tests.factories.feedback import actor, client_of, people
from tests.factories.rankings import person
from tests.factories.year_end import YEAR

pytestmark = pytest.mark.django_db
AT = datetime(2020, 12, 15, 10, 0, tzinfo=SHANGHAI)
LATER = datetime(2021, 1, 6, 10, 0, tzinfo=SHANGHAI)
OLD, NEW = "bulaotun-zhen", "beizhuang-zhen"
LIST = "/evaluation/self-reports/"
PLACE = f"{LIST}2020/{OLD}/"


@pytest.fixture
def year(gazette):
    people()
    person("otherhead", "不老屯镇", "unit_head")
    person("thirdtown", "大城子镇", "reporter")
    open_period(actor=SYSTEM, code=YEAR, at=timezone.now(), window=default_window(YEAR))


def scheme() -> Scheme:
    return Scheme.objects.get(track="township", year=2020)


def old() -> Organisation:
    return Organisation.objects.get(code=OLD)


def saved(who: str, version: int = 0) -> SelfReport:
    lines = {f["indicator"]: ("全年任务已完成", "") for f in facts_of(scheme(), old()) if not f["offline"]}
    typed = Typed("全年任务总体完成", "个别任务进度偏慢", "逐项整改到位", lines)
    given = {"scheme_id": scheme().pk, "organisation_id": old().pk, "version": version, "typed": typed}
    return services.save_self_report(actor=actor(who), at=AT, **given)


def sent(who: str = "othertown", version: int = 0) -> SelfReport:
    row = saved(who, version)
    return services.send_for_signing(actor=actor(who), report_id=row.pk, version=row.version, at=AT)


def judged(act: str, who: str, row: SelfReport, *, passed: bool = True, note: str = "") -> SelfReport:
    step = getattr(services, act)
    return step(actor=actor(who), report_id=row.pk, version=row.version, passed=passed, note=note, at=LATER)


def filed() -> SelfReport:
    return judged("sign_self_report", "otherhead", sent())


def items_of(who: str) -> dict[str, str]:
    return {one.title: one.url for one in year_close_items(actor(who), LATER)}


def test_one_that_waits_is_signed_by_the_head_of_the_one_that_goes_on(year):
    row = sent()
    merged(OLD, NEW)
    assert items_of("townhead")["2020年自查报告（不老屯镇）待签发"] == PLACE
    assert f"/evaluation/self-report/{row.pk}/sign/" in client_of("townhead").get(PLACE).content.decode()
    with pytest.raises((NotAllowed, NotFound)):
        judged("sign_self_report", "otherhead", row)
    assert judged("sign_self_report", "townhead", row).state == SelfReportState.FILED


def test_one_sent_back_by_the_head_is_told_to_the_reporter_that_goes_on(year):
    row = sent()
    merged(OLD, NEW)
    judged("sign_self_report", "townhead", row, passed=False, note="请写明水质数据")
    told = Notice.objects.get(title="2020年自查报告退回修改")
    assert (told.organisation.code, told.url) == (NEW, PLACE)


def test_a_draft_and_one_given_back_are_written_by_the_one_that_goes_on(year):
    row = saved("othertown")
    merged(OLD, NEW)
    assert items_of("town")["2020年自查报告（不老屯镇）"] == PLACE
    assert client_of("town").get(PLACE).status_code == 200
    for stranger in ("thirdtown", "othertown"):
        assert client_of(stranger).get(PLACE).status_code == 404
        with pytest.raises((NotAllowed, NotFound)):
            saved(stranger, row.version)
    row = judged("sign_self_report", "townhead", sent("town", row.version))
    row = judged("decide_self_report", "office1", row, passed=False, note="请补充数据")
    assert items_of("town")["2020年自查报告（不老屯镇）退回补充"] == PLACE
    assert sent("town", row.version).state == SelfReportState.SIGNING


def test_one_not_begun_is_asked_of_the_one_that_goes_on_beside_its_own(year):
    merged(OLD, NEW)
    assert {"2020年自查报告", "2020年自查报告（不老屯镇）"} <= set(items_of("town"))
    page = client_of("town").get(LIST).content.decode()
    assert PLACE in page and f"{LIST}2020/{NEW}/" in page
    assert saved("town").organisation == old()


def test_the_office_opens_from_its_desk_what_waits_and_accepts_it(year):
    row = filed()
    merged(OLD, NEW)
    url = items_of("office1")["2020年自查报告待接收：不老屯镇"]
    assert client_of("office1").get(url).status_code == 200
    judged("decide_self_report", "office1", row)
    for who in ("office1", "auditor", "town"):
        page = client_of(who).get(LIST).content.decode()
        assert PLACE in page and client_of(who).get(PLACE).status_code == 200, who
    standing = {line.step.code: line.standing for line in year_plan(scheme(), LATER.date())}["self-report"]
    assert standing.words == "已报送 1 家、已接收 1 家，共 21 家"


def test_one_begun_before_the_year_opened_is_not_lost_either(gazette):
    people()
    saved("othertown")
    merged(OLD, NEW)
    open_period(actor=SYSTEM, code=YEAR, at=timezone.now(), window=default_window(YEAR))
    assert client_of("town").get(PLACE).status_code == 200
    assert PLACE in client_of("town").get(LIST).content.decode()
