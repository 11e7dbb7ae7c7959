"""A fact of a quarter that is 通报, or of a year that is 报区委, is a proposed 更正: what stands does not move (0089)."""

import json
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from evaluation.engine.queries.codes import code_of
from evaluation.engine.queries.holding import standing_of
from evaluation.engine.rules.codes import Paper
from evaluation.enums import Standing, UnitChange
from evaluation.filing.desk import filing_items
from evaluation.filing.services.population import decide_unit_decision, record_unit_decision
from evaluation.models import CommitteeReport, Ranking, UnitDecision, Veto
from evaluation.papers.queries import find
from evaluation.ranking.services import publish_ranking
from evaluation.year.desk.year_end import year_end_items
from evaluation.year.queries.sealed import report_faults
from evaluation.year.queries.year_document import year_document
from evaluation.year.services import vetoes
from evaluation.year.services.committee import report_year
from evaluation.year.services.deliberation import Said
from miyun_kpi.documents.write import write_official
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide
from tests.factories.feedback import actor, client_of, computed_quarter
from tests.factories.markup import one_line
from tests.factories.papers import text_of
from tests.factories.rankings import official, published, signed
from tests.factories.year_end import adjustment, confirm, deliberate, official_year, recompute, report, township

UNIT = "dachengzi-zhen"


@pytest.fixture
def bulletin(gazette) -> Ranking:
    first = computed_quarter()
    ranking = official("township", first.period, by=actor("office1"))
    published(signed(ranking, by=actor("office1")), by=actor("office2"))
    return Ranking.objects.select_related("scheme", "period").get(pk=ranking.pk)


def left_out(ranking: Ranking) -> UnitDecision:
    return record_unit_decision(
        actor=actor("office1"),
        scheme_id=ranking.scheme_id,
        period_id=ranking.period_id,
        organisation_id=Organisation.objects.get(code=UNIT).pk,
        kind=UnitChange.LEAVE_OUT,
        number="密政函〔2020〕8号",
        reason="四月已整建制迁出，决定才送到",
        at=timezone.now(),
    )


def answered(row: UnitDecision, who: str = "office2", **how) -> UnitDecision:
    given = {"confirm": True, "note": "", "at": timezone.now()} | how
    return decide_unit_decision(actor=actor(who), decision_id=row.pk, version=row.version, **given)


# ── 通报 ─────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_proposed_or_returned_moves_nothing(bulletin):
    document, row = bulletin.document, left_out(bulletin)
    assert standing_of(bulletin) == (Standing.HOLDS, [])
    (item,) = filing_items(actor("office2"), timezone.now())
    assert item.title.startswith("拟更正：") and "已通报（第 1 次核定）" in item.context
    assert not filing_items(actor("office1"), timezone.now()), "not to who recorded it"
    page = one_line(client_of("office2").get(item.url).content.decode())
    assert "由 21 家变为 20 家，去掉大城子镇" in page and "以更正通报为新的一版，附差异表" in page
    returned = answered(row, confirm=False, note="决定没有加盖公章")
    assert (returned.state, returned.note) == ("returned", "决定没有加盖公章")
    bulletin.refresh_from_db()
    assert standing_of(bulletin) == (Standing.HOLDS, []) and bulletin.document == document


def test_released_it_is_published_as_the_next_version_with_its_differences(bulletin):
    document = bulletin.document
    answered(left_out(bulletin))
    standing, cells = standing_of(bulletin)
    assert standing == Standing.CHANGED and cells, "the office is told until it is corrected"
    second = signed(official("township", bulletin.period, by=actor("office1")), by=actor("office1"))
    publish_ranking(actor=actor("office2"), ranking_id=second.pk, at=timezone.now(), scope="total")
    second.refresh_from_db()
    bulletin.refresh_from_db()
    assert (second.corrects_id, bulletin.corrected_by_id, bulletin.document) == (bulletin.pk, second.pk, document)
    assert len(json.loads(second.document)["rows"]) == 20
    changes = client_of("office1").get(reverse("evaluation:ranking-changes", args=[second.pk])).content.decode()
    assert "大城子镇" in changes


def test_it_is_entered_on_the_page_of_the_closed_period(bulletin):
    address = reverse("evaluation:population", args=[bulletin.period.code, "township"])
    one = client_of("office1")
    page = one_line(one.get(address).content.decode())
    assert "登记拟更正，交第二人确认" in page and "已通报（第 1 次核定）" in page
    unit = f"leave-out:{Organisation.objects.get(code=UNIT).pk}"
    refused = one.post(address, {"unit": unit, "number": "", "reason": "迁出的决定才送到"})
    assert refused.status_code == 422 and "迁出的决定才送到" in refused.content.decode()
    assert one.post(address, {"unit": unit, "number": "8号", "reason": "迁出的决定才送到"}).status_code == 302
    assert UnitDecision.objects.get().state == "proposed"


def test_taking_back_in_a_closed_period_waits_for_a_second_person(bulletin):
    answered(left_out(bulletin))
    second = signed(official("township", bulletin.period, by=actor("office1")), by=actor("office1"))
    publish_ranking(actor=actor("office2"), ranking_id=second.pk, at=timezone.now(), scope="total")
    second.refresh_from_db()
    row = UnitDecision.objects.get()
    sent = client_of("office1").post(
        reverse("evaluation:decide-unit", args=[row.pk]),
        {"version": row.version, "decision": "revoked", "note": "迁出推迟到明年"},
    )
    made = Proposal.objects.get()
    assert sent.url == f"/proposals/{made.pk}/"
    row.refresh_from_db()
    assert row.state == "confirmed" and standing_of(second)[0] == Standing.HOLDS
    said = dict(made.said)
    assert "已通报（第 2 次核定）" in said["更正哪一版"] and "迁出推迟到明年" in said["撤销的理由"]
    decide(actor=actor("office2"), proposal_id=made.pk, version=made.version, confirm=True, note="", at=timezone.now())
    row.refresh_from_db()
    assert row.state == "revoked" and standing_of(second)[0] == Standing.CHANGED


