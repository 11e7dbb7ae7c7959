"""The seal of a 季度反馈单: what the sheets said beside the marks, as it was given to the unit (engine 23)."""

import json
from collections.abc import Iterator
from typing import Any

from evaluation.engine.queries.sealed import SENTENCE, TOLD, text
from evaluation.feedback.models.feedback import Feedback
from miyun_kpi.audit.keyless import SealedThing, seal_holds
from miyun_kpi.audit.seals import Purpose, key_id, mac
from miyun_kpi.audit.verifying import Fault
from miyun_kpi.lib.errors import SealBroken


def seal_feedback(feedback: Feedback) -> None:
    feedback.seal, feedback.seal_key = mac(Purpose.SEAL, *_parts(feedback)), key_id(Purpose.SEAL)


def feedback_seal_holds(feedback: Feedback) -> bool:
    return seal_holds(feedback.seal, *_parts(feedback))


def sealed_feedback() -> Iterator[SealedThing]:
    for feedback in Feedback.objects.exclude(seal="").order_by("pk").iterator(chunk_size=200):
        yield SealedThing(feedback.seal, feedback.seal_key, _parts(feedback))


def notes_of(feedback: Feedback) -> list[dict[str, Any]]:
    """What stands on the paper beside the scores; refused (503) where it is not what was sealed."""
    if not feedback_seal_holds(feedback):
        raise SealBroken(SENTENCE, [f"{feedback.organisation.name}的反馈单：存在问题与扣分"], TOLD)
    found: list[dict[str, Any]] = json.loads(feedback.notes)
    return found


def _parts(feedback: Feedback) -> tuple[bytes, ...]:
    return b"feedback", text(feedback.check_round_id), text(feedback.organisation_id), feedback.notes.encode()


def feedback_faults() -> Iterator[Fault]:
    """Every 反馈单 that was given out, against its seal."""
    related = ("organisation", "check_round__ranking__period")
    found = Feedback.objects.select_related(*related).defer(
        "check_round__ranking__document", "check_round__ranking__inputs"
    )
    for feedback in found.order_by("pk").iterator(chunk_size=200):
        if not feedback_seal_holds(feedback):
            where = f"{feedback.check_round.ranking.period.label}{feedback.organisation.name}反馈单"
            yield Fault(where, "存在问题与扣分和封存的不符" if feedback.seal else "没有封存")
