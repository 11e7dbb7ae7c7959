"""排名: the list, one ranking, its workbook, and the acts of the office on it."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from evaluation.engine.access import (
    held_for,
    own_codes,
    rankings_visible_to,
    readable_ranking,
    sees_whole_ranking,
    standings_for,
)
from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.codes import code_of
from evaluation.engine.rules.codes import Paper
from evaluation.enums import RankingKind, RankingState, SigningTitle, Standing
from evaluation.feedback.queries.feedback import check_counts, keeps_from_bulletin, keeps_from_opening
from evaluation.filing.queries.readiness import missing_sheets, readiness, unconfirmed_groups
from evaluation.periods.models import Period
from evaluation.ranking.excel.rankings import ranking_workbook
from evaluation.ranking.forms import ComputeForm, OwnSigningForm, SigningForm
from evaluation.ranking.queries import corrections
from evaluation.ranking.queries import rankings as reads
from evaluation.ranking.queries.attribution import why_sentence
from evaluation.ranking.queries.signings import may_sign, signing_lines
from evaluation.ranking.queries.verification import may_see_faults
from evaluation.ranking.services import compute_official, compute_trial
from evaluation.scheme.access.office import may_run, runs_by_track
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.charts import Row as ChartRow
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.lists import ordered
from miyun_kpi.lib.periods import in_words
from miyun_kpi.organisations.enums import TRACK_WORDS, Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.acts import form_of, shown
from miyun_kpi.web.answers import download
from miyun_kpi.web.registry import Notice


def viewer_of(request: KpiRequest, ranking: Ranking) -> reads.Viewer:
    actor = request.actor
    scope = "whole" if sees_whole_ranking(actor, ranking) else ranking.disclosure_scope
    return reads.Viewer(scope, own_codes(actor))


def notice_of(ranking: Ranking, document: Any) -> Notice | None:
    if ranking.kind == RankingKind.OFFICIAL:
        return None
    unconfirmed = document["unconfirmed"]
    problems = document.get("year", {}).get("problems", [])
    unreadable = sum(figure["status"] == "unreadable" for figure in unconfirmed)
    words = []
    if unconfirmed:
        words.append(
            f"方案尚有 {len(unconfirmed)} 处未确认（推定 {len(unconfirmed) - unreadable}、不可读 {unreadable}）"
            + (f"，缺 {len(document['missing'])} 格得分" if document["missing"] else "")
            + "。"
        )
    elif document["missing"]:
        words.append(f"还缺 {len(document['missing'])} 格得分。")
    words += [f"{in_words(problem)}。" for problem in problems]
    words.append("名次只供试用，不得引用、不得通报。")
    return Notice("trial", "".join(words), f"{reverse('evaluation:ranking', args=[ranking.pk])}#lacking", "看还缺什么")


def workbook_response(content: bytes, name: str) -> HttpResponse:
    return download(content, CONTENT_TYPE, name)


SORTS: dict[str, Callable[[Ranking], Any]] = {
    "period": lambda one: one.period.code,
    "track": lambda one: one.scheme.track,
    "kind": lambda one: (one.kind, one.number),
    "state": lambda one: (one.kind, one.state),
    "computed": lambda one: one.computed_at,
    "by": lambda one: one.computed_by,
}


def listed_rankings(request: KpiRequest) -> tuple[list[Ranking], list[Ranking]]:
    """All the reader may see, newest period first, and those the filters of the page leave."""
    actor = request.actor
    found = rankings_visible_to(actor).select_related("scheme", "period").defer("inputs", "document")
    track, period = request.GET.get("track", ""), request.GET.get("period", "")
    listed = list(found.order_by("-period__code", "-scheme__track", "kind", "-number"))
    return listed, [r for r in listed if track in ("", r.scheme.track) and period in ("", r.period.code)]


@require_GET
def rankings(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    track, period = request.GET.get("track", ""), request.GET.get("period", "")
    listed, shown = listed_rankings(request)
    office = actor.may(Verb.COMPUTE_RANKINGS)
    newest = sorted(listed, key=lambda r: (r.kind == RankingKind.OFFICIAL, r.computed_at), reverse=True)
    ready = readiness(newest, track=track) if office else []
    runs = runs_by_track(actor) if office else {}
    context = {
        "rankings": ordered(shown, request.GET.get("sort", ""), SORTS),
        "changed": {pk for pk, told in standings_for(actor, shown).items() if told == Standing.CHANGED},
        "ready": [one for one in ready if runs.get(one.scheme.track) and period in ("", one.period.code)],
        "office": office,
        "track": track,
        "period": period,
        "tracks": [("", "全部"), (Track.TOWNSHIP, "镇街、功能区"), (Track.DEPARTMENT, "部门")],
        "periods": sorted({(r.period.code, r.period.label) for r in listed}, reverse=True),
    }
    return render(request, "evaluation/ranking/rankings.html", context)


@require_POST
def compute(request: KpiRequest) -> HttpResponse:
    """试算 or 正式核定 in the request, by the service that the job calls; then to the ranking."""
    form = ComputeForm(request.POST)
    scheme = Scheme.objects.issued().filter(pk=form.cleaned_data["scheme"]).first() if form.is_valid() else None
    period = Period.objects.filter(pk=form.cleaned_data["period"]).first() if scheme else None
    if scheme is None or period is None:
        raise NotFound
    act = compute_official if form.cleaned_data["kind"] == RankingKind.OFFICIAL else compute_trial
    ranking, new = act(actor=request.actor, scheme=scheme, period=period, at=timezone.now())
    address = reverse("evaluation:ranking", args=[ranking.pk])
    return redirect(address if new else f"{address}?done=same")


@require_GET
def open_ranking(request: KpiRequest) -> HttpResponse:
    """From the selects of the page to the address of what they say."""
    wanted = request.GET.get("ranking", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 12):
        raise NotFound
    ranking = readable_ranking(request.actor, int(wanted))
    address = reverse("evaluation:ranking", args=[ranking.pk])
    group = request.GET.get("group", "")
    name = "zone" if ranking.scheme.track == Track.TOWNSHIP else "category"
    return redirect(f"{address}?{urlencode({name: group})}" if group else address)


@require_GET
def ranking(request: KpiRequest, ranking_id: int) -> HttpResponse:
    return show_ranking(request, ranking_id)


def _chart_rows(page: reads.Page, viewer: reads.Viewer) -> list[ChartRow]:
    """A strip a group, where the viewer may see totals and somebody has one."""
    if viewer.scope == "rank" or not any(one.dots for one in page.groups):
        return []
    return [
        ChartRow(
            f"{one.label[:2] if one.zone else reads.GROUP_SHORT.get(one.code, one.label)} {one.size} 家",
            dots=one.dots,
            mean=one.mean,
            zone=one.zone,
            end=f"均 {one.mean:.2f}" if one.mean is not None else "",
        )
        for one in page.groups
    ]


def _own_why(actor: Actor, ranking: Ranking, page: reads.Page) -> list[tuple[reads.Row, str]]:
    """Of the units that are the reader's own, why each moved; who sees the whole ranking goes there by the movement."""
    if page.viewer.whole or not page.shows_movement:
        return []
    own = {row.code: row for row in page.rows if row.own}
    units = Organisation.objects.filter(code__in=own)
    told = [(own[one.code], why_sentence(actor, ranking, one)) for one in units]
    return [(row, sentence) for row, sentence in told if sentence]


