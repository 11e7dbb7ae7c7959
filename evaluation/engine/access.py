"""Who sees which ranking and how much of it (engine 18)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from evaluation.engine.models.ranking import Ranking, Signing
from evaluation.engine.queries.frozen import WHOLE
from evaluation.engine.queries.holding import cell_words, standing_of, standings_by_number
from evaluation.enums import RankingKind, RankingState, Standing
from evaluation.scheme.access.office import is_ranked_co_office
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.asked import asked_within
from miyun_kpi.db.finding import one_of, the_one
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import acts_for, in_place_of


def _published() -> QuerySet[Ranking]:
    return Ranking.objects.filter(kind=RankingKind.OFFICIAL, state=RankingState.PUBLISHED)


def _published_or_of_townships() -> QuerySet[Ranking]:
    return _published() | Ranking.objects.exclude(scheme__track=Track.DEPARTMENT)


def _every() -> QuerySet[Ranking]:
    return Ranking.objects.all()


def _scope(actor: Actor) -> tuple[Callable[[], QuerySet[Ranking]], tuple[()]]:
    """Published ones everybody's; trials and computed ones the office's, the named leaders' and the auditor's."""
    if not actor.may(Verb.READ_UNPUBLISHED):
        return _published, ()
    return (_published_or_of_townships if is_ranked_co_office(actor) else _every), ()


def rankings_visible_to(actor: Actor) -> QuerySet[Ranking]:
    return _scope(actor)[0]()


def visible_ranking(actor: Actor, ranking_id: int) -> Ranking:
    """The ranking without its long columns, or NotFound for unknown and unseen alike."""
    found = rankings_visible_to(actor).select_related("scheme", "period").defer("document", "inputs")
    ranking = one_of(found.filter(pk=ranking_id))
    return ranking


def readable_ranking(actor: Actor, ranking_id: int, *, with_inputs: bool = False) -> Ranking:
    """The ranking with its document, or NotFound for unknown and unseen alike."""
    visible = rankings_visible_to(actor).select_related("scheme", "period").filter(pk=ranking_id)
    found = one_of(visible if with_inputs else visible.defer("inputs"))
    return found


def latest_ranking(actor: Actor, track: str) -> Ranking | None:
    """Newest period first, official before trial, the last computed of it; as `ranking_to_serve`."""
    found = _to_serve(rankings_visible_to(actor).filter(scheme__track=track, overtaken=False))
    return found.order_by("-period__code", "kind", "-number").first()


def ranking_to_serve(actor: Actor, ranking_id: int) -> Ranking:
    """`visible_ranking` with what finding its frozen bytes asks and no more: most of a GET was reading columns."""
    return the_one(_served(_scope(actor), ranking_id))


@asked_within
def _served(visible: QuerySet[Ranking], ranking: int) -> QuerySet[Ranking]:
    return _to_serve(visible.filter(pk=ranking))


def _to_serve(found: QuerySet[Ranking]) -> QuerySet[Ranking]:
    names = ("kind", "state", "disclosure_scope", "digest", "seal", "corrected_by", "scheme__track")
    return found.select_related("scheme").only(*names)


def scope_of(actor: Actor, ranking: Ranking) -> tuple[str, str]:
    """How much of a ranking the actor sees: ("whole", "") or the 公开范围 and the codes of the own rows, joined with "+"."""
    if sees_whole_ranking(actor, ranking):
        return WHOLE, ""
    return ranking.disclosure_scope, own_codes(actor)


def own_codes(actor: Actor) -> str:
    """The actor's organisation and those that ended into it, joined with "+": codes hold none."""
    if actor.organisation_id is None:
        return ""
    ended = Q(pk__in=in_place_of(actor.organisation_id))
    found = Organisation.objects.filter(Q(pk=actor.organisation_id) | ended).order_by("code")
    return "+".join(found.values_list("code", flat=True))


def sees_whole_ranking(actor: Actor, ranking: Ranking) -> bool:
    """Whether every organisation's parts are shown, not only what the period's 公开范围 allows."""
    return actor.may(Verb.READ_UNPUBLISHED) and not (
        ranking.scheme.track == Track.DEPARTMENT and is_ranked_co_office(actor)
    )


def may_see_receipt(actor: Actor, ranking: Ranking, organisation: Organisation) -> bool:
    return sees_whole_ranking(actor, ranking) or acts_for(actor.organisation_id, organisation.pk)


def may_read_signing_scan(actor: Actor, signing_id: int) -> bool:
    """The signed paper: whoever sees the ranking whole, the office, its leaders and the auditor."""
    found = Signing.objects.select_related("ranking__scheme").filter(pk=signing_id).first()
    if found is None or not rankings_visible_to(actor).filter(pk=found.ranking_id).exists():
        return False
    return sees_whole_ranking(actor, found.ranking)


@dataclass(frozen=True)
class Held:
    """Whether a ranking still holds, as one reader is told. None: it is in force nowhere, or is not this reader's to know.

    `cells` are the inputs that moved, in words, for the office and the auditor; leaders see that something moved; all
    others read 现行 until a correction has gone out (engine 22).
    """

    standing: Standing | None
    cells: tuple[str, ...] = ()
    corrected_by: int | None = None

    @property
    def changed(self) -> bool:
        return self.standing == Standing.CHANGED

    @property
    def holds(self) -> bool:
        return self.standing in (Standing.HOLDS, None)

    @property
    def line(self) -> str:
        """As it stands on what is printed or taken away as a file."""
        if self.standing is None:
            return ""
        see = f"（见第 {self.corrected_by} 版）" if self.corrected_by else ""
        return f"打印时状态：{self.standing.label}{see}"


def sees_cells(actor: Actor, ranking: Ranking) -> bool:
    return sees_whole_ranking(actor, ranking) and (actor.may(Verb.COMPUTE_RANKINGS) or actor.may(Verb.READ_AUDIT))


def held_for(actor: Actor, ranking: Ranking) -> Held:
    """For the page of a ranking and whatever is printed from it: the inputs themselves are compared."""
    if ranking.corrected_by_id:
        number = Ranking.objects.values_list("number", flat=True).get(pk=ranking.corrected_by_id)
        return Held(Standing.CORRECTED, corrected_by=number)
    if ranking.kind == RankingKind.TRIAL:
        return Held(None)
    if not sees_whole_ranking(actor, ranking):
        return Held(Standing.HOLDS if ranking.state == RankingState.PUBLISHED else None)
    standing, cells = standing_of(ranking)
    return Held(standing, tuple(cell_words(ranking, cells)) if sees_cells(actor, ranking) else ())


def standings_for(actor: Actor, rankings: Iterable[Ranking]) -> dict[int, Standing]:
    """For lists: two integers each, and what the reader may know of it."""
    found = list(rankings)
    told = standings_by_number(found)
    for one in found:
        if told.get(one.pk) == Standing.CHANGED and not sees_whole_ranking(actor, one):
            told[one.pk] = Standing.HOLDS
    return told
