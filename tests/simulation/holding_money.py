"""27号 and 19号: sums equal their lines, what was paid for is due, nothing beyond the budget."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from finance_policy.models import FundEntry
from postdoc.enums import LIVE, Clawback, Entry, Grant, Phase
from postdoc.models import Application, BudgetYear, ClaimedMonth, LedgerLine, Stay
from postdoc.services.settling import beyond
from tests.simulation.holding import Seen, holds

ZERO = Decimal(0)


def standing_lines() -> dict[int, dict[str, Decimal]]:
    """Application → sums by kind of its lines that nothing has reversed."""
    gone = set(LedgerLine.objects.filter(reverses__isnull=False).values_list("reverses_id", flat=True))
    found: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for pk, application, kind, amount in LedgerLine.objects.values_list("pk", "application_id", "kind", "amount"):
        if kind != Entry.REVERSED and pk not in gone:
            found[application][kind] += amount
    return found


@holds(
    "the sums of an application are those of its lines, in the order 核定 ≥ 拨付 ≥ 付出、追回 ≥ 到账",
    "27号第二十四条（三）",
)
def sums_of_grants_are_those_of_their_lines(seen: Seen) -> Iterator[str]:
    lines = standing_lines()
    for row in Application.objects.order_by("pk"):
        own = lines.get(row.pk, defaultdict(Decimal))
        received = own[Entry.PAID] - own[Entry.FAILED]
        passed = own[Entry.TAX] + own[Entry.HANDED]
        stored = (row.received, row.passed, row.clawback, row.recovered)
        told = (received, passed, own[Entry.CLAWBACK], own[Entry.RECOVERED])
        if stored != told:
            yield f"application {row.number}: {stored} stored, {told} by its lines"
        if not (0 <= passed <= received <= row.amount and 0 <= told[3] <= told[2] <= received):
            yield f"application {row.number}: of {row.amount}: {received} paid, {passed} handed on, {told[2:]} back"


@holds(
    "approved out of a year is within its budget, and what came back in the year may be approved anew", "27号第二十二条"
)
def budgets_hold_what_was_approved(seen: Seen) -> Iterator[str]:
    back: dict[int, Decimal] = defaultdict(Decimal)
    recovered = LedgerLine.objects.filter(kind=Entry.RECOVERED, reversal__isnull=True).select_related("application")
    for line in recovered:
        if line.on.year == line.application.budget_year:
            back[line.on.year] += line.amount
    for year in BudgetYear.objects.order_by("year"):
        approved = sum(Application.objects.filter(budget_year=year.year).values_list("amount", flat=True), ZERO)
        if year.used != approved - back[year.year] or year.used > year.total:
            yield f"{year.year}: {approved} approved, {back[year.year]} back, {year.used} noted, {year.total} in all"


@holds("a month of a person is claimed once and the application asks for what its months give", "27号第二十条")
def months_make_the_amount(seen: Seen) -> Iterator[str]:
    places: dict[tuple[int, int], int] = defaultdict(int)
    months: dict[int, Decimal] = defaultdict(Decimal)
    for application, person, slot, amount in ClaimedMonth.objects.values_list(
        "application_id", "person_id", "slot", "amount"
    ):
        months[application] += amount
        places[person, slot] += 1
    yield from (f"person {person}: place {slot} is claimed {n} times" for (person, slot), n in places.items() if n > 1)
    for row in Application.objects.filter(grant=Grant.LIVING, phase__in=LIVE).exclude(phase=Phase.DRAFT):
        left = LedgerLine.objects.filter(application=row, ground=Clawback.LEFT, reversal__isnull=True)
        back = sum(left.values_list("amount", flat=True), ZERO)
        whole = row.recovered >= row.received > 0
        # Of months that were let go what is not asked back for the 离站 was asked back before on another ground.
        lacking = row.amount - back - months[row.pk]
        if not whole and not (lacking == 0 or 0 < lacking <= row.clawback - back):
            yield f"application {row.number}: {row.amount}, {back} asked back, and its months give {months[row.pk]}"


@holds("no month of a person is paid twice, unless what was paid first came back or is asked back", "27号第二十条")
def no_month_is_paid_twice(seen: Seen) -> Iterator[str]:
    """By what each was asked for and paid, whatever is noted as held."""
    paid: dict[tuple[int, str], list[int]] = defaultdict(list)
    found = Application.objects.filter(grant=Grant.LIVING, phase=Phase.APPROVED, received__gt=0).select_related("stay")
    for row in found.order_by("pk"):
        if row.stay is not None and row.recovered < row.received:
            for month in (one[0] for one in row.asked if one[0] not in row.gone):
                paid[row.stay.person_id, month].append(row.number)
    yield from (f"person {who}: {month} is paid by {rows}" for (who, month), rows in paid.items() if len(rows) > 1)


@holds("a unit pays the person out of what it holds, and nothing that is asked back", "27号第二十六、二十七条")
def a_unit_pays_out_what_it_holds(seen: Seen) -> Iterator[str]:
    """Line by line: received, less passed on, less what is asked back, never below the line that is written."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    signs = {Entry.PAID: 1, Entry.FAILED: -1, Entry.TAX: -1, Entry.HANDED: -1, Entry.CLAWBACK: -1}
    for line in LedgerLine.objects.select_related("reverses", "application").order_by("pk"):
        kind = line.reverses.kind if line.reverses else line.kind
        sign = signs.get(Entry(kind), 0) * (-1 if line.reverses else 1)
        sums[line.application_id] += sign * line.amount
        if line.kind in (Entry.TAX, Entry.HANDED) and sums[line.application_id] < 0:
            left = sums[line.application_id] + line.amount
            yield f"{line.application}: {line.get_kind_display()} {line.amount} out of {left}"


@holds(
    "what was paid for months after 离站 is asked back, at the latest when the 离站 is registered",
    "27号第十六、二十条",
    whole=True,
)
def nobody_keeps_money_of_months_after_leaving(seen: Seen) -> Iterator[str]:
    for stay in Stay.objects.filter(left_on__isnull=False).select_related("person").order_by("pk"):
        for one in beyond(stay, seen.today):
            yield f"stay {stay.number} left {stay.left_on}: application {one.row.number} still holds {one.words}"


@holds("the fund for 风险补偿 never stands below zero, and each entry says what is left", "19号三（二）4")
def the_fund_replays(seen: Seen) -> Iterator[str]:
    running = ZERO
    for row in FundEntry.objects.order_by("number"):
        running += row.amount
        if row.balance != running or running < 0:
            yield f"fund entry {row.number}: {row.balance} where {running} is"
