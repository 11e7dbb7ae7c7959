"""领导首页: where the quarter stands in one track: zones, who rose and fell and why, and the units of whoever reads.

Plain data, strings and numbers: what is frozen at 通报 is this and nothing else. Cut by the reader's scope (engine 18).
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evaluation.engine.access import rankings_visible_to, scope_of, standings_for
from evaluation.engine.models.ranking import Ranking
from evaluation.engine.rules.attribution import Attribution
from evaluation.enums import PeriodKind, RankingKind, RankingState, Standing
from evaluation.ranking.queries.attribution import brief, reasons
from evaluation.ranking.queries.movement import previous_bulletin, ranks_of
from evaluation.ranking.queries.rankings import GROUP_SHORT, DimensionCell, Group, Page, Row, Viewer, ranking_page
from miyun_kpi.charts import text_width
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.organisations.enums import Track as Tracks
from miyun_kpi.web.formats import signed

Json = dict[str, Any]
MOVED = 5
# Pixels of the column of reasons on A4 landscape.
LINE = 400


@dataclass(frozen=True)
class Track:
    """A ranking as one reader sees it, with the places of the bulletin before."""

    ranking: Ranking
    page: Page
    previous: str
    ranks: Mapping[str, int]
    standing: str
    why: Mapping[str, Attribution]

    def row(self, code: str) -> Row | None:
        return next((row for row in (*self.page.rows, *self.page.waiting) if row.code == code), None)

    def moved(self, row: Row) -> int | None:
        """> 0 is towards the top."""
        before = self.ranks.get(row.code)
        return None if row.rank is None or before is None else before - row.rank


def newest(actor: Actor, track: str) -> Ranking | None:
    """The quarter's last official computation the reader sees, in whatever stage; only without any the last trial."""
    found = rankings_visible_to(actor).filter(
        scheme__track=track, period__kind=PeriodKind.QUARTER, corrected_by__isnull=True
    )
    return found.select_related("scheme", "period").defer("inputs").order_by("kind", "-period__code", "-number").first()


def tracks_of(actor: Actor, codes: Collection[str]) -> list[Track]:
    """`codes`: the units whose change is told beside those that moved most."""
    found = [one for one in (newest(actor, track) for track in (Tracks.TOWNSHIP, Tracks.DEPARTMENT)) if one is not None]
    standings = standings_for(actor, found)
    return [_track(actor, one, str(standings.get(one.pk, "")), codes) for one in found]


def _track(actor: Actor, ranking: Ranking, standing: str, codes: Collection[str]) -> Track:
    page = ranking_page(ranking, Viewer(*scope_of(actor, ranking)))
    before = _before(ranking)
    bare = Track(
        ranking=ranking,
        page=page,
        previous=before.period.label if before else "",
        ranks=_ranks(ranking, before),
        standing=standing,
        why={},
    )
    wanted = {row.code for rows in (up(bare), down(bare)) for row in first(rows, MOVED)} | set(codes)
    return replace(bare, why=reasons(actor, before, ranking, wanted)) if before else bare


def _before(ranking: Ranking) -> Ranking | None:
    """The bulletin of the movement; of what has not gone out yet the one it would be, of a trial none (engine 14)."""
    if ranking.kind == RankingKind.TRIAL:
        return None
    if not ranking.movement:
        return previous_bulletin(ranking)
    previous = json.loads(ranking.movement)["previous"]
    found = Ranking.objects.select_related("scheme", "period").defer("document", "inputs")
    return found.filter(pk=previous["ranking"]).first() if previous else None


def _ranks(ranking: Ranking, before: Ranking | None) -> Mapping[str, int]:
    if ranking.movement:
        kept: Mapping[str, int] = json.loads(ranking.movement)["ranks"]
        return kept
    return ranks_of(before) if before else {}


def up(track: Track) -> Sequence[Row]:
    return _moved(track, lambda moved: moved > 0)


def down(track: Track) -> Sequence[Row]:
    return _moved(track, lambda moved: moved < 0)


def _moved(track: Track, chosen: Callable[[int], bool]) -> Sequence[Row]:
    found = [(moved, row) for row in track.page.rows if (moved := track.moved(row)) and chosen(moved)]
    return [row for _, row in sorted(found, key=lambda one: (-abs(one[0]), one[1].rank))]


