"""What awaits 领导审签: official computations of quarters not published yet, who has signed, who has yet to, since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch

from evaluation.engine.access import rankings_visible_to
from evaluation.engine.models.ranking import Ranking, Signing
from evaluation.enums import PeriodKind, RankingKind, RankingState, SigningTitle
from evaluation.ranking.queries.signings import may_sign
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import TRACK_WORDS


@dataclass(frozen=True)
class Awaiting:
    """`opens`: until when units may check what was computed, None once signing may begin. `mine`: the reader may sign it."""

    ranking: Ranking
    signed: Sequence[Signing]
    opens: datetime | None
    mine: bool

    @property
    def lacking(self) -> list[str]:
        return [title for title in SigningTitle.values if title not in {one.title for one in self.signed}]

    @property
    def title(self) -> str:
        return f"{self.ranking.period.label}{TRACK_WORDS[self.ranking.scheme.track]}排名"


def awaiting(actor: Actor, at: datetime) -> list[Awaiting]:
    """Two queries. One whose 单位核对 has not begun does not await a signature yet."""
    newer = Ranking.objects.filter(
        scheme=OuterRef("scheme"), period=OuterRef("period"), kind=RankingKind.OFFICIAL, number__gt=OuterRef("number")
    )
    found = rankings_visible_to(actor).filter(
        ~Exists(newer), kind=RankingKind.OFFICIAL, state=RankingState.COMPUTED, period__kind=PeriodKind.QUARTER
    )
    standing = Prefetch(
        "signings", Signing.objects.filter(void_at__isnull=True).order_by("signed_on", "pk"), "standing"
    )
    listed = found.select_related("scheme", "period", "unit_check").prefetch_related(standing)
    told = [_awaiting(actor, one, at) for one in listed.defer("document", "inputs").order_by("period__code", "pk")]
    return [one for one in told if one is not None and one.lacking]


def _awaiting(actor: Actor, ranking: Ranking, at: datetime) -> Awaiting | None:
    check = getattr(ranking, "unit_check", None)
    if check is None and ranking.scheme.unit_check_days:
        return None
    signed: list[Signing] = vars(ranking)["standing"]
    opens = check.due_at if check is not None and check.due_at > at else None
    return Awaiting(ranking, signed, opens, mine=opens is None and may_sign(actor, ranking, signed))
