"""通报 drafted from a frozen ranking and edited: every figure with its source, within the 公开范围."""

import json
import re

import pytest
from django.utils import timezone

from evaluation.bulletin import queries as reads
from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services import bulletins as services
from evaluation.enums import BulletinState, SheetState
from evaluation.models import Bulletin, Mark, MarkSheet
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import NotFound
from tests.factories.bulletins import (
    _quarter,
    client_of,
    content_of,
    document,
    drafted,
    finalised,
    page_of,
    quarter,
    ranking_of,
    refused,
    rows_of,
    saved,
    submitted,
    who,
)
from tests.factories.papers import text_of
from tests.factories.tampering import rewritten

__all__ = ["_quarter", "quarter"]


# The draft -----------------------------------------------------------------------------------------------------------
def test_the_golden_text_of_a_bulletin(quarter):
    """Every figure below is computed here from the rows of the ranking, apart from the code that drafts."""
    rows = rows_of()
    totals = [int(row["total"].replace(".", "")) for row in rows]
    mean = (2 * sum(totals) + len(totals)) // (2 * len(totals))
    bulletin = drafted()
    text = text_of(client_of("office1").get(f"/evaluation/bulletins/{bulletin.pk}/bulletin.docx").content)
    lines = text.split("\n")
    assert lines[:5] == [
        "关于2020年第二季度",
        "镇街（地区）、经济功能区",
        "绩效考评情况的通报",
        "（草稿）",
        "各乡镇人民政府，地区、街道办事处，区政府各委、办、局，各区属机构：",
    ]
    assert lines[5] == (
        "按照《北京市密云区2020年政府序列行政机关事业单位及镇街全面履职绩效考评工作方案》（密政办字〔2020〕13号）要求，"
        "区政府办、区发改委组织考评部门对2020年第二季度重点任务落实情况进行了打分排名。现将有关情况通报如下。"
    )
    assert lines[6] == "一、总体情况"
    assert lines[7].startswith(
        f"2020年第二季度，21个镇街（地区）、经济功能区参加考评，平均{mean // 10000}.{mean % 10000:04d}分，"
        f"最高{max(totals) // 10000}.{max(totals) % 10000:04d}分，最低{min(totals) // 10000}.{min(totals) % 10000:04d}分。"
        "其中，新城核心区4个，平均"
    )
    assert lines[8:11] == [
        "二、考评结果",
        "镇街（地区）、经济功能区排在前三名的是：",
        "名次 | 单位 | 总分 | 分区 | 分区名次",
    ]
    assert lines[11] == f"1 | {rows[0]['name']} | {rows[0]['total']} | {zone(rows[0])} | {rows[0]['zone_rank']}"
    assert f"21 | {rows[-1]['name']} | {rows[-1]['total']}" in text
    assert "加减分年终计入。" in text and "（公开属性：依申请公开）" in text and "密级" not in text
    assert "{" not in text and "}" not in text
    assert text.count(f"| {rows[9]['name']} |") == 1, "who is neither first nor last stands in the 附件 alone"


def test_each_drafted_figure_stands_with_its_source_and_agrees(quarter):
    bulletin = drafted(tracks=("township", "department"))
    checked = reads.read(bulletin, content_of(bulletin)["text"], reads.snapshot(bulletin))
    assert checked.findings == []
    sources = {piece.source for _, piece in checked.figures}
    assert {"家数·镇街", "平均分·部门", "最高分·镇街", "平均分·镇街·生态保护区"} <= sources
    assert all(re.fullmatch(r"[\d.]+", piece.text) for _, piece in checked.figures)


@pytest.mark.parametrize(("kind", "words"), [("praise", "予以表扬"), ("criticism", "予以批评")])
def test_praise_and_criticism_have_their_own_words(quarter, kind, words):
    bulletin = drafted(kind=kind)
    assert words in content_of(bulletin)["title"]
    assert "整改" in content_of(bulletin)["text"] or kind == "praise"


def test_totals_and_ranks_can_be_left_out(quarter):
    rows = rows_of()
    bare = text_of(document(drafted(totals=False)))
    assert rows[0]["name"] in bare and rows[0]["total"] not in bare and "平均" not in bare
    unranked = text_of(document(drafted(ranks=False, totals=False)))
    assert "名次" not in unranked and "排在前" not in unranked
    listed = [line.split(" | ")[1] for line in unranked.split("\n") if " | " in line][1:22]
    assert sorted(listed) == sorted(row["name"] for row in rows) and listed != [row["name"] for row in rows]
    short = text_of(document(drafted(whole=False)))
    assert rows[9]["name"] not in short and "附件" not in short


