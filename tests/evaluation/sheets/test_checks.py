"""Checks before filing: what is refused, what asks for a reason, and where the reason is kept."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.models import MarkSheet, Scheme, SheetEvent
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.rules.checks import Marked, Settings, lacking_texts, modified_z, soft_findings
from miyun_kpi.audit.models import AuditEntry
from tests.evaluation.conftest import NOW
from tests.factories.sheets import cell, fill, person, save

USUAL = Settings()


def column(*rates, before=None, **fields):
    return [
        Marked(f"u{n}", f"单位{n}", Fraction(str(rate)), None if before is None else Fraction(str(before[n])), **fields)
        for n, rate in enumerate(rates)
    ]


def codes(marked, settings=USUAL):
    return [one.code for one in soft_findings(marked, settings)]


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        (column(100, 100, 100, 100, 100), ["all-full"]),
        (column(100), []),
        (column(88, 88.2, 88.4, 88.6, 88.999), ["narrow-spread"]),
        (column(88, 88.2, 88.4, 88.6, 89), []),
        (column(88, 88, 88, 88), []),
        (column(80, 84, 88, 92, 96), []),
        (column(80, 84, 88, 92, 96, before=[86, 84, 88, 92, 96]), ["jump"]),
        (column(80, 84, 88, 92, 96, before=[85.999, 84, 88, 92, 96]), []),
        (column(80, 84, 88, 92, 96, before=[80, 84, 88, 92, 90]), ["jump"]),
        (column(88, 88.5, 89, 89.5, 90, 40), ["outlier"]),
        (column(90, 90, 90, 90, 90, 90, 70), ["outlier"]),
        (column(90, 90, 90, 40), []),
        (column(90, 80, 70, missing_months=1), ["high-without-report"]),
        (column(89.9, 80, 70, missing_months=1), []),
    ],
)
def test_what_stands_out_in_a_column(marked, found):
    assert codes(marked) == found


def test_the_thresholds_are_settings():
    marked = column(80, 84, 88, 92, 96, before=[83, 84, 88, 92, 96])
    assert codes(marked) == [] and codes(marked, Settings(far_change=Decimal(3))) == ["jump"]
    assert codes(marked, Settings(least_spread=Decimal(17))) == ["narrow-spread"]
    assert codes(column(88, 88.5, 89, 89.5, 90, 40), Settings(outlier_z=Decimal(100))) == []


def test_sentences_name_the_units_and_the_limit():
    (jump,) = soft_findings(column(80, 84, 88, 92, 96, before=[86.5, 84, 88, 92, 96]), USUAL)
    assert jump.sentence == "较上期变动达到 6 分的：单位0 −6.5。" and jump.about == ("u0",)


def test_a_low_mark_needs_both_texts():
    low, right = column(79.999)[0], column(79.9, problems="慢", suggestions="快")
    assert [one.sentence for one in lacking_texts([low], USUAL)] == ["单位0低于满分的 80%，须写存在问题和改进建议。"]
    half = column(50, problems="慢", suggestions="  ")
    assert [one.sentence for one in lacking_texts(half, USUAL)] == ["单位0低于满分的 80%，须写改进建议。"]
    assert lacking_texts(right, USUAL) == [] and lacking_texts(column(80), USUAL) == []
    assert lacking_texts([low], Settings(problems_below=60)) == []


@given(st.lists(st.integers(0, 100000).map(lambda n: Fraction(n, 1000)), min_size=5, max_size=60))
def test_a_modified_z_does_not_change_with_order_or_shift(values):
    scores = modified_z(values)
    assert modified_z(values[::-1]) == scores[::-1] and modified_z([v + 7 for v in values]) == scores
    if len(set(values)) > 1:
        assert any(scores)


# ── through the page ──────────────────────────────────────────────────────────────────────────


def file(client, sheet, **data):
    return client.post(f"/evaluation/sheets/{sheet.pk}/file/", {"version": sheet.version} | data)


def test_low_marks_without_texts_are_refused_naming_each(shuiwu, sheet):
    fill(sheet, "88.5")
    for number in (3, 7):
        save(shuiwu, sheet, cell(sheet, number), value="79.9")
    save(shuiwu, sheet, cell(sheet, 3), problems="雨污混接")
    answer = file(shuiwu, sheet, reason="与检查记录一致")
    text = answer.content.decode()
    assert answer.status_code == 422 and "有 2 家得分低于满分的 80%" in text
    for number in (3, 7):
        assert f'href="#row-{cell(sheet, number).organisation.code}"' in text
    for number in (3, 7):
        save(shuiwu, sheet, cell(sheet, number), problems="雨污混接", suggestions="限期改造")
    assert file(shuiwu, sheet, reason="与检查记录一致").status_code == 302


def test_what_stands_out_asks_once_and_keeps_the_reason(shuiwu, sheet):
    fill(sheet, "88.5")
    answer = file(shuiwu, sheet)
    text = answer.content.decode()
    assert answer.status_code == 422 and "20 家最高与最低只差 0 分" in text and "写明理由，报送" in text
    sheet.refresh_from_db()
    assert sheet.state == "open" and not SheetEvent.objects.exists()
    assert file(shuiwu, sheet, reason="短").status_code == 422
    assert file(shuiwu, sheet, reason="本季各镇街普查结果相同").status_code == 302
    (event,) = SheetEvent.objects.filter(sheet=sheet)
    assert event.kind == "filed" and event.note == "本季各镇街普查结果相同" and len(event.findings) == 2
    entry = AuditEntry.objects.filter(action="evaluation.sheet.filed").get()
    assert json.loads(entry.data)["reason"] == "本季各镇街普查结果相同"
    office = person("zhengfuban1")
    page = office.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert "本季各镇街普查结果相同" in page and "只差 0 分" in page
    printed = office.get(f"/evaluation/sheets/{sheet.pk}/print/").content.decode()
    assert "本季各镇街普查结果相同" in printed and "只差 0 分" in printed


def test_the_panel_stands_on_the_page_before_filing_and_follows_a_save(shuiwu, sheet):
    fill(sheet, "100")
    assert "20 家全部是满分" in shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    answer = save(shuiwu, sheet, cell(sheet, 1), value="70")
    text = answer.content.decode()
    assert 'id="sheet-checks"' in text and "低于满分的 80%" in text and "全部是满分" not in text


def test_an_offline_indicator_needs_no_texts(demo):
    sheet = MarkSheet.objects.filter(indicator__offline_only=True, period__code="2020Q3").first()
    from evaluation.sheets.queries.checks import sheet_checks

    fill(sheet, "50")
    marks = held_marks(sheet)
    assert sheet_checks(sheet, marks, NOW()).hard == [] and sheet_checks(sheet, marks, NOW()).soft


def test_a_setting_changed_takes_effect_at_once(shuiwu, sheet):
    fill(sheet, "79")
    Scheme.objects.filter(pk=sheet.scheme_id).update(problems_below_percent=75)
    assert file(shuiwu, sheet, reason="与检查记录一致").status_code == 302


def test_a_report_let_pass_is_counted_for_its_unit_and_item_only(shuiwu, sheet):
    from evaluation.sheets.queries.checks import sheet_checks
    from miyun_kpi.duties.models import DutyPeriod

    fill(sheet, "95")
    own = DutyPeriod.objects.filter(
        unit__duty__key="tracked/2020/township/4", period__in=["2020-07", "2020-08", "2020-09"]
    )
    own.update(state="accepted")
    marks = held_marks(sheet)

    def found():
        return [one for one in sheet_checks(sheet, marks, NOW()).soft if one.code == "high-without-report"]

    assert not found()
    one = own.filter(unit__organisation=cell(sheet, 2).organisation, period="2020-08").get()
    DutyPeriod.objects.filter(pk=one.pk).update(state="draft", late_until=NOW(), reopened_until=None)
    (finding,) = found()
    assert finding.about == (cell(sheet, 2).organisation.code,) and "缺 1 次" in finding.sentence
