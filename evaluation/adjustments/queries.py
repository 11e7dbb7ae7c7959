"""加减分 for pages, files, API and the year's ranking."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.rules import CLAUSE_OF, GROUNDS, Fact, Ground, SameFact, same_facts
from evaluation.enums import AdjustmentState
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.decimals import plain
from miyun_kpi.organisations.enums import Track

EVIDENCE = "evaluation.adjustment"
# Name in the product's vocabulary of states.
STATES = {
    AdjustmentState.CITY: "queued",
    AdjustmentState.PROPOSED: "submitted",
    AdjustmentState.RETURNED: "returned",
    AdjustmentState.WITHDRAWN: "withdrawn",
    AdjustmentState.CHECKED: "running",
    AdjustmentState.GRANTED: "accepted",
    AdjustmentState.REFUSED: "not_applicable",
}


@dataclass(frozen=True)
class Same:
    """Another entry about the same fact, and why it looks so."""

    adjustment: Adjustment
    why: str


@dataclass(frozen=True)
class Line:
    adjustment: Adjustment
    same: tuple[Same, ...] = ()
    files: tuple[Attachment, ...] = ()

    @property
    def ground(self) -> Ground:
        return GROUNDS[self.adjustment.ground]

    @property
    def state(self) -> str:
        return STATES[AdjustmentState(self.adjustment.state)]

    @property
    def counts(self) -> str:
        """The points that count or would count, signed."""
        points = self.adjustment.decided_points
        return signed(self.adjustment.points if points is None else points)

    @property
    def size(self) -> str:
        return plain(abs(self.adjustment.points))

    @property
    def quote(self) -> str:
        return self.ground.quotes[self.adjustment.scheme.track]

    @property
    def clause(self) -> str:
        return self.adjustment.scheme.cite(CLAUSE_OF[self.adjustment.scheme.track])

    @property
    def scope_unsettled(self) -> bool:
        """附件5·注 says 排名 without 全市: among whom a township is ranked is the meeting's to say."""
        return self.ground.ranked and self.adjustment.scheme.track == Track.TOWNSHIP


def signed(points: Any) -> str:
    """+0.5, −0.3, 0."""
    text = plain(abs(points))
    return text if points == 0 else f"{'＋' if points > 0 else '−'}{text}"


def lines_of(found: Sequence[Adjustment]) -> list[Line]:
    """With files and what looks like the same fact, in two queries a year."""
    ids = [one.pk for one in found]
    files: dict[int, list[Attachment]] = defaultdict(list)
    for file in Attachment.objects.filter(kind=EVIDENCE, subject_id__in=ids).order_by("stored_at", "pk"):
        files[file.subject_id].append(file)
    same = same_in_years({one.scheme.year for one in found}, ids)
    return [Line(one, tuple(same.get(one.pk, ())), tuple(files.get(one.pk, ()))) for one in found]


def same_in_years(years: set[int], ids: Sequence[int]) -> dict[int, list[Same]]:
    """For each of `ids` the other live entries of the year, of whatever track, about the same fact."""
    rows = {
        one.pk: one
        for one in Adjustment.objects.filter(scheme__year__in=years)
        .exclude(state=AdjustmentState.WITHDRAWN)
        .select_related("organisation", "scheme")
    }
    digests: dict[int, set[str]] = defaultdict(set)
    for pk, digest in Attachment.objects.filter(kind=EVIDENCE, subject_id__in=rows).values_list("subject_id", "sha256"):
        digests[pk].add(digest)
    facts = {
        pk: Fact(
            pk,
            one.organisation_id,
            one.ground,
            squeeze(one.work),
            squeeze(one.document_number),
            frozenset(digests.get(pk, ())),
        )
        for pk, one in rows.items()
    }
    by_year: dict[int, list[Fact]] = defaultdict(list)
    for pk, one in rows.items():
        by_year[one.scheme.year].append(facts[pk])
    found: dict[int, list[Same]] = {}
    for pk in ids:
        if pk in facts:
            hits: list[SameFact] = same_facts(facts[pk], by_year[rows[pk].scheme.year])
            found[pk] = [Same(rows[hit.other], hit.why) for hit in hits]
    return found


def same_facts_of(adjustment: Adjustment) -> list[Same]:
    return same_in_years({adjustment.scheme.year}, [adjustment.pk]).get(adjustment.pk, [])


def filtered(
    found: QuerySet[Adjustment], *, year: int | None = None, track: str = "", state: str = "", organisation: str = ""
) -> QuerySet[Adjustment]:
    if year is not None:
        found = found.filter(scheme__year=year)
    if track:
        found = found.filter(scheme__track=track)
    if state:
        found = found.filter(state=state)
    if organisation:
        found = found.filter(organisation__code=organisation)
    return found


def adjustment_json(adjustment: Adjustment) -> dict[str, Any]:
    """As clients and frozen documents get it."""
    ground = GROUNDS[adjustment.ground]
    decided = adjustment.decided_points
    return {
        "id": adjustment.pk,
        "year": adjustment.scheme.year,
        "track": adjustment.scheme.track,
        "organisation": adjustment.organisation.code,
        "name": adjustment.organisation.name,
        "ground": adjustment.ground,
        "ground_name": ground.label,
        "clause": adjustment.scheme.cite(CLAUSE_OF[adjustment.scheme.track]),
        "work": adjustment.work,
        "points": plain(adjustment.points),
        "reason": adjustment.reason,
        "happened_on": adjustment.happened_on.isoformat(),
        "document_number": adjustment.document_number,
        "city_task": adjustment.city_task,
        "bottom_place": adjustment.bottom_place,
        "ranking_scope": adjustment.ranking_scope,
        "tied": adjustment.tied,
        "state": adjustment.state,
        "decided_points": None if decided is None else plain(decided),
        "proposed_for": adjustment.proposed_for.code,
        "version": adjustment.version,
    }