def _beside(ranking: Ranking, siblings: Sequence[Ranking]) -> dict[str, Any]:
    """Other rankings a reader may want to go to from this one."""
    others = [one for one in siblings if one.scheme.track != ranking.scheme.track]
    same = [one for one in siblings if one.scheme_id == ranking.scheme_id and one.period_id == ranking.period_id]
    by_id = {one.pk: one for one in siblings}
    return {
        "same_track": _one_per_period(r for r in siblings if r.scheme.track == ranking.scheme.track),
        "other_track": next((r for r in others if r.period_id == ranking.period_id), None) or next(iter(others), None),
        "official": next((r for r in same if r.kind == RankingKind.OFFICIAL), None),
        "corrected_by": by_id.get(ranking.corrected_by_id or 0),
        "corrects": by_id.get(ranking.corrects_id or 0),
        "newer": _newer(ranking, siblings),
    }


def show_ranking(request: KpiRequest, ranking_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    ranking = readable_ranking(actor, ranking_id)
    viewer = viewer_of(request, ranking)
    page = reads.ranking_page(ranking, viewer)
    group_name = "zone" if ranking.scheme.track == Track.TOWNSHIP else "category"
    group = request.GET.get(group_name, "")
    if group not in {one.code for one in page.groups}:
        group = ""
    office = may_run(actor, ranking.scheme.track)
    at = timezone.now()
    check = check_counts(ranking, at) if viewer.whole and ranking.kind == RankingKind.OFFICIAL else None
    opens = office and check is None and ranking.kind == RankingKind.OFFICIAL and ranking.state == RankingState.COMPUTED
    context = {
        **_signings(ranking, actor, viewer),
        "ranking": ranking,
        "page": page.filtered(group).by(request.GET.get("sort", "")),
        "document": page.document,
        "viewer": viewer,
        "group": group,
        "group_name": group_name,
        "group_options": [("", "全部", page.size)]
        + [(one.code, one.label, one.size, *([one.zone] if one.zone else [])) for one in page.groups],
        **_beside(ranking, _siblings(actor)),
        "missing": missing_sheets(page.document),
        "unconfirmed": unconfirmed_groups(page.document),
        "excused": _excused(page.document),
        "digest": reads.in_fours(ranking.digest),
        "inputs": reads.in_fours(ranking.inputs_hash),
        "engines": reads.engines_said(ranking, page.document),
        "paper_code": code_of(Paper.RANKING, ranking.pk, ranking.seal),
        "chart_rows": _chart_rows(page, viewer),
        "own_why": _own_why(actor, ranking, page),
        "notice": notice_of(ranking, page.document),
        "check": check,
        "opens": opens,
        "opening_lacking": keeps_from_opening(ranking) if opens else "",
        "check_lacking": keeps_from_bulletin(ranking, check, at),
        "office": office,
        "readiness": next(iter(readiness([], period=ranking.period, track=ranking.scheme.track)), None)
        if office
        else None,
        "compared": corrections.compared_with(ranking, rankings_visible_to(actor).defer("inputs", "document")),
        "decided_since": corrections.marks_decided_since(ranking)
        if office and ranking.kind == RankingKind.OFFICIAL
        else 0,
        "own_computation": ranking.computed_by_id == actor.user_id,
        "form": form_of(request, SigningForm),
        "same": request.GET.get("done") == "same",
        "published": ranking.state == RankingState.PUBLISHED,
        "no_others": (),
        "verifies": may_see_faults(actor),
        "held": held_for(actor, ranking),
        "now": at,
    }
    return shown(request, "evaluation/ranking/ranking.html", context, refusal)


def _signings(ranking: Ranking, actor: Actor, viewer: reads.Viewer) -> dict[str, Any]:
    """Who has signed with what evidence, who has yet to, and whether the reader may."""
    standing = list(ranking.standing_signings)
    whole = viewer.whole and ranking.kind == RankingKind.OFFICIAL
    return {
        "signings": standing,
        "unsigned": [title for title in SigningTitle.values if title not in {one.title for one in standing}],
        "evidence": signing_lines(ranking, actor) if whole else [],
        "signs": may_sign(actor, ranking, standing),
        "own_form": OwnSigningForm(),
        "scan_required": settings.SIGNING_SCAN_REQUIRED,
        "own_record": actor.user_id in {one.recorded_by_id for one in standing},
    }


def _siblings(actor: Actor) -> list[Ranking]:
    found = rankings_visible_to(actor).select_related("scheme", "period").defer("inputs", "document")
    return list(found.order_by("-period__code", "kind", "-number"))


def _newer(ranking: Ranking, siblings: Sequence[Ranking]) -> Ranking | None:
    """The last official computation of the period after this one, as far as the reader sees it; not one that a return to the
    inputs of the bulletin in force has made history."""
    if ranking.kind != RankingKind.OFFICIAL:
        return None
    same = (
        r
        for r in siblings
        if (r.scheme_id, r.period_id, r.kind) == (ranking.scheme_id, ranking.period_id, ranking.kind)
        and not r.overtaken
    )
    return max((r for r in same if r.number > ranking.number), key=lambda r: r.number, default=None)


def _one_per_period(found: Any) -> list[Ranking]:
    """The one to offer for each period: official before trial, the latest computed first."""
    first: dict[int, Ranking] = {}
    for one in found:
        first.setdefault(one.period_id, one)
    return list(first.values())


def _excused(document: Any) -> list[dict[str, Any]]:
    names = {row["organisation"]: row["name"] for row in document["rows"]}
    return [{**entry, "name": names.get(entry["organisation"], "")} for entry in document["not_applicable"]]


@require_GET
def ranking_sheet(request: KpiRequest, ranking_id: int) -> HttpResponse:
    ranking = readable_ranking(request.actor, ranking_id)
    page = reads.ranking_page(ranking, viewer_of(request, ranking))
    group = request.GET.get("zone") or request.GET.get("category") or ""
    at = timezone.now()
    held = held_for(request.actor, ranking).line
    content = ranking_workbook(ranking, page.filtered(group), viewer=request.actor.label, at=at, held=held)
    return workbook_response(
        content,
        f"{ranking.get_kind_display()}排名-{TRACK_WORDS[ranking.scheme.track]}-{ranking.period.code}-{ranking.number}.xlsx",
    )
