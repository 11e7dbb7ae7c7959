"""The house itself: the audit, what is sealed, work in the background, papers that were issued, marks."""

import re
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, F, Q

from evaluation.models import Bulletin, Mark, MarkSheet, Ranking
from miyun_kpi.audit.models import AuditEntry, AuditHead
from miyun_kpi.jobs.enums import SlotState, State
from miyun_kpi.jobs.models import Job, Slot
from miyun_kpi.operations.verification import verify_all
from personnel.models import Act, Notice
from personnel.queries.document import lines_of
from personnel.queries.terms import problems_with, standing_acts
from tests.simulation.holding import Seen, holds

_FAULT = re.compile(r"没有办成（(\w+)）")


@holds("every entry of the audit is counted by the head of its stream", "design §4")
def heads_of_the_audit_count_their_entries(seen: Seen) -> Iterator[str]:
    counted = dict(AuditEntry.objects.exclude(stream="").values_list("stream").annotate(Count("pk")).order_by())
    for head in AuditHead.objects.exclude(stream="").exclude(stream__startswith="~"):
        if head.count != counted.get(head.stream, 0):
            yield f"{head.stream}: {head.count} by its head, {counted.get(head.stream, 0)} entries"


@holds("chains, seals, marks and papers are what the audit says of them", "engine 26", whole=True)
def verification_finds_nothing(seen: Seen) -> Iterator[str]:
    yield from (one.sentence for one in verify_all())


@holds("no timed task and no job ends in an error of the program", "engine 25")
def background_work_ends_in_no_error(seen: Seen) -> Iterator[str]:
    # The code of a refusal has a hyphen and no capital; the name of an exception begins with one.
    for slot in Slot.objects.filter(state=SlotState.FAILED, cause__regex=r"^[A-Z]"):
        yield f"{slot.task}, {slot.key}: {slot.cause}"
    for job in Job.objects.exclude(state=State.DONE).exclude(message=""):
        if found := _FAULT.search(job.message):
            yield f"{job.key}: {found[1]}"


@holds("a job that is not done waits for a message, or for the sweep that sends it again", "design §4")
def no_job_is_lost(seen: Seen) -> Iterator[str]:
    far = seen.at + timedelta(days=2)
    for job in Job.objects.filter(state=State.QUEUED, publish_after__gt=far):
        yield f"{job.key} waits until {job.publish_after}"
    for job in Job.objects.filter(state=State.RUNNING):
        yield f"{job.key} runs and nobody works at it"


@holds("a mark lies between nothing and the full mark, a filed sheet has every one of its own", "engine 5")
def marks_are_within_their_bounds(seen: Seen) -> Iterator[str]:
    wild = Mark.objects.filter(Q(value__lt=0) | Q(value__gt=F("full_mark"))).order_by("pk")
    yield from (f"mark {one.pk}: {one.value} of {one.full_mark}" for one in wild[:3])
    blank = Mark.objects.filter(value__isnull=True, not_applicable="").values("sheet_id")
    for sheet in MarkSheet.objects.filter(state="filed", pk__in=blank).order_by("pk")[:3]:
        yield f"sheet {sheet.pk} is filed with blank cells"


@holds("an issued paper says for ever what it said", "issue 14, must hold", whole=True)
def issued_papers_do_not_change(seen: Seen) -> Iterator[str]:
    kept = seen.kept("papers")
    for key, said in _papers():
        if kept.setdefault(key, said) != said:
            yield f"{key} said {kept[key]} and says {said}"


def _papers() -> Iterator[tuple[str, object]]:
    for row in Ranking.objects.filter(published_at__isnull=False).order_by("pk"):
        yield f"ranking {row.pk}", row.digest
    for paper in Bulletin.objects.filter(state="final").order_by("pk"):
        yield f"bulletin {paper.pk}", paper.digest
    for notice in Notice.objects.filter(state="issued").exclude(submitted_by_id=0).order_by("pk"):
        lines = [[repr(one) for one in line] for line in lines_of(notice)]
        yield f"notice {notice.number}", (notice.number, str(notice.dated), notice.meeting, lines)


@holds("one number, one notice", "党政机关公文处理工作条例", whole=True)
def a_number_is_issued_once(seen: Seen) -> Iterator[str]:
    twice = Notice.objects.exclude(number="").values("number").annotate(n=Count("pk")).filter(n__gt=1)
    yield from (f"{one['number']}: {one['n']} notices" for one in twice)


@holds("who holds which post follows from the acts that stand without a contradiction", "16号、23号、32号", whole=True)
def terms_do_not_contradict_each_other(seen: Seen) -> Iterator[str]:
    before = seen.memory.setdefault("contradictions", None)
    now = sorted(str(one) for one in problems_with(standing_acts(), []))
    seen.memory["contradictions"] = now if before is None else before
    # What the printed gazette itself leaves open is there at the beginning.
    yield from (one for one in now if before is not None and one not in before)
    for act in Act.objects.filter(emends__isnull=False, emends__struck_at__isnull=True):
        yield f"act {act.pk} stands in the place of one that is not struck"
