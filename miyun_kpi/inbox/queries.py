from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from miyun_kpi.inbox.models import Notice, NoticeRead
from miyun_kpi.lib.actors import Actor


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """Notices to the actor's post, newest first, with `read` for the person."""
    reads = NoticeRead.objects.filter(notice=OuterRef("pk"), user_id=actor.user_id)
    return (
        Notice.objects.filter(organisation_id=actor.organisation_id)
        .filter(Q(role="") | Q(role=actor.role))
        .annotate(read=Exists(reads))
        .order_by("-sent_at", "-id")
    )


def unread_count(request: HttpRequest) -> int:
    actor: Actor | None = getattr(request, "actor", None)
    return 0 if actor is None else notices_for(actor).filter(read=False).count()
