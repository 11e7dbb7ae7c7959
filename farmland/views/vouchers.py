"""One line of money with everything it leads to, and the 对账 of each month."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from farmland import access
from farmland.models import Money, MoneyCheck
from farmland.queries import reconciling
from farmland.queries.payable import ordered
from farmland.views.frame import shown
from farmland.views.money import uses_of
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.acts.reconciling import month_in, shown_months
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.proposals.access import decides
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import propose
from miyun_kpi.proposals.waiting import waiting, waiting_months, word_of
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act

MONTHS, WAITING = 24, 24
REVERSAL = "farmland-reverse-money"
# What moves money once another hand has confirmed it.
MOVES = ("farmland-pay", "farmland-claim", REVERSAL)
CHECK = "farmland-reconciliation"


@require_safe
def line(request: KpiRequest, number: int) -> HttpResponse:
    """For everybody who sees the line in the list; what it leads to is linked to who sees that too."""
    actor = request.actor
    row = one_of(access.visible_money(actor).filter(number=number))
    near = None if access.reads_all(actor) else set(access.visible_applications(actor).values_list("pk", flat=True))
    asked = waiting(actor, [REVERSAL]) if access.keeps_money(actor) else ()
    context = {
        "row": row,
        "voucher": reconciling.voucher_of(row),
        "undone": Money.objects.filter(reverses=row.number).first(),
        "reversal": next((one for one in asked if one.given.get("number") == row.number), None),
        "near": near is None or row.application_id in near,
        "asked": _proposal_of(row),
        "warrants": uses_of(row, near),
        "check": _check(row) if access.keeps_money(actor) else None,
    }
    return shown(request, "farmland/money_line.html", context)


def _proposal_of(row: Money) -> Proposal | None:
    """Who asked for a 冲正: its row bears the second person, whoever confirmed it at that moment."""
    if row.reverses is None:
        return None
    found = Proposal.objects.filter(code=REVERSAL, thing=f"farmland-money:{row.reverses}")
    return found.filter(state=TwoPersonState.CONFIRMED, confirmed_at=row.at).first()


def _check(row: Money) -> MoneyCheck | None:
    """The first 对账 of its month that has seen it."""
    checks = MoneyCheck.objects.filter(month=str(PeriodCode.month_of(row.day))).order_by("number")
    return next((one for one in checks if row.pk in one.lines), None)


def months_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_money(request.actor)
    found, asked = reconciling.months(), request.GET.get("year", "")
    year = asked if asked in found.years else next(iter(found.years), "")
    elsewhere = [(one[:4], PeriodCode.parse(one).label) for one in found.to_look_at() if one[:4] != year]
    waited = first(waiting(request.actor, MOVES), WAITING)
    context = {
        "months": shown_months(found.of_year(year), timezone.localdate(), waiting_months(request.actor, CHECK)),
        "waited": waited,
        "waiting": [(row, word_of(row), decides(request.actor, row)) for row in waited],
        "ordered": ordered(),
        "years": [(one, f"{one}年") for one in found.years],
        "year": year,
        "elsewhere": first(elsewhere, MONTHS),
        "keeps": True,
    }
    return shown(request, "farmland/months.html", context, refusal)


@page_act(months_page, opens=True)
def months(request: KpiRequest) -> HttpResponse:
    access.require_money(request.actor)
    month = request.POST.get("month", "")[:7]
    digest = month_in(reconciling.months(), month, timezone.localdate()).digest
    made = propose(actor=request.actor, code=CHECK, month=month, digest=digest, at=timezone.now())
    return redirect("proposals:proposal", proposal_id=made.pk)
