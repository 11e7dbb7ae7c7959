"""What audit and seals cost: the one unkeyed head of before against a keyed head a stream, a save and a publication with
and without them, and a look over 100,000 entries."""

import time
import tracemalloc
from contextlib import ExitStack
from unittest import mock

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.enums import RankingKind
from evaluation.models import Mark, MarkSheet, Scheme
from evaluation.ranking import services as ranking_services
from evaluation.sheets.services import marks as mark_services
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.accounts.access import verbs_of
from miyun_kpi.audit import services
from miyun_kpi.audit.chain import canonical, entry_hash
from miyun_kpi.audit.models import AuditEntry, AuditHead
from miyun_kpi.audit.queries import verify
from miyun_kpi.audit.services import Event, record_many
from miyun_kpi.lib.actors import SYSTEM, Actor
from tests.factories.rankings import QUARTER, actor_of, filed_quarter, official, person, signed

ENTRIES = 100_000


def recorded_as_before(*, actor, action, subject, data=None, at):
    """The one chain: its head locked, the entry hashed, both stored; nothing keyed but the entry."""
    with transaction.atomic():
        AuditHead.objects.get_or_create(stream="")
        head = AuditHead.objects.select_for_update().get(stream="")
        columns = {
            "seq": services._numbers(1)[0],
            "at": at,
            "actor_user_id": actor.user_id,
            "actor_label": actor.label,
            "action": action,
            "subject": subject,
            "data": canonical(data or {}),
            "previous_hash": head.last_hash,
        }
        hashed = entry_hash(settings.AUDIT_KEY, **columns)
        AuditEntry.objects.bulk_create([AuditEntry(**columns, hash=hashed)])
        head.count, head.last_hash = head.count + 1, hashed
        head.save()


@pytest.fixture
def column(demo):
    sheet = MarkSheet.objects.get(scheme__track="department", period__code="2020Q3", indicator__number=17)
    actor = Actor(
        label="bench", user_id=1, organisation_id=sheet.evaluator_id, role="evaluator", verbs=verbs_of("evaluator")
    )
    turn = iter(range(10**6))

    def save() -> None:
        value = str(60 + next(turn) % 40)
        found = Mark.objects.filter(sheet=sheet).select_related("organisation")
        rows = [RowInput(organisation=m.organisation.code, version=m.version, value=value) for m in found]
        save_marks(actor=actor, sheet_id=sheet.pk, rows=rows, at=timezone.now())

    save()
    return save


def replaced(act, **names):
    """The act with functions of its module put aside."""

    def run() -> None:
        with ExitStack() as stack:
            for name, (module, function) in names.items():
                stack.enter_context(mock.patch.object(module, name, function))
            act()

    return run


def nothing(*arguments, **named) -> None: ...


def test_a_column_with_the_audit_of_now_against_before_and_none(column, paired):
    before = replaced(column, record=(mark_services, recorded_as_before))
    silent = replaced(column, record=(mark_services, nothing))
    paired("column of 49, a stream with a keyed head", column, "the one chain of before", before)
    paired("column of 49, a stream with a keyed head", column, "no audit", silent)
    paired("column of 49, the one chain of before", before, "no audit", silent)


def test_a_publication_and_a_computation_with_seals_and_without(gazette, paired):
    people = [actor_of(person(f"office{n}", "区政府办公室", "evaluation_office")) for n in (1, 2)]
    period = filed_quarter()
    ranking = signed(official("township", period, by=people[0]), by=people[0])

    def publish() -> None:
        with transaction.atomic():
            ranking_services.publish_ranking(actor=people[1], ranking_id=ranking.pk, at=timezone.now(), scope="total")
            transaction.set_rollback(True)

    scheme = Scheme.objects.get(track="department", year=QUARTER.year)
    inputs = engine_inputs(scheme, period)
    built = build(inputs, kind=RankingKind.TRIAL)

    def freeze() -> None:
        with transaction.atomic():
            ranking_services._freeze(people[0], inputs, RankingKind.TRIAL, timezone.now(), built)
            transaction.set_rollback(True)

    bare = {
        "seal_receipts": (ranking_services, nothing),
        "seal_ranking": (ranking_services, nothing),
        "require_ranking": (ranking_services, nothing),
        "record": (ranking_services, recorded_as_before),
    }
    paired("publication, sealed", publish, "as before", replaced(publish, **bare), rounds=15)
    paired("a ranking of 49 stored, sealed", freeze, "as before", replaced(freeze, **bare), rounds=15)


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
    from evaluation.sheets.queries.held import mark_faults

    begun = time.perf_counter()
    assert list(mark_faults()) == []
    taken, number = time.perf_counter() - begun, Mark.objects.count()
    with capsys.disabled():
        print(f"\n{number} marks against the audit {taken:.2f} s: {100_000 * taken / number:.1f} s per 100,000")
