"""A cell through the page door: what is saved, and every refusal with its sentence."""

import json
from decimal import Decimal

import pytest

from evaluation.enums import NotApplicable
from evaluation.models import DeductionLine, Mark, MarkSheet, Rulebook, RulebookLine
from miyun_kpi.audit.models import AuditEntry
from tests.evaluation.conftest import NOW
from tests.factories.markup import one_line
from tests.factories.sheets import cell, fill, move_window, person, save

REFUSED = {
    "105": "105 超过本表满分 100",
    "100.001": "100.001 超过本表满分 100",
    "-3": "是负数",
    "−3": "负数",
    "NaN": "不是数字",
    "Infinity": "不是数字",
    "1e2": "科学计数",
    "八十六": "不是数字",
    "٨٦": "读不成一个数",
    "८६": "读不成一个数",
    "86.5001": "超过 3 位小数",
    "8 6": "读不成一个数",
    "86,5": "读不成一个数",
    "86.5.1": "读不成一个数",
    "=1+1": "读不成一个数",
    "9" * 60: "读不成一个数",
}


@pytest.mark.parametrize(("typed", "sentence"), REFUSED.items())
def test_what_is_no_mark_is_refused_with_one_sentence_and_the_stored_value_holds(shuiwu, sheet, typed, sentence):
    save(shuiwu, sheet, cell(sheet), value="84.5")
    answer = save(shuiwu, sheet, cell(sheet), value=typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text and "没有保存" in text and "改回 84.5" in text
    assert f'value="{typed}"' in text, "what was typed stays in the cell"
    assert cell(sheet).value == Decimal("84.5") and cell(sheet).version == 1


@pytest.mark.parametrize(
    ("typed", "stored"),
    {"０８８．５": "88.5", " 88 ": "88", "0": "0", "100": "100", ".5": "0.5", "86.125": "86.125"}.items(),
)
def test_plain_numbers_of_any_width_are_saved_exactly(shuiwu, sheet, typed, stored):
    assert save(shuiwu, sheet, cell(sheet), value=typed).status_code == 200
    assert cell(sheet).value == Decimal(stored)


def test_an_emptied_cell_is_blank_and_not_zero(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet), value="84.5")
    assert save(shuiwu, sheet, cell(sheet), value="").status_code == 200
    assert cell(sheet).value is None


def test_a_stale_version_shows_both_values_and_saves_nothing(shuiwu, sheet):
    seen = cell(sheet)
    save(shuiwu, sheet, seen, value="88")
    answer = save(shuiwu, sheet, seen, value="86.5")
    text = one_line(answer.content.decode())
    assert answer.status_code == 409
    assert "存为 88.0" in text and "您输入 86.5" in text and "用 88.0" in text and "用 86.5 并写明理由" in text
    assert 'data-version="1"' in text, "a choice is made on the version that is shown"
    assert cell(sheet).value == 88


def test_overriding_another_needs_a_reason_that_is_kept(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet), value="88")
    refused = save(shuiwu, sheet, cell(sheet), value="86.5", override="1", reason="改")
    assert refused.status_code == 422 and "要写理由" in refused.content.decode() and cell(sheet).value == 88
    assert save(shuiwu, sheet, cell(sheet), value="86.5", override="1", reason="现场复核后更正").status_code == 200
    assert (cell(sheet).value, cell(sheet).reason) == (Decimal("86.5"), "现场复核后更正")
    assert "现场复核后更正" in AuditEntry.objects.latest("seq").data


def test_a_filed_sheet_is_locked(shuiwu, sheet):
    sheet.state, sheet.filed_at = "filed", NOW()
    sheet.save()
    answer = save(shuiwu, sheet, cell(sheet), value="88")
    assert answer.status_code == 409 and "不能再改" in answer.content.decode()
    assert cell(sheet).value is None


@pytest.mark.parametrize(("days", "sentence"), [(20, "还没有到填报开始时间"), (-16, "已过补报截止"), (-40, "已锁定")])
def test_outside_the_window_nothing_is_saved_and_the_sentence_says_why(shuiwu, sheet, days, sentence):
    move_window("2020Q3", days)
    answer = save(shuiwu, sheet, cell(sheet), value="88")
    assert answer.status_code == 409 and sentence in answer.content.decode()
    assert cell(sheet).value is None


