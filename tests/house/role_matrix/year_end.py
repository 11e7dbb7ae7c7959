"""加减分 and the year's end. The entry stands on beizhuang, proposed by shuiwu's post."""

from datetime import date
from typing import Any

from django.utils import timezone

from evaluation.engine.rules.documents import canonical
from evaluation.leaders.queries.page import page
from evaluation.leaders.queries.sealed import seal_paper
from evaluation.models import (
    Adjustment,
    Deliberation,
    LeaderPaper,
    Period,
    Ranking,
    Scheme,
    UnitDecision,
    Veto,
    YearMethod,
    YearUnit,
)
from miyun_kpi.accounts.models import User
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.conftest import actor_named
from tests.factories.tampering import rewritten

WINDOW = ("starts_at", "due_at", "late_until", "locks_at")
PAGES: dict[tuple[str, str], str] = {
    ("evaluation:add-adjustment-evidence", "POST"): "SANFFFFNNF",
    ("evaluation:adjustment", "GET"): "SANAAAANNA",
    ("evaluation:adjustments", "GET"): "SAAAAAAAAA",
    ("evaluation:adjustments-sheet", "GET"): "SAAAAAAAAA",
    ("evaluation:amend-adjustment", "GET"): "SANFFFFNNF",
    ("evaluation:amend-adjustment", "POST"): "SANFFFFNNF",
    ("evaluation:check-adjustment", "POST"): "SFNAAFFNNF",
    ("evaluation:check-year-method", "POST"): "SFFAAFFFFF",
    ("evaluation:city-result", "POST"): "SANAAFFNNF",
    ("evaluation:confirm-deliberation", "POST"): "SFFAAFFFFF",
    ("evaluation:decide-unit", "POST"): "SFFAAFFFFF",
    ("evaluation:decide-veto", "POST"): "SFFAAFFFFF",
    ("evaluation:decide-year-unit", "POST"): "SFFAAFFFFF",
    ("evaluation:deliberation", "GET"): "SFFAAFFFFF",
    ("evaluation:deliberation", "POST"): "SFFAAFFFFF",
    ("evaluation:propose-adjustment", "GET"): "SAAAAAFFFF",
    ("evaluation:propose-adjustment", "POST"): "SAAAAAFFFF",
    ("evaluation:record-veto", "GET"): "SFFAAFFFFF",
    ("evaluation:record-veto", "POST"): "SFFAAFFFFF",
    ("evaluation:record-year-unit", "GET"): "SFFAAFFFFF",
    ("evaluation:record-year-unit", "POST"): "SFFAAFFFFF",
    ("evaluation:remove-adjustment-evidence", "POST"): "SANFFFFNNF",
    ("evaluation:report-year", "POST"): "SFFAAFFFFF",
    ("evaluation:withdraw-adjustment", "POST"): "SANFFFFNNF",
    ("evaluation:year-document", "GET"): "SFFAAFAFFA",
    ("evaluation:year-end", "GET"): "SFFAAFAFFA",
    ("evaluation:year-ends", "GET"): "SFFAAFAFFA",
    ("evaluation:year-method", "GET"): "SFFAAFFFFF",
    ("evaluation:year-method", "POST"): "SFFAAFFFFF",
    ("evaluation:year-sheet", "GET"): "SFFAAFAFFA",
}
API: dict[tuple[str, str], str] = {
    ("api:adjustment", "GET"): "SNANAAANA",
    ("api:adjustments", "GET"): "SAAAAAAAA",
    ("api:adjustments", "POST"): "SFAAAAFFF",
}
BODIES: dict[str, Any] = {
    "evaluation:propose-adjustment": {
        "year": "2020",
        "organisation": "1",
        "ground": "harm",
        "work": "某件工作",
        "points": "0.1",
        "happened_on": "2020-11-01",
        "reason": "造成不良影响",
    },
    "evaluation:amend-adjustment": {
        "version": "1",
        "ground": "harm",
        "work": "某件工作",
        "points": "0.1",
        "happened_on": "2020-11-01",
        "reason": "造成不良影响",
    },
    "evaluation:city-result": {"version": "1", "result": "市级已通报", "result_on": "2020-12-01", "points": "0.5"},
    "evaluation:check-adjustment": {"version": "1", "decision": "returned", "note": "材料不全"},
    "evaluation:withdraw-adjustment": {"version": "1"},
    "evaluation:year-method": {"2020": "1", "basis_document": "区政府常务会纪要", "basis_clause": "第一项"},
    "evaluation:check-year-method": {"version": "1", "decision": "returned", "note": "依据不全"},
    "evaluation:record-veto": {
        "organisation": "1",
        "body": "区委",
        "number": "密委〔2020〕1号",
        "decided_on": "2020-11-01",
        "ground": "重大事故",
    },
    "evaluation:decide-veto": {"version": "1", "decision": "returned", "note": "文号不符"},
    "evaluation:decide-unit": {"version": "1", "decision": "returned", "note": "文号不符"},
    "evaluation:decide-year-unit": {"version": "1", "decision": "returned", "note": "文号不符"},
    "evaluation:confirm-deliberation": {"version": "1"},
    "evaluation:report-year": {"number": "密政报〔2021〕1号", "sent_on": "2021-01-30"},
    "api:adjustments": {
        "year": 2020,
        "organisation": "北庄镇",
        "ground": "harm",
        "work": "某件工作",
        "points": "0.1",
        "reason": "造成不良影响",
        "happened_on": "2020-11-01",
    },
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    made = Adjustment.objects.create(
        scheme=Scheme.objects.get(track="township", year=2020),
        organisation=resolve("北庄镇"),
        ground="city-bonus",
        state="city",
        work="水源保护",
        points="0.5",
        reason="市级通报",
        happened_on=date(2020, 11, 1),
        proposed_for=resolve("区水务局"),
        proposed_role="evaluator",
        proposed_at=timezone.now(),
        entered_by="甲",
        entered_by_id=0,
        entered_at=timezone.now(),
    )
    file = Attachment.objects.create(
        kind="evaluation.adjustment",
        subject_id=made.pk,
        name="a.pdf",
        content_type="application/pdf",
        size=4,
        sha256="1" * 64,
        path="matrix/b",
        stored_at=timezone.now(),
        stored_by="甲",
    )
    scheme, at, ranking = made.scheme, timezone.now(), Ranking.objects.filter(scheme=made.scheme).latest("pk")
    people = {"recorded_by": "甲", "recorded_by_id": 0, "recorded_at": at}
    method = YearMethod.objects.create(
        scheme=scheme,
        number=1,
        basis_document="纪要",
        basis_clause="一",
        entered_by="甲",
        entered_by_id=0,
        entered_at=at,
    )
    veto = Veto.objects.create(
        scheme=scheme,
        organisation=made.organisation,
        body="区委",
        number="1号",
        decided_on=date(2020, 11, 1),
        ground="重大事故",
        **people,
    )
    meeting = Deliberation.objects.create(
        scheme=scheme,
        number=1,
        state="proposed",
        ranking=ranking,
        meeting="第3次",
        held_on=date(2021, 1, 20),
        minutes_number="3号",
        **people,
    )
    unit = UnitDecision.objects.create(
        scheme=scheme,
        period=Period.objects.get(code="2020Q3"),
        organisation=made.organisation,
        kind="leave-out",
        number="8号",
        reason="整建制迁建",
        **people,
    )
    whole = YearUnit.objects.create(
        scheme=scheme,
        organisation=made.organisation,
        kind="apart",
        meeting="第3次",
        minutes_number="3号",
        reason="年中分设",
        **people,
    )
    ids = {
        "evaluation:check-year-method:pk": method.pk,
        "evaluation:decide-veto:pk": veto.pk,
        "evaluation:confirm-deliberation:pk": meeting.pk,
        "evaluation:decide-year-unit:pk": whole.pk,
    }
    ids["evaluation:decide-unit:decision_id"] = unit.pk
    ids["evaluation:leader-overdue:subject"] = "evaluation"
    leader = User.objects.get(username="lingdao")
    sheet = page(actor_named("lingdao"), "领导", [made.organisation], at)
    paper = LeaderPaper(ranking=ranking, leader=leader, name="领导", document=canonical(sheet), made_at=at)
    seal_paper(paper)
    paper.save()
    # The year has to have been computed for its files.
    files = Ranking.objects.get(pk=ranking.pk)
    year = Period.objects.create(
        code="2020", kind="year", opened_at=at, **{name: getattr(files.period, name) for name in WINDOW}
    )
    files.pk, files.period = None, year
    files.save()
    rewritten(files.pk)
    return ids | {
        "adjustment_id": made.pk,
        "paper_id": paper.pk,
        "evaluation:remove-adjustment-evidence:attachment_id": file.pk,
    }
