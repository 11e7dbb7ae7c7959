"""The list of the audit is read by its key: every entry once, whichever way one goes, and the oldest as cheaply as the newest."""

import re
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.services import Event, record_many
from miyun_kpi.lib import lists
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.lists import portion
from tests.audit.conftest import AT
from tests.audit.test_pages import auditor

__all__ = ["auditor"]
pytestmark = pytest.mark.django_db
SIZE = 7


@pytest.fixture
def many(auditor):
    record_many(actor=SYSTEM, events=[Event("tests.thing", f"thing:{n}", {}) for n in range(38)], at=AT)
    return AuditEntry.objects.order_by("-seq")


def walked(found, first, way):
    """The keys of every portion one passes on the way, portion by portion."""
    asked, seen = dict(first), []
    while True:
        one = portion(found, asked, SIZE)
        seen.append([row.pk for row in one])
        key = getattr(one, way)
        if key is None:
            return seen
        asked = {way: str(key)}


def test_down_and_up_again_every_entry_is_seen_once(many):
    whole = list(many.values_list("pk", flat=True))
    down = walked(many, {}, "older")
    assert [pk for one in down for pk in one] == whole and all(len(one) == SIZE for one in down[:-1])
    up = walked(many, {"oldest": "1"}, "newer")
    assert [pk for one in reversed(up) for pk in one] == whole


@pytest.mark.parametrize("seed", range(4))
def test_a_portion_is_what_a_slice_of_the_whole_list_says(many, seed):
    whole, random = list(many.values_list("pk", flat=True)), Random(seed)
    for _ in range(10):
        place = random.randrange(len(whole))
        below = portion(many, {"older": str(whole[place])}, SIZE)
        assert [row.pk for row in below] == (whole[place + 1 : place + 1 + SIZE] or whole[-SIZE:])
        above = portion(many, {"newer": str(whole[place])}, SIZE)
        assert [row.pk for row in above] == (whole[max(place - SIZE, 0) : place] or whole[:SIZE])
        assert (above.newer is None) == (place <= SIZE) and below.number == len(whole)


@pytest.mark.parametrize("text", ["", "x", "-3", "9" * 30, "１"])
def test_what_is_no_key_shows_the_newest(many, text):
    assert [row.pk for row in portion(many, {"older": text}, SIZE)] == [row.pk for row in many[:SIZE]]


def test_the_page_goes_down_and_comes_back(auditor, many, monkeypatch):
    monkeypatch.setattr("miyun_kpi.audit.views.PER_PAGE", SIZE)

    def links(address):
        page = auditor.get(address.replace("&amp;", "&")).content.decode()
        found = re.findall(r'<a href="(\?[^"]*)">(最新|较新|较旧|最早)</a>', page)
        return {word: f"/audit/{href}" for href, word in found}, page

    first, page = links("/audit/?action=tests.thing")
    assert set(first) == {"较旧", "最早"} and "共 43 条，本页 7 条" in page
    last, _ = links(first["最早"])
    assert set(last) >= {"较新"} and "较旧" not in last and "action=tests.thing" in last["较新"]
    second, _ = links(first["较旧"])
    assert set(second) == {"较新", "较旧", "最新", "最早"}


def test_a_long_list_says_that_it_is_longer_than_was_counted(many, monkeypatch):
    monkeypatch.setattr(lists, "COUNTED", 20)
    one = portion(many, {}, SIZE)
    assert (one.number, one.over) == (20, True)


def test_no_portion_skips_rows_in_the_database(many):
    with CaptureQueriesContext(connection) as seen:
        portion(many, {"oldest": "1"}, SIZE)
        portion(many, {"older": str(many[20].pk)}, SIZE)
    assert not any("OFFSET" in one["sql"] for one in seen.captured_queries[:3])