def test_a_foreign_sheet_is_not_found_in_the_words_of_one_that_does_not_exist(shuiwu, sheet):
    foreign = MarkSheet.objects.filter(period=sheet.period).exclude(evaluator=sheet.evaluator).first()
    answers = [
        shuiwu.post(
            f"/evaluation/sheets/{pk}/marks/",
            {"organisation": "gulou", "version": 0, "value": "1"},
            headers={"hx-request": "true"},
        )
        for pk in (foreign.pk, 999_999, 10**25)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert not Mark.objects.filter(sheet=foreign, version__gt=0).exists()


def test_the_office_reads_a_sheet_and_does_not_write_it(sheet):
    office = person("zhengfuban2")
    answer = save(office, sheet, cell(sheet), value="88")
    assert answer.status_code == 403 and "不由您的岗位打分" in answer.content.decode()
    page = office.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert "您可以看，不能改" in page and 'name="value"' not in page


@pytest.mark.parametrize("username", ["beizhuang", "lingdao", "guanliyuan", "anquan", "shenji", "weijian"])
def test_others_do_not_see_a_sheet(sheet, username):
    client = person(username)
    assert client.get(f"/evaluation/sheets/{sheet.pk}/").status_code == 404
    assert save(client, sheet, cell(sheet), value="88").status_code == 404


def test_an_organisation_that_does_not_carry_the_item_has_no_cell(shuiwu, sheet):
    answer = shuiwu.post(
        f"/evaluation/sheets/{sheet.pk}/marks/", {"organisation": "中关村密云园", "version": 0, "value": "88"}
    )
    assert answer.status_code == 422
    assert "不在这张打分表里" in answer.content.decode()


def test_a_cell_may_be_named_by_an_alias(shuiwu, sheet):
    name = cell(sheet).organisation.name
    answer = shuiwu.post(f"/evaluation/sheets/{sheet.pk}/marks/", {"organisation": name, "version": 0, "value": "88"})
    assert answer.status_code == 200 and cell(sheet).value == 88


@pytest.mark.parametrize(
    "data", [{}, {"organisation": "x"}, {"organisation": "a", "version": "x"}, {"organisation": "a", "version": -1}]
)
def test_a_malformed_cell_is_refused_in_words(shuiwu, sheet, data):
    answer = shuiwu.post(f"/evaluation/sheets/{sheet.pk}/marks/", data, headers={"hx-request": "true"})
    assert answer.status_code == 400 and "读不懂" in answer.content.decode()


def test_not_applicable_needs_a_reason_and_waits_for_the_office(shuiwu, sheet):
    refused = save(shuiwu, sheet, cell(sheet), not_applicable="1", reason="无")
    assert refused.status_code == 422 and "要写明理由" in refused.content.decode()
    answer = save(shuiwu, sheet, cell(sheet), not_applicable="1", reason="本季河段移交上游")
    text = answer.content.decode()
    assert answer.status_code == 200 and "待批准" in text and "本季河段移交上游" in text and "改回打分" in text
    assert cell(sheet).not_applicable == NotApplicable.PROPOSED and cell(sheet).value is None


def test_problems_are_saved_without_touching_the_mark(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet), value="84.5")
    assert save(shuiwu, sheet, cell(sheet), problems="雨污混接点整改慢").status_code == 200
    assert (cell(sheet).value, cell(sheet).problems) == (Decimal("84.5"), "雨污混接点整改慢")
    assert save(shuiwu, sheet, cell(sheet), value="85").status_code == 200
    assert cell(sheet).problems == "雨污混接点整改慢"


def test_too_long_a_problem_is_refused(shuiwu, sheet):
    answer = save(shuiwu, sheet, cell(sheet), problems="长" * 2001)
    assert answer.status_code == 422 and "2000" in answer.content.decode()


@pytest.fixture
def rulebook(sheet) -> Rulebook:
    book = Rulebook.objects.create(
        share_figure=sheet.share_figure,
        number=2,
        title="细则",
        published_at=sheet.period.starts_at,
        published_by="区水务局",
    )
    RulebookLine.objects.create(rulebook=book, order=1, text="月报迟报一次", points=Decimal(2))
    RulebookLine.objects.create(rulebook=book, order=2, text="节点逾期", points=None)
    return book


def lines(book, *deductions):
    found = list(book.lines.all())
    return {
        "line": [found[n].pk for n, _, _ in deductions],
        "points": [points for _, points, _ in deductions],
        "why": [why for _, _, why in deductions],
    }


