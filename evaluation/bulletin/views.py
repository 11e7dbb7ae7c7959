"""通报: the list, a new draft, the preview with its checks, editing, versions, the .docx at each stage."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evaluation.bulletin import access
from evaluation.bulletin import queries as reads
from evaluation.bulletin.forms import DraftForm, FinalForm, ReturnForm, TextForm
from evaluation.bulletin.models import Bulletin
from evaluation.bulletin.rules.bulletin_draft import FIELDS, MOST
from evaluation.bulletin.rules.bulletin_facts import within
from evaluation.bulletin.services import bulletins as services
from evaluation.bulletin.services.bulletin_pdf import pdf_path, request_pdf
from evaluation.engine.access import held_for, standings_for
from evaluation.enums import BulletinKind, BulletinState, Openness, RankingKind, Standing
from evaluation.scheme.rules.differences import line_changes
from miyun_kpi.documents.pdf import converter
from miyun_kpi.documents.write import CONTENT_TYPE, write_official
from miyun_kpi.lib.errors import Malformed, NotFound, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.answers import download
from miyun_kpi.web.registry import Notice

STATE_SHAPES = {BulletinState.DRAFT: "draft", BulletinState.SUBMITTED: "submitted", BulletinState.FINAL: "confirmed"}


@require_GET
def bulletins(request: KpiRequest) -> HttpResponse:
    actor = request.actor
    found = access.bulletins_visible_to(actor).select_related("period").prefetch_related("sources__ranking__scheme")
    told = standings_for(actor, [source.ranking for one in found for source in one.sources.all()])
    rows = []
    for one in found:
        rankings = [source.ranking for source in one.sources.all()]
        rows.append(
            {
                "bulletin": one,
                "shape": STATE_SHAPES[BulletinState(one.state)],
                "tracks": "、".join("镇街" if r.scheme.track == "township" else "部门" for r in rankings),
                "trial": any(r.kind == RankingKind.TRIAL for r in rankings),
                "corrected": any(r.corrected_by_id for r in rankings),
                "changed": any(told.get(r.pk) == Standing.CHANGED for r in rankings),
            }
        )
    return render(
        request, "evaluation/bulletin/bulletins.html", {"rows": rows, "office": access.works_on_bulletins(actor)}
    )


@require_http_methods(["GET", "POST"])
def draft(request: KpiRequest) -> HttpResponse:
    """Choose rankings and what is printed; the first draft is made of it."""
    actor = request.actor
    access.require_work_on(actor, {""})
    rankings = list(access.citable_rankings(actor).filter(corrected_by__isnull=True))
    told = standings_for(actor, rankings)
    changed = {pk for pk, standing in told.items() if standing == Standing.CHANGED}
    refusal = None
    if request.method == "POST":
        form = DraftForm(request.POST, rankings=rankings, changed=changed)
        if form.is_valid():
            try:
                made = services.draft_bulletin(
                    actor=actor,
                    ranking_ids=form.ranking_ids,
                    kind=form.cleaned_data["kind"],
                    options=form.options,
                    mixed=form.cleaned_data["mixed"],
                    at=timezone.now(),
                )
                return redirect("evaluation:bulletin", bulletin_id=made.pk)
            except Refused as found:
                refusal = found
        status = refusal.status if refusal else 422
    else:
        form, status = DraftForm(rankings=rankings, changed=changed, initial=_initial(request, rankings)), 200
    context = {"form": form, "refusal": refusal, "some": bool(rankings), "most": MOST}
    return render(request, "evaluation/bulletin/bulletin_new.html", context, status=status)


def _initial(request: KpiRequest, rankings: Any) -> dict[str, Any]:
    """Nothing is cited unasked: a ranking only where one comes from its page."""
    initial: dict[str, Any] = {"kind": BulletinKind.REPORT, "ranks": True, "whole": True, "first": 5, "last": 0}
    wanted = next((r for r in rankings if str(r.pk) == request.GET.get("ranking")), None)
    if wanted is not None:
        initial[wanted.scheme.track] = str(wanted.pk)
    initial["totals"] = wanted is None or wanted.disclosure_scope != "rank"
    return initial


@require_GET
def bulletin(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    return _page(request, access.visible_bulletin(request.actor, bulletin_id))


def _page(
    request: KpiRequest,
    one: Bulletin,
    *,
    refusal: Refused | None = None,
    returning: ReturnForm | None = None,
    final: FinalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    snap = reads.snapshot(one)
    versions = list(one.versions.all())
    content = versions[0].content
    checked = reads.read(one, content["text"], snap)
    office = access.may_work_on(actor, snap.tracks)
    context = {
        "bulletin": one,
        "snap": snap,
        "content": content,
        "paper": reads.paper(one, content, snap),
        "lines": [(line, checked.tables.get(line.table)) for line in checked.lines],
        "notes": reads.notes(snap),
        "checked": checked,
        "by_hand": sum(piece.by_hand for _, piece in checked.figures),
        "office": office,
        "versions": versions if office else versions[:1],
        "shape": STATE_SHAPES[BulletinState(one.state)],
        "corrected": any(ranking.corrected_by_id for ranking in snap.rankings),
        "sources": [(ranking, held_for(actor, ranking)) for ranking in snap.rankings],
        "own": actor.user_id in (one.submitted_by_id, versions[0].saved_by_id),
        "returning": returning or ReturnForm(),
        "final": final or FinalForm(initial={"number": content["number"], "dated": content["dated"]}),
        "refusal": refusal,
        "notice": _notice(snap),
        "has_pdf": pdf_path(one).exists(),
        "can_pdf": office and bool(converter()),
    }
    return render(request, "evaluation/bulletin/bulletin.html", context, status=refusal.status if refusal else status)


def _notice(snap: reads.Snapshot) -> Notice | None:
    if not snap.trial:
        return None
    return Notice("trial", "所引排名是试算，只能到送审稿，不得定稿、不得引用。")


@require_http_methods(["GET", "POST"])
def edit(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    actor = request.actor
    one = access.visible_bulletin(actor, bulletin_id)
    snap = reads.snapshot(one)
    access.require_work_on(actor, snap.tracks)
    refusal, status = None, 200
    if request.method == "POST":
        form = TextForm(request.POST)
        if form.is_valid():
            try:
                services.save_bulletin(
                    actor=actor, bulletin_id=one.pk, version=_seen(request), content=form.content, at=timezone.now()
                )
                return redirect("evaluation:bulletin", bulletin_id=one.pk)
            except Refused as found:
                refusal = found
        status = refusal.status if refusal else 422
        text, seen = request.POST.get("text", ""), request.POST.get("version", "")
    else:
        content = reads.newest_version(one).content
        form, text, seen = TextForm(initial=content), content["text"], str(one.version)
    context = {
        "bulletin": one,
        "form": form,
        "refusal": refusal,
        "seen": seen,
        "checked": reads.read(one, text, snap),
        "facts": [(source, f) for source, f in snap.facts.items() if within(f.level, snap.scopes[f.track])],
        "notice": _notice(snap),
    }
    return render(request, "evaluation/bulletin/bulletin_edit.html", context, status=status)


@require_GET
def version(request: KpiRequest, bulletin_id: int, number: int) -> HttpResponse:
    """One version beside the one before it: what was taken out and put in, field by field."""
    actor = request.actor
    one = access.visible_bulletin(actor, bulletin_id)
    access.require_work_on(actor, reads.snapshot(one).tracks)
    found = {v.number: v for v in one.versions.filter(number__in=(number - 1, number))}
    if number not in found:
        raise NotFound
    after = _in_words(found[number].content)
    before = _in_words(found[number - 1].content) if number - 1 in found else dict.fromkeys(after, "")
    fields = [(label, line_changes(before[name], after[name])) for name, label in FIELDS if before[name] != after[name]]
    context = {"bulletin": one, "version": found[number], "fields": fields, "last": one.versions.count()}
    return render(request, "evaluation/bulletin/bulletin_version.html", context)


def _in_words(content: Mapping[str, str]) -> dict[str, str]:
    """公开属性 is kept by its code, all else as it is printed."""
    words = dict(Openness.choices)
    return {**content, "openness": words.get(content.get("openness", ""), content.get("openness", ""))}


@require_POST
def submit(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    return _act(request, bulletin_id, services.submit_bulletin)


@require_POST
def give_back(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        one = access.visible_bulletin(request.actor, bulletin_id)
        access.require_work_on(request.actor, reads.snapshot(one).tracks)
        return _page(request, one, returning=form, status=422)
    return _act(request, bulletin_id, services.return_bulletin, returning=form, **form.cleaned_data)


@require_POST
def finalise(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    form = FinalForm(request.POST)
    if not form.is_valid():
        one = access.visible_bulletin(request.actor, bulletin_id)
        access.require_work_on(request.actor, reads.snapshot(one).tracks)
        return _page(request, one, final=form, status=422)
    return _act(request, bulletin_id, services.finalise_bulletin, final=form, **form.cleaned_data)


def _act(
    request: KpiRequest,
    bulletin_id: int,
    service: Any,
    returning: ReturnForm | None = None,
    final: FinalForm | None = None,
    **values: Any,
) -> HttpResponse:
    """The act, then the page; a refusal is said on the page, with what was typed."""
    actor = request.actor
    try:
        service(actor=actor, bulletin_id=bulletin_id, version=_seen(request), at=timezone.now(), **values)
    except NotFound:
        raise
    except Refused as refusal:
        one = access.visible_bulletin(actor, bulletin_id)
        if not access.may_work_on(actor, reads.snapshot(one).tracks):
            raise
        return _page(request, one, refusal=refusal, returning=returning, final=final)
    return redirect("evaluation:bulletin", bulletin_id=bulletin_id)


@require_GET
def document(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    """The .docx as it stands at this stage."""
    one = access.visible_bulletin(request.actor, bulletin_id)
    last = reads.newest_version(one)
    snap = reads.snapshot(one)
    official = reads.paper(one, last.content, snap)
    # On paper that leaves the house only what no longer holds is said; the page says what does.
    lines = {held.line for ranking in snap.rankings if not (held := held_for(request.actor, ranking)).holds}
    marks = [mark for mark in (official.stage, *sorted(lines)) if mark]
    official = replace(official, stage="　".join(marks))
    return file_response(write_official(official, at=last.saved_at), f"{_file_name(one)}.docx", CONTENT_TYPE)


@require_POST
def ask_pdf(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    """To the page of the job; from there one comes back when it is done."""
    job = request_pdf(actor=request.actor, bulletin_id=bulletin_id, at=timezone.now())
    return redirect("jobs:show", job.pk)


@require_GET
def pdf(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    one = access.visible_bulletin(request.actor, bulletin_id)
    path = pdf_path(one)
    if not path.exists():
        raise NotFound
    return file_response(path.read_bytes(), f"{_file_name(one)}.pdf", "application/pdf")


def _file_name(one: Bulletin) -> str:
    return f"{one.number or one.get_state_display()} {one.period.label}{one.get_kind_display()}"


def file_response(content: bytes, name: str, content_type: str) -> HttpResponse:
    return download(content, content_type, name)


def _seen(request: KpiRequest) -> int:
    text = request.POST.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Malformed("bad-request", "这次提交的内容读不懂，没有办理。请刷新页面后再试。")
    return int(text)
