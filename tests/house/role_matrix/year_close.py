"""The year's last acts. 效果评价 of the townships is open."""

from datetime import date
from typing import Any

from django.utils import timezone

from evaluation.models import LeaderSurvey, Scheme, SelfReport, SiteVisit
from evaluation.year.queries.self_reports import facts_of
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.organisations.models import Organisation

PAGES: dict[tuple[str, str], str] = {
    ("evaluation:fetch-year-archive", "GET"): "SFFNNFFFFF",
    ("evaluation:make-year-archive", "POST"): "SFFAAFFFFF",
    ("evaluation:year-archive", "GET"): "SFFAAFFFFF",
    ("evaluation:note-visit", "POST"): "SAFFFFFNNF",
    ("evaluation:plan-visit", "GET"): "SAAFFFFFFF",
    ("evaluation:plan-visit", "POST"): "SAAFFFFFFF",
    ("evaluation:visit", "GET"): "SAAAAAANNA",
    ("evaluation:visits", "GET"): "SAAAAAANNA",
    ("evaluation:visits-sheet", "GET"): "SAAAAAANNA",
    ("evaluation:year-plan", "GET"): "SFFAAFAFFA",
    ("evaluation:year-plan-sheet", "GET"): "SFFAAFAFFA",
    ("evaluation:set-plan-day", "POST"): "SFFAAFFFFF",
    ("evaluation:add-self-report-evidence", "POST"): "SNNFFAFNNF",
    ("evaluation:decide-self-report", "POST"): "SNNAAFFNNF",
    ("evaluation:remove-self-report-evidence", "POST"): "SNNFFAFNNF",
    ("evaluation:self-report", "GET"): "SNNAAAANNA",
    ("evaluation:self-report", "POST"): "SNNFFAFNNF",
    ("evaluation:self-report-document", "GET"): "SNNAAAANNA",
    ("evaluation:self-reports", "GET"): "SNNAAAANNA",
    ("evaluation:self-reports-sheet", "GET"): "SNNAAAANNA",
    ("evaluation:save-self-report-item", "POST"): "SNNFFAFNNF",
    ("evaluation:send-self-report", "POST"): "SNNFFAFNNF",
    # The head of the unit signs; the matrix has its reporter.
    ("evaluation:sign-self-report", "POST"): "SNNFFFFNNF",
    ("evaluation:close-leader-survey", "POST"): "SFFAAFFFFF",
    ("evaluation:effect", "GET"): "SFFAAFAFFF",
    ("evaluation:effect-sheet", "GET"): "SFFAAFFFFF",
    # One form a person: only leaders, and not even the office for them.
    ("evaluation:fill-leader-form", "POST"): "SFFFFFAFFF",
    ("evaluation:open-leader-survey", "POST"): "SFFAAFFFFF",
}
BODIES: dict[str, Any] = {
    "evaluation:open-leader-survey": {"items": "总体评价 100", "basis": "工作安排", "due_on": "2099-01-01"},
    "evaluation:close-leader-survey": {"version": "9"},
    "evaluation:note-visit": {"version": "9", "act": "done", "result": "现场情况"},
    "evaluation:plan-visit": {"organisation": "1"},
    "evaluation:set-plan-day": {"version": "9", "step": "visits", "planned_on": "2020-12-20", "reason": "会议改期"},
    "evaluation:self-report": {"version": "9", "summary": "总体完成"},
    "evaluation:send-self-report": {"version": "9"},
    "evaluation:sign-self-report": {"version": "9", "decision": "pass"},
    "evaluation:decide-self-report": {"version": "9", "decision": "pass"},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    LeaderSurvey.objects.create(
        scheme=Scheme.objects.get(track="township", year=2020),
        items=[{"name": "总体评价", "full": 100}],
        basis="安排",
        due_on=date(2099, 1, 1),
        opened_by="甲",
        opened_at=timezone.now(),
    )
    report = SelfReport.objects.create(
        scheme=Scheme.objects.get(track="township", year=2020),
        organisation=Organisation.objects.get(code="beizhuang-zhen"),
        state="filed",
        drafted_by="甲",
        drafted_by_id=0,
        drafted_at=timezone.now(),
        signed_by="乙",
        signed_by_id=1,
        signed_at=timezone.now(),
    )
    file = Attachment.objects.create(
        kind="evaluation.self-report",
        subject_id=report.pk,
        name="a.pdf",
        content_type="application/pdf",
        size=4,
        sha256="2" * 64,
        path="matrix/year-close",
        stored_at=timezone.now(),
        stored_by="甲",
    )
    visit = SiteVisit.objects.create(
        scheme=report.scheme,
        evaluator=Organisation.objects.get(code="shuiwu-ju"),
        organisation=report.organisation,
        starts_on=date(2020, 12, 10),
        ends_on=date(2020, 12, 10),
        leader="甲",
        planned_by="甲",
        planned_at=timezone.now(),
    )
    own = {"code": "beizhuang-zhen", "year": 2020}
    made = {
        f"evaluation:{name}:{key}": value
        for name in ("self-report", "self-report-document", "save-self-report-item")
        for key, value in own.items()
    }
    item = facts_of(report.scheme, report.organisation)[0]["indicator"]
    return made | {
        "evaluation:save-self-report-item:indicator_id": item,
        "report_id": report.pk,
        "visit_id": visit.pk,
        "evaluation:remove-self-report-evidence:attachment_id": file.pk,
    }
