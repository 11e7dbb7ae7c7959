"""年度自查报告 (13号 四（三）1): prefilled, drafted, signed by a second person, accepted or returned; offline without text."""

import io
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from evaluation.models import Indicator, PlanDate, Ranking, Scheme, SelfReport
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.year.access.self_reports import self_reports_visible_to
from evaluation.year.desk.year_close import year_close_items
from evaluation.year.queries.self_reports import facts_of, report_document, report_page
from evaluation.year.services import self_reports as services
from evaluation.year.services.self_reports import Typed
from miyun_kpi.accounts.models import User
from miyun_kpi.documents.write import write_official
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from tests.accounts.people import actor as actor_of_user
from tests.accounts.people import person
from tests.evaluation.conftest import actor_named

AT = datetime(2020, 12, 15, 10, 0, tzinfo=SHANGHAI)
PLACE = "/evaluation/self-reports/2020/beizhuang-zhen/"


def scheme() -> Scheme:
    return Scheme.objects.get(track="township", year=2020)


def unit() -> Organisation:
    return Organisation.objects.get(code="beizhuang-zhen")


def head() -> Actor:
    return actor_of_user(person("beizhuang-zhang", "unit_head", "北庄镇"))


def whole() -> Typed:
    lines = {f["indicator"]: ("全年任务已完成", "") for f in facts_of(scheme(), unit()) if not f["offline"]}
    return Typed("全年任务总体完成", "个别任务进度偏慢", "逐项整改到位", lines)


def save(typed: Typed | None = None, version: int = 0, who: str = "beizhuang") -> SelfReport:
    return services.save_self_report(
        actor=actor_named(who),
        scheme_id=scheme().pk,
        organisation_id=unit().pk,
        version=version,
        typed=typed or whole(),
        at=AT,
    )


def sent() -> SelfReport:
    row = save()
    return services.send_for_signing(actor=actor_named("beizhuang"), report_id=row.pk, version=row.version, at=AT)


def signed(at: datetime = AT) -> SelfReport:
    row = sent()
    return services.sign_self_report(actor=head(), report_id=row.pk, version=row.version, passed=True, note="", at=at)


def test_the_quoted_duty_stands_in_the_text(gazette):
    text = squeeze(Clause.objects.get(document__ref="2020-13", ref="四（三）").text)
    assert squeeze("对照考评细则和绩效任务清单逐项梳理任务完成情况，查找问题和不足，撰写年度自查报告") in text


def test_prefilled_with_own_scores_of_published_quarters_only(demo):
    assert not any(fact["scores"] for fact in facts_of(scheme(), unit()))
    one = Ranking.objects.filter(scheme=scheme(), period__code="2020Q2").latest("pk")
    Ranking.objects.filter(pk=one.pk).update(kind="official", state="published", published_at=AT)
    facts = facts_of(scheme(), unit())
    periods = {words.split(" ")[0] for fact in facts for words in fact["scores"]}
    assert periods == {"2020年第二季度"}
    offline = [fact for fact in facts if fact["offline"]]
    assert all(fact["course"] == [] for fact in offline)


def test_drafted_signed_by_another_and_accepted(demo):
    row = signed()
    assert (row.state, row.late, bool(row.facts)) == ("filed", False, True)
    row = services.decide_self_report(
        actor=actor_named("zhengfuban1"), report_id=row.pk, version=row.version, passed=True, note="", at=AT
    )
    assert row.state == "accepted"
    with pytest.raises(Conflict):
        save(version=row.version)


@pytest.mark.parametrize(("day", "late"), [(21, False), (22, True)])
def test_late_is_after_the_planned_day(demo, day, late):
    # 12-20 is a Sunday: the default moves to Monday the 21st.
    assert signed(datetime(2020, 12, day, 23, 59, tzinfo=SHANGHAI)).late is late


def test_given_back_for_completion_it_does_not_become_late(demo):
    row = signed()
    row = services.decide_self_report(
        actor=actor_named("zhengfuban1"), report_id=row.pk, version=row.version, passed=False, note="请补充数据", at=AT
    )
    after = datetime(2021, 1, 5, 10, 0, tzinfo=SHANGHAI)
    row = save(version=row.version)
    row = services.send_for_signing(actor=actor_named("beizhuang"), report_id=row.pk, version=row.version, at=after)
    signer = actor_of_user(User.objects.get(username="beizhuang-zhang"))
    row = services.sign_self_report(actor=signer, report_id=row.pk, version=row.version, passed=True, note="", at=after)
    assert row.late is False


