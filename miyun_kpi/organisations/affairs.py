"""What stands in the name of an organisation, as its relations declare: what a merge moves, leaves, or asks a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from miyun_kpi.lib.relations import Relation
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.registry import relations
from miyun_kpi.routes import to


@dataclass(frozen=True)
class Affair:
    """One line: so many of what, why it is as it is, and where the open ones are listed."""

    label: str
    number: int
    why: str
    url: str


@dataclass(frozen=True)
class Affairs:
    moving: list[Affair]
    asking: list[Affair]
    staying: list[Affair]


def affairs_of(organisations: Sequence[Organisation]) -> Affairs:
    """Numbers by label; a label that stands for several relations is one line."""
    found: dict[Relation, dict[str, Affair]] = {one: {} for one in Relation}

    def add(kind: Relation, label: str, number: int, why: str, url: str = "") -> None:
        before = found[kind].get(label)
        if number:
            found[kind][label] = Affair(label, number + (before.number if before else 0), why, url)

    for one in relations():
        said = one.said
        if said.along:
            continue
        rows = one.all_rows(organisations) if said.relation == Relation.STAYS else one.open_rows(organisations)
        number = rows.count()
        add(said.relation, said.label, number, said.why, to(said.address) if said.address else "")
    moving, asking, staying = (list(found[one].values()) for one in (Relation.MOVES, Relation.ASKS, Relation.STAYS))
    return Affairs(moving, asking, staying)
