"""Rewards in both readings, 收支 of 区财政局, and its 冲正."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from farmland import access
from farmland.forms import MoneyForm, ReverseForm
from farmland.models import Application, Money, Transfer, Warrant
from farmland.queries import money as sums
from farmland.queries import rewards as queries
from farmland.queries import tables
from farmland.queries.reconciling import voucher_of
from farmland.queries.rewards import UseLine
from farmland.queries.soe import soe_lines
from farmland.queries.town_rewards import by_town, listed, open_lines
from farmland.queries.transfers import line_of, newest
from farmland.services import money as services
from farmland.views.frame import shown
from miyun_kpi.db.finding import one_of
from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.lists import first, portion
from miyun_kpi.proposals.registry import decision
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent
from miyun_kpi.web.forms.days import with_late

PAGE, TRANSFERS = 100, 20
OPEN = "open"


@require_safe
def rewards(request: KpiRequest) -> HttpResponse:
    """A town sees its own; offices and leaders all."""
    actor = request.actor
    lots = access.visible_lots(actor).filter(struck_at__isnull=True)
    still_open = open_lines()
    towns = by_town(lots, still_open)
    codes = {one.code for one in towns}
    town = request.GET.get("town", "")
    asked = {town} & codes or codes
    transfers = first(newest(access.visible_transfers(actor)), TRANSFERS)
    context = {
        "towns": towns,
        "segments": [("", "全部"), *((one.code, one.name) for one in towns)],
        "town": town if town in codes else "",
        "transfers": transfers,
        "transferred": [line_of(row) for row in transfers],
        "soe": soe_lines(lots) if access.reads_all(actor) else [],
        "choices": tables.choices(timezone.localdate()),
        **_lines_of_page(request, [line for line in still_open if line.entry.lot.town.code in asked], asked),
    }
    return shown(request, "farmland/rewards.html", context)


def _lines_of_page(request: KpiRequest, waiting: Sequence[UseLine], codes: Collection[str]) -> dict[str, Any]:
    """Of a year or of all, those that are open or every one from the newest on: only the lines of the page are read.

    What is asked that is not there is not asked, and the form says so: a year without a use, a word that is no way to look.
    """
    found = listed().filter(lot__town__code__in=codes)
    open_years = {line.entry.done_on.year for line in waiting}
    years = sorted(open_years | {one.year for one in found.order_by().dates("done_on", "year")}, reverse=True)
    asked = request.GET.get("year", "")
    year = asked if asked in map(str, years) else ""
    if year:
        found = found.filter(done_on__year=int(year))
        waiting = [line for line in waiting if line.entry.done_on.year == int(year)]
    show = OPEN if request.GET.get("show") == OPEN else ""
    chosen = {
        "show": show,
        "ways": [("", "全部"), (OPEN, "未结清", len(waiting))],
        "years": [("", "全部"), *((one, f"{one}年") for one in years)],
        "year": year,
    }
    if show:
        page = page_asked(request.GET, waiting, PAGE)
        return chosen | {"page": page, "lines": _named(request, list(page))}
    rows = portion(found, request.GET, PAGE)
    return chosen | {"portion": rows, "lines": _named(request, queries.lines(of=list(rows)))}


def _named(request: KpiRequest, lines: Sequence[UseLine]) -> list[tuple[UseLine, bool]]:
    """Each with whether the viewer may know whose project it is."""
    own = {line.entry.application_id for line in lines if line.entry.application_id}
    near = set(access.visible_applications(request.actor).filter(pk__in=own).order_by().values_list("pk", flat=True))
    whole = access.reads_all(request.actor)
    return [(line, whole or line.entry.application_id in near) for line in lines]


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    return money_page(request)


def money_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    found = access.visible_money(request.actor)
    own = found.order_by("-number").prefetch_related("warrants__entry__lot", "warrants__entry__application")
    page = page_asked(request.GET, own, PAGE)
    near = None if access.reads_all(request.actor) else set(_own_projects(request))
    gone = found.filter(reverses__in=[row.number for row in page])
    kinds = [line for line in sums.by_kind(found) if line.number]
    context = {
        "kinds": kinds,
        "widest": max((line.amount for line in kinds), default=0),
        "bars": [(line, round(float(line.amount / max(one.amount for one in kinds)) * 100, 1)) for line in kinds],
        "fund": sums.fund() if access.reads_all(request.actor) else None,
        "page": page,
        "rows": [(row, voucher_of(row), _uses(row, near)) for row in page],
        "gone": set(gone.order_by().values_list("reverses", flat=True)),
        "form": form_of(request, MoneyForm, initial={"day": timezone.localdate()}),
    }
    return shown(request, "farmland/money.html", context, refusal)


def _own_projects(request: KpiRequest) -> Iterable[int]:
    return access.visible_applications(request.actor).values_list("pk", flat=True)


def uses_of(row: Money, near: set[int] | None) -> list[tuple[Warrant, str]]:
    """What was decided and carried out by a line, and for which lot and project; `near`: projects that may be named."""
    found = []
    for one in row.warrants.all():
        use = one.entry
        if use is None or use.application is None:
            found.append((one, ""))
            continue
        name = use.application.name if near is None or use.application_id in near else "其他镇的项目"
        found.append((one, f"{use.lot.name}　{name}"))
    return found


def _uses(row: Money, near: set[int] | None) -> list[str]:
    """For which lots and projects a reward was paid; a payment of before the vouchers may be for several."""
    parts = [(one, said) for one, said in uses_of(row, near) if said]
    return [said + (f"　{one.amount:,.2f} 元" if len(parts) > 1 else "") for one, said in parts]


@page_act(money_page)
def record(request: KpiRequest) -> HttpResponse:
    access.require_money(request.actor)
    given = with_late(sent(request, MoneyForm))
    number, transfer = given.pop("application"), given.pop("transfer")
    if number:
        given["application_id"] = Application.objects.filter(number=number).values_list("pk", flat=True).first()
    if transfer:
        given["transfer_id"] = Transfer.objects.filter(number=transfer).values_list("pk", flat=True).first()
    services.record_money(actor=request.actor, movement=services.Movement(**given), at=timezone.now())
    return redirect("farmland:money")


def reverse_page(request: KpiRequest, number: int, refusal: Refused | None = None) -> HttpResponse:
    access.require_money(request.actor)
    row = one_of(access.visible_money(request.actor).filter(number=number))
    kind, given = decision("farmland-reverse-money"), {"number": number, "reason": ""}
    turned = access.visible_money(request.actor).filter(reverses=number).first()
    context = {
        "row": row,
        "voucher": voucher_of(row),
        "turned": turned,
        "warned": [] if turned or row.reverses else kind.warns(given),
        "form": form_of(request, ReverseForm),
    }
    return shown(request, "farmland/reverse_money.html", context, refusal)


@page_act(reverse_page, opens=True)
def reverse(request: KpiRequest, number: int) -> HttpResponse:
    access.require_money(request.actor)
    given = sent(request, ReverseForm) | {"number": number}
    made = propose(actor=request.actor, code="farmland-reverse-money", at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)
