"""What the gazette's pages show of 人事任免: acts beside their clause, people in the search. Issued acts alone."""

from collections.abc import Sequence

from miyun_kpi.gazette.registry import Citing
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.routes import to
from personnel.models import Act, Person

MOST = 20


def acts_citing(document: str, ref: str) -> Sequence[Citing]:
    found = Act.objects.standing().filter(notice__document=document, clause=ref)
    return [
        Citing(
            "任免", f"{act.get_kind_display()}　{act.person.name}　{act.printed}", to("personnel:person", act.person_id)
        )
        for act in found.select_related("person")
    ]


def people_called(words: str) -> Sequence[Citing]:
    wanted = squeeze(words)
    if len(wanted) < 2:
        return []
    found = Person.objects.filter(name__contains=wanted, acts__in=Act.objects.standing()).distinct()[:MOST]
    return [Citing("人员", str(one), to("personnel:person", one.pk)) for one in found]