def test_a_mark_is_built_from_deductions_and_keeps_them_when_only_the_problems_change(shuiwu, sheet, rulebook):
    answer = save(
        shuiwu, sheet, cell(sheet), **lines(rulebook, (0, "2", "8 月迟报"), (1, "1.5", "编码逾期"), (0, "", ""))
    )
    assert answer.status_code == 200 and "扣分 2 条" in answer.content.decode()
    assert cell(sheet).value == Decimal("96.5")
    save(shuiwu, sheet, cell(sheet), problems="迟报")
    assert DeductionLine.objects.filter(mark=cell(sheet)).count() == 2
    save(shuiwu, sheet, cell(sheet), value="90", replaces="1")
    assert not DeductionLine.objects.filter(mark=cell(sheet)).exists(), "a typed mark has no deductions behind it"


@pytest.mark.parametrize(
    ("points", "why", "sentence"),
    [("3", "迟报", "最多扣 2"), ("1", "", "都要写理由"), ("0", "迟报", "须大于 0"), ("x", "迟报", "不是数字")],
)
def test_bad_deductions_are_refused(shuiwu, sheet, rulebook, points, why, sentence):
    answer = save(shuiwu, sheet, cell(sheet), **lines(rulebook, (0, points, why)))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert cell(sheet).value is None


def test_an_item_handled_on_paper_takes_no_words_online(sheet):
    quiet = MarkSheet.objects.filter(period=sheet.period, indicator__offline_only=True).first()
    assert quiet is not None, "平安建设"
    client = _evaluator_of(quiet)
    page = client.get(f"/evaluation/sheets/{quiet.pk}/").content.decode()
    assert 'name="value"' in page and 'name="problems"' not in page
    assert "线下" in page
    answer = save(client, quiet, cell(quiet), problems="某处隐患")
    assert answer.status_code == 422 and "材料线下报送" in answer.content.decode() and cell(quiet).problems == ""
    assert save(client, quiet, cell(quiet), not_applicable="1", reason="某村发生的某件事").status_code == 422
    assert save(client, quiet, cell(quiet), not_applicable="1", reason="线下材料 平安办〔2020〕3号").status_code == 200


def _evaluator_of(sheet):
    from django.test import Client

    from miyun_kpi.accounts.models import Post, User

    user = User.objects.create_user("evaluator", "x" * 12, created_at=NOW())
    Post.objects.create(
        user=user, organisation=sheet.evaluator, role="evaluator", starts_on=NOW().date().replace(day=1)
    )
    client = Client()
    client.force_login(user, backend="miyun_kpi.accounts.authentication.PeopleBackend")
    return client


def test_a_save_is_one_audit_entry_with_old_and_new(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet), value="84.5")
    save(shuiwu, sheet, cell(sheet), value="85")
    entry = AuditEntry.objects.latest("seq")
    assert entry.action == "evaluation.marks.saved" and "水务经办" in entry.actor_label
    (row,) = json.loads(entry.data)["rows"]
    assert (row["old"], row["new"], row["version"]) == ("84.5", "85", 2)


def test_saving_the_same_value_twice_is_one_save(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet), value="84.5")
    before = AuditEntry.objects.count()
    assert save(shuiwu, sheet, cell(sheet), value="84.50").status_code == 200
    assert AuditEntry.objects.count() == before and cell(sheet).version == 1


def test_a_person_whose_sign_in_ran_out_is_told_and_nothing_is_saved(sheet):
    from django.test import Client

    answer = save(Client(), sheet, cell(sheet), value="88")
    assert answer.status_code == 401 and answer["X-Sign-In"] == "/sign-in/"
    assert cell(sheet).value is None


def test_get_writes_nothing(shuiwu, sheet):
    fill(sheet)
    before = AuditEntry.objects.count(), list(Mark.objects.filter(sheet=sheet).values_list("version", flat=True))
    for path in ("", "print/", f"rows/{cell(sheet).organisation.code}/"):
        assert shuiwu.get(f"/evaluation/sheets/{sheet.pk}/{path}").status_code == 200
    assert shuiwu.get(f"/evaluation/sheets/{sheet.pk}/marks/").status_code == 405
    assert before == (
        AuditEntry.objects.count(),
        list(Mark.objects.filter(sheet=sheet).values_list("version", flat=True)),
    )
