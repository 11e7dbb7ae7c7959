"""What the mix has done to the district: updates that were lost, quota that was sold twice, audit that does not hold."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum

from evaluation.models import Mark
from farmland.models import Lot
from farmland.queries import pool as pools
from finance_policy.models import FundEntry
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.queries import verify
from postdoc.models import Application, BudgetYear
from tests.races.mixed.instruments import Change

# What changes beside the version, and why no hand that saw the version loses anything by it.
BESIDE_THE_VERSION: dict[str, tuple[set[str], str]] = {
    "farmland_lot": ({"accepted", "reserved", "used", "transferred"}, "balances, under the lock of the pool"),
    "evaluation_figure": ({"confirmed", "key", "order"}, "numbered anew with its draft, under the lock of the scheme"),
    "duties_duty": ({"requirement", "title"}, "follows its task, under the lock of the indicator"),
    "duties_progressreport": (
        {"decided_at", "decided_by", "observation"},
        "accepted, under the lock of its line; nobody writes in an accepted line",
    ),
    "evaluation_feedback": (
        {"state", "signed_at", "signed_by"},
        "signed once, and follows the reviews asked of it; neither is typed over anything",
    ),
    "accounts_activation": (
        {"first_half", "second_half"},
        "put there by the walk of doors itself, which is not shown what it has to type",
    ),
    "disclosure_packageitem": (
        {"link", "linked_at", "linked_by", "published_on"},
        "the version is that of the record it was exported from",
    ),
}


def lost_updates(changes: Iterable[Change]) -> list[str]:
    """Who writes over what somebody else has written writes the version that stands there already."""
    found = []
    for one in changes:
        beside, _ = BESIDE_THE_VERSION.get(one.table, (set(), ""))
        if one.was is None or (one.becomes == one.was and set(one.changed) <= beside):
            continue
        if one.becomes != one.was + 1:
            found.append(f"{one.act}: {one.table} {one.pk} from version {one.was} to {one.becomes}: {one.changed}")
    return found


def uncounted(changes: Iterable[Change], finished: set[str]) -> list[str]:
    """Rows whose last version is not their first and the number of acts done on them."""
    first: dict[tuple[str, str], int] = {}
    acts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in changes:
        key = (one.table, one.pk)
        first.setdefault(key, one.becomes if one.was is None else one.was)
        if one.becomes != one.was:
            acts[key] += [one.act] if one.was is not None else []
    found = [
        f"{key}: by {set(by) - finished}, which nobody was told of" for key, by in acts.items() if set(by) - finished
    ]
    stored = _versions({table for table, _ in first})
    for key, began in first.items():
        if key in stored and stored[key] != began + len(acts[key]):
            found.append(f"{key}: {began} and {len(acts[key])} acts, and stands at {stored[key]}")
    return found


def _versions(tables: set[str]) -> dict[tuple[str, str], int]:
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            key = connection.introspection.get_primary_key_column(cursor, table)
            cursor.execute(f'SELECT "{key}"::text, version FROM "{table}"')
            found |= {(table, pk): version for pk, version in cursor.fetchall()}
    return found


def audit_problems(entries: Counter[str]) -> list[str]:
    """Every entry of every act that was told so is there, and none of an act that was refused; and the chains hold."""
    stored = Counter(AuditEntry.objects.exclude(request_id="").values_list("request_id", flat=True))
    told = Counter({key: count for key, count in entries.items() if key and count})
    found = [
        f"{key}: {told[key]} entries told, {stored[key]} stored" for key in {*told, *stored} if told[key] != stored[key]
    ]
    return found + [fault.sentence for fault in verify().faults]


def mark_problems() -> list[str]:
    """The audit tells every version of every mark, each once, the last of them stored."""
    told: dict[tuple[str, str], list[int]] = defaultdict(list)
    acts = ("evaluation.marks.saved", "evaluation.not-applicable.decided")
    for action, subject, data in (
        AuditEntry.objects.filter(action__in=acts).exclude(request_id="").values_list("action", "subject", "data")
    ):
        read = json.loads(data)
        for row in read["rows"] if action == acts[0] else [read]:
            told[subject, row["organisation"]].append(row["version"])
    stored = {
        (f"mark-sheet:{sheet}", code): version
        for sheet, code, version in Mark.objects.values_list("sheet_id", "organisation__code", "version")
    }
    return [
        f"{key}: told {versions}, stored {stored[key]}"
        for key, versions in told.items()
        if sorted(versions) != list(range(stored[key] - len(versions) + 1, stored[key] + 1))
    ]


def oversold() -> list[str]:
    """The pool of 21号, replayed from zero; and what else is given out of a sum."""
    done, differences = pools.replayed()
    found: list[Any] = [*done.problems, *differences]
    found += [f"{lot.name}: {lot.buckets}" for lot in Lot.objects.all() if not lot.buckets.sound]
    running = Decimal(0)
    for row in FundEntry.objects.order_by("number"):
        running += row.amount
        if row.balance != running or running < 0:
            found.append(f"fund entry {row.number}: {row.balance} where {running} is")
    for year in BudgetYear.objects.all():
        used = Application.objects.filter(budget_year=year.year).aggregate(sum=Sum("amount"))["sum"] or 0
        if not used == year.used <= year.total:
            found.append(f"budget {year.year}: {used} approved, {year.used} noted of {year.total}")
    return [str(one) for one in found]
