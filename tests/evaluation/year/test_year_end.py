"""The year: method, 专项考评 with 加减分, 一票否决, 结果审议, 报区委 (13号 四（三）; engine 15–17)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from evaluation.bulletin.access import citable_rankings
from evaluation.enums import AdjustmentState, DeliberationState
from evaluation.models import Adjustment, Deliberation, Ranking, Scheme, Veto
from evaluation.ranking.services import compute_trial, publish_ranking
from evaluation.year.services import deliberation as services
from evaluation.year.services import vetoes
from evaluation.year.services.deliberation import Said
from miyun_kpi.documents.check import check_layout
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.organisations.models import Organisation
from tests.consistency import oracle
from tests.factories.feedback import actor, client_of, people
from tests.factories.papers import text_of
from tests.factories.rankings import filed_quarter
from tests.factories.tampering import rewritten
from tests.factories.year_end import (
    adjustment,
    confirm,
    deliberate,
    minutes,
    official_year,
    recompute,
    report,
    township,
)


@pytest.fixture
def year(gazette: None) -> Ranking:
    return official_year()


# ── 加减分 in the year ───────────────────────────────────────────────────────────────────────────
def test_only_decided_points_of_the_unit_move_its_total_and_its_rank(year):
    before = {row["organisation"]: row for row in json.loads(year.document)["rows"]}
    adjustment("granted", "0.5")
    adjustment("granted", "-0.3", ground="city-near-last", work="垃圾分类")
    adjustment("checked", "0.5", code="bulaotun-zhen")
    adjustment("refused", "0.5", code="gulou-jiedao", decided_points=Decimal(0))
    after = recompute(year)
    rows = {row["organisation"]: row for row in json.loads(after.document)["rows"]}
    moved = {code for code in rows if rows[code]["total"] != before[code]["total"]}
    assert moved == {"beizhuang-zhen"}
    own = rows["beizhuang-zhen"]
    assert Decimal(own["total"]) - Decimal(before["beizhuang-zhen"]["total"]) == Decimal("0.2")
    assert [(one["points"], one["work"]) for one in own["adjustments"]] == [("0.5", "河长制创新"), ("-0.3", "垃圾分类")]
    assert own["closing"]["added"] == "0.2000"
    stored = {r.organisation.code: r.total for r in after.rows.select_related("organisation")}
    assert stored == oracle.totals(json.loads(after.inputs))
    receipt = json.loads(after.rows.get(organisation__code="beizhuang-zhen").receipt)
    assert receipt["adjustments"][0]["ground_name"] == "市级年度绩效考评取得加分"
    text = client_of("office1").get(reverse("evaluation:receipt", args=[after.pk, "beizhuang-zhen"])).content.decode()
    assert "河长制创新" in text and "加减分年终计入" not in text and "市级年度绩效考评取得加分" in text


def test_a_quarter_takes_points_only_where_the_setting_says_so(gazette):
    people()
    quarter = filed_quarter()
    adjustment("granted", "0.5", happened_on=date(2020, 5, 3))
    adjustment("granted", "0.4", happened_on=date(2020, 7, 1), work="下一季度的事")
    plain, _ = compute_trial(actor=SYSTEM, scheme=township(), period=quarter, at=timezone.now())
    assert "adjustments" not in json.loads(plain.inputs)
    Scheme.objects.update(quarter_adjustments=True)
    counted, _ = compute_trial(actor=SYSTEM, scheme=township(), period=quarter, at=timezone.now())
    rows = {r: {x["organisation"]: x for x in json.loads(r.document)["rows"]} for r in (plain, counted)}
    own = rows[counted]["beizhuang-zhen"]
    assert Decimal(own["total"]) - Decimal(rows[plain]["beizhuang-zhen"]["total"]) == Decimal("0.5")
    assert own["closing"]["base"] == rows[plain]["beizhuang-zhen"]["total"]


def test_the_year_is_neither_published_nor_cited_in_a_bulletin(year):
    with pytest.raises(Refused, match="报区委"):
        publish_ranking(actor=actor("office2"), ranking_id=year.pk, at=timezone.now(), scope="total")
    assert not citable_rankings(actor("office1")).filter(pk=year.pk).exists()


# ── 一票否决 ─────────────────────────────────────────────────────────────────────────────────────
def veto(**changed: object) -> Veto:
    fields = {
        "actor": actor("office1"),
        "scheme_id": township().pk,
        "decided_on": date(2020, 12, 1),
        "body": "区委",
        "organisation_id": Organisation.objects.get(code="beizhuang-zhen").pk,
        "number": "密委〔2020〕9号",
        "ground": "发生重大安全责任事故",
        "at": timezone.now(),
    }
    return vetoes.record_veto(**(fields | changed))


def test_a_veto_is_recorded_by_two_persons_and_changes_no_score(year):
    with pytest.raises(Refused) as refused:
        veto(number="", ground="短", decided_on=date(2019, 12, 31))
    assert {error.field for error in refused.value.errors} == {"number", "ground", "decided_on"}
    row = veto()
    with pytest.raises(Conflict), transaction.atomic():
        veto()
    decide = {"veto_id": row.pk, "confirm": True, "note": "", "at": timezone.now()}
    with pytest.raises(NotAllowed):
        vetoes.decide_veto(actor=actor("office1"), version=1, **decide)
    assert vetoes.decide_veto(actor=actor("office2"), version=1, **decide).state == "confirmed"
    with pytest.raises(Conflict):
        vetoes.decide_veto(actor=actor("office2"), version=1, **decide)
    assert recompute(year).pk == year.pk
    text = client_of("leader").get(reverse("evaluation:year-end", args=[2020, "township"])).content.decode()
    assert "密委〔2020〕9号" in text and "不改变任何得分" in text
    revoked = vetoes.revoke_veto(
        actor=actor("office1"), veto_id=row.pk, version=2, note="密委〔2021〕1号撤销", at=timezone.now()
    )
    assert revoked.state == "revoked"


# ── 结果审议, 报区委 ──────────────────────────────────────────────────────────────────────────────
def test_from_the_meeting_to_the_committee(year):
    kept, other, gone = (
        adjustment(),
        adjustment(work="水源保护", code="bulaotun-zhen"),
        adjustment(work="别的工作", code="gulou-jiedao"),
    )
    with pytest.raises(Refused, match="3 条加减分没有审议"):
        report(year)
    row = deliberate(year, {kept.pk: Said("granted"), other.pk: Said("other", "0.2"), gone.pk: Said("refused")})
    # Nothing is decided by the record alone.
    assert set(Adjustment.objects.values_list("state", flat=True)) == {AdjustmentState.CHECKED}
    with pytest.raises(NotAllowed, match="另一个人"):
        confirm(row, "office1")
    done = confirm(row)
    assert done.state == DeliberationState.CONFIRMED
    assert list(Adjustment.objects.order_by("pk").values_list("state", "decided_points")) == [
        ("granted", Decimal("0.5")),
        ("granted", Decimal("0.2")),
        ("refused", Decimal(0)),
    ]
    assert Notice.objects.filter(key__startswith="adjustment-decided/").count() == 3
    with pytest.raises(Conflict, match="刚有改动|已确认"):
        confirm(row)
    with pytest.raises(Conflict, match="重新正式核定"):
        report(year)
    final = recompute(year)
    with pytest.raises(NotAllowed, match="另一个人"):
        report(final, "office1")
    assert report(final)
    with pytest.raises(Conflict, match="已于"):
        report(final)
    text = client_of("office1").get(reverse("evaluation:year-end", args=[2020, "township"])).content.decode()
    assert "已报区委" in text and "密政报〔2021〕1号" in text


def test_after_the_meeting_a_changed_mark_goes_to_the_meeting_again(year):
    confirm(deliberate(year))
    sheet = year.scheme.sheets.filter(period=year.period).first()
    assert sheet is not None
    mark = sheet.marks.first()
    mark.value = mark.value - 1
    mark.save()
    changed = recompute(year)
    with pytest.raises(Refused, match="审议之后") as refused:
        report(changed)
    assert refused.value.code == "changed-since-meeting"
    confirm(deliberate(changed))
    assert report(changed)


def test_equal_totals_are_settled_by_the_meeting_before_anything_is_confirmed(year):
    first, second = json.loads(year.document)["rows"][:2]
    gap = Decimal(first["total"]) - Decimal(second["total"])
    # Bring the second level with the first by what the meeting grants.
    row = year.rows.get(organisation__code=first["organisation"])
    document = json.loads(year.document)
    for one in document["rows"]:
        if one["organisation"] == first["organisation"]:
            one["closing"]["base"] = f"{Decimal(one['closing']['base']) - gap:.4f}"
    year = rewritten(year.pk, document=json.dumps(document))
    recorded = deliberate(year)
    with pytest.raises(Refused, match="1 处并列") as refused:
        confirm(recorded)
    assert first["name"] in refused.value.errors[0].message and row.pk
    key = "+".join(sorted([first["organisation"], second["organisation"]]))
    again = services.record_deliberation(
        actor=actor("office1"),
        scheme_id=township().pk,
        version=recorded.version,
        minutes=minutes(year, ties={key: "同名次", "gulou-jiedao+beizhuang-zhen": "不是并列"}),
        at=timezone.now(),
    )
    assert [tie.decision for tie in again.ties.all()] == ["同名次"]
    assert confirm(again).state == DeliberationState.CONFIRMED


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (Said("other", "0.6"), "不超过 0.5"),
        (Said("other", ""), "空的"),
        (Said("maybe"), "请选"),
    ],
)
def test_what_the_meeting_cannot_have_said_is_refused(year, said, word):
    row = adjustment()
    with pytest.raises(Refused) as refused:
        deliberate(year, {row.pk: said})
    assert word in refused.value.errors[0].message and not Deliberation.objects.exists()


def test_a_tied_last_place_needs_the_meeting_to_say_how(year):
    fields = {"ground": "city-last", "tied": True, "bottom_place": 1, "city_task": "创建", "ranking_scope": "16 个区"}
    row = adjustment("checked", "-0.5", **fields)
    with pytest.raises(Refused) as refused:
        deliberate(year, {row.pk: Said("granted")})
    assert "并列" in refused.value.errors[0].message
    confirm(deliberate(year, {row.pk: Said("other", "0.3", "两区并列末位，按倒数第二名扣")}))
    row.refresh_from_db()
    assert (row.decided_points, row.tie_decision) == (Decimal("-0.3"), "两区并列末位，按倒数第二名扣")


def test_a_stale_record_and_an_unchecked_entry_are_conflicts(year):
    recorded = deliberate(year)
    with pytest.raises(Conflict, match="刚被"):
        deliberate(year)
    waiting = adjustment("proposed")
    with pytest.raises(Conflict, match="没有核对"):
        deliberate(year, {waiting.pk: Said("granted")}, version=recorded.version)
    with pytest.raises(NotAllowed):
        services.record_deliberation(
            actor=actor("town"), scheme_id=township().pk, version=0, minutes=minutes(year), at=timezone.now()
        )
    future = replace(minutes(year), held_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(Refused) as refused:
        services.record_deliberation(
            actor=actor("office1"), scheme_id=township().pk, version=recorded.version, minutes=future, at=timezone.now()
        )
    assert refused.value.errors[0].field == "held_on"


def test_the_files_for_the_committee_say_what_they_are(year):
    adjustment("granted", "0.5")
    final = recompute(year)
    client = client_of("office1")
    book = client.get(reverse("evaluation:year-sheet", args=[2020, "township"]))
    assert book.status_code == 200 and book.content[:2] == b"PK"
    paper = client.get(reverse("evaluation:year-document", args=[2020, "township"])).content
    text = text_of(paper)
    total = next(r for r in json.loads(final.document)["rows"] if r["organisation"] == "beizhuang-zhen")["total"]
    assert total in text and "未报区委" in text and "党建统领综合考核评价" in text and "河长制创新" in text
    assert check_layout(paper) == []


def test_the_pages_of_the_year_are_filled_in_and_say_what_is_wrong(year):
    row = adjustment()
    client = client_of("office1")
    address: Callable[[str], str] = lambda name: reverse(f"evaluation:{name}", args=[2020, "township"])  # noqa: E731
    page = client.get(address("deliberation")).content.decode()
    assert "河长制创新" in page and f'name="outcome-{row.pk}"' in page
    sent = {
        "version": "0",
        "ranking": str(year.pk),
        "meeting": "2021年第3次",
        "held_on": timezone.localdate().isoformat(),
        "minutes_number": "3号文",
        f"outcome-{row.pk}": "other",
        f"points-{row.pk}": "0.9",
    }
    refused = client.post(address("deliberation"), sent)
    assert refused.status_code == 422 and "不超过 0.5 分" in refused.content.decode()
    assert 'value="0.9"' in refused.content.decode()
    assert client.post(address("deliberation"), sent | {f"points-{row.pk}": "0.1"}).status_code == 302
    assert "结果审议待确认" in client_of("office2").get("/").content.decode()
    assert "结果审议待确认" not in client.get("/").content.decode()
    shown = client_of("office2").get(address("year-end")).content.decode()
    assert "按纪要确认，加减分生效" in shown
    assert "加减分生效" not in client.get(address("year-end")).content.decode()
    method = client.post(address("year-method"), {"2020": "0.5", "basis_document": "纪要", "basis_clause": "第一"})
    assert method.status_code == 422 and "之和为 0.5" in method.content.decode()
    assert client.get(reverse("evaluation:year-ends")).status_code == 200
    assert client_of("town").get(address("year-end")).status_code == 403
    assert client_of("cooffice").get(reverse("evaluation:year-end", args=[2020, "department"])).status_code == 403
