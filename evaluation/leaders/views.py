"""领导首页: the page of the post acted in, for the office that of every leader, and those kept at 通报."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.engine.access import held_for, rankings_visible_to
from evaluation.leaders.access import about, offered, papers_visible_to, visible_paper
from evaluation.leaders.models import LeaderPaper
from evaluation.leaders.queries.page import late_things, page
from evaluation.leaders.queries.sealed import sheet_of
from evaluation.leaders.showing import drawn, leader_css, unit_heads
from miyun_kpi.db.paging import page_asked
from miyun_kpi.documents.printing import prints, to_pdf
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.answers import download
from miyun_kpi.web.registry import notice

PER_PAGE = 50


@require_safe
def leader(request: KpiRequest) -> HttpResponse:
    actor, at, today = request.actor, timezone.now(), timezone.localdate()
    whose = about(actor, request.GET.get("leader", ""), today)
    sheet = page(actor, whose.name, whose.units, at, alone=whose.leader is None)
    context = _shown(sheet) | {"whose": whose, "offered": offered(actor, today), "keeps": whose.leader is not None}
    context["asked"] = f"?leader={whose.leader.username}" if whose.leader else ""
    return render(request, "evaluation/leaders/leader.html", context)


def _shown(sheet: dict[str, Any]) -> dict[str, Any]:
    return {"sheet": sheet, "unit_heads": unit_heads(sheet), "made_at": datetime.fromisoformat(sheet["at"])}


@require_safe
def overdue(request: KpiRequest, subject: str) -> HttpResponse:
    """What one line of the sixth question counts, with who holds each thing, within what the reader sees."""
    at, today = timezone.now(), timezone.localdate()
    whose = about(request.actor, request.GET.get("leader", ""), today)
    late = late_things(request.actor, whose.units, subject, at, alone=whose.leader is None)
    shown = page_asked(request.GET, late.things, PER_PAGE)
    rows = [(one, one.unit_id in late.own, (today - one.due).days if one.due else None) for one in shown]
    context = {"whose": whose, "late": late, "page": shown, "rows": rows, "at": at}
    return render(request, "evaluation/leaders/overdue.html", context)


@require_safe
def papers(request: KpiRequest) -> HttpResponse:
    if not offered(request.actor, timezone.localdate()):
        raise NotFound
    shown = page_asked(request.GET, papers_visible_to(request.actor).defer("document"), PER_PAGE)
    context = {"page": shown, "rows": [(one, _words(one)) for one in shown], "prints": prints()}
    return render(request, "evaluation/leaders/papers.html", context)


def _words(paper: LeaderPaper) -> str:
    return f"{paper.ranking.period.label}{TRACK_WORDS[paper.ranking.scheme.track]}"


@require_safe
def paper(request: KpiRequest, paper_id: int) -> HttpResponse:
    context = _paper(request, paper_id) | {"prints": prints()}
    return render(request, "evaluation/leaders/paper.html", context)


def _paper(request: KpiRequest, paper_id: int) -> dict[str, Any]:
    """With what is told today of the rankings it rests on."""
    kept = visible_paper(request.actor, paper_id)
    context = _shown(sheet_of(kept)) | {"paper": kept, "words": _words(kept), "now": timezone.now()}
    cited = [one["ranking"] for one in context["sheet"]["tracks"]]
    rests_on = rankings_visible_to(request.actor).select_related("scheme", "period").defer("document")
    found = rests_on.filter(pk__in=cited).order_by("-scheme__track")
    told = [(TRACK_WORDS[one.scheme.track], held_for(request.actor, one)) for one in found]
    return context | {"standings": told}


@require_safe
def paper_pdf(request: KpiRequest, paper_id: int) -> HttpResponse:
    """As it prints, dated; refused in words where this machine cannot make one."""
    context = _paper(request, paper_id) | {"shown_notice": notice(request)}
    html = drawn(render_to_string("evaluation/leaders/paper_alone.html", context))
    kept: LeaderPaper = context["paper"]
    name = f"领导首页-{kept.name}-{context['words']}-{kept.made_at.astimezone():%Y-%m-%d}.pdf"
    return download(to_pdf(html, leader_css()), "application/pdf", name)
