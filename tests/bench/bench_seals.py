"""What a look over the audit costs: 100,000 entries, and every mark of a quarter held against them."""

import time
import tracemalloc

from django.utils import timezone

from evaluation.models import Mark
from evaluation.sheets.queries.held import mark_faults
from miyun_kpi.audit.queries import verify
from miyun_kpi.audit.services import Event, record_many
from miyun_kpi.lib.actors import SYSTEM

ENTRIES = 100_000


def test_a_look_over_a_hundred_thousand_entries(gazette, capsys):
    row = {"organisation": "beizhuang-zhen", "old": "空白", "new": "88.5", "version": 1, "full": "100"}
    for _ in range(ENTRIES // 1000):
        events = [Event("evaluation.marks.saved", f"mark-sheet:{n}", {"rows": [row]}) for n in range(1000)]
        record_many(actor=SYSTEM, events=events, at=timezone.now())
    begun = time.perf_counter()
    assert verify().intact
    taken = time.perf_counter() - begun
    tracemalloc.start()
    verify()
    most = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    with capsys.disabled():
        print(f"\nverify {ENTRIES} entries {taken:.2f} s, at most {most:.1f} MB")


def test_every_mark_of_a_quarter_against_the_audit(demo, capsys):
    begun = time.perf_counter()
    assert list(mark_faults()) == []
    taken, number = time.perf_counter() - begun, Mark.objects.count()
    with capsys.disabled():
        print(f"\n{number} marks against the audit {taken:.2f} s: {100_000 * taken / number:.1f} s per 100,000")
