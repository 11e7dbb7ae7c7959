"""The same POST under the same Idempotency-Key twice at the same moment, on real connections; and the control arm."""

import threading
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections

from evaluation.enums import SheetState
from evaluation.models import Mark, MarkSheet
from evaluation.sheets.api import mark_sheets
from miyun_kpi.api import idempotency
from miyun_kpi.api.models import IdempotencyKey
from miyun_kpi.audit.models import AuditEntry
from tests.evaluation.sheets.test_api_marks import Api
from tests.races.test_reviews import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]
BODY = {"version": 1, "reason": "与检查记录一致"}


def complete_sheets():
    """Every sheet of the open quarter, with all its marks: ready to be filed."""
    sheets = list(
        MarkSheet.objects.filter(period__code="2020Q3", state=SheetState.OPEN)
        .select_related("evaluator")
        .order_by("pk")
    )
    Mark.objects.filter(sheet__in=sheets).update(value=Decimal("88.5"), problems="台账更新偏晚")
    return sheets


def client_of(sheet):
    return Api(f"client-{sheet.pk}", sheet.evaluator.name, "evaluator")


def sent(client, sheet, body=BODY):
    return client.send("POST", f"mark-sheets/{sheet.pk}/file/", body, **{"idempotency-key": f"file-{sheet.pk}"})


def press(client, sheet, body=BODY):
    answer = sent(client, sheet, body)
    return answer.status_code, answer.json(), answer.headers.get("Retry-After")


def filings():
    return AuditEntry.objects.filter(action="evaluation.sheet.filed").count()


def in_thread(act):
    outcome = []

    def run():
        try:
            outcome.append(act())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def until(condition, otherwise):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


def somebody_waits_for_a_key():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            " AND query LIKE 'INSERT INTO \"api_idempotencykey\"%'"
        )
        return cursor.fetchone()[0] == 1


@pytest.fixture
def held(monkeypatch):
    """The first to file stops inside its transaction until it is let go."""
    inside, go = threading.Event(), threading.Event()
    real = mark_sheets.file_sheet
    calls = []

    def file_and_wait(**facts):
        calls.append(facts)
        filed = real(**facts)
        if len(calls) == 1:
            inside.set()
            assert go.wait(60)
        return filed

    monkeypatch.setattr(mark_sheets, "file_sheet", file_and_wait)
    yield inside, go, calls
    go.set()


def test_every_pair_pressed_at_once_is_filed_once_and_answered_alike(live_demo):
    sheets = complete_sheets()
    clients = [client_of(sheet) for sheet in sheets]
    before = filings()
    assert len(sheets) >= 56
    for sheet, client in zip(sheets, clients, strict=True):
        together = threading.Barrier(2)

        def pressed(sheet=sheet, client=client, together=together):
            together.wait(30)
            return press(client, sheet)

        first, second = at_once([pressed, pressed])
        assert first[0] == 200 and first == second, (sheet, first, second)
    assert filings() - before == len(sheets) == IdempotencyKey.objects.count()


@pytest.mark.control(
    "test_every_pair_pressed_at_once_is_filed_once_and_answered_alike",
    "test_the_second_waits_for_the_first_and_gives_its_answer_without_acting",
    "test_when_the_first_comes_to_nothing_the_waiting_second_acts_itself",
)
def test_without_the_key_taken_first_an_act_that_succeeded_is_answered_as_refused(live_demo, monkeypatch):
    """The control arm: both look for the key before either has kept its answer, as it was before the claim."""
    sheet = complete_sheets()[0]
    client = client_of(sheet)
    both_have_looked = threading.Barrier(2)

    def look_only(**facts):
        both_have_looked.wait(30)
        return IdempotencyKey(**facts, status=idempotency.UNANSWERED)

    monkeypatch.setattr(idempotency, "_claim", look_only)
    answers = at_once([lambda: press(client, sheet)] * 2)
    assert sorted(status for status, _, _ in answers) == [200, 409]
    assert {said.get("code") for _, said, _ in answers} == {None, "sheet-filed"}


def test_the_second_waits_for_the_first_and_gives_its_answer_without_acting(live_demo, held):
    inside, go, calls = held
    sheet = complete_sheets()[0]
    client = client_of(sheet)
    first, said = in_thread(lambda: press(client, sheet))
    assert inside.wait(30)
    second, repeated = in_thread(lambda: press(client, sheet))
    until(somebody_waits_for_a_key, "the second does not wait")
    go.set()
    first.join(30), second.join(30)
    assert said == repeated and said[0][0] == 200 and len(calls) == 1


@pytest.mark.no_control("how long the database is waited for: a limit and its words, no guard that could be lost")
def test_whoever_waits_too_long_is_told_to_come_again_and_then_gets_the_answer(live_demo, held, monkeypatch):
    inside, go, calls = held
    monkeypatch.setattr(idempotency, "LONGEST_WAIT", timedelta(milliseconds=200))
    sheet = complete_sheets()[0]
    client = client_of(sheet)
    first, said = in_thread(lambda: press(client, sheet))
    assert inside.wait(30)
    status, refusal, again = press(client, sheet)
    assert (status, refusal["code"], again) == (409, "busy", "2")
    go.set()
    first.join(30)
    assert press(client, sheet) == said[0] and said[0][0] == 200 and len(calls) == 1


def test_when_the_first_comes_to_nothing_the_waiting_second_acts_itself(live_demo, held, monkeypatch):
    """The first's key goes with its transaction; what waited for it is then the first."""
    inside, go, calls = held
    sheet = complete_sheets()[0]
    client = client_of(sheet)

    shown = mark_sheets._standing

    def cut_off_the_first(filed):
        if len(calls) == 1:
            raise RuntimeError("cut off")
        return shown(filed)

    # Django's client hears of every request's error in the process: the waiting one would raise the first one's.
    client.client.raise_request_exception = False
    monkeypatch.setattr(mark_sheets, "_standing", cut_off_the_first)
    first, broken = in_thread(lambda: sent(client, sheet).status_code)
    assert inside.wait(30)
    second, said = in_thread(lambda: press(client, sheet))
    until(somebody_waits_for_a_key, "the second does not wait")
    go.set()
    first.join(30), second.join(30)
    assert broken == [500] and said[0][0] == 200 and len(calls) == 2


@pytest.mark.no_control("how long the database is waited for afterwards: a setting read back, nobody races")
def test_the_limit_ends_with_the_claim(live_demo, monkeypatch):
    sheet = complete_sheets()[0]
    client = client_of(sheet)
    seen = []
    real = mark_sheets.file_sheet

    def look(**facts):
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            seen.append(cursor.fetchone()[0])
        return real(**facts)

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        usual = cursor.fetchone()[0]
    monkeypatch.setattr(mark_sheets, "file_sheet", look)
    assert press(client, sheet)[0] == 200
    assert seen == [usual]
