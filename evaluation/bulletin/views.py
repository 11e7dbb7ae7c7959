"""通报: the list, a new draft, the preview with its checks, editing, versions, the .docx at each stage."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from evaluation.bulletin import access
from evaluation.bulletin import queries as reads
from evaluation.bulletin.forms import DraftForm, FinalForm, ReturnForm, TextForm, content_of, drafted
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
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown, version_of
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


def _offered(request: KpiRequest) -> dict[str, Any]:
    """The rankings that may be cited, and which of them no longer follow from their inputs."""
    actor = request.actor
    access.require_work_on(actor, {""})
    rankings = list(access.citable_rankings(actor).filter(corrected_by__isnull=True))
    told = standings_for(actor, rankings)
    return {"rankings": rankings, "changed": {pk for pk, standing in told.items() if standing == Standing.CHANGED}}


def _draft_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    offered = _offered(request)
    form = form_of(request, DraftForm, initial=_initial(request, offered["rankings"]), **offered)
    context = {"form": form, "some": bool(offered["rankings"]), "most": MOST}
    return shown(request, "evaluation/bulletin/bulletin_new.html", context, refusal)


@page_act(_draft_page, opens=True)
def draft(request: KpiRequest) -> HttpResponse:
    """Choose rankings and what is printed; the first draft is made of it."""
    given = sent(request, DraftForm, read=drafted, **_offered(request))
    made = services.draft_bulletin(actor=request.actor, at=timezone.now(), **given)
    return redirect("evaluation:bulletin", bulletin_id=made.pk)


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
    return _page(request, bulletin_id)


def _page(request: KpiRequest, bulletin_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    one = access.visible_bulletin(actor, bulletin_id)
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
        "returning": form_of(request, ReturnForm),
        "final": form_of(request, FinalForm, initial={"number": content["number"], "dated": content["dated"]}),
        "notice": _notice(snap),
        "has_pdf": pdf_path(one).exists(),
        "can_pdf": office and bool(converter()),
    }
    return shown(request, "evaluation/bulletin/bulletin.html", context, refusal)


def _notice(snap: reads.Snapshot) -> Notice | None:
    if not snap.trial:
        return None
    return Notice("trial", "所引排名是试算，只能到送审稿，不得定稿、不得引用。")


def _edit_page(request: KpiRequest, bulletin_id: int, refusal: Refused | None = None) -> HttpResponse:
    """The text; where another version came in between, one's own stands on the version it was written on."""
    one, snap = _worked_on(request, bulletin_id)
    content = reads.newest_version(one).content
    text = request.POST.get("text", content["text"])
    context = {
        "bulletin": one,
        "form": form_of(request, TextForm, initial=content),
        "seen": request.POST.get("version", str(one.version)),
        "checked": reads.read(one, text, snap),
        "facts": [(source, f) for source, f in snap.facts.items() if within(f.level, snap.scopes[f.track])],
        "notice": _notice(snap),
    }
    return shown(request, "evaluation/bulletin/bulletin_edit.html", context, refusal)


def _worked_on(request: KpiRequest, bulletin_id: int) -> tuple[Bulletin, reads.Snapshot]:
    one = access.visible_bulletin(request.actor, bulletin_id)
    snap = reads.snapshot(one)
    access.require_work_on(request.actor, snap.tracks)
    return one, snap


@page_act(_edit_page, opens=True)
def edit(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    _worked_on(request, bulletin_id)
    content = sent(request, TextForm, read=content_of)
    services.save_bulletin(
        actor=request.actor,
        bulletin_id=bulletin_id,
        version=version_of(request),
        content=content,
        at=timezone.now(),
    )
    return redirect("evaluation:bulletin", bulletin_id=bulletin_id)


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


@page_act(_page)
def submit(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    return _act(request, bulletin_id, services.submit_bulletin)


@page_act(_page)
def give_back(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    return _act(request, bulletin_id, services.return_bulletin, **sent(request, ReturnForm))


@page_act(_page)
def finalise(request: KpiRequest, bulletin_id: int) -> HttpResponse:
    return _act(request, bulletin_id, services.finalise_bulletin, **sent(request, FinalForm))


def _act(request: KpiRequest, bulletin_id: int, service: Callable[..., object], **given: Any) -> HttpResponse:
    _worked_on(request, bulletin_id)
    service(actor=request.actor, bulletin_id=bulletin_id, version=version_of(request), at=timezone.now(), **given)
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
