from miyun_kpi.jobs.models import Job, JobQuerySet
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound

# The verb of the evaluation office, by value: verbs are defined above this app.
OFFICE_VERB = "compute-rankings"


def visible_to(actor: Actor) -> JobQuerySet:
    """One's own jobs; the office sees all."""
    if actor.may(OFFICE_VERB):
        return Job.objects.all()
    return Job.objects.filter(actor_id=actor.user_id) if actor.user_id else Job.objects.none()


def require_visible(actor: Actor, job: Job) -> None:
    if not actor.may(OFFICE_VERB) and (actor.user_id is None or actor.user_id != job.actor_id):
        raise NotFound
