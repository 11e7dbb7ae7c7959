"""Frozen rankings as bytes for clients: nothing is computed, a process keeps what it has served."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from evaluation.access import may_see_receipt, rankings_visible_to, sees_whole_ranking
from evaluation.models import Ranking, RankingRow
from evaluation.rules.documents import canonical, limited_row
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve


@dataclass(frozen=True)
class Frozen:
    body: bytes
    etag: str


def visible_ranking(actor: Actor, ranking_id: int) -> Ranking:
    """The ranking without its long columns, or NotFound for unknown and unseen alike."""
    found = rankings_visible_to(actor).select_related("scheme", "period").defer("document", "inputs")
    ranking = found.filter(pk=ranking_id).first()
    if ranking is None:
        raise NotFound
    return ranking


def frozen_ranking(actor: Actor, ranking: Ranking) -> Frozen:
    """The document as the actor may see it: whole, or others' rows cut to the period's 公开范围 (engine 18)."""
    own = ""
    if not sees_whole_ranking(actor, ranking):
        own = _own_code(actor)
        scope = ranking.disclosure_scope
    else:
        scope = "whole"
    return _rendered(ranking.pk, ranking.digest, ranking.state, scope, own)


def _own_code(actor: Actor) -> str:
    if actor.organisation_id is None:
        return "-"
    return Organisation.objects.values_list("code", flat=True).get(pk=actor.organisation_id)


@lru_cache(maxsize=256)
def _rendered(ranking_id: int, digest: str, state: str, scope: str, own: str) -> Frozen:
    """A ranking changes only by publication, and `state` is part of the key."""
    text = Ranking.objects.values_list("document", flat=True).get(pk=ranking_id)
    if scope != "whole":
        document = json.loads(text)
        document["rows"] = [row if row["organisation"] == own else limited_row(row, scope) for row in document["rows"]]
        document["disclosure_scope"] = scope
        text = canonical(document)
    return Frozen(text.encode(), f'"{digest[:32]}-{state}-{scope}-{own}"')


def frozen_receipt(actor: Actor, ranking: Ranking, organisation: str) -> dict[str, Any]:
    """得分明细 of one organisation: its own, or anybody's for those who see the whole ranking."""
    found = resolve(organisation)
    if found is None or not may_see_receipt(actor, ranking, found):
        raise NotFound
    row = RankingRow.objects.filter(ranking=ranking, organisation=found).first()
    if row is None:
        raise NotFound
    receipt: dict[str, Any] = json.loads(row.receipt)
    return receipt | {
        "ranking": ranking.pk,
        "period": ranking.period.code,
        "kind": ranking.kind,
        "digest": ranking.digest,
    }


def latest_ranking(actor: Actor, track: str) -> Ranking | None:
    """Newest period first, official before trial, the last computed of it."""
    found = rankings_visible_to(actor).filter(scheme__track=track).select_related("scheme", "period")
    return found.defer("document", "inputs").order_by("-period__code", "kind", "-number").first()
