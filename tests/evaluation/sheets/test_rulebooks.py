"""考评细则: published by its evaluator, read by those evaluated, never changed under a deduction."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from evaluation.models import DeductionLine, Figure, MarkSheet, Rulebook, RulebookLine
from miyun_kpi.audit.models import AuditEntry
from tests.factories.sheets import cell, person, save, water_sheet


@pytest.fixture
def sheet(demo) -> MarkSheet:
    """Without the rulebook that the demonstration brings."""
    Rulebook.objects.all().delete()
    return water_sheet()


def publish(client, share, *lines, title="河长制考评细则", seen=0):
    data = {
        "title": title,
        "seen": seen,
        "text": [text for text, _ in lines],
        "points": [points for _, points in lines],
    }
    return client.post(f"/evaluation/rulebooks/{share}/", data)


def test_a_version_is_published_and_those_evaluated_read_it(shuiwu, sheet):
    share = sheet.share_figure_id
    assert publish(shuiwu, share, ("月报每迟报一次", "2"), ("节点逾期", ""), ("", "")).status_code == 302
    book = Rulebook.objects.get(share_figure=share)
    assert [(line.text, line.points) for line in book.lines.all()] == [
        ("月报每迟报一次", Decimal(2)),
        ("节点逾期", None),
    ]
    town = person("beizhuang").get(f"/evaluation/rulebooks/{share}/").content.decode()
    assert "月报每迟报一次" in town and '<form method="post"><input' not in town and "发布第" not in town
    assert AuditEntry.objects.latest("seq").action == "evaluation.rulebook.published"


def test_who_neither_marks_nor_carries_an_item_finds_nothing(sheet):
    share = sheet.share_figure_id
    assert person("weijian").get(f"/evaluation/rulebooks/{share}/").status_code == 404
    assert publish(person("weijian"), share, ("月报每迟报一次", "2")).status_code == 404
    assert publish(person("beizhuang"), share, ("月报每迟报一次", "2")).status_code == 403
    assert publish(person("zhengfuban1"), share, ("月报每迟报一次", "2")).status_code == 403
    assert not Rulebook.objects.exists()


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([("", "")], "一条也没有"),
        ([("迟报", "x")], "不是数字"),
        ([("迟报", "0")], "不在 0 与 100 之间"),
        ([("迟报", "101")], "不在 0 与 100 之间"),
        ([("迟", "")], "要写内容"),
        ([("", "2")], "要写内容"),
        ([("迟报", "2.0001")], "超过 3 位小数"),
    ],
)
def test_a_refused_version_keeps_what_was_typed(shuiwu, sheet, lines, sentence):
    answer = publish(shuiwu, sheet.share_figure_id, *lines, title="没有发布的细则")
    text = answer.content.decode()
    assert answer.status_code == 422 and sentence in text and "没有发布的细则" in text
    assert all(f'value="{points}"' in text for _, points in lines)
    assert not Rulebook.objects.exists()


def test_a_version_published_in_between_is_a_conflict(shuiwu, sheet):
    share = sheet.share_figure_id
    publish(shuiwu, share, ("月报每迟报一次", "2"))
    answer = publish(shuiwu, share, ("节点逾期", "1"))
    assert (
        answer.status_code == 409
        and "刚发布了第 1 版" in answer.content.decode()
        and "节点逾期" in answer.content.decode()
    )
    assert Rulebook.objects.count() == 1
    assert publish(shuiwu, share, ("节点逾期", "1"), seen=1).status_code == 302


def test_a_new_version_leaves_deductions_and_holds_from_the_next_period(shuiwu, sheet):
    share = sheet.share_figure_id
    publish(shuiwu, share, ("月报每迟报一次", "2"))
    Rulebook.objects.update(published_at=sheet.period.starts_at - timedelta(hours=1))
    old = Rulebook.objects.get(number=1).lines.get()
    save(shuiwu, sheet, cell(sheet), line=[old.pk], points=["2"], why=["8 月迟报"])
    publish(shuiwu, share, ("月报每迟报一次", "5"), seen=1)
    assert DeductionLine.objects.get(mark=cell(sheet)).line.points == 2
    panel = shuiwu.get(f"/evaluation/sheets/{sheet.pk}/rows/{cell(sheet).organisation.code}/").content.decode()
    assert "每次至多 2" in panel and "每次至多 5" not in panel
    new = Rulebook.objects.get(number=2).lines.get()
    answer = save(shuiwu, sheet, cell(sheet, 2), line=[new.pk], points=["4"], why=["迟报"])
    assert answer.status_code == 422 and "不在现行细则里" in answer.content.decode()


def test_the_panel_offers_each_rule_once_with_its_lines(shuiwu, sheet):
    publish(shuiwu, sheet.share_figure_id, ("月报每迟报一次", "2"), ("节点逾期", "5"))
    Rulebook.objects.update(published_at=sheet.period.starts_at - timedelta(hours=1))
    late, node = Rulebook.objects.get().lines.order_by("order")
    address = f"/evaluation/sheets/{sheet.pk}/rows/{cell(sheet).organisation.code}/"

    def offered():
        panel = shuiwu.get(address).content.decode()
        lines = re.findall(r'name="line" value="(\d+)">\s*<input name="points"[^>]*value="([^"]*)"', panel)
        return panel, [(int(pk), points) for pk, points in lines]

    panel, lines = offered()
    assert lines == [(late.pk, ""), (node.pk, "")]
    assert panel.count("月报每迟报一次") == panel.count("节点逾期") == 1
    sent = {"line": [late.pk, late.pk, node.pk], "points": ["2", "1.5", ""], "why": ["7 月迟报", "8 月迟报", ""]}
    assert save(shuiwu, sheet, cell(sheet), **sent).status_code == 200
    panel, lines = offered()
    assert lines == [(late.pk, "2"), (late.pk, "1.5"), (late.pk, ""), (node.pk, "")]
    assert panel.count("月报每迟报一次") == 1
    # A rule that is withdrawn is offered no more, and what stands on it is there to be cleared.
    RulebookLine.objects.filter(pk__in=[late.pk, node.pk]).update(withdrawn_at=timezone.now(), withdrawn_why="口径有误")
    panel, lines = offered()
    assert lines == [(late.pk, "2"), (late.pk, "1.5")] and "已不在现行细则里" in panel and "节点逾期" not in panel


def test_an_item_handled_on_paper_has_no_rulebook_online(demo):
    share = MarkSheet.objects.filter(indicator__offline_only=True, period__code="2020Q3").first().share_figure
    from evaluation.sheets.services.rulebooks import LineInput, publish_rulebook
    from miyun_kpi.accounts.enums import Verb
    from miyun_kpi.lib.actors import Actor
    from miyun_kpi.lib.errors import Refused

    actor = Actor(
        "经办", organisation_id=share.organisation_id, role="evaluator", verbs=frozenset({Verb.KEEP_RULEBOOK})
    )
    with pytest.raises(Refused, match="线下印发"):
        publish_rulebook(
            actor=actor,
            figure_id=share.pk,
            title="细则",
            lines=[LineInput("迟报")],
            seen_number=0,
            at=share_time(share),
        )


def share_time(share: Figure):
    return MarkSheet.objects.filter(share_figure=share).first().period.starts_at


def test_the_list_shows_what_one_marks_and_what_one_is_marked_under(demo, django_assert_max_num_queries):
    shuiwu = person("shuiwu").get("/evaluation/rulebooks/").content.decode()
    assert "本单位" in shuiwu and "河长制和水环境治理" in shuiwu
    town = person("beizhuang").get("/evaluation/rulebooks/").content.decode()
    assert "河长制和水环境治理" in town and "本单位" not in town
    client = person("zhengfuban1")
    client.get("/evaluation/rulebooks/")
    with django_assert_max_num_queries(9):
        office = client.get("/evaluation/rulebooks/").content.decode()
    assert office.count('href="/evaluation/rulebooks/') >= 57


def test_a_malformed_version_number_is_refused_in_words(shuiwu, sheet):
    answer = publish(shuiwu, sheet.share_figure_id, ("迟报一次", ""), seen="x")
    assert answer.status_code == 400 and "读不懂" in answer.content.decode()


def test_a_mark_is_typed_or_built_from_deductions_never_both(shuiwu, sheet):
    publish(shuiwu, sheet.share_figure_id, ("月报每迟报一次", "2"))
    line = Rulebook.objects.get().lines.get()
    Rulebook.objects.update(published_at=sheet.period.starts_at - timedelta(days=1))
    both = {"value": "90", "line": line.pk, "points": "2", "why": "迟报一次"}
    answer = save(shuiwu, sheet, cell(sheet), **both)
    assert answer.status_code == 422 and "请只留一样" in answer.content.decode()
    assert cell(sheet).value is None and not DeductionLine.objects.exists()
    assert save(shuiwu, sheet, cell(sheet), **{k: v for k, v in both.items() if k != "value"}).status_code == 200
    assert cell(sheet).value == Decimal(98)
