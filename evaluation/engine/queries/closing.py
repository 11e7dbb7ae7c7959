"""What stands of a period once it is 核定, 通报 or 报区委: a later fact does not change it, it becomes a proposed 更正 (0089)."""

from dataclasses import dataclass
from decimal import Decimal

from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.frozen import document_of
from evaluation.enums import PeriodKind, RankingKind, RankingState, UnitChange
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.organisations.models import Organisation

AGAIN_QUARTER = "重新核定、审签、单位核对，以更正通报为新的一版，附差异表"
AGAIN_YEAR = "重新核定，再经结果审议，更正报区委"


@dataclass(frozen=True)
class Closed:
    """The result of a period that a late fact would correct, and how far it has gone."""

    ranking: Ranking
    how: str

    @property
    def words(self) -> str:
        """ "2020年第二季度已通报（第 2 次核定）"."""
        return f"{self.ranking.period.label}{self.how}（第 {self.ranking.number} 次核定）"

    @property
    def again(self) -> str:
        return AGAIN_YEAR if self.ranking.period.kind == PeriodKind.YEAR else AGAIN_QUARTER


def closed_by(scheme: Scheme, period: Period) -> Closed | None:
    """Reported, else published and not corrected, else the newest official computation; None while nothing is computed."""
    found = Ranking.objects.filter(scheme=scheme, period=period, kind=RankingKind.OFFICIAL)
    found = found.select_related("scheme", "period").defer("inputs", "beside")
    reported = found.filter(committee_reports__isnull=False).order_by("-committee_reports__reported_at").first()
    if reported is not None:
        return Closed(reported, "已报区委")
    published = found.filter(state=RankingState.PUBLISHED, corrected_by__isnull=True).first()
    if published is not None:
        return Closed(published, "已通报")
    newest = found.order_by("-number").first()
    return Closed(newest, "已正式核定") if newest else None


def closed_year(scheme: Scheme) -> Closed | None:
    year = Period.objects.filter(code=str(scheme.year), kind=PeriodKind.YEAR).first()
    return closed_by(scheme, year) if year else None


def reported_year(scheme: Scheme) -> Closed | None:
    """For what stands in the report alone: 一票否决 is no input of a computation."""
    closed = closed_year(scheme)
    return closed if closed and closed.ranking.committee_reports.exists() else None


def require_not_closed(closed: Closed | None, act: str) -> None:
    """What one person does while a period is open takes two where it has closed."""
    if closed is not None:
        raise Conflict(
            "closed-period",
            f"{closed.words}，{act}要由两个人办理，没有执行。请提出更正，由考评办的另一位同事确认。",
        )


def changes_by_unit(closed: Closed, unit: Organisation, kind: str) -> list[str]:
    """What 考评对象调整 would move in the result that stands, from the frozen document alone."""
    rows = document_of(closed.ranking)["rows"]
    if kind == UnitChange.TAKE_IN:
        return [
            f"列入排名由 {len(rows)} 家变为 {len(rows) + 1} 家，多{unit.name}",
            f"有{unit.name}一格的打分表退回补打，补齐以后才能重新核定",
        ]
    own = next((row for row in rows if row["organisation"] == unit.code), None)
    if own is None:
        return [f"{unit.name}不在这一版排名里"]
    rank = own["rank"]
    after = sum(1 for row in rows if rank is not None and row["rank"] is not None and row["rank"] > rank)
    said = [f"列入排名由 {len(rows)} 家变为 {len(rows) - 1} 家，去掉{unit.name}"]
    return [*said, f"{unit.name}现为第 {rank} 名；名次在后的 {after} 家各前移一位，平均分随之变动"] if rank else said


def changes_by_points(closed: Closed, unit: Organisation, points: Decimal) -> list[str]:
    """What 加减分 of a unit would move in the year that stands."""
    own = next((row for row in document_of(closed.ranking)["rows"] if row["organisation"] == unit.code), None)
    if own is None or own["total"] is None:
        return [f"{unit.name}在这一版里没有合计"]
    total = Decimal(own["total"])
    return [f"{unit.name}的合计由 {total:.4f} 变为 {total + points:.4f}，名次按重新核定的合计排"]