# ── 报区委 ───────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def reported(gazette) -> Ranking:
    year = official_year()
    confirm(deliberate(year))
    report(year)
    return year


def vetoed() -> Veto:
    row = vetoes.record_veto(
        actor=actor("office1"),
        scheme_id=township().pk,
        organisation_id=Organisation.objects.get(code="beizhuang-zhen").pk,
        body="区委",
        number="密委〔2021〕9号",
        decided_on=date(2020, 12, 1),
        ground="发生重大安全责任事故",
        at=timezone.now(),
    )
    return row


def words_of(year: Ranking) -> str:
    return text_of(write_official(year_document(year.scheme, year), at=timezone.now()))


def again(year: Ranking, number: str = "密政报〔2021〕2号") -> CommitteeReport:
    return report_year(
        actor=actor("office2"),
        scheme_id=year.scheme_id,
        ranking_id=year.pk,
        number=number,
        sent_on=timezone.localdate(),
        at=timezone.now(),
    )


def test_a_veto_found_out_later_stays_out_of_what_was_sent_until_it_is_corrected(reported):
    row = vetoed()
    assert any(one.title.startswith("拟更正：一票否决") for one in year_end_items(actor("office2"), timezone.now()))
    with pytest.raises(Conflict, match="已于"):
        again(reported)  # proposed it is nothing to report yet
    vetoes.decide_veto(actor=actor("office2"), veto_id=row.pk, version=1, confirm=True, note="", at=timezone.now())
    assert "密委〔2021〕9号" not in words_of(reported), "what was sent stays as it was sent"
    page = one_line(client_of("office1").get(reverse("evaluation:year-end", args=[2020, "township"])).content.decode())
    assert "一票否决 1 件，还没有更正报区委" in page and "登记已更正报区委" in page
    assert any(one.action == "更正报区委" for one in year_end_items(actor("office1"), timezone.now()))
    with pytest.raises(Conflict, match="写新的文号"), transaction.atomic():
        again(reported, "密政报〔2021〕1号")
    assert again(reported).number == "密政报〔2021〕2号"
    assert CommitteeReport.objects.filter(ranking=reported).count() == 2 and not list(report_faults())
    assert "密委〔2021〕9号" in words_of(reported)
    # The paper that was sent first is still the one that was sent, and says by which it is corrected.
    second, first = CommitteeReport.objects.filter(ranking=reported)
    for sent, state in ((first, "已更正报区委，见 密政报〔2021〕2号"), (second, "现行")):
        found = find(actor("office1"), code_of(Paper.YEAR, sent.pk, sent.seal))
        assert found.state == state and any("密委〔2021〕9号" in line for line in found.lines) is (sent == second)
    page = client_of("office1").get(reverse("evaluation:year-end", args=[2020, "township"])).content.decode()
    assert "还没有更正报区委" not in page
    with pytest.raises(Conflict, match="已于"):
        again(reported, "密政报〔2021〕3号")


def test_a_veto_that_was_sent_is_taken_back_by_two_and_reported_anew(reported):
    row = vetoed()
    vetoes.decide_veto(actor=actor("office2"), veto_id=row.pk, version=1, confirm=True, note="", at=timezone.now())
    again(reported)
    with pytest.raises(Conflict, match="要由两个人办理"):
        vetoes.revoke_veto(actor=actor("office1"), veto_id=row.pk, version=2, note="法院撤销", at=timezone.now())
    client_of("office1").post(
        reverse("evaluation:decide-veto", args=[row.pk]), {"version": 2, "decision": "revoked", "note": "法院撤销"}
    )
    made = Proposal.objects.get(code="evaluation-veto-revoke")
    decide(actor=actor("office2"), proposal_id=made.pk, version=made.version, confirm=True, note="", at=timezone.now())
    assert "密委〔2021〕9号" in words_of(reported), "the report that was sent said it"
    again(reported, "密政报〔2021〕3号")
    assert "密委〔2021〕9号" not in words_of(reported)


def test_points_found_out_later_wait_for_the_meeting_and_a_new_report(reported):
    late = adjustment(happened_on=date(2020, 11, 3))
    before = words_of(reported)
    page = one_line(client_of("office1").get(reverse("evaluation:adjustment", args=[late.pk])).content.decode())
    assert "拟更正" in page and "已报区委（第 1 次核定）" in page and "北庄镇的合计由" in page
    town = client_of("town").get(reverse("evaluation:adjustment", args=[late.pk])).content.decode()
    assert "已报区委" not in town, "whether the year was reported is not the unit's to know"
    confirm(deliberate(reported, {late.pk: Said("granted")}))
    assert words_of(reported) == before and standing_of(reported)[0] == Standing.CHANGED
    corrected = recompute(reported)
    assert corrected.pk != reported.pk
    again(corrected)
    assert standing_of(reported)[0] is None and standing_of(corrected)[0] == Standing.HOLDS
    changes = client_of("office1").get(reverse("evaluation:ranking-changes", args=[corrected.pk])).content.decode()
    assert "北庄镇" in changes
