"""任免通知: the list, one notice with its sentences and acts, drafting, 印发, the document, striking."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.acts.acting import is_hand_of
from miyun_kpi.db.finding import one_of
from miyun_kpi.db.paging import page_asked
from miyun_kpi.documents.write import CONTENT_TYPE as DOCX
from miyun_kpi.documents.write import write_official
from miyun_kpi.gazette.models import Document
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown, whole
from miyun_kpi.web.answers import download
from personnel import access
from personnel.enums import NoticeState
from personnel.forms import (
    ActForm,
    CorrectionForm,
    DraftForm,
    IssueCorrectionForm,
    IssueForm,
    ReturnForm,
    VersionForm,
)
from personnel.models import Act, Notice
from personnel.queries.document import (
    corrected_by,
    corrections_of,
    notice_document,
    opening_of,
    papers_correcting,
    said_by,
)
from personnel.queries.preview import planned_of, preview, transfers_of
from personnel.queries.terms import WHOLE
from personnel.services import drafts
from personnel.services.drafts import ActInput
from personnel.services.issue import issue, strike_act
from personnel.views.pages import names

PAGE = 50
STATUS = {NoticeState.DRAFT: "draft", NoticeState.SUBMITTED: "submitted", NoticeState.ISSUED: "done"}


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    counted = Count("acts", filter=Q(acts__struck_at__isnull=True))
    found = access.visible_notices(request.actor).annotate(number_of_acts=counted)
    context = {
        "page": page_asked(request.GET, found.order_by("-dated", "-pk"), PAGE),
        "office": access.is_office(request.actor),
    }
    return render(request, "personnel/notices.html", context)


@require_POST
def new(request: KpiRequest) -> HttpResponse:
    made = drafts.create_draft(actor=request.actor, meeting=request.POST.get("meeting", ""), at=timezone.now())
    return redirect("personnel:notice", notice_id=made.pk)


@require_safe
def notice(request: KpiRequest, notice_id: int) -> HttpResponse:
    return notice_page(request, notice_id)


def notice_page(request: KpiRequest, notice_id: int, refusal: Refused | None = None) -> HttpResponse:
    row = access.visible_notice(request.actor, notice_id)
    office, today = access.is_office(request.actor), timezone.localdate()
    acts = list(row.acts.select_related(*WHOLE, "emended_by").order_by("line", "order"))
    version = {"version": row.version}
    first: dict[str, dict[str, Any]] = {}
    if office and row.state == NoticeState.DRAFT:
        first["change"] = {name: getattr(row, name) for name in DRAFTED}
        if row.corrects_id is None:
            first["act"] = {"probation_months": 0}
    if office and row.state == NoticeState.SUBMITTED:
        first["issue"] = {"number": row.number, "dated": row.dated or today, "decided_on": row.decided_on}
        first["return"] = {}
    corrections, papers = corrections_of(row, drafts=office), papers_correcting(row)
    context: dict[str, Any] = {
        "row": row,
        "acts": acts,
        "status": STATUS[NoticeState(row.state)],
        "office": office,
        "opening": opening_of(row),
        "sentences": said_by(row),
        "corrections": corrections,
        "heading_of_corrections": "已更正" if papers or any(one.counts for one in corrections) else "更正通知还在拟",
        "papers": papers,
        "corrects": corrected_by(row),
        "forms": {
            name: form_of(request, form_for(row, name), name, initial=version | known) for name, known in first.items()
        },
        "own": is_hand_of(request.actor, (row.submitted_by_id, row.changed_by_id)),
        "issued": row.state == NoticeState.ISSUED,
        "remarks": transfers_of([planned_of(act) for act in acts if act.struck_at is None]),
        "source_note": Document.objects.filter(ref=row.document).values_list("note", flat=True).first(),
    }
    if row.state != NoticeState.ISSUED:
        context |= names() | {"remarks": preview([planned_of(act) for act in acts], row.on or today).remarks}
    return shown(request, "personnel/notice.html", context, refusal)


# Address → the form of the act, and what it does with its values.
ACTS: dict[str, tuple[type[forms.Form], Callable[..., Any]]] = {
    "change": (DraftForm, drafts.change_draft),
    "act": (ActForm, drafts.add_act),
    "submit": (VersionForm, drafts.submit),
    "return": (ReturnForm, drafts.send_back),
    "issue": (IssueForm, issue),
}


CORRECTING: dict[str, type[forms.Form]] = {"change": CorrectionForm, "issue": IssueCorrectionForm}
DRAFTED = ("meeting", "number", "dated", "decided_on", "effective_on")


def form_for(row: Notice, act: str) -> type[forms.Form]:
    return CORRECTING.get(act, ACTS[act][0]) if row.corrects_id else ACTS[act][0]


@page_act(notice_page)
def act(request: KpiRequest, notice_id: int, act: str) -> HttpResponse:
    """One act on a notice; a refusal gives back the page with what was typed."""
    if act not in ACTS:
        raise NotFound
    row = access.visible_notice(request.actor, notice_id)
    access.require_office(request.actor)
    given, service = sent(request, form_for(row, act), act), ACTS[act][1]
    if act == "act":
        given = {"version": given.pop("version"), "given": ActInput(**given)}
    service(actor=request.actor, notice_id=notice_id, at=timezone.now(), **given)
    return redirect("personnel:notice", notice_id=notice_id)


@page_act(notice_page)
def remove(request: KpiRequest, notice_id: int, act_id: int) -> HttpResponse:
    version = whole(request, "version") or 0
    drafts.remove_act(actor=request.actor, notice_id=notice_id, version=version, act_id=act_id, at=timezone.now())
    return redirect("personnel:notice", notice_id=notice_id)


@page_act(notice_page)
def discard(request: KpiRequest, notice_id: int) -> HttpResponse:
    version = whole(request, "version") or 0
    drafts.discard(actor=request.actor, notice_id=notice_id, version=version, at=timezone.now())
    return redirect("personnel:notices")


@require_safe
def document(request: KpiRequest, notice_id: int) -> HttpResponse:
    row: Notice = access.visible_notice(request.actor, notice_id)
    at = timezone.now()
    name = f"{row.number or row.kind}{'' if row.state == NoticeState.ISSUED else '（送审稿）'}.docx"
    return download(write_official(notice_document(row, timezone.localdate(at)), at=at), DOCX, name)


def _standing(act_id: int) -> Act:
    found = Act.objects.standing().filter(pk=act_id).select_related("person", "notice", "position__organisation")
    return one_of(found, "没有这一项任免，或已经撤销。")


def _strike_page(request: KpiRequest, act_id: int, refusal: Refused | None = None) -> HttpResponse:
    access.require_office(request.actor)
    context = {"act": _standing(act_id), "reason": request.POST.get("reason", "")}
    return shown(request, "personnel/strike.html", context, refusal)


@page_act(_strike_page, opens=True)
def strike(request: KpiRequest, act_id: int) -> HttpResponse:
    access.require_office(request.actor)
    found = _standing(act_id)
    strike_act(actor=request.actor, act_id=act_id, reason=request.POST.get("reason", ""), at=timezone.now())
    if found.notice_id:
        return redirect("personnel:notice", notice_id=found.notice_id)
    return redirect("personnel:index")
