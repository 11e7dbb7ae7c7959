"""贴息: the list, the calculation that is proposed, one with its money, the loans it rests on, the months for 对账."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from finance_policy import access
from finance_policy.forms import LineForm, LoanForm, RecoverForm, ReleaseForm, RepayForm, StrikeForm, VoucherForm
from finance_policy.models import Loan, Subsidy
from finance_policy.queries import subsidies as queries
from finance_policy.queries.granting import halted, library_choices
from finance_policy.services import subsidies as services
from miyun_kpi.acts.reconciling import month_in, shown_months
from miyun_kpi.db.finding import one_of
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.proposals.waiting import waiting_months
from miyun_kpi.registers.registry import kind_of, record_address
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import asked, form_of, page_act, sent, shown
from miyun_kpi.web.forms import checked
from miyun_kpi.web.forms.days import with_late


def _proposed(request: KpiRequest, code: str, **given: Any) -> HttpResponse:
    """Right first, then what was typed (a form), then the act as a proposal."""
    made = propose(actor=request.actor, code=code, at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    chosen = queries.found(state)
    due, paid = queries.sums(chosen)
    context = {
        "page": page_asked(request.GET, chosen, 50),
        "states": [(code, words, queries.found(code).count()) for code, words in queries.STATES],
        "state": state,
        "due": due,
        "paid": paid,
        "keeps": access.keeps_subsidies(request.actor),
    }
    return shown(request, "finance/subsidies.html", context)


def _new_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    """Asked by GET: what would be released, or the one thing that stands in the way. The press proposes exactly that."""
    access.require_subsidies(request.actor, "贴息的核定")
    choices, today = library_choices(), timezone.localdate()
    typed = request.POST if request.method == "POST" else request.GET
    form = ReleaseForm(typed if typed.get("from_on") else None, choices=choices, initial=request.GET.dict())
    found = None
    if form.is_bound:
        tried, lacking = asked(lambda: services.tried(actor=request.actor, today=today, **checked(form)))
        found, refusal = tried, refusal or lacking
    return shown(request, "finance/subsidy_new.html", {"form": form, "found": found}, refusal)


@page_act(_new_page, opens=True)
def new(request: KpiRequest) -> HttpResponse:
    decision("finance-subsidy").may(request.actor, {})
    return _proposed(request, "finance-subsidy", **sent(request, ReleaseForm, choices=library_choices()))


@require_safe
def one(request: KpiRequest, subsidy_id: int) -> HttpResponse:
    return _page(request, subsidy_id)


def _page(request: KpiRequest, subsidy_id: int, refusal: Refused | None = None) -> HttpResponse:
    row = one_of(Subsidy.objects.select_related("record", "rate").filter(pk=subsidy_id))
    keeps = access.keeps_subsidies(request.actor)
    initial = {"version": row.version}
    context = {
        "row": row,
        "record": record_address(kind_of(row.record)[0], row.record_id),
        "halted": halted(row.code),
        "lines": [(one, hasattr(one, "reversal")) for one in row.lines.select_related("reversal", "reverses")],
        "keeps": keeps,
        "pay": form_of(request, VoucherForm, "pay", initial=initial) if row.outstanding > 0 else None,
        "recover": form_of(request, RecoverForm, "recover", initial=initial) if row.back else None,
        "revoke": form_of(request, StrikeForm, "revoke", initial=initial),
        "thing": f"finance-subsidy:{row.pk}",
    }
    return shown(request, "finance/subsidy.html", context, refusal)


@page_act(_page)
def pay(request: KpiRequest, subsidy_id: int) -> HttpResponse:
    access.require_subsidies(request.actor, "贴息拨付的登记")
    given = with_late(sent(request, VoucherForm, "pay"))
    services.pay(actor=request.actor, subsidy_id=subsidy_id, at=timezone.now(), **given)
    return redirect("finance_policy:subsidy", subsidy_id=subsidy_id)


@page_act(_page)
def recover(request: KpiRequest, subsidy_id: int) -> HttpResponse:
    access.require_subsidies(request.actor, "贴息追回到账的登记")
    given = with_late(sent(request, RecoverForm, "recover"))
    services.recover(actor=request.actor, subsidy_id=subsidy_id, at=timezone.now(), **given)
    return redirect("finance_policy:subsidy", subsidy_id=subsidy_id)


@page_act(_page)
def reverse_line(request: KpiRequest, subsidy_id: int) -> HttpResponse:
    decision("finance-subsidy-reverse").may(request.actor, {})
    given = sent(request, LineForm, "reverse")
    return _proposed(request, "finance-subsidy-reverse", subsidy_id=subsidy_id, **given)


@page_act(_page)
def revoke(request: KpiRequest, subsidy_id: int) -> HttpResponse:
    decision("finance-subsidy-revoke").may(request.actor, {})
    given = sent(request, StrikeForm, "revoke")
    return _proposed(request, "finance-subsidy-revoke", subsidy_id=subsidy_id, **given)


def _months_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "months": shown_months(
            queries.months(), timezone.localdate(), waiting_months(request.actor, "finance-reconciliation")
        ),
        "keeps": access.keeps_subsidies(request.actor),
    }
    return shown(request, "finance/subsidy_months.html", context, refusal)


@page_act(_months_page, opens=True)
def months(request: KpiRequest) -> HttpResponse:
    decision("finance-reconciliation").may(request.actor, {})
    month = request.POST.get("month", "")[:7]
    digest = month_in(queries.months(), month, timezone.localdate()).digest
    return _proposed(request, "finance-reconciliation", month=month, digest=digest)


def _loans_page(request: KpiRequest, record_id: int, refusal: Refused | None = None) -> HttpResponse:
    record = access.visible_in_library(request.actor, record_id)
    keeps = access.keeps_subsidies(request.actor)
    rows = list(record.loans.order_by("struck_at", "drawn_on", "pk"))
    context = {
        "record": record,
        "address": record_address(kind_of(record)[0], record.pk),
        "halted": halted(record.values["code"]),
        "rows": [
            (
                row,
                form_of(request, RepayForm, f"repay-{row.pk}", initial={"version": row.version}),
                form_of(request, StrikeForm, f"strike-{row.pk}", initial={"version": row.version}),
            )
            for row in rows
        ],
        "subsidies": record.subsidies.order_by("-from_on"),
        "keeps": keeps,
        "form": form_of(request, LoanForm),
    }
    return shown(request, "finance/loans.html", context, refusal)


@page_act(_loans_page, opens=True)
def loans(request: KpiRequest, record_id: int) -> HttpResponse:
    access.visible_in_library(request.actor, record_id)
    decision("finance-loan").may(request.actor, {})
    return _proposed(request, "finance-loan", record_id=record_id, **sent(request, LoanForm))


def _loan_back(request: KpiRequest, loan_id: int, refusal: Refused | None = None) -> HttpResponse:
    return _loans_page(request, one_of(Loan.objects.filter(pk=loan_id)).record_id, refusal)


@page_act(_loan_back)
def repay_loan(request: KpiRequest, loan_id: int) -> HttpResponse:
    decision("finance-loan-repay").may(request.actor, {})
    return _proposed(request, "finance-loan-repay", loan_id=loan_id, **sent(request, RepayForm, f"repay-{loan_id}"))


@page_act(_loan_back)
def strike_loan(request: KpiRequest, loan_id: int) -> HttpResponse:
    decision("finance-loan-strike").may(request.actor, {})
    return _proposed(request, "finance-loan-strike", loan_id=loan_id, **sent(request, StrikeForm, f"strike-{loan_id}"))
