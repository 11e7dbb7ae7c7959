"""What rankings show of a unit on its page: places, totals and dimensions over periods, within the 公开范围 of each.

Read from the frozen documents, cut by the one function that cuts the ranking's own page (engine 18).
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet

from evaluation.engine.access import rankings_visible_to, scope_of
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import RankingKind, RankingState
from evaluation.ranking.queries.attribution import why_sentence
from evaluation.ranking.queries.rankings import DimensionCell, Page, Row, Viewer, ranking_page
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.enums import Zone
from miyun_kpi.organisations.unit_record import Asked, Block, Cell, Part
from miyun_kpi.routes import to

PERIODS = 6
PLACES = ("期间", "名次:num", "比上期:num", "组内名次:num", "合计:num", "组均:num")


def _published(asked: Asked) -> QuerySet[Ranking]:
    """Those of the unit that had gone out by the end of the day and that no other had corrected by then, newest first."""
    end = datetime.combine(asked.on + timedelta(days=1), time(0), asked.at.astimezone().tzinfo)
    found = rankings_visible_to(asked.actor).filter(
        kind=RankingKind.OFFICIAL, state=RankingState.PUBLISHED, published_at__lt=end
    )
    in_force = Q(corrected_by__isnull=True) | Q(corrected_by__published_at__gte=end)
    return found.filter(in_force, rows__organisation=asked.organisation)


def present(asked: Asked) -> bool:
    return _published(asked).exists()


def _pages(asked: Asked, most: int) -> list[tuple[Ranking, Page, Row]]:
    found = []
    newest = _published(asked).select_related("scheme", "period").defer("inputs").order_by("-period__code", "-number")
    for ranking in first(newest, most):
        page = ranking_page(ranking, Viewer(*scope_of(asked.actor, ranking)))
        row = next(row for row in (*page.rows, *page.waiting) if row.code == asked.organisation.code)
        found.append((ranking, page, row))
    return found


def blocks(asked: Asked) -> Sequence[Block]:
    found = _pages(asked, PERIODS)
    shown = [(ranking, row) for ranking, _, row in found]
    made = [
        Block(
            "历次名次",
            PLACES,
            [_place(*one) for one in found],
            note=why_sentence(asked.actor, found[0][0], asked.organisation),
        )
    ]
    heads = next((page.heads for _, page, row in found if any(row.dimensions)), ())
    if heads:
        titles = ["期间", *(f"{head.name}:num" for head in heads)]
        parts = [
            [_period(ranking, row), *map(_dimension, row.dimensions)] for ranking, row in shown if any(row.dimensions)
        ]
        made.append(Block("各维度得分率", titles, parts, end="括号内为组均"))
    return made


def summary(asked: Asked) -> Sequence[Block]:
    """The last bulletin."""
    rows = [_place(*one) for one in _pages(asked, 1)]
    return [Block("最近一次通报", PLACES, rows)] if rows else []


def _period(ranking: Ranking, row: Row) -> Cell:
    place = to("evaluation:receipt", ranking.pk, row.code) if row.opens else to("evaluation:ranking", ranking.pk)
    return Cell(ranking.period.label, place)


def _place(ranking: Ranking, page: Page, row: Row) -> list[Cell]:
    moved = "" if row.rank is None or row.previous is None else _moved(row.previous - row.rank)
    group = Zone(row.zone).label if row.zone else row.group_short
    return [
        _period(ranking, row),
        Cell("未排名" if row.rank is None else f"{row.rank}/{page.size}"),
        Cell(moved or "–"),
        Cell("–" if row.group_rank is None else f"{group} {row.group_rank}/{row.group_size}"),
        Cell(row.printed or "–"),
        Cell("–" if row.group_mean is None else f"{row.group_mean:.2f}"),
    ]


def _moved(places: int) -> str:
    return "持平" if not places else f"升 {places}" if places > 0 else f"降 {-places}"


def _dimension(cell: DimensionCell | None) -> Cell:
    if cell is None or cell.rate is None:
        return Cell("–")
    mean = "" if cell.mean is None else f"（{cell.mean:.1f}%）"
    return Cell(f"{cell.rate:.1f}%{mean}")


PART = Part("evaluation", 10, present=present, blocks=blocks, summary=summary)
