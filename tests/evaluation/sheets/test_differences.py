"""差异说明: filing names every mark that is unlike the record and unexplained; one sentence may serve many rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluation.models import DifferenceNote, Mark, MarkCondition, MarkSheet, RecordLine, Scheme, SheetEvent
from evaluation.sheets.queries.checks import sheet_checks
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.services.conditions import withdraw_condition
from evaluation.sheets.services.rulebooks import LineInput
from evaluation.sheets.services.sheets import file_sheet
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.telling import read
from miyun_kpi.lib.errors import Refused
from tests.evaluation.conftest import NOW
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories.methods import publish_methods, put_month, rate_of, tourism_evaluator, tourism_sheet, tourism_table
from tests.factories.sheets import cell, file, fill, person, save, seen_at, water_sheet
from tests.factories.unlike import WHY, active, add, line, office, outfall, planted

pytestmark = pytest.mark.django_db
ONE = "排口已封堵，待市级复核后销号"


@pytest.fixture
def sheet(demo) -> MarkSheet:
    """Filled at 97, each with its 扣分原因; the first two towns have an outfall past its limit; 逾期 ≥ 90 % is active."""
    RecordLine.objects.all().delete()
    MarkCondition.objects.all().delete()
    line()
    active(add())
    found = water_sheet()
    fill(found, "97")
    for number in (1, 2):
        outfall(cell(found, number))
    return found


def whole(client, sheet) -> str:
    """The page, and what it asks for itself once it stands."""
    page = client.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    return page + client.get(f"/evaluation/sheets/{sheet.pk}/checks/").content.decode()


def give(client, sheet, numbers, sentence=ONE, **older):
    seen = seen_at(sheet, numbers, **older)
    return client.post(f"/evaluation/sheets/{sheet.pk}/difference/", {"difference": sentence, "seen": seen})


def test_filing_names_each_mark_that_is_unlike_the_record(shuiwu, sheet):
    answer = file(shuiwu, sheet)
    text = answer.content.decode()
    assert answer.status_code == 422 and "有 2 家与本期记录不符而没有差异说明（可以一句话写到多家），没有报送" in text
    for number in (1, 2):
        name = cell(sheet, number).organisation.name
        assert f"{name}与本期记录不符（本期逾期 1 项而得分率 97%，不低于 90%），须写差异说明。" in text
    assert f"{cell(sheet, 3).organisation.name}与本期记录不符" not in text
    assert not SheetEvent.objects.filter(sheet=sheet).exists()
    assert give(shuiwu, sheet, (1,)).status_code == 302
    one = file(shuiwu, sheet).content.decode()
    assert f"{cell(sheet, 2).organisation.name}与本期记录不符" in one and "须写差异说明。没有报送" in one
    assert give(shuiwu, sheet, (2,)).status_code == 302
    assert file(shuiwu, sheet).status_code == 302


def test_one_sentence_explains_many_rows_and_changes_no_mark(shuiwu, sheet):
    page = whole(shuiwu, sheet)
    assert page.count("checked>") == 2 and "不印在单位的反馈单上" in page
    before = list(Mark.objects.filter(sheet=sheet).order_by("pk").values_list("value", "version", "problems"))
    assert give(shuiwu, sheet, (1, 2)).status_code == 302
    assert list(Mark.objects.filter(sheet=sheet).order_by("pk").values_list("value", "version", "problems")) == before
    notes = DifferenceNote.objects.order_by("pk")
    assert [(one.text, one.value, one.condition.kind) for one in notes] == [(ONE, 97, "overdue")] * 2
    assert AuditEntry.objects.filter(action="evaluation.difference.given").count() == 1
    page = whole(shuiwu, sheet)
    assert page.count(f"差异说明：{ONE}") == 2 and page.count("checked>") == 0
    # Said again before the filing it takes the place of what was said.
    assert give(shuiwu, sheet, (1,), "又查过一遍，确已封堵").status_code == 302
    assert sorted(DifferenceNote.objects.values_list("text", flat=True)) == sorted([ONE, "又查过一遍，确已封堵"])


def test_it_stands_for_the_mark_it_was_given_for(shuiwu, sheet):
    give(shuiwu, sheet, (1, 2))
    save(shuiwu, sheet, cell(sheet, 1), value="95", problems=ONE)
    checks = sheet_checks(sheet, held_marks(sheet), NOW())
    assert [one.about for one in checks.hard] == [(cell(sheet, 1).organisation.code,)]
    assert checks.hard[0].code == "difference-missing" and "95%" in checks.hard[0].sentence
    # Below the limit nothing is asked.
    answer = save(shuiwu, sheet, cell(sheet, 1), value="89", problems=ONE).content.decode()
    assert "须写差异说明" not in answer
    assert not sheet_checks(sheet, held_marks(sheet), NOW()).hard


def test_what_was_filed_stays_in_the_trail_as_it_was(shuiwu, sheet):
    give(shuiwu, sheet, (1, 2))
    assert file(shuiwu, sheet).status_code == 302
    event = SheetEvent.objects.get(sheet=sheet)
    assert [one["organisation"] for one in event.differences] == [cell(sheet, n).organisation.code for n in (1, 2)]
    assert {(one["text"], one["condition"]) for one in event.differences} == {(ONE, "overdue")}
    assert event.differences[0]["by"] and event.differences[0]["at"]
    filed = AuditEntry.objects.filter(action="evaluation.sheet.filed").last()
    said = read(filed)["differences"]
    assert len(said) == 2 and ONE in said[0]
    # Whoever reviews the sheet reads it there: 审核人 and office; withdrawn since, the condition takes nothing away.
    row = MarkCondition.objects.get()
    withdraw_condition(actor=office(), condition_id=row.pk, version=row.version, reason=WHY, at=NOW())
    for client in (shuiwu, person("zhengfuban1", "evaluation_office")):
        page = client.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
        assert page.count(f"差异说明：{ONE}") == 2 and 'name="difference"' not in page
    assert give(shuiwu, sheet, (1,)).status_code == 409


def test_the_certifier_reads_it_before_the_sheet_counts(shuiwu, sheet):
    Scheme.objects.update(certification=True)
    give(shuiwu, sheet, (1, 2))
    assert file(shuiwu, sheet).status_code == 302
    event = SheetEvent.objects.get(sheet=sheet)
    assert event.kind == "submitted" and len(event.differences) == 2
    assert shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode().count(f"差异说明：{ONE}") == 2


@pytest.mark.parametrize(
    "numbers, sentence, older, status, said",
    [
        ((), ONE, {}, 422, "一家都没有勾选"),
        ((1, 2), "短", {}, 422, "请写差异说明"),
        ((1, 2), ONE, {"version": 40}, 409, "没有写入"),
        ((1, 3), ONE, {}, 422, "没有与本期记录不符"),
    ],
)
def test_what_is_refused_writes_nothing_and_loses_nothing(shuiwu, sheet, numbers, sentence, older, status, said):
    answer = give(shuiwu, sheet, numbers, sentence, **older)
    text = answer.content.decode()
    assert answer.status_code == status and said in text
    assert f"required>{sentence}</textarea>" in text
    assert not DifferenceNote.objects.exists()


def test_only_who_writes_the_sheet_explains(shuiwu, sheet):
    assert give(person("weijian"), sheet, (1,)).status_code == 404
    assert give(person("zhengfuban1", "evaluation_office"), sheet, (1,)).status_code == 403
    assert give(person("beizhuang"), sheet, (1,)).status_code == 404
    other = MarkSheet.objects.exclude(pk=sheet.pk).filter(period__code="2020Q3")[0]
    foreign = other.marks.order_by("order")[0]
    sent = {"difference": ONE, "seen": [f"{foreign.pk}:{foreign.version}"]}
    assert shuiwu.post(f"/evaluation/sheets/{sheet.pk}/difference/", sent).status_code == 422
    assert not DifferenceNote.objects.exists()


def test_a_draft_a_tried_or_a_withdrawn_condition_and_a_withdrawn_line_ask_nothing(shuiwu, sheet):
    row = MarkCondition.objects.get()
    for state in ("draft", "tried"):
        MarkCondition.objects.filter(pk=row.pk).update(state=state)
        assert not sheet_checks(sheet, held_marks(sheet), NOW()).unlike
    MarkCondition.objects.filter(pk=row.pk).update(state="active")
    assert len(sheet_checks(sheet, held_marks(sheet), NOW()).unlike) == 2
    RecordLine.objects.update(withdrawn_at=NOW(), withdrawn_reason=WHY)
    assert not sheet_checks(sheet, held_marks(sheet), NOW()).unlike
    assert file(shuiwu, sheet).status_code == 302


def test_work_that_is_handled_on_paper_is_asked_nothing(sheet):
    Mark.objects.filter(sheet=sheet).update(problems="")
    sheet.indicator.offline_only = True
    assert not sheet_checks(sheet, held_marks(sheet), NOW()).unlike


def test_a_mark_unlike_the_own_rules_is_explained_by_the_reason_it_was_saved_with(demo):
    """Asked already when it was saved (0116); where the data came later, it is asked at the filing."""
    MarkCondition.objects.all().delete()
    active(add("own-rule", ""))
    sheet, table = tourism_sheet(), tourism_table()
    publish_methods(sheet, LineInput("未完成目标的，每低一个百分点扣一分", "", rate_of(table)))
    fill(sheet, "96")
    actor = tourism_evaluator()

    def unlike():
        return sheet_checks(sheet, held_marks(sheet), NOW()).unlike

    assert not unlike()
    put_month(table, "2020-09")
    found = unlike()
    assert found and not any(one.text for one in found)
    with pytest.raises(Refused) as refused:
        file_sheet(
            actor=actor,
            sheet_id=sheet.pk,
            version=sheet.version,
            seen=sum(sheet.marks.values_list("version", flat=True)),
            reason="核对过",
            at=NOW(),
        )
    assert {one.code for one in refused.value.errors} == {"difference-missing"}
    Mark.objects.filter(sheet=sheet).update(reason="旅游收入按季报口径", saved_by="文旅经办", saved_at=NOW())
    assert {(one.text, one.by) for one in unlike()} == {("旅游收入按季报口径", "文旅经办")}


def test_by_rest_it_is_refused_and_given_as_on_the_page(shuiwu, sheet):
    api = Api("shuiwu", "水务局", "evaluator")
    body = {"version": sheet.version, "reason": "与检查记录一致"}
    refused = api.send("POST", f"mark-sheets/{sheet.pk}/file/", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "difference-missing")
    named = {(one["organisation"], one["field"]) for one in refused.json()["errors"]}
    first, second = (cell(sheet, number).organisation.code for number in (1, 2))
    assert named == {(first, "difference"), (second, "difference")}
    rows = [{"organisation": code, "version": cell(sheet, n).version} for n, code in ((1, first), (2, second))]
    way = f"mark-sheets/{sheet.pk}/differences/"
    assert api.send("POST", way, {"rows": rows, "text": "短"}).status_code == 422
    assert api.send("POST", way, {"rows": [rows[0] | {"organisation": "天安门"}], "text": ONE}).status_code == 422
    assert api.send("POST", way, {"rows": [rows[0] | {"version": 40}], "text": ONE}).status_code == 409
    assert not DifferenceNote.objects.exists()
    given = api.send("POST", way, {"rows": rows, "text": ONE})
    assert given.status_code == 200 and given.json() == {"organisations": [first, second]}
    said = {"condition": "overdue", "words": "本期逾期 1 项而得分率 97%，不低于 90%", "text": ONE}
    for _ in range(2):  # open, then filed
        told = {row["organisation"]: row["differences"] for row in api.get(f"mark-sheets/{sheet.pk}/").json()["rows"]}
        assert told[first] == told[second] == [said] and sum(map(len, told.values())) == 2
        api.send("POST", f"mark-sheets/{sheet.pk}/file/", body)
    assert MarkSheet.objects.get(pk=sheet.pk).state == "filed"
    for name, of, role in (("town", "北庄镇", "reporter"), ("weijian", "区卫健委", "evaluator")):
        other = Api(name, of, role)
        assert other.get(f"mark-sheets/{sheet.pk}/").status_code == 404
        assert other.send("POST", way, {"rows": rows, "text": ONE}).status_code == 404


def test_the_record_of_all_rows_is_asked_at_once(shuiwu, sheet):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert shuiwu.get(f"/evaluation/sheets/{sheet.pk}/checks/").status_code == 200
        return len(queries), sum('"registers_record"' in one["sql"] for one in queries)

    asked()
    few = asked()
    for number in range(3, 20):
        outfall(cell(sheet, number))
    assert asked() == few and few[1] == 1
    MarkCondition.objects.update(state="draft")
    # Without an active condition nothing is asked.
    assert asked()[1] == 0


def test_the_trial_and_the_open_sheet_say_the_same(demo):
    RecordLine.objects.all().delete()
    MarkCondition.objects.all().delete()
    sheet, high, _ = planted("2020Q3")
    line(sheet)
    row = active(add())
    assert row.trial["cells"] == []
    assert [one.name for one in sheet_checks(sheet, held_marks(sheet), NOW()).unlike] == [high.organisation.name]


def test_the_page_leaves_the_record_to_a_question_of_its_own(shuiwu, sheet):
    page = shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert f'hx-get="/evaluation/sheets/{sheet.pk}/checks/"' in page and 'id="differences"' not in page
    told = shuiwu.get(f"/evaluation/sheets/{sheet.pk}/checks/").content.decode()
    assert 'id="differences"' in told and "hx-get" not in told
    # Until it has come nothing is confirmed, and nothing is typed that it would take away.
    assert "对照完才能确认" in page and "确认报送" not in page and "one-reason" not in page
    # The step before filing is drawn anew with it: no button while somebody is unexplained.
    assert 'id="file-checks" hx-swap-oob="true"' in told and "确认报送" not in told
    assert give(shuiwu, sheet, (1, 2)).status_code == 302
    assert "确认报送" in shuiwu.get(f"/evaluation/sheets/{sheet.pk}/checks/").content.decode()
    # Beside a refusal it stands at once, with what was typed.
    refused = give(shuiwu, sheet, (1,), "短").content.decode()
    assert 'id="differences"' in refused and ">短</textarea>" in refused
    assert person("beizhuang").get(f"/evaluation/sheets/{sheet.pk}/checks/").status_code == 404
    MarkCondition.objects.update(state="draft")
    assert "hx-get" not in shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()


def test_it_is_said_beside_the_focused_mark(shuiwu, sheet):
    def panel(number: int) -> str:
        code = cell(sheet, number).organisation.code
        return shuiwu.get(f"/evaluation/sheets/{sheet.pk}/rows/{code}/").content.decode()

    first = panel(1)
    assert "本期逾期 1 项而得分率 97%，不低于 90%" in first and "还没有差异说明" in first
    assert f'name="seen" value="{seen_at(sheet, (1,))[0]}"' in first and 'id="row-difference"' in first
    assert "与本期记录不符" not in panel(3)
    assert give(shuiwu, sheet, (1,)).status_code == 302
    assert f"差异说明：{ONE}" in panel(1) and "还没有差异说明" not in panel(1)
    assert give(shuiwu, sheet, (2,), "另一家的说明").status_code == 302
    assert file(shuiwu, sheet).status_code == 302
    # Filed, it is read as it was filed.
    assert f"差异说明：{ONE}" in panel(1) and 'name="difference"' not in panel(1) and "另一家的说明" in panel(2)


def test_the_panel_asks_each_provider_once_for_record_and_conditions(shuiwu, sheet):
    code = cell(sheet).organisation.code
    with CaptureQueriesContext(connection) as queries:
        assert shuiwu.get(f"/evaluation/sheets/{sheet.pk}/rows/{code}/").status_code == 200
    assert sum('"registers_record"' in one["sql"] for one in queries) == 1


def test_who_explains_in_the_panel_comes_back_to_the_row(shuiwu, sheet):
    code, way = cell(sheet).organisation.code, f"/evaluation/sheets/{sheet.pk}/difference/"
    panel = shuiwu.get(f"/evaluation/sheets/{sheet.pk}/rows/{code}/").content.decode()
    assert f'name="row" value="{code}"' in panel
    sent = {"difference": ONE, "seen": seen_at(sheet, (1,)), "row": code}
    refused = shuiwu.post(way, sent | {"difference": "短"})
    assert refused.status_code == 422 and f'data-at="{code}"' in refused.content.decode()
    assert shuiwu.post(way, sent)["Location"] == f"/evaluation/sheets/{sheet.pk}/#row-{code}"
    # From the list of all rows one comes back to the list.
    assert give(shuiwu, sheet, (2,))["Location"] == f"/evaluation/sheets/{sheet.pk}/"


def test_the_panel_of_a_filed_sheet_shows_the_record_it_was_filed_with(shuiwu, sheet):
    def panel(number: int) -> str:
        code = cell(sheet, number).organisation.code
        return shuiwu.get(f"/evaluation/sheets/{sheet.pk}/rows/{code}/").content.decode()

    assert "本单位记录（本期）" in panel(1)
    assert give(shuiwu, sheet, (1, 2)).status_code == 302 and file(shuiwu, sheet).status_code == 302
    first, third = panel(1), panel(3)
    assert "报送时）" in first and "排污口　1 项" in first and "没有记录" in third
    assert "报送以后有变化" not in first + third
    outfall(cell(sheet, 1))
    outfall(cell(sheet, 3))
    then, _, now = panel(1).partition("报送以后有变化，现在是：")
    assert "排污口　1 项" in then and "排污口　2 项" in now and "排污口　2 项" not in then
    then, _, now = panel(3).partition("报送以后有变化，现在是：")
    assert "没有记录" in then and "排污口　1 项" in now
    assert "报送以后有变化" not in panel(2)
    # A line that is withdrawn takes what was kept away with it; filed before records were kept, the panel says so.
    RecordLine.objects.update(withdrawn_at=timezone.now(), withdrawn_by="考评办", withdrawn_reason="改由月报反映")
    assert "据实打分" not in panel(1)
    RecordLine.objects.update(withdrawn_at=None, withdrawn_by="", withdrawn_reason="")
    SheetEvent.objects.update(record=None)
    assert "报送时的记录没有存，这里是现在的" in panel(1) and "排污口　2 项" in panel(1)
