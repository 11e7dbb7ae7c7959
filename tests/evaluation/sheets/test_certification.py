"""Maker and certifier: only what a second person of the organisation has certified counts."""

import json
from datetime import date, timedelta

import pytest
from django.forms import BooleanField
from django.test import Client
from django.utils import timezone

from evaluation.enums import SheetState
from evaluation.models import MarkSheet, Period, Scheme, SheetEvent
from evaluation.ranking.services import compute_trial
from evaluation.scheme.forms import SchemeSettingsForm
from evaluation.sheets.services.certifying import certify_sheet, return_sheet
from miyun_kpi.accounts.access import actor_of_token
from miyun_kpi.accounts.models import ApiToken, Post, User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.conftest import actor_named
from tests.factories.sheets import cell, fill, person, save, water_sheet
from tests.factories.tokens import issue_token

REASON = "与检查记录一致"


def second(username="shenhe", organisation="区水务局", role="certifier") -> Client:
    user = User.objects.create_user(username, "x" * 12, display_name=username)
    Post.objects.create(user=user, organisation=resolve(organisation), role=role, starts_on=date(2020, 1, 1))
    return person(username)


@pytest.fixture
def shuiwu(demo):
    Scheme.objects.update(certification=True)
    return person("shuiwu")


@pytest.fixture
def sheet(shuiwu) -> MarkSheet:
    sheet = water_sheet()
    fill(sheet)
    return sheet


def post(client, sheet, act, **data):
    sheet.refresh_from_db()
    return client.post(f"/evaluation/sheets/{sheet.pk}/{act}/", {"version": sheet.version} | data)


def submitted(client, sheet):
    assert post(client, sheet, "file", reason=REASON).status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == SheetState.SUBMITTED and not sheet.receipt_number


def missing_items(sheet):
    ranking, _ = compute_trial(actor=SYSTEM, scheme=sheet.scheme, period=sheet.period, at=timezone.now())
    return {one["indicator"]["number"] for one in json.loads(ranking.document)["missing"]}


def kinds(sheet):
    return list(SheetEvent.objects.filter(sheet=sheet).values_list("kind", flat=True))


def test_from_maker_to_certifier_with_the_whole_trail(shuiwu, sheet):
    certifier = second()
    submitted(shuiwu, sheet)
    assert Notice.objects.filter(role="certifier", title__contains="待审核").count() == 1
    assert "打分表待审核：" in certifier.get("/").content.decode()
    page = certifier.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert "等您审核" in page and REASON in page and "已送审，待审核" in page
    assert post(certifier, sheet, "certify", decision="returned", note="第三行与检查记录不符").status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == SheetState.RETURNED
    page = shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert "第三行与检查记录不符" in page and 'name="value"' in page
    save(shuiwu, sheet, cell(sheet, 3), value="84")
    submitted(shuiwu, sheet)
    assert post(certifier, sheet, "certify", decision="certify", note="").status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == SheetState.FILED and sheet.receipt_number.startswith("2020Q3-镇街04")
    assert kinds(sheet) == ["submitted", "returned", "submitted", "certified"]
    for client in (shuiwu, certifier, person("zhengfuban1")):
        page = client.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
        assert all(word in page for word in ("审核退回", "第三行与检查记录不符", "审核通过", "shenhe"))
    assert "shenhe" in shuiwu.get(f"/evaluation/sheets/{sheet.pk}/print/").content.decode()
    actions = AuditEntry.objects.filter(action__startswith="evaluation.sheet.").values_list("action", flat=True)
    assert sorted(actions) == [f"evaluation.sheet.{name}" for name in ("certified", "filed", "filed", "returned")]


def test_a_submitted_sheet_takes_no_marks_and_counts_as_missing(shuiwu, sheet):
    submitted(shuiwu, sheet)
    answer = save(shuiwu, sheet, cell(sheet), value="70")
    assert answer.status_code == 409 and "待审核" in answer.content.decode()
    assert 4 in missing_items(sheet)
    assert post(second(), sheet, "certify", decision="certify").status_code == 302
    assert 4 not in missing_items(sheet)


