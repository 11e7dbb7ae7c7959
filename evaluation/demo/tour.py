"""Where the tasks of the demonstration's tour are done in 绩效考评, whatever has been done before and whatever the day is."""

from datetime import datetime

from evaluation.engine.models.ranking import Ranking
from evaluation.enums import PeriodKind, SheetState
from evaluation.periods.models import Period
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.accounts.tour import register_target
from miyun_kpi.organisations.enums import Track
from miyun_kpi.routes import to

MARKER, TOWN, QUARTER = "shuiwu-ju", "beizhuang-zhen", "2020Q2"


def register() -> None:
    register_target("evaluation.mark", open_sheet)
    register_target("evaluation.report", open_month)
    register_target("evaluation.settle", lambda at: to("evaluation:rankings", period=QUARTER))
    register_target("evaluation.bulletin", lambda at: to("evaluation:draft-bulletin"))
    register_target("evaluation.ranking", newest_ranking)


def open_sheet(at: datetime) -> str:
    """A sheet of the marker that can be filled in now; its list where none can."""
    mine = MarkSheet.objects.filter(evaluator__code=MARKER, state=SheetState.OPEN)
    found = mine.filter(period__starts_at__lte=at, period__locks_at__gt=at).order_by("scheme__track", "pk").last()
    return to("evaluation:sheet", found.pk) if found else to("evaluation:sheets")


def open_month(at: datetime) -> str:
    running = Period.objects.filter(kind=PeriodKind.MONTH, starts_at__lte=at, locks_at__gt=at).order_by("code").last()
    return to("evaluation:monthly-report", TOWN, running.code) if running else to("evaluation:tracking")


def newest_ranking(at: datetime) -> str:
    found = (
        Ranking.objects.filter(scheme__track=Track.TOWNSHIP, corrected_by__isnull=True)
        .exclude(period__kind=PeriodKind.YEAR)
        .order_by("period__code", "computed_at", "pk")
        .last()
    )
    return to("evaluation:ranking", found.pk) if found else to("evaluation:rankings")
