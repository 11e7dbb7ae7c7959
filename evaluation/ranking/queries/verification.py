"""A ranking held against its seal, and against the acts that the audit has of it (engine 23)."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.sealed import (
    TOLD,
    inputs_hold,
    ranking_seal_holds,
    receipt_seal_holds,
    receipt_words,
    receipts_digest,
    words_of,
)
from evaluation.engine.rules.documents import text_digest
from evaluation.enums import RankingState
from miyun_kpi.audit.keyless import is_keyless
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.seals import Purpose, knows
from miyun_kpi.audit.telling import read
from miyun_kpi.audit.verifying import Fault
from miyun_kpi.lib.actors import Actor

COMPUTED = ("evaluation.ranking.trial", "evaluation.ranking.official")
PUBLISHED = ("evaluation.ranking.published", "evaluation.ranking.corrected")
SEALED, SIGNED = "evaluation.ranking.sealed", "evaluation.ranking.signed"
# How a signing ends before publication, and how its reason begins in the row.
ENDED = {"evaluation.ranking.signing-withdrawn": "撤回：", "evaluation.ranking.signing-struck": ""}


def all_rankings() -> Iterator[Fault]:
    """One after the other: a document with its receipts is some hundred kilobytes."""
    known = list(Ranking.objects.order_by("pk").values_list("pk", flat=True))
    for pk in known:
        ranking = Ranking.objects.select_related("scheme", "period").filter(pk=pk).first()
        if ranking is not None:
            yield from faults_of(ranking)
    recorded = AuditEntry.objects.filter(action__in=COMPUTED).order_by().values_list("subject", flat=True).distinct()
    for subject in sorted(set(recorded) - {f"ranking:{pk}" for pk in known}):
        if not Ranking.objects.filter(pk=subject.partition(":")[2]).exists():
            yield Fault(f"排名（第 {subject.partition(':')[2]} 号）", "审计里有这次核算，库里没有了")


def may_see_faults(actor: Actor) -> bool:
    """Office and auditor are told which part; all others only whether it holds."""
    return any(actor.may(verb) for verb in TOLD)


def faults_of(ranking: Ranking) -> list[Fault]:
    where = words_of(ranking)
    acts = _acts(ranking)
    found = [*_of_seal(ranking), *_of_computing(ranking, acts), *_of_publication(ranking, acts)]
    found += [*_of_correction(ranking), *_of_signings(ranking, acts)]
    return [Fault(where, what) for what in found]


def _of_seal(ranking: Ranking) -> Iterator[str]:
    if not ranking.seal:
        yield "没有封存"
        return
    if not knows(Purpose.SEAL, ranking.seal_key) and not is_keyless(ranking.seal):
        yield "是用另一把密钥封的"
    if not ranking_seal_holds(ranking):
        yield "结果与封存的不符"
    if not inputs_hold(ranking):
        yield "输入清单与封存的不符"
    rows = list(RankingRow.objects.filter(ranking=ranking).select_related("organisation").order_by("position"))
    for row in rows:
        if not receipt_seal_holds(row):
            yield f"{receipt_words(row)}与封存的不符"
    if receipts_digest(row.seal for row in rows) != ranking.receipts_digest:
        yield "各单位的行与封存时不是同一些（有增、有减、换了次序或换了别处的行）"


def _acts(ranking: Ranking) -> list[tuple[AuditEntry, dict[str, Any]]]:
    actions = (*COMPUTED, *PUBLISHED, SEALED, SIGNED, *ENDED)
    found = AuditEntry.objects.filter(subject=f"ranking:{ranking.pk}", action__in=actions).order_by("seq")
    return [(entry, read(entry)) for entry in found]


Acts = Sequence[tuple[AuditEntry, dict[str, Any]]]


def _last(acts: Acts, *actions: str) -> tuple[AuditEntry, dict[str, Any]] | None:
    return next((one for one in reversed(acts) if one[0].action in actions), None)


def _of_computing(ranking: Ranking, acts: Acts) -> Iterator[str]:
    computed, sealed = _last(acts, *COMPUTED), _last(acts, SEALED)
    if computed is None:
        yield "审计里没有这次核算"
        return
    entry, data = computed
    if entry.action != f"evaluation.ranking.{ranking.kind}":
        yield "种类与审计所记不符"
    if (data.get("digest"), data.get("inputs")) != (ranking.digest, ranking.inputs_hash):
        yield "结果摘要或输入摘要与审计所记不符"
    if (entry.at, entry.actor_label) != (ranking.computed_at, ranking.computed_by):
        yield "核算人或核算时间与审计所记不符"
    told = data.get("seal") or (sealed[1].get("seal") if sealed else "")
    if ranking.seal and told != ranking.seal:
        yield "封与审计所记不符"


def _of_publication(ranking: Ranking, acts: Acts) -> Iterator[str]:
    act, published = _last(acts, *PUBLISHED), ranking.state == RankingState.PUBLISHED
    if act is None:
        if published or ranking.published_at or ranking.movement or ranking.corrects_id:
            yield "写着已通报，审计里没有通报"
        return
    if not published:
        yield "审计里已通报，状态却不是已通报"
        return
    entry, data = act
    if (entry.at, entry.actor_label) != (ranking.published_at, ranking.published_by):
        yield "通报人或通报时间与审计所记不符"
    if data.get("scope") != ranking.disclosure_scope:
        yield "公开范围与审计所记不符"
    if data.get("corrects") != ranking.corrects_id:
        yield "更正哪一版与审计所记不符"
    sealed = _last(acts, SEALED)
    movement = data.get("movement") or (sealed[1].get("movement") if sealed else None)
    if movement is not None and movement != text_digest(ranking.movement):
        yield "较上期的变化与审计所记不符"


def _of_correction(ranking: Ranking) -> Iterator[str]:
    said = AuditEntry.objects.filter(action="evaluation.ranking.corrected", data__contains=f'"corrects":{ranking.pk},')
    subjects = [entry.subject for entry in said if json.loads(entry.data).get("corrects") == ranking.pk]
    expected = int(subjects[0].partition(":")[2]) if subjects else None
    if ranking.corrected_by_id != expected:
        yield "被哪一版更正与审计所记不符"


def _of_signings(ranking: Ranking, acts: Acts) -> Iterator[str]:
    told = {
        (data.get("title"), data.get("signer"), data.get("signed_on")) for entry, data in acts if entry.action == SIGNED
    }
    stored = {(one.title, one.signer, one.signed_on.isoformat()) for one in ranking.signings.all()}
    for title, signer, _ in sorted(stored - told):
        yield f"{title}{signer}的审签，审计里没有或不是这一天"
    for gone in sorted(told - stored, key=str):
        yield f"{gone[0]}{gone[1]}的审签，库里没有了或被改过"
    ended = {
        (str(data.get("title")), str(data.get("signer")), f"{ENDED[entry.action]}{data.get('reason')}")
        for entry, data in acts
        if entry.action in ENDED
    }
    void = {(one.title, one.signer, one.void_reason) for one in ranking.signings.filter(void_at__isnull=False)}
    for title, signer, _ in sorted(ended ^ void):
        yield f"{title}{signer}的审签作废与否、为什么，与审计所记不符"