def test_its_maker_cannot_certify_it_in_another_post(shuiwu, sheet):
    Post.objects.create(
        user=User.objects.get(username="shuiwu"),
        organisation=resolve("区水务局"),
        role="certifier",
        starts_on=date(2020, 1, 1),
    )
    submitted(person("shuiwu", "evaluator"), sheet)
    both = person("shuiwu", "certifier")
    page = both.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert "等您审核" not in page and "打分表待审核：" not in both.get("/").content.decode()
    answer = post(both, sheet, "certify", decision="certify", note="")
    assert answer.status_code == 403 and "不能审核自己送审" in answer.content.decode()
    sheet.refresh_from_db()
    assert sheet.state == SheetState.SUBMITTED


def test_who_gave_one_of_the_marks_cannot_certify_them(shuiwu, sheet):
    second("liangban", role="evaluator")
    Post.objects.create(
        user=User.objects.get(username="liangban"),
        organisation=resolve("区水务局"),
        role="certifier",
        starts_on=date(2020, 1, 1),
    )
    assert save(person("liangban", "evaluator"), sheet, cell(sheet, 5), value="84").status_code == 200
    submitted(shuiwu, sheet)
    answer = post(person("liangban", "certifier"), sheet, "certify", decision="certify", note="")
    assert answer.status_code == 403 and "您给这张表打过分" in answer.content.decode()
    assert post(second(), sheet, "certify", decision="certify", note="").status_code == 302


def test_the_maker_takes_it_back_while_it_waits(shuiwu, sheet):
    submitted(shuiwu, sheet)
    assert "撤回送审" in shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    other = second("jingban2", role="evaluator")
    assert post(other, sheet, "withdraw").status_code == 403
    assert post(shuiwu, sheet, "withdraw").status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == SheetState.OPEN and kinds(sheet) == ["submitted", "withdrawn"]
    assert post(shuiwu, sheet, "withdraw").status_code == 409
    assert save(shuiwu, sheet, cell(sheet), value="70").status_code == 200


@pytest.mark.parametrize(
    ("who", "status"), [("weijian", 404), ("zhengfuban1", 403), ("beizhuang", 404), ("shuiwu", 403)]
)
def test_nobody_else_certifies(shuiwu, sheet, who, status):
    submitted(shuiwu, sheet)
    assert post(person(who), sheet, "certify", decision="certify", note="").status_code == status
    assert post(person(who), sheet, "certify", decision="returned", note="写明意见").status_code == status
    foreign = second("bieju", "区卫健委")
    assert post(foreign, sheet, "certify", decision="certify", note="").status_code == 404


def test_a_return_needs_its_observation(shuiwu, sheet):
    certifier = second()
    submitted(shuiwu, sheet)
    answer = post(certifier, sheet, "certify", decision="returned", note="短")
    assert answer.status_code == 422 and "审核意见要写 4 至 500 字" in answer.content.decode()
    assert post(certifier, sheet, "certify", decision="x").status_code == 422


def test_certifying_twice_or_on_an_old_page_does_nothing_more(shuiwu, sheet):
    certifier = second()
    submitted(shuiwu, sheet)
    old = sheet.version - 1
    answer = certifier.post(f"/evaluation/sheets/{sheet.pk}/certify/", {"version": old, "decision": "certify"})
    assert answer.status_code == 409
    assert post(certifier, sheet, "certify", decision="certify").status_code == 302
    assert post(certifier, sheet, "certify", decision="certify").status_code == 409
    assert kinds(sheet) == ["submitted", "certified"]


