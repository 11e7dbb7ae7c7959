"""Lists are sorted by their heads on the server; the address keeps the order, and the filters stay."""

import pytest
from django.template import engines
from django.test import RequestFactory

from miyun_kpi.lib.lists import ordered

ROWS = [("b", 2), ("a", None), ("c", 1), ("d", 2)]


@pytest.mark.parametrize(
    ("sort", "names"),
    [("", "bacd"), ("n", "cbda"), ("-n", "bdca"), ("unknown", "bacd"), ("name", "abcd"), ("-name", "dcba")],
)
def test_blanks_stand_last_both_ways_and_equal_rows_keep_their_order(sort, names):
    found = ordered(ROWS, sort, {"n": lambda row: row[1], "name": lambda row: row[0]})
    assert "".join(name for name, _ in found) == names


def head(query, options=""):
    source = f'{{% sort_head "n" "数量" {options} %}}'
    return engines["django"].from_string(source).render({}, RequestFactory().get(f"/x/{query}"))


@pytest.mark.parametrize(
    ("query", "options", "state", "address"),
    [
        ("?stage=open&page=3", "", "", "?stage=open&amp;sort=n"),
        ("?sort=n", "", "ascending", "?sort=-n"),
        ("?sort=-n", "", "descending", "?sort=n"),
        ("", '"num" down=True', "", "?sort=-n"),
        ("?sort=-n", '"num" down=True', "descending", "?sort=n"),
        ("?sort=other", "", "", "?sort=n"),
    ],
)
def test_a_head_leads_to_the_other_order_with_the_filters_and_the_first_page(query, options, state, address):
    made = head(query, options)
    assert f'href="{address}"' in made and ('aria-sort="' in made) is bool(state) and (state in made)
