"""The seal of a 领导首页 that went out with a bulletin (engine 23)."""

import json
from collections.abc import Iterator
from typing import Any

from evaluation.engine.queries.sealed import SENTENCE, TOLD, text, words_of
from evaluation.leaders.models import LeaderPaper
from miyun_kpi.audit.keyless import SealedThing, seal_holds
from miyun_kpi.audit.seals import Purpose, key_id, mac
from miyun_kpi.audit.verifying import Fault
from miyun_kpi.lib.errors import SealBroken


def seal_paper(paper: LeaderPaper) -> None:
    paper.seal, paper.seal_key = mac(Purpose.SEAL, *_parts(paper)), key_id(Purpose.SEAL)


def sheet_of(paper: LeaderPaper) -> dict[str, Any]:
    """The data that was frozen; refused (503) where it is not what was sealed."""
    if not seal_holds(paper.seal, *_parts(paper)):
        raise SealBroken(SENTENCE, [_words(paper)], TOLD)
    found: dict[str, Any] = json.loads(paper.document)
    return found


def sealed_papers() -> Iterator[SealedThing]:
    for paper in LeaderPaper.objects.order_by("pk").iterator(chunk_size=100):
        yield SealedThing(paper.seal, paper.seal_key, _parts(paper))


def paper_faults() -> Iterator[Fault]:
    related = ("ranking__scheme", "ranking__period")
    found = LeaderPaper.objects.select_related(*related).defer("ranking__document", "ranking__inputs")
    for paper in found.order_by("pk").iterator(chunk_size=100):
        if not seal_holds(paper.seal, *_parts(paper)):
            yield Fault(_words(paper), "和通报时存下的不符")


def _words(paper: LeaderPaper) -> str:
    return f"{words_of(paper.ranking)}通报时{paper.name}的领导首页"


def _parts(paper: LeaderPaper) -> tuple[bytes, ...]:
    identity = (text(paper.ranking_id), text(paper.leader_id), text(paper.name), text(paper.made_at))
    return b"leader-paper", *identity, paper.document.encode()