def told(track: Track) -> Json:
    ranking, page = track.ranking, track.page
    published = ranking.published_at.astimezone() if ranking.published_at else None
    return {
        "track": ranking.scheme.track,
        "label": TRACK_WORDS[ranking.scheme.track],
        "ranking": ranking.pk,
        "period": ranking.period.label,
        "stage": _stage(ranking),
        "trial": ranking.kind == RankingKind.TRIAL,
        "published_on": published.date().isoformat() if published else "",
        "previous": track.previous,
        "changed": track.standing == Standing.CHANGED,
        "size": page.size,
        "waiting": len(page.waiting),
        "scale": [page.low, page.high, *page.ticks],
        "groups": [_group(track, one) for one in page.groups],
        "up": _list(track, up(track)),
        "down": _list(track, down(track)),
    }


def _stage(ranking: Ranking) -> str:
    if ranking.kind == RankingKind.TRIAL:
        return "试算，不得引用"
    if ranking.state == RankingState.PUBLISHED:
        return "已更正通报" if ranking.corrects_id else "已通报"
    return "已核定，未通报"


def _group(track: Track, one: Group) -> Json:
    """Who leads and who trails in it, all of them where several share the place; a group of one is not ranked."""
    rows = [row for row in (*track.page.rows, *track.page.waiting) if row.group == one.code]
    last = max((row.group_rank or 0 for row in rows), default=0)
    alone = [row for row in rows if one.size == 1]
    return {
        "code": one.code,
        "label": one.label if one.zone else GROUP_SHORT.get(one.code, one.label),
        "zone": one.zone,
        "size": one.size,
        "mean": None if one.mean is None else f"{one.mean:.2f}",
        "dots": list(one.dots),
        "first": [_named(row) for row in rows if row.group_rank == 1] or [_named(row) for row in alone],
        "last": [_named(row) for row in rows if row.group_rank == last and last > 1],
    }


def _named(row: Row) -> Json:
    total = None if row.total is None else f"{row.total:.2f}"
    return {"code": row.code, "name": row.name, "total": total, "rank": row.rank, "opens": row.opens}


def _list(track: Track, rows: Sequence[Row]) -> Json:
    """Five, and how many more."""
    listed = first(rows, MOVED)
    return {
        "rows": [
            _named(row) | {"before": track.ranks.get(row.code), "moved": track.moved(row), "why": _why(track, row.code)}
            for row in listed
        ],
        "rest": listed.rest,
    }


def _why(track: Track, code: str) -> str:
    found = track.why.get(code)
    return brief(found, 1, others=False) if found else ""


def _reason(track: Track, row: Row) -> str:
    """As many causes by name as a line of the paper takes, two at most."""
    found = track.why.get(row.code)
    if found is None or not track.moved(row):
        return ""
    two = brief(found)
    return two if text_width(two) <= LINE else brief(found, 1)


def _change(track: Track, code: str) -> str:
    """Of the total, in points."""
    found = track.why.get(code)
    return signed(found.difference, 2) if found else ""


def unit(track: Track, row: Row) -> Json:
    """A unit of the reader's own: its place, and each dimension beside its group."""
    return _named(row) | {
        "track": track.ranking.scheme.track,
        "ranking": track.ranking.pk,
        "zone": row.zone,
        "group": row.group_short,
        "size": track.page.size,
        "before": track.ranks.get(row.code),
        "moved": track.moved(row),
        "group_rank": row.group_rank,
        "group_size": row.group_size,
        "mean": None if row.group_mean is None else f"{row.group_mean:.2f}",
        "below": row.total is not None and row.group_mean is not None and float(row.total) < row.group_mean,
        "dimensions": [
            _dimension(head.name, cell) for head, cell in zip(track.page.heads, row.dimensions, strict=True)
        ],
        "change": _change(track, row.code),
        "why": _reason(track, row) or _alone(track),
        "evaluated": True,
    }


def _alone(track: Track) -> str:
    """Of what quarter the places are, where they are held against no 通报; "" where they are."""
    if track.previous:
        return ""
    ranking = track.ranking
    told = "是试算，不与通报比" if ranking.kind == RankingKind.TRIAL else "是首期，没有可比的通报"
    return f"{ranking.period.label}{told}"


def _dimension(name: str, cell: DimensionCell | None) -> Json:
    """Per cent of the full mark beside the mean of the group."""
    rate, mean = (None, None) if cell is None else (cell.rate, cell.mean)
    return {
        "name": name,
        "rate": None if rate is None else f"{rate:.1f}",
        "mean": None if mean is None else f"{mean:.1f}",
        "from_mean": None if rate is None or mean is None else f"{rate - mean:+.1f}".replace("-", "−"),
        "below": rate is not None and mean is not None and rate < mean,
    }
