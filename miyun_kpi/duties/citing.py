from collections.abc import Sequence

from miyun_kpi.duties.models import Duty
from miyun_kpi.duties.registry import own_scopes
from miyun_kpi.gazette.registry import Citing
from miyun_kpi.routes import to


def duties_citing(document: str, ref: str) -> Sequence[Citing]:
    """Duties behind a clause, for the page of the clause."""
    found = Duty.objects.filter(document=document, clause=ref).exclude(scope__in=list(own_scopes())).order_by("pk")
    return [Citing("任务", duty.title[:60], to("duties:duty", duty.pk)) for duty in found]
