"""指标使用: the list, one application with its proof, fees and rewards, and the acts on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from farmland import access
from farmland.enums import FeeKind, State
from farmland.forms import (
    ActForm,
    AssessForm,
    CoordinateForm,
    DatedForm,
    DatedReasonForm,
    FindForm,
    ProjectForm,
    ReasonForm,
    ReclaimForm,
    SettleForm,
    TicketForm,
    WaiveForm,
)
from farmland.models import Application, Fee
from farmland.queries import money as sums
from farmland.queries import pool as pools
from farmland.queries import rewards
from farmland.rules.allocation import request_note
from farmland.rules.rewards import paid_note
from farmland.services import applications as services
from farmland.services import fees
from farmland.services.coordinating import coordinate
from farmland.services.money import CHARGED, Movement, record_money
from farmland.views.frame import shown
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent
from miyun_kpi.web.forms.days import LATE_BOXES, LateForm, with_late

PAGE = 50
STATUS = {
    State.REGISTERED: "draft",
    State.RESERVED: "to_confirm",
    State.POSTED: "done",
    State.RECLAIMED: "ended",
    State.REVOKED: "revoked",
}


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    found = access.visible_applications(request.actor)
    state = request.GET.get("state", "")
    if state in State.values:
        found = found.filter(state=state)
    page = page_asked(request.GET, found, PAGE)
    context = {
        "page": page,
        "rows": [(row, STATUS[State(row.state)]) for row in page],
        "states": [("", "全部"), *State.choices],
        "state": state if state in State.values else "",
    }
    return shown(request, "farmland/applications.html", context)


def new_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_pool(request.actor)
    return shown(request, "farmland/application_new.html", {"form": form_of(request, ProjectForm)}, refusal)


@page_act(new_page, opens=True)
def new(request: KpiRequest) -> HttpResponse:
    access.require_pool(request.actor)
    project = services.Project(**sent(request, ProjectForm))
    made = services.register_application(actor=request.actor, project=project, at=timezone.now())
    return redirect("farmland:application", application_id=made.pk)


def amend_page(request: KpiRequest, application_id: int, refusal: Refused | None = None) -> HttpResponse:
    row = access.visible_application(request.actor, application_id)
    access.require_pool(request.actor)
    words = {True: "yes", False: "no", None: ""}
    initial = {name: getattr(row, name) for name in ProjectForm.base_fields} | {"town": row.town.name}
    initial = {
        name: words[value] if isinstance(value, bool) or value is None and name.startswith("coordinated") else value
        for name, value in initial.items()
    }
    context = {
        "form": form_of(request, ProjectForm, initial=initial),
        "version": form_of(request, ActForm, initial={"version": row.version}),
        "row": row,
    }
    return shown(request, "farmland/application_new.html", context, refusal)


@page_act(amend_page, opens=True)
def amend(request: KpiRequest, application_id: int) -> HttpResponse:
    row = access.visible_application(request.actor, application_id)
    access.require_pool(request.actor)
    version = sent(request, ActForm)
    project = services.Project(**sent(request, ProjectForm))
    services.amend_application(
        actor=request.actor, application_id=row.pk, project=project, at=timezone.now(), **version
    )
    return redirect("farmland:application", application_id=row.pk)


@require_safe
def application(request: KpiRequest, application_id: int) -> HttpResponse:
    return application_page(request, application_id)


def application_page(request: KpiRequest, application_id: int, refusal: Refused | None = None) -> HttpResponse:
    row = access.visible_application(request.actor, application_id)
    today = timezone.localdate()
    proof = pools.proof_of(row) if row.state in (State.RESERVED, State.POSTED, State.RECLAIMED) else None
    allocation = proof.allocation if proof else None
    if allocation is None and row.state == State.REGISTERED:
        allocation = pools.trial_allocation(row.area, row.town.code, row.town.name)
    charged = [_charged(row, fee) for fee in row.fees.prefetch_related("payments")]
    context = {
        "row": row,
        "status": STATUS[State(row.state)],
        "proof": proof,
        "allocation": allocation,
        "asks": ""
        if allocation is None or proof or row.request_number
        else request_note(allocation, public=row.public),
        "charged": charged,
        "stale": row.state == State.RESERVED and bool(charged) and not services.assessed_now(row),
        "computed": [] if charged else fees.lines_of(row, today),
        "rewards": rewards.lines_of(row) if row.state in (State.POSTED, State.RECLAIMED) else [],
        "entries": row.entries.select_related("lot").order_by("-number"),
        "events": row.events.all(),
        "reward_paid": paid_note(rewards.paid_for(row))
        if row.state == State.POSTED and access.keeps_pool(request.actor)
        else "",
        "acts": _offered(request, row),
        "today": today,
        "thing": f"farmland-application:{row.pk}",
    }
    return shown(request, "farmland/application.html", context, refusal)


def _charged(row: Application, fee: Fee) -> tuple[Fee, Decimal, Decimal, Decimal]:
    """A fee with what was paid, 待退, and after the 核销 待补缴."""
    paid = sums.paid_of(fee)
    short = sums.short_of(fee) if row.state in (State.POSTED, State.RECLAIMED) else Decimal(0)
    return fee, paid, sums.over_of(fee), short


@dataclass(frozen=True)
class Act:
    """`service` where one person does it, `decision` where another of the office has to confirm it (farmland/deciding)."""

    form: type[forms.Form]
    words: str
    states: tuple[str, ...]
    who: Callable[[Actor], bool]
    service: Callable[..., Any] | None = None
    decision: str = ""
    primary: bool = False


def _ticket(*, actor: Actor, application_id: int, version: int, at: Any, **given: Any) -> None:
    """The version is that of the page; money has its own row and is never changed."""
    record_money(actor=actor, movement=Movement(application_id=application_id, **given), at=at)


ACTS: dict[str, Act] = {
    "reserve": Act(DatedForm, "预留", (State.REGISTERED,), access.keeps_pool, services.reserve, primary=True),
    "strike": Act(ReasonForm, "撤销申请", (State.REGISTERED,), access.keeps_pool, services.strike_application),
    "coordinate": Act(
        CoordinateForm,
        "登记协调意见（第十四条）",
        (State.REGISTERED, State.RESERVED),
        access.is_office,
        coordinate,
    ),
    "assess": Act(AssessForm, "核费", (State.RESERVED,), access.keeps_money, decision="farmland-assess", primary=True),
    "waive": Act(WaiveForm, "登记减免", (State.RESERVED, State.POSTED), access.keeps_money, decision="farmland-waive"),
    "ticket": Act(TicketForm, "登记缴费票据", CHARGED, access.keeps_money, _ticket),
    "post": Act(DatedForm, "核销", (State.RESERVED,), access.keeps_pool, decision="farmland-post", primary=True),
    "release": Act(DatedReasonForm, "撤回预留", (State.RESERVED,), access.keeps_pool, decision="farmland-release"),
    "find": Act(
        FindForm, "改不可抗力的认定（第八条（三））", (State.RECLAIMED,), access.keeps_pool, decision="farmland-find"
    ),
    "settle": Act(SettleForm, "登记费用处理", (State.RECLAIMED,), access.keeps_money, decision="farmland-settle"),
    "reclaim": Act(ReclaimForm, "收回指标", (State.POSTED,), access.keeps_pool, decision="farmland-reclaim"),
}


REQUIRED: dict[Callable[[Actor], bool], Callable[[Actor], None]] = {
    access.keeps_pool: access.require_pool,
    access.keeps_money: access.require_money,
    access.is_office: access.require_office,
}


@dataclass(frozen=True)
class Offered:
    """An act as the page offers it; `boxes` without those of 补登, which are folded away."""

    name: str
    act: Act
    form: forms.Form

    @property
    def dated(self) -> bool:
        return isinstance(self.form, LateForm)

    @property
    def boxes(self) -> list[Any]:
        return [one for one in self.form.visible_fields() if one.name not in LATE_BOXES]


def _offered(request: KpiRequest, row: Application) -> list[Offered]:
    owed = {fee.kind: fee for fee in row.fees.all()}
    made: list[Offered] = []
    for name, one in ACTS.items():
        if row.state not in one.states or not one.who(request.actor):
            continue
        if name == "ticket" and not _payable(row, owed) or name == "waive" and not _waivable(owed):
            continue
        if name == "settle" and not row.force_majeure:
            continue
        initial: dict[str, Any] = {"version": row.version, "on": timezone.localdate(), "day": timezone.localdate()}
        if name == "settle":
            initial |= _settled(owed)
        if name == "find":
            initial["force_majeure"] = "no" if row.force_majeure else "yes"
        made.append(Offered(name, one, form_of(request, one.form, name, initial=initial)))
    return made


def _settled(owed: Mapping[str, Fee]) -> dict[str, str]:
    """As it stands: each time the whole is said."""
    said = {kind: plain(owed[kind].returned) if kind in owed else "0" for kind in FeeKind.values}
    note = next((fee.return_note for fee in owed.values() if fee.return_note), "")
    return {"coordination": note} | said


def _payable(row: Application, owed: dict[str, Any]) -> bool:
    """Before the 核销 as often as there are tickets; afterwards only what a price put right left open."""
    if row.state == State.RESERVED:
        return services.assessed_now(row)
    return any(fee.owed > sums.paid_of(fee) for fee in owed.values())


def _waivable(owed: dict[str, Any]) -> bool:
    fee = owed.get(FeeKind.COMPENSATION)
    return fee is not None and fee.amount > 0


@page_act(application_page)
def act(request: KpiRequest, application_id: int, act: str) -> HttpResponse:
    row = access.visible_application(request.actor, application_id)
    one = ACTS.get(act)
    if one is None:
        raise NotFound
    REQUIRED[one.who](request.actor)
    at = timezone.now()
    given = sent(request, one.form, act) | {"application_id": row.pk}
    if issubclass(one.form, LateForm):
        given = with_late(given)
    if one.service is not None:
        one.service(actor=request.actor, at=at, **given)
        return redirect("farmland:application", application_id=row.pk)
    if "late" in given:
        given["asked_on"] = timezone.localdate(at)
    made = propose(actor=request.actor, code=one.decision, at=at, **given)
    return redirect("proposals:proposal", proposal_id=made.pk)
