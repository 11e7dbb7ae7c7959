"""任免通知: the list, one notice with its sentences and acts, drafting, 印发, the document, striking."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miyun_kpi.db.finding import one_of
from miyun_kpi.documents.write import CONTENT_TYPE as DOCX
from miyun_kpi.documents.write import write_official
from miyun_kpi.gazette.models import Document
from miyun_kpi.lib.errors import Malformed, NotFound, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.answers import download
from miyun_kpi.web.forms import checked
from personnel import access
from personnel.enums import NoticeState
from personnel.forms import ActForm, DraftForm, IssueForm, ReturnForm, VersionForm
from personnel.models import Act, Notice
from personnel.queries.document import BLANK, lines_of, notice_document
from personnel.queries.preview import planned_of, preview, transfers_of
from personnel.rules.sentences import finished, opening
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
        "page": Paginator(found.order_by("-dated", "-pk"), PAGE).get_page(request.GET.get("page")),
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


def notice_page(
    request: KpiRequest, notice_id: int, refusal: Refused | None = None, typed: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    row = access.visible_notice(request.actor, notice_id)
    office, today = access.is_office(request.actor), timezone.localdate()
    acts = list(row.acts.select_related("person", "position__organisation").order_by("line", "order"))
    version = {"version": row.version}
    given: dict[str, forms.Form] = {}
    if office and row.state == NoticeState.DRAFT:
        given["change"] = DraftForm(
            initial=version | {"meeting": row.meeting, "number": row.number, "dated": row.dated}
        )
        given["act"] = ActForm(initial=version | {"probation_months": 0})
    if office and row.state == NoticeState.SUBMITTED:
        given["issue"] = IssueForm(initial=version | {"number": row.number, "dated": row.dated or today})
        given["return"] = ReturnForm(initial=version)
    if typed and typed[0] in given:
        given[typed[0]] = typed[1]
    context: dict[str, Any] = {
        "row": row,
        "acts": acts,
        "status": STATUS[NoticeState(row.state)],
        "office": office,
        "refusal": refusal,
        "opening": opening(row.meeting or BLANK),
        "sentences": finished(lines_of(row)),
        "forms": given,
        "own": request.actor.user_id in (row.submitted_by_id, row.changed_by_id),
        "issued": row.state == NoticeState.ISSUED,
        "remarks": transfers_of([planned_of(act) for act in acts if act.struck_at is None]),
        "source_note": Document.objects.filter(ref=row.document).values_list("note", flat=True).first(),
    }
    if row.state != NoticeState.ISSUED:
        context |= names() | {"remarks": preview([planned_of(act) for act in acts], row.dated or today).remarks}
    return render(request, "personnel/notice.html", context, status=refusal.status if refusal else 200)


def _change(request: KpiRequest, notice_id: int) -> None:
    drafts.change_draft(actor=request.actor, notice_id=notice_id, at=timezone.now(), **checked(DraftForm(request.POST)))


def _add(request: KpiRequest, notice_id: int) -> None:
    values = checked(ActForm(request.POST))
    version = values.pop("version")
    drafts.add_act(
        actor=request.actor, notice_id=notice_id, version=version, given=ActInput(**values), at=timezone.now()
    )


def _submit(request: KpiRequest, notice_id: int) -> None:
    drafts.submit(actor=request.actor, notice_id=notice_id, at=timezone.now(), **checked(VersionForm(request.POST)))


def _return(request: KpiRequest, notice_id: int) -> None:
    drafts.send_back(actor=request.actor, notice_id=notice_id, at=timezone.now(), **checked(ReturnForm(request.POST)))


def _issue(request: KpiRequest, notice_id: int) -> None:
    issue(actor=request.actor, notice_id=notice_id, at=timezone.now(), **checked(IssueForm(request.POST)))


ACTS = {
    "change": (_change, DraftForm),
    "act": (_add, ActForm),
    "submit": (_submit, VersionForm),
    "return": (_return, ReturnForm),
    "issue": (_issue, IssueForm),
}


@require_POST
def act(request: KpiRequest, notice_id: int, act: str) -> HttpResponse:
    """One act on a notice; a refusal gives back the page with what was typed."""
    if act not in ACTS:
        raise NotFound
    access.visible_notice(request.actor, notice_id)
    access.require_office(request.actor)
    run, form = ACTS[act]
    try:
        run(request, notice_id)
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return notice_page(request, notice_id, refusal, (act, form(request.POST)))
    return redirect("personnel:notice", notice_id=notice_id)


def _version(request: KpiRequest) -> int:
    text = request.POST.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Malformed("bad-version", "页面不完整，没有执行。请刷新后再办。")
    return int(text)


@require_POST
def remove(request: KpiRequest, notice_id: int, act_id: int) -> HttpResponse:
    try:
        drafts.remove_act(
            actor=request.actor, notice_id=notice_id, version=_version(request), act_id=act_id, at=timezone.now()
        )
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return notice_page(request, notice_id, refusal)
    return redirect("personnel:notice", notice_id=notice_id)


@require_POST
def discard(request: KpiRequest, notice_id: int) -> HttpResponse:
    try:
        drafts.discard(actor=request.actor, notice_id=notice_id, version=_version(request), at=timezone.now())
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return notice_page(request, notice_id, refusal)
    return redirect("personnel:notices")


@require_safe
def document(request: KpiRequest, notice_id: int) -> HttpResponse:
    row: Notice = access.visible_notice(request.actor, notice_id)
    at = timezone.now()
    name = f"{row.number or '任免通知'}{'' if row.state == NoticeState.ISSUED else '（送审稿）'}.docx"
    return download(write_official(notice_document(row, timezone.localdate(at)), at=at), DOCX, name)


@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: KpiRequest, act_id: int) -> HttpResponse:
    access.require_office(request.actor)
    found = one_of(
        Act.objects.standing().filter(pk=act_id).select_related("person", "notice", "position__organisation"),
        "没有这一项任免，或已经撤销。",
    )
    refusal = None
    if request.method == "POST":
        try:
            strike_act(actor=request.actor, act_id=act_id, reason=request.POST.get("reason", ""), at=timezone.now())
        except Refused as said:
            if said.status in (400, 403, 404):
                raise
            refusal = said
        else:
            return (
                redirect("personnel:notice", notice_id=found.notice_id)
                if found.notice_id
                else redirect("personnel:index")
            )
    context = {"act": found, "refusal": refusal, "reason": request.POST.get("reason", "")}
    return render(request, "personnel/strike.html", context, status=refusal.status if refusal else 200)