def test_certified_late_is_filed_late_and_too_late_is_refused(shuiwu, sheet):
    certifier = second()
    submitted(shuiwu, sheet)
    now = timezone.now()
    Period.objects.filter(pk=sheet.period_id).update(
        due_at=now - timedelta(hours=2), late_until=now - timedelta(hours=1)
    )
    answer = post(certifier, sheet, "certify", decision="certify")
    assert answer.status_code == 409 and "已过补报截止" in answer.content.decode()
    Period.objects.filter(pk=sheet.period_id).update(late_until=now + timedelta(hours=1))
    assert post(certifier, sheet, "certify", decision="certify").status_code == 302
    sheet.refresh_from_db()
    assert sheet.late


def test_off_by_default_a_filing_is_filed_at_once(demo):
    sheet = water_sheet()
    fill(sheet)
    assert post(person("shuiwu"), sheet, "file", reason=REASON).status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == SheetState.FILED and kinds(sheet) == ["filed"]


def api(client_name, role, organisation="区水务局"):
    _, text = issue_token(
        actor=SYSTEM, client=client_name, organisation=resolve(organisation), role=role, at=timezone.now()
    )

    def send(path, body):
        return Client().post(
            f"/api/v1/mark-sheets/{path}/",
            body,
            content_type="application/json",
            headers={"authorization": f"Token {text}"},
        )

    return send


def test_over_the_api_a_sheet_is_sent_for_certification_and_no_token_certifies(shuiwu, sheet):
    maker, certifier = api("maker", "evaluator"), api("certifier", "certifier")
    answer = maker(f"{sheet.pk}/file", {"version": 1, "reason": REASON})
    assert (answer.status_code, answer.json()["state"], answer.json()["receipt_number"]) == (200, "submitted", None)
    for act in ("certify", "return"):
        assert certifier(f"{sheet.pk}/{act}", {"version": 2, "note": "第三行不符"}).status_code == 404
    token = actor_of_token(ApiToken.objects.get(client="certifier"), timezone.localdate())
    given = {"actor": token, "sheet_id": sheet.pk, "version": 2, "note": "第三行不符", "at": timezone.now()}
    for decide in (certify_sheet, return_sheet):
        with pytest.raises(NotAllowed) as refused:
            decide(**given)
        assert refused.value.code == "verb-lacking"
    sheet.refresh_from_db()
    assert sheet.state == SheetState.SUBMITTED and sheet.version == 2


# ── the setting ───────────────────────────────────────────────────────────────────────────────


def settings_of(scheme, **changes):
    """What a browser sends for the form as it stands; a box that is not ticked is not sent."""
    fields = SchemeSettingsForm.base_fields.items()
    names = [name for name, field in fields if name != "reason" and not isinstance(field, BooleanField)]
    return {name: getattr(scheme, name) for name in names} | {"reason": "党组会决定"} | changes


@pytest.fixture
def scheme(demo):
    return Scheme.objects.get(track="township")


def test_the_office_turns_certification_on_with_a_reason(scheme):
    office, address = person("zhengfuban1"), "/evaluation/schemes/2020/township/settings/"
    assert "须由本单位的另一个人审核" in office.get(address).content.decode()
    assert "方案设置" in office.get("/evaluation/schemes/2020/township/").content.decode()
    refused = office.post(address, settings_of(scheme, certification="on", reason="短"))
    assert refused.status_code == 422
    assert office.post(address, settings_of(scheme, certification="on")).status_code == 302
    scheme.refresh_from_db()
    assert scheme.certification and scheme.version == 2
    entry = AuditEntry.objects.filter(action="evaluation.scheme.settings-changed").get()
    assert '"certification"' in entry.data and "党组会决定" in entry.data
    assert office.post(address, settings_of(scheme, version=1)).status_code == 409
    assert office.post(address, settings_of(scheme, problems_below_percent=101)).status_code == 422


def test_nobody_else_keeps_the_settings(scheme):
    for name in ("shuiwu", "beizhuang", "lingdao", "guanliyuan", "anquan", "shenji"):
        address = "/evaluation/schemes/2020/township/settings/"
        assert person(name).get(address).status_code == 403
        assert person(name).post(address, settings_of(scheme)).status_code == 403
    assert actor_named("zhengfuban1").may("keep-settings")
