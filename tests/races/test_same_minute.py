"""The last minute of a quarter: every sheet filed and every unit's month reported at once over HTTP, each pressed twice.

Runs on both databases: PostgreSQL, and SQLite as the embedded installation has it.
"""

import json
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.enums import SheetState
from evaluation.models import Mark, MarkSheet
from miyun_kpi.accounts.enums import Role
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.queries import verify
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.models import Organisation
from tests.factories.rankings import person
from tests.factories.tokens import issue_token

pytestmark = pytest.mark.timeout(900)
MONTH, QUARTER, AT_ONCE = "2020-09", "2020Q3", 24


def filled_sheets() -> list[MarkSheet]:
    marks = list(Mark.objects.filter(sheet__period__code=QUARTER))
    for number, mark in enumerate(marks):
        mark.value, mark.version = mark.full_mark * (70 + number % 29) / 100, 1
        mark.problems, mark.suggestions = "进度偏慢", "倒排工期"
    Mark.objects.bulk_update(marks, ["value", "version", "problems", "suggestions"], batch_size=500)
    MarkSheet.objects.filter(period__code=QUARTER).update(state=SheetState.OPEN, filed_at=None)
    return list(MarkSheet.objects.filter(period__code=QUARTER).select_related("evaluator"))


def drafted_months() -> list[Organisation]:
    rows = list(DutyPeriod.objects.filter(unit__duty__scope="tracked", period=MONTH))
    ProgressReport.objects.filter(duty_period__in=rows).delete()
    now = timezone.now()
    ProgressReport.objects.bulk_create(
        ProgressReport(duty_period=row, course="on-course", progress="按计划推进", saved_at=now, saved_by="甲")
        for row in rows
    )
    DutyPeriod.objects.filter(pk__in=[row.pk for row in rows]).update(state=ReportState.DRAFT, reopened_until=None)
    units = {row.unit_id for row in rows}
    return list(Organisation.objects.filter(duty_units__in=units).distinct())


@pytest.mark.no_control(
    "all of the guards at once over HTTP: each has its control arm in test_idempotency, test_reports and test_certify"
)
def test_all_evaluators_and_all_units_in_the_same_minute(live_demo: None, live_server: Any) -> None:
    sheets, units = filled_sheets(), drafted_months()
    assert len(sheets) == 57 and len(units) == 70
    tokens = {}
    for evaluator in {sheet.evaluator for sheet in sheets}:
        _, tokens[evaluator.pk] = issue_token(
            actor=SYSTEM, client=evaluator.code, organisation=evaluator, role=Role.EVALUATOR, at=timezone.now()
        )
    sessions = {}
    for unit in units:
        client = Client()
        client.force_login(
            person(f"last-{unit.pk}", unit.name, Role.REPORTER),
            backend="miyun_kpi.accounts.authentication.PeopleBackend",
        )
        client.get("/duties/")
        sessions[unit.code] = client

    gate = threading.Barrier(AT_ONCE)

    def send(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        request = urllib.request.Request(live_server.url + path, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def file(sheet: MarkSheet) -> tuple[int, bytes]:
        body = json.dumps({"version": sheet.version, "reason": "集中报送，已核对"}).encode()
        headers = {"Authorization": f"Token {tokens[sheet.evaluator_id]}", "Content-Type": "application/json"}
        return send(f"/api/v1/mark-sheets/{sheet.pk}/file/", body, headers)

    def submit(unit: Organisation) -> tuple[int, bytes]:
        jar = sessions[unit.code].cookies
        cookie = "; ".join(f"{name}={jar[name].value}" for name in jar)
        token = jar["csrftoken"].value if "csrftoken" in jar else ""
        headers = {"Cookie": cookie, "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded"}
        path = f"/evaluation/tracking/{unit.code}/{MONTH}/submit/"
        return send(path, b"partly=1", headers | {"Referer": live_server.url + path})

    # Twice each, the two presses beside one another, filings and reports mixed.
    acts = [
        act for pair in zip([(file, s) for s in sheets], [(submit, u) for u in units], strict=False) for act in pair
    ]
    acts += [(submit, unit) for unit in units[len(sheets) :]]
    presses = [act for act in acts for _ in range(2)]

    def press(numbered: tuple[int, Any]) -> tuple[Any, int, bytes]:
        number, (act, thing) = numbered
        if number < AT_ONCE:
            gate.wait(60)
        return thing, *act(thing)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(press, enumerate(presses)))

    statuses = sorted({status for _, status, _ in answers})
    assert set(statuses) <= {200, 409}, [(t, s, b[:200]) for t, s, b in answers if s not in (200, 409)][:3]
    filed = MarkSheet.objects.filter(period__code=QUARTER)
    assert {sheet.state for sheet in filed} == {SheetState.FILED}
    assert len({sheet.receipt_number for sheet in filed} - {""}) == 57
    assert AuditEntry.objects.filter(action="evaluation.sheet.filed").count() == 57
    assert not DutyPeriod.objects.filter(unit__duty__scope="tracked", period=MONTH).exclude(state="filed").exists()
    # One report of another document was filed in the demonstration before.
    reported = AuditEntry.objects.filter(action="duties.reports.filed", data__contains=MONTH)
    assert reported.count() == 70
    assert verify().intact