def test_who_shares_the_last_place_of_a_table_stands_in_it(quarter):
    ranking = ranking_of()
    changed = json.loads(ranking.document)
    changed["rows"][2]["rank"], changed["rows"][3]["rank"] = 3, 3
    changed["rows"][-2]["rank"] = changed["rows"][-3]["rank"] = 19
    rewritten(ranking.pk, document=json.dumps(changed))
    snap = reads.snapshot_of([ranking_of()])
    assert len(reads.table_of("表·前3名·镇街", snap, Options(), []).rows) == 4
    assert len(reads.table_of("表·后2名·镇街", snap, Options(), []).rows) == 3


def test_a_sheet_left_out_is_named_and_the_smaller_full_mark_shown(quarter):
    ranking = ranking_of()
    changed = json.loads(ranking.document)
    changed["decisions"] = [
        {
            "kind": "leave_out",
            "words": "本期不计并折算",
            "indicator": {"number": 4, "name": "河长制"},
            "evaluator": {"code": "shuiwu-ju", "name": "区水务局"},
            "reason": "停电",
            "signer": "王主任",
            "signed_on": "2020-07-09",
        }
    ]
    for row in changed["rows"]:
        row["examined_weight"] = "80"
    changed["converted"] = True
    changed["rows"][0] |= {"sum": "76.0000", "total": "95.0000"}
    rewritten(ranking.pk, document=json.dumps(changed))
    bulletin = drafted()
    text = text_of(document(bulletin))
    assert "注：区水务局“河长制”打分表本期不计并折算，由王主任于2020年7月9日签批。" in text
    assert "名次 | 单位 | 得分 | 实考满分 | 折算百分 |" in text and "| 76.0000 | 80 | 95.0000 |" in text
    saved(bulletin, text="只写一句。")
    assert "本期不计并折算" in text_of(document(bulletin)), "it cannot be edited away"
    assert "本期不计并折算" in page_of("office1", f"/evaluation/bulletins/{bulletin.pk}/")


@pytest.mark.parametrize(
    ("scope", "options", "allowed"),
    [
        ("rank", {"totals": False}, True),
        ("rank", {"totals": True}, False),
        ("total", {"totals": True}, True),
        ("total", {"problems": True}, False),
        ("dimensions", {"problems": True}, True),
    ],
)
def test_no_option_goes_beyond_the_scope(quarter, scope, options, allowed):
    rewritten(ranking_of().pk, disclosure_scope=scope)
    if allowed:
        assert drafted(**options)
    else:
        assert refused(drafted, **options).code == "beyond-scope"
        assert not Bulletin.objects.exists()


def test_problems_are_those_of_the_last_and_none_of_what_is_kept_offline(quarter):
    ranking = ranking_of()
    rewritten(ranking.pk, disclosure_scope="dimensions")
    marks = Mark.objects.filter(sheet__period=ranking.period, sheet__scheme=ranking.scheme)
    worst, best = rows_of()[-1]["organisation"], rows_of()[0]["organisation"]
    open_items = marks.exclude(sheet__indicator__offline_only=True)
    Mark.objects.filter(pk=open_items.filter(organisation__code=worst).first().pk).update(problems="巡河不到位")
    Mark.objects.filter(pk=open_items.filter(organisation__code=best).first().pk).update(problems="不该出现")
    offline = marks.filter(sheet__indicator__offline_only=True, organisation__code=worst)
    assert offline.exists()
    offline.update(problems="不上网的事")
    text = text_of(document(drafted(problems=True)))
    assert "巡河不到位" in text and "不该出现" not in text and "不上网的事" not in text


def test_what_stands_on_a_sheet_that_is_open_is_in_no_bulletin(quarter):
    """Reopened, or decided 本期不计 and never filed: nobody has handed its sentence in."""
    rewritten(ranking_of().pk, disclosure_scope="dimensions")
    ranking, worst = ranking_of(), rows_of()[-1]["organisation"]
    marks = Mark.objects.filter(sheet__period=ranking.period, sheet__scheme=ranking.scheme, organisation__code=worst)
    filed, reopened = marks.exclude(sheet__indicator__offline_only=True)[:2]
    marks.filter(pk=filed.pk).update(problems="巡河不到位")
    marks.filter(pk=reopened.pk).update(problems="还没有报送的话")
    MarkSheet.objects.filter(pk=reopened.sheet_id).update(state=SheetState.RETURNED)
    bulletin = drafted(problems=True)
    assert [one["text"] for one in bulletin.problems] == ["巡河不到位"]
    assert "还没有报送的话" not in text_of(document(bulletin))


