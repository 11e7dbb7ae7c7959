"""A file is added while the record is handed in: what was handed in is handed in with the files it had."""

import io
import threading
from typing import Any

import pytest
from django.utils import timezone

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.registers.enums import EVIDENCE
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services import evidence, records
from tests.evaluation.conftest import actor_named
from tests.factories.rankings import PAPER
from tests.races.control import somebody_waits, unlock, wait_for
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres


def both(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In which order they were done; the file has been found admissible before the record is handed in."""
    row = Record.objects.filter(kind="disclosure.welfare").order_by("pk")[0]
    Record.objects.filter(pk=row.pk).update(stage="draft")
    office, begun, order = actor_named("zhengwu"), threading.Event(), list[str]()
    given = {"actor": office, "app": "disclosure", "kind": "welfare", "record_id": row.pk}
    check = evidence.require_unlocked

    def check_and_wait(*arguments: Any) -> None:
        check(*arguments)
        begun.set()
        wait_for(lambda: bool(order) or somebody_waits())

    def add() -> None:
        evidence.add_file(file=io.BytesIO(PAPER), name="附件.pdf", at=timezone.now(), **given)
        order.append("file")

    def hand_in() -> None:
        begun.wait(10)
        records.take_step(step="submitted", version=row.version, at=timezone.now(), **given)
        order.append("step")

    monkeypatch.setattr(evidence, "require_unlocked", check_and_wait)
    assert at_once([add, hand_in]) == [None, None]
    assert Attachment.objects.filter(kind=EVIDENCE, subject_id=row.pk, name="附件.pdf").count() == 1
    return order


def test_a_record_is_handed_in_with_the_files_it_had(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert both(monkeypatch) == ["file", "step"]


@pytest.mark.control("test_a_record_is_handed_in_with_the_files_it_had")
def test_unheld_a_file_comes_after_it_was_handed_in(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    unlock(monkeypatch, Record)
    assert both(monkeypatch) == ["step", "file"]
