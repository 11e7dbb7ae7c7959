"""Two of one organ take the next number at the same moment: the second is asked to press again, and sees no failure."""

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from disclosure.models import Application, Package
from disclosure.services import applications, packages
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.registers.models import Record
from tests.evaluation.conftest import actor_named
from tests.races.test_marks import together
from tests.races.test_reviews import wait_after

pytestmark = pytest.mark.postgres


def received_twice(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    wait_after(monkeypatch, applications, "next_number")
    given = {"way": "post", "applicant_kind": "natural", "applicant": "某人", "contact": "", "content": "某项信息"}
    clerk, at = actor_named("minzheng"), timezone.now()
    return together(2, lambda _: applications.receive(actor=clerk, received_on=timezone.localdate(at), at=at, **given))


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted(type(one).__name__ for one in outcomes)


def test_of_two_applications_received_at_once_one_is_busy(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = received_twice(monkeypatch)
    assert kinds(outcomes) == ["Application", "Conflict"]
    assert next(one for one in outcomes if isinstance(one, Conflict)).code == "busy"


@pytest.mark.control("test_of_two_applications_received_at_once_one_is_busy")
def test_untold_the_second_application_is_a_failure(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applications, "unless_taken", lambda refusal: nullcontext())
    outcomes = received_twice(monkeypatch)
    assert kinds(outcomes) == ["Application", "IntegrityError"]
    assert isinstance(next(one for one in outcomes if not isinstance(one, Application)), IntegrityError)


def exported_twice(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two records, so that the locks on them keep nobody apart."""
    rows = list(Record.objects.filter(kind__in=["disclosure.welfare", "disclosure.relief"]).order_by("pk")[:2])
    Record.objects.filter(pk__in=[row.pk for row in rows]).update(stage="reviewed")
    # Both have read the number that would be the next.
    wait_after(monkeypatch, Package.objects, "aggregate")
    office, at = actor_named("zhengwu"), timezone.now()
    return together(2, lambda n: packages.export_package(actor=office, record_ids=[rows[n].pk], at=at))


def test_of_two_packages_at_once_one_is_busy(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = exported_twice(monkeypatch)
    assert kinds(outcomes) == ["Conflict", "Package"] and Package.objects.count() == 1
    assert next(one for one in outcomes if isinstance(one, Conflict)).code == "busy"


@pytest.mark.control("test_of_two_packages_at_once_one_is_busy")
def test_untold_the_second_package_is_a_failure(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "unless_taken", lambda refusal: nullcontext())
    assert kinds(exported_twice(monkeypatch)) == ["IntegrityError", "Package"]
