"""人事任免: who holds what on a day, a person, a position, probations, 期初任职, settings."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.acts.acting import is_hand_of
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.acts import day_asked, form_of, page_act, sent, shown
from miyun_kpi.web.answers import download
from personnel import access
from personnel.deciding import OPENING
from personnel.enums import ProbationState
from personnel.excel import acts_workbook, seats_workbook
from personnel.forms import DecisionForm, OfficeForm, OpeningForm, SeatsForm, VersionForm
from personnel.models import Act, Position
from personnel.queries import terms as queries
from personnel.services import posts
from personnel.services.probation import decision_of, hand_of, record_decision, withdraw_decision

# Word of the status vocabulary for each state of a 试用期.
STATUS = {
    ProbationState.RUNNING: "running",
    ProbationState.DUE: "due",
    ProbationState.OVERDUE: "overdue",
    ProbationState.CONFIRMED: "confirmed",
    ProbationState.DISMISSED: "ended",
    ProbationState.LEFT: "ended",
}


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    on, words = day_asked(request, timezone.localdate()), request.GET.get("q", "").strip()[:40]
    found = queries.book()
    groups = queries.seats_on(found, on, words)
    held = found.on(on)
    concurrent = found.concurrent(on)
    context = {
        "groups": groups,
        "on": on,
        "words": words,
        "people": len({line.person.pk for line in held}),
        "terms": len(held),
        "concurrent": {pk: len(held) for pk, held in concurrent.items()},
        "open": sum(line.seat.open_ or 0 for group in groups for line in group.seats if (line.seat.open_ or 0) > 0),
        "unfollowed": sum(line.seat.unfollowed for group in groups for line in group.seats),
        "months": months_of(found.acts),
        "office": access.is_office(request.actor),
    }
    return render(request, "personnel/index.html", context)


def months_of(acts: Sequence[Act]) -> list[tuple[str, int, int]]:
    """(month, 任, 免) of the months that have any, oldest first, at most the last twelve of them."""
    found: dict[str, list[int]] = {}
    for act in acts:
        if act.notice is not None and act.on is not None:
            own = found.setdefault(f"{act.on:%Y-%m}", [0, 0])
            own[act.kind == "remove"] += 1
    return [(month, own[0], own[1]) for month, own in sorted(found.items())][-12:]


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    on, at = day_asked(request, timezone.localdate()), timezone.now()
    groups = queries.seats_on(queries.book(), on, request.GET.get("q", "").strip()[:40])
    return download(seats_workbook(groups, on, viewer=request.actor.label, at=at), CONTENT_TYPE, f"任职情况{on}.xlsx")


@require_safe
def acts_file(request: KpiRequest) -> HttpResponse:
    at = timezone.now()
    return download(
        acts_workbook(queries.standing_acts(), viewer=request.actor.label, at=at), CONTENT_TYPE, "任免登记.xlsx"
    )


@require_safe
def person(request: KpiRequest, person_id: int) -> HttpResponse:
    """Nobody who stands in drafts alone is shown, not even to 人事: the draft itself shows them."""
    found = queries.book()
    lines = [line for line in found.lines if line.person.pk == person_id]
    if not lines:
        raise NotFound
    struck = Act.objects.filter(person_id=person_id, struck_at__isnull=False).select_related(
        "notice", "position__organisation"
    )
    today = timezone.localdate()
    context = {
        "person": lines[0].person,
        "lines": lines,
        "acts": [act for act in found.acts if act.person_id == person_id],
        "struck": list(struck),
        "today": today,
        "now": [line for line in lines if line.term.on(today)],
        "office": access.is_office(request.actor),
    }
    return render(request, "personnel/person.html", context)


@require_safe
def position(request: KpiRequest, position_id: int) -> HttpResponse:
    return position_page(request, position_id)


def position_page(request: KpiRequest, position_id: int, refusal: Refused | None = None) -> HttpResponse:
    lines = [line for line in queries.book().lines if line.position.pk == position_id]
    row = Position.objects.select_related("organisation").filter(pk=position_id).first()
    if row is None or (not lines and row.seats is None):
        raise NotFound
    today = timezone.localdate()
    context = {
        "position": row,
        "lines": lines,
        "now": [line for line in lines if line.term.on(today)],
        "today": today,
        "form": form_of(
            request, SeatsForm, initial={"version": row.version, "seats": row.seats, "basis": row.seats_basis}
        ),
        "office": access.is_office(request.actor),
    }
    return shown(request, "personnel/position.html", context, refusal)


@page_act(position_page)
def seats(request: KpiRequest, position_id: int) -> HttpResponse:
    access.require_office(request.actor)
    posts.set_seats(actor=request.actor, position_id=position_id, at=timezone.now(), **sent(request, SeatsForm))
    return redirect("personnel:position", position_id=position_id)


@require_safe
def probations(request: KpiRequest) -> HttpResponse:
    return probations_page(request)


def probations_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    office = access.is_office(request.actor)
    lines = queries.probations(queries.book(), timezone.localdate(), office=office)
    rows = []
    for one in lines:
        state, act = ProbationState(one.state), one.line.began
        assert act is not None
        form = form_of(request, DecisionForm, f"decide-{act.pk}")
        decides = office and one.decision is None and state != ProbationState.LEFT
        rows.append(
            {
                "one": one,
                "status": STATUS[state],
                "word": state.label,
                "form": form if decides else None,
                "decision": one.decision,
            }
        )
    context = {"rows": rows, "office": office, "remind": queries.office().remind_days}
    return shown(request, "personnel/probations.html", context, refusal)


@page_act(probations_page)
def decide(request: KpiRequest, act_id: int) -> HttpResponse:
    access.require_office(request.actor)
    data = sent(request, DecisionForm, f"decide-{act_id}")
    made = record_decision(actor=request.actor, act_id=act_id, at=timezone.now(), **data)
    if made.removal is not None and made.removal.notice_id is not None:
        return redirect("personnel:notice", notice_id=made.removal.notice_id)
    return redirect("personnel:probations")


def _withdraw_page(request: KpiRequest, act_id: int, refusal: Refused | None = None) -> HttpResponse:
    access.require_office(request.actor)
    row = decision_of(act_id)
    context = {
        "row": row,
        "own": is_hand_of(request.actor, (hand_of(row),)),
        "drafted": row.removal is not None and row.removal.notice is not None and row.removal.notice.issued_at is None,
        "reason": request.POST.get("reason", ""),
    }
    return shown(request, "personnel/withdraw.html", context, refusal)


@page_act(_withdraw_page, opens=True)
def withdraw(request: KpiRequest, act_id: int) -> HttpResponse:
    access.require_office(request.actor)
    reason = request.POST.get("reason", "")
    withdraw_decision(actor=request.actor, act_id=act_id, reason=reason, at=timezone.now())
    return redirect("personnel:probations")


def names() -> dict[str, list[str]]:
    """What is offered while typing: people with standing acts, and organisations."""
    people = Act.objects.standing().order_by("person__name").values_list("person__name", flat=True).distinct()
    return {
        "people_named": list(people),
    }


def _opening_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_office(request.actor)
    return shown(request, "personnel/opening.html", {"form": form_of(request, OpeningForm), **names()}, refusal)


@page_act(_opening_page, opens=True)
def opening(request: KpiRequest) -> HttpResponse:
    access.require_office(request.actor)
    made = propose(actor=request.actor, code=OPENING, at=timezone.now(), **sent(request, OpeningForm))
    return redirect("proposals:proposal", proposal_id=made.pk)


def _receive_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_receiver(request.actor)
    return shown(request, "personnel/receive.html", {"row": queries.office()}, refusal)


@page_act(_receive_page, opens=True)
def receive(request: KpiRequest) -> HttpResponse:
    access.require_receiver(request.actor)
    posts.receive_office(actor=request.actor, at=timezone.now(), **sent(request, VersionForm))
    return redirect("personnel:notices")


def _settings_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_office(request.actor)
    row = queries.office()
    named = row.proposed or row.organisation
    initial = {"version": row.version, "organisation": named.name, "remind_days": row.remind_days}
    context = {"form": form_of(request, OfficeForm, initial=initial), "row": row}
    return shown(request, "personnel/settings.html", context, refusal)


@page_act(_settings_page, opens=True)
def settings_page(request: KpiRequest) -> HttpResponse:
    access.require_office(request.actor)
    posts.change_office(actor=request.actor, at=timezone.now(), **sent(request, OfficeForm))
    return redirect("personnel:index")