def test_a_draft_of_two_periods_or_twice_a_track_is_refused(quarter):
    from evaluation.ranking.services import compute_trial

    ranking = ranking_of()
    trial, _ = compute_trial(actor=who("office1"), scheme=ranking.scheme, period=ranking.period, at=timezone.now())
    twice = {"ranking_ids": [ranking.pk, trial.pk], "kind": "report", "options": Options(), "at": timezone.now()}
    assert refused(services.draft_bulletin, actor=who("office1"), **twice).code == "same-track"
    with pytest.raises(NotFound):
        services.draft_bulletin(actor=who("office1"), **twice | {"ranking_ids": [999_999]})


# Editing -------------------------------------------------------------------------------------------------------------
def test_each_edit_is_a_version_with_who_when_and_the_difference(quarter):
    bulletin = drafted()
    text = content_of(bulletin)["text"].replace("抓好整改落实", "坚决抓好整改落实")
    saved(bulletin, by="office2", text=text)
    assert [(v.number, v.act, v.saved_by) for v in bulletin.versions.all()] == [
        (2, "修改", who("office2").label),
        (1, "起草", who("office1").label),
    ]
    shown = page_of("office1", f"/evaluation/bulletins/{bulletin.pk}/versions/2/")
    assert "<ins>坚决</ins>" in shown and "<del>" not in shown and "加减分年终计入" in shown
    saved(bulletin, by="office2", text=text)
    assert bulletin.versions.count() == 2, "the same content again is no version"
    assert AuditEntry.objects.filter(action="evaluation.bulletin.edited").count() == 1


def test_two_people_do_not_overwrite_one_another(quarter):
    bulletin = drafted()
    seen = bulletin.version
    saved(bulletin, by="office2", signatory="密云区政府办")
    save = {"bulletin_id": bulletin.pk, "version": seen, "content": {"signatory": "我的"}, "at": timezone.now()}
    assert refused(services.save_bulletin, actor=who("office1"), **save).code == "stale"
    assert content_of(bulletin)["signatory"] == "密云区政府办"
    answer = client_of("office1").post(
        f"/evaluation/bulletins/{bulletin.pk}/edit/",
        {"version": seen, "title": "我的标题", "text": "我写的一段", "openness": "open"},
    )
    assert answer.status_code == 409
    assert "我写的一段" in answer.content.decode() and "我的标题" in answer.content.decode(), "nothing typed is lost"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{总分·北庄镇 12.3456}分。", "stale-figure"),
        ("{总分·某镇 12.3456}分。", "unknown-source"),
        ("平均88.5分。", "unsourced-figure"),
        ("共２１家。", "unsourced-figure"),
        ("完成率98%。", "unsourced-figure"),
        ("北庄镇排第三名。", "unsourced-figure"),
        ("{得分·北庄镇·生态保护 1}分。", "beyond-scope"),
        ("{总分·北庄镇 88", "bad-mark"),
        ("{自拟}", "bad-mark"),
        ("{表·前99名·城市}", "unknown-source"),
    ],
)
def test_a_figure_that_is_not_the_snapshot_s_is_flagged_and_refused_by_name(quarter, line, code):
    bulletin = drafted()
    saved(bulletin, text=f"{content_of(bulletin)['text']}\n{line}", issuer_mark="北京市密云区人民政府办公室文件")
    shown = page_of("office1", f"/evaluation/bulletins/{bulletin.pk}/")
    assert "有问题，不能定稿" in shown
    refusal = refused(finalised, submitted(bulletin))
    assert refusal.code == code and "不能定稿" in refusal.message and refusal.errors
    if code == "stale-figure":
        assert "总分·北庄镇" in refusal.message and "12.3456" in refusal.message
    bulletin.refresh_from_db()
    assert bulletin.state == BulletinState.SUBMITTED and bulletin.versions.count() == 2


@pytest.mark.parametrize(
    "line",
    [
        "2020年7月16日前报送。",
        "按照密政办字〔2020〕13号。",
        "1. 第一项。",
        "（2）第二项。",
        "请于{自拟 10}个工作日内整改。",
        "{名次·北庄镇 RANK}",
    ],
)
def test_dates_numbers_of_documents_and_what_is_marked_as_one_s_own_are_let_be(quarter, line):
    bulletin = drafted()
    rank = next(str(row["rank"]) for row in rows_of() if row["name"] == "北庄镇")
    text = f"{content_of(bulletin)['text']}\n{line.replace('RANK', rank)}"
    assert reads.read(bulletin, text, reads.snapshot(bulletin)).findings == []


def zone(row):
    return {"core": "新城核心区", "green": "绿色发展区", "eco": "生态保护区", "economic": "经济功能区"}[row["zone"]]
