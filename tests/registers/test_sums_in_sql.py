"""Sums that the database makes are those of the records read one by one, to the last digit, in every register that sums."""

from decimal import Decimal
from random import Random

import pytest

from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.records import counts_by_town, sums_of
from miyun_kpi.registers.registry import all_kinds
from miyun_kpi.registers.rules.kinds import Kind, totals
from tests.duties.conftest import AT

pytestmark = pytest.mark.usefixtures("gazette")
DIGITS = 15


def written(random: Random, places: int) -> str:
    """A figure as it is stored: blank, small, or of all fifteen digits that one may have."""
    most = random.choice([2, 6, DIGITS])
    number = Decimal(random.randrange(10**most)).scaleb(-places)
    return random.choice(["", f"{number:f}", f"{number.normalize():f}", f"-{number:f}"])


def recorded(kind: Kind, random: Random, towns: list[Organisation]) -> None:
    names = [one for one in kind.fields if one.summed]
    Record.objects.bulk_create(
        Record(
            kind=kind.key,
            number=9000 + n,
            town=random.choice([*towns, None]),
            stage=random.choice([one.code for one in kind.stages] or [""]),
            values={one.name: written(random, one.places) for one in names},
            created_at=AT,
            changed_at=AT,
            created_by="某人",
            hand="某人",
        )
        for n in range(60)
    )


def test_every_register_that_sums_sums_exactly(gazette):
    kinds = [kind for kind, _ in all_kinds() if any(one.summed for one in kind.fields)]
    towns = list(Organisation.objects.of_track("township")[:4])
    assert len(kinds) > 10
    Record.objects.all().delete()
    for seed, kind in enumerate(kinds):
        recorded(kind, Random(seed), towns)
        found = Record.objects.filter(kind=kind.key)
        expected = totals(kind, found.values_list("values", flat=True))
        assert bool(expected) is not kind.cumulative
        assert sums_of(kind, found) == expected, kind.key
        for row in counts_by_town(kind, found):
            own = found.filter(town__code=row.code) if row.code else found.filter(town=None)
            assert row.sums == totals(kind, own.values_list("values", flat=True)), (kind.key, row.name)
            assert row.number == own.count()
            assert row.stages == [own.filter(stage=one.code).count() for one in kind.stages]
