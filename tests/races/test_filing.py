"""A decision confirmed, and an unlocking asked for, twice at the same moment on real connections."""

from datetime import date, timedelta

import pytest
from django.db.models import UniqueConstraint
from django.utils import timezone

from evaluation.enums import DecisionKind, DecisionState, SheetState
from evaluation.filing.services import filing
from evaluation.filing.services.filing import decide_decision, record_decision
from evaluation.filing.services.unlocking import ask_unlock
from evaluation.models import MarkSheet, SheetDecision, UnlockRequest
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict
from tests.evaluation.conftest import actor_named
from tests.factories.rankings import actor_of, person
from tests.races.control import unlock, without
from tests.races.test_reviews import at_once, wait_after

pytestmark = pytest.mark.postgres


def an_unfiled_sheet():
    sheet = MarkSheet.objects.filter(period__code="2020Q2", scheme__track="township", indicator__number=4).get()
    MarkSheet.objects.filter(pk=sheet.pk).update(state=SheetState.OPEN, filed_at=None)
    return sheet


def test_two_persons_confirm_one_decision_and_it_takes_effect_once(live_demo):
    sheet, now = an_unfiled_sheet(), timezone.now()
    one, two, three = (actor_of(person(f"filing-{n}", "区政府办公室", "evaluation_office")) for n in range(3))
    decision = record_decision(
        actor=one,
        sheet_id=sheet.pk,
        kind=DecisionKind.EXTEND,
        reason="来函说明延期",
        signer="王主任",
        signed_on=date(2020, 7, 25),
        until=now + timedelta(days=2),
        at=now,
    )
    outcomes = at_once(
        [
            lambda who=who: decide_decision(actor=who, decision_id=decision.pk, confirm=True, note="", at=now)
            for who in (two, three)
        ]
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1, outcomes
    assert SheetDecision.objects.get().state == DecisionState.CONFIRMED
    assert AuditEntry.objects.filter(action="evaluation.sheet.reopened", subject=f"mark-sheet:{sheet.pk}").count() == 1


def test_two_records_of_one_sheet_leave_one(live_demo):
    sheet, now = an_unfiled_sheet(), timezone.now()
    people = [actor_of(person(f"filing-{n}", "区政府办公室", "evaluation_office")) for n in range(2)]
    outcomes = at_once(
        [
            lambda who=who: record_decision(
                actor=who,
                sheet_id=sheet.pk,
                kind=DecisionKind.LEAVE_OUT,
                reason="来函说明无法打分",
                signer="王主任",
                signed_on=date(2020, 7, 25),
                at=now,
            )
            for who in people
        ]
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1, outcomes
    assert SheetDecision.objects.count() == 1


def test_a_request_pressed_twice_is_one_request_and_one_notice(live_demo):
    sheet, now = an_unfiled_sheet(), timezone.now()
    maker = actor_named("shuiwu")
    outcomes = at_once(
        [lambda: ask_unlock(actor=maker, sheet_id=sheet.pk, reason="漏报两个镇", at=now) for _ in range(2)]
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1, outcomes
    assert UnlockRequest.objects.count() == 1
    offices = Notice.objects.filter(key__startswith="unlock-asked/")
    assert offices.values("organisation").distinct().count() == offices.count()


@pytest.mark.control("test_two_persons_confirm_one_decision_and_it_takes_effect_once")
def test_without_the_lock_two_persons_decide_one_decision(live_demo, monkeypatch):
    """One confirms and one gives back: the sheet is open for the evaluator under a decision that was given back."""
    sheet, now = an_unfiled_sheet(), timezone.now()
    one, two, three = (actor_of(person(f"filing-{n}", "区政府办公室", "evaluation_office")) for n in range(3))
    decision = record_decision(
        actor=one,
        sheet_id=sheet.pk,
        kind=DecisionKind.EXTEND,
        reason="来函说明延期",
        signer="王主任",
        signed_on=date(2020, 7, 25),
        until=now + timedelta(days=2),
        at=now,
    )
    unlock(monkeypatch, MarkSheet, SheetDecision)
    # Both have read that it waits.
    wait_after(monkeypatch, filing, "read_reason")
    given = {"decision_id": decision.pk, "at": now}
    outcomes = at_once(
        [
            lambda: filing.decide_decision(actor=two, confirm=True, note="", **given),
            lambda: filing.decide_decision(actor=three, confirm=False, note="材料不全", **given),
        ]
    )
    assert all(isinstance(one, SheetDecision) for one in outcomes), outcomes
    told = AuditEntry.objects.filter(subject=f"mark-sheet:{sheet.pk}", action__startswith="evaluation.filing.")
    assert {"evaluation.filing.confirmed", "evaluation.filing.returned"} <= set(told.values_list("action", flat=True))


@pytest.mark.control("test_two_records_of_one_sheet_leave_one")
def test_without_the_constraint_two_decisions_wait(live_demo):
    sheet, now = an_unfiled_sheet(), timezone.now()
    people = [actor_of(person(f"filing-{n}", "区政府办公室", "evaluation_office")) for n in range(2)]
    with without(SheetDecision, *waiting(SheetDecision)):
        at_once(
            [
                lambda who=who: record_decision(
                    actor=who,
                    sheet_id=sheet.pk,
                    kind=DecisionKind.LEAVE_OUT,
                    reason="来函说明无法打分",
                    signer="王主任",
                    signed_on=date(2020, 7, 25),
                    at=now,
                )
                for who in people
            ]
        )
        assert SheetDecision.objects.count() == 2


@pytest.mark.control("test_a_request_pressed_twice_is_one_request_and_one_notice")
def test_without_the_constraint_two_requests_wait(live_demo):
    sheet, now = an_unfiled_sheet(), timezone.now()
    maker = actor_named("shuiwu")
    with without(UnlockRequest, *waiting(UnlockRequest)):
        at_once([lambda: ask_unlock(actor=maker, sheet_id=sheet.pk, reason="漏报两个镇", at=now) for _ in range(2)])
        assert UnlockRequest.objects.count() == 2


def waiting(model):
    """Its constraints that let one wait at a time."""
    return [one.name for one in model._meta.constraints if isinstance(one, UniqueConstraint) and one.condition]
