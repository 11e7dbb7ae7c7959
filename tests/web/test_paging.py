"""Which page of a list an address gets."""

from pathlib import Path

import pytest

from miyun_kpi.db.paging import page_asked
from tests.house.test_cuts import APPS, ROOT


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({}, 1), ({"page": ""}, 1), ({"page": "1"}, 1), ({"page": "2"}, 2), ({"page": "3"}, 3), ({"page": "4"}, 3),
        ({"page": "0"}, 1), ({"page": "-1"}, 1), ({"page": "abc"}, 1), ({"page": "1.5"}, 1), ({"page": "²"}, 1),
        ({"page": "9999999999"}, 3), ({"page": "9" * 99}, 1), ({"page": "2147483647"}, 3),
    ],
)  # fmt: skip  # a table of addresses
def test_beyond_the_last_page_stands_the_last_and_for_what_is_no_page_the_first(asked, number):
    page = page_asked(asked, range(25), 10)
    assert page.number == number and list(page) == list(range(25))[10 * number - 10 : 10 * number]


def test_an_empty_list_has_one_page():
    assert page_asked({"page": "7"}, [], 10).number == 1


def test_no_view_pages_by_itself():
    by_itself = [
        str(path)
        for app in APPS
        for path in Path(ROOT, app).rglob("*.py")
        if "core.paginator" in path.read_text() and path != ROOT / "miyun_kpi/db/paging.py"
    ]
    assert not by_itself
