"""通报: drafted from a frozen ranking, checked figure by figure, final by a second person, within its 公开范围."""

import json
import re
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from evaluation.enums import BulletinState, RankingState
from evaluation.models import Bulletin, Ranking
from evaluation.queries import bulletins as reads
from evaluation.rules.bulletin_draft import Options
from evaluation.services import bulletins as services
from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.documents.check import check_layout, text_of
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from tests.factories.rankings import BACKEND, actor_of, filed_quarter, official, person, published, signed

PEOPLE = {
    "office1": ("区政府办公室", "evaluation_office"),
    "office2": ("区政府办公室", "evaluation_office"),
    "cooffice": ("区发展改革委", "evaluation_office"),
    "leader": ("区政府办公室", "leader"),
    "town": ("北庄镇", "reporter"),
    "bureau": ("区水务局", "unit_head"),
}
NUMBER = "密政办字〔2020〕20号"
DAY = date(2020, 7, 16)


@pytest.fixture(scope="module")
def _quarter(django_db_setup, django_db_blocker):
    """Two published rankings of a real quarter, once a module, rolled back with it."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            for username, (organisation, role) in PEOPLE.items():
                person(username, organisation, role)
            period = filed_quarter(PeriodCode(2020, quarter=2))
            for track in ("township", "department"):
                ranking = official(track, period, by=who("office1"))
                published(signed(ranking, by=who("office1")), by=who("office2"))
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def quarter(_quarter, gazette):
    return None


def who(username):
    return actor_of(User.objects.get(username=username))


def client_of(username):
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def ranking_of(track="township"):
    return Ranking.objects.get(scheme__track=track, period__code="2020Q2", corrected_by=None)


def drafted(by="office1", tracks=("township",), kind="report", **options):
    chosen = Options(**({"first": 3, "last": 2} | options))
    ids = [ranking_of(track).pk for track in tracks]
    return services.draft_bulletin(actor=who(by), ranking_ids=ids, kind=kind, options=chosen, at=timezone.now())


def content_of(bulletin):
    return reads.newest_version(bulletin).content


def saved(bulletin, by="office1", **content):
    bulletin.refresh_from_db()
    services.save_bulletin(
        actor=who(by), bulletin_id=bulletin.pk, version=bulletin.version, content=content, at=timezone.now()
    )
    bulletin.refresh_from_db()
    return bulletin


def submitted(bulletin, by="office1"):
    bulletin.refresh_from_db()
    return services.submit_bulletin(actor=who(by), bulletin_id=bulletin.pk, version=bulletin.version, at=timezone.now())


def finalised(bulletin, by="office2", number=NUMBER):
    bulletin.refresh_from_db()
    return services.finalise_bulletin(
        actor=who(by), bulletin_id=bulletin.pk, version=bulletin.version, number=number, dated=DAY, at=timezone.now()
    )


def ready(**options):
    bulletin = drafted(**options)
    saved(bulletin, issuer_mark="北京市密云区人民政府办公室文件", copies="区委办公室")
    return submitted(bulletin)


def refused(act, *arguments, **named):
    with pytest.raises(Refused) as refusal:
        act(*arguments, **named)
    return refusal.value


def page_of(username, address, status=200):
    answer = client_of(username).get(address)
    assert answer.status_code == status, answer.content[:400]
    return answer.content.decode()


def rows_of(track="township"):
    return json.loads(ranking_of(track).document)["rows"]


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
    assert "加减分年终计入。" in text and "（公开属性：依申请公开；密级：非密）" in text
    assert "{" not in text and "}" not in text
    assert text.count(f"| {rows[9]['name']} |") == 1, "who is neither first nor last stands in the 附件 alone"


def zone(row):
    return {"core": "新城核心区", "green": "绿色发展区", "eco": "生态保护区", "economic": "经济功能区"}[row["zone"]]


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


def document(bulletin, username="office1"):
    answer = client_of(username).get(f"/evaluation/bulletins/{bulletin.pk}/bulletin.docx")
    assert answer.status_code == 200
    return answer.content


def test_who_shares_the_last_place_of_a_table_stands_in_it(quarter):
    ranking = ranking_of()
    changed = json.loads(ranking.document)
    changed["rows"][2]["rank"], changed["rows"][3]["rank"] = 3, 3
    changed["rows"][-2]["rank"] = changed["rows"][-3]["rank"] = 19
    Ranking.objects.filter(pk=ranking.pk).update(document=json.dumps(changed))
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
    changed["rows"][0]["total"] = "76.0000"
    Ranking.objects.filter(pk=ranking.pk).update(document=json.dumps(changed))
    bulletin = drafted()
    text = text_of(document(bulletin))
    assert "注：区水务局“河长制”打分表本期不计并折算，由王主任于2020年7月9日签批。" in text
    assert "名次 | 单位 | 总分 | 实考满分 | 折算百分 |" in text and "| 76.0000 | 80 | 95.0000 |" in text
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
    Ranking.objects.filter(pk=ranking_of().pk).update(disclosure_scope=scope)
    if allowed:
        assert drafted(**options)
    else:
        assert refused(drafted, **options).code == "beyond-scope"
        assert not Bulletin.objects.exists()


def test_problems_are_those_of_the_last_and_none_of_what_is_kept_offline(quarter):
    from evaluation.models import Mark

    ranking = ranking_of()
    Ranking.objects.filter(pk=ranking.pk).update(disclosure_scope="dimensions")
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


def test_a_draft_of_two_periods_or_twice_a_track_is_refused(quarter):
    from evaluation.services.rankings import compute_trial

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
    assert refused(services.save_bulletin, actor=who("office1"), **save).code == "stale-version"
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
    assert bulletin.state == BulletinState.REVIEW and bulletin.versions.count() == 2


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


# Final ---------------------------------------------------------------------------------------------------------------
def test_a_second_person_finalises_with_number_and_date_and_the_document_says_so(quarter):
    bulletin = ready()
    final = finalised(bulletin)
    assert (final.state, final.number, final.finalised_by) == (BulletinState.FINAL, NUMBER, who("office2").label)
    content = document(bulletin)
    assert check_layout(content) == []
    text = text_of(content)
    assert text.startswith(f"北京市密云区人民政府办公室文件\n{NUMBER}\n")
    assert "2020年7月16日" in text and "2020年7月16日印发" in text and "抄送：区委办公室。" in text
    assert "送审稿" not in text and "草稿" not in text
    actions = list(AuditEntry.objects.filter(subject=f"bulletin:{bulletin.pk}").values_list("action", flat=True))
    assert [action.rpartition(".")[2] for action in actions] == ["drafted", "edited", "submitted", "finalised"]
    # A second press changes nothing.
    assert isinstance(refused(finalised, bulletin), Conflict)
    assert Bulletin.objects.get(pk=bulletin.pk).versions.count() == 3


def test_who_wrote_or_sent_it_does_not_finalise_it(quarter):
    bulletin = ready()
    assert isinstance(refused(finalised, bulletin, by="office1"), NotAllowed)
    other = drafted()
    saved(other, by="office2", issuer_mark="密云区政府办文件")
    submitted(other, by="office1")
    assert refused(finalised, other, by="office2").code == "second-person", "office2 wrote the last version"
    page = page_of("office2", f"/evaluation/bulletins/{other.pk}/")
    assert "须由另一人定稿" in page and "finalise/" not in page


def test_a_trial_goes_as_far_as_the_review_and_bears_its_watermark(quarter):
    from evaluation.services.rankings import compute_trial

    ranking = ranking_of()
    trial, _ = compute_trial(actor=who("office1"), scheme=ranking.scheme, period=ranking.period, at=timezone.now())
    bulletin = services.draft_bulletin(
        actor=who("office1"), ranking_ids=[trial.pk], kind="report", options=Options(), at=timezone.now()
    )
    saved(bulletin, issuer_mark="北京市密云区人民政府办公室文件", number=NUMBER)
    submitted(bulletin)
    assert refused(finalised, bulletin).code == "trial-only"
    content = document(bulletin)
    assert "北京市密云区人民政府办公室文件" not in text_of(content) and "（送审稿）" in text_of(content)
    assert header_of(content).count('string="试算件　不得引用"') == 2
    page = page_of("office2", f"/evaluation/bulletins/{bulletin.pk}/")
    assert "试算件不能定稿" in page and "不得引用" in page


def header_of(content):
    import io
    import zipfile

    archive = zipfile.ZipFile(io.BytesIO(content))
    return "".join(archive.read(n).decode() for n in archive.namelist() if "/header" in n)


def test_an_unpublished_ranking_is_not_made_final(quarter):
    bulletin = ready()
    Ranking.objects.filter(pk=ranking_of().pk).update(state=RankingState.COMPUTED)
    assert refused(finalised, bulletin).code == "not-published"


def test_a_corrected_ranking_makes_every_figure_stale(quarter):
    bulletin, done = ready(), ready()
    finalised(done)
    ranking = ranking_of()
    newer = Ranking.objects.get(pk=ranking.pk)
    newer.pk, newer.number, newer.inputs_hash, newer.state = None, 2, "x" * 64, RankingState.COMPUTED
    newer.published_at, newer.published_by_id = None, None
    newer.save()
    Ranking.objects.filter(pk=ranking.pk).update(corrected_by=newer)
    refusal = refused(finalised, bulletin, number="密政办字〔2020〕21号")
    assert refusal.code == "stale-figure" and "已被第 2 次更正" in refusal.message
    assert "已被第 2 次更正" in page_of("office1", f"/evaluation/bulletins/{bulletin.pk}/")
    for username in ("office1", "town"):
        assert "所引排名已被更正" in page_of(username, f"/evaluation/bulletins/{done.pk}/")
        assert "所引排名已更正" in page_of(username, "/evaluation/bulletins/")


def test_a_scope_narrowed_at_publication_is_met_again_at_the_end(quarter):
    bulletin = ready()
    Ranking.objects.filter(pk=ranking_of().pk).update(disclosure_scope="rank")
    assert refused(finalised, bulletin).code == "beyond-scope"


@pytest.mark.parametrize("number", ["", "密政办字[2020]20号", "密政办字〔20〕20号", "20号", "密政办字〔2020〕020号"])
def test_a_number_of_another_form_is_refused(quarter, number):
    assert refused(finalised, ready(), number=number).code == "bad-number"


def test_a_number_is_given_once(quarter):
    finalised(ready())
    assert refused(finalised, ready()).code == "number-taken"


def test_what_is_lacking_is_named(quarter):
    bulletin = drafted()
    saved(bulletin, signatory="")
    refusal = refused(finalised, submitted(bulletin))
    assert refusal.code == "incomplete" and "发文机关标志、发文机关署名" in refusal.message


def test_a_layout_that_is_off_is_not_made_final(quarter, monkeypatch):
    from miyun_kpi.documents import measures

    bulletin = ready()
    monkeypatch.setitem(measures.MARGINS, "left", 20)
    monkeypatch.setattr(
        services, "check_layout", lambda content: (measures.MARGINS.update(left=28), check_layout(content))[1]
    )
    assert refused(finalised, bulletin).code == "layout"


def test_a_returned_bulletin_can_be_changed_and_goes_its_way_again(quarter):
    bulletin = ready()
    assert refused(saved, bulletin, text="改").code == "wrong-state"
    give_back = {"actor": who("office2"), "bulletin_id": bulletin.pk, "version": bulletin.version, "at": timezone.now()}
    assert refused(services.return_bulletin, **give_back, opinion=" ").code == "opinion-missing"
    services.return_bulletin(**give_back, opinion="请补抄送单位")
    assert "请补抄送单位" in page_of("office1", f"/evaluation/bulletins/{bulletin.pk}/")
    saved(bulletin, copies="区人大常委会办公室")
    assert finalised(submitted(bulletin)).state == BulletinState.FINAL


# Who ------------------------------------------------------------------------------------------------------------------
def test_drafts_are_the_office_s_and_finals_everybody_s(quarter):
    bulletin = ready()
    address = f"/evaluation/bulletins/{bulletin.pk}/"
    for username in ("leader", "town", "bureau"):
        page_of(username, address, 404)
        page_of(username, f"{address}bulletin.docx", 404)
        assert address not in page_of(username, "/evaluation/bulletins/")
        assert client_of(username).get("/evaluation/bulletins/new/").status_code == 403
    finalised(bulletin)
    for username in ("leader", "town", "bureau"):
        shown = page_of(username, address)
        assert NUMBER in shown and "所据排名" in shown
        assert "可以引用的数字" not in shown and 'title="出处' not in shown and "第 3 稿" not in shown
        assert address in page_of(username, "/evaluation/bulletins/")
        assert NUMBER in text_of(document(bulletin, username))
        for path in ("edit/", "versions/1/"):
            assert client_of(username).get(f"{address}{path}").status_code == 403


def test_the_co_office_works_on_no_bulletin_of_the_departments(quarter):
    mixed, town = drafted(tracks=("township", "department")), drafted()
    page_of("cooffice", f"/evaluation/bulletins/{mixed.pk}/", 404)
    page_of("cooffice", f"/evaluation/bulletins/{town.pk}/")
    with pytest.raises(NotFound):
        drafted(by="cooffice", tracks=("department",))
    offered = page_of("cooffice", "/evaluation/bulletins/new/")
    assert f'value="{ranking_of("township").pk}"' in offered and f'value="{ranking_of("department").pk}"' not in offered


def test_pages_take_the_same_number_of_queries_however_many_bulletins(quarter, django_assert_max_num_queries):
    first = drafted(tracks=("township", "department"))
    client = client_of("office1")
    with django_assert_max_num_queries(18) as one:
        client.get("/evaluation/bulletins/")
    for _ in range(4):
        drafted()
    with django_assert_max_num_queries(len(one)):
        client.get("/evaluation/bulletins/")
    with django_assert_max_num_queries(20):
        client.get(f"/evaluation/bulletins/{first.pk}/")


def test_the_form_drafts_and_says_what_is_wrong_without_losing_anything(quarter):
    client, ranking = client_of("office1"), ranking_of()
    wrong = client.post("/evaluation/bulletins/new/", {"kind": "report", "first": "x", "last": "3", "ranks": "on"})
    assert (
        wrong.status_code == 422 and "请写一个整数" in wrong.content.decode() and 'value="x"' in wrong.content.decode()
    )
    none = client.post("/evaluation/bulletins/new/", {"kind": "report", "first": "1", "last": "3"})
    assert none.status_code == 422 and "请至少选一次排名" in none.content.decode()
    body = {"township": ranking.pk, "kind": "praise", "first": "3", "last": "0", "ranks": "on", "totals": "on"}
    made = client.post("/evaluation/bulletins/new/", body)
    assert made.status_code == 302
    assert "先进单位予以表扬" in page_of("office1", made["Location"])
    beyond = client.post("/evaluation/bulletins/new/", body | {"problems": "on"})
    assert beyond.status_code == 422 and "公开范围是“名次和总分”" in beyond.content.decode()


def test_the_desk_brings_a_sent_bulletin_to_the_second_person(quarter):
    bulletin = ready()
    address = f"/evaluation/bulletins/{bulletin.pk}/"
    assert address in page_of("office2", "/")
    assert address not in page_of("office1", "/"), "not to who sent it"
    assert address not in page_of("town", "/")
