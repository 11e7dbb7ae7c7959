"""演练站: what of a real site goes into a site of its own, to try the year out without touching it.

Taken along: the gazette, organisations with their names by date, schemes with what has been settled about them, the duties of the
gazette, accounts with their posts. Left behind: marks, reports, files, credentials, registers with whom they name, the audit.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from evaluation.enums import ActState, BatchState
from evaluation.scheme.models.drafting import Amendment, AmendmentChange, SchemeIssue
from evaluation.scheme.models.scheme import (
    Dimension,
    DimensionTotal,
    Figure,
    FigureBatch,
    FigureChange,
    Indicator,
    PrintedEvaluator,
    Scheme,
    SubIndicator,
)
from evaluation.sheets.models.marks import Rulebook, RulebookLine
from miyun_kpi.accounts.models import Portfolio, Post, User
from miyun_kpi.accounts.services import random_password
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.services import record
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPhrase, DutyUnit
from miyun_kpi.gazette.models import Clause, Document, DoubtfulPassage, LoadedRow
from miyun_kpi.gazette.services import load_gazette
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.operations.identity import require_own_site
from miyun_kpi.organisations.models import Affiliation, Alias, Group, GroupMember, Organisation, OrganisationName

# Of a person: who it is. No password, no moment of signing in, no state of either.
OF_A_PERSON = ("username", "display_name", "is_active", "is_client", "created_at")


def _taken(on: date) -> Iterable[QuerySet[Any]]:
    """What goes along, those named before those that name them."""
    whole: tuple[type[Model], ...] = (Document, Clause, DoubtfulPassage, LoadedRow)
    places: tuple[type[Model], ...] = (Organisation, OrganisationName, Alias, Affiliation, Group, GroupMember)
    scheme: tuple[type[Model], ...] = (
        Scheme,
        Dimension,
        DimensionTotal,
        Indicator,
        SubIndicator,
        PrintedEvaluator,
        Figure,
    )
    for model in (*whole, *places):
        yield model._default_manager.order_by("pk")
    people = User.objects.filter(is_active=True, is_client=False)
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    yield people.order_by("pk")
    yield Post.objects.filter(lasting, user__in=people).order_by("pk")
    yield Portfolio.objects.filter(lasting, leader__in=people).order_by("pk")
    for model in scheme:
        yield model._default_manager.order_by("pk")
    yield SchemeIssue.objects.filter(state=ActState.CONFIRMED).order_by("pk")
    yield Amendment.objects.filter(state=ActState.CONFIRMED).order_by("pk")
    yield AmendmentChange.objects.filter(amendment__state=ActState.CONFIRMED).order_by("pk")
    yield FigureBatch.objects.filter(state=BatchState.CHECKED).order_by("pk")
    yield FigureChange.objects.filter(batch__state=BatchState.CHECKED).order_by("pk")
    yield Rulebook.objects.order_by("pk")
    yield RulebookLine.objects.order_by("pk")
    # Lines of a task list and months of 月跟踪 are work of the year, not duties that the gazette prints.
    duties = Duty.objects.filter(scope="", task__isnull=True)
    yield DutyDocument.objects.order_by("pk")
    yield duties.order_by("pk")
    yield DutyPhrase.objects.filter(duty__in=duties).order_by("pk")
    yield DutyUnit.objects.filter(duty__in=duties).order_by("pk")


def taken_along(*, on: date) -> tuple[str, dict[str, int], dict[str, Any]]:
    """The rows as JSON, how many of what, and what says of which site they are; all of one moment, nothing is written."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        rows: list[dict[str, Any]] = []
        for found in _taken(on):
            fields = OF_A_PERSON if found.model is User else None
            rows += serializers.serialize("python", found, fields=fields)
        last = AuditEntry.objects.order_by("-seq").values_list("seq", "hash").first() or (0, "")
    said = json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False)
    counts = {
        "organisations": _count(rows, Organisation),
        "schemes": _count(rows, Scheme),
        "accounts": _count(rows, User),
    }
    return said, counts, {"last_entry": last[0], "hash": last[1]}


def _count(rows: Iterable[dict[str, Any]], model: type[Model]) -> int:
    return sum(row["model"] == model._meta.label_lower for row in rows)


def begin_rehearsal(*, rows: str, source: dict[str, Any], at: datetime) -> list[tuple[User, str]]:
    """Into the empty database of a rehearsal, all or nothing; returns the accounts with their one-time passwords."""
    with transaction.atomic():
        require_own_site(at=at)
        made: dict[type[Model], list[Any]] = defaultdict(list)
        for one in serializers.deserialize("python", json.loads(rows)):
            made[type(one.object)].append(one.object)
        # The clock of this site opens for itself what can still be reported.
        for held in made[DutyDocument]:
            held.opened_through = None
        passwords = {user.pk: random_password() for user in made[User]}
        for user in made[User]:
            user.password, user.must_change_password = make_password(passwords[user.pk]), True
        for model, objects in made.items():
            model._default_manager.bulk_create(objects, batch_size=500)
        record(actor=SYSTEM, action="operations.rehearsal.begun", subject="site:1", data=source, at=at)
        # What is printed and was not taken along: rates, appointments, what a new version of the product has added.
        load_gazette(at=at)
    return [(user, passwords[user.pk]) for user in made[User]]


def note_made(*, counts: dict[str, int], at: datetime) -> None:
    """The one trace on the real site."""
    record(actor=SYSTEM, action="operations.rehearsal.made", subject="site:1", data=counts, at=at)
