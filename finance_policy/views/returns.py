"""Banks' quarterly returns: the list, one return with 三个不低于 beside its figures, the sums given out, the list of banks."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from finance_policy import access
from finance_policy.enums import WRITABLE, ReturnState
from finance_policy.excel import import_workbook, returns_template, returns_workbook
from finance_policy.forms import (
    BankForm,
    DecideReturnForm,
    ReadingForm,
    ReturnForm,
)
from finance_policy.models import Bank, BankReading, BankReturn
from finance_policy.queries import returns as queries
from finance_policy.queries.subsidy import settings_of
from finance_policy.rules.conditions import FIGURES, conditions
from finance_policy.rules.quarters import due_on, ended_quarters, last_ended
from finance_policy.services import banks as bank_services
from finance_policy.services import releasing
from finance_policy.services import returns as services
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode, label_of
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, on_top, page_act, sent, sent_workbook, shown, takes_files, whole

STATUS = {"draft": "draft", "filed": "submitted", "returned": "returned", "accepted": "accepted"}
# A workbook of at most this many bytes is read.
MOST_BYTES = 2_000_000


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    return _index(request)


def _index(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    found = access.visible_returns(actor)
    state = request.GET.get("state", "")
    counted = {value: found.filter(state=value).count() for value in ReturnState.values}
    chosen = found.filter(state=state) if state in ReturnState.values else found
    bank = access.own_bank(actor)
    ended = last_ended(today)
    held = settings_of(str(ended))
    reports = bank is not None and access.fills(actor, bank.pk)
    lacking = []
    if access.is_office(actor):
        there = BankReturn.objects.filter(period=str(ended)).exclude(state=ReturnState.DRAFT).values("bank_id")
        asked = Bank.objects.filter(active=True, from_period__lte=str(ended))
        lacking = list(asked.exclude(pk__in=there).values_list("name", flat=True))
    page = page_asked(request.GET, chosen, 50)
    office = access.is_office(actor)
    newest = queries.releases()
    context = {
        "page": page,
        "rows": [(row, STATUS[row.state], conditions(queries.figures_of(row))) for row in page],
        "states": [("", "全部", sum(counted.values())), *((v, label, counted[v]) for v, label in ReturnState.choices)],
        "state": state,
        "bank": bank,
        "reports": reports,
        "office": office,
        "opened": actor.may(Verb.READ_ALL_TRACKING) and not office,
        "outdated": [(label_of(code), why) for code, why in queries.outdated()] if office else [],
        "earlier": {one.release.period: queries.history(one.release.period)[:-1] for one in newest} if office else {},
        "readings": list(BankReading.objects.select_related("bank")) if office else [],
        "reading": form_of(request, ReadingForm, choices=_banks_known()) if office else None,
        "ended": ended,
        "quarters": ended_quarters(ended),
        "due": due_on(str(ended), held.due_days),
        "lacking": lacking,
        "releases": newest,
        "least": held.fewest_banks,
    }
    return shown(request, "finance/returns.html", context, refusal)


@page_act(_index)
def open_return(request: KpiRequest) -> HttpResponse:
    row = services.open_return(actor=request.actor, period=request.POST.get("period", ""), at=timezone.now())
    return redirect("finance_policy:return", return_id=row.pk)


@require_safe
def one(request: KpiRequest, return_id: int) -> HttpResponse:
    return _page(request, return_id)


def _initial(row: BankReturn) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in queries.NAMES}
    words = {
        name: "" if value is None else value if isinstance(value, int) else plain(value)
        for name, value in values.items()
    }
    return {"version": row.version, "note": row.note, **words}


def _page(request: KpiRequest, return_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    row = access.visible_return(actor, return_id)
    writes = access.fills(actor, row.bank_id) and row.state in WRITABLE
    # Stale: what is stored is shown beside what was typed, and the next press is on top of it.
    form = on_top(form_of(request, ReturnForm, initial=_initial(row)), row.version)
    office = access.is_office(actor)
    figures = queries.figures_of(row)
    period = PeriodCode.parse(row.period)
    context = {
        "row": row,
        "period": period,
        "status": STATUS[row.state],
        "figures": [(words, getattr(row, name), unit, name) for name, words, unit in FIGURES],
        "pairs": [
            (words, unit, form[name], form[f"{name}_before"])
            for name, words, unit in FIGURES
            if not name.endswith("_before")
        ],
        "read": [
            (words, unit, getattr(row, name), getattr(row, f"{name}_before"))
            for name, words, unit in FIGURES
            if not name.endswith("_before")
        ],
        "conditions": conditions(figures),
        "differing": queries.differing_bases(row),
        "events": list(row.events.all()),
        "writes": writes,
        "decides": office and row.state in (ReturnState.FILED, ReturnState.ACCEPTED),
        "form": form,
        "decision": form_of(request, DecideReturnForm, initial={"version": row.version}),
        "due": due_on(row.period, settings_of(row.period).due_days),
        "stored": _initial(row) if refusal and refusal.code == "stale" else None,
    }
    return shown(request, "finance/return.html", context, refusal)


@page_act(_page)
def save(request: KpiRequest, return_id: int) -> HttpResponse:
    """Save, and with the other button submit at once."""
    access.visible_return(request.actor, return_id)
    given, at = sent(request, ReturnForm), timezone.now()
    row = services.save_return(
        actor=request.actor,
        return_id=return_id,
        version=given["version"],
        figures={name: given[name] for name in queries.NAMES},
        note=given["note"],
        at=at,
    )
    if "submit" in request.POST:
        services.submit_return(actor=request.actor, return_id=return_id, version=row.version, at=at)
    return redirect("finance_policy:return", return_id=return_id)


@page_act(_page)
def decide(request: KpiRequest, return_id: int) -> HttpResponse:
    access.visible_return(request.actor, return_id)
    access.require_office(request.actor, "季报的审核")
    given = sent(request, DecideReturnForm)
    services.decide_return(
        actor=request.actor,
        return_id=return_id,
        version=given["version"],
        accept=given["accept"] == "accept",
        opinion=given["opinion"],
        at=timezone.now(),
    )
    return redirect("finance_policy:return", return_id=return_id)


@page_act(_index)
def release(request: KpiRequest) -> HttpResponse:
    given = request.POST
    releasing.release(
        actor=request.actor, period=given.get("period", ""), reason=given.get("reason", ""), at=timezone.now()
    )
    return redirect("finance_policy:returns")


def _banks_known() -> list[tuple[int, str]]:
    return list(Bank.objects.order_by("code").values_list("pk", "name"))


@page_act(_index)
def open_reading(request: KpiRequest) -> HttpResponse:
    decision("finance-reading").may(request.actor, {})
    given = sent(request, ReadingForm, choices=_banks_known())
    made = propose(actor=request.actor, code="finance-reading", at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)


@page_act(_index)
def close_reading(request: KpiRequest, reading_id: int) -> HttpResponse:
    access.require_office(request.actor, "单家银行季报的查看决定")
    releasing.close_bank(
        actor=request.actor, reading_id=reading_id, version=whole(request, "version") or 0, at=timezone.now()
    )
    return redirect("finance_policy:returns")


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    rows = list(access.visible_returns(request.actor))
    return workbook_answer(returns_workbook(rows, viewer=request.actor.label, at=timezone.now()), "银行绿色信贷季报")


def _history_page(request: KpiRequest, refusal: Refused | None = None, number: int | None = None) -> HttpResponse:
    access.require_office(request.actor, "季报历史的导入")
    return shown(request, "finance/returns_import.html", {"number": number}, refusal)


@takes_files
@page_act(_history_page, opens=True)
def history(request: KpiRequest) -> HttpResponse:
    """Returns of quarters before go-live, by the office."""
    access.require_office(request.actor, "季报历史的导入")
    content, name = sent_workbook(request, MOST_BYTES)
    number = import_workbook(actor=request.actor, content=content, file_name=name, at=timezone.now())
    return _history_page(request, number=number)


@require_safe
def template(request: KpiRequest) -> HttpResponse:
    access.require_office(request.actor, "季报历史的导入")
    return workbook_answer(returns_template(at=timezone.now()), "银行季报历史导入模板")


def _banks_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    number = whole(request, "bank" if request.method == "POST" else "edit")
    editing = Bank.objects.select_related("organisation").filter(pk=number).first() if number else None
    initial: dict[str, Any] = {"version": 0, "active": True}
    if editing:
        linked = editing.organisation.name if editing.organisation else ""
        initial = {
            "version": editing.version,
            "code": editing.code,
            "name": editing.name,
            "organisation": linked,
            "active": editing.active,
            "from_period": editing.from_period,
        }
    context = {
        "rows": Bank.objects.select_related("organisation").order_by("-active", "code"),
        "editing": editing,
        "office": access.is_office(request.actor),
        "form": form_of(request, BankForm, initial=initial),
    }
    return shown(request, "finance/banks.html", context, refusal)


@page_act(_banks_page, opens=True)
def banks(request: KpiRequest) -> HttpResponse:
    access.require_office(request.actor, "银行名单")
    number, given = whole(request, "bank"), sent(request, BankForm)
    bank_services.save_bank(actor=request.actor, bank_id=number, at=timezone.now(), **given)
    return redirect("finance_policy:banks")
