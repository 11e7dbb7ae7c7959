"""领导审签 of a ranking as its page and REST list them: who, when, with what evidence, and what is void and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.engine.models.ranking import SIGNING_SCAN, Ranking, Signing
from evaluation.enums import PeriodKind, RankingKind, RankingState
from miyun_kpi.accounts.enums import Role
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.lib.actors import Actor


@dataclass(frozen=True)
class SigningLine:
    signing: Signing
    scan: Attachment | None
    mine: bool

    @property
    def standing(self) -> bool:
        return self.signing.void_at is None


def signing_lines(ranking: Ranking, actor: Actor) -> list[SigningLine]:
    """All of them, the void ones too, in two queries."""
    found = list(ranking.signings.order_by("recorded_at", "pk"))
    files = Attachment.objects.filter(kind=SIGNING_SCAN, subject_id__in=[one.pk for one in found])
    scans = {file.subject_id: file for file in files}
    return [
        SigningLine(one, _scan(one, found, scans), one.own_act and one.recorded_by_id == actor.user_id) for one in found
    ]


def _scan(one: Signing, found: Sequence[Signing], scans: Mapping[int, Attachment]) -> Attachment | None:
    """Its own, or that of the one in whose place 勘正 has put it in the same moment: the paper is the same."""
    if one.pk in scans:
        return scans[one.pk]
    before = next((other for other in found if other.void_at == one.recorded_at), None)
    return scans.get(before.pk) if before else None


def may_sign(actor: Actor, ranking: Ranking, standing: Sequence[Signing]) -> bool:
    """Whether the page offers 我已审签; the service asks again, and whether 单位核对 is closed."""
    return (
        actor.role == Role.LEADER
        and ranking.kind == RankingKind.OFFICIAL
        and ranking.state == RankingState.COMPUTED
        and ranking.period.kind != PeriodKind.YEAR
        and actor.user_id not in {one.recorded_by_id for one in standing if one.own_act}
    )


def signing_json(line: SigningLine) -> dict[str, Any]:
    one = line.signing
    return {
        "id": one.pk,
        "title": one.title,
        "signer": one.signer,
        "signed_on": one.signed_on.isoformat(),
        "digest": one.digest,
        "own_act": one.own_act,
        "scan_sha256": line.scan.sha256 if line.scan else None,
        "recorded_by": one.recorded_by,
        "recorded_at": one.recorded_at.astimezone().isoformat(),
        "void_at": one.void_at.astimezone().isoformat() if one.void_at else None,
        "void_by": one.void_by or None,
        "void_reason": one.void_reason or None,
    }
