"""经费申报: what can be asked for now, the list, one application with its checklist, its review and its money."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.accounts.apart import joined_by
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import asked, form_of, keep_typed, page_act, typed_again, whole
from miyun_kpi.web.forms import offer
from miyun_kpi.web.forms.days import with_late
from postdoc import access
from postdoc.enums import TO_PERSONS, Clawback, Entry, Grant, Phase
from postdoc.excel import applications_workbook
from postdoc.forms import ClawbackForm, LedgerForm, ReasonForm, ReverseForm, ReviewForm
from postdoc.models import Application, LedgerLine
from postdoc.queries.entitlement import offers
from postdoc.queries.figures import figures
from postdoc.queries.money import balance_of, with_lines
from postdoc.rules.money import MATERIALS
from postdoc.services import applications as services
from postdoc.services import history, ledger
from postdoc.views._common import PAGE, outside, saved, sent, shown


def _found(request: KpiRequest) -> Any:
    found = access.visible_applications(request.actor)
    phase, grant = request.GET.get("phase", ""), request.GET.get("grant", "")
    if phase in Phase.values:
        found = found.filter(phase=phase)
    return found.filter(grant=grant) if grant in Grant.values else found


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    if not access.sees_any(request.actor):
        return outside(request, "经费申报")
    actor, today = request.actor, timezone.localdate()
    own = [one for one in access.visible_stations(actor) if access.may_enter(actor, one)]
    page = page_asked(request.GET, with_lines(_found(request)), PAGE)
    context = {
        "page": page,
        "lines": [(row, balance_of(row)) for row in page],
        "offers": offers(own, figures(), today) if own else [],
        "handler": access.is_handler(actor),
        "phases": [("", "全部"), *Phase.choices],
        "grants": [("", "全部"), *Grant.choices],
        "phase": request.GET.get("phase", ""),
        "grant": request.GET.get("grant", ""),
    }
    return shown(request, "postdoc/applications.html", context)


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    at = timezone.now()
    rows = with_lines(_found(request))
    return workbook_answer(applications_workbook(rows, viewer=request.actor.label, at=at), "博士后经费申报")


def _asked(request: KpiRequest) -> dict[str, Any]:
    given = request.POST if request.method == "POST" else request.GET
    return {
        "grant": given.get("grant", ""),
        "station_id": whole(request, "station") or 0,
        "stay_id": whole(request, "stay"),
        "award_id": whole(request, "award"),
        "first": given.get("first", "")[:7],
        "last": given.get("last", "")[:7],
    }


def new_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    """Shows amount and reasons before anything is saved."""
    given = _asked(request)
    access.require_enter(request.actor, access.visible_station(request.actor, given["station_id"]))
    found, lacking = asked(lambda: services.ask(actor=request.actor, on=timezone.localdate(), **given))
    ticked = request.POST.getlist("materials")
    context = {
        "asked": found,
        "given": given,
        "last_month": found.months[-1].month if found and found.months else "",
        "label": Grant(given["grant"]).label,
        "materials": [(code, words, code in ticked) for code, words in MATERIALS[given["grant"]]],
    }
    return shown(request, "postdoc/application_new.html", context, refusal or lacking)


@page_act(new_page, opens=True)
def new(request: KpiRequest) -> HttpResponse:
    made = services.create_application(
        actor=request.actor,
        materials=request.POST.getlist("materials"),
        submit=request.POST.get("do") == "submit",
        at=timezone.now(),
        **_asked(request),
    )
    return saved("postdoc:application", application_id=made.pk)


@require_safe
def application(request: KpiRequest, application_id: int) -> HttpResponse:
    return application_page(request, application_id)


def _writes(actor: Actor, row: Application) -> list[tuple[str, str]]:
    """Lines of the ledger that this person may write now."""
    kinds: list[Entry] = []
    if row.phase == Phase.APPROVED and row.imported is None:
        if access.is_treasury(actor):
            kinds += [Entry.PAID, Entry.FAILED, Entry.RECOVERED]
        if access.may_enter(actor, row.station) and row.grant in TO_PERSONS:
            kinds += [Entry.TAX, Entry.HANDED]
    return [(one.value, one.label) for one in kinds]


def application_page(request: KpiRequest, application_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    access.visible_application(actor, application_id)
    (row,) = with_lines(access.visible_applications(actor).filter(pk=application_id))
    enters, handler = access.may_enter(actor, row.station), access.is_handler(actor)
    initial = {"version": row.version}
    writes = _writes(actor, row)
    line_form = form_of(request, LedgerForm, "line", initial=initial)
    offer(line_form, "kind", [("", "请选"), *writes])
    have = typed_again(request).get("materials", row.materials)
    now = balance_of(row)
    context = {
        "row": row,
        "now": now,
        "days": now.days_held(timezone.localdate()),
        "to_person": row.grant in TO_PERSONS,
        "void": {"07": "七", "10": "十"}.get(row.stay.ground, "") if row.stay else "",
        "materials": [(code, words, code in have) for code, words in MATERIALS[row.grant]],
        "edits": enters and row.phase in (Phase.DRAFT, Phase.RETURNED),
        "reviews": handler and row.phase == Phase.FILED,
        "own": actor.user_id is not None and row.entered_by_id == actor.user_id,
        "review": form_of(request, ReviewForm, "review", initial=initial),
        "cancels": (enters and row.phase in (Phase.DRAFT, Phase.FILED, Phase.RETURNED))
        or (handler and row.phase == Phase.APPROVED and not row.received),
        "cancel": form_of(request, ReasonForm, "cancel", initial=initial),
        "writes": writes,
        "joined": joined_by(actor.organisation_id, access.APART) if access.is_treasury(actor) else None,
        "claws": row.phase == Phase.APPROVED and (handler or access.is_treasury(actor)) and now.received > now.clawback,
        "clawback": form_of(request, ClawbackForm, "clawback", initial=initial),
        "confirms": row.imported is not None and access.is_treasury(actor),
        "thing": f"postdoc-application:{row.pk}",
        "line": line_form,
        "reverse": form_of(request, ReverseForm, "reverse", initial=initial),
        "lines": [(one, hasattr(one, "reversal"), _strikes(actor, row, one)) for one in row.lines.all()],
        "events": list(row.events.all()),
    }
    return shown(request, "postdoc/application.html", context, refusal)


@page_act(application_page)
def send(request: KpiRequest, application_id: int) -> HttpResponse:
    row = access.visible_application(request.actor, application_id)
    access.require_enter(request.actor, row.station)
    ticked = request.POST.getlist("materials")
    keep_typed(request, materials=ticked)
    services.send(
        actor=request.actor,
        application_id=application_id,
        version=whole(request, "version") or 0,
        materials=ticked,
        submit=request.POST.get("do") == "submit",
        at=timezone.now(),
    )
    return saved("postdoc:application", application_id=application_id)


@page_act(application_page)
def review(request: KpiRequest, application_id: int) -> HttpResponse:
    access.visible_application(request.actor, application_id)
    access.require_handler(request.actor, "审核申报")
    given = with_late(sent(request, ReviewForm, "review"))
    services.review(actor=request.actor, application_id=application_id, at=timezone.now(), **given)
    return saved("postdoc:application", application_id=application_id)


@page_act(application_page)
def cancel(request: KpiRequest, application_id: int) -> HttpResponse:
    row = access.visible_application(request.actor, application_id)
    if not access.is_handler(request.actor):
        access.require_enter(request.actor, row.station)
    given = sent(request, ReasonForm, "cancel")
    services.cancel(actor=request.actor, application_id=application_id, at=timezone.now(), **given)
    return saved("postdoc:application", application_id=application_id)


def _require_money(request: KpiRequest, application_id: int) -> None:
    row = access.visible_application(request.actor, application_id)
    if not (access.is_handler(request.actor) or access.is_treasury(request.actor)):
        access.require_enter(request.actor, row.station)


@page_act(application_page)
def line(request: KpiRequest, application_id: int) -> HttpResponse:
    _require_money(request, application_id)
    given = with_late(sent(request, LedgerForm, "line"))
    ledger.write_line(actor=request.actor, application_id=application_id, at=timezone.now(), **given)
    return saved("postdoc:application", application_id=application_id)


@page_act(application_page)
def reverse(request: KpiRequest, application_id: int) -> HttpResponse:
    _require_money(request, application_id)
    given = sent(request, ReverseForm, "reverse")
    return _proposed(request, "postdoc-reversal", application_id=application_id, **given)


@page_act(application_page)
def claw_back(request: KpiRequest, application_id: int) -> HttpResponse:
    decision("postdoc-clawback").may(request.actor, {"application_id": application_id})
    given = sent(request, ClawbackForm, "clawback")
    return _proposed(request, "postdoc-clawback", application_id=application_id, **given)


@page_act(application_page)
def confirm_paid(request: KpiRequest, application_id: int) -> HttpResponse:
    access.visible_application(request.actor, application_id)
    access.require_treasury(request.actor, "核对历史拨付")
    version = whole(request, "version") or 0
    history.confirm_paid(actor=request.actor, application_id=application_id, version=version, at=timezone.now())
    return saved("postdoc:application", application_id=application_id)


def _proposed(request: KpiRequest, code: str, **given: Any) -> HttpResponse:
    made = propose(actor=request.actor, code=code, at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)


def _strikes(actor: Actor, row: Application, line: LedgerLine) -> bool:
    """Whether this person may propose that the line be taken back."""
    if row.phase != Phase.APPROVED or line.kind == Entry.REVERSED or line.ground == Clawback.LEFT:
        return False
    try:
        ledger.require_writer(actor, row, line.kind)
    except NotAllowed:
        return False
    return True
