"""附件: the count tables of a body that ended are added to its heir's until a table of the heir counts what it left."""

from datetime import date, datetime

import pytest

from miyun_kpi.organisations.queries import Gone, resolve
from miyun_kpi.organisations.services import Seen, merge_organisations
from miyun_kpi.registers.services import records as services
from safety.queries.overview import project_lines
from safety.rules.tables import Filled, newest
from tests.organisations.conftest import administrator
from tests.safety.test_safety import another, office, second, step

__all__ = ["administrator", "office", "second"]
AT = datetime.fromisoformat("2020-12-10T10:00:00+08:00")
OLD, NEW, LAST = "北庄镇", "溪翁庄镇", "大城子镇"


@pytest.fixture
def clerk(office):
    """Somebody else of 区安委会办公室, who enters for the towns: the office accepts."""
    return another(office, 33)


@pytest.fixture
def count(clerk, office):
    def counted(unit, as_of, hydrants, *, town=None, accepted=True):
        typed = {"unit": unit, "town": unit if town is None else town, "as_of": as_of, "hydrants": hydrants}
        row = services.create_record(actor=clerk, app="safety", kind="fire-stations", typed=typed, at=AT)
        return step(office, row, "accept") if accepted else row

    return counted


@pytest.fixture
def merged(administrator):
    def merge(name, into, on):
        one, other = resolve(name), resolve(into)
        seen = {"merged": [Seen(one.code, one.version)], "into": Seen(other.code, other.version)}
        day = date.fromisoformat(on)
        merge_organisations(actor=administrator, number=f"密编〔2020〕{on[5:7]}号", on=day, at=AT, **seen)

    return merge


def hydrants():
    line = next(one for one in project_lines() if one.kind.code == "fire-stations")
    return {label: int(number) for label, number, _ in line.sums}["消防水源"]


def test_the_last_table_counts_until_the_one_that_goes_on_counts_it(count, merged):
    count(OLD, "2020-06-30", "10")
    count(NEW, "2020-06-30", "5")
    merged(OLD, NEW, "2020-09-01")
    assert hydrants() == 15
    count(NEW, "2020-08-31", "6")
    assert hydrants() == 16, "a table as of before the merger is of the own places alone"
    count(NEW, "2020-09-30", "17")
    assert hydrants() == 17


def test_a_table_that_went_over_unaccepted_is_still_of_the_places_it_counted(count, merged):
    count(OLD, "2020-07-31", "10", accepted=False)
    count(NEW, "2020-06-30", "5")
    merged(OLD, NEW, "2020-09-01")
    assert hydrants() == 15
    count(NEW, "2020-10-31", "18")
    assert hydrants() == 18


@pytest.mark.parametrize(("accepted", "day"), [(False, "2020-09-30"), (True, "2020-09-30"), (True, "2020-10-15")])
def test_what_was_filled_in_before_the_merger_was_known_is_of_its_own_places(count, merged, accepted, day):
    """Entered in December as of September: both towns had counted since, each its own."""
    count(NEW, "2020-09-30", "6")
    count(OLD, day, "10", accepted=accepted)
    merged(OLD, NEW, "2020-09-01")
    assert hydrants() == 16
    count(NEW, "2020-10-31", "17")
    assert hydrants() == 17


def test_a_bureau_that_counts_by_town_and_a_chain_of_mergers(count, merged):
    bureau = "区应急局"
    for town, number in ((OLD, "10"), (NEW, "5"), (LAST, "2")):
        count(bureau, "2020-03-31", number, town=town)
    merged(OLD, NEW, "2020-05-01")
    count(bureau, "2020-06-30", "3", town=LAST)
    assert hydrants() == 18, "the third has not taken over anything yet"
    merged(NEW, LAST, "2020-08-01")
    assert hydrants() == 18
    count(bureau, "2020-09-30", "21", town=LAST)
    assert hydrants() == 21


def rows(*told):
    """(place, as of, number), in the order of their days."""
    made = [({"unit": unit, "town": town, "as_of": day, "n": n}, {}) for (unit, town), day, n in told]
    return [Filled(values, before) for values, before in sorted(made, key=lambda one: one[0]["as_of"])]


def numbers(found, **gone):
    said = {code: Gone(date.fromisoformat(day), into) for code, (day, into) in gone.items()}
    return sorted(int(one["n"]) for one in newest(found, said))


A, B, C = (("a", "a"), "2020-03-31", "10"), (("b", "b"), "2020-06-30", "6"), (("c", "c"), "2020-09-30", "4")


@pytest.mark.parametrize(
    ("told", "gone", "left"),
    [
        ([A], {"a": ("2020-05-01", ["b", "c"])}, [10]),
        # Of a split the first heir's table takes the place of the whole: nothing is counted twice.
        ([A, B], {"a": ("2020-05-01", ["b", "c"])}, [6]),
        ([A, B, C], {"a": ("2020-05-01", ["b", "c"])}, [4, 6]),
        # As of the very day of the change it is one table already.
        ([A, B], {"a": ("2020-06-30", ["b"])}, [6]),
        ([A, B], {"a": ("2020-07-01", ["b"])}, [6, 10]),
        # Through one that ended as well, and on one day.
        ([A, C], {"a": ("2020-05-01", ["b"]), "b": ("2020-08-01", ["c"])}, [4]),
        ([A, C], {"a": ("2020-05-01", ["b"]), "b": ("2020-10-01", ["c"])}, [4, 10]),
        ([A, C], {"a": ("2020-05-01", ["b"]), "b": ("2020-05-01", ["c"])}, [4]),
        # Unit and town of a table end on different days.
        (
            [(("a", "x"), "2020-03-31", "7"), (("b", "y"), "2020-09-30", "9")],
            {"a": ("2020-05-01", ["b"]), "x": ("2020-08-01", ["y"])},
            [9],
        ),
        (
            [(("a", "x"), "2020-03-31", "7"), (("b", "y"), "2020-07-30", "9")],
            {"a": ("2020-05-01", ["b"]), "x": ("2020-08-01", ["y"])},
            [7, 9],
        ),
    ],
)
def test_which_tables_are_added_up(told, gone, left):
    assert numbers(rows(*told), **gone) == left
