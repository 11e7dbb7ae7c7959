"""报送, 退回重开, 代录, 不适用 and the printed form, through the page door."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluation.enums import NotApplicable, SheetState
from evaluation.models import MarkSheet
from evaluation.sheets.services.marks import RowInput, save_marks
from evaluation.sheets.services.sheets import file_sheet
from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from tests.evaluation.conftest import NOW, actor_named
from tests.factories.rankings import actor_of
from tests.factories.sheets import cell, fill, move_window, person, save


@pytest.fixture
def office(demo):
    return person("zhengfuban1")


def post(client, sheet, act, **data):
    data = {"version": MarkSheet.objects.get(pk=sheet.pk).version} | data
    if act == "file":
        data.setdefault("reason", "与日常检查记录一致")
    return client.post(f"/evaluation/sheets/{sheet.pk}/{act}/", data)


def later(days=3):
    return (NOW() + timedelta(days=days)).astimezone().strftime("%Y-%m-%dT%H:%M")


def test_a_complete_sheet_is_filed_and_locked_with_a_receipt(shuiwu, sheet):
    fill(sheet)
    assert post(shuiwu, sheet, "file").status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == SheetState.FILED and sheet.receipt_number.startswith("2020Q3-镇街04-") and not sheet.late
    text = shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert sheet.receipt_number in text and "已报送，不能再改" in text and 'name="value"' not in text


def test_blank_cells_are_named_and_linked(shuiwu, sheet):
    fill(sheet, leave=2)
    answer = post(shuiwu, sheet, "file")
    text = answer.content.decode()
    blank = [m.organisation for m in sheet.marks.select_related("organisation").order_by("order")][-2:]
    assert answer.status_code == 422 and "还有 2 格空白" in text
    assert all(f'href="#row-{one.code}"' in text and one.name in text for one in blank)
    sheet.refresh_from_db()
    assert sheet.state == SheetState.OPEN


def test_not_applicable_with_a_reason_counts_as_filled(shuiwu, sheet):
    fill(sheet, leave=1)
    save(shuiwu, sheet, cell(sheet, 20), not_applicable="1", reason="河段已移交")
    assert post(shuiwu, sheet, "file").status_code == 302


def test_filing_twice_is_filing_once(shuiwu, sheet):
    fill(sheet)
    version = sheet.version
    first = post(shuiwu, sheet, "file", version=version)
    second = post(shuiwu, sheet, "file", version=version)
    assert (first.status_code, second.status_code) == (302, 409)
    assert AuditEntry.objects.filter(action="evaluation.sheet.filed").count() == 1


def test_after_the_due_time_a_filing_is_late(shuiwu, sheet):
    fill(sheet)
    period = sheet.period
    period.due_at = NOW() - timedelta(minutes=1)
    period.save()
    post(shuiwu, sheet, "file")
    sheet.refresh_from_db()
    assert sheet.late and "（迟报）" in shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()


def test_a_closed_sheet_is_not_filed(shuiwu, sheet):
    fill(sheet)
    move_window("2020Q3", -16)
    answer = post(shuiwu, sheet, "file")
    assert answer.status_code == 409 and "已过补报截止" in answer.content.decode()


def test_a_sheet_that_looks_like_points_asks_before_it_is_filed(shuiwu, sheet):
    fill(sheet, "2.5")
    answer = post(shuiwu, sheet, "file")
    assert (
        answer.status_code == 422
        and "疑似按分值打分" in answer.content.decode()
        and "仍报送" in answer.content.decode()
    )
    refused = post(shuiwu, sheet, "file", confirmed="looks-like-points")
    assert refused.status_code == 422 and "没有写全存在问题和改进建议" in refused.content.decode()
    sheet.marks.update(problems="见检查记录", suggestions="限期整改")
    assert post(shuiwu, sheet, "file", confirmed="looks-like-points").status_code == 302


def test_another_evaluator_finds_no_sheet_to_file_and_the_office_may_not(sheet, office):
    fill(sheet)
    assert post(person("weijian"), sheet, "file").status_code == 404
    assert post(office, sheet, "file").status_code == 403
    sheet.refresh_from_db()
    assert sheet.state == SheetState.OPEN


def test_the_office_gives_a_filed_sheet_back_with_reason_and_end(shuiwu, office, sheet):
    fill(sheet)
    post(shuiwu, sheet, "file")
    assert post(office, sheet, "reopen", reason="冯家峪镇数据核对有误", until=later()).status_code == 302
    text = shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert "退回重开" in text and "冯家峪镇数据核对有误" in text and 'name="value"' in text
    assert Notice.objects.filter(title__contains="退回重开", body__contains="冯家峪镇数据核对有误").exists()
    assert save(shuiwu, sheet, cell(sheet), value="90").status_code == 200
    first = sheet.receipt_number
    assert post(shuiwu, sheet, "file").status_code == 302
    sheet.refresh_from_db()
    assert sheet.receipt_number != first


def test_a_sheet_given_back_takes_marks_after_the_lock_until_its_own_end(shuiwu, office, sheet):
    move_window("2020Q3", -40)
    assert save(shuiwu, sheet, cell(sheet), value="90").status_code == 409
    post(office, sheet, "reopen", reason="延期到月底", until=later(1))
    assert save(shuiwu, sheet, cell(sheet), value="90").status_code == 200
    MarkSheet.objects.filter(pk=sheet.pk).update(reopened_until=NOW() - timedelta(seconds=1))
    assert save(shuiwu, sheet, cell(sheet), value="91").status_code == 409


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"reason": "短", "until": "x"}, "至少 4 个字"),
        ({"reason": "数据核对有误", "until": "2020-01-01T10:00"}, "须在现在之后"),
        ({"reason": "数据核对有误", "until": "昨天"}, "这个时间读不懂"),
    ],
)
def test_a_refused_reopening_keeps_what_was_typed(office, sheet, data, sentence):
    answer = post(office, sheet, "reopen", **data)
    text = answer.content.decode()
    assert answer.status_code == 422 and sentence in text and data["reason"] in text
    sheet.refresh_from_db()
    assert sheet.state == SheetState.OPEN


def test_only_the_office_gives_back_and_takes_over(shuiwu, sheet):
    assert post(shuiwu, sheet, "reopen", reason="数据核对有误", until=later()).status_code == 403
    assert post(shuiwu, sheet, "paper", paper_number="水〔2020〕8号").status_code == 403
    assert post(person("beizhuang"), sheet, "reopen", reason="数据核对有误", until=later()).status_code == 404


def test_a_sheet_entered_from_paper_is_filed_by_a_second_person(shuiwu, office, sheet):
    assert post(office, sheet, "paper", paper_number="水〔2020〕8号").status_code == 302
    answer = save(shuiwu, sheet, cell(sheet), value="88")
    assert answer.status_code == 403 and "代录" in answer.content.decode()
    assert save(office, sheet, cell(sheet), value="88").status_code == 200
    fill(sheet)
    refused = post(office, sheet, "file")
    assert refused.status_code == 403 and "另一个人" in refused.content.decode()
    second = person("zhengfuban2")
    assert "水〔2020〕8号" in second.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert post(second, sheet, "file").status_code == 409, "what is filed is what was looked at"
    seen = sum(sheet.marks.values_list("version", flat=True))
    assert post(second, sheet, "file", seen=seen).status_code == 302
    assert "水〔2020〕8号" in second.get(f"/evaluation/sheets/{sheet.pk}/print/").content.decode()


def test_the_office_approves_or_declines_what_is_not_applicable(shuiwu, office, sheet):
    for number in (1, 2):
        save(shuiwu, sheet, cell(sheet, number), not_applicable="1", reason="河段已移交上游")
    text = office.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert "不适用待批准　2 格" in text
    one, two = cell(sheet, 1), cell(sheet, 2)
    approve = {"organisation": one.organisation.code, "version": one.version, "decision": "approve"}
    assert post(office, sheet, "not-applicable", **approve).status_code == 302
    assert cell(sheet, 1).not_applicable == NotApplicable.APPROVED
    decline = {"organisation": two.organisation.code, "version": two.version, "decision": "refused"}
    answer = post(office, sheet, "not-applicable", **decline)
    assert answer.status_code == 422 and "要写理由" in answer.content.decode()
    assert post(office, sheet, "not-applicable", **decline, note="河段仍在辖区").status_code == 302
    assert cell(sheet, 2).not_applicable == NotApplicable.NO and cell(sheet, 2).value is None
    assert post(shuiwu, sheet, "not-applicable", **approve).status_code == 403


def test_deciding_on_an_older_reason_is_refused(shuiwu, office, sheet):
    save(shuiwu, sheet, cell(sheet), not_applicable="1", reason="河段已移交上游")
    seen = cell(sheet)
    save(shuiwu, sheet, cell(sheet), not_applicable="1", reason="本季没有这项任务")
    answer = post(
        office, sheet, "not-applicable", organisation=seen.organisation.code, version=seen.version, decision="approve"
    )
    assert answer.status_code == 409 and cell(sheet).not_applicable == NotApplicable.PROPOSED


def test_an_unknown_organisation_in_a_decision_is_not_found(office, sheet):
    assert (
        post(office, sheet, "not-applicable", organisation="nobody", version=1, decision="approve").status_code == 404
    )


def test_the_printed_form_has_its_lines_the_viewer_and_the_notice(shuiwu, sheet):
    text = shuiwu.get(f"/evaluation/sheets/{sheet.pk}/print/").content.decode()
    for word in (
        "制表人",
        "审核人",
        "主要负责人",
        "（盖章）",
        "未报送，空白 20 格",
        "水务经办",
        "打印",
    ):
        assert word in text, word
    assert 'class="print-wide"' in text
    fill(sheet)
    post(shuiwu, sheet, "file")
    sheet.refresh_from_db()
    assert sheet.receipt_number in shuiwu.get(f"/evaluation/sheets/{sheet.pk}/print/").content.decode()


@pytest.mark.parametrize("version", ["", "x", "-1", "１", "9" * 30])
def test_a_malformed_version_is_refused_in_words(shuiwu, sheet, version):
    answer = post(shuiwu, sheet, "file", version=version)
    assert answer.status_code == 400 and "读不懂" in answer.content.decode()


@pytest.mark.parametrize(("before", "late"), [(1, False), (0, True)])
def test_at_the_due_moment_itself_a_filing_is_late(demo, sheet, before, late):
    """报送截止 is half open: the last microsecond before it is in time."""
    fill(sheet)
    sheet.refresh_from_db()
    at = sheet.period.due_at - timedelta(microseconds=before)
    filed = file_sheet(
        actor=actor_of(User.objects.get(username="shuiwu")),
        sheet_id=sheet.pk,
        version=sheet.version,
        at=at,
        reason="与日常检查记录一致",
    )
    assert filed.late is late


def test_a_column_and_its_filing_read_no_more_of_the_scheme_than_its_weights(demo, sheet):
    """Whole, a scheme is some thousand figures: a tenth of a second for every column that somebody pastes."""
    actor = actor_named("shuiwu")
    marks = sheet.marks.select_related("organisation")
    rows = [
        RowInput(mark.organisation.code, mark.version, value=f"{85 + n % 9}", problems="台账更新偏晚")
        for n, mark in enumerate(marks)
    ]
    with CaptureQueriesContext(connection) as queries:
        save_marks(actor=actor, sheet_id=sheet.pk, rows=rows, at=NOW())
        file_sheet(actor=actor, sheet_id=sheet.pk, version=sheet.version, at=NOW(), reason="与检查记录一致")
    said = [query["sql"] for query in queries]
    # All carriers of a scheme are ordered by their rank, which is a CASE.
    assert not [one for one in said if "dimensiontotal" in one or "CASE WHEN" in one.rpartition("ORDER BY")[2]]
    assert {mark.value for mark in marks.all()} == {Decimal(85 + n) for n in range(9)}
    assert MarkSheet.objects.get(pk=sheet.pk).state == SheetState.FILED
