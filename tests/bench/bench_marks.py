"""Saving marks: a column through the service, a cell through the whole web stack, and how many queries the pages ask."""

from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from evaluation.models import Mark, MarkSheet
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post, User
from tests.bench.ground import Browser, grown, view_at

pytestmark = pytest.mark.django_db

# What a save writes of a cell, against the version that was seen; `order` and `full_mark` are there for the insert alone.
UPSERT = """
INSERT INTO evaluation_mark (id, sheet_id, organisation_id, "order", full_mark, value, not_applicable, reason, problems,
    suggestions, version, saved_at, saved_by, saved_by_id)
VALUES {rows}
ON CONFLICT (id) DO UPDATE SET value = excluded.value, not_applicable = excluded.not_applicable, reason = excluded.reason,
    problems = excluded.problems, suggestions = excluded.suggestions, version = excluded.version,
    saved_at = excluded.saved_at, saved_by = excluded.saved_by, saved_by_id = excluded.saved_by_id
WHERE evaluation_mark.version = excluded.version - 1
RETURNING id
"""
UPDATE = "UPDATE evaluation_mark SET value = %s, version = version + 1, saved_at = %s WHERE id = %s AND version = %s"
turns = count()


def sheet_of(size: int) -> MarkSheet:
    grown(size, "department", "2020Q3")
    return MarkSheet.objects.get(scheme__track="department", period__code="2020Q3", indicator__number=17)


def marker(sheet: MarkSheet) -> User:
    """Somebody in the one post of its evaluator."""
    at = timezone.now()
    user, _ = User.objects.get_or_create(username="bench", defaults={"created_at": at})
    day = timezone.localdate(at)
    Post.objects.get_or_create(user=user, organisation=sheet.evaluator, role="evaluator", defaults={"starts_on": day})
    return user


def stood(sheet: MarkSheet) -> list[tuple[Any, ...]]:
    columns = ["id", "sheet_id", "organisation_id", "order", "full_mark", "version"]
    return list(Mark.objects.filter(sheet=sheet).order_by("order").values_list(*columns, "organisation__code"))


def test_column_68(demo, measured):
    sheet = sheet_of(68)
    user = marker(sheet)
    actor = actor_in_post(user, Post.objects.select_related("organisation").get(user=user, role="evaluator"))
    assert len(stood(sheet)) == 68

    def column() -> None:
        value = str(60 + next(turns) % 40)
        save_marks(actor=actor, sheet_id=sheet.pk, rows=rows(value), at=timezone.now())

    def rows(value: str) -> list[RowInput]:
        return [RowInput(organisation=code, version=version, value=value) for code, version in versions.items()]

    def upsert() -> None:
        value, at = 60_000 + next(turns) % 40_000, timezone.now()
        values: list[Any] = []
        for pk, sheet_id, organisation, order, _, _, code in known:
            beside = (100_000, value, "", "", "", "", versions[code] + 1, at, actor.label, actor.user_id)
            values += [pk, sheet_id, organisation, order, *beside]
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert len(cursor.fetchall()) == 68

    known = stood(sheet)
    statement = UPSERT.format(rows=", ".join(["(" + ", ".join(["%s"] * 14) + ")"] * 68))
    versions = {row[-1]: row[-2] for row in known}

    def counted(act):
        def run() -> None:
            act()
            for code in versions:
                versions[code] += 1

        return run

    measured("column_68", counted(column), counted(upsert), 41)


def signed_in(user: User) -> Browser:
    client = Client()
    client.force_login(user, backend="miyun_kpi.accounts.authentication.PeopleBackend")
    token = "x" * 32
    name, key = settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value
    return Browser(cookie=f"{name}={key}; {settings.CSRF_COOKIE_NAME}={token}", x_csrftoken=token)


def test_cell_web(demo, measured):
    sheet = sheet_of(49)
    code, pk = next((row[-1], row[0]) for row in stood(sheet))
    version = Mark.objects.values_list("version", flat=True).get(pk=pk)
    browser, state = signed_in(marker(sheet)), {"version": version}
    address = reverse("evaluation:save-mark", args=[sheet.pk])

    def cell() -> None:
        value = 60 + next(turns) % 40
        body = f"organisation={code}&version={state['version']}&value={value}".encode()
        answer = browser(address, body=body, hx_request="true")
        state["version"] += 1
        assert f"{value}".encode() in answer

    def bare(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            values = [60_000 + int(request.POST["value"]), timezone.now(), pk, int(request.POST["version"])]
            cursor.execute(UPDATE, values)
            assert request.actor and cursor.rowcount == 1
        return HttpResponse("ok")

    def update() -> None:
        browser(
            "/bare-update/", body=f"version={state['version']}&value={next(turns) % 40}".encode(), hx_request="true"
        )
        state["version"] += 1

    with view_at("bare-update/", bare):
        measured("cell_web", cell, update, 41)
    with CaptureQueriesContext(connection) as asked:
        cell()
    measured.values("cell_queries", [len(asked)])


def test_matrix_queries(demo, measured):
    counts = []
    for size in (49, 500, 2000):
        sheet = sheet_of(size)
        browser = signed_in(marker(sheet))
        browser(reverse("evaluation:sheet", args=[sheet.pk]))
        with CaptureQueriesContext(connection) as asked:
            page = browser(reverse("evaluation:sheet", args=[sheet.pk]))
        assert page.decode().count('name="value"') >= size
        counts.append(len(asked))
    measured.values("matrix_queries", counts)
