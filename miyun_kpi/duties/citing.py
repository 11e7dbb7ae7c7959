from collections.abc import Sequence

from django.urls import reverse

from miyun_kpi.duties.models import Duty
from miyun_kpi.gazette.registry import Citing


def duties_citing(document: str, ref: str) -> Sequence[Citing]:
    """Duties behind a clause, for the page of the clause."""
    found = Duty.objects.filter(document=document, clause=ref).exclude(document="13").order_by("pk")
    return [Citing("任务", duty.title[:60], reverse("duties:duty", args=[duty.pk])) for duty in found]
