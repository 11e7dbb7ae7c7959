"""Who runs an evaluation: 区政府办 with 区发改委, which is ranked among the departments itself; so is what takes its place."""

from datetime import date

from evaluation.enums import BatchState
from evaluation.scheme.models.scheme import FigureBatch
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import Post
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import acts_for_code, heir_ids

# 区发改委 runs the evaluation with 区政府办 and is itself ranked among the departments (engine 12).
OFFICE_CODE, CO_OFFICE_CODE = "zhengfu-ban", "fagai-wei"


def is_ranked_co_office(actor: Actor) -> bool:
    if actor.role != Role.EVALUATION_OFFICE or actor.organisation_id is None:
        return False
    return _is_ranked(actor.organisation_id, actor.organisation_code)


def _is_ranked(organisation_id: int, code: str | None) -> bool:
    """区发改委, or what it went into; but whoever does the work of 区政府办 by now runs all of it, else nobody would.

    `code`: where it is known, 区政府办 is told apart without a question.
    """
    if code is None:
        code = Organisation.objects.filter(pk=organisation_id).values_list("code", flat=True).first()
    if code == OFFICE_CODE:
        return False
    co_office = code == CO_OFFICE_CODE or acts_for_code(organisation_id, CO_OFFICE_CODE)
    return co_office and not acts_for_code(organisation_id, OFFICE_CODE)


def require_office(actor: Actor, verb: Verb, *, track: str | None = None) -> None:
    """A verb of the evaluation office; 区发改委 has none of them over the departments it is ranked among."""
    require(actor, verb)
    if track == Track.DEPARTMENT and is_ranked_co_office(actor):
        raise NotAllowed("ranked-itself", "区发改委和接替它的单位也在政府部门中排名，部门的核算与通报由区政府办办理。")


def require_batch_reader(actor: Actor, batch: FigureBatch) -> None:
    """A checked batch is everybody's to read; one proposed or rejected is the office's and the auditor's."""
    if batch.state == BatchState.CHECKED or actor.may(Verb.READ_AUDIT):
        return
    if actor.may(Verb.CONFIRM_FIGURES) and not (batch.scheme.track == Track.DEPARTMENT and is_ranked_co_office(actor)):
        return
    raise NotFound


def takes_back(actor: Actor, batch: FigureBatch, today: date) -> bool:
    """Whoever proposed it; once that person has left the post of the office, who holds a post of the same office."""
    if actor.user_id == batch.proposed_by_id:
        return True
    left = _offices(batch, batch.proposed_at.astimezone().date()) - _offices(batch, today)
    return actor.role == Role.EVALUATION_OFFICE and actor.organisation_id in left


def _offices(batch: FigureBatch, day: date | None) -> set[int]:
    """For which offices whoever proposed it stands on a day, or stood at any time."""
    posts = Post.objects.filter(user=batch.proposed_by_id, role=Role.EVALUATION_OFFICE)
    return set((posts if day is None else posts.on(day)).values_list("organisation_id", flat=True))


def offices_of(batch: FigureBatch, today: date) -> list[int]:
    """The office of whoever proposed it: that of today, else where that person stood before."""
    return sorted(_offices(batch, today) or _offices(batch, None))


def may_run(actor: Actor, track: str) -> bool:
    """Whether the office's buttons are this person's on this track (the services ask again)."""
    return actor.may(Verb.COMPUTE_RANKINGS) and not (track == Track.DEPARTMENT and is_ranked_co_office(actor))


def runs_by_track(actor: Actor) -> dict[str, bool]:
    """`may_run` of every track, asked once for a list that holds many rows of each."""
    return {value: may_run(actor, value) for value in Track.values}


def office_ids(track: str) -> list[int]:
    """Organisations that run the evaluation of a track (区发改委 and what takes its place not that of the departments).

    Of one that has ended, whoever goes on: each is named, and told, once.
    """
    posts = Post.objects.filter(role=Role.EVALUATION_OFFICE)
    places = set(posts.values_list("organisation_id", "organisation__code"))
    kept = [pk for pk, code in places if track != Track.DEPARTMENT or not _is_ranked(pk, code)]
    return sorted(set(heir_ids(kept).values()))