def test_who_wrote_it_cannot_sign_it(demo):
    boss = head()
    row = services.save_self_report(
        actor=boss, scheme_id=scheme().pk, organisation_id=unit().pk, version=0, typed=whole(), at=AT
    )
    row = services.send_for_signing(actor=boss, report_id=row.pk, version=row.version, at=AT)
    with pytest.raises(NotAllowed):
        services.sign_self_report(actor=boss, report_id=row.pk, version=row.version, passed=True, note="", at=AT)
    with pytest.raises(NotAllowed):
        services.sign_self_report(
            actor=actor_named("beizhuang"), report_id=row.pk, version=row.version, passed=True, note="", at=AT
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        SelfReport.objects.filter(pk=row.pk).update(signed_by_id=row.drafted_by_id, signed_at=AT)


def test_offline_indicators_take_no_text_and_are_not_asked_for(demo):
    first = next(f["indicator"] for f in facts_of(scheme(), unit()))
    Indicator.objects.filter(pk=first).update(offline_only=True)
    with pytest.raises(Refused) as refused:
        save(Typed("总体完成", "问题较少", "继续整改", {first: ("写了文字", "")}))
    assert refused.value.errors[0].code == "offline-only"
    assert sent().state == "signing"


def test_an_unwritten_item_is_named_before_signing(demo):
    typed = whole()
    first = next(iter(typed.lines))
    row = save(Typed("", typed.problems, typed.measures, dict(typed.lines) | {first: ("", "")}))
    with pytest.raises(Refused) as refused:
        services.send_for_signing(actor=actor_named("beizhuang"), report_id=row.pk, version=row.version, at=AT)
    assert {one.field for one in refused.value.errors} == {f"done-{first}", "summary"}


def test_stale_versions_and_foreign_units(demo):
    row = save()
    with pytest.raises(Conflict):
        save(version=0)
    with pytest.raises(Conflict):
        save(version=row.version + 1)
    other = Organisation.objects.of_track("township").exclude(pk=unit().pk).first()
    assert other
    with pytest.raises(NotAllowed):
        services.save_self_report(
            actor=actor_named("beizhuang"),
            scheme_id=scheme().pk,
            organisation_id=other.pk,
            version=0,
            typed=whole(),
            at=AT,
        )
    with pytest.raises(NotFound):
        save(Typed("", "", "", {999999: ("写", "")}), row.version)


def test_nobody_outside_reads_a_draft(demo):
    row = save()
    for who, seen in {"beizhuang": True, "zhengfuban1": False, "shenji": False, "shuiwu": False}.items():
        assert self_reports_visible_to(actor_named(who)).filter(pk=row.pk).exists() is seen, who
    services.send_for_signing(actor=actor_named("beizhuang"), report_id=row.pk, version=row.version, at=AT)
    services.sign_self_report(actor=head(), report_id=row.pk, version=2, passed=True, note="", at=AT)
    for who, seen in {"zhengfuban1": True, "shenji": True, "lingdao": True, "shuiwu": False}.items():
        assert self_reports_visible_to(actor_named(who)).filter(pk=row.pk).exists() is seen, who


def test_the_desk_asks_from_december_on(demo):
    actor = actor_named("beizhuang")
    assert not year_close_items(actor, datetime(2020, 11, 30, 23, 0, tzinfo=SHANGHAI))
    (item,) = year_close_items(actor, datetime(2020, 12, 1, 0, 0, tzinfo=SHANGHAI))
    assert (item.group, item.action) == ("later", "写")
    row = sent()
    (item,) = year_close_items(head(), AT)
    assert item.action == "签发"
    assert row.state == "signing"


def test_a_moved_day_counts(demo):
    PlanDate.objects.create(
        scheme=scheme(), step="self-report", planned_on=date(2020, 12, 10), reason="提前", set_by="甲", set_at=AT
    )
    assert signed().late is True


def test_the_pages_keep_what_was_typed_and_give_the_document(demo):
    client = Client()
    client.force_login(User.objects.get(username="beizhuang"))
    page = client.get(PLACE).content.decode()
    assert "逐项梳理" in page
    assert client.get(f"{PLACE}report.docx").status_code == 404
    answer = client.post(PLACE, {"version": "0", "summary": "写了一半", "then": "send"})
    assert answer.status_code == 422
    assert "写了一半" in answer.content.decode()
    assert SelfReport.objects.get().state == "draft"
    again = client.post(PLACE, {"version": "0", "summary": "旧版本", "then": "save"})
    assert again.status_code == 409
    assert "旧版本" in again.content.decode()
    assert client.get(f"{PLACE}report.docx").status_code == 200
    row = SelfReport.objects.get()
    file = io.BytesIO(b"%PDF-1.4\n%%EOF")
    file.name = "a.pdf"
    assert client.post(f"/evaluation/self-report/{row.pk}/evidence/", {"file": file}).status_code == 302
    assert client.get("/evaluation/self-reports/").status_code == 200
    assert client.get("/evaluation/self-reports.xlsx").status_code == 200
    official = report_document(scheme(), unit(), report_page(scheme(), unit()))
    assert official.stage == "未报送"
    assert write_official(official, at=AT) == write_official(official, at=AT)
